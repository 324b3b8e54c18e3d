//! The heads Lotus Notes writes: a name, a date, then To, cc and Subject.

use super::block::{self, Block};
use super::{Line, when};

/// So many lines stand between the name and "To:" at most, blank ones included.
const MAX_ABOVE: usize = 6;

/// The head whose field "To:" stands in line `at`.
pub(super) fn at(lines: &[Line<'_>], at: usize) -> Option<Block> {
    if !block::is_addressed(lines[at].text) {
        return None;
    }
    let (zone, level) = (lines[at].zone, lines[at].level);
    let above: Vec<usize> = (at.saturating_sub(MAX_ABOVE)..at)
        .rev()
        .take_while(|&n| lines[n].is_blank() || (lines[n].zone == zone && lines[n].level == level))
        .filter(|&n| !lines[n].is_blank())
        .take(3)
        .collect();
    let dated = above.iter().position(|&n| when::has_time(lines[n].text) && when::is_dated(lines[n].text))?;
    let line = lines[above[dated]].text.trim();
    let mut found = block::addressed(&lines[at..])?;
    found.head.date = when::when(line);
    // "Mei Tan@DOM on 10/14/2026 10:23:00 AM", or the name on a line of its own.
    let (name, start) = match line.rsplit_once(" on ") {
        Some((name, _)) => (name, above[dated]),
        None => above.get(dated + 1).map(|&n| (lines[n].text.trim(), n))?,
    };
    if name.chars().count() > 80 || name.ends_with(['.', '。', ':']) || when::is_dated(name) {
        return None;
    }
    found.head.set_author(name);
    found.above = at - start;
    Some(found)
}

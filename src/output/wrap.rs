//! Lines of a given width, for Latin and Japanese text.
//!
//! Latin words stay whole, Japanese breaks between characters, and the basic rules of JIS X 4051 hold: no closing
//! mark at the start of a line, no opening bracket at its end.

use std::ops::Range;

use super::visible::{Cell, cells};

/// Not at the start of a line (行頭禁則).
const NEVER_FIRST: &str = "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】’”…‥〜～\
    ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｡､｣･ｰﾞﾟｧｨｩｪｫｬｭｮｯ)]},.!?:;%";

/// Not at the end of a line (行末禁則).
const NEVER_LAST: &str = "（［｛〔〈《「『【‘“｢([{";

/// Breaks each line of the text to at most `width` columns, the very first to `first`; a word wider than that is cut.
pub(super) fn wrap(text: &str, first: usize, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        wrap_line(&cells(line.trim_end()), first, width, &mut lines);
    }
    lines
}

fn wrap_line(cells: &[Cell], first: usize, width: usize, lines: &mut Vec<String>) {
    let first = if lines.is_empty() { first } else { width };
    lines.extend(cuts(cells, first, width).into_iter().map(|range| shown(&cells[range])));
}

/// Where a line is broken: at most `width` columns each, the first one `first`.
pub(super) fn cuts(cells: &[Cell], first: usize, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0);
    let mut opportunity = None;
    for (n, cell) in cells.iter().enumerate() {
        if n > start && may_break(&cells[n - 1], cell) {
            opportunity = Some(n);
        }
        // A blank may hang over the edge; it is trimmed when the line ends there.
        let width = if lines.is_empty() { first } else { width };
        if used + cell.width > width && n > start && !is_blank(cell) {
            let cut = opportunity.take().unwrap_or(n);
            lines.push(start..cut);
            start = cut;
            used = cells[start..n].iter().map(|cell| cell.width).sum();
        }
        used += cell.width;
    }
    lines.push(start..cells.len());
    lines
}

fn shown(cells: &[Cell]) -> String {
    let line: String = cells.iter().map(|cell| cell.shown.as_str()).collect();
    line.trim_end_matches([' ', '\u{3000}']).to_owned()
}

fn may_break(before: &Cell, after: &Cell) -> bool {
    if is_blank(after) {
        return false;
    }
    if is_blank(before) {
        return true;
    }
    let first = after.shown.chars().next();
    let last = before.shown.chars().next();
    if first.is_some_and(|c| NEVER_FIRST.contains(c)) || last.is_some_and(|c| NEVER_LAST.contains(c)) {
        return false;
    }
    breaks_anywhere(before) || breaks_anywhere(after)
}

fn is_blank(cell: &Cell) -> bool {
    cell.shown.starts_with([' ', '\u{3000}'])
}

/// Full-width characters and half-width kana need no space between them.
fn breaks_anywhere(cell: &Cell) -> bool {
    cell.width == 2 || cell.shown.starts_with(|c| matches!(c, '\u{ff61}'..='\u{ff9f}'))
}

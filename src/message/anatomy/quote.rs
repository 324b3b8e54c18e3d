//! Quoted and forwarded text: marks at the line start, attribution lines, header blocks.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::head::QuoteHead;
use super::{Line, Zone, attribution, block, memo};

/// The heads of the mails a text quotes.
#[derive(Debug, Default)]
pub(super) struct Heads {
    /// Of the mail that is answered or forwarded.
    pub(super) newest: Option<QuoteHead>,
    /// Of the mails quoted in it.
    pub(super) older: Vec<QuoteHead>,
}

/// A thread with more mails than this tells nothing new.
const MAX_HEADS: usize = 100;

impl Heads {
    fn add(&mut self, head: QuoteHead, is_newest: bool) {
        // "Forwarded by …" alone tells nothing; the head below it does.
        let is_bare = |known: &QuoteHead| known.author.is_empty() && known.address.is_none() && known.date.is_none();
        if let Some(known) = self.newest.as_mut().filter(|known| self.older.is_empty() && is_bare(known)) {
            *known = QuoteHead { forwarded: known.forwarded, at: known.at, ..head };
        } else if is_newest && self.newest.is_none() {
            self.newest = Some(head);
        } else if self.older.len() < MAX_HEADS && !is_bare(&head) {
            self.older.push(head);
        }
    }
}

/// Marks quoted lines and the lines that head them.
pub(super) fn mark(lines: &mut [Line<'_>]) -> Heads {
    mark_levels(lines);
    let mut heads = Heads::default();
    let first_marked = lines.iter().position(|line| line.level > 0 && !line.is_blank());
    let mut ahead = Ahead::of(lines, 0);
    let mut first_own = None;
    let mut at = 0;
    while at < lines.len() {
        if lines[at].is_blank() {
            at += 1;
            continue;
        }
        let is_own = lines[at].zone == Zone::Own;
        let found = if let Some(found) = block::at(&lines[at..]).or_else(|| memo::at(lines, at)) {
            let next = lines[at + found.length..].iter().find(|line| !line.is_blank());
            let is_marked = next.is_some_and(|next| next.level > lines[at].level);
            let above = found.above + usize::from(is_patch_line(lines, at));
            Found { lines: at - above..at + found.length, head: found.head, is_marked, is_block: true }
        } else if let Some(found) = attribution::ending_at(lines, at) {
            Found { lines: found.start..at + 1, head: found.head, is_marked: found.is_marked, is_block: false }
        } else {
            first_own = first_own.or(is_own.then_some(at));
            at += 1;
            continue;
        };
        let end = found.lines.end;
        lines[found.lines.clone()].iter_mut().for_each(|line| line.zone = Zone::Attribution);
        // At the top of marked text a head may stand inside the marks: "> -----Original Message-----".
        let heads_marked = !found.is_marked && Some(found.lines.start) == first_marked;
        let head = QuoteHead { at: lines[found.lines.start].start, ..found.head };
        heads.add(head, is_own || (heads_marked && heads.older.is_empty()));
        if ahead.marked < end {
            ahead = Ahead::of(lines, end);
        }
        // With nothing above a bare attribution, the answer is what follows.
        let has_own = first_own.is_some_and(|own| own < found.lines.start);
        let takes_rest = found.is_block || (has_own && ahead.leaves(end, lines.len()));
        if is_own && !found.is_marked && takes_rest {
            // Mail programs that write such a head do not mark what follows: all of it is quoted.
            lines[end..].iter_mut().for_each(|line| line.zone = Zone::Quoted);
        }
        at = end;
    }
    heads
}

struct Found {
    lines: Range<usize>,
    head: QuoteHead,
    is_marked: bool,
    is_block: bool,
}

/// The first marked text behind a line, found once for all the lines above it.
struct Ahead {
    marked: usize,
    /// Where the attribution right above it begins.
    attribution: Option<usize>,
}

impl Ahead {
    fn of(lines: &[Line<'_>], from: usize) -> Ahead {
        let marked = (from..lines.len()).find(|&at| lines[at].level > 0).unwrap_or(lines.len());
        let above = (from..marked).rev().find(|&at| !lines[at].is_blank()).filter(|_| marked < lines.len());
        let attribution = above.and_then(|above| attribution::ending_at(lines, above)).map(|found| found.start);
        Ahead { marked, attribution }
    }

    /// Whether unmarked text behind an attribution that ends at `from` is the quoted mail: marked text comes only below
    /// an attribution of its own, if at all.
    fn leaves(&self, from: usize, end: usize) -> bool {
        self.marked == end || self.attribution.is_some_and(|start| start > from)
    }
}

/// `From 3f2a… Mon Sep 17 00:00:00 2001` above the head of a patch (git format-patch).
fn is_patch_line(lines: &[Line<'_>], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|above| {
        let line = lines[above].text.trim_start();
        line.starts_with("From ") && line.ends_with("00:00:00 2001")
    })
}

/// Takes quote marks off the lines; a quoted line that a mail program wrapped goes on without a mark.
fn mark_levels(lines: &mut [Line<'_>]) {
    for line in lines.iter_mut() {
        if let Some((length, level)) = quote_marks(line.text) {
            line.text = &line.text[length..];
            line.start += length;
            line.level = level;
            line.zone = Zone::Quoted;
        }
    }
    for at in 1..lines.len().saturating_sub(1) {
        let (before, after) = (lines[at - 1].level, lines[at + 1].level);
        let goes_on = before > 0 && after == before && lines[at].level == 0;
        // ">From" is a line of any text that a mail store has escaped.
        let is_escaped = before == 0 && after == 0 && lines[at].level == 1 && lines[at].text.starts_with("From ");
        if goes_on && is_overflow(lines[at - 1].text, lines[at].text) {
            lines[at].level = before;
            lines[at].zone = Zone::Quoted;
        } else if is_escaped {
            lines[at].level = 0;
            lines[at].zone = Zone::Own;
        }
    }
}

/// The length of leading quote marks and how many there are: `> `, `>> `, `> > `, full-width too.
fn quote_marks(line: &str) -> Option<(usize, u8)> {
    if !line.starts_with(['>', '＞', ' ']) {
        return None;
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut length = indent;
    let mut level = 0u8;
    for c in line[indent..].chars() {
        match c {
            '>' | '＞' => level = level.saturating_add(1),
            ' ' if level > 0 => {}
            _ => break,
        }
        length += c.len_utf8();
    }
    (level > 0 && indent <= 2).then_some((length, level))
}

/// A short rest below a full line that stops in mid-sentence.
fn is_overflow(above: &str, line: &str) -> bool {
    const FULL: usize = 64;
    const SHORT: usize = 24;
    let above = above.trim_end();
    let starts_inside = line.chars().next().is_some_and(|c| c.is_lowercase() || !c.is_ascii());
    above.width() >= FULL
        && !above.ends_with(['.', '?', '!', ':', '。', '？', '！'])
        && starts_inside
        && !line.trim().is_empty()
        && line.width() <= SHORT
}

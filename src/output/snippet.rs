//! The line a finding points into, cut to the width of the screen, with its words marked.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::visible::{Cell, cells};
use crate::finding::Location;

const ELLIPSIS: &str = "…";

/// Narrowest useful line; what is narrower is treated as this.
const MINIMUM_WIDTH: usize = 20;

/// One line of a mail in three pieces, fit for printing: what precedes the words, the words, what follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    pub left: String,
    /// The words as far as they stand on this line and fit; empty if they do not stand in it.
    pub words: String,
    pub right: String,
    marked: bool,
}

impl Snippet {
    /// The line of a location in at most `width` columns; `None` if the location shows no text at all.
    ///
    /// Without a context line the words themselves are the line. Words that run over the end of the line are cut
    /// there; words that are nowhere in it leave it unmarked.
    pub fn of(location: &Location, width: usize) -> Option<Snippet> {
        let (line, column) = match location.context.trim().is_empty() {
            true => (&location.text, 1),
            false => (&location.context, location.column),
        };
        if line.trim().is_empty() {
            return None;
        }
        let found = find(line, &location.text, column);
        let marked = found.is_some();
        let width = width.max(MINIMUM_WIDTH);
        Some(Snippet { marked, ..window(line, found.unwrap_or(0..0), width) })
    }

    /// The line as it is printed.
    pub fn line(&self) -> String {
        format!("{}{}{}", self.left, self.words, self.right)
    }

    /// The blanks before the marks and the marks, as wide as what stands above each; `None` if nothing is marked.
    pub fn marks(&self) -> Option<(String, String)> {
        // Words without width (a zero-width space) are still worth one mark.
        self.marked.then(|| (" ".repeat(self.left.width()), "^".repeat(self.words.width().max(1))))
    }
}

/// Where the words stand in the line, in bytes: at the column given, else where they first occur.
fn find(line: &str, words: &str, column: usize) -> Option<Range<usize>> {
    if let Some((at, first)) = line.char_indices().nth(column.saturating_sub(1)) {
        let rest = &line[at..];
        if words.is_empty() {
            return Some(at..at + first.len_utf8());
        }
        if rest.starts_with(words) {
            return Some(at..at + words.len());
        }
        let rest = rest.trim_end();
        if !rest.is_empty() && words.starts_with(rest) {
            return Some(at..at + rest.len());
        }
    }
    if words.is_empty() {
        return None;
    }
    line.find(words).map(|at| at..at + words.len())
}

/// Shows as much of the line around the words as fits.
fn window(line: &str, words: Range<usize>, width: usize) -> Snippet {
    // A line may be as long as the mail: look only at what could be shown. Four characters for each column leave
    // room for marks without width.
    let limit = 4 * width;
    let from = line[..words.start].char_indices().rev().nth(limit).map_or(0, |(at, c)| at + c.len_utf8());
    let to = line[words.start..]
        .char_indices()
        .nth(words.len().min(limit) + limit)
        .map_or(line.len(), |(at, _)| words.start + at);
    let all = cells(&line[from..to]);
    // A cell that begins inside the words or reaches into them belongs to them.
    let end_of = |n: usize| all.get(n + 1).map_or(to, |next| from + next.start);
    let first = (0..all.len()).find(|&n| end_of(n) > words.start).unwrap_or(all.len());
    let last = (first..all.len()).find(|&n| from + all[n].start >= words.end).unwrap_or(all.len());
    let last = if words.is_empty() { first } else { last };
    let (before, rest) = all.split_at(first);
    let (marked, after) = rest.split_at(last - first);

    if from == 0 && to == line.len() && total(&all) <= width {
        return Snippet { left: text(before), words: text(marked), right: text(after), marked: true };
    }
    let room = width - 2 * ELLIPSIS.width();
    let shown_words = fitting(marked.iter(), room);
    let room = room - total(&marked[..shown_words]);
    // A third of the room to what precedes, the rest to what follows; what one side does not need, the other gets.
    let right_room = if shown_words < marked.len() { 0 } else { total(after).min(room - total(before).min(room / 3)) };
    let shown_after = fitting(after.iter(), right_room);
    let shown_before = fitting(before.iter().rev(), room - right_room);
    let cut_left = from > 0 || shown_before < before.len();
    let cut_right = to < line.len() || shown_words < marked.len() || shown_after < after.len();
    let mut left = text(&before[before.len() - shown_before..]);
    let mut right = text(&after[..shown_after]);
    if cut_left {
        left.insert_str(0, ELLIPSIS);
    }
    if cut_right {
        right.push_str(ELLIPSIS);
    }
    Snippet { left, words: text(&marked[..shown_words]), right, marked: true }
}

/// How many of the cells, from the first on, fit into the room.
fn fitting<'a>(cells: impl Iterator<Item = &'a Cell>, room: usize) -> usize {
    let mut used = 0;
    cells
        .take_while(|cell| {
            used += cell.width;
            used <= room
        })
        .count()
}

fn total(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.width).sum()
}

fn text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.shown.as_str()).collect()
}

//! Glyphs to lines, as a reader sees them: what stands on one baseline is a line, a wide gap begins another column, and
//! columns are read one after the other – the address on the left before the sender on the right –, but rows of a table
//! as rows.

use std::ops::Range;

/// A page of a letter has some two thousand.
const MAX_GLYPHS: usize = 20_000;
/// The text of as many, in bytes; one glyph may be a word.
const MAX_BYTES: usize = 256 << 10;
const MAX_CELLS: usize = 4_000;
/// In units of the font size: baselines this close are one.
const SAME_LINE: f64 = 0.55;
/// Gaps as wide as a space, between letters, kanji, and one of each.
const WORD_GAP: f64 = 0.18;
const MIXED_GAP: f64 = 0.5;
const KANJI_GAP: f64 = 0.6;
/// Another column begins behind a gap so wide.
const COLUMN_GAP: f64 = 3.2;
/// The next line of a block is at most so far below, and in type at most so much larger.
const LINE_GAP: f64 = 3.0;
const SAME_TYPE: f64 = 1.5;
/// Edges this close are one.
const SAME_EDGE: f64 = 0.3;
/// The same glyph twice on one place is bold type of old printers; in units of its width.
const OVERPRINT: f64 = 0.4;

/// Where a glyph is, seen in the direction in which its text runs.
#[derive(Clone, Copy)]
pub(super) struct Glyph {
    /// Quarter turns from the horizontal, anticlockwise; vertical writing runs as text turned three times.
    turn: u8,
    along: f64,
    /// The higher, the earlier.
    up: f64,
    width: f64,
    size: f64,
}

impl Glyph {
    pub(super) fn new((x, y): (f64, f64), direction: (f64, f64), width: f64, size: f64) -> Glyph {
        let (dx, dy) = direction;
        let (turn, along, up) = match dx.abs() >= dy.abs() {
            true if dx >= 0.0 => (0, x, y),
            true => (2, -x, -y),
            false if dy > 0.0 => (1, y, -x),
            false => (3, -y, x),
        };
        Glyph { turn, along, up, width, size: size.max(0.1) }
    }
}

/// All glyphs of a page.
#[derive(Default)]
pub(super) struct Sheet {
    glyphs: Vec<(Glyph, Range<usize>)>,
    text: String,
}

/// A piece of a line between two wide gaps.
#[derive(Debug)]
struct Cell {
    text: String,
    across: Range<f64>,
    up: f64,
    size: f64,
}

impl Sheet {
    pub(super) fn add(&mut self, text: &str, glyph: Glyph) {
        let is_placed = [glyph.along, glyph.up, glyph.width, glyph.size].iter().all(|number| number.is_finite());
        if !text.is_empty() && is_placed && !self.is_full() {
            let start = self.text.len();
            self.text.push_str(text);
            self.glyphs.push((glyph, start..self.text.len()));
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.glyphs.len() >= MAX_GLYPHS || self.text.len() >= MAX_BYTES
    }

    /// The lines in reading order; text in another direction than most of it comes last.
    pub(super) fn lines(mut self) -> Vec<String> {
        let mut turns =
            [0, 1, 2, 3].map(|turn| (self.glyphs.iter().filter(|(glyph, _)| glyph.turn == turn).count(), turn));
        turns.sort_by_key(|(count, turn)| (usize::MAX - count, *turn));
        // Stable: what was shown first stays first on its place.
        self.glyphs.sort_by(|(a, _), (b, _)| b.up.total_cmp(&a.up));
        let mut out = Vec::new();
        for (_, turn) in turns.iter().filter(|(count, _)| *count > 0) {
            let glyphs: Vec<_> = self.glyphs.iter().filter(|(glyph, _)| glyph.turn == *turn).cloned().collect();
            out.extend(reading_order(self.rows(&glyphs)));
        }
        out
    }

    /// Lines from top to bottom, each cut where columns are.
    fn rows(&self, glyphs: &[(Glyph, Range<usize>)]) -> Vec<Vec<Cell>> {
        let mut rows: Vec<Vec<(Glyph, Range<usize>)>> = Vec::new();
        for (glyph, range) in glyphs {
            match rows.last_mut() {
                Some(row) if row[0].0.up - glyph.up <= SAME_LINE * row[0].0.size.min(glyph.size) => {
                    row.push((*glyph, range.clone()))
                }
                _ => rows.push(vec![(*glyph, range.clone())]),
            }
        }
        let mut left = MAX_CELLS;
        let cells = rows.into_iter().map(|mut row| {
            row.sort_by(|(a, _), (b, _)| a.along.total_cmp(&b.along));
            let mut cells = self.cells(&row);
            cells.truncate(left);
            left -= cells.len();
            cells
        });
        cells.filter(|cells| !cells.is_empty()).collect()
    }

    fn cells(&self, row: &[(Glyph, Range<usize>)]) -> Vec<Cell> {
        let mut out: Vec<Cell> = Vec::new();
        let mut blank = false;
        let mut last: Option<(&Glyph, &str)> = None;
        for (glyph, range) in row {
            let text = &self.text[range.clone()];
            if text.trim().is_empty() {
                blank = true;
                continue;
            }
            let is_again = last.is_some_and(|(before, shown)| {
                let away = (glyph.along - before.along).abs().max((glyph.up - before.up).abs());
                shown == text && away < OVERPRINT * glyph.width
            });
            if is_again {
                continue;
            }
            let before =
                last.map(|(before, _)| (glyph.along - before.along - before.width) / before.size.max(glyph.size));
            match (out.last_mut(), before) {
                (Some(cell), Some(gap)) if gap < COLUMN_GAP => {
                    if blank || gap > word_gap(&cell.text, text) {
                        cell.text.push(' ');
                    }
                    cell.text.push_str(text);
                    cell.across.end = cell.across.end.max(glyph.along + glyph.width);
                    cell.size = cell.size.max(glyph.size);
                }
                _ => out.push(Cell {
                    text: text.to_owned(),
                    across: glyph.along..glyph.along + glyph.width,
                    up: glyph.up,
                    size: glyph.size,
                }),
            }
            blank = false;
            last = Some((glyph, text));
        }
        out
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFF}')
}

fn word_gap(before: &str, text: &str) -> f64 {
    let wide = [before.chars().next_back(), text.chars().next()].map(|c| c.is_some_and(is_wide));
    match wide {
        [true, true] => KANJI_GAP,
        [false, false] => WORD_GAP,
        _ => MIXED_GAP,
    }
}

/// 「御 見 積 書」 is 「御見積書」: kanji and kana that stand alone, one behind the other, are a word set wide.
fn closed_up(text: &str) -> String {
    let mut out = String::new();
    // Nothing to set apart stands before the first word.
    let mut joins = true;
    for word in text.split_whitespace() {
        let mut chars = word.chars();
        let is_single = chars.next().is_some_and(is_wide) && chars.next().is_none();
        if !(joins && (is_single || out.is_empty())) {
            out.push(' ');
        }
        out.push_str(word);
        joins = is_single;
    }
    out
}

/// An amount, a count, a date in figures.
fn is_figure(text: &str) -> bool {
    let rest =
        |c: char| c.is_numeric() || c.is_ascii_punctuation() || c.is_whitespace() || "¥￥€£年月日円個式%％".contains(c);
    text.contains(|c: char| c.is_numeric()) && text.chars().all(rest)
}

/// Lines that stand below one another.
struct Block {
    lines: Vec<String>,
    top: f64,
    across: Range<f64>,
    bottom: f64,
    size: f64,
    is_table: bool,
}

fn reading_order(rows: Vec<Vec<Cell>>) -> Vec<String> {
    let tables = table_rows(&rows);
    let mut done: Vec<Block> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    for (row, is_table) in rows.into_iter().zip(tables) {
        let Some(first) = row.first() else { continue };
        let (up, size) = (first.up, row.iter().fold(first.size, |size, cell| size.max(cell.size)));
        let (still, ended) = open.into_iter().partition(|block: &Block| {
            block.is_table == is_table && block.bottom - up <= LINE_GAP * block.size.max(size)
        });
        open = still;
        done.extend(ended);
        let cells = if is_table { vec![joined(row)] } else { row };
        cells.into_iter().for_each(|cell| place(cell, is_table, &mut open));
    }
    done.append(&mut open);
    // Blocks that begin on one line are read from the left.
    done.sort_by(|a, b| b.top.total_cmp(&a.top));
    let mut start = 0;
    for end in 1..=done.len() {
        if end == done.len() || done[start].top - done[end].top > SAME_LINE * done[start].size {
            done[start..end].sort_by(|a, b| a.across.start.total_cmp(&b.across.start));
            start = end;
        }
    }
    done.into_iter().flat_map(|block| block.lines).collect()
}

/// Below the one block it stands under, or at the head of a new one.
fn place(cell: Cell, is_table: bool, open: &mut Vec<Block>) {
    let line = if is_table { cell.text } else { closed_up(&cell.text) };
    let across = cell.across;
    let above = |block: &Block| {
        let (smaller, larger) = (block.size.min(cell.size), block.size.max(cell.size));
        let is_below = (0.0..=LINE_GAP * smaller).contains(&(block.bottom - cell.up)) && block.bottom > cell.up;
        is_below && larger <= SAME_TYPE * smaller && block.across.start < across.end && across.start < block.across.end
    };
    let mut under = open.iter_mut().filter(|block| above(block));
    match (under.next(), under.next()) {
        (Some(block), None) => {
            block.lines.push(line);
            block.across = block.across.start.min(across.start)..block.across.end.max(across.end);
            (block.bottom, block.size) = (cell.up, cell.size);
        }
        _ => open.push(Block { lines: vec![line], top: cell.up, across, bottom: cell.up, size: cell.size, is_table }),
    }
}

/// Which rows are a table's: those with figures side by side, the heads above them, and sums below one another.
fn table_rows(rows: &[Vec<Cell>]) -> Vec<bool> {
    let figures: Vec<usize> = rows.iter().map(|row| row.iter().filter(|cell| is_figure(&cell.text)).count()).collect();
    let has_figures = |n: usize| rows.get(n).is_some_and(|row| row.len() >= 3) && figures[n] >= 2;
    // The line and the one above it.
    let is_sum = |n: usize| n > 0 && rows.get(n).is_some_and(|row| are_sums(&rows[n - 1], row));
    let is_row = |n: usize| has_figures(n) || is_sum(n) || is_sum(n + 1);
    let is_head = |n: usize| rows[n].len() >= 3 && is_row(n + 1);
    (0..rows.len()).map(|n| is_row(n) || is_head(n)).collect()
}

/// Figures at the ends of two lines that are set to the right, below a row of a table or of different lengths; dates and
/// numbers of a letter's head are set to the left.
fn are_sums(upper: &[Cell], lower: &[Cell]) -> bool {
    let last = |row: &[Cell]| {
        row.last().filter(|cell| row.len() >= 2 && is_figure(&cell.text)).map(|cell| cell.across.clone())
    };
    let size = upper.first().map_or(1.0, |cell| cell.size);
    let are_near = |a: f64, b: f64| (a - b).abs() < SAME_EDGE * size;
    let is_below =
        |(a, b): (Range<f64>, Range<f64>)| are_near(a.end, b.end) && (upper.len() >= 3 || !are_near(a.start, b.start));
    last(upper).zip(last(lower)).is_some_and(is_below)
}

fn joined(row: Vec<Cell>) -> Cell {
    let across = row.first().map_or(0.0, |cell| cell.across.start)..row.last().map_or(0.0, |cell| cell.across.end);
    let (up, size) = row.first().map_or((0.0, 1.0), |cell| (cell.up, cell.size));
    let texts: Vec<String> = row.iter().map(|cell| closed_up(&cell.text)).collect();
    Cell { text: texts.join("  "), across, up, size }
}

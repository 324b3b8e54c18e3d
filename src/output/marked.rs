//! A line with marked words, cut into rows as wide as the screen.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::visible::cells;
use super::wrap::cuts;

/// Words that carry the same marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Fit for printing.
    pub text: String,
    pub marks: Vec<usize>,
}

impl Piece {
    pub fn new(text: impl Into<String>, marks: &[usize]) -> Piece {
        Piece { text: text.into(), marks: marks.to_vec() }
    }

    /// Columns on screen; words without width are still worth one.
    pub fn width(&self) -> usize {
        if self.marks.is_empty() { self.text.width() } else { self.text.width().max(1) }
    }
}

/// Cuts one line into rows of at most `width` columns, with the marks of its pieces.
pub fn rows(line: &[Piece], width: usize) -> Vec<Vec<Piece>> {
    let text: String = line.iter().map(|piece| piece.text.as_str()).collect();
    let mut ends = Vec::new();
    let mut end = 0;
    for piece in line {
        end += piece.text.len();
        ends.push((end, &piece.marks));
    }
    let cells = cells(&text);
    let row = |range: Range<usize>| {
        let mut row: Vec<Piece> = Vec::new();
        for cell in &cells[range] {
            let marks = ends.iter().find(|(end, _)| cell.start < *end).map_or(&[][..], |(_, marks)| marks);
            match row.last_mut() {
                Some(last) if last.marks == marks => last.text.push_str(&cell.shown),
                _ => row.push(Piece::new(&cell.shown, marks)),
            }
        }
        row
    };
    cuts(&cells, width, width).into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_with_their_words_wherever_a_line_is_cut() {
        let line = [Piece::new("総務部　", &[]), Piece::new("加藤様", &[0]), Piece::new("\u{1b}[2J", &[])];
        let expected = [
            vec![Piece::new("総務部　", &[]), Piece::new("加", &[0])],
            vec![Piece::new("藤様", &[0]), Piece::new("␛[2J", &[])],
        ];
        assert_eq!(rows(&line, 10), expected);
        assert_eq!(expected[0].iter().map(Piece::width).sum::<usize>(), 10);
        assert_eq!(rows(&[], 10), [vec![]], "an empty line is a line");
    }
}

//! Text of a stranger made fit for a terminal, a log or an XML file, and cut into what stands in one place on screen.
//!
//! A mail may carry escape sequences that repaint the terminal and bidirectional controls that reorder what a
//! person reads. None of them reaches an output as it is; the reader sees that something stood there.

use unicode_width::UnicodeWidthStr;

/// Most characters in one cell: a flood of combining marks must not make the cutting quadratic.
const CELL_LIMIT: usize = 16;

/// A tab is shown as this many spaces; a fixed number keeps the columns of a windowed line independent of its start.
const TAB: &str = "    ";

/// What is shown in place of a character that must not be printed; `None` if it may be.
pub(super) fn stand_in(c: char) -> Option<char> {
    match c {
        // The Control Pictures block has one picture for each C0 control, in the same order.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('␡'),
        '\u{2028}' | '\u{2029}' => Some('␤'),
        // C1 controls: 0x9B alone starts an escape sequence on some terminals.
        '\u{80}'..='\u{9f}'
        // Bidirectional controls (UAX #9) and their deprecated relatives.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        // Not allowed in XML 1.0 (section 2.2).
        | '\u{fffe}' | '\u{ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// The text on one line: line ends and tabs become spaces, controls become visible.
pub fn one_line(text: &str) -> String {
    lines(text).replace('\n', " ")
}

/// The text with its line ends as `\n`, tabs as spaces, and everything else that must not be printed made visible.
pub fn lines(text: &str) -> String {
    let ends = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown = |c| match c {
        '\n' => '\n',
        '\t' => ' ',
        _ => stand_in(c).unwrap_or(c),
    };
    ends.chars().map(shown).collect()
}

/// What a terminal draws in one place: a character with its marks, an emoji sequence, a spread tab.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) shown: String,
    /// Columns on screen.
    pub(super) width: usize,
    /// Byte offset in the original text.
    pub(super) start: usize,
    characters: usize,
}

/// Cuts one line into cells such that their widths add up to the width of the line.
pub(super) fn cells(line: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for (start, c) in line.char_indices() {
        let shown = match c {
            '\t' => TAB.to_owned(),
            _ => stand_in(c).unwrap_or(c).to_string(),
        };
        let width = shown.width();
        if let Some(last) = cells.last_mut().filter(|last| last.characters < CELL_LIMIT) {
            // Characters that do not just stand side by side (marks, emoji sequences, ligatures) are one cell.
            let together = format!("{}{shown}", last.shown);
            let together_width = together.width();
            if width == 0 || joins(&last.shown, c) || together_width != last.width + width {
                *last = Cell { shown: together, width: together_width, characters: last.characters + 1, ..*last };
                continue;
            }
        }
        cells.push(Cell { shown, width, start, characters: 1 });
    }
    cells
}

/// Whether the character continues what it follows: after a joiner, or as the second half of a flag.
fn joins(before: &str, c: char) -> bool {
    let half_flag = |c: &char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let halves = before.chars().rev().take_while(half_flag).count();
    before.ends_with('\u{200d}') || (half_flag(&c) && halves % 2 == 1)
}

//! A text folded for comparing, with a map back to the text as it came.
//!
//! Folding: NFKC, lower case, typographic quotes and dashes to ASCII, invisible characters out, hard-wrapped lines
//! joined. Done once per text; rules match on the folded text and point into the original.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthChar;

/// A folded copy of some ranges of an original text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// Stretches in ascending order, covering the whole folded text.
    runs: Vec<Run>,
}

/// A stretch of folded text and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    folded: usize,
    original: usize,
    /// End in the original; only read when the stretch is not byte for byte.
    original_end: usize,
    /// Offsets within the stretch agree byte for byte.
    exact: bool,
}

/// Lines at least this wide (in columns, Japanese characters count two) were broken by a mail program, not by a
/// person ending a thought: Japanese mail breaks at 30 to 38 characters, many write shorter lines by hand.
const WRAPPED_COLUMNS: usize = 24;

impl Folded {
    /// Folds a whole text.
    pub fn new(original: &str) -> Folded {
        let whole = 0..original.len();
        Folded::of(original, std::slice::from_ref(&whole))
    }

    /// Folds some ranges of a text, in order, with a line break between them.
    pub fn of(original: &str, ranges: &[Range<usize>]) -> Folded {
        let length = ranges.iter().map(ExactSizeIterator::len).sum();
        let out = Folded { text: String::with_capacity(length), runs: Vec::new() };
        let mut folder = Folder { original, out, exact_until: None };
        for range in ranges {
            folder.line_break(range.start..range.start);
            folder.range(range.clone());
        }
        folder.out
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The range of the original that a non-empty range of the folded text came from.
    pub fn original(&self, folded: Range<usize>) -> Range<usize> {
        let start = self.map(folded.start, false);
        let end = if folded.end > folded.start { self.map(folded.end, true) } else { start };
        start..end.max(start)
    }

    /// The first place of the folded text that came from the original at or after `original`.
    pub fn folded(&self, original: usize) -> usize {
        let next = self.runs.partition_point(|run| run.original <= original);
        let Some(run) = next.checked_sub(1).map(|n| self.runs[n]) else { return 0 };
        let end = self.runs.get(next).map_or(self.text.len(), |run| run.folded);
        if run.exact { (run.folded + (original - run.original)).min(end) } else { run.folded }
    }

    fn map(&self, at: usize, is_end: bool) -> usize {
        // The end of a range belongs to the stretch of its last byte, so that what was left out behind it stays out.
        let key = if is_end { at - 1 } else { at };
        let next = self.runs.partition_point(|run| run.folded <= key);
        let Some(run) = next.checked_sub(1).map(|n| self.runs[n]) else { return 0 };
        match (run.exact, is_end) {
            (true, _) => run.original + (at - run.folded),
            (false, false) => run.original,
            (false, true) => run.original_end,
        }
    }
}

/// The folded text without the way back. A word of a list is mostly written as it is folded.
pub fn fold(text: &str) -> Cow<'_, str> {
    let is_folded = |c: char| matches!(c, ' '..='@' | '['..='~') || is_plain_japanese(c);
    if text.chars().all(is_folded) { Cow::Borrowed(text) } else { Cow::Owned(Folded::new(text).text) }
}

struct Folder<'a> {
    original: &'a str,
    out: Folded,
    /// While a byte-for-byte stretch is open: the original offset it continues at.
    exact_until: Option<usize>,
}

impl Folder<'_> {
    fn range(&mut self, range: Range<usize>) {
        let text = &self.original[range.clone()];
        let (mut at, mut column, mut line) = (0, 0, 0);
        while let Some(c) = text[at..].chars().next() {
            let start = range.start + at;
            // Most of a text is folded in long stretches that stay as long as they are.
            let ascii = text.as_bytes()[at..].iter().take_while(|b| matches!(b, b' '..=b'~' | b'\t')).count();
            if ascii > 0 {
                self.exact(&text[at..at + ascii], start);
                (at, column) = (at + ascii, column + ascii);
                continue;
            }
            if is_plain_japanese(c) {
                let length = text[at..].find(|c| !is_plain_japanese(c)).unwrap_or(text.len() - at);
                self.exact(&text[at..at + length], start);
                // Three octets each, and two columns.
                (at, column) = (at + length, column + length / 3 * 2);
                continue;
            }
            let mut end = at + c.len_utf8();
            match c {
                '\n' => {
                    end += self.end_of_line(start, column, &text[line..at], &text[end..]);
                    (column, line) = (0, end);
                }
                '\r' => {}
                _ if is_invisible(c) => {}
                _ => {
                    // Half-width kana carry their voicing mark as a second character.
                    let mark = text[end..].chars().next().filter(|&next| is_voicing_mark(next));
                    end += mark.map_or(0, char::len_utf8);
                    self.folded_char(c, mark, start..range.start + end);
                    column += c.width().unwrap_or(0);
                }
            }
            at = end;
        }
    }

    /// A line end is a space or nothing where the line was wrapped, and stays where it was meant. Returns how much of
    /// the rest is the indent of a line that goes on.
    fn end_of_line(&mut self, at: usize, column: usize, line: &str, rest: &str) -> usize {
        let next_line = rest.trim_start_matches([' ', '\t', '\u{3000}']);
        let next = next_line.chars().next();
        let last = self.out.text.chars().next_back();
        let wrapped = column >= WRAPPED_COLUMNS
            && next.is_some_and(|c| !c.is_control() && !starts_block(next_line))
            && last.is_some_and(|c| !ends_block(c))
            && !is_row(line)
            && !is_row(next_line.split('\n').next().unwrap_or_default());
        if !wrapped {
            self.line_break(at..at + 1);
            return 0;
        }
        if !(last.is_some_and(is_wide) && next.is_some_and(is_wide)) && last != Some(' ') {
            self.push(" ", at..at + 1);
        }
        rest.len() - next_line.len()
    }

    fn line_break(&mut self, span: Range<usize>) {
        while self.out.text.ends_with(' ') {
            self.out.text.pop();
            self.exact_until = None;
        }
        if !self.out.text.is_empty() {
            while self.out.runs.last().is_some_and(|run| run.folded >= self.out.text.len()) {
                self.out.runs.pop();
            }
            self.push("\n", span);
        }
    }

    fn folded_char(&mut self, c: char, mark: Option<char>, span: Range<usize>) {
        let simple = match c {
            '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' => Some('\''),
            '\u{201C}' | '\u{201D}' | '\u{201F}' | '\u{2033}' => Some('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
            '\u{301C}' | '\u{FF5E}' => Some('~'),
            '\u{00A0}' | '\u{3000}' => Some(' '),
            _ => None,
        };
        if let Some(simple) = simple {
            return self.push(simple.encode_utf8(&mut [0; 4]), span);
        }
        let folded: String = std::iter::once(c).chain(mark).nfkc().flat_map(char::to_lowercase).collect();
        self.push(&folded, span);
    }

    /// A stretch that folding changes at most from capitals to small letters of ASCII.
    fn exact(&mut self, stretch: &str, at: usize) {
        let from = self.out.text.len();
        if self.exact_until != Some(at) {
            self.out.runs.push(Run { folded: from, original: at, original_end: 0, exact: true });
        }
        self.out.text.push_str(stretch);
        self.out.text[from..].make_ascii_lowercase();
        self.exact_until = Some(at + stretch.len());
    }

    fn push(&mut self, folded: &str, span: Range<usize>) {
        if folded.is_empty() {
            return;
        }
        self.out.runs.push(Run {
            folded: self.out.text.len(),
            original: span.start,
            original_end: span.end.min(self.original.len()),
            exact: false,
        });
        self.out.text.push_str(folded);
        self.exact_until = None;
    }
}

/// Kana, CJK punctuation and unified ideographs, which folding leaves alone.
fn is_plain_japanese(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{301B}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FE}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

/// Written without spaces between words, so that a wrapped line joins without one.
pub fn is_wide(c: char) -> bool {
    is_plain_japanese(c) || matches!(c, '\u{FF00}'..='\u{FFEF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn is_voicing_mark(c: char) -> bool {
    matches!(c, '\u{FF9E}' | '\u{FF9F}' | '\u{3099}' | '\u{309A}')
}

/// Zero-width characters, soft hyphens, direction marks and variation selectors: seen by nobody, breaking every match.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
        || (c.is_control() && c != '\n' && c != '\t')
}

/// A row of a table: gaps between its words.
fn is_row(line: &str) -> bool {
    let line = line.trim();
    line.contains("\u{3000}\u{3000}") || line.contains("   ") || line.contains('\t')
}

/// The next line begins something of its own: a list item, a heading, a rule.
fn starts_block(line: &str) -> bool {
    let mut chars = line.chars();
    let first = chars.next().unwrap_or('\n');
    let numbered = first.is_ascii_digit()
        && line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')', '）', '．']);
    numbered || "・●■◆◇□○◎※★☆▼▽→⇒＊*-–—―─━＝=【＜<[（(".contains(first)
}

fn ends_block(c: char) -> bool {
    matches!(c, '\n' | '。' | '！' | '？' | '!' | '?' | ':' | ';' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folded: &Folded, words: &str) -> Range<usize> {
        let start = folded.text().find(words).unwrap_or_else(|| panic!("{words:?} in {:?}", folded.text()));
        start..start + words.len()
    }

    #[test]
    fn points_back_at_the_original() {
        let original = "Ｄｅａｒ　ｶﾞｲﾄﾞ様、①　it\u{2019}s co\u{00AD}ol㈱";
        let folded = Folded::new(original);
        assert_eq!(folded.text(), "dear ガイド様、1 it's cool(株)");
        for (words, source) in [
            ("dear", "Ｄｅａｒ"),
            ("ガイド", "ｶﾞｲﾄﾞ"),
            ("1", "①"),
            ("it's", "it\u{2019}s"),
            ("cool", "co\u{00AD}ol"),
            ("(株)", "㈱"),
        ] {
            assert_eq!(&original[folded.original(at(&folded, words))], source);
        }
    }

    #[test]
    fn joins_wrapped_lines_and_keeps_meant_ones() {
        let original = "先日お送りしたお見積書につきまして誤\r\nりがございました。\r\n\r\n・一つ目\r\n";
        let folded = Folded::new(original);
        assert_eq!(folded.text(), "先日お送りしたお見積書につきまして誤りがございました。\n\n・一つ目\n");
        assert_eq!(&original[folded.original(at(&folded, "誤りが"))], "誤\r\nりが");
        assert_eq!(
            Folded::new("we are very sorry for the\nlate delivery\nof it").text(),
            "we are very sorry for the late delivery\nof it"
        );
        assert_eq!(Folded::new("Hi Mark,\nthanks").text(), "hi mark,\nthanks");
        let row = "ポンプ　　　　二台　　十二万円\nバルブ　　　　十台　　五万円";
        assert_eq!(Folded::new(row).text().lines().count(), 2, "rows of a table stay rows");
    }

    #[test]
    fn the_folded_text_alone_is_the_same() {
        for text in [
            "",
            "sorry for",
            "Sorry [A]",
            "it\u{2019}s",
            "お詫び。",
            "ｶﾞ（株）",
            "two\nlines",
            "a\u{AD}b ~",
            "tab\there",
        ] {
            assert_eq!(fold(text), Folded::new(text).text(), "{text:?}");
        }
    }

    #[test]
    fn ranges_are_joined_by_a_line_break_and_mapped() {
        let original = "one\n> two\nthree";
        let folded = Folded::of(original, &[0..3, 10..15]);
        assert_eq!(folded.text(), "one\nthree");
        assert_eq!(&original[folded.original(at(&folded, "three"))], "three");
        assert_eq!(folded.folded(10), 4);
    }
}

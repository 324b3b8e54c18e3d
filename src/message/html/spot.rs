//! Words of a mail's texts, found again in an HTML text that shows them.
//!
//! The texts that are read and the HTML that is shown are not the same octets: tags stand between letters, marks of quotes
//! and lists were added, one of two alternatives was read. So words are looked for with what stands around them, and count
//! as found where that stands in all the texts once and in the HTML once, and where the HTML does not have the words more
//! often than the texts. Others are not found: a wrong place would be worse than none.

use std::ops::Range;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

use super::Page;

/// Words of one of the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Which of the texts.
    pub text: usize,
    /// Octets of it.
    pub range: Range<usize>,
}

/// Letters on either side of words that have to be the same too: the first of these at which words stand alone.
const AROUND: [usize; 5] = [8, 16, 32, 64, 128];

/// Where words stand in the HTML, as ranges of its octets in order, one for each piece of text between tags; nothing where
/// that is not certain. The ranges hold text and never a tag, an attribute or part of a character reference.
pub fn spots(html: &str, texts: &[&str], words: &[Words]) -> Vec<Vec<Range<usize>>> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut said = Letters::default();
    let begins: Vec<(usize, usize)> = texts.iter().enumerate().map(|(n, text)| said.add_text(n, text)).collect();
    let shown = Letters::of_html(html);
    let found = words.iter().map(|words| {
        let whole = begins.get(words.text)?;
        let inner = said.within(*whole, words)?;
        // Made safe, the HTML may show what nobody saw: then it is not known which of them is meant.
        let bare = &said.text[said.octets(inner.0, inner.1)];
        if shown.text.matches(bare).count() > said.text.matches(bare).count() {
            return None;
        }
        let at = AROUND.iter().find_map(|&around| alone(&said, *whole, inner, around))?;
        let begin = only(&shown.text, &said.text[said.octets(at.0, at.1)])?;
        let first = shown.number_at(begin) + (inner.0 - at.0);
        Some(shown.pieces(first, first + (inner.1 - inner.0)))
    });
    found.map(Option::unwrap_or_default).collect()
}

/// The letters of a text, one behind the other, without blanks and what rendering adds.
#[derive(Default)]
struct Letters {
    text: String,
    /// Where each letter begins in `text`, and where it came from.
    from: Vec<(usize, Origin)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    /// Which text, or which piece between tags.
    piece: usize,
    range: Range<usize>,
}

impl Letters {
    /// The first and last letter, as numbers.
    fn add_text(&mut self, n: usize, text: &str) -> (usize, usize) {
        let begin = self.from.len();
        for (at, c) in text.char_indices() {
            self.push(c, n, at..at + c.len_utf8());
        }
        (begin, self.from.len())
    }

    fn of_html(html: &str) -> Letters {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let (mut page, mut letters) = (Page::default(), Letters::default());
        for (piece, token) in Tokenizer::new_with_emitter(html, emitter).enumerate() {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => page.start(&tag),
                Token::EndTag(tag) => page.end(&tag.name),
                Token::String(text) if page.hidden.is_none() => {
                    let range = text.span.start..text.span.end;
                    letters.add_source(html, range, piece, &String::from_utf8_lossy(&text.value));
                }
                Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        letters
    }

    /// Text as HTML writes it. What does not read as `meant` is left out whole.
    fn add_source(&mut self, html: &str, range: Range<usize>, piece: usize, meant: &str) {
        let Some(source) = html.get(range.clone()) else { return };
        let mut read = Vec::new();
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            // All references that a sanitised text has; others would need their whole table.
            let reference = REFERENCES.iter().find(|(name, _)| source[at..].starts_with(name));
            let (c, length) = reference.map_or((c, c.len_utf8()), |(name, c)| (*c, name.len()));
            read.push((c, range.start + at..range.start + at + length));
            at += length;
        }
        if meant.chars().eq(read.iter().map(|(c, _)| *c)) {
            read.into_iter().for_each(|(c, range)| self.push(c, piece, range));
        }
    }

    fn push(&mut self, c: char, piece: usize, range: Range<usize>) {
        // Marks of quotes, lists and rules are put into texts that come of HTML.
        if !c.is_whitespace() && !matches!(c, '>' | '・' | '-') {
            self.from.push((self.text.len(), Origin { piece, range }));
            self.text.push(c);
        }
    }

    /// The numbers of the letters of words; `None` for words without letters.
    fn within(&self, (begin, end): (usize, usize), words: &Words) -> Option<(usize, usize)> {
        let letters = &self.from[begin..end];
        let from = begin + letters.partition_point(|(_, origin)| origin.range.start < words.range.start);
        let to = begin + letters.partition_point(|(_, origin)| origin.range.end <= words.range.end);
        (from < to).then_some((from, to))
    }

    /// The octets in `text` of these letters.
    fn octets(&self, from: usize, to: usize) -> Range<usize> {
        let begin = |n: usize| self.from.get(n).map_or(self.text.len(), |(at, _)| *at);
        begin(from)..begin(to)
    }

    fn number_at(&self, octet: usize) -> usize {
        self.from.partition_point(|(at, _)| *at < octet)
    }

    /// Where these letters came from, together where nothing but text stands between them.
    fn pieces(&self, from: usize, to: usize) -> Vec<Range<usize>> {
        let mut pieces: Vec<Origin> = Vec::new();
        for (_, origin) in &self.from[from..to] {
            match pieces.last_mut().filter(|last| last.piece == origin.piece) {
                Some(last) => last.range.end = origin.range.end,
                None => pieces.push(origin.clone()),
            }
        }
        pieces.into_iter().map(|origin| origin.range).collect()
    }
}

const REFERENCES: [(&str, char); 4] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&nbsp;", '\u{a0}')];

/// The letters with so many around them, if these stand in all the texts once.
fn alone(said: &Letters, (begin, end): (usize, usize), inner: (usize, usize), around: usize) -> Option<(usize, usize)> {
    let from = inner.0.saturating_sub(around).max(begin);
    let to = inner.1.saturating_add(around).min(end);
    only(&said.text, &said.text[said.octets(from, to)]).map(|_| (from, to))
}

/// Where it stands, if it stands there once.
fn only(text: &str, wanted: &str) -> Option<usize> {
    let first = text.find(wanted)?;
    let next = first + wanted.chars().next()?.len_utf8();
    text[next..].find(wanted).is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::to_text;
    use super::*;

    /// The pieces in which words of a text stand in the HTML.
    fn found<'a>(html: &'a str, text: &str, words: &str) -> Vec<&'a str> {
        let at = text.find(words).unwrap_or_else(|| panic!("{words} is not in {text}"));
        let words = [Words { text: 0, range: at..at + words.len() }];
        spots(html, &[text], &words).remove(0).into_iter().map(|range| &html[range]).collect()
    }

    #[test]
    fn words_are_found_whatever_tags_references_and_lines_are_between_them() {
        for (html, words, pieces) in [
            ("<p>Dear Sarah,</p><p>thank you.</p>", "Sarah", &["Sarah"][..]),
            ("<p>Dear Sa<b>r</b>ah,</p><p>thank you.</p>", "Sarah", &["Sa", "r", "ah"]),
            ("<p>Dear\n   Sarah\n  Smith,</p>", "Sarah Smith", &["Sarah\n  Smith"]),
            ("<p>R&amp;D of Smith &lt;Ltd&gt;&nbsp;today</p>", "R&D", &["R&amp;D"]),
            ("<blockquote>Dear Sarah,<br>hello</blockquote><p>Dear Ken,</p>", "Dear Ken", &["Dear Ken"]),
            ("<ul><li>添付の<i>見積</i>書</li><li>次</li></ul>", "見積書", &["見積", "書"]),
            ("<p title='Sarah'>Dear Sarah<!-- Sarah -->,</p>", "Sarah", &["Sarah"]),
        ] {
            assert_eq!(found(html, &to_text(html), words), pieces, "{html}");
        }
    }

    #[test]
    fn of_words_that_stand_twice_the_right_ones_are_found_or_none() {
        let html = "<p>Dear Sarah,</p><p>the plan of Sarah is good.</p><p>Sarah</p>";
        let text = to_text(html);
        for (n, (at, _)) in text.match_indices("Sarah").enumerate() {
            let words = [Words { text: 0, range: at..at + 5 }];
            let spot = spots(html, &[&text], &words).remove(0);
            let place = html.match_indices("Sarah").nth(n).map(|(at, _)| at);
            assert_eq!(spot, place.map(|at| at..at + 5).into_iter().collect::<Vec<_>>(), "{n}");
        }
        let html = "<p>Sarah</p>".repeat(500);
        assert!(found(&html, &to_text(&html), "Sarah").is_empty());
    }

    #[test]
    fn what_is_not_the_same_is_not_found() {
        let text = "Dear Sarah,\n\nthank you for the call.\n";
        for html in [
            "",
            "<p>Dear Mr Smith,</p>",
            "<p>Dear Sarah,</p><p>thanks.</p>",
            "<p>Dear Sarah,</p><p>thank you for the call.</p><p>Dear Sarah,</p><p>thank you for the call.</p>",
            "<div style='display:none'>Dear Sarah, thank you for the call.</div>",
            "<style>Dear Sarah, thank you for the call.</style>",
            "<title>Dear Sarah, thank you for the call.</title>",
            "<p title='Dear Sarah, thank you for the call.'>x</p>",
            "<!-- Dear Sarah, thank you for the call. -->",
            "<p>Dear S&#97;rah, thank you for the call.</p>",
            "<p>Dear Sarah,</p><p>x</p><p>Dear Sarah,</p><p>thank you for the call.</p>",
        ] {
            assert!(found(html, text, "Sarah").is_empty(), "{html}");
        }
        assert_eq!(found("<p>Dear Sarah, thank you for the call.", text, "Sarah"), ["Sarah"]);
        // The same text is in two parts of the mail.
        let words = [Words { text: 1, range: 5..10 }];
        assert!(spots("<p>Dear Sarah, thank you for the call.", &[text, text], &words)[0].is_empty());
        let none = spots("<p>x", &["--- >"], &[Words { text: 0, range: 0..5 }, Words { text: 3, range: 0..1 }]);
        assert!(none.len() == 2 && none.iter().all(Vec::is_empty), "{none:?}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_tag_is_ever_part_of_a_spot(html in "[<>/a-c&;= '\"!-ltgamp佐\n]{0,60}", from in 0..30usize, length in 1..9usize) {
            let text = to_text(&html);
            let edge = |n: usize| text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(n).unwrap_or(text.len());
            let words = [Words { text: 0, range: edge(from)..edge(from + length) }];
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !"->・".contains(*c)).collect::<String>();
            let meant = letters(&text[words[0].range.clone()]);
            let spot = spots(&html, &[&text], &words).remove(0);
            let shown: String = spot.iter().map(|range| html.get(range.clone()).expect("whole characters")).collect();
            let read = REFERENCES.iter().fold(shown, |text, (name, c)| text.replace(name, &c.to_string()));
            proptest::prop_assert!(spot.is_empty() || letters(&read) == meant, "{html}: {read} for {meant}");
        }
    }
}

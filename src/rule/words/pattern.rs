//! Patterns of the packs, compiled when a mail first asks for them.
//!
//! A draft asks for a hundred patterns a few times each: they are compiled by `regex-lite`, which takes a tenth of the
//! time. What a relay asks for again and again is compiled a second time, for speed.
//!
//! The text is folded, so `\b`, `\d`, `\s` and `\w` mean ASCII: a word ends where Japanese begins, as in 「pdfを」.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, meta};

use crate::lexicon::BOUNDARY;

/// A pattern and its compilations, as far as they were needed.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) source: String,
    /// Every match begins with a trigger.
    begin: bool,
    confined: OnceLock<bool>,
    quick: OnceLock<Option<regex_lite::Regex>>,
    fast: OnceLock<Option<Box<meta::Regex>>>,
    /// Octets it has looked at, roughly.
    work: AtomicUsize,
}

/// So many octets pay for the better compilation.
const OFTEN: usize = 4_096;

/// So many octets an attempt at one place is counted for: most end after a few.
const ATTEMPT: usize = 64;

impl Pattern {
    pub(super) fn new(source: &str, begin: bool) -> Pattern {
        Pattern {
            source: source.to_owned(),
            begin,
            confined: OnceLock::new(),
            quick: OnceLock::new(),
            fast: OnceLock::new(),
            work: AtomicUsize::new(0),
        }
    }

    /// Whether it can be compiled at all; one that repeats too much cannot.
    pub(super) fn compiles(&self) -> bool {
        self.fast().is_some()
    }

    /// Whether it looks at one sentence: its gaps end with it.
    pub(super) fn is_confined(&self) -> bool {
        *self.confined.get_or_init(|| GAPS.iter().any(|(gap, _)| self.source.contains(gap)))
    }

    /// Whether [`Pattern::at`] finds its matches.
    pub(super) fn begins_with_triggers(&self) -> bool {
        self.begin
    }

    /// Where the match ends that begins with the trigger at `start`. Nothing behind `end` is looked at: for `$` and `\b`
    /// the text ends there.
    pub(super) fn at(&self, text: &str, start: usize, end: usize) -> Option<usize> {
        if self.source.starts_with(BOUNDARY) && !is_boundary(text.as_bytes(), start) {
            return None;
        }
        // A boundary is as much one where the text begins, so the words before need not be shown.
        let here = &text[start..end];
        let found = match self.quick(here.len().min(ATTEMPT)) {
            Some(quick) => quick.find(here)?.end(),
            None => self.fast()?.search_half(&Input::new(here).anchored(Anchored::Yes))?.offset(),
        };
        Some(start + whole(here, 0..found).end).filter(|end| *end > start)
    }

    /// All matches in a text that are not empty, in order.
    pub(super) fn all<'a>(&'a self, text: &'a str) -> Box<dyn Iterator<Item = Range<usize>> + 'a> {
        let quick = if self.begin { None } else { self.quick(text.len()) };
        let found: Box<dyn Iterator<Item = Range<usize>>> = match quick {
            Some(quick) => Box::new(quick.find_iter(text).map(|found| found.range())),
            None => {
                let found = self.fast().into_iter().flat_map(move |fast| fast.find_iter(text));
                Box::new(found.map(|found| whole(text, found.range())))
            }
        };
        Box::new(found.filter(|range| !range.is_empty()))
    }

    /// The compilation for few uses, unless there is the other or it is time for it.
    fn quick(&self, octets: usize) -> Option<&regex_lite::Regex> {
        if self.fast.get().is_some() || self.work.fetch_add(octets, Ordering::Relaxed) + octets > OFTEN {
            return None;
        }
        let compiled = || {
            let anchored = format!("^(?:{})", self.source);
            let source = if self.begin { &anchored } else { &self.source };
            is_plain(&self.source).then(|| regex_lite::Regex::new(source).ok()).flatten()
        };
        self.quick.get_or_init(compiled).as_ref()
    }

    /// The compilation for many uses. `None` for what does not compile; packs with such a pattern do not load.
    fn fast(&self) -> Option<&meta::Regex> {
        let compiled = || {
            // A gap of octets may end inside a character.
            let syntax = syntax::Config::new().utf8(false);
            let config = meta::Config::new().onepass(false).dfa(false).utf8_empty(false);
            let source: Cow<'_, str> =
                if is_plain(&self.source) { fast_source(&self.source).into() } else { (&self.source).into() };
            meta::Regex::builder().configure(config).syntax(syntax).build(&source).ok().map(Box::new)
        };
        self.fast.get_or_init(compiled).as_deref()
    }
}

/// Whether a word begins or ends here, in ASCII.
fn is_boundary(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word(at.checked_sub(1).and_then(|before| bytes.get(before))) != is_word(bytes.get(at))
}

/// A range without broken characters at its ends.
fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.ceil_char_boundary(range.start);
    start..text.floor_char_boundary(range.end).max(start)
}

/// Gaps within a sentence, as patterns write them, and one character of them in octets.
///
/// Each repetition of a class of characters is compiled as often as it may repeat, and "any character but a full stop"
/// is dozens of states.
const GAPS: [(&str, &str); 2] = [
    (
        r"[^。\n]{",
        r"(?-u:(?:[\x00-\x09\x0B-\x7F\xC0-\xE2\xE4-\xFF]|\xE3(?:[\x81-\xBF]|\x80[\x80\x81\x83-\xBF]))[\x80-\xBF]*)",
    ),
    (r"[^.\n]{", r"(?-u:[\x00-\x09\x0B-\x2D\x2F-\x7F\xC0-\xFF][\x80-\xBF]*)"),
];

/// Escapes of classes and what they mean in ASCII.
const CLASSES: [(char, &str); 4] = [('b', r"(?-u:\b)"), ('d', "[0-9]"), ('s', r"[\t-\r\x20]"), ('w', "[0-9A-Za-z_]")];

/// Whether a pattern uses nothing but what both compilations read alike; every shipped one does. Others are compiled as
/// the regex crate would, once.
fn is_plain(source: &str) -> bool {
    let flags = source.split("(?").skip(1).any(|group| !group.starts_with(':'));
    let mut escaped = false;
    let escapes = source.chars().all(|c| {
        let is_known = !escaped || !c.is_ascii_alphanumeric() && !"<>".contains(c) || "nt".contains(c);
        let known = is_known || CLASSES.iter().any(|(class, _)| *class == c);
        escaped = c == '\\' && !escaped;
        known
    });
    !flags && escapes && !source.contains(r"\b{")
}

/// The source for many uses: the same classes, and gaps as octets.
fn fast_source(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 64);
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let gap = GAPS.iter().find_map(|(gap, octets)| Some((rest.strip_prefix(gap)?, octets)));
        if let Some((counts, octets)) = gap {
            out.push_str(&format!("{octets}{{"));
            rest = counts;
            continue;
        }
        let escaped = rest[c.len_utf8()..].chars().next().filter(|_| c == '\\');
        let length = c.len_utf8() + escaped.map_or(0, char::len_utf8);
        let class = CLASSES.iter().find(|(class, _)| escaped == Some(*class));
        out.push_str(class.map_or(&rest[..length], |(_, ascii)| ascii));
        rest = &rest[length..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a pattern finds in its first and in its later uses; the same.
    fn found(source: &str, text: &str) -> Vec<String> {
        let words = |pattern: &Pattern| pattern.all(text).map(|range| text[range].to_owned()).collect();
        let first: Vec<String> = words(&Pattern::new(source, false));
        let often = Pattern::new(source, false);
        often.work.store(OFTEN, Ordering::Relaxed);
        assert_eq!(first, words(&often), "{source}");
        first
    }

    #[test]
    fn gaps_are_counted_in_characters() {
        assert_eq!(found("代替品を[^。\\n]{0,4}お送り", "代替品を本日中にお送りします"), ["代替品を本日中にお送り"]);
        assert_eq!(found("代替品を[^。\\n]{0,3}お送り", "代替品を本日中にお送りします"), [""; 0]);
        assert_eq!(found("代替品を[^。\\n]{0,4}お送り", "代替品をpm 3お送りします"), ["代替品をpm 3お送り"]);
        assert_eq!(found("we [^.\\n]{0,10}refund", "we will refund"), ["we will refund"]);
        assert_eq!(found("we [^.\\n]{0,10}refund", "we will. refund"), [""; 0]);
        assert_eq!(found("原因は[^。\\n]{0,2}", "原因は調査中"), ["原因は調査"]);
        assert_eq!(found("原因は[^。\\n]{0,9}", "原因は調査。判明"), ["原因は調査"]);
        assert_eq!(found("原因は[^。\\n]{0,9}", "原因は、目、ａ"), ["原因は、目、ａ"]);
        assert_eq!(found("ab+", "abb ab"), ["abb", "ab"]);
    }

    #[test]
    fn classes_are_ascii() {
        assert_eq!(found(r"\bpdf\b", "このpdfを pdfs"), ["pdf"]);
        assert_eq!(found(r"\d+\s\w+", "3 本 4 pcs"), ["4 pcs"]);
        assert_eq!(found(r"[\d,]+円\\b", r"1,200円\b"), [r"1,200円\b"]);
        // What the two would read differently is compiled once, as the regex crate does.
        assert_eq!(found(r"\p{Han}+", "修正版を"), ["修正版"]);
        assert_eq!(found(r"\<pdf\>", "このpdfを pdf"), ["pdf"]);
        assert_eq!(found(r"開[\w\W]{0,9}終", "開ほげ終"), ["開ほげ終"]);
        assert_eq!(found(r"(?x)a\s b", "a b"), ["a b"]);
        assert_eq!(found("[0-9]*", "ああ1"), ["1"]);
    }

    #[test]
    fn a_match_begins_with_its_trigger_and_ends_before_the_end() {
        let text = "unsorry. sorry for that";
        for work in [0, OFTEN] {
            let pattern = Pattern::new(r"\bsorry(?: for)?\b", true);
            pattern.work.store(work, Ordering::Relaxed);
            assert_eq!(pattern.at(text, 2, text.len()), None);
            assert_eq!(pattern.at(text, 9, text.len()), Some(18));
            assert_eq!(pattern.at(text, 9, 16), Some(14));
        }
    }
}

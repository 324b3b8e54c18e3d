//! Patterns of the packs, compiled when a mail first asks for them.
//!
//! Most look at one sentence: their gaps end with it. Those are compiled for short texts – no reverse automaton, no
//! tables built while searching – since a start of the program pays for each of them; the others for long ones.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use regex::Regex;
use regex_automata::meta;
use regex_automata::util::syntax;

/// A compiled pattern.
#[derive(Debug)]
pub(super) enum Matcher {
    /// For texts of any length.
    Text(Regex),
    /// For sentences; a pattern that is asked for again and again is compiled for speed.
    Sentence { quick: Box<meta::Regex>, uses: AtomicU32, fast: OnceLock<Option<Box<meta::Regex>>> },
}

/// So many sentences pay for the better compilation.
const OFTEN: u32 = 64;

impl Matcher {
    /// `None` for what is no regular expression; packs with such a one do not load.
    pub(super) fn new(source: &str) -> Option<Matcher> {
        let Some(confined) = confined(source) else { return Regex::new(source).ok().map(Matcher::Text) };
        let quick = sentence_regex(&confined, false)?;
        Some(Matcher::Sentence { quick, uses: AtomicU32::new(0), fast: OnceLock::new() })
    }

    /// Where it matches, in order; `source` is what it was made of.
    pub(super) fn find(&self, source: &str, text: &str) -> Vec<Range<usize>> {
        match self {
            Matcher::Text(regex) => regex.find_iter(text).map(|found| found.range()).collect(),
            Matcher::Sentence { quick, uses, fast } => {
                let often = uses.fetch_add(1, Ordering::Relaxed) >= OFTEN;
                let source = || confined(source).and_then(|confined| sentence_regex(&confined, true));
                let fast = if often { fast.get_or_init(source).as_ref() } else { None };
                fast.unwrap_or(quick).find_iter(text).map(|found| whole(text, found.range())).collect()
            }
        }
    }
}

fn sentence_regex(confined: &str, fast: bool) -> Option<Box<meta::Regex>> {
    let config = meta::Config::new().onepass(false).hybrid(fast).dfa(false).auto_prefilter(fast).utf8_empty(false);
    // A gap of octets may end inside a character.
    let syntax = syntax::Config::new().utf8(false);
    meta::Regex::builder().configure(config).syntax(syntax).build(confined).ok().map(Box::new)
}

/// A range without broken characters at its ends.
fn whole(text: &str, mut range: Range<usize>) -> Range<usize> {
    while !text.is_char_boundary(range.start) {
        range.start += 1;
    }
    while !text.is_char_boundary(range.end) {
        range.end -= 1;
    }
    range.start..range.end.max(range.start)
}

/// Whether a source is a regular expression.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(source: &str) -> Result<(), regex::Error> {
    Regex::new(source).map(|_| ())
}

/// Whether a pattern looks at one sentence.
pub(super) fn is_confined(source: &str) -> bool {
    GAPS.iter().any(|(gap, _)| source.contains(gap))
}

/// Gaps within a sentence, and the octets of a character in them.
///
/// Each repetition of a class of characters is compiled as often as it may repeat, and "any character but a full stop"
/// is dozens of states; a start of the program would be spent on them. Within one sentence any octet will do.
const GAPS: [(&str, usize); 2] = [("[^。\\n]{", 3), ("[^.\\n]{", 1)];

/// A pattern with its gaps as counted octets, if it has such gaps.
fn confined(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let next = |rest: &str| GAPS.iter().filter_map(|(gap, octets)| Some((rest.find(gap)?, *gap, *octets))).min();
    while let Some((at, gap, octets)) = next(rest) {
        let counts = &rest[at + gap.len()..];
        let (count, behind) = counts.split_once('}')?;
        let (least, most) = count.split_once(',')?;
        let (least, most): (usize, usize) = (least.parse().ok()?, most.parse().ok()?);
        out.push_str(&rest[..at]);
        out.push_str(&format!("(?s-u:.){{{},{}}}", least * octets, most * octets));
        rest = behind;
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_counted_in_characters_and_end_on_them() {
        let found = |source: &str, text: &str| {
            let matcher = Matcher::new(source).expect("a pattern");
            matcher.find(source, text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("代替品を[^。\\n]{0,4}お送り", "代替品を本日中にお送りします"), ["代替品を本日中にお送り"]);
        assert!(found("代替品を[^。\\n]{0,3}お送り", "代替品を本日中にお送りします").is_empty());
        assert_eq!(found("we [^.\\n]{0,10}refund", "we will refund"), ["we will refund"]);
        // The gap at the end stops at a whole character.
        assert_eq!(found("原因は[^。\\n]{0,2}", "原因は調査中"), ["原因は調査"]);
        assert_eq!(found("ab+", "abb ab"), ["abb", "ab"]);
    }
}

//! What a sentence is weighed by.

use std::fmt;

/// One thing that is weighed; its text names it in the table of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature<'a> {
    /// A word, or up to three characters of Japanese.
    Words(&'a str),
    Pair(&'a str, &'a str),
    /// The first letters of a longer word: "refu*" for "refund", "refunded".
    Stem(&'a str),
    /// Which quarter of the text it stands in.
    Quarter(usize),
    /// How long it is, in steps.
    Length(usize),
}

impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feature::Words(words) => f.write_str(words),
            Feature::Pair(first, second) => write!(f, "{first} {second}"),
            Feature::Stem(stem) => write!(f, "{stem}*"),
            Feature::Quarter(quarter) => write!(f, "@quarter{quarter}"),
            Feature::Length(step) => write!(f, "@length{step}"),
        }
    }
}

/// Where a sentence stands among those of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: usize,
    pub of: usize,
}

impl Place {
    fn quarter(self) -> Feature<'static> {
        Feature::Quarter(if self.of < 2 { 0 } else { self.at * 4 / self.of })
    }
}

/// In characters; what stands behind tells nothing new.
const MOST: usize = 600;
/// Longer sentences are all alike.
const LONGEST: usize = 6;
/// A word from this length on has a stem, of so many letters.
const STEMMED: usize = 5;
const STEM: usize = 4;
/// Before the first word and behind the last.
const BEGIN: &str = "^";
const END: &str = "$";
const NUMBER: &str = "#";

/// Calls back with everything a folded sentence is weighed by; returns how much that was.
pub fn each(sentence: &str, place: Place, mut found: impl FnMut(Feature<'_>)) -> usize {
    // A text without full stops is one sentence.
    let sentence = sentence.char_indices().nth(MOST).map_or(sentence, |(at, _)| &sentence[..at]);
    let mut count = 0;
    let mut one = |feature: Feature<'_>| {
        count += 1;
        found(feature);
    };
    let step = if is_japanese(sentence) {
        characters(sentence, &mut one);
        12
    } else {
        words(sentence, &mut one);
        30
    };
    one(place.quarter());
    one(Feature::Length((sentence.chars().count() / step).min(LONGEST)));
    count
}

/// Kana or Chinese characters make a sentence Japanese, as in [`crate::clause`].
pub(super) fn is_japanese(sentence: &str) -> bool {
    sentence.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'))
}

/// Each word, the stems of the longer ones, each two words; numbers are all alike, and so are most marks.
fn words(sentence: &str, one: &mut impl FnMut(Feature<'_>)) {
    let mut before = BEGIN;
    one(Feature::Words(BEGIN));
    let mut next = |token: &'_ str, before: &str| {
        one(Feature::Words(token));
        one(Feature::Pair(before, token));
        if token.len() >= STEMMED && token.is_ascii() {
            one(Feature::Stem(&token[..STEM]));
        }
    };
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let class = class_of(first);
        let end = rest.find(|c| class_of(c) != class).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        let token = match class {
            Class::Word => piece,
            Class::Number => NUMBER,
            Class::Blank => continue,
            Class::Mark if piece.contains('?') => "?",
            Class::Mark if piece.contains(',') => ",",
            Class::Mark => "|",
        };
        next(token, before);
        before = token;
    }
    next(END, before);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Number,
    Blank,
    Mark,
}

fn class_of(c: char) -> Class {
    match c {
        _ if c.is_alphabetic() || c == '\'' => Class::Word,
        _ if c.is_numeric() => Class::Number,
        _ if c.is_whitespace() => Class::Blank,
        _ => Class::Mark,
    }
}

/// Each one, two and three characters; Japanese marks no words, and needs none for this.
fn characters(sentence: &str, one: &mut impl FnMut(Feature<'_>)) {
    const LENGTHS: usize = 3;
    let mut plain = String::with_capacity(sentence.len() + BEGIN.len() + END.len());
    plain.push_str(BEGIN);
    for c in sentence.chars().filter(|c| !c.is_whitespace()) {
        match c {
            _ if !c.is_numeric() => plain.push(c),
            _ if plain.ends_with(NUMBER) => {}
            _ => plain.push_str(NUMBER),
        }
    }
    plain.push_str(END);
    let starts: Vec<usize> = plain.char_indices().map(|(at, _)| at).chain([plain.len()]).collect();
    for length in 1..=LENGTHS {
        for window in starts.windows(length + 1) {
            one(Feature::Words(&plain[window[0]..window[length]]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sentence: &str) -> Vec<String> {
        let mut out = Vec::new();
        let count = each(sentence, Place { at: 1, of: 4 }, |feature| out.push(feature.to_string()));
        assert_eq!(count, out.len());
        out
    }

    #[test]
    fn english_is_weighed_by_words_stems_and_pairs() {
        let features = of("we refund 20.50 euros, today.");
        for one in ["we", "^ we", "refu*", "refund", "we refund", "refund #", "euros ,", "today |", "| $", "@quarter1"]
        {
            assert!(features.iter().any(|feature| feature == one), "{one} in {features:?}");
        }
    }

    #[test]
    fn japanese_is_weighed_by_its_characters() {
        let features = of("12個を 返金します。");
        for one in ["#個", "を返金", "返", "^#個", "。$", "@length0"] {
            assert!(features.iter().any(|feature| feature == one), "{one} in {features:?}");
        }
    }
}

//! Does the mail say what went wrong? An apology "for the inconvenience" does not.
//!
//! Words of trouble say it (割れて, "shipped the wrong size"). Else the apology itself is looked at: what is left of its
//! object once the words that fit any apology are taken out. Japanese puts the object before the apology, English
//! behind it.

use std::collections::HashSet;

use super::parts::There;
use super::{Signs, overlaps};
use crate::rule::expression::{Function, Said};
use crate::rule::reading::{Hit, Reading};

/// How surely the fault is named: by words of trouble, or by an object of the apology.
const FULL: u8 = 3;
const HALF: u8 = 2;

pub(super) fn fault(reading: &Reading<'_>, signs: &Signs) -> Option<There> {
    let generic = reading.said(Function::Generic);
    let plain = |said: &&Said| {
        let marks = reading.clauses(said.hit.text).clauses[said.clause].marks;
        !marks.condition && !marks.question && !overlaps(said, generic)
    };
    let trouble = reading.said(Function::Trouble).iter().find(plain);
    if let Some(said) = trouble.or_else(|| signs.admissions.iter().find(plain)) {
        return Some(There { hit: said.hit.clone(), strength: FULL });
    }
    let object =
        signs.apologies.iter().chain(&signs.non_apologies).find_map(|apology| object(reading, apology, generic));
    object.or_else(|| echo(reading, generic)).map(|hit| There { hit, strength: HALF })
}

/// A sentence of ours that takes up the matter in the words of the quoted mail.
fn echo(reading: &Reading<'_>, generic: &[Said]) -> Option<Hit> {
    const SHARED: usize = 2;
    reading.texts.iter().enumerate().find_map(|(text, part)| {
        let theirs: HashSet<&str> = content(part.quoted.text()).map(|(_, word)| word).collect();
        if theirs.is_empty() {
            return None;
        }
        let own = part.body.own.text();
        let is_generic = |at: usize| generic.iter().any(|said| said.hit.text == text && said.hit.range.contains(&at));
        let sentence = reading.clauses(text).sentences.iter().find(|sentence| {
            let words = content(&own[(*sentence).clone()]);
            let ours = words.filter(|(at, word)| theirs.contains(word) && !is_generic(sentence.start + at));
            ours.map(|(_, word)| word).collect::<HashSet<_>>().len() >= SHARED
        })?;
        Some(Hit { text, range: sentence.clone() })
    })
}

/// Words that carry a matter: Latin words of five letters, numbers of two digits, runs of Chinese characters or
/// katakana; with their places.
fn content(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let class = |c: char| match c {
        '\u{3400}'..='\u{9fff}' => 'k',
        '\u{30a1}'..='\u{30fc}' => 't',
        c if c.is_ascii_digit() => 'd',
        c if c.is_alphabetic() && !is_wide_letter(c) => 'l',
        _ => ' ',
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(|c| class(c) != ' ')?;
            let kind = class(text[start..].chars().next()?);
            at = text[start..].find(|c| class(c) != kind).map_or(text.len(), |length| start + length);
            let (word, after) = (&text[start..at], &text[at..]);
            let long = match kind {
                'l' => word.len() >= 5 && !GRAMMAR.contains(&word),
                'k' => word.chars().count() >= 2 && !after.starts_with('様'),
                't' => word.chars().count() >= 3,
                _ => word.len() >= 2,
            };
            if long {
                return Some((start, word));
            }
        }
    })
}

/// The object of an apology, if anything is left of it.
fn object(reading: &Reading<'_>, apology: &Said, generic: &[Said]) -> Option<Hit> {
    let clauses = reading.clauses(apology.hit.text);
    let text = reading.folded(&apology.hit);
    let sentence = clauses.sentences[clauses.clauses[apology.clause].sentence].clone();
    let japanese = text[apology.hit.range.clone()].chars().any(is_wide_letter);
    let range = match japanese {
        true => sentence.start..apology.hit.range.start,
        false => apology.hit.range.end..sentence.end,
    };
    let mut left = String::new();
    let mut at = range.start;
    for said in generic.iter().filter(|said| said.hit.text == apology.hit.text) {
        let taken = &said.hit.range;
        if taken.end > at && taken.start < range.end {
            left.push_str(text.get(at..taken.start).unwrap_or_default());
            left.push(' ');
            at = taken.end;
        }
    }
    left.push_str(text.get(at..range.end).unwrap_or_default());
    let content = if japanese { content_ja(&left) } else { content_en(&left) };
    content.then_some(Hit {
        text: apology.hit.text,
        range: if range.is_empty() { apology.hit.range.clone() } else { range },
    })
}

fn is_wide_letter(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Chinese characters, katakana or Latin words that are not somebody's name.
fn content_ja(left: &str) -> bool {
    const LEAST: usize = 2;
    let telling = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{30a1}'..='\u{30fa}') || c.is_ascii_alphanumeric();
    // With its title it is somebody's name.
    let is_person = |word: &str| word.contains('様') || TITLES.iter().any(|title| word.ends_with(title));
    left.split(|c: char| !telling(c) && c != '様').any(|word| word.chars().count() >= LEAST && !is_person(word))
}

/// English words that carry no matter.
const GRAMMAR: [&str; 80] = [
    "the",
    "and",
    "for",
    "that",
    "this",
    "you",
    "your",
    "our",
    "we",
    "have",
    "has",
    "had",
    "was",
    "were",
    "are",
    "been",
    "being",
    "any",
    "all",
    "with",
    "from",
    "about",
    "which",
    "what",
    "when",
    "how",
    "may",
    "might",
    "will",
    "would",
    "not",
    "but",
    "also",
    "can",
    "could",
    "did",
    "does",
    "very",
    "much",
    "more",
    "most",
    "again",
    "once",
    "here",
    "there",
    "its",
    "it's",
    "i'm",
    "we're",
    "i've",
    "we've",
    "into",
    "over",
    "just",
    "really",
    "truly",
    "through",
    "them",
    "their",
    "they",
    "put",
    "caused",
    "after",
    "before",
    "these",
    "those",
    "where",
    "while",
    "because",
    "please",
    "should",
    "there's",
    "today",
    "tomorrow",
    "yesterday",
    "always",
    "never",
    "other",
    "every",
    "still",
];

const TITLES: [&str; 8] = ["社長", "部長", "課長", "店長", "会長", "先生", "院長", "所長"];

/// A word that is more than grammar.
fn content_en(left: &str) -> bool {
    left.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| word.len() > 2 && !GRAMMAR.contains(&word))
}

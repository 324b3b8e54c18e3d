//! `password-text`: a password written into a mail that leaves the organisation.

use std::ops::Range;

use serde::Deserialize;

use super::Kind;
use crate::message::text::Folded;
use crate::rule::mask::{MOST_SECRETS, Secret};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct PasswordText {
    /// What stands in front of a password, up to it.
    labels: Words,
    /// In the same sentence these say that what follows is none, or none that lasts.
    unless: Words,
    /// Anywhere in the text these say that the password opens a meeting, not an account.
    meetings: Words,
    /// In the same sentence or the two lines above these say that it opens a file; a file and its password in one
    /// mail is what another rule looks at.
    files: Words,
    /// Values that are no password.
    not_one: Vec<String>,
    /// File types whose content cannot tell whether they are locked.
    archives: Vec<String>,
}

/// In characters; shorter ones are abbreviations, longer ones are text without blanks.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=64;

/// Each label is compared with every word about files.
const MOST_LABELS: usize = 100;
/// A digit alone makes a password of a value this long.
const SHORTEST_WITH_DIGIT: usize = 6;

impl Kind for PasswordText {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.labels, &mut self.unless, &mut self.meetings, &mut self.files]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let labels = reading.own(&self.labels);
        let opens_file = || {
            let is_archive = |name: &str| {
                let ending = name.rsplit('.').next().unwrap_or_default();
                self.archives.iter().any(|archive| archive.eq_ignore_ascii_case(ending))
            };
            reading.message.attachments.iter().any(|a| a.is_file() && (a.encrypted || is_archive(&a.name)))
        };
        if labels.is_empty() || reading.outside().next().is_none() || reading.says(&self.meetings) || opens_file() {
            return Vec::new();
        }
        let files = reading.own(&self.files);
        let mut found: Vec<&str> = Vec::new();
        let mut out = Vec::new();
        for hit in labels.into_iter().take(MOST_LABELS) {
            let sentence = reading.sentence(&hit);
            let near = |file: &Hit| {
                file.text == hit.text && file.range.end > above(reading, &hit) && file.range.start < sentence.end
            };
            if reading.sentence_has(&hit, &self.unless) || files.iter().any(near) {
                continue;
            }
            let told = Told::of(reading, &hit);
            let Some(password) = told.behind(&hit.range, &self.not_one) else { continue };
            let words = told.words(&password);
            if out.len() < MAX_REMARKS && !found.contains(&words) {
                found.push(words);
                out.push(Remark::at(reading.body_place(hit.text, told.folded.original(password))));
            }
        }
        out
    }

    fn secrets(&self, reading: &Reading<'_>) -> Vec<Secret> {
        told(reading, &self.labels, |told, label| told.behind(&label, &self.not_one))
    }
}

/// What `read` makes of every place where words of a list stand, be it said now, quoted, or in the subject.
pub(super) fn told<'a>(
    reading: &'a Reading<'_>,
    words: &Words,
    read: impl Fn(&Told<'a>, Range<usize>) -> Option<Range<usize>>,
) -> Vec<Secret> {
    let own = |hit: Hit| (Told::of(reading, &hit), hit.range);
    let quoted = reading.texts.iter().flat_map(|text| {
        let told = Told { folded: &text.body.quoted, original: &text.body.original };
        text.quoted.of(words).iter().map(move |range| (told, range.clone()))
    });
    let told = Told { folded: &reading.subject.folded, original: reading.subject.original };
    let subject = reading.subject.hits.of(words).iter().map(|range| (told, range.clone()));
    let all = subject.chain(reading.own(words).into_iter().map(own)).chain(quoted);
    let secret = |(told, range): (Told<'a>, Range<usize>)| {
        let words = told.words(&read(&told, range)?).to_owned();
        Some(Secret { words, shown: 0 })
    };
    let mut secrets: Vec<Secret> = all.filter_map(secret).take(MOST_SECRETS).collect();
    secrets.sort_by(|a, b| a.words.cmp(&b.words));
    secrets.dedup();
    secrets
}

/// A text in which passwords may be told.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    folded: &'a Folded,
    original: &'a str,
}

impl<'a> Told<'a> {
    pub(super) fn of(reading: &'a Reading<'_>, hit: &Hit) -> Told<'a> {
        let body = reading.texts[hit.text].body;
        Told { folded: &body.own, original: &body.original }
    }

    pub(super) fn folded(&self) -> &'a str {
        self.folded.text()
    }

    /// As written.
    pub(super) fn words(&self, range: &Range<usize>) -> &'a str {
        &self.original[self.folded.original(range.clone())]
    }

    /// The password behind a label; on the next line if the label ends its own.
    fn behind(&self, label: &Range<usize>, not_one: &[String]) -> Option<Range<usize>> {
        let text = self.folded();
        let rest = &text[label.end..];
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || OPENING.contains(c));
        let start = text.len() - rest.len();
        let length = rest.bytes().take_while(u8::is_ascii_graphic).count();
        let token = rest[..length].trim_end_matches(|c| CLOSING.contains(c));
        let lines_between = text[label.end..start].matches('\n').count();
        // A value in quotation marks is meant as it stands.
        let in_quotes = text[..start].ends_with(['"', '\'', '`']) && rest[token.len()..].starts_with(['"', '\'', '`']);
        let behind = rest[token.len()..].trim_start_matches(|c: char| "」』\"'`)】>.*".contains(c));
        let ends = behind.is_empty() || behind.starts_with(['\n', '。', ' ', '、', ',']) || behind.starts_with("です");
        let japanese = text[label.clone()].contains(|c: char| !c.is_ascii());
        let says_so = ["です", "でござ", "となり"].iter().any(|end| behind.trim_start().starts_with(end));
        let any_word = in_quotes || (japanese && (says_so || !behind.starts_with([' ', ','])));
        let fine = lines_between <= 2
            && LENGTH.contains(&token.len())
            && ends
            && !token.contains("://")
            && !token.contains('@')
            && !not_one.iter().any(|word| word == token);
        let range = start..start + token.len();
        (fine && is_made_up(token, self.words(&range), any_word)).then_some(range)
    }

    /// A password rather than a word; what is only hidden may as well be a short number.
    pub(super) fn is_made_up(&self, range: &Range<usize>) -> bool {
        let token = &self.folded()[range.clone()];
        let has_digit = token.len() >= *LENGTH.start() && token.contains(|c: char| c.is_ascii_digit());
        !token.contains("://") && (has_digit || is_made_up(token, self.words(range), false))
    }

    /// The password in words that tell it, perhaps in front of the label: "use blue77sky as the password".
    pub(super) fn within(&self, hit: &Range<usize>, label: &Range<usize>) -> Option<Range<usize>> {
        let text = self.folded();
        let mut behind = tokens(text, label.end..hit.end);
        // "use blue77sky to open it"
        if let [.., to, _] = &behind[..]
            && &text[to.clone()] == "to"
        {
            behind.truncate(behind.len() - 2);
        }
        let mut before = tokens(text, hit.start..label.start);
        while before.last().is_some_and(|word| ["as", "is", "the", "your"].contains(&&text[word.clone()])) {
            before.pop();
        }
        behind.pop().or_else(|| before.pop())
    }
}

/// What stands around a password and is no part of it.
const OPENING: &str = "。「『\"'`【<(:*";
const CLOSING: &str = ".,;:)\"'`>*";

/// The runs of ASCII characters in a range of folded text, without the marks around them.
fn tokens(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    for token in text[range].split(|c: char| !c.is_ascii_graphic()) {
        let bare = token.trim_start_matches(|c: char| OPENING.contains(c) || "=-".contains(c));
        let start = at + token.len() - bare.len();
        let bare = bare.trim_end_matches(|c: char| CLOSING.contains(c));
        if !bare.is_empty() {
            out.push(start..start + bare.len());
        }
        let behind = at + token.len();
        at = behind + text[behind..].chars().next().map_or(0, char::len_utf8);
    }
    out
}

/// Where the second line above a hit begins.
fn above(reading: &Reading<'_>, hit: &Hit) -> usize {
    let before = &reading.folded(hit)[..hit.range.start];
    before.rmatch_indices('\n').filter(|(at, _)| !before[..*at].ends_with('\n')).nth(2).map_or(0, |(at, _)| at)
}

/// A password rather than a word of the sentence: digits or signs in it, capitals in the middle. Behind a Japanese
/// label any word in Latin letters is one.
fn is_made_up(token: &str, original: &str, any_word: bool) -> bool {
    let letters = token.chars().filter(char::is_ascii_alphanumeric).count();
    let varied = token.chars().any(|c| c != token.chars().next().unwrap_or(c));
    let digit = token.contains(|c: char| c.is_ascii_digit());
    let sign = token[..token.len() - 1].contains(|c: char| "!#$%&^*+=?~".contains(c));
    let inner_capital = original.chars().skip(1).any(char::is_uppercase) && original.chars().any(char::is_lowercase);
    let placeholder = token.starts_with(['[', '{', '<', '$', '%']) || token.contains("xxxx") || token.contains("****");
    // "pass: 3-day"
    let digit = digit && letters >= SHORTEST_WITH_DIGIT;
    letters >= 3 && varied && !placeholder && (digit || sign || inner_capital || any_word)
}

//! `password-text`: a password written into a mail that leaves the organisation.

use serde::Deserialize;

use super::Kind;
use crate::rule::mask::Secret;
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
        self.secrets(reading).into_iter().map(|secret| Remark::at(secret.place)).collect()
    }

    fn secrets(&self, reading: &Reading<'_>) -> Vec<Secret> {
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
        let mut secrets: Vec<Secret> = Vec::new();
        for hit in labels.into_iter().take(MOST_LABELS) {
            let sentence = reading.sentence(&hit);
            let near = |file: &Hit| {
                file.text == hit.text && file.range.end > above(reading, &hit) && file.range.start < sentence.end
            };
            if reading.sentence_has(&hit, &self.unless) || files.iter().any(near) {
                continue;
            }
            let Some(password) = self.behind(reading, &hit) else { continue };
            let body = reading.texts[hit.text].body;
            let range = body.own.original(password.range.clone());
            let words = body.original[range.clone()].to_owned();
            if secrets.len() < MAX_REMARKS && secrets.iter().all(|known| known.words != words) {
                secrets.push(Secret { place: reading.body_place(hit.text, range), words, shown: 0 });
            }
        }
        secrets
    }
}

impl PasswordText {
    /// The password behind a label; on the next line if the label ends its own.
    fn behind(&self, reading: &Reading<'_>, label: &Hit) -> Option<Hit> {
        let text = reading.folded(label);
        let rest = &text[label.range.end..];
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "。「『\"'`【<(:*".contains(c));
        let start = text.len() - rest.len();
        let length = rest.bytes().take_while(u8::is_ascii_graphic).count();
        let token = rest[..length].trim_end_matches(|c| ".,;:)\"'`>*".contains(c));
        let hit = Hit { text: label.text, range: start..start + token.len() };
        let lines_between = text[label.range.end..start].matches('\n').count();
        // A value in quotation marks is meant as it stands.
        let in_quotes = text[..start].ends_with(['"', '\'', '`']) && rest[token.len()..].starts_with(['"', '\'', '`']);
        let behind = rest[token.len()..].trim_start_matches(|c: char| "」』\"'`)】>.*".contains(c));
        let ends = behind.is_empty() || behind.starts_with(['\n', '。', ' ', '、', ',']) || behind.starts_with("です");
        let japanese = text[label.range.clone()].contains(|c: char| !c.is_ascii());
        let says_so = ["です", "でござ", "となり"].iter().any(|end| behind.trim_start().starts_with(end));
        let fine = lines_between <= 2
            && LENGTH.contains(&token.len())
            && ends
            && !token.contains("://")
            && !token.contains('@')
            && !self.not_one.iter().any(|word| word == token)
            && is_made_up(
                token,
                &reading.original(&hit),
                in_quotes || (japanese && (says_so || !behind.starts_with([' ', ',']))),
            );
        fine.then_some(hit)
    }
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

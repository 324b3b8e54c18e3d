//! `password`: a file that needs a password, and the password, in one mail; or the password in the mail behind it.

use serde::Deserialize;

use super::Kind;
use crate::message::Attachment;
use crate::rule::reading::{Hit, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Password {
    /// Patterns that match a password being told, up to the password itself.
    told_by: Words,
    /// The end of a line that tells of a password which stands alone in the next one.
    #[serde(default)]
    told_below: Words,
    /// In the same sentence these say that the password comes another way.
    unless: Words,
    /// Then the rule is about the mail behind the one with the file: these say that a file was sent.
    #[serde(default)]
    sent_before: Option<Words>,
    /// File types whose content cannot tell whether they are locked.
    archives: Vec<String>,
}

impl Kind for Password {
    fn words(&mut self) -> Vec<&mut Words> {
        let lists = [&mut self.told_by, &mut self.told_below, &mut self.unless];
        lists.into_iter().chain(&mut self.sent_before).collect()
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(sent_before) = &self.sent_before else {
            let locked = reading.message.attachments.iter().find(|file| file.is_file() && self.is_locked(file));
            let remark = locked.and_then(|file| Some(self.told(reading)?.with("file", file.name.as_str())));
            return remark.into_iter().collect();
        };
        let is_later = !reading.message.attachments.iter().any(Attachment::is_file)
            && reading.says(sent_before)
            && reading.outside().next().is_some();
        self.told(reading).filter(|_| is_later).into_iter().collect()
    }
}

impl Password {
    fn is_locked(&self, file: &Attachment) -> bool {
        let end = file.name.rsplit('.').next().unwrap_or_default();
        let is_opaque = || self.archives.iter().any(|archive| archive.eq_ignore_ascii_case(end));
        file.encrypted || (file.entries.is_empty() && is_opaque())
    }

    /// Where a password is told.
    fn told(&self, reading: &Reading<'_>) -> Option<Remark> {
        let below = reading.own(&self.told_below).into_iter().filter(|hit| stands_alone_below(reading, hit));
        let mut told = reading.own(&self.told_by).into_iter().chain(below);
        let hit = told.find(|hit| !reading.sentence_has(hit, &self.unless))?;
        let label = label(reading, &hit);
        Some(Remark::at(reading.own_place(&label)).with("words", reading.words(&label)))
    }
}

/// The word for a password in what was found: the password itself is shown nowhere.
fn label(reading: &Reading<'_>, hit: &Hit) -> Hit {
    const WORDS: [&str; 13] = [
        "パスワード",
        "パスコード",
        "暗証番号",
        "解凍キー",
        "開封キー",
        "復号キー",
        "password",
        "passcode",
        "passphrase",
        "pass",
        "pw",
        "pin",
        "key",
    ];
    let found = &reading.folded(hit)[hit.range.clone()];
    let first_word = || (0, found.find(|c: char| !c.is_alphabetic()).unwrap_or(found.len()));
    let word = WORDS.iter().find_map(|word| Some((found.find(word)?, word.len())));
    let (at, length) = word.unwrap_or_else(first_word);
    let start = hit.range.start + at;
    Hit { text: hit.text, range: start..start + length }
}

/// Whether the next line that is not empty looks like a password and nothing else.
fn stands_alone_below(reading: &Reading<'_>, hit: &Hit) -> bool {
    const LONGEST: usize = 40;
    let mut behind = reading.folded(hit)[hit.range.end..].lines();
    if behind.next().is_some_and(|rest| !rest.trim_matches(['。', '.', ':', ' ']).is_empty()) {
        return false;
    }
    let Some(line) = behind.map(str::trim).find(|line| !line.is_empty()) else { return false };
    let is_one = (4..=LONGEST).contains(&line.len()) && line.bytes().all(|b| b.is_ascii_graphic());
    is_one && line.bytes().any(|b| b.is_ascii_digit()) && !line.contains("://") && !line.ends_with([',', '.'])
}

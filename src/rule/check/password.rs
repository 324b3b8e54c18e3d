//! `password`: a file that needs a password, and the password, in one mail; or the password in the mail behind it.

use std::ops::Range;

use serde::Deserialize;

use super::Kind;
use super::password_text::{Told, told};
use crate::message::Attachment;
use crate::rule::mask::Secret;
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
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
        let locked = reading.message.attachments.iter().find(|file| file.is_file() && self.is_locked(file));
        if !self.is_about(reading, locked) {
            return Vec::new();
        }
        let Some(hit) = self.told(reading).next() else { return Vec::new() };
        let range = label(reading.folded(&hit), &hit.range);
        let label = Hit { range, ..hit };
        let remark = Remark::at(reading.own_place(&label)).with("words", reading.words(&label));
        let file = locked.filter(|_| self.sent_before.is_none());
        vec![file.into_iter().fold(remark, |remark, file| remark.with("file", file.name.as_str()))]
    }

    fn secrets(&self, reading: &Reading<'_>) -> Vec<Secret> {
        let within = |text: &Told<'_>, hit: Range<usize>| text.within(&hit, &label(text.folded(), &hit));
        let made_up = |text: &Told<'_>, hit| within(text, hit).filter(|range| text.is_made_up(range));
        let mut secrets = told(reading, &self.told_by, made_up);
        secrets.extend(told(reading, &self.told_below, |text, hit| alone_below(text.folded(), &hit)));
        let locked = reading.message.attachments.iter().find(|file| file.is_file() && self.is_locked(file));
        if self.is_about(reading, locked) {
            // Behind a file's any word is a password, "the key is patience" elsewhere tells none.
            let told = reading.own(&self.told_by).into_iter().filter(|hit| !reading.sentence_has(hit, &self.unless));
            secrets.extend(told.take(MAX_REMARKS).filter_map(|hit| {
                let text = Told::of(reading, &hit);
                let range = within(&text, hit.range.clone())?;
                Some(Secret { words: text.words(&range).to_owned(), shown: 0 })
            }));
        }
        secrets
    }
}

impl Password {
    fn is_about(&self, reading: &Reading<'_>, locked: Option<&Attachment>) -> bool {
        let Some(sent_before) = &self.sent_before else { return locked.is_some() };
        !reading.message.attachments.iter().any(Attachment::is_file)
            && reading.says(sent_before)
            && reading.outside().next().is_some()
    }

    fn is_locked(&self, file: &Attachment) -> bool {
        let end = file.name.rsplit('.').next().unwrap_or_default();
        let is_opaque = || self.archives.iter().any(|archive| archive.eq_ignore_ascii_case(end));
        file.encrypted || (file.entries.is_empty() && is_opaque())
    }

    /// Where passwords are told.
    fn told<'a>(&'a self, reading: &'a Reading<'_>) -> impl Iterator<Item = Hit> + 'a {
        let stands_below = move |hit: &Hit| alone_below(reading.folded(hit), &hit.range).is_some();
        let below = reading.own(&self.told_below).into_iter().filter(stands_below);
        let told = reading.own(&self.told_by).into_iter().chain(below);
        told.filter(|hit| !reading.sentence_has(hit, &self.unless))
    }
}

/// The word for a password in what was found: the password itself is shown nowhere.
fn label(text: &str, hit: &Range<usize>) -> Range<usize> {
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
    let found = &text[hit.clone()];
    let first_word = || (0, found.find(|c: char| !c.is_alphabetic()).unwrap_or(found.len()));
    let word = WORDS.iter().find_map(|word| Some((found.find(word)?, word.len())));
    let (at, length) = word.unwrap_or_else(first_word);
    hit.start + at..hit.start + at + length
}

/// The next line that is not empty, if it looks like a password and nothing else.
fn alone_below(text: &str, hit: &Range<usize>) -> Option<Range<usize>> {
    const LONGEST: usize = 40;
    let mut behind = text[hit.end..].split_inclusive('\n');
    let rest = behind.next().unwrap_or_default();
    if !rest.trim_end().trim_matches(['。', '.', ':', ' ']).is_empty() {
        return None;
    }
    let mut start = hit.end + rest.len();
    let line = behind.find(|line| {
        start += line.len();
        !line.trim().is_empty()
    })?;
    start -= line.len();
    start += line.len() - line.trim_start().len();
    let line = line.trim();
    let is_one = (4..=LONGEST).contains(&line.len()) && line.bytes().all(|b| b.is_ascii_graphic());
    let fine =
        is_one && line.bytes().any(|b| b.is_ascii_digit()) && !line.contains("://") && !line.ends_with([',', '.']);
    fine.then_some(start..start + line.len())
}

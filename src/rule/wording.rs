//! `wording`: words that should not be in what is written now; the kind for rules of one's own.

use serde::Deserialize;

use super::Kind;
use super::reading::{MAX_REMARKS, Reading, Remark};
use super::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    /// What is looked for in own text, never in quoted text or signatures.
    found: Words,
    /// In the same sentence these make it harmless.
    #[serde(default)]
    unless: Words,
    /// Only mails to somebody outside one's own organisation.
    #[serde(default)]
    only_outside: bool,
    /// Only mails with an attached file.
    #[serde(default)]
    only_with_attachment: bool,
}

impl Kind for Wording {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.found, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let inside = self.only_outside && reading.outside().next().is_none();
        let bare = self.only_with_attachment && !reading.message.attachments.iter().any(|a| a.is_file());
        if inside || bare {
            return Vec::new();
        }
        let hits = reading.own(&self.found).into_iter().filter(|hit| !reading.sentence_has(hit, &self.unless));
        let remark = |hit| Remark::at(reading.own_place(&hit)).with("words", reading.words(&hit));
        hits.take(MAX_REMARKS).map(remark).collect()
    }
}

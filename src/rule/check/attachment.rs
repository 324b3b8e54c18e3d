//! `attachment`: the text promises a file, and there is none.

use serde::Deserialize;

use super::Kind;
use crate::message::{self, Message};
use crate::rule::reading::{Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Attachment {
    /// Phrases that announce a file.
    promised_by: Words,
    /// In the same clause these say that no file comes with this mail.
    unless: Words,
    /// Anywhere in own text these say that a forgotten file is sent now; then `unless` counts no more.
    owed_by: Words,
    /// Phrases that announce an enclosure, which is paper when the text speaks of `by_post`.
    enclosed_by: Words,
    by_post: Words,
    /// In the same sentence these announce a picture, which may as well stand in the text.
    #[serde(default)]
    pictured_by: Words,
    /// Anywhere in own text these show that the file comes another way.
    satisfied_by: Words,
}

impl Kind for Attachment {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![
            &mut self.promised_by,
            &mut self.unless,
            &mut self.owed_by,
            &mut self.enclosed_by,
            &mut self.by_post,
            &mut self.pictured_by,
            &mut self.satisfied_by,
        ]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if has_file(reading.message) {
            return Vec::new();
        }
        let owed = reading.says(&self.owed_by);
        let pictured = reading.message.attachments.iter().any(|a| a.kind == message::Kind::Embedded);
        let mut promises = reading.own(&self.promised_by);
        if !reading.says(&self.by_post) {
            promises.extend(reading.own(&self.enclosed_by));
        }
        let promise = promises.into_iter().find(|hit| {
            (owed || !reading.clause_has(hit, &self.unless))
                && !(pictured && reading.sentence_has(hit, &self.pictured_by))
        });
        match promise {
            Some(hit) if !reading.says(&self.satisfied_by) => {
                let words = reading.words(&hit);
                vec![Remark::at(reading.own_place(&hit)).with("words", words)]
            }
            _ => Vec::new(),
        }
    }
}

/// Somebody attached a file, or may have: an encrypted mail does not tell.
pub(super) fn has_file(message: &Message) -> bool {
    message.attachments.iter().any(|a| a.is_file() || a.kind == message::Kind::EncryptedMail)
}

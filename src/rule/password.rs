//! `password`: a file that needs a password, and the password, in one mail.

use serde::Deserialize;

use super::Kind;
use super::reading::{Reading, Remark};
use super::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    /// Patterns that match a password being told, up to the password itself.
    told_by: Words,
    /// In the same sentence these say that the password comes another way.
    unless: Words,
    /// File types whose content cannot tell whether they are locked.
    archives: Vec<String>,
}

impl Kind for Password {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.told_by, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let opaque = |name: &str| {
            name.rsplit('.')
                .next()
                .is_some_and(|end| self.archives.iter().any(|archive| archive.eq_ignore_ascii_case(end)))
        };
        let Some(locked) = reading
            .message
            .attachments
            .iter()
            .find(|a| a.is_file() && (a.encrypted || (a.entries.is_empty() && opaque(&a.name))))
        else {
            return Vec::new();
        };
        let told = reading.own(&self.told_by).into_iter().find(|hit| !reading.sentence_has(hit, &self.unless));
        told.map(|hit| Remark::at(reading.own_place(&hit)).with("file", locked.name.as_str())).into_iter().collect()
    }
}

//! `password`: a file that needs a password, and the password, in one mail.

use serde::Deserialize;

use super::Kind;
use super::reading::{Hit, Reading, Remark};
use super::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    /// Patterns that match a password being told, up to the password itself.
    told_by: Words,
    /// The end of a line that tells of a password which stands alone in the next one.
    #[serde(default)]
    told_below: Words,
    /// In the same sentence these say that the password comes another way.
    unless: Words,
    /// File types whose content cannot tell whether they are locked.
    archives: Vec<String>,
}

impl Kind for Password {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.told_by, &mut self.told_below, &mut self.unless]
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
        let below = reading.own(&self.told_below).into_iter().filter(|hit| stands_alone_below(reading, hit));
        let told = reading.own(&self.told_by).into_iter().chain(below);
        let told = told.into_iter().find(|hit| !reading.sentence_has(hit, &self.unless));
        told.map(|hit| Remark::at(reading.own_place(&hit)).with("file", locked.name.as_str())).into_iter().collect()
    }
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

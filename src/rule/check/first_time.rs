//! `first-time`: somebody outside who was never written to, and nothing in the mail tells where the address is from.

use serde::Deserialize;

use super::Kind;
use super::unlikely::{Threshold, is_namesake};
use crate::correspondents::Score;
use crate::rule::reading::{Reading, Recipient, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct FirstTime {
    /// Words that say that one writes for the first time, or who gave the address.
    introductions: Words,
    /// To more strangers at once it is a circular, and known to be one.
    most: usize,
    /// Whom they can be taken for is told by another rule, which says more.
    namesakes_from: Option<Threshold>,
}

impl Kind for FirstTime {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.introductions]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        let is_told =
            |score: &Score| self.namesakes_from.as_ref().is_some_and(|from| is_namesake(standing, score, from));
        let unknown = |recipient: &&Recipient<'_>| {
            let address = recipient.mailbox.address.key();
            let is_stranger =
                |score: &Score| score.address == address && score.first_time && !score.in_thread && !is_told(score);
            let listed = || reading.facts.contacts.of_address(&address).is_some();
            standing.scores.iter().any(is_stranger) && !listed() && !speaks_of(reading, &address)
        };
        let strangers: Vec<&Recipient<'_>> = reading.outside().filter(unknown).collect();
        // Whoever is answered has written before, quoted or not.
        let answered = standing.outline.quoted.trim().is_empty() && !standing.outline.answers.is_empty();
        if strangers.is_empty() || answered || strangers.len() > self.most || reading.mentions(&self.introductions) {
            return Vec::new();
        }
        let remark = |recipient: &&Recipient<'_>| {
            Remark::at(reading.recipient_place(recipient))
                .doubting(recipient, &[])
                .with("address", recipient.mailbox.address.as_str())
        };
        strangers.iter().map(remark).collect()
    }
}

/// The mail shows where the address is from.
fn speaks_of(reading: &Reading<'_>, address: &str) -> bool {
    let mut texts = reading.texts.iter();
    texts.any(|text| text.body.own.text().contains(address) || text.body.quoted.text().contains(address))
}

//! `dormant-address`: an address that was in use, and has not been written to for years.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Kind;
use super::unlikely::day;
use crate::correspondents::{Acquaintance, Score};
use crate::rule::reading::{Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct DormantAddress {
    /// So long ago the last mail went to it.
    days: u32,
    /// So many mails tell that it was in use.
    mails: u32,
    /// To more people at once it is a circular.
    most: usize,
}

impl Kind for DormantAddress {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = reading.facts.standing.as_deref().filter(|standing| standing.is_experienced()) else {
            return Vec::new();
        };
        let now = reading.facts.now.as_ref().map(jiff::Zoned::timestamp);
        let Some(at) = standing.outline.at.or(now) else { return Vec::new() };
        // Whoever answers has heard of them, and what is not learnt any more grows old by itself.
        if reading.is_reply() || reading.recipients.len() > self.most || standing.known_since(at).is_none() {
            return Vec::new();
        }
        let last = |one: &Recipient<'_>| {
            let address = one.mailbox.address.key();
            let is_told = |score: &Score| score.address == address && (score.in_thread || score.newer.is_some());
            let known = standing.known.of(&address)?;
            let last = known.last.filter(|_| self.is_asleep(known, at))?;
            (!standing.scores.iter().any(is_told)).then_some((last, known.sent as usize))
        };
        let remark = |one: &Recipient<'_>| {
            let (last, sent) = last(one)?;
            Some(
                Remark::at(reading.recipient_place(one))
                    .with("address", one.mailbox.address.as_str())
                    .with("sent", sent)
                    .with("last", day(reading, last)),
            )
        };
        reading.outside().filter_map(remark).collect()
    }
}

impl DormantAddress {
    fn is_asleep(&self, known: &Acquaintance, at: Timestamp) -> bool {
        let long = SignedDuration::from_hours(i64::from(self.days) * 24);
        let is_old = known.last.is_some_and(|last| at.duration_since(last) >= long);
        is_old && known.sent >= self.mails && known.colleagues == 0 && !known.of_house
    }
}

//! `other-address`: the person has another address, which is the one in use.

use serde::Deserialize;

use super::Kind;
use super::unlikely::day;
use crate::correspondents::Score;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct OtherAddress {}

impl Kind for OtherAddress {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        let remark = |score: &Score| {
            // Whoever writes from the address uses it.
            let (newer, last) = score.newer.as_ref().filter(|_| !score.in_thread)?;
            let recipient = reading.recipients.iter().find(|one| one.mailbox.address.key() == score.address)?;
            let day = last.map(|at| day(reading, at));
            Some(
                Remark::at(reading.recipient_place(recipient))
                    .doubting(recipient, &[newer])
                    .with("address", recipient.mailbox.address.as_str())
                    .with("newer", newer.as_str())
                    .with("last", day.unwrap_or_default()),
            )
        };
        standing.scores.iter().filter_map(remark).collect()
    }
}

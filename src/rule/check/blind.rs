//! `blind-recipients`: far more blind copies than a person sends by hand.

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct BlindRecipients {
    /// From this many outside recipients in Bcc.
    limit: usize,
}

impl Kind for BlindRecipients {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let blind = || reading.outside().filter(|recipient| recipient.field == "bcc");
        let count = blind().count();
        let first = blind().next().filter(|_| count >= self.limit);
        first.map(|first| Remark::at(reading.recipient_place(first)).with("count", count)).into_iter().collect()
    }
}

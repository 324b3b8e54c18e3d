//! `unusual-count`: far more recipients than the sender's mails ever have.

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct UnusualCount {
    /// Share of the sender's mails that may have more than what counts as usual.
    share: f64,
    /// How many times what is usual.
    times: f64,
    /// Fewer recipients are nobody's circular.
    least: usize,
}

impl Kind for UnusualCount {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        // Of a larger circular no more recipients are kept than this counts.
        let count = standing.outline.recipients.len();
        let Some(usual) = standing.known.history.size_exceeded_by(self.share) else { return Vec::new() };
        if count < self.least || (count as f64) < self.times * usual as f64 {
            return Vec::new();
        }
        let first = reading.recipients.first();
        let remark = |one| {
            Remark::at(reading.recipient_place(one))
                .with("count", reading.recipients.len())
                .with("usual", usual)
                .with("mails", standing.known.history.len())
        };
        first.map(remark).into_iter().collect()
    }
}

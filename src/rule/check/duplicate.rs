//! `duplicate`: one mailbox stands twice among the recipients.

use std::collections::HashMap;

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Duplicate {}

impl Kind for Duplicate {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let mut times: HashMap<String, usize> = HashMap::new();
        let mut out = Vec::new();
        for recipient in &reading.recipients {
            let seen = times.entry(recipient.mailbox.address.key()).or_default();
            *seen += 1;
            if *seen == 2 && out.len() < MAX_REMARKS {
                let remark = Remark::at(reading.recipient_place(recipient));
                out.push(remark.with("address", recipient.mailbox.address.as_str()));
            }
        }
        out
    }
}

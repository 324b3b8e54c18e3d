//! `recipients` and `apart`: lists of addresses of one's own; who should not get mail, and who not together.

use serde::Deserialize;

use super::Kind;
use crate::message::Address;
use crate::people::pattern::{BadPattern, Patterns};
use crate::rule::reading::{MAX_REMARKS, Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Recipients {
    /// Who is looked for.
    listed: Patterns,
}

impl Kind for Recipients {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if self.listed.is_empty() {
            return Vec::new();
        }
        let listed = reading.recipients.iter().filter(|recipient| self.listed.matches(&recipient.mailbox.address));
        let remark = |recipient: &Recipient<'_>| {
            Remark::at(reading.recipient_place(recipient)).with("address", recipient.mailbox.address.as_str())
        };
        listed.take(MAX_REMARKS).map(remark).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Apart {
    /// Parties; people of two of them never get one mail.
    groups: Vec<Patterns>,
}

impl Kind for Apart {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if self.groups.len() < 2 {
            return Vec::new();
        }
        let mut first_of: Vec<(usize, &Recipient<'_>)> = Vec::new();
        for recipient in &reading.recipients {
            let group = self.groups.iter().position(|group| group.matches(&recipient.mailbox.address));
            let Some(group) = group.filter(|group| first_of.iter().all(|(known, _)| known != group)) else { continue };
            first_of.push((group, recipient));
        }
        let [(_, first), (_, other), ..] = first_of.as_slice() else { return Vec::new() };
        vec![
            Remark::at(reading.recipient_place(other))
                .with("address", other.mailbox.address.as_str())
                .with("other", first.mailbox.address.as_str()),
        ]
    }
}

/// Patterns that can still be shown.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Shown {
    pub(super) entries: Vec<String>,
    patterns: Patterns,
}

impl Shown {
    pub(super) fn matches(&self, recipient: &Recipient<'_>) -> bool {
        self.is(&recipient.mailbox.address)
    }

    pub(super) fn is(&self, address: &Address) -> bool {
        self.patterns.matches(address)
    }
}

impl TryFrom<Vec<String>> for Shown {
    type Error = BadPattern;

    fn try_from(entries: Vec<String>) -> Result<Shown, BadPattern> {
        Ok(Shown { patterns: Patterns::parse(entries.iter().map(String::as_str))?, entries })
    }
}

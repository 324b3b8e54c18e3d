//! `confused`: a recipient that was taken out before, and the mail then went to somebody else.
//!
//! What was confused once is confused again: the two stand side by side wherever addresses are completed. Silent where
//! the mail says whom it means: by the greeting, by the name in its text, or by the thread.

use jiff::Timestamp;
use serde::Deserialize;

use super::Kind;
use super::unlikely::day;
use crate::correspondents::Standing;
use crate::correspondents::feedback::Confused as Pair;
use crate::facts::Facts;
use crate::message::{Address, Mailbox};
use crate::people::name::{Agreement, agreement, fold};
use crate::rule::reading::{Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Confused {}

impl Kind for Confused {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = reading.facts.standing.as_deref() else { return Vec::new() };
        let remark = |recipient: &Recipient<'_>| {
            let address = recipient.mailbox.address.key();
            let of = standing.known.confused.iter().filter(|pair| pair.address == address);
            let recent = of.filter(|pair| is_recent(reading, pair.at) && would_do(reading, pair));
            let pair = recent.max_by_key(|pair| pair.at)?;
            if is_meant(reading, standing, recipient, pair) {
                return None;
            }
            Some(
                Remark::at(reading.recipient_place(recipient))
                    .doubting(recipient, &[&pair.other])
                    .with("address", recipient.mailbox.address.as_str())
                    .with("other", pair.other.as_str())
                    .with("date", day(reading, pair.at)),
            )
        };
        reading.recipients.iter().filter_map(remark).collect()
    }
}

/// It counts as long as an incident of the configuration does.
fn is_recent(reading: &Reading<'_>, at: Timestamp) -> bool {
    let now = reading.facts.now.as_ref().or(reading.message.date.as_ref()).map(|now| now.timestamp());
    let days = |now: Timestamp| now.duration_since(at).as_hours() / 24;
    now.is_none_or(|now| days(now) <= i64::from(Facts::INCIDENT_DAYS))
}

/// The other one could be meant: not there, or there as it was the last time.
fn would_do(reading: &Reading<'_>, pair: &Pair) -> bool {
    let is_there = reading.recipients.iter().any(|one| one.mailbox.address.key() == pair.other);
    is_there == pair.beside
}

/// The mail itself says that this one is meant.
fn is_meant(reading: &Reading<'_>, standing: &Standing, recipient: &Recipient<'_>, pair: &Pair) -> bool {
    let in_thread = |address: &String| {
        standing.known.thread.contains(address)
            || standing.outline.answered.as_ref() == Some(address)
            || reading
                .thread()
                .iter()
                .any(|mail| mail.author.as_ref() == Some(address) || mail.recipients.contains(address))
    };
    if in_thread(&pair.address) && !in_thread(&pair.other) {
        return true;
    }
    let Ok(address) = Address::parse(&pair.other) else { return false };
    let named = |mailbox: &Mailbox| {
        let known = standing.known.of(&mailbox.address.key()).map(|one| one.name.clone());
        Mailbox {
            name: known.filter(|name| !name.is_empty()).unwrap_or_else(|| mailbox.name.clone()),
            ..mailbox.clone()
        }
    };
    let (this, other) = (named(recipient.mailbox), named(&Mailbox { name: String::new(), address }));
    let greets = |name: &String| agreement(name, &this) == Agreement::Same && agreement(name, &other) < Agreement::Same;
    standing.outline.greeted.iter().any(greets) || says(reading, &this.name, &other.name)
}

/// The text has the whole name of one, and not of the other.
fn says(reading: &Reading<'_>, this: &str, other: &str) -> bool {
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let text: String = reading.texts.iter().map(|text| letters(text.body.own.text())).collect();
    let has = |name: &str| name.chars().count() >= 3 && text.contains(name);
    has(&letters(this)) && !has(&letters(other))
}

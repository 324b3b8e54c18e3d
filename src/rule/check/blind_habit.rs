//! `blind-habit`: people who always got blind copies are named for all to see, or somebody who never got one gets one.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Kind;
use super::sent_file::house;
use crate::correspondents::Acquaintance;
use crate::rule::reading::{Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct BlindHabit {
    demand: Demand,
    /// Mails that tell a person's habit.
    mails: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// Several people of several houses who got nothing but blind copies can see each other.
    Seen,
    /// Somebody who never got a blind copy gets one of a mail to others outside.
    Hidden,
}

/// People of a circular; two at one house are no circular.
const LEAST: usize = 3;
/// More blind copies than this are a circular's, and meant.
const MOST_HIDDEN: usize = 3;

impl Kind for BlindHabit {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        match self.demand {
            Demand::Seen => self.seen(reading),
            Demand::Hidden => self.hidden(reading),
        }
    }
}

impl BlindHabit {
    fn seen(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let is_blind = |one: &Acquaintance| one.blind >= self.mails && one.blind == one.sent;
        let people: Vec<&Recipient<'_>> = with_habit(reading, is_blind).filter(|one| one.field != "bcc").collect();
        let houses: BTreeSet<String> = people.iter().map(|one| house(reading, &one.mailbox.address.key())).collect();
        if people.len() < LEAST || houses.len() < 2 {
            return Vec::new();
        }
        let names: Vec<String> = people.iter().map(|one| one.mailbox.address.to_string()).collect();
        vec![Remark::at(reading.recipient_place(people[0])).with("count", people.len()).with("addresses", names)]
    }

    fn hidden(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let count = reading.outside().filter(|one| one.field == "bcc").count();
        let is_seen_by_others = reading.outside().any(|one| one.field != "bcc");
        if count > MOST_HIDDEN || !is_seen_by_others {
            return Vec::new();
        }
        let is_open = |one: &Acquaintance| one.sent >= self.mails && one.blind == 0;
        let hidden = with_habit(reading, is_open).filter(|one| one.field == "bcc");
        let remark = |one: &Recipient<'_>| {
            let sent = known(reading, one).map_or(0, |one| one.sent) as usize;
            Remark::at(reading.recipient_place(one)).with("address", one.mailbox.address.as_str()).with("sent", sent)
        };
        hidden.map(remark).collect()
    }
}

/// The recipients outside whose past mails are like this.
fn with_habit<'a, 'b>(
    reading: &'b Reading<'a>,
    is_like: impl Fn(&Acquaintance) -> bool + 'b,
) -> impl Iterator<Item = &'b Recipient<'a>> {
    reading.outside().filter(move |one| known(reading, one).is_some_and(&is_like))
}

/// What the sender's own mails tell.
fn known<'a>(reading: &'a Reading<'_>, recipient: &Recipient<'_>) -> Option<&'a Acquaintance> {
    let standing = reading.facts.standing.as_deref()?;
    standing.known.of(&recipient.mailbox.address.key()).filter(|one| !one.of_house)
}

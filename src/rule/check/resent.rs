//! `resent`: the text speaks of a mail sent before, and whoever gets this one got none.
//!
//! The first one went to somebody else then, or this one does.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Kind;
use super::sent_file::{house, is_foreign};
use super::unlikely::day;
use crate::correspondents::Standing;
use crate::finding::Location;
use crate::people::address::is_list;
use crate::people::domain;
use crate::people::name::fold;
use crate::rule::reading::{Hit, Reading, Recipient, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Resent {
    /// Words that say that a mail was sent before.
    claims: Words,
    /// In the same sentence these say that others sent it, that it went another way, or that it may still be sent.
    unless: Words,
    /// Anywhere these explain why it did not go here.
    explained: Words,
    /// It was sent within so many hours; ever, if not given.
    within_hours: Option<u32>,
}

/// Past mail must be known for so long without a break: nobody sends again what is older.
const REACH: SignedDuration = SignedDuration::from_hours(60 * 24);
/// To more people at once it is a circular.
const MOST_RECIPIENTS: usize = 5;

impl Kind for Resent {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.claims, &mut self.unless, &mut self.explained]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = reading.facts.standing.as_deref().filter(|standing| standing.is_experienced()) else {
            return Vec::new();
        };
        let now = reading.facts.now.as_ref().map(jiff::Zoned::timestamp);
        let Some(at) = standing.outline.at.or(now) else { return Vec::new() };
        let people: Vec<&Recipient<'_>> = reading.outside().collect();
        let is_circular =
            people.len() > MOST_RECIPIENTS || people.iter().any(|one| is_list(&one.mailbox.address.key()));
        let Some(first) = people.first().filter(|_| !is_circular && !reading.is_reply()) else { return Vec::new() };
        let Some((place, words)) = self.claim(reading) else { return Vec::new() };
        let address = first.mailbox.address.as_str();
        let said = Remark::at(place).with("words", words).with("address", address);
        match self.within_hours {
            None => {
                let reaches = standing.known_since(at).is_some_and(|since| at.duration_since(since) >= REACH);
                let is_stranger = |one: &&Recipient<'_>| !was_written_to(reading, standing, one);
                if reaches && people.iter().all(is_stranger) { vec![said] } else { Vec::new() }
            }
            Some(hours) => {
                let Some((before, last)) = elsewhere(reading, standing, &people, at, hours) else { return Vec::new() };
                let last = day(reading, last);
                vec![said.with("hours", hours as usize).with("before", before).with("date", last)]
            }
        }
    }
}

impl Resent {
    /// Where the mail says so, and its words.
    fn claim(&self, reading: &Reading<'_>) -> Option<(Location, String)> {
        if reading.mentions(&self.explained) {
            return None;
        }
        if let Some(range) = reading.subject.hits.of(&self.claims).first() {
            let words = reading.subject.words(range.clone());
            return Some((reading.header_place("subject", words), words.to_owned()));
        }
        let is_meant = |hit: &Hit| !reading.sentence_has(hit, &self.unless) && !reading.is_quoted(hit);
        let hit = reading.own(&self.claims).into_iter().find(is_meant)?;
        Some((reading.own_place(&hit), reading.words(&hit)))
    }
}

/// The person, somebody of the house, or a colleague of the author's was there before.
fn was_written_to(reading: &Reading<'_>, standing: &Standing, recipient: &Recipient<'_>) -> bool {
    let (known, address) = (&standing.known, recipient.mailbox.address.key());
    let of = recipient.mailbox.address.domain().to_lowercase();
    let house = || !domain::is_freemail(&of) && known.domains.get(&of).is_some_and(|(mails, _)| *mails > 0);
    let name = fold(&recipient.mailbox.name);
    let namesake = || !name.is_empty() && known.people().iter().any(|one| one.sent > 0 && fold(&one.name) == name);
    known.of(&address).is_some_and(|one| one.sent > 0 || one.received > 0 || one.colleagues > 0)
        || reading.facts.contacts.of_address(&address).is_some_and(|one| one.exchanged() > 0)
        || known.thread.contains(&address)
        || house()
        || namesake()
}

/// Whom the last mail to anybody outside went to, and when, if none of that time went to these people or their houses.
/// They are known: a stranger is another matter.
fn elsewhere(
    reading: &Reading<'_>,
    standing: &Standing,
    people: &[&Recipient<'_>],
    at: Timestamp,
    hours: u32,
) -> Option<(Vec<String>, Timestamp)> {
    let history = &standing.known.history;
    let since = at.as_millisecond() - SignedDuration::from_hours(i64::from(hours)).as_millis() as i64;
    let houses: Vec<String> = people.iter().map(|one| house(reading, &one.mailbox.address.key())).collect();
    let known = |one: &&Recipient<'_>| standing.known.of(&one.mailbox.address.key()).is_some_and(|one| one.sent > 0);
    let mut last = None;
    for mail in history.before(at.as_millisecond()).take_while(|mail| mail.at >= since) {
        let receivers = history.receivers(mail);
        if receivers.iter().any(|one| houses.contains(&house(reading, one))) {
            return None;
        }
        let outside: Vec<String> = receivers
            .into_iter()
            .filter(|one| is_foreign(reading, one.rsplit_once('@').map_or("", |(_, domain)| domain)))
            .map(str::to_owned)
            .collect();
        if last.is_none() && !outside.is_empty() {
            last = Some((outside, Timestamp::from_millisecond(mail.at).ok()?));
        }
    }
    last.filter(|_| people.iter().all(known))
}

//! `other-matter`: the words are those of mails to another customer, and of none to this one.
//!
//! Told by the sender's newest mails alone: what is like this one went to one house, and nothing to the house this mail goes to
//! comes near. A text that many houses got is a template.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::Kind;
use super::sent_file::{house, is_foreign};
use super::unlikely::day;
use crate::correspondents::{History, Standing};
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct OtherMatter {
    /// How like the nearest mail to the other house is, from 0 to 1.
    least: f64,
    /// The same where the mail names the other house.
    least_named: f64,
    /// How much of that the mails to anybody else may have.
    share: f64,
}

/// Fewer words are like anything.
const LEAST_TERMS: usize = 15;
/// The house is written to about other matters.
const LEAST_MAILS: usize = 5;
/// One mail is no matter.
const LEAST_ALIKE: usize = 2;

/// The mails to one house.
#[derive(Default)]
struct House {
    mails: usize,
    best: f64,
    /// When the mail that is most alike was sent.
    at: i64,
    /// Mails nearly as much alike.
    near: usize,
}

impl Kind for OtherMatter {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = reading.facts.standing.as_deref().filter(|standing| standing.is_experienced()) else {
            return Vec::new();
        };
        let mut outside = reading.outside();
        let Some(first) = outside.next() else { return Vec::new() };
        let own = house(reading, &first.mailbox.address.key());
        let is_one_house = outside.all(|one| house(reading, &one.mailbox.address.key()) == own);
        if !is_one_house || reading.is_reply() || goes_on(standing) || standing.outline.terms.len() < LEAST_TERMS {
            return Vec::new();
        }
        let houses = houses(reading, standing);
        let of_own = houses.get(own.as_str());
        let Some(other) = self.other(reading, &houses, &own) else { return Vec::new() };
        if of_own.is_none_or(|one| one.mails < LEAST_MAILS) {
            return Vec::new();
        }
        let at = Timestamp::from_millisecond(houses[other].at).unwrap_or_default();
        vec![
            Remark::at(reading.recipient_place(first))
                .with("address", first.mailbox.address.as_str())
                .with("client", other)
                .with("date", day(reading, at)),
        ]
    }
}

impl OtherMatter {
    /// The house whose matter it is.
    fn other<'a>(&self, reading: &Reading<'_>, houses: &'a HashMap<String, House>, own: &str) -> Option<&'a str> {
        let (name, best) = houses.iter().max_by(|a, b| a.1.best.total_cmp(&b.1.best))?;
        let is_named = || {
            let subject = reading.facts.clients.mentioned(reading.subject.original);
            let mut named = reading.clients_named().iter().chain(&subject);
            named.any(|client| reading.facts.clients.client(*client).name == *name)
        };
        let is_alike = best.best >= self.least || (best.best >= self.least_named && is_named());
        let stands_alone = houses.iter().all(|(other, house)| other == name || house.best <= best.best * self.share);
        (name != own && name != MANY && is_alike && stands_alone && best.near >= LEAST_ALIKE).then_some(name)
    }
}

/// Stands for mails to several houses at once.
const MANY: &str = "";

/// The sender's mails before this one by house.
fn houses(reading: &Reading<'_>, standing: &Standing) -> HashMap<String, House> {
    /// What counts as nearly as much alike.
    const NEAR: f64 = 0.7;
    let history: &History = &standing.known.history;
    let alike = history.likeness(&standing.outline.terms);
    let until = standing.outline.at.map_or(i64::MAX, Timestamp::as_millisecond);
    let mut names: HashMap<&str, Option<String>> = HashMap::new();
    let mut found: HashMap<String, (House, Vec<f64>)> = HashMap::new();
    for (mail, likeness) in history.mails().iter().zip(alike).filter(|(mail, _)| mail.at < until) {
        let mut of_mail: Vec<String> = Vec::new();
        for address in history.receivers(mail) {
            let name = names.entry(address).or_insert_with(|| {
                let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
                is_foreign(reading, domain).then(|| house(reading, address))
            });
            of_mail.extend(name.clone().filter(|name| !of_mail.contains(name)));
        }
        let name = match of_mail.as_slice() {
            [] => continue,
            [one] => one.as_str(),
            _ => MANY,
        };
        let (house, all) = found.entry(name.to_owned()).or_default();
        house.mails += 1;
        all.push(f64::from(likeness));
        if f64::from(likeness) > house.best {
            (house.best, house.at) = (f64::from(likeness), mail.at);
        }
    }
    let near = |(mut house, all): (House, Vec<f64>)| {
        house.near = all.iter().filter(|likeness| **likeness >= house.best * NEAR).count();
        house
    };
    found.into_iter().map(|(name, entry)| (name, near(entry))).collect()
}

/// Earlier mails of the thread went to one of the recipients.
fn goes_on(standing: &Standing) -> bool {
    standing.known.thread.iter().any(|address| standing.outline.has(address))
}

//! `internal-text`: text meant for colleagues goes to somebody outside.
//!
//! In a quoted thread the head of each mail tells who wrote it to whom: only what one of us wrote to ours, or to nobody
//! the head names, was inside talk. A client's own words go back to the client, and an agreement about secrets is no
//! secret. In what is written now the marks must say by themselves that they are ours.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use super::greeting::shown;
use crate::finding::Location;
use crate::message::anatomy::Addressed;
use crate::people::domain;
use crate::people::name::{Agreement, agreement};
use crate::rule::reading::{Hit, Org, Reading, Remark, sentence};
use crate::rule::thread::QuotedMail;
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct InternalText {
    /// In what is written now.
    own: Words,
    /// In what is written now, when it is written to a colleague and somebody outside reads along.
    aside: Words,
    /// In the subject.
    subject: Words,
    /// In the same sentence of own text these say that the secret is the reader's, or an agreement's.
    unless: Words,
    /// In a quoted inside mail: one is enough.
    marks: Words,
    /// In a quoted inside mail, or in what is written to a colleague: remarks and margins that nobody tells a customer.
    telling: Words,
    /// Words about prices that make an inside mail only when there are several.
    signs: Words,
    /// In the same sentence of quoted text these make it harmless: footers, agreements.
    unless_quoted: Words,
}

impl Kind for InternalText {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![
            &mut self.own,
            &mut self.aside,
            &mut self.subject,
            &mut self.unless,
            &mut self.marks,
            &mut self.telling,
            &mut self.signs,
            &mut self.unless_quoted,
        ]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.outside().next().is_none() {
            return Vec::new();
        }
        let found = [self.in_own(reading), self.in_subject(reading), self.in_quoted(reading)];
        let recipients = || shown(reading.outside().take(MOST_SHOWN));
        let remark = |(words, place): (String, Location)| {
            Remark::at(place).with("words", words).with("recipients", recipients())
        };
        found.into_iter().flatten().map(remark).collect()
    }
}

/// Recipients told in a finding; a list shows fewer.
const MOST_SHOWN: usize = 20;

impl InternalText {
    fn in_own(&self, reading: &Reading<'_>) -> Option<(String, Location)> {
        let to_colleague = reading.recipients.iter().any(|one| one.field == "to" && one.org == Org::Own);
        let is_ours = |hit: &Hit| !reading.sentence_has(hit, &self.unless) && !reading.is_quoted(hit);
        let first = |words: &Words| reading.own(words).into_iter().find(is_ours);
        let hit = first(&self.own)
            .or_else(|| first(&self.aside).filter(|_| to_colleague))
            .or_else(|| first(&self.telling).filter(|_| speaks_to_colleague(reading)))?;
        Some((reading.words(&hit), reading.own_place(&hit)))
    }

    fn in_subject(&self, reading: &Reading<'_>) -> Option<(String, Location)> {
        let hits = &reading.subject.hits;
        let range = hits.of(&self.subject).first().filter(|range| !hits.touch(&self.unless, &(0..range.end)))?;
        let words = reading.subject.words(range.clone()).to_owned();
        let place = reading.header_place("subject", &words);
        Some((words, place))
    }

    fn in_quoted(&self, reading: &Reading<'_>) -> Option<(String, Location)> {
        let lists = [(&self.marks, ALONE), (&self.telling, 2), (&self.signs, 1)];
        let found: Vec<Found> = lists.iter().flat_map(|(words, weight)| self.quoted(reading, words, *weight)).collect();
        if found.is_empty() {
            return None;
        }
        reading.thread().iter().find_map(|mail| {
            let enough = Inside::of(reading, mail)?.enough();
            let mut seen = HashSet::new();
            let within = || found.iter().filter(|one| one.is_in(mail));
            let weight: usize = within().filter(|one| seen.insert(&one.words)).map(|one| one.weight).sum();
            let heaviest = within().max_by_key(|one| (one.weight, Reverse(one.original.start)))?;
            let place = reading.body_place(heaviest.text, heaviest.original.clone());
            (weight >= enough).then(|| (heaviest.words.clone(), place))
        })
    }

    fn quoted(&self, reading: &Reading<'_>, words: &Words, weight: usize) -> Vec<Found> {
        let mut out = Vec::new();
        for (n, text) in reading.texts.iter().enumerate() {
            let (folded, body) = (text.quoted.text(), text.body);
            for range in text.quoted.of(words).iter().take(MOST_HITS) {
                if text.quoted.touch(&self.unless_quoted, &sentence(folded, range.clone())) {
                    continue;
                }
                let original = body.quoted.original(range.clone());
                let words = body.original[original.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
                out.push(Found { text: n, original, words, weight });
            }
        }
        out
    }
}

/// So much as a mark weighs, which needs nothing beside it.
const ALONE: usize = 100;
/// More are not told apart.
const MOST_HITS: usize = 100;

#[derive(Debug, Clone)]
struct Found {
    text: usize,
    original: std::ops::Range<usize>,
    words: String,
    weight: usize,
}

impl Found {
    fn is_in(&self, mail: &QuotedMail) -> bool {
        self.text == mail.text && mail.range.contains(&self.original.start)
    }
}

/// The greeting names colleagues only, or nobody is greeted and To holds colleagues only: outsiders read along.
fn speaks_to_colleague(reading: &Reading<'_>) -> bool {
    let people = reading.texts.iter().flat_map(|text| &text.body.anatomy.addressees);
    let people: Vec<&str> =
        people.filter(|one| one.kind == Addressed::Person).take(MOST_SHOWN).map(|one| one.name.as_str()).collect();
    let to = || reading.recipients.iter().filter(|one| one.field == "to");
    if people.is_empty() {
        return to().next().is_some() && to().all(|one| one.org == Org::Own);
    }
    let known = |name: &str, is_own: bool| {
        let some = reading.recipients.iter().take(MOST_COMPARED).filter(|one| (one.org == Org::Own) == is_own);
        some.map(|one| agreement(name, one.mailbox)).max().unwrap_or(Agreement::Different)
    };
    people.iter().all(|name| known(name, true) >= Agreement::Misspelt && known(name, false) < Agreement::Misspelt)
}

/// A mail to more people greets nobody.
const MOST_COMPARED: usize = 50;

/// How surely a quoted mail was one among colleagues.
enum Inside {
    /// Its head says so of everybody.
    Surely,
    /// A colleague wrote it, to whom its head does not tell.
    Probably,
    /// The sender wrote it, to whom its head does not tell: it may have gone to the same reader before.
    Perhaps,
    /// Its head has names without addresses, as programs write them inside one house.
    ByNames,
}

impl Inside {
    fn of(reading: &Reading<'_>, mail: &QuotedMail) -> Option<Inside> {
        let is_own = |address: &str| {
            let host = address.rsplit_once('@').map_or("", |(_, host)| host);
            reading.own_domains().iter().any(|own| domain::belongs_to(host, own))
        };
        let author = match &mail.author {
            Some(author) if is_own(author) => author,
            Some(_) => return None,
            None => return mail.names_only.then_some(Inside::ByNames),
        };
        if !mail.recipients.iter().all(|one| is_own(one)) {
            return None;
        }
        let by_sender = reading.message.from.iter().any(|from| from.address.key() == *author);
        Some(match (mail.complete, by_sender) {
            (true, _) => Inside::Surely,
            (false, false) => Inside::Probably,
            (false, true) => Inside::Perhaps,
        })
    }

    /// What words must weigh together.
    fn enough(&self) -> usize {
        match self {
            Inside::Surely => 2,
            Inside::Probably => 3,
            Inside::Perhaps => 4,
            Inside::ByNames => ALONE,
        }
    }
}

//! `internal-text`: text meant for colleagues goes to somebody outside.
//!
//! In a quoted thread the head of each mail tells who wrote it to whom: only what one of us wrote to ours, or to nobody
//! the head names, was inside talk. A client's own words go back to the client, and an agreement about secrets is no
//! secret. In what is written now the marks must say by themselves that they are ours.

use serde::Deserialize;

use super::Kind;
use super::greeting::shown;
use super::reading::{Hit, Org, Reading, Remark, sentence};
use super::thread::{QuotedMail, quoted_mails};
use super::words::Words;
use crate::finding::Location;
use crate::message::text::Folded;
use crate::people::domain;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InternalText {
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
    /// In a quoted inside mail: prices and remarks that several together make it one.
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
        let aside = || if to_colleague { reading.own(&self.aside) } else { Vec::new() };
        let is_ours = |hit: &Hit| !reading.sentence_has(hit, &self.unless) && !reading.is_quoted(hit);
        let hit = reading.own(&self.own).into_iter().chain(aside()).find(is_ours)?;
        Some((reading.words(&hit), reading.own_place(&hit)))
    }

    fn in_subject(&self, reading: &Reading<'_>) -> Option<(String, Location)> {
        let subject = reading.message.subject.as_deref()?;
        let folded = Folded::new(subject);
        let hits = reading.scan(folded.text());
        let range = hits.of(&self.subject).first().filter(|range| !hits.touch(&self.unless, &(0..range.end)))?;
        let words = subject[folded.original(range.clone())].to_owned();
        let place = reading.header_place("subject", &words);
        Some((words, place))
    }

    fn in_quoted(&self, reading: &Reading<'_>) -> Option<(String, Location)> {
        let (marks, signs) = (self.quoted(reading, &self.marks), self.quoted(reading, &self.signs));
        if marks.is_empty() && signs.len() < LEAST_SIGNS {
            return None;
        }
        quoted_mails(reading).iter().find_map(|mail| {
            let inside = Inside::of(reading, mail)?;
            let within = |hits: &[Found]| {
                hits.iter().filter(|hit| hit.is_in(mail)).map(|hit| hit.words.clone()).collect::<Vec<_>>()
            };
            let first = |hits: &[Found]| hits.iter().find(|hit| hit.is_in(mail)).cloned();
            let mut distinct = within(&signs);
            distinct.sort();
            distinct.dedup();
            let enough = match inside {
                Inside::Surely => LEAST_SIGNS,
                Inside::Probably => LEAST_SIGNS + 1,
                Inside::ByNames => usize::MAX,
            };
            let found = first(&marks).or_else(|| first(&signs).filter(|_| distinct.len() >= enough))?;
            let place = reading.body_place(found.text, found.original);
            Some((found.words, place))
        })
    }

    fn quoted(&self, reading: &Reading<'_>, words: &Words) -> Vec<Found> {
        let mut out = Vec::new();
        for (n, text) in reading.texts.iter().enumerate() {
            let (folded, body) = (text.quoted.text(), text.body);
            for range in text.quoted.of(words).iter().take(MOST_HITS) {
                if text.quoted.touch(&self.unless_quoted, &sentence(folded, range.clone())) {
                    continue;
                }
                let original = body.quoted.original(range.clone());
                let words = body.original[original.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
                out.push(Found { text: n, original, words });
            }
        }
        out
    }
}

/// Prices and remarks of one quoted mail that make it inside talk.
const LEAST_SIGNS: usize = 2;
/// More are not told apart.
const MOST_HITS: usize = 100;

#[derive(Debug, Clone)]
struct Found {
    text: usize,
    original: std::ops::Range<usize>,
    words: String,
}

impl Found {
    fn is_in(&self, mail: &QuotedMail) -> bool {
        self.text == mail.text && mail.range.contains(&self.original.start)
    }
}

/// How surely a quoted mail was one among colleagues.
enum Inside {
    /// Its head says so of everybody.
    Surely,
    /// One of us wrote it, to whom its head does not tell.
    Probably,
    /// Its head has names without addresses, as programs write them inside one house.
    ByNames,
}

impl Inside {
    fn of(reading: &Reading<'_>, mail: &QuotedMail) -> Option<Inside> {
        let is_own = |address: &str| {
            let host = address.rsplit_once('@').map_or("", |(_, host)| host);
            reading.own_domains().iter().any(|own| domain::belongs_to(host, own))
        };
        match &mail.author {
            Some(author) if is_own(author) => {}
            Some(_) => return None,
            None => return mail.names_only.then_some(Inside::ByNames),
        }
        if !mail.recipients.iter().all(|one| is_own(one)) {
            return None;
        }
        Some(if mail.complete { Inside::Surely } else { Inside::Probably })
    }
}

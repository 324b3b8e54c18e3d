//! `sender`: who sends, by From, Reply-To, signature and thread, is not one and the same.

use serde::Deserialize;

use super::Kind;
use crate::message::Mailbox;
use crate::people::domain;
use crate::rule::reading::{Reading, Remark};
use crate::rule::thread::addresses;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Sender {
    against: Against,
}

/// What From is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Against {
    /// The demand that it names one author, or a Sender (RFC 5322 section 3.6.2).
    Itself,
    ReplyTo,
    Signature,
    /// The address the answered mail went to.
    Thread,
}

impl Kind for Sender {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let remark = match (self.against, reading.message.from.first()) {
            (Against::Itself, _) => itself(reading),
            (_, None) => None,
            (Against::ReplyTo, Some(from)) => reply_to(reading, from),
            (Against::Signature, Some(from)) => signature(reading, from),
            (Against::Thread, Some(from)) => thread(reading, from),
        };
        remark.into_iter().collect()
    }
}

fn itself(reading: &Reading<'_>) -> Option<Remark> {
    let message = reading.message;
    // A draft that was not sent yet may have no From; a field that names nobody is a slip even there.
    let is_fragment = message.header("from").is_none() && message.envelope.count == 0;
    let unclear = match message.from.len() {
        0 => !is_fragment,
        1 => false,
        _ => message.sender.is_empty(),
    };
    if !unclear {
        return None;
    }
    let field = message.header("from").map(|field| field.text.trim().to_owned()).filter(|text| !text.is_empty());
    let addresses: Vec<String> = message.from.iter().take(MOST_SHOWN).map(|one| one.address.to_string()).collect();
    let words = addresses.first().cloned().or_else(|| field.clone()).unwrap_or_default();
    let shown = if addresses.is_empty() { vec![field.unwrap_or_else(|| "–".to_owned())] } else { addresses };
    Some(Remark::at(reading.header_place("from", &words)).with("from", shown))
}

/// Authors told in a finding; a list shows fewer.
const MOST_SHOWN: usize = 20;

fn reply_to(reading: &Reading<'_>, from: &Mailbox) -> Option<Remark> {
    let is_elsewhere = |one: &&Mailbox| !one_house(reading, one.address.domain(), from.address.domain());
    let other = reading.message.reply_to.iter().find(is_elsewhere)?;
    // An answer that also comes back here reaches its sender.
    let comes_back = reading.message.reply_to.iter().any(|one| !is_elsewhere(&one));
    let place = reading.header_place("reply-to", other.address.as_str());
    (!comes_back).then(|| remark(place, from, other.address.as_str()))
}

/// A private From above the signature of the office, or the signature of a client.
fn signature(reading: &Reading<'_>, from: &Mailbox) -> Option<Remark> {
    let host = from.address.domain();
    let (text, found) = reading.texts.iter().enumerate().find_map(|(n, text)| {
        let anatomy = &text.body.anatomy;
        let found: Vec<(std::ops::Range<usize>, String)> = anatomy
            .signature
            .iter()
            .flat_map(|range| addresses(&text.body.original[range.clone()]).map(|one| (range.clone(), one)))
            .collect();
        (!found.is_empty()).then_some((n, found))
    })?;
    if found.iter().any(|(_, one)| one_house(reading, host_of(one), host)) {
        return None;
    }
    let is_other = |one: &str| {
        let own = reading.facts.own_domains.iter().any(|own| domain::belongs_to(host_of(one), own));
        // The sender's own mailbox at a house that is neither ours nor a client's: a signature of former days.
        let former = || {
            let ours = reading.facts.own_domains.iter().any(|own| domain::belongs_to(host, own));
            let local = one.rsplit_once('@').map_or("", |(local, _)| local);
            ours && local.len() >= 4
                && local.eq_ignore_ascii_case(from.address.local())
                && !domain::is_freemail(host_of(one))
        };
        own || reading.facts.clients.of_domain(host_of(one)).is_some() || former()
    };
    let (range, other) = found.iter().find(|(_, one)| is_other(one))?;
    // An assistant of a client writes for somebody of the house, a member of the house for a client it works at.
    if reading.facts.clients.of_domain(host).is_some() {
        return None;
    }
    let original = &reading.texts[text].body.original;
    let at = original[range.clone()].to_lowercase().find(other.as_str()).unwrap_or_default();
    let start = (range.start + at).min(range.end);
    let end = (start + other.len()).min(range.end);
    let whole = original.is_char_boundary(start) && original.is_char_boundary(end);
    let place = reading.body_place(text, if whole { start..end } else { range.clone() });
    Some(remark(place, from, other))
}

/// The answered mail went to one address of ours, and another one, of another domain, answers it.
fn thread(reading: &Reading<'_>, from: &Mailbox) -> Option<Remark> {
    let newest = reading.thread().first().filter(|mail| mail.complete)?;
    let author = newest.author.as_deref()?;
    let everybody = || newest.recipients.iter().map(String::as_str).chain([author]);
    let host = from.address.domain();
    if everybody().any(|one| one_house(reading, host_of(one), host)) {
        return None;
    }
    // An answer: it goes to who wrote.
    reading.recipients.iter().find(|recipient| recipient.mailbox.address.key() == author)?;
    let local = from.address.local().to_lowercase();
    let same_local = |one: &str| one.rsplit_once('@').is_some_and(|(other, _)| other == local);
    let is_ours = |one: &str| reading.facts.own_domains.iter().any(|own| domain::belongs_to(host_of(one), own));
    let mut ours = newest.recipients.iter().filter(|one| is_ours(one) || same_local(one));
    let (Some(other), None) = (ours.next(), ours.next()) else { return None };
    Some(remark(reading.header_place("from", from.address.as_str()), from, other))
}

fn remark(place: crate::finding::Location, from: &Mailbox, other: &str) -> Remark {
    Remark::at(place).with("from", from.address.as_str()).with("other", other)
}

/// Both domains belong to the sender's organisation, or to one other.
fn one_house(reading: &Reading<'_>, a: &str, b: &str) -> bool {
    let own = |host: &str| reading.own_domains().iter().any(|own| domain::belongs_to(host, own));
    let client = |host: &str| reading.facts.clients.of_domain(host);
    domain::registrable(a) == domain::registrable(b)
        || (own(a) && own(b))
        || client(a).is_some_and(|one| client(b) == Some(one))
}

fn host_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, host)| host)
}

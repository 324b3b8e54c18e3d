//! `greeting`: the addressee line names somebody, or a company, that the mail does not go to.

use serde::Deserialize;

use super::Kind;
use super::reading::{Org, Reading, Recipient, Remark};
use crate::message::Mailbox;
use crate::message::anatomy::{Addressed, Addressee};
use crate::people::company;
use crate::people::name::{Agreement, agreement};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Greeting {}

impl Kind for Greeting {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let people = greeted(reading).into_iter().filter(|(.., fit)| *fit == Fit::Contradiction);
        let companies = wrong_companies(reading);
        let words: Vec<(usize, &Addressee)> =
            people.map(|(text, addressee, _)| (text, addressee)).chain(companies).take(1).collect();
        words.into_iter().map(|(text, addressee)| remark(reading, text, addressee)).collect()
    }
}

pub(super) fn remark(reading: &Reading<'_>, text: usize, addressee: &Addressee) -> Remark {
    let place = reading.body_place(text, addressee.range.clone());
    let greeting = place.text.clone();
    Remark::at(place)
        .with("greeting", greeting)
        .with("recipients", shown(reading.recipients.iter().filter(|r| r.field == "to")))
}

/// Recipients as people know them: name and address.
pub(super) fn shown<'a, 'b: 'a>(recipients: impl Iterator<Item = &'a Recipient<'b>>) -> Vec<String> {
    recipients
        .map(|recipient| match recipient.mailbox.name.as_str() {
            "" => recipient.mailbox.address.to_string(),
            name => format!("{name} <{}>", recipient.mailbox.address),
        })
        .collect()
}

/// How a greeted person fits the recipients as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Somebody it can be receives the mail, or nobody can tell.
    Fine,
    /// All recipients are known to be others.
    Contradiction,
    /// Others are greeted and receive the mail; this one does not.
    Missing,
}

/// A greeting in a mail to more people is a circular's.
const MOST_RECIPIENTS: usize = 100;

/// Every person greeted, with the text and how it fits.
pub(super) fn greeted<'a>(reading: &Reading<'a>) -> Vec<(usize, &'a Addressee, Fit)> {
    let all = reading
        .texts
        .iter()
        .enumerate()
        .flat_map(|(n, text)| text.body.anatomy.addressees.iter().map(move |addressee| (n, addressee)));
    let people: Vec<(usize, &Addressee)> = all.filter(|(_, addressee)| addressee.kind == Addressed::Person).collect();
    let to: Vec<&Recipient<'_>> = reading.recipients.iter().filter(|r| r.field == "to").collect();
    let others: Vec<&Recipient<'_>> = reading.recipients.iter().filter(|r| r.field != "to").collect();
    if to.is_empty() || reading.recipients.len() > MOST_RECIPIENTS {
        return Vec::new();
    }
    let fits: Vec<Vec<Agreement>> =
        people.iter().map(|(_, person)| to.iter().map(|r| fit(reading, &person.name, r)).collect()).collect();
    let taken: Vec<bool> = (0..to.len()).map(|t| fits.iter().any(|fit| fit[t] >= Agreement::Misspelt)).collect();
    let judge = |(n, (_, person)): (usize, &(usize, &Addressee))| {
        let best = fits[n].iter().copied().max().unwrap_or(Agreement::Unknown);
        let elsewhere = others.iter().map(|r| beside(reading, &person.name, r)).max().unwrap_or(Agreement::Different);
        // A recipient that fits another greeted person is not the unknown one this could be.
        let open = fits[n].iter().zip(&taken).any(|(agreement, taken)| *agreement == Agreement::Unknown && !taken);
        if best >= Agreement::Misspelt || elsewhere >= Agreement::Unknown || open {
            return Fit::Fine;
        }
        if person.copied || taken.iter().any(|taken| *taken) { Fit::Missing } else { Fit::Contradiction }
    };
    let judged: Vec<Fit> = people.iter().enumerate().map(judge).collect();
    people.into_iter().zip(judged).map(|((text, person), fit)| (text, person, fit)).collect()
}

/// Compares with a recipient of a copy. One that tells no name could be the person greeted, but not a blind one, and not
/// the sender's own address: archives get a copy of everything.
fn beside(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> Agreement {
    let agreement = fit(reading, name, recipient);
    let own = reading.message.from.iter().any(|from| from.address.key() == recipient.mailbox.address.key());
    if agreement == Agreement::Unknown && (own || recipient.field == "bcc") { Agreement::Different } else { agreement }
}

/// Compares with a recipient by header, and by how the quoted mail names its author at that address.
pub(super) fn fit(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> Agreement {
    // A client's name as display name is a house, whatever it sounds like.
    let house = reading.facts.clients.is_named(&recipient.mailbox.name);
    let by_header = match house {
        true => agreement(name, &Mailbox { name: String::new(), address: recipient.mailbox.address.clone() }),
        false => agreement(name, recipient.mailbox),
    };
    let quoted = reading.quote_author().filter(|head| {
        !head.author.is_empty()
            && head
                .address
                .as_deref()
                .is_some_and(|address| address.eq_ignore_ascii_case(recipient.mailbox.address.as_str()))
    });
    match quoted {
        Some(head) if by_header < Agreement::Misspelt => {
            let as_quoted = Mailbox { name: head.author.clone(), address: recipient.mailbox.address.clone() };
            by_header.max(agreement(name, &as_quoted))
        }
        _ => by_header,
    }
}

/// A known client is greeted, and the mail goes to people of another known client only.
fn wrong_companies<'a>(reading: &Reading<'a>) -> Vec<(usize, &'a Addressee)> {
    let directory = &reading.facts.clients;
    let recipients: Vec<&Org> = reading.outside().map(|r| &r.org).collect();
    let only_clients = !recipients.is_empty() && recipients.iter().all(|org| matches!(org, Org::Client(_)));
    if !only_clients {
        return Vec::new();
    }
    let is_wrong = |addressee: &Addressee| {
        directory.mentioned(&addressee.name).first().is_some_and(|greeted| {
            recipients.iter().all(|org| match org {
                Org::Client(client) => {
                    !directory.are_joint(*greeted, *client)
                        && !company::same(&addressee.name, &directory.client(*client).name)
                }
                _ => false,
            })
        })
    };
    let all = reading
        .texts
        .iter()
        .enumerate()
        .flat_map(|(n, text)| text.body.anatomy.addressees.iter().map(move |addressee| (n, addressee)));
    all.filter(|(_, addressee)| addressee.kind == Addressed::Company && is_wrong(addressee)).collect()
}

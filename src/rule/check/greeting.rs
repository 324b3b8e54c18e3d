//! `greeting`: the addressee line names somebody, or a company, that the mail does not go to.

use serde::Deserialize;

use super::Kind;
use crate::message::anatomy::{Addressed, Addressee, QuoteHead};
use crate::message::text::is_wide;
use crate::message::{Address, Mailbox};
use crate::people::address::person_key;
use crate::people::name::{Agreement, agreement, fold, is_known_in_latin};
use crate::rule::reading::{Fit, Org, Reading, Recipient, Remark};

mod house;
mod signed;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Greeting {}

impl Kind for Greeting {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let people = greeted(reading).into_iter().filter(|(.., fit)| *fit == Fit::Contradiction);
        let companies = house::wrong(reading);
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

/// A greeting in a mail to more people is a circular's.
const MOST_RECIPIENTS: usize = 100;
/// Among so many a name nobody knows is a nickname of the group.
const MOST_FRIENDS: usize = 5;

/// Every person greeted, with the text and how it fits.
pub(super) fn greeted<'a>(reading: &Reading<'a>) -> Vec<(usize, &'a Addressee, Fit)> {
    let people = people(reading);
    let fits = reading.fits.get_or_init(|| judged(reading, &people));
    people.into_iter().zip(fits).map(|((text, person), fit)| (text, person, *fit)).collect()
}

fn judged(reading: &Reading<'_>, people: &[(usize, &Addressee)]) -> Vec<Fit> {
    let to: Vec<&Recipient<'_>> = reading.recipients.iter().filter(|r| r.field == "to").collect();
    let others: Vec<&Recipient<'_>> = reading.recipients.iter().filter(|r| r.field != "to").collect();
    if people.is_empty() || to.is_empty() || reading.recipients.len() > MOST_RECIPIENTS {
        return Vec::new();
    }
    let fits: Vec<Vec<Agreement>> =
        people.iter().map(|(_, person)| to.iter().map(|r| fit(reading, &person.name, r)).collect()).collect();
    let taken: Vec<bool> = (0..to.len()).map(|t| fits.iter().any(|fit| fit[t] >= Agreement::Misspelt)).collect();
    // Two people read one private mailbox.
    let shared = people.len() > 1 && reading.recipients.len() == 1 && matches!(to[0].org, Org::Person(_));
    let judge = |(n, (_, person)): (usize, &(usize, &Addressee))| {
        let best = fits[n].iter().copied().max().unwrap_or(Agreement::Unknown);
        let elsewhere = others.iter().map(|r| beside(reading, &person.name, r)).max().unwrap_or(Agreement::Different);
        // A recipient that fits another greeted person is not the unknown one this could be.
        let open = fits[n].iter().zip(&taken).any(|(agreement, taken)| *agreement == Agreement::Unknown && !taken);
        let no_name = (to.len() > MOST_FRIENDS || may_be_another_word(person)) && is_unheard_of(&person.name);
        // Whether the right house is greeted is for `house` to say.
        let house = || house::is_greeted(reading, person);
        let foreign = || to.iter().any(|r| ends_in_own_name(reading, &person.name, r));
        if best >= Agreement::Misspelt || elsewhere >= Agreement::Unknown || open || no_name || foreign() || house() {
            return Fit::Fine;
        }
        if !person.copied && taken.iter().all(|taken| !taken) {
            return Fit::Contradiction;
        }
        if shared { Fit::Fine } else { Fit::Missing }
    };
    people.iter().enumerate().map(judge).collect()
}

/// The people greeted, with the number of the text.
pub(super) fn people<'a>(reading: &Reading<'a>) -> Vec<(usize, &'a Addressee)> {
    let texts = reading.texts.iter().enumerate();
    let all = texts.flat_map(|(n, text)| text.body.anatomy.addressees.iter().map(move |addressee| (n, addressee)));
    all.filter(|(_, addressee)| addressee.kind == Addressed::Person).collect()
}

/// "confidential,", "hi quick one", "Dear Treasurer": one word without a title may be another word than a name.
fn may_be_another_word(person: &Addressee) -> bool {
    let titled = person.range.len() > person.name.len();
    !titled && (person.alone || !person.name.contains(' '))
}

/// A word in Latin letters that no table of names has.
fn is_unheard_of(name: &str) -> bool {
    name.is_ascii() && !name.split([' ', '-']).any(is_known_in_latin)
}

/// "Ciao Chihiro,": a word of another language in front of the recipient's name.
fn ends_in_own_name(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> bool {
    let Some((first, rest)) = name.split_once(' ') else { return false };
    let recipients_own = || fit(reading, rest, recipient) == Agreement::Same;
    // 「柳川 早苗」 to 柳井 早苗: in Japanese script the first word is the family's name.
    let latin = name.chars().all(|c| (c.is_alphabetic() && !is_wide(c)) || c == ' ');
    latin && !is_known_in_latin(first) && recipients_own()
}

/// Compares with a recipient of a copy. One that tells no name could be the person greeted, but not a blind one, and not
/// the sender's own address: archives get a copy of everything.
fn beside(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> Agreement {
    let own = is_sender(reading, recipient.mailbox);
    let agreement = fit(reading, name, recipient);
    if agreement == Agreement::Unknown && (own || recipient.field == "bcc") { Agreement::Different } else { agreement }
}

fn is_sender(reading: &Reading<'_>, mailbox: &Mailbox) -> bool {
    let key = person_key(&mailbox.address);
    reading.message.from.iter().any(|from| person_key(&from.address) == key)
}

/// Compares with a recipient by header, and by how the quoted mail names its author at that address.
pub(super) fn fit(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> Agreement {
    // A client's name as display name is a house, whatever it sounds like.
    let house = reading.facts.clients.is_named(&recipient.mailbox.name);
    let by_header = match house {
        true => agreement(name, &Mailbox { name: String::new(), address: recipient.mailbox.address.clone() }),
        false => agreement(name, recipient.mailbox),
    };
    if by_header >= Agreement::Misspelt {
        return by_header;
    }
    if greets_so(reading, name, recipient) {
        return Agreement::Same;
    }
    // A copy to oneself may greet whom it is meant for later.
    if recipient.field == "to" && is_sender(reading, recipient.mailbox) {
        return Agreement::Unknown;
    }
    let Some(author) = reading.quote_author().and_then(|head| author_at(head, recipient.mailbox)) else {
        return by_header;
    };
    if by_header == Agreement::Different && signed::signs(reading, name) {
        return Agreement::Same;
    }
    if author.is_empty() {
        return by_header;
    }
    by_header.max(agreement(name, &Mailbox { name: author, address: recipient.mailbox.address.clone() }))
}

/// The sender has greeted this address by the name before: a nickname, a second name, an assistant.
fn greets_so(reading: &Reading<'_>, name: &str, recipient: &Recipient<'_>) -> bool {
    let standing = reading.facts.standing.as_deref();
    let known = standing.and_then(|standing| standing.known.of(&recipient.mailbox.address.key()));
    known.is_some_and(|one| one.greeted.contains(&fold(name)))
}

/// The name of the quoted mail's author, if that is this recipient.
fn author_at(head: &QuoteHead, mailbox: &Mailbox) -> Option<String> {
    let by_address = || {
        let address = Address::parse(head.address.as_deref()?).ok()?;
        Some(person_key(&address) == person_key(&mailbox.address))
    };
    let by_name = || !head.author.is_empty() && agreement(&head.author, mailbox) == Agreement::Same;
    by_address().unwrap_or_else(by_name).then(|| head.author.clone())
}

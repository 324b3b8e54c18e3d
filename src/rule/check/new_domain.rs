//! `new-domain`: an answer goes to an organisation that was not part of the thread, beside those who were or in their place.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use crate::people::domain;
use crate::people::name::fold;
use crate::rule::reading::{MAX_REMARKS, Org, Reading, Recipient, Remark};
use crate::rule::thread::addresses;
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct NewDomain {
    /// Words that bring somebody in on purpose.
    introduced: Words,
    /// Nobody of the thread gets it.
    #[serde(default)]
    in_place: bool,
}

/// An answer to more people is a circular's.
const MOST_RECIPIENTS: usize = 100;

impl Kind for NewDomain {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.introduced]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let none = reading.texts.iter().all(|text| text.body.anatomy.quoted.is_empty());
        if none || reading.recipients.len() > MOST_RECIPIENTS || is_forward(reading) || reading.says(&self.introduced) {
            return Vec::new();
        }
        let Some(thread) = Thread::of(reading) else { return Vec::new() };
        // An answer goes to somebody of the thread; what goes to others only is passed on to them, or goes wrong.
        let is_meant = match self.in_place {
            false => thread.is_reached,
            true => thread.is_missed && looks_like_an_answer(reading),
        };
        if !is_meant {
            return Vec::new();
        }
        let visible = reading.outside().filter(|recipient| recipient.field != "bcc");
        let said = Said::in_mail(reading);
        let added: Vec<&Recipient<'_>> = visible
            .filter(|recipient| thread.is_outside(reading, recipient))
            .take(MAX_REMARKS)
            .filter(|recipient| !said.names(reading, &thread, recipient))
            .collect();
        let Some(first) = added.first() else { return Vec::new() };
        let names: Vec<String> = added.iter().map(|recipient| recipient.mailbox.address.to_string()).collect();
        let remark = Remark::at(reading.recipient_place(first)).with("addresses", names);
        vec![if self.in_place { remark.with("author", thread.author) } else { remark }]
    }
}

/// Whoever passes something on forwards it, or asks its program for an answer and writes another's address.
fn looks_like_an_answer(reading: &Reading<'_>) -> bool {
    let header = |name| reading.message.header(name).is_some();
    let subject = reading.subject.folded.text().trim_start();
    let says_so = ["re:", "返信:", "aw:", "sv:"].iter().any(|start| subject.starts_with(start));
    let says_something = reading.texts.iter().any(|text| !text.body.own.text().trim().is_empty());
    says_so && says_something && (header("in-reply-to") || header("references"))
}

/// What is passed on goes to others on purpose.
pub(super) fn is_forward(reading: &Reading<'_>) -> bool {
    let subject = reading.message.subject.as_deref().unwrap_or_default().trim_start().to_lowercase();
    ["fw:", "fwd:", "fw：", "転送:", "転送："].iter().any(|start| subject.starts_with(start))
}

/// Whom the newest quoted mail came from and went to, when its head tells all of it.
struct Thread {
    /// Of the newest quoted mail.
    author: String,
    /// Somebody of it outside gets this mail.
    is_reached: bool,
    /// It is a thread with somebody outside, and nobody of it gets this mail.
    is_missed: bool,
    /// Registrable domains of everybody the thread shows.
    domains: HashSet<String>,
    clients: HashSet<usize>,
    /// The words of its lines with addresses: the names of its people, which a namesake shares.
    names: HashSet<String>,
}

impl Thread {
    fn of(reading: &Reading<'_>) -> Option<Thread> {
        let newest = reading.thread().first().filter(|mail| mail.complete)?;
        let author = newest.author.clone()?;
        // Who writes after a mail of their own adds those they forgot.
        if reading.message.from.iter().any(|from| from.address.key() == author) {
            return None;
        }
        let people: HashSet<&String> = newest.recipients.iter().chain([&author]).collect();
        let is_of_it = |recipient: &Recipient<'_>| people.contains(&recipient.mailbox.address.key());
        let is_reached = reading.outside().any(is_of_it);
        let of_author = author.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_own = reading.own_domains().iter().any(|own| domain::belongs_to(of_author, own));
        let is_missed = !is_own && !reading.recipients.iter().any(is_of_it);
        let shown = reading.texts.iter().flat_map(|text| addresses(&text.body.original));
        let domains: HashSet<String> = people
            .iter()
            .map(|one| (*one).clone())
            .chain(shown)
            .filter_map(|address| address.rsplit_once('@').map(|(_, domain)| domain::registrable(domain)))
            .collect();
        let clients = domains.iter().filter_map(|domain| reading.facts.clients.of_domain(domain)).collect();
        let heads = reading.texts.iter().flat_map(|text| {
            let quoted = text.body.anatomy.quoted.iter().map(|range| &text.body.original[range.clone()]);
            quoted.flat_map(str::lines).filter(|line| line.contains('@'))
        });
        let names = heads.flat_map(words).chain(people.iter().flat_map(|one| words(one))).collect();
        Some(Thread { author, is_reached, is_missed, domains, clients, names })
    }

    fn is_outside(&self, reading: &Reading<'_>, recipient: &Recipient<'_>) -> bool {
        if self.domains.contains(&domain::registrable(recipient.mailbox.address.domain())) {
            return false;
        }
        let related = |client: usize| self.clients.iter().any(|&known| reading.facts.clients.are_joint(known, client));
        !matches!(recipient.org, Org::Client(client) if related(client)) && !is_sender(reading, recipient)
    }
}

/// What the text written now and the quoted one speak of.
struct Said<'a> {
    texts: Vec<&'a str>,
    clients: OnceCell<Vec<usize>>,
}

impl<'a> Said<'a> {
    fn in_mail(reading: &Reading<'a>) -> Said<'a> {
        let texts = reading.texts.iter().flat_map(|text| [text.body.own.text(), text.body.quoted.text()]).collect();
        Said { texts, clients: OnceCell::new() }
    }

    /// The person, or their organisation.
    fn names(&self, reading: &Reading<'_>, thread: &Thread, recipient: &Recipient<'_>) -> bool {
        let address = recipient.mailbox.address.key();
        let (local, host) = address.rsplit_once('@').unwrap_or((&address, ""));
        let house = domain::registrable(host);
        let house = house.split('.').next().unwrap_or_default();
        let mut called = words(&recipient.mailbox.name).chain(words(local)).chain(words(house));
        let mentioned = || {
            let named = |text: &&str| reading.facts.clients.mentioned(text);
            self.clients.get_or_init(|| self.texts.iter().flat_map(named).collect())
        };
        matches!(recipient.org, Org::Client(client) if mentioned().contains(&client))
            || greets(reading, thread, recipient)
            || called
                .any(|word| !thread.names.contains(&word) && self.texts.iter().any(|text| text.contains(word.as_str())))
    }
}

/// Names of one character too, which words in a text are not compared by.
fn greets(reading: &Reading<'_>, thread: &Thread, recipient: &Recipient<'_>) -> bool {
    let shown = fold(&recipient.mailbox.name);
    let mut greeted = reading.texts.iter().flat_map(|text| &text.body.anatomy.addressees).map(|one| fold(&one.name));
    greeted.any(|name| !name.is_empty() && !thread.names.contains(&name) && shown.contains(&name))
}

/// Another mailbox of the sender: a copy to one's home.
fn is_sender(reading: &Reading<'_>, recipient: &Recipient<'_>) -> bool {
    let local = recipient.mailbox.address.local().to_lowercase();
    let name = |name: &str| words(name).collect::<Vec<_>>();
    reading.message.from.iter().any(|from| {
        let called = name(from.address.local()).into_iter().chain(name(&from.name));
        called.chain([from.address.local().to_lowercase()]).any(|word| local.contains(word.as_str()))
    })
}

/// The telling words of a name or address: 「佐藤」 and "Priya", not "k" and "al".
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() >= if word.is_ascii() { 4 } else { 2 })
}

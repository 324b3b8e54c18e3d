//! Conditions on the mail as a whole: `[rule.when]`, and `when` and `except` of `[rules.ID]`.

use serde::Deserialize;

use super::reading::{Org, Reading, Recipient};
use super::words::Words;
use crate::lang::Lang;
use crate::people::pattern::Patterns;

/// Conditions that must all hold; one that is not given always does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Conditions {
    /// Somebody outside the sender's organisation receives the mail, or nobody.
    outside: Option<bool>,
    /// A file is attached, or none.
    attachment: Option<bool>,
    /// The mail answers or forwards another, or does not.
    reply: Option<bool>,
    /// The language of what was written now.
    language: Option<Lang>,
    /// At least so many recipients.
    recipients: Option<usize>,
    /// The sender's address.
    from: Option<Patterns>,
    /// Addresses of recipients.
    to: Option<Patterns>,
    /// Names of clients the recipients belong to.
    clients: Option<Vec<String>>,
    /// Own text or subject has one of these words.
    says: Option<Words>,
    /// Neither own text nor subject has one of these words.
    unless: Option<Words>,
}

/// Which recipients `to` and `clients` speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    /// At least one of all: a rule looks at a mail that concerns it.
    Some,
    /// All of them outside: an exception for one must not cover another.
    AllOutside,
}

impl Conditions {
    pub(super) fn words(&mut self) -> impl Iterator<Item = &mut Words> {
        self.says.iter_mut().chain(&mut self.unless)
    }

    /// The clients named, for whoever knows the configured ones.
    pub(super) fn clients(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().flatten().map(String::as_str)
    }

    /// A list that names nobody, or no condition at all: what is meant cannot be told.
    pub(super) fn says_nothing(&self) -> bool {
        let empty = |list: &Option<Patterns>| list.as_ref().is_some_and(Patterns::is_empty);
        let facts = [self.outside, self.attachment, self.reply].iter().any(Option::is_some);
        let others =
            self.language.is_some() || self.recipients.is_some() || self.says.is_some() || self.unless.is_some();
        let lists = self.from.is_some() || self.to.is_some() || self.clients.is_some();
        let no_clients = self.clients.as_ref().is_some_and(Vec::is_empty);
        empty(&self.from) || empty(&self.to) || no_clients || !(facts || others || lists)
    }

    pub(super) fn hold(&self, reading: &Reading<'_>, whom: Whom) -> bool {
        let is = |wanted: Option<bool>, fact: &dyn Fn() -> bool| wanted.is_none_or(|wanted| wanted == fact());
        is(self.outside, &|| reading.outside().next().is_some())
            && is(self.attachment, &|| reading.message.attachments.iter().any(|file| file.is_file()))
            && is(self.reply, &|| reading.is_reply())
            && self.language.is_none_or(|wanted| reading.language() == Some(wanted))
            && self.recipients.is_none_or(|least| reading.recipients.len() >= least)
            && self.from.as_ref().is_none_or(|list| reading.message.from.iter().any(|from| list.matches(&from.address)))
            && self.to.as_ref().is_none_or(|list| any_or_all(reading, whom, |one| list.matches(&one.mailbox.address)))
            && self.clients.as_ref().is_none_or(|names| any_or_all(reading, whom, |one| is_of(reading, one, names)))
            && self.says.as_ref().is_none_or(|words| reading.mentions(words))
            && self.unless.as_ref().is_none_or(|words| !reading.mentions(words))
    }
}

fn any_or_all(reading: &Reading<'_>, whom: Whom, fits: impl Fn(&Recipient<'_>) -> bool) -> bool {
    match whom {
        Whom::Some => reading.recipients.iter().any(fits),
        Whom::AllOutside => reading.outside().next().is_some() && reading.outside().all(fits),
    }
}

fn is_of(reading: &Reading<'_>, recipient: &Recipient<'_>, names: &[String]) -> bool {
    let Org::Client(client) = recipient.org else { return false };
    let client = reading.facts.clients.client(client);
    names.iter().any(|name| client.goes_by(name))
}

//! The recipients of a mail, sorted by organisation.

use std::collections::HashMap;

use super::reading::Reading;
use crate::facts::Facts;
use crate::message::{Mailbox, Message};
use crate::people::domain;

/// A receiver of the mail.
pub(crate) struct Recipient<'a> {
    /// `to`, `cc` or `bcc`; a recipient that only the envelope names counts as `bcc`.
    pub(crate) field: &'static str,
    pub(crate) mailbox: &'a Mailbox,
    pub(crate) org: Org,
}

/// Whom a recipient belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Org {
    Own,
    Client(usize),
    /// Nobody we know; by registrable domain.
    Domain(String),
    /// At a free-mail domain everybody is an organisation of one.
    Person(String),
}

/// Every recipient with the organisation it belongs to.
pub(super) fn sorted<'a>(message: &'a Message, facts: &Facts, own: &[String]) -> Vec<Recipient<'a>> {
    // A circular has thousands of recipients at few domains.
    let mut known: HashMap<&str, Org> = HashMap::new();
    let recipient = |(field, mailbox): (&'static str, &'a Mailbox)| {
        let org = known.entry(mailbox.address.domain()).or_insert_with_key(|domain| org(domain, facts, own));
        let org = match org {
            Org::Person(_) => Org::Person(mailbox.address.key()),
            org => org.clone(),
        };
        let by_address = facts.clients.of_address(&mailbox.address.key()).filter(|_| org != Org::Own);
        Recipient { field, mailbox, org: by_address.map_or(org, Org::Client) }
    };
    message.recipients().map(recipient).collect()
}

impl<'a> Reading<'a> {
    /// Recipients outside the sender's organisation.
    pub(crate) fn outside(&self) -> impl Iterator<Item = &Recipient<'a>> {
        self.recipients.iter().filter(|recipient| recipient.org != Org::Own)
    }

    /// The mail goes to a public mailing list: people who talk shop, no customers.
    pub(crate) fn is_on_a_list(&self) -> bool {
        let public = |domain: &str| {
            let host = domain.to_ascii_lowercase();
            ["lists.", "list.", "vger."].iter().any(|start| host.starts_with(start))
                || ["googlegroups.com", "groups.io", "freelists.org"].contains(&host.as_str())
        };
        self.outside().any(|one| one.field != "bcc" && public(one.mailbox.address.domain()))
    }

    /// There are recipients and all are of the sender's organisation.
    pub(crate) fn is_internal(&self) -> bool {
        !self.recipients.is_empty() && self.outside().next().is_none()
    }

    pub(crate) fn own_domains(&self) -> &[String] {
        &self.own
    }
}

/// Domains of the sender's organisation: configured, else the sender's own.
pub(super) fn own_domains(message: &Message, facts: &Facts) -> Vec<String> {
    if !facts.own_domains.is_empty() {
        return facts.own_domains.clone();
    }
    let sender = message.from.first().map(|from| from.address.domain()).filter(|d| !domain::is_freemail(d));
    sender.map(domain::registrable).into_iter().collect()
}

fn org(of: &str, facts: &Facts, own: &[String]) -> Org {
    if own.iter().any(|own| domain::belongs_to(of, own)) {
        return Org::Own;
    }
    match facts.clients.of_domain(of) {
        Some(client) => Org::Client(client),
        None if domain::is_freemail(of) => Org::Person(String::new()),
        None => Org::Domain(domain::registrable(of)),
    }
}

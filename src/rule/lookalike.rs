//! `lookalike`: a recipient's domain is unknown and resembles a known one.

use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use super::reading::{MAX_REMARKS, Org, Reading, Remark};
use crate::people::domain::{self, Likeness};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lookalike {}

/// A mail to more unknown domains is a circular; each costs a comparison with every known one.
const MOST_DOMAINS: usize = 200;

impl Kind for Lookalike {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let unknown = reading.recipients.iter().filter_map(|recipient| match &recipient.org {
            Org::Domain(domain) => Some((recipient, domain)),
            Org::Own | Org::Client(_) | Org::Person(_) => None,
        });
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for (recipient, domain) in unknown {
            if seen.len() == MOST_DOMAINS || out.len() == MAX_REMARKS {
                break;
            }
            if !seen.insert(domain) {
                continue;
            }
            if let Some((known, likeness)) = resembles(reading, domain) {
                let remark = Remark::at(reading.recipient_place(recipient))
                    .with("address", recipient.mailbox.address.as_str())
                    .with("domain", domain.as_str())
                    .with("known", known)
                    .with("likeness", name(likeness));
                out.push(remark);
            }
        }
        out
    }
}

fn resembles(reading: &Reading<'_>, domain: &str) -> Option<(String, Likeness)> {
    let quoted =
        reading.quote_author().and_then(|head| head.address.as_deref()).and_then(|address| address.rsplit('@').next());
    if quoted.is_some_and(|quoted| domain::belongs_to(quoted, domain)) {
        // The person at this domain wrote to us: it exists, and the answer goes where the question came from.
        return None;
    }
    if let Some((known, _, likeness)) = reading.facts.clients.resembled(domain) {
        return Some((known.to_owned(), likeness));
    }
    // gmail.con, docomo.co.jp: a provider with one domain has no other.
    if let Some(known) = domain::only_consumer_domain_like(domain) {
        return Some((known.to_owned(), Likeness::TopLevel));
    }
    // A company has sites under several top-level domains, with and without hyphen, and consumer mail exists under many;
    // only for a client we know where its mail really is.
    let slip = |likeness: &Likeness| !matches!(likeness, Likeness::TopLevel | Likeness::Hyphen);
    let others = reading.own_domains().iter().map(String::as_str).chain(quoted);
    let other = others.filter_map(|known| domain::likeness(domain, known).map(|likeness| (known.to_owned(), likeness)));
    let consumer =
        || domain::freemail_domains().like(domain).into_iter().map(|(known, _, likeness)| (known.to_owned(), likeness));
    other.into_iter().find(|found| slip(&found.1)).or_else(|| consumer().find(|found| slip(&found.1)))
}

fn name(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Homograph => "homograph",
        Likeness::Hyphen => "hyphen",
        Likeness::TopLevel => "top-level domain",
        Likeness::Typo => "typo",
    }
}

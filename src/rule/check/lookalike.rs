//! `lookalike`: a recipient's domain is unknown and resembles a known one: a client's, our own, one of the
//! correspondence or of the other recipients, or one of consumer mail.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::Kind;
use crate::people::domain::{self, KnownDomains, Likeness};
use crate::rule::reading::{MAX_REMARKS, Org, Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Lookalike {}

/// A mail to more unknown domains is a circular; each costs a comparison with every known one.
const MOST_DOMAINS: usize = 200;

impl Kind for Lookalike {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let unknown: Vec<(&Recipient<'_>, &str)> = unknown(reading);
        if unknown.is_empty() {
            return Vec::new();
        }
        let others = Others::of(reading, &unknown);
        let mut out = Vec::new();
        for (place, (recipient, domain)) in unknown.iter().enumerate() {
            if out.len() == MAX_REMARKS {
                break;
            }
            let found = resembles(reading, recipient, domain).or_else(|| others.beside(place, domain));
            let Some((known, likeness)) = found.filter(|_| !is_in_thread(reading, domain)) else { continue };
            let remark = Remark::at(reading.recipient_place(recipient))
                .doubting(recipient, &[])
                .with("address", recipient.mailbox.address.as_str())
                .with("domain", shown(recipient, domain))
                .with("known", known)
                .with("likeness", likeness);
            out.push(remark);
        }
        out
    }
}

/// The first recipient of each unknown domain.
fn unknown<'r>(reading: &'r Reading<'_>) -> Vec<(&'r Recipient<'r>, &'r str)> {
    let mut seen = HashSet::new();
    let of_unknown = reading.recipients.iter().filter_map(|recipient| match &recipient.org {
        Org::Domain(domain) => Some((recipient, domain.as_str())),
        Org::Own | Org::Client(_) | Org::Person(_) => None,
    });
    of_unknown.filter(|(_, domain)| seen.insert(*domain)).take(MOST_DOMAINS).collect()
}

/// As the header has it; what stands in front of the registered domain may be the trick.
fn shown<'r>(recipient: &'r Recipient<'_>, domain: &'r str) -> &'r str {
    let whole = recipient.mailbox.address.domain();
    if domain::registrable(whole) == whole.to_lowercase() { domain } else { whole }
}

type Found = (String, &'static str);

fn resembles(reading: &Reading<'_>, recipient: &Recipient<'_>, domain: &str) -> Option<Found> {
    let whole = recipient.mailbox.address.domain();
    let own = reading.own_domains();
    let is_known = |front: &str| {
        own.iter().any(|own| own == front)
            || reading.facts.clients.of_domain(front).is_some()
            || domain::is_freemail(front)
    };
    if let Some(known) = domain::front_of(whole, is_known) {
        return Some((known, "sub-domain"));
    }
    if let Some((known, _, likeness)) = reading.facts.clients.resembled(domain) {
        return Some((known.to_owned(), name(likeness)));
    }
    if let Some(known) = domain::consumer_slip(whole) {
        return Some((known.to_owned(), "consumer mail"));
    }
    if let Some(known) = domain::skeleton_of_mixed(whole) {
        return Some((known, name(Likeness::Homograph)));
    }
    let of_own = own
        .iter()
        .find_map(|known| domain::likeness(domain, known).filter(is_slip).map(|found| (known.clone(), name(found))));
    of_own
        .or_else(|| of_thread(reading, recipient, domain))
        .or_else(|| domain::top_level_slip(whole).map(|known| (known, name(Likeness::TopLevel))))
}

/// A company has sites under several top-level domains, with and without hyphen; only for a client we know where its
/// mail really is.
fn is_slip(likeness: &Likeness) -> bool {
    !matches!(likeness, Likeness::TopLevel | Likeness::Hyphen)
}

/// The address of somebody in the quoted mail, mistyped. With the same local part any likeness counts, unless the mail
/// goes to the quoted address too: then one person has both.
fn of_thread(reading: &Reading<'_>, recipient: &Recipient<'_>, domain: &str) -> Option<Found> {
    let head = reading.quote_author()?;
    let receives =
        |address: &str| reading.recipients.iter().any(|r| r.mailbox.address.as_str().eq_ignore_ascii_case(address));
    let addresses = head.address.iter().chain(&head.recipients).take(MOST_DOMAINS);
    addresses.filter_map(|address| Some((address, address.rsplit_once('@')?))).find_map(|(address, (local, known))| {
        let likeness = domain::likeness(domain, known)?;
        let same_person = || local.eq_ignore_ascii_case(recipient.mailbox.address.local()) && !receives(address);
        (is_slip(&likeness) || same_person()).then(|| (domain::registrable(known), name(likeness)))
    })
}

/// The unknown domains of one mail, compared with one another.
struct Others<'r> {
    known: KnownDomains,
    recipients: HashMap<&'r str, usize>,
}

impl<'r> Others<'r> {
    fn of(reading: &'r Reading<'_>, unknown: &[(&'r Recipient<'r>, &'r str)]) -> Others<'r> {
        if unknown.len() < 2 {
            return Others { known: KnownDomains::default(), recipients: HashMap::new() };
        }
        let mut recipients: HashMap<&str, usize> = HashMap::new();
        for recipient in &reading.recipients {
            if let Org::Domain(domain) = &recipient.org {
                *recipients.entry(domain.as_str()).or_default() += 1;
            }
        }
        let numbered = unknown.iter().enumerate().map(|(n, (_, domain))| (*domain, n));
        Others { known: KnownDomains::new(numbered), recipients }
    }

    /// One a slip away that has more recipients, or stands first: which of the two is wrong nobody can tell.
    fn beside(&self, place: usize, domain: &str) -> Option<Found> {
        let count = |domain: &str| self.recipients.get(domain).copied().unwrap_or_default();
        let better = |other: &str, at: usize| (count(other), Reverse(at)) > (count(domain), Reverse(place));
        let found =
            self.known.like(domain).into_iter().find(|(other, at, likeness)| is_slip(likeness) && better(other, *at));
        found.map(|(other, _, likeness)| (other.to_owned(), name(likeness)))
    }
}

/// Somebody at this domain stands in the quoted mail: it exists.
fn is_in_thread(reading: &Reading<'_>, domain: &str) -> bool {
    reading.texts.iter().any(|text| {
        let quoted = text.body.quoted.text();
        quoted.match_indices(domain).any(|(at, _)| {
            let after = quoted[at + domain.len()..].chars().next();
            quoted[..at].ends_with(['@', '.']) && !after.is_some_and(|c| c.is_alphanumeric() || c == '-')
        })
    }) || reading.quote_author().is_some_and(|head| {
        let domains = head.address.iter().chain(&head.recipients).filter_map(|address| address.rsplit('@').next());
        domains.into_iter().any(|known| domain::belongs_to(known, domain))
    })
}

fn name(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Homograph => "homograph",
        Likeness::Hyphen => "hyphen",
        Likeness::TopLevel => "top-level domain",
        Likeness::Typo => "typo",
    }
}

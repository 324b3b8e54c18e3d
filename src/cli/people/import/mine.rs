//! Whose mail is learnt from, and whom it counts for.

use jiff::Timestamp;

use super::super::super::Stop;
use super::super::{Desk, Import};
use super::Count;
use crate::config::FromPattern;
use crate::correspondents::Outline;
use crate::lang::Lang;
use crate::message::Address;
use crate::people::domain::belongs_to;
use crate::store::{People, StoreError};

/// Whose mail it is.
pub(super) struct Mine {
    /// In lower case.
    addresses: Vec<String>,
    domains: Vec<String>,
    pub(super) as_sender: Option<String>,
    now: Timestamp,
}

impl Mine {
    pub(super) fn of(desk: &Desk<'_>, import: &Import) -> Result<Mine, Stop> {
        let wrong = |text: &String, what: &str| {
            Stop::Message(match desk.lang {
                Lang::En => format!("{what} {text}: not a mail address"),
                Lang::Ja => format!("{what} {text}: メールアドレスとして読めません"),
            })
        };
        let as_sender = match &import.as_sender {
            Some(text) if text.starts_with('@') && text.len() > 1 => Some(text.to_lowercase()),
            Some(text) => Some(Address::parse(text).map_err(|_| wrong(text, "--as"))?.key()),
            None => None,
        };
        let named =
            import.from.iter().map(|text| Address::parse(text).map(|one| one.key()).map_err(|_| wrong(text, "--from")));
        let mut addresses = named.collect::<Result<Vec<_>, _>>()?;
        addresses.extend(as_sender.iter().filter(|sender| !sender.starts_with('@')).cloned());
        let (mut domains, config) = (desk.config.own_domains.clone(), desk.config);
        domains.extend(as_sender.iter().filter_map(|sender| sender.strip_prefix('@').map(str::to_owned)));
        for from in config.accounts.iter().flat_map(|account| &account.from) {
            match from {
                FromPattern::Domain(domain) => domains.push(domain.clone()),
                FromPattern::Address(address) => addresses.push(address.clone()),
            }
        }
        Ok(Mine { addresses, domains, as_sender, now: Timestamp::now() })
    }

    /// The mail if it is one's own, under the name it counts for.
    pub(super) fn take(&self, outline: Outline, count: &mut Count) -> Option<Outline> {
        let is_told = !self.addresses.is_empty() || !self.domains.is_empty();
        let domain = outline.sender.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_mine =
            self.addresses.contains(&outline.sender) || self.domains.iter().any(|own| belongs_to(domain, own));
        if is_told && !is_mine {
            count.others += 1;
            return None;
        }
        let sender = self.as_sender.clone().unwrap_or_else(|| outline.sender.clone());
        // A clock that was wrong once must not make a mail the newest for ever. Quoted text is never kept.
        let at = outline.at.map(|at| at.min(self.now));
        Some(Outline { sender, at, quoted: String::new(), ..outline })
    }

    /// Whom an address book is for: the one named, the only sender known, else the own organisation.
    pub(super) fn of_books(&self, people: &People) -> Result<Vec<String>, StoreError> {
        if let Some(sender) = &self.as_sender {
            return Ok(vec![sender.clone()]);
        }
        let houses: Vec<String> = self.domains.iter().map(|domain| format!("@{domain}")).collect();
        if !houses.is_empty() {
            return Ok(houses);
        }
        if let [only] = self.addresses.as_slice() {
            return Ok(vec![only.clone()]);
        }
        let known: Vec<String> = people.senders()?.into_iter().map(|(address, _)| address).collect();
        Ok(if let [_] = known.as_slice() { known } else { Vec::new() })
    }
}

//! The people whose addresses are known, found by address and by what an address can be taken for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::people::similar::{self, Likeness, NearAddresses};

/// A person, or a desk, whose address is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub address: String,
    /// As the sender knows it; may be empty.
    pub name: String,
    /// Readings and other names.
    pub names: Vec<String>,
    /// Department, title: words that tell this person from a namesake.
    pub role: String,
    /// Mails to this address.
    pub sent: u32,
    /// Mails from this address.
    pub received: u32,
    /// Written down on purpose: known however rarely used.
    pub listed: bool,
}

/// The known contacts. Clones share one index.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    shared: Arc<Shared>,
    /// Those that only this mail is about; they stand for the others of the same address.
    more: Option<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    contacts: Vec<Contact>,
    by_address: HashMap<String, usize>,
    /// Made when the first address is compared.
    near: OnceLock<NearAddresses>,
}

impl Contact {
    /// Mails in both directions.
    pub fn exchanged(&self) -> u32 {
        self.sent.saturating_add(self.received)
    }
}

impl Contacts {
    /// Indexes contacts; of two with one address the first stays.
    pub fn new(contacts: Vec<Contact>) -> Contacts {
        Contacts { shared: Arc::new(Shared::new(contacts)), more: None }
    }

    /// These contacts as well; what is said of an address on purpose is said of it still.
    pub fn with(&self, mut more: Vec<Contact>) -> Contacts {
        for contact in &mut more {
            if let Some(known) = self.shared.of_address(&contact.address) {
                contact.listed |= known.listed;
                contact.names.extend(known.names.iter().cloned());
                if !known.name.is_empty() {
                    contact.name.clone_from(&known.name);
                }
            }
        }
        let more = Some(Arc::new(Shared::new(more))).filter(|more| !more.contacts.is_empty());
        Contacts { shared: Arc::clone(&self.shared), more }
    }

    pub fn is_empty(&self) -> bool {
        self.shared.contacts.is_empty() && self.more.is_none()
    }

    /// The contact of this very address, in any case.
    pub fn of_address(&self, address: &str) -> Option<&Contact> {
        let address = address.to_lowercase();
        let more = self.more.as_ref().and_then(|more| more.of_address(&address));
        more.or_else(|| self.shared.of_address(&address))
    }

    /// Contacts at other addresses that this one can have been meant to be. The cost does not depend on how many
    /// contacts there are.
    pub fn similar(&self, address: &str) -> Vec<(&Contact, Likeness)> {
        let Some(more) = &self.more else { return self.shared.similar(address) };
        let others = self.shared.similar(address);
        let others = others.into_iter().filter(|(known, _)| more.of_address(&known.address).is_none());
        more.similar(address).into_iter().chain(others).collect()
    }
}

impl Shared {
    fn new(contacts: Vec<Contact>) -> Shared {
        let mut by_address = HashMap::with_capacity(contacts.len());
        for (n, contact) in contacts.iter().enumerate() {
            by_address.entry(contact.address.to_lowercase()).or_insert(n);
        }
        Shared { contacts, by_address, near: OnceLock::new() }
    }

    /// By an address in lower case.
    fn of_address(&self, address: &str) -> Option<&Contact> {
        self.by_address
            .get(address)
            .or_else(|| self.by_address.get(&address.to_lowercase()))
            .map(|&n| &self.contacts[n])
    }

    fn similar(&self, address: &str) -> Vec<(&Contact, Likeness)> {
        let addresses = || self.contacts.iter().map(|contact| contact.address.as_str());
        let near = self.near.get_or_init(|| NearAddresses::new(addresses()));
        let contact = |n: usize| {
            let contact = &self.contacts[n];
            similar::likeness(address, &contact.address).map(|likeness| (contact, likeness))
        };
        near.candidates(address).into_iter().filter_map(contact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_neighbours_among_many() {
        let contact = |n: u32| Contact { address: format!("person{n}x@firm{}.example", n % 50), ..Contact::default() };
        let mut list: Vec<Contact> = (0..2000).map(contact).collect();
        for address in ["k-sato@aoba.example", "n.morimoto@owada.example", "shimizu@alta.example"] {
            list.push(Contact { address: address.to_owned(), ..Contact::default() });
        }
        let contacts = Contacts::new(list);
        let similar =
            |address: &str| contacts.similar(address).into_iter().map(|(c, _)| c.address.clone()).collect::<Vec<_>>();
        assert_eq!(similar("K-Saito@aoba.example"), ["k-sato@aoba.example"]);
        assert_eq!(similar("n.mori@owada.example"), ["n.morimoto@owada.example"]);
        assert_eq!(similar("shimizu@saibun.example"), ["shimizu@alta.example"]);
        assert!(similar("k-sato@aoba.example").is_empty() && similar("fujita@aoba.example").is_empty());
        assert!(contacts.of_address("K-SATO@Aoba.example").is_some());
    }
}

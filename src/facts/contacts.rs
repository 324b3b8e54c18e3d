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
        let mut by_address = HashMap::with_capacity(contacts.len());
        for (n, contact) in contacts.iter().enumerate() {
            by_address.entry(contact.address.to_lowercase()).or_insert(n);
        }
        Contacts { shared: Arc::new(Shared { contacts, by_address, near: OnceLock::new() }) }
    }

    pub fn is_empty(&self) -> bool {
        self.shared.contacts.is_empty()
    }

    /// The contact of this very address, in any case.
    pub fn of_address(&self, address: &str) -> Option<&Contact> {
        self.shared.by_address.get(&address.to_lowercase()).map(|&n| &self.shared.contacts[n])
    }

    /// Contacts at other addresses that this one can have been meant to be. The cost does not depend on how many
    /// contacts there are.
    pub fn similar(&self, address: &str) -> Vec<(&Contact, Likeness)> {
        let addresses = || self.shared.contacts.iter().map(|contact| contact.address.as_str());
        let near = self.shared.near.get_or_init(|| NearAddresses::new(addresses()));
        let contact = |n: usize| {
            let contact = &self.shared.contacts[n];
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

//! What is known of the people one mail goes to, and of those they can be taken for.

use std::collections::HashMap;

use jiff::Timestamp;

use super::terms::Terms;

/// What one sender's past mail tells of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acquaintance {
    /// The store's own.
    pub number: i64,
    /// In lower case.
    pub address: String,
    /// As last seen; may be empty.
    pub name: String,
    /// Mails to it.
    pub sent: u32,
    /// Mails of it that were answered.
    pub received: u32,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Mails the sender sent since the last one to it.
    pub since: u32,
    /// In how many of the mails to it each term stands; the most frequent ones, sorted by hash.
    pub topic: Terms,
    /// Names the sender greets it by, folded.
    pub greeted: Vec<String>,
    /// Stands in an address book: known however rarely written to.
    pub listed: bool,
    /// Addresses with the same number are one person's.
    pub person: i64,
}

/// What is known for one mail. Made by the store: the recipients and the people they can be taken for, and no others.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Mails of this sender.
    pub mails: u32,
    /// Time of the sender's first mail.
    pub since: Option<Timestamp>,
    people: Vec<Acquaintance>,
    by_address: HashMap<String, usize>,
    together: HashMap<(usize, usize), u32>,
    /// In how many mails each term of this mail stands.
    pub frequencies: HashMap<u32, u32>,
    /// Mails to each domain of the people.
    pub domains: HashMap<String, u32>,
    /// The sender's newest mails, newest first.
    pub recent: Vec<Recent>,
    /// Earlier mails of the same thread: under the same subject, or answered.
    pub thread: Vec<Vec<String>>,
}

/// One of the sender's newest mails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    /// By number.
    pub recipients: Vec<i64>,
    pub terms: Vec<u32>,
}

impl Known {
    /// `together` counts mails to two of the people, by their addresses.
    pub fn new(
        mails: u32,
        people: Vec<Acquaintance>,
        together: impl IntoIterator<Item = ((String, String), u32)>,
    ) -> Known {
        let by_address: HashMap<String, usize> =
            people.iter().enumerate().map(|(n, one)| (one.address.clone(), n)).collect();
        let pair = |((a, b), count): ((String, String), u32)| {
            let (a, b) = (*by_address.get(&a)?, *by_address.get(&b)?);
            Some(((a.min(b), a.max(b)), count))
        };
        let together = together.into_iter().filter_map(pair).collect();
        Known { mails, people, by_address, together, ..Known::default() }
    }

    pub fn people(&self) -> &[Acquaintance] {
        &self.people
    }

    /// What is known of an address in lower case.
    pub fn of(&self, address: &str) -> Option<&Acquaintance> {
        self.by_address.get(address).map(|&n| &self.people[n])
    }

    /// Mails that went to both addresses.
    pub fn together(&self, one: &str, other: &str) -> u32 {
        let at = |address: &str| self.by_address.get(address).copied();
        let (Some(a), Some(b)) = (at(one), at(other)) else { return 0 };
        self.together.get(&(a.min(b), a.max(b))).copied().unwrap_or_default()
    }
}

//! What went wrong with a client before: the customer remembers it, and so should whoever writes to them.

use std::sync::Arc;

use jiff::civil::Date;

use super::Directory;

/// A mail or a delivery that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub with: Party,
    /// The day it happened.
    pub date: Date,
    /// One's own word for it (`misaddressed`, `late`); may be empty.
    pub kind: String,
    /// May be empty.
    pub note: String,
}

/// Whom something concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// By its number in the directory.
    Client(usize),
    /// One person's address. Where it belongs to a client, the whole client is meant.
    Address(String),
}

impl Party {
    /// Whether mail to this address reaches the party.
    pub fn is_at(&self, address: &str, clients: &Directory) -> bool {
        let address = address.to_lowercase();
        let own = match self {
            Party::Client(client) => Some(*client),
            Party::Address(one) if one.to_lowercase() == address => return true,
            Party::Address(one) => clients.of(&one.to_lowercase()),
        };
        own.is_some() && own == clients.of(&address)
    }
}

/// The known incidents. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    list: Arc<[Incident]>,
}

impl Incidents {
    /// In any order.
    pub fn new(mut incidents: Vec<Incident>) -> Incidents {
        incidents.sort_by_key(|incident| std::cmp::Reverse(incident.date));
        Incidents { list: incidents.into() }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Those on a day or in the days before it, newest first; what happened later was not known then.
    pub(super) fn until(&self, day: Date, days: i32) -> impl Iterator<Item = &Incident> {
        self.list.iter().filter(move |incident| (0..=days).contains(&(day - incident.date).get_days()))
    }
}

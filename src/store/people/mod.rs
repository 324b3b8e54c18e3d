//! The people written to, learnt from mail: kept per sender, asked for one mail at a time.
//!
//! What the figures mean and how they are weighed is the business of `correspondents`; this module keeps and finds them.
//! Its methods wait for the disk and are for threads that may.

mod blob;
mod facts;
mod learn;
mod manage;

use std::sync::Arc;

use super::{Inner, Store, StoreError};
use crate::correspondents::{Known, Outline};

pub use manage::{Card, Listed, Profile};

/// The people of one store. Clones share it.
#[derive(Clone)]
pub struct People {
    inner: Arc<Inner>,
}

/// What came of learning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Learnt {
    /// Mails learnt from.
    pub new: usize,
    /// Mails that were known already, or that name nobody.
    pub skipped: usize,
}

impl Store {
    /// The people that mail of this store goes to.
    pub fn people(&self) -> People {
        People { inner: Arc::clone(&self.inner) }
    }
}

impl People {
    /// Learns from mails, all or none of them; one that was learnt from before changes nothing.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn learn(&self, outlines: Vec<Outline>) -> Result<Learnt, StoreError> {
        self.inner.writer.run_blocking(move |connection| learn::learn(connection, &outlines))
    }

    /// Puts people of an address book in; those known already get the name if they have none. How many are new.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn enter(&self, sender: &str, cards: Vec<Card>) -> Result<usize, StoreError> {
        let sender = sender.to_lowercase();
        self.inner.writer.run_blocking(move |connection| manage::enter(connection, &sender, &cards))
    }

    /// What past mail of its sender tells of the people a mail goes to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn known(&self, outline: &Outline) -> Result<Known, StoreError> {
        self.inner.readers.run_here(|connection| facts::known(connection, outline))
    }

    /// The senders with the number of their mails, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn senders(&self) -> Result<Vec<(String, u32)>, StoreError> {
        self.inner.readers.run_here(manage::senders)
    }

    /// Correspondents whose address or name has the words, most written to first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(&self, words: &str, limit: usize) -> Result<Vec<Listed>, StoreError> {
        self.inner.readers.run_here(|connection| manage::list(connection, words, limit))
    }

    /// All that is kept of an address, by sender.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn show(&self, address: &str) -> Result<Vec<Profile>, StoreError> {
        let address = address.to_lowercase();
        self.inner.readers.run_here(|connection| manage::show(connection, &address))
    }

    /// Notes that two addresses are one person's; for how many senders both are known.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn merge(&self, one: &str, other: &str) -> Result<usize, StoreError> {
        let (one, other) = (one.to_lowercase(), other.to_lowercase());
        self.inner.writer.run_blocking(move |connection| manage::merge(connection, &one, &other))
    }

    /// Deletes everything that names an address or leads to it; for how many senders it was known.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget(&self, address: &str) -> Result<usize, StoreError> {
        let address = address.to_lowercase();
        self.inner.writer.run_blocking(move |connection| manage::forget(connection, &address))
    }

    /// Deletes all that was learnt.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget_all(&self) -> Result<(), StoreError> {
        self.inner.writer.run_blocking(manage::forget_all)
    }
}

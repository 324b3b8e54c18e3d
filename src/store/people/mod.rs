//! The people written to, learnt from mail: kept per sender, asked for one mail at a time.
//!
//! What the figures mean and how they are weighed is the business of `correspondents`; this module keeps and finds them.
//! Its methods wait for the disk and are for threads that may.

mod blob;
mod facts;
pub(super) mod feedback;
mod forget;
mod histories;
mod keep;
mod learn;
mod manage;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::read::Readers;
use super::sqlite::{self, Fault};
use super::{Inner, Store, StoreError};
use crate::correspondents::feedback::Notes;
use crate::correspondents::{Card, KeptMail, Known, Outline};

pub use feedback::{Said, Tally};
pub(super) use histories::Histories;
pub use keep::Exported;
pub use manage::{Listed, Profile};

/// The people of one store. Clones share it.
#[derive(Clone)]
pub struct People {
    readers: Arc<Readers>,
    histories: Arc<Histories>,
    /// `None` where the store is only looked at.
    inner: Option<Arc<Inner>>,
}

/// What came of learning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Learnt {
    /// Mails learnt from.
    pub new: usize,
    /// Mails that were known already, or that name nobody.
    pub skipped: usize,
}

/// How far a folder of a server was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// User, server and folder.
    pub source: String,
    pub validity: u32,
    /// The last mail dealt with.
    pub last: u32,
}

impl Store {
    /// The people that mail of this store goes to.
    pub fn people(&self) -> People {
        let (readers, histories) = (Arc::clone(&self.inner.readers), Arc::clone(&self.inner.histories));
        People { readers, histories, inner: Some(Arc::clone(&self.inner)) }
    }
}

impl People {
    /// The people of a store that is only looked at: nothing is made, nothing changed. `None` if nothing was ever learnt
    /// there.
    ///
    /// # Errors
    /// The database is there and cannot be read.
    pub fn look(data_dir: &Path) -> Result<Option<People>, StoreError> {
        let path: Arc<Path> = data_dir.join(sqlite::FILE).into();
        if !path.exists() {
            return Ok(None);
        }
        let readers = Arc::new(Readers::new(Arc::clone(&path)));
        // What older versions of the program kept is brought up to date by whoever writes first.
        let known = readers.run_here(|connection| sqlite::has_column(connection, "recent", "recipients"))?;
        Ok(known.then(|| People { readers, histories: Arc::default(), inner: None }))
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.as_ref().ok_or(StoreError::Stopped)?.writer.run_blocking(work)
    }

    /// Learns from mails, all or none of them; one that was learnt from before changes nothing.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn learn(&self, outlines: Vec<Outline>) -> Result<Learnt, StoreError> {
        self.write(move |connection| learn::learn(connection, &outlines))
    }

    /// As [`People::learn`], and notes how far the folder they are from was read: both or neither.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn learn_up_to(&self, outlines: Vec<Outline>, mark: Mark) -> Result<Learnt, StoreError> {
        self.write(move |connection| {
            let learnt = learn::learn(connection, &outlines)?;
            manage::set_mark(connection, &mark)?;
            Ok(learnt)
        })
    }

    /// How far a folder was read.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn mark(&self, source: &str) -> Result<Option<Mark>, StoreError> {
        self.readers.run_here(|connection| manage::mark(connection, source))
    }

    /// Puts people of an address book in; those known already get the name if they have none. How many are new.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn enter(&self, sender: &str, cards: Vec<Card>) -> Result<usize, StoreError> {
        let sender = sender.to_lowercase();
        self.write(move |connection| manage::enter(connection, &sender, &cards))
    }

    /// Puts back mails that [`People::export`] gave out; how many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn restore(&self, mails: Vec<KeptMail>) -> Result<Learnt, StoreError> {
        self.write(move |connection| keep::restore(connection, &mails))
    }

    /// All that was learnt, people before mails.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn export(&self, take: &mut dyn FnMut(Exported)) -> Result<(), StoreError> {
        self.readers.run_here(|connection| keep::export(connection, take))
    }

    /// What past mail of its sender tells of the people a mail goes to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn known(&self, outline: &Outline) -> Result<Known, StoreError> {
        self.readers.run_here(|connection| facts::known(connection, &self.histories, outline))
    }

    /// Notes what people did with mails, all or nothing.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn note(&self, notes: Vec<Notes>) -> Result<(), StoreError> {
        self.write(move |connection| notes.iter().try_for_each(|notes| feedback::note(connection, notes)))
    }

    /// What was said of doubts in which an address stands; of all where none is given.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn said(&self, address: Option<&str>) -> Result<Vec<Said>, StoreError> {
        let address = address.map(str::to_lowercase);
        self.readers.run_here(|connection| feedback::said(connection, address.as_deref()))
    }

    /// Puts in what was said elsewhere.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn enter_said(&self, said: Vec<Said>) -> Result<(), StoreError> {
        self.write(move |connection| feedback::enter(connection, &said))
    }

    /// The senders with the number of their mails, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn senders(&self) -> Result<Vec<(String, u32)>, StoreError> {
        self.readers.run_here(manage::senders)
    }

    /// Correspondents whose address or name has the words, most written to first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(&self, words: &str, limit: usize) -> Result<Vec<Listed>, StoreError> {
        self.readers.run_here(|connection| manage::list(connection, words, limit))
    }

    /// All that is kept of an address, by sender.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn show(&self, address: &str) -> Result<Vec<Profile>, StoreError> {
        let address = address.to_lowercase();
        self.readers.run_here(|connection| manage::show(connection, &address))
    }

    /// Notes that two addresses are one person's; for how many senders both are known.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn merge(&self, one: &str, other: &str) -> Result<usize, StoreError> {
        let (one, other) = (one.to_lowercase(), other.to_lowercase());
        self.write(move |connection| manage::merge(connection, &one, &other))
    }

    /// Deletes everything that names an address or leads to it; for how many senders it was known.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget(&self, address: &str) -> Result<usize, StoreError> {
        let address = address.to_lowercase();
        let count = self.write(move |connection| forget::forget(connection, &address))?;
        self.empty_log();
        Ok(count)
    }

    /// Deletes all that was learnt.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget_all(&self) -> Result<(), StoreError> {
        self.write(manage::forget_all)?;
        self.empty_log();
        Ok(())
    }

    /// The write-ahead log still holds what was overwritten in the database.
    fn empty_log(&self) {
        let empty = |connection: &Connection| {
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))?)
        };
        match self.readers.run_here(empty) {
            Ok(false) => {}
            Ok(true) => tracing::warn!("what was forgotten is in the log of the database until it is next emptied"),
            Err(error) => tracing::warn!(%error, "the log of the database could not be emptied"),
        }
    }
}

/// As much of a text as a table has room for: nobody's name is longer.
fn short(text: &str) -> &str {
    /// In octets.
    const LONGEST: usize = 256;
    &text[..text.floor_char_boundary(LONGEST)]
}

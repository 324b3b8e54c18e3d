//! What is known of the people one mail goes to, and of those they can be taken for.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::feedback::{Confused, Right};
use super::history::History;

/// What one sender's past mail tells of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acquaintance {
    /// The store's own.
    pub number: i64,
    /// In lower case.
    pub address: String,
    /// As last seen; may be empty.
    pub name: String,
    /// Readings and other names.
    pub names: Vec<String>,
    /// Department, title.
    pub role: String,
    /// Mails to it.
    pub sent: u32,
    /// Of these, those it got as a blind copy.
    pub blind: u32,
    /// Mails of it that were answered.
    pub received: u32,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Names the sender greets it by, folded.
    pub greeted: Vec<String>,
    /// Stands in an address book: known however rarely written to.
    pub listed: bool,
    /// Addresses with the same number are one person's.
    pub person: i64,
    /// Mails to it from others who use this store; counted for recipients.
    pub colleagues: u32,
    /// The sender's whole house knows it; the sender may not.
    pub of_house: bool,
}

/// What is known for one mail. Made by the store: the recipients and the people they can be taken for, and no others.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Mails of this sender.
    pub mails: u32,
    people: Vec<Acquaintance>,
    by_address: HashMap<String, usize>,
    /// Mails to each domain of the recipients, and how many people there they went to.
    pub domains: HashMap<String, (u32, u32)>,
    /// The sender's newest mails.
    pub history: Arc<History>,
    /// Whom earlier mails of the same thread went to: under the same subject, or answered.
    pub thread: Vec<String>,
    /// The sender, or the sender's house, knows enough people that a stranger is one.
    pub is_acquainted: bool,
    /// Whom the files of this mail went to before, newest first.
    pub files: Vec<SentFile>,
    /// The files that went out in the day before this mail, newest first.
    pub newest_files: Vec<SentFile>,
    /// Who got nearly all mails that all recipients of this one got, and does not get this one.
    pub missing: Vec<Missing>,
    /// What people said of doubts about the recipients.
    pub right: Vec<Right>,
    /// Whom the recipients were confused with.
    pub confused: Vec<Confused>,
}

/// A file that went to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    pub name: String,
    /// Of its octets.
    pub hash: u64,
    /// Whom it went to, in lower case.
    pub address: String,
    pub at: Timestamp,
}

/// People named who are missing.
pub const MOST_MISSING: usize = 3;

/// Somebody who usually gets mails that go to all recipients of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub address: String,
    pub name: String,
    /// Mails that went to this one and all recipients.
    pub together: u32,
    /// Mails that went to all recipients.
    pub of: u32,
}

impl Known {
    pub fn new(mails: u32, people: Vec<Acquaintance>) -> Known {
        let by_address = people.iter().enumerate().map(|(n, one)| (one.address.clone(), n)).collect();
        Known { mails, people, by_address, ..Known::default() }
    }

    /// Nothing is known that could tell anything.
    pub fn is_empty(&self) -> bool {
        let said = self.right.len() + self.confused.len();
        !self.is_acquainted && self.people.is_empty() && self.mails == 0 && said == 0
    }

    pub fn people(&self) -> &[Acquaintance] {
        &self.people
    }

    /// What is known of an address in lower case.
    pub fn of(&self, address: &str) -> Option<&Acquaintance> {
        self.by_address.get(address).map(|&n| &self.people[n])
    }
}

//! A person as an address book knows them.

use jiff::Timestamp;

use super::Kept;

/// A person of an address book, or of another program's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    /// Readings and other names.
    pub names: Vec<String>,
    /// Department, title.
    pub role: String,
    pub organisation: String,
    /// All of one person.
    pub addresses: Vec<String>,
    /// Mails to the person, as far as the book tells.
    pub sent: u32,
    pub received: u32,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// What `export` wrote beside it; `None` for a book of another program.
    pub kept: Option<Kept>,
}

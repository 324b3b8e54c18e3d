//! What checks may know besides the mail itself: the time, whose domains are ours, who our clients are, whom we write to.

mod contacts;
mod directory;

use jiff::Zoned;

pub use contacts::{Contact, Contacts};
pub use directory::{Client, Directory};

/// Everything a check may know besides the mail. Gathered before the rules run; rules never ask for more.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The time the mail is judged at; `None` for a dry run, which judges a draft as of its own Date.
    pub now: Option<Zoned>,
    /// Domains of the sender's organisation; sub-domains count.
    pub own_domains: Vec<String>,
    pub clients: Directory,
    /// People whose addresses are known, and how often they were written to.
    pub contacts: Contacts,
}

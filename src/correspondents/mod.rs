//! What past mail tells of the people written to: the outline kept of each mail, what is known for the next one, and how
//! likely each of its recipients is.
//!
//! Pure. The store keeps outlines and gathers [`Known`] for a mail in a few lookups; everything that weighs is here.
//! No readable text of past mails is kept: words are hashed, and only how often they were written to whom.

mod hash;
mod keys;
mod known;
mod outline;
mod terms;

pub use keys::keys;
pub use known::{Acquaintance, Known, Recent};
pub use outline::{Addressee, Field, Outline, SeenFile};
pub use terms::{Terms, terms};

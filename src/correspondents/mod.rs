//! What past mail tells of the people written to: the outline kept of each mail, what is known for the next one, and how
//! likely each of its recipients is.
//!
//! Pure. The store keeps outlines and gathers [`Known`] for a mail in a few lookups; everything that weighs is here.
//! No readable text of past mails is kept: words are hashed, and only how often they were written to whom.

mod card;
pub mod feedback;
mod hash;
mod history;
mod kept;
mod keys;
mod known;
mod letter;
mod memory;
mod outline;
mod record;
mod score;
pub mod slips;
mod standing;
mod terms;

/// Fewer mails tell of a beginning, not of habits, and not of whom one knows.
pub const ACQUAINTED: u32 = 50;

/// Names kept that one is greeted by.
pub const GREETINGS: usize = 8;

pub use card::Card;
pub use history::{History, Past, REMEMBERED};
pub use kept::{Kept, KeptMail};
pub use keys::keys;
pub use known::{Acquaintance, Known, MOST_MISSING, Missing, SentFile};
pub use letter::{letter, readdressed};
pub use outline::{Addressee, Field, Judged, Outline, SeenFile};
pub use record::{Record, Records};
pub use score::{SIGNALS, Score, Signals, Vector, Weights, signals};
pub use standing::Standing;
pub use terms::{Terms, terms};

//! How each recipient of one mail stands: what is known of it, and how likely it is to be meant.

use super::{Acquaintance, Known, Outline, Score, score};

/// One mail before what is known of its recipients.
#[derive(Debug, Clone)]
pub struct Standing {
    pub outline: Outline,
    pub known: Known,
    /// In the order of the outline's recipients.
    pub scores: Vec<Score>,
}

impl Standing {
    pub fn of(outline: Outline, known: Known) -> Standing {
        let scores = score::scores(&outline, &known);
        Standing { outline, known, scores }
    }

    /// Past mail is enough to tell what is usual.
    pub fn is_experienced(&self) -> bool {
        /// Fewer mails tell of a beginning, not of habits.
        const ENOUGH: u32 = 50;
        self.known.mails >= ENOUGH
    }

    /// What is known of a recipient, in lower case.
    pub fn of_address(&self, address: &str) -> Option<&Acquaintance> {
        self.known.of(address)
    }
}

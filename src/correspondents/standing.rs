//! How each recipient of one mail stands: what is known of it, and how likely it is to be meant.

use jiff::Timestamp;

use super::{ACQUAINTED, Judged, Known, Outline, Score, Weights, score};

/// One mail before what is known of its recipients.
#[derive(Debug, Clone)]
pub struct Standing {
    pub outline: Outline,
    pub known: Known,
    /// In the order of the outline's recipients, lists and desks left out.
    pub scores: Vec<Score>,
}

impl Standing {
    pub fn of(outline: Outline, known: Known) -> Standing {
        Standing::by(Weights::shipped(), outline, known)
    }

    /// By other weights than those that come with the program.
    pub fn by(weights: &Weights, outline: Outline, known: Known) -> Standing {
        let scores = score::scores(&outline, &known, weights);
        Standing { outline, known, scores }
    }

    /// Past mail is enough to tell what is usual.
    pub fn is_experienced(&self) -> bool {
        self.known.mails >= ACQUAINTED
    }

    /// Since when the sender's mails are known without a break, up to a moment; `None` where they are not known up to it.
    pub fn known_since(&self, at: Timestamp) -> Option<Timestamp> {
        let since = self.known.history.unbroken(at.as_millisecond())?;
        Timestamp::from_millisecond(since).ok()
    }

    /// What there is to remember of the scores; nothing where past mail does not tell enough.
    pub fn judged(&self) -> Option<Judged> {
        /// Below every score there is.
        const NONE: f64 = -99.0;
        let worst = |score: &dyn Fn(&Score) -> f64| self.scores.iter().map(score).fold(NONE, f64::max) as f32;
        let judged = || Judged { odds: worst(&|one| one.odds), namesake: worst(&|one| one.namesake.unwrap_or(NONE)) };
        self.is_experienced().then(judged)
    }
}

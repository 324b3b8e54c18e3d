//! The newest mails of each sender are learnt last and one by one, each judged before: what is usual for this sender is told
//! by mails judged with what was known before them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::super::super::sources::learn_judged;
use crate::correspondents::Outline;
use crate::store::people::Learnt;
use crate::store::{People, StoreError};

/// Enough to tell what one in a hundred is.
const KEPT: usize = 300;
/// Whose own mail it is writes from a few addresses; of more of them nothing is held back.
const MOST_SENDERS: usize = 32;

/// Mails held back, by sender and time.
#[derive(Default)]
pub(super) struct Newest {
    kept: HashMap<String, BTreeMap<(Timestamp, u64), Outline>>,
}

impl Newest {
    /// Holds a mail back; the one that is learnt at once in its place.
    pub(super) fn take(&mut self, outline: Outline) -> Option<Outline> {
        let Some(at) = outline.at else { return Some(outline) };
        if !self.kept.contains_key(&outline.sender) && self.kept.len() >= MOST_SENDERS {
            return Some(outline);
        }
        let kept = self.kept.entry(outline.sender.clone()).or_default();
        let before = kept.insert((at, outline.id), outline);
        if before.is_none() && kept.len() > KEPT { kept.pop_first().map(|(_, oldest)| oldest) } else { before }
    }

    /// Learns what was held back.
    pub(super) fn learn(self, people: &People) -> Result<Learnt, StoreError> {
        let mut learnt = Learnt::default();
        for outline in self.kept.into_values().flat_map(BTreeMap::into_values) {
            let one = learn_judged(people, outline)?;
            learnt.new += one.new;
            learnt.skipped += one.skipped;
        }
        Ok(learnt)
    }
}

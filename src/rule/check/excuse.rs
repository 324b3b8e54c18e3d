//! `excuse`: circumstances are pleaded to lessen a fault.
//!
//! A cause is not an excuse: it is owned ("the fault is ours") and says which step of ours failed. What makes an
//! excuse is the plea (ご理解いただければ, "you have to understand"), the hedge (と申しますのも, "in fairness") and the
//! circumstance (繁忙期, "short-staffed"). One plea, or two signs of the lesser kinds, without ownership.

use serde::Deserialize;

use super::Kind;
use super::fault::Lists;
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Excuse {
    /// Pleads that the reader should not mind.
    plea: Words,
    /// Introduces circumstances.
    hedge: Words,
    /// Circumstances that are nobody's step.
    circumstance: Words,
    /// Takes the fault on oneself.
    ownership: Words,
    #[serde(default)]
    lists: Lists,
}

impl Kind for Excuse {
    fn words(&mut self) -> Vec<&mut Words> {
        let mut words = self.lists.words();
        words.extend([&mut self.plea, &mut self.hedge, &mut self.circumstance, &mut self.ownership]);
        words
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(fault) = self.lists.read(reading) else { return Vec::new() };
        if fault.is_none() {
            return Vec::new();
        }
        let pleas = reading.own(&self.plea);
        let lesser: Vec<Hit> = reading.own(&self.hedge).into_iter().chain(reading.own(&self.circumstance)).collect();
        let owned = reading.own(&self.ownership).len();
        let weight = pleas.len() * 2 + lesser.len();
        if weight < 2 + owned * 3 {
            return Vec::new();
        }
        let Some(first) = pleas.first().or(lesser.first()) else { return Vec::new() };
        let signs: Vec<String> = pleas.iter().chain(&lesser).take(MAX_REMARKS).map(|hit| reading.words(hit)).collect();
        let clause = reading.clause(first);
        vec![Remark::at(reading.own_place(&clause)).with("words", reading.words(&clause)).with("signs", signs)]
    }
}

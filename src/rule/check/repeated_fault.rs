//! `repeated-fault`: the same house has been let down before, and the answer is not complete. Every sure finding about
//! such an answer weighs one level more.

use serde::Deserialize;

use super::Kind;
use crate::rule::fault::{self, Part};
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct RepeatedFault {}

/// What the second answer must hold at least.
const DEMANDED: [Part; 5] = [Part::NamedFault, Part::Apology, Part::Remedy, Part::Prevention, Part::NextContact];

impl Kind for RepeatedFault {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let is_open = |fault: &&fault::Fault| {
            fault.kind == fault::Kind::Repeat && !DEMANDED.iter().all(|part| fault.parts.has(*part))
        };
        let Some(fault) = reading.fault().filter(is_open) else { return Vec::new() };
        let Some(anchor) = fault.anchor(reading) else { return Vec::new() };
        vec![Remark::at(reading.own_place(&anchor)).with("signs", fault.signs.clone())]
    }
}

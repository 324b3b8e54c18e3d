//! `repeated-fault`: the same house has been let down before; every finding about the answer weighs one level more.

use serde::Deserialize;

use super::Kind;
use crate::rule::fault;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct RepeatedFault {}

impl Kind for RepeatedFault {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(fault) = reading.fault().filter(|fault| fault.kind == fault::Kind::Repeat) else { return Vec::new() };
        let Some(anchor) = fault.anchor(reading) else { return Vec::new() };
        vec![Remark::at(reading.own_place(&anchor)).with("signs", fault.signs.clone())]
    }
}

//! `part`: an answer to a fault lacks a part that its kind demands.

use serde::Deserialize;

use super::Kind;
use crate::rule::fault::{self, Part};
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct MissingPart {
    /// The part that is looked for.
    missing: Part,
    /// The kinds of fault that demand it.
    kinds: Vec<fault::Kind>,
    /// Parts that must be there, or nothing is demanded: an apology that names no fault must be one.
    #[serde(default)]
    given: Vec<Part>,
    /// Whether there must be an apology, or words that pass for one.
    #[serde(default)]
    apologised: bool,
    /// Whether words that only look like the part – a conditional apology – keep it silent.
    #[serde(default)]
    unless_attempted: bool,
    /// Whether the fault must be told by a complaint or an admission; an apology alone is not enough.
    #[serde(default)]
    told: bool,
    /// Whether a complaint must be quoted.
    #[serde(default)]
    complaint: bool,
}

impl Kind for MissingPart {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(fault) = reading.fault() else { return Vec::new() };
        let told = !fault.complaint.is_empty() || !fault.admissions.is_empty();
        if !self.kinds.contains(&fault.kind)
            || fault.parts.has(self.missing)
            || !self.given.iter().all(|part| fault.parts.has(*part))
            || (self.apologised && fault.apologies.is_empty() && fault.non_apologies.is_empty())
            || (self.unless_attempted && !fault.non_apologies.is_empty())
            || (self.told && !told)
            || (self.complaint && fault.complaint.is_empty())
            || fault.may_have(reading, self.missing)
        {
            return Vec::new();
        }
        let Some(anchor) = fault.anchor(reading) else { return Vec::new() };
        vec![
            Remark::at(reading.own_place(&anchor))
                .with("kind", fault.kind.name())
                .with("signs", fault.signs.clone())
                .with("part", self.missing.name())
                .with("sentence", reading.words(&anchor))
                .with("not_enough", self.missing.weak(reading)),
        ]
    }

    fn rises_on_repeat(&self) -> bool {
        true
    }
}

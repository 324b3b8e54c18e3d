//! `part`: an answer to a fault lacks a part that its kind demands.

use serde::Deserialize;

use super::Kind;
use crate::rule::fault::{self, Fault, Part};
use crate::rule::opinion::Label;
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
    /// Whether the weighed sentences have a say.
    #[serde(default)]
    second_opinion: bool,
}

impl Kind for MissingPart {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let fault = if self.label().is_some() { reading.fault_by_rules() } else { reading.fault() };
        let Some(fault) = fault else { return Vec::new() };
        let told = !fault.complaint.is_empty() || !fault.admissions.is_empty();
        if !self.kinds.contains(&fault.kind)
            || fault.parts.has(self.missing)
            || !self.given.iter().all(|part| fault.parts.has(*part))
            || (self.apologised && fault.apologies.is_empty() && fault.non_apologies.is_empty())
            || (self.unless_attempted && !fault.non_apologies.is_empty())
            || (self.told && !told)
            || (self.complaint && fault.complaint.is_empty())
        {
            return Vec::new();
        }
        self.remark(reading, fault)
    }

    fn label(&self) -> Option<Label> {
        let label = match self.missing {
            Part::Apology => Label::MissingApology,
            Part::NamedFault => Label::NoSpecificFault,
            Part::Remedy => Label::NoRemedy,
            Part::Prevention => Label::NoPrevention,
            Part::NextContact => Label::NoNextContact,
            Part::Responsibility | Part::Cause | Part::Thanks | Part::DelayAck | Part::Empathy => return None,
        };
        self.second_opinion.then_some(label)
    }

    fn part(&self) -> Option<Part> {
        Some(self.missing)
    }

    fn supposed(&self, reading: &Reading<'_>) -> Vec<Remark> {
        // Words of trouble and of an apology are few and sure.
        let is_sure = matches!(self.missing, Part::NamedFault | Part::Apology);
        let is_there = |fault: &Fault| is_sure && fault.parts.has(self.missing);
        if reading.fault_by_rules().is_some_and(is_there) {
            return Vec::new();
        }
        let fault = reading.fault().filter(|fault| self.kinds.contains(&fault.kind));
        fault.map(|fault| self.remark(reading, fault)).unwrap_or_default()
    }

    fn rises_on_repeat(&self) -> bool {
        true
    }
}

impl MissingPart {
    fn remark(&self, reading: &Reading<'_>, fault: &Fault) -> Vec<Remark> {
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
}

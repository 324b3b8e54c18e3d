//! `apology`: what is wrong with an apology that is there – conditional, empty, or too much of it.

use serde::Deserialize;

use super::Kind;
use crate::rule::expression::Said;
use crate::rule::fault::{self, Fault, Part};
use crate::rule::opinion::{self, Label};
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Apology {
    demand: Demand,
    /// Whether the weighed sentences have a say.
    #[serde(default)]
    second_opinion: bool,
}

/// What the rule asks of the apology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// That it is not conditional or about the reader's feelings only.
    Unconditional,
    /// That more follows it: a remedy, a measure or a next step.
    Substance,
    /// That it is not piled up where something else is missing.
    Measure,
}

/// Parts that tell a reader what happens now.
const SUBSTANCE: [Part; 3] = [Part::Remedy, Part::Prevention, Part::NextContact];

/// From so many apologies one speaks of repetition; a long complete letter may have as many.
const TWICE: usize = 2;
const TOO_MANY: usize = 4;

impl Kind for Apology {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let fault = if self.label().is_some() { reading.fault_by_rules() } else { reading.fault() };
        let Some(fault) = fault else { return Vec::new() };
        let found = match self.demand {
            Demand::Unconditional => unconditional(fault),
            Demand::Substance => without_substance(fault),
            Demand::Measure => piled_up(fault),
        };
        let Some(first) = found.first() else { return Vec::new() };
        let words: Vec<String> = found.iter().take(MAX_REMARKS).map(|said| reading.words(&said.hit)).collect();
        let mut missing: Vec<String> = SUBSTANCE
            .iter()
            .filter(|part| !fault.parts.has(**part))
            .map(|part| format!("no-{}", part.name()))
            .collect();
        if self.demand == Demand::Substance {
            missing.push("over-apology".to_owned());
        }
        let clause = reading.clause(&first.hit);
        vec![
            Remark::at(reading.own_place(&clause))
                .with("words", reading.words(&clause))
                .with("apologies", words)
                .with(if self.demand == Demand::Substance { "implies" } else { "missing" }, missing)
                .with("kind", fault.kind.name()),
        ]
    }

    fn label(&self) -> Option<Label> {
        (self.second_opinion && self.demand == Demand::Unconditional).then_some(Label::NonApology)
    }

    fn supposed(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let (Some(found), Some(fault)) = (opinion::likeliest(reading, Label::NonApology), reading.fault()) else {
            return Vec::new();
        };
        if reading.fault_by_rules().is_some_and(Fault::is_sorry) {
            return Vec::new();
        }
        let hit = found.shown(reading);
        let words = reading.words(&hit);
        vec![
            Remark::at(reading.own_place(&hit))
                .with("words", words.clone())
                .with("apologies", vec![words])
                .with("missing", Vec::new())
                .with("kind", fault.kind.name()),
        ]
    }

    fn rises_on_repeat(&self) -> bool {
        true
    }
}

fn unconditional(fault: &Fault) -> &[Said] {
    if fault.apologies.is_empty() { &fault.non_apologies } else { &[] }
}

fn demands_substance(fault: &Fault) -> bool {
    !matches!(fault.kind, fault::Kind::SlightSlip | fault::Kind::LateAnswer)
}

fn without_substance(fault: &Fault) -> &[Said] {
    let bare = SUBSTANCE.iter().all(|part| !fault.parts.has(*part));
    if demands_substance(fault) && bare && fault.apologies.len() >= TWICE { &fault.apologies } else { &[] }
}

fn piled_up(fault: &Fault) -> &[Said] {
    let incomplete = SUBSTANCE.iter().any(|part| !fault.parts.has(*part));
    if demands_substance(fault) && incomplete && fault.apologies.len() >= TOO_MANY { &fault.apologies } else { &[] }
}

//! `tactic`: words that spoil an answer – an excuse, blame, a denial, a put-down – weighed by clause and place.

use serde::Deserialize;

use super::Kind;
use crate::rule::expression::Function;
use crate::rule::fault::{self, Fault, tactic};
use crate::rule::opinion::{self, Label};
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Spoiled {
    /// The function of the expressions.
    is: Function,
    /// The kinds of fault in which it matters; all unless given.
    kinds: Option<Vec<fault::Kind>>,
    /// Whether it matters in every mail to somebody outside, fault or not.
    #[serde(default)]
    always: bool,
    /// Whether the weighed sentences have a say.
    #[serde(default)]
    second_opinion: bool,
}

impl Kind for Spoiled {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.is_internal() || reading.is_on_a_list() {
            return Vec::new();
        }
        let fault = if self.label().is_some() { reading.fault_by_rules() } else { reading.fault() };
        let matters = match fault {
            Some(fault) => self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&fault.kind)),
            None => false,
        };
        // Weighing costs more than the rest of most mails.
        if !matters && !self.always {
            return Vec::new();
        }
        let Some(found) = tactic::read(reading, self.is) else { return Vec::new() };
        let plain = self.always && found.said.iter().any(|one| i32::from(one.strength) >= tactic::ENOUGH);
        if !matters && !plain {
            return Vec::new();
        }
        let clause = reading.clause(&found.said[0].hit);
        let signs: Vec<String> = found.said.iter().take(MAX_REMARKS).map(|one| reading.words(&one.hit)).collect();
        let looked: Vec<String> = found.backs.iter().map(|back| back.name().to_owned()).collect();
        vec![
            Remark::at(reading.own_place(&clause))
                .with("words", reading.words(&clause))
                .with("function", self.is.name())
                .with("signs", signs)
                .with("looked_for", looked)
                .with("kind", fault.map_or("none", |fault| fault.kind.name())),
        ]
    }

    fn label(&self) -> Option<Label> {
        let label = Label::ALL.iter().copied().find(|label| label.function() == Some(self.is))?;
        self.second_opinion.then_some(label)
    }

    fn tactic(&self) -> Option<Function> {
        Some(self.is)
    }

    fn supposed(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let matters = |fault: &Fault| self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&fault.kind));
        // What sentences do was learnt from answers to faults.
        if !reading.fault().map_or(self.always && opinion::is_likely(reading), matters) {
            return Vec::new();
        }
        let Some(found) = self.label().and_then(|label| opinion::likeliest(reading, label)) else { return Vec::new() };
        let hit = found.shown(reading);
        let words = reading.words(&hit);
        vec![
            Remark::at(reading.own_place(&hit))
                .with("words", words.clone())
                .with("function", self.is.name())
                .with("signs", vec![words])
                .with("looked_for", Vec::new())
                .with("kind", reading.fault().map_or("none", |fault| fault.kind.name())),
        ]
    }

    fn rises_on_repeat(&self) -> bool {
        true
    }
}

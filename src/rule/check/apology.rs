//! `apology`: a fault is answered without an apology, or with one that is none.

use serde::Deserialize;

use super::Kind;
use super::fault::{Fault, Lists};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Apology {
    demand: Demand,
    #[serde(default)]
    lists: Lists,
}

/// What the rule asks of the apology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// That there is one.
    Present,
    /// That it is not conditional or about the reader's feelings only.
    Unconditional,
}

impl Kind for Apology {
    fn words(&mut self) -> Vec<&mut Words> {
        self.lists.words()
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(fault) = self.lists.read(reading).filter(|fault| fault.apologies.is_empty()) else {
            return Vec::new();
        };
        match self.demand {
            Demand::Present => missing(reading, &fault),
            Demand::Unconditional => fault.non_apologies.first().map(|hit| non_apology(reading, hit)),
        }
        .into_iter()
        .collect()
    }
}

fn missing(reading: &Reading<'_>, fault: &Fault) -> Option<Remark> {
    if !fault.non_apologies.is_empty() || (fault.complaint.is_empty() && fault.admissions.is_empty()) {
        return None;
    }
    let hit = fault.admissions.first().cloned().or_else(|| opening(reading))?;
    let admitted = fault.admissions.iter().take(MAX_REMARKS).map(|hit| reading.words(hit)).collect::<Vec<_>>();
    let signs = if fault.complaint.is_empty() { &admitted } else { &fault.complaint };
    let signs: Vec<String> = signs.iter().take(3).cloned().collect();
    let place = reading.own_place(&hit);
    Some(Remark::at(place).with("signs", signs).with("complaint", fault.complaint.clone()).with("admission", admitted))
}

fn non_apology(reading: &Reading<'_>, hit: &Hit) -> Remark {
    let words = reading.words(hit);
    Remark::at(reading.own_place(hit)).with("words", words)
}

/// The first sentence behind the addressee lines.
fn opening(reading: &Reading<'_>) -> Option<Hit> {
    let (text, part) = reading.texts.iter().enumerate().find(|(_, text)| !text.body.own.text().trim().is_empty())?;
    let folded = part.body.own.text();
    let behind = part.body.anatomy.addressees.last().map_or(0, |last| part.body.own.folded(last.range.end));
    let rest = &folded[behind..];
    let start = behind + rest.find('\n').map_or(0, |at| at + rest[at..].len() - rest[at..].trim_start().len());
    let start = if start < folded.len() { start } else { 0 };
    let end = folded[start..].find(['。', '\n', '.']).map_or(folded.len(), |at| start + at);
    Some(Hit { text, range: start..end.max(start) })
}

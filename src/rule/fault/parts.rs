//! The parts of an answer to a fault, each with its place.

use serde::Deserialize;

use super::{Signs, named, section};
use crate::classifier::Role;
use crate::clause::Agent;
use crate::rule::expression::{Function, Said};
use crate::rule::reading::{Hit, Reading};

/// What a good answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::rule) enum Part {
    NamedFault,
    Apology,
    Responsibility,
    Cause,
    Remedy,
    Prevention,
    NextContact,
    Thanks,
    DelayAck,
    Empathy,
}

impl Part {
    pub(in crate::rule) const ALL: [Part; 10] = [
        Part::NamedFault,
        Part::Apology,
        Part::Responsibility,
        Part::Cause,
        Part::Remedy,
        Part::Prevention,
        Part::NextContact,
        Part::Thanks,
        Part::DelayAck,
        Part::Empathy,
    ];

    pub(in crate::rule) fn name(self) -> &'static str {
        match self {
            Part::NamedFault => "named-fault",
            Part::Apology => "apology",
            Part::Responsibility => "responsibility",
            Part::Cause => "cause",
            Part::Remedy => "remedy",
            Part::Prevention => "prevention",
            Part::NextContact => "next-contact",
            Part::Thanks => "thanks",
            Part::DelayAck => "delay-ack",
            Part::Empathy => "empathy",
        }
    }

    /// The expressions that make it, and the strength from which they do: a vow is no measure, "feel free to contact
    /// us" no next step.
    fn made_of(self) -> Option<(Function, u8)> {
        match self {
            Part::NamedFault => None,
            Part::Apology => Some((Function::Apology, 2)),
            Part::Responsibility => Some((Function::Ownership, 1)),
            Part::Cause => Some((Function::Cause, 1)),
            Part::Remedy => Some((Function::Remedy, 1)),
            Part::Prevention => Some((Function::Prevention, 2)),
            Part::NextContact => Some((Function::NextContact, 2)),
            Part::Thanks => Some((Function::Thanks, 1)),
            Part::DelayAck => Some((Function::DelayAck, 1)),
            Part::Empathy => Some((Function::Empathy, 1)),
        }
    }
}

impl Part {
    /// What a sentence does that is this part.
    fn role(self) -> Role {
        match self {
            Part::NamedFault => Role::NamedFault,
            Part::Apology => Role::Apology,
            Part::Responsibility => Role::Ownership,
            Part::Cause => Role::Cause,
            Part::Remedy => Role::Remedy,
            Part::Prevention => Role::Prevention,
            Part::NextContact => Role::NextContact,
            Part::Thanks => Role::Thanks,
            Part::DelayAck => Role::DelayAck,
            Part::Empathy => Role::Empathy,
        }
    }

    /// Phrases that look like the part and do not make it: 「再発防止に努めます」, "feel free to contact us".
    pub(in crate::rule) fn weak(self, reading: &Reading<'_>) -> Vec<String> {
        const MOST: usize = 3;
        let Some((function, least)) = self.made_of() else { return Vec::new() };
        let weak = reading.said(function).iter().filter(|said| said.strength < least);
        weak.take(MOST).map(|said| reading.words(&said.hit)).collect()
    }
}

/// A part that is there.
#[derive(Debug, Clone)]
pub(in crate::rule) struct There {
    pub(in crate::rule) hit: Hit,
    /// From 1 to 5, as its expressions have it.
    pub(in crate::rule) strength: u8,
}

/// The parts of one mail, in the order of [`Part::ALL`].
#[derive(Debug, Clone, Default)]
pub(in crate::rule) struct Parts([Option<There>; Part::ALL.len()]);

impl Parts {
    pub(super) fn read(reading: &Reading<'_>, signs: &Signs) -> Parts {
        Parts(Part::ALL.map(|part| match part {
            Part::NamedFault => named::fault(reading, signs),
            Part::Apology => strongest(&signs.apologies, 0),
            Part::Responsibility => strongest(reading.said(Function::Ownership), 1).or_else(|| owned(reading, signs)),
            part => part.made_of().and_then(|(function, least)| {
                let said = reading.said(function);
                strongest(said, least).or_else(|| {
                    let hit = section::under_heading(reading, part, said)?;
                    Some(There { hit, strength: WHOLE })
                })
            }),
        }))
    }

    /// Adds what weighed sentences are likelier than not.
    pub(super) fn complete(&mut self, reading: &Reading<'_>) {
        for (part, place) in Part::ALL.into_iter().zip(&mut self.0) {
            if place.is_some() {
                continue;
            }
            let is_deed = matches!(part, Part::Remedy | Part::Prevention | Part::NextContact);
            let weighed = reading.weighed().iter().filter(|one| !is_deed || !is_denied(reading, &one.hit));
            let odds = |role: Role| weighed.map(move |one| (one, one.odds[role as usize]));
            let best = odds(part.role()).max_by(|a, b| a.1.total_cmp(&b.1));
            // Whatever tells what went wrong looks a little like it.
            let least = if part == Part::Responsibility { SURE } else { LIKELY };
            let likely = best.filter(|(_, odds)| *odds > least);
            *place = likely.map(|(one, _)| There { hit: one.shown(reading), strength: WHOLE });
        }
    }

    pub(in crate::rule) fn get(&self, part: Part) -> Option<&There> {
        self.0[part as usize].as_ref()
    }

    pub(in crate::rule) fn has(&self, part: Part) -> bool {
        self.get(part).is_some()
    }
}

/// Whether all that a sentence says is that something is not so: "we will not refund it".
fn is_denied(reading: &Reading<'_>, sentence: &Hit) -> bool {
    let clauses = reading.clauses(sentence.text).clauses.iter();
    let mut within = clauses.filter(|clause| sentence.range.contains(&clause.range.start)).peekable();
    within.peek().is_some() && within.all(|clause| clause.marks.negated)
}

/// A part that is whole.
pub(super) const WHOLE: u8 = 3;

/// Even odds.
const LIKELY: f32 = 0.0;
/// Nine of ten.
const SURE: f32 = 2.2;

/// "We sent you the wrong one" takes it on as well as any acceptance of responsibility.
fn owned(reading: &Reading<'_>, signs: &Signs) -> Option<There> {
    let is_ours = |said: &&Said| {
        let clause = &reading.clauses(said.hit.text).clauses[said.clause];
        // Japanese is humble about what merely happened, too: 「入っておりました」.
        let names_us = reading.folded(&said.hit)[clause.range.clone()].is_ascii();
        said.strength >= WHOLE && clause.marks.agent == Agent::Us && names_us
    };
    let said = signs.admissions.iter().find(is_ours)?;
    Some(There { hit: said.hit.clone(), strength: WHOLE })
}

/// The first of the strongest.
fn strongest(said: &[Said], least: u8) -> Option<There> {
    let best = said.iter().map(|one| one.strength).max().filter(|best| *best >= least)?;
    let first = said.iter().find(|one| one.strength == best)?;
    Some(There { hit: first.hit.clone(), strength: best })
}

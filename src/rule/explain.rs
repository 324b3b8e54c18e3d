//! The reading of a mail laid open: situation, quoted mails, clauses with their marks and functions.

use super::expression::Function;
use super::opinion::{Evidence, Label};
use super::reading::{Hit, Reading};
use super::{Rule, Rules};
use crate::checklist::{Explanation, Quoted, ReadClause};
use crate::classifier::{Odds, Role};
use crate::facts::Facts;
use crate::message::Message;

impl Rules {
    /// How a mail is read: what it is about, which clauses it was cut into, and what each was taken for.
    pub fn explain(&self, message: &Message, facts: &Facts) -> Explanation {
        let reading = Reading::new(&self.vocabulary, message, facts);
        let words = |function| reading.quoted_said(function).into_iter().map(|(words, _)| words).collect::<Vec<_>>();
        let tells = |rule: &&Rule| rule.check.kind().part().is_some() || rule.check.kind().tactic().is_some();
        let said: Vec<_> = self.rules.iter().filter(tells).map(|rule| (rule, rule.remarks(&reading))).collect();
        let mut out = Explanation {
            checklist: super::checklist(&reading, &said),
            quoted: quoted(message),
            complaint: words(Function::Complaint),
            settled: [words(Function::Settled), words(Function::Foreign)].concat(),
            clauses: clauses(&reading),
        };
        let mask = self.mask(&reading);
        out.checklist.iter_mut().for_each(|list| mask.hide_checklist(list));
        out.clauses.iter_mut().for_each(|clause| mask.hide_at(&mut clause.location));
        mask.hide_words(&mut out.complaint);
        mask.hide_words(&mut out.settled);
        out
    }
}

/// From this strength on a phrase is what its function says.
const CLEAR: u8 = 2;

/// One mail as it is learnt from.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The folded sentences written now, each with the labels whose phrases stand in it.
    pub own: Vec<(String, Vec<Label>)>,
    /// Those quoted, but for our own.
    pub quoted: Vec<String>,
    /// With the odds of the weights in force.
    pub evidence: Evidence,
    /// The labels whose rules fire by themselves.
    pub by_rules: Vec<Label>,
}

impl Rules {
    /// What is learnt from in a mail; `None` for mail inside the house and on public lists.
    pub fn lesson(&self, message: &Message, facts: &Facts) -> Option<Lesson> {
        let reading = Reading::new(&self.vocabulary, message, facts);
        if reading.is_internal() || reading.is_on_a_list() {
            return None;
        }
        let fires = |rule: &&super::Rule| !rule.check.kind().run(&reading).is_empty();
        let labelled = self.rules.iter().filter(|rule| rule.check.kind().label().is_some());
        let mut by_rules: Vec<Label> = labelled.filter(fires).filter_map(|rule| rule.check.kind().label()).collect();
        by_rules.extend(reading.fault_by_rules().map(|_| Label::Fault));
        let phrases = |hit: &Hit| {
            let here = |function: Function| {
                let mut said = reading.said(function).iter().filter(|said| said.hit.text == hit.text);
                said.any(|said| said.strength >= CLEAR && hit.range.contains(&said.hit.range.start))
            };
            Label::ALL.iter().copied().filter(|label| label.function().is_some_and(here)).collect()
        };
        let folded = |hit: &Hit| (reading.folded(hit)[hit.range.clone()].to_owned(), phrases(hit));
        Some(Lesson {
            own: reading.weighed().iter().map(|one| folded(&one.hit)).collect(),
            quoted: super::opinion::quoted(&reading).map(|(text, range, _)| text[range].to_owned()).collect(),
            evidence: reading.evidence().clone(),
            by_rules,
        })
    }
}

fn quoted(message: &Message) -> Vec<Quoted> {
    let heads = message.bodies.iter().flat_map(|body| body.anatomy.heads());
    heads
        .map(|head| Quoted {
            author: head.author.clone(),
            date: head.date.map_or_else(String::new, |date| date.to_string()),
        })
        .collect()
}

/// The roles that are not unlikely, likeliest first.
fn likely(odds: &Odds) -> Vec<(&'static str, u8)> {
    const LEAST: u8 = 10;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = |odds: f32| (100.0 / (1.0 + (-odds).exp())).round() as u8;
    let mut roles: Vec<_> = Role::ALL.iter().map(|role| (role.name(), percent(odds[*role as usize]))).collect();
    roles.retain(|(_, percent)| *percent >= LEAST);
    roles.sort_by_key(|(_, percent)| std::cmp::Reverse(*percent));
    roles
}

fn clauses(reading: &Reading<'_>) -> Vec<ReadClause> {
    let mut out = Vec::new();
    for text in 0..reading.texts.len() {
        let clauses = reading.clauses(text);
        let first = out.len();
        out.extend(clauses.clauses.iter().map(|clause| ReadClause {
            location: reading.own_place(&Hit { text, range: clause.range.clone() }),
            marks: clause.marks.names(),
            functions: Vec::new(),
            roles: Vec::new(),
        }));
        for one in reading.weighed().iter().filter(|one| one.hit.text == text) {
            let clause = clauses.clauses.partition_point(|clause| clause.range.start < one.hit.range.start);
            if let Some(read) = out.get_mut(first + clause) {
                read.roles = likely(&one.odds);
            }
        }
        for function in Function::ALL.iter().filter(|function| function.is_told()) {
            for said in reading.said(*function).iter().filter(|said| said.hit.text == text) {
                let functions = &mut out[first + said.clause].functions;
                if !functions.contains(&(function.name(), said.strength)) {
                    functions.push((function.name(), said.strength));
                }
            }
        }
    }
    out
}

//! The reading of a mail laid open: situation, quoted mails, clauses with their marks and functions.

use super::Rules;
use super::expression::Function;
use super::fault;
use super::reading::{Hit, Reading};
use crate::checklist::{Explanation, Quoted, ReadClause};
use crate::facts::Facts;
use crate::message::Message;

impl Rules {
    /// How a mail is read: what it is about, which clauses it was cut into, and what each was taken for.
    pub fn explain(&self, message: &Message, facts: &Facts) -> Explanation {
        let reading = Reading::new(&self.vocabulary, message, facts);
        let words = |function| reading.quoted_said(function).into_iter().map(|(words, _)| words).collect::<Vec<_>>();
        let mut out = Explanation {
            checklist: reading.fault().map(|fault| fault::checklist(&reading, fault)),
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

fn quoted(message: &Message) -> Vec<Quoted> {
    let heads = message.bodies.iter().flat_map(|body| body.anatomy.heads());
    heads
        .map(|head| Quoted {
            author: head.author.clone(),
            date: head.date.map_or_else(String::new, |date| date.to_string()),
        })
        .collect()
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
        }));
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

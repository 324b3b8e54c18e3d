//! The checklist of an answer and the whole reading of a mail in JSON v1; `docs/output.md` describes every field.

use serde::Serialize;

use super::json::Location;
use crate::checklist::{self, Checklist, Explanation, Item};
use crate::lang::Lang;

/// What an answer to a fault holds and lacks.
#[derive(Serialize)]
pub(super) struct List<'a> {
    kind: &'static str,
    title: &'a str,
    signs: &'a [String],
    score: u32,
    pass: u32,
    parts: Vec<Part<'a>>,
    penalties: Vec<Penalty<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    part: &'static str,
    title: &'a str,
    found: bool,
    points: u32,
    of: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    advice: &'a str,
}

#[derive(Serialize)]
struct Penalty<'a> {
    tactic: &'static str,
    points: u32,
    location: Location<'a>,
}

/// The whole reading of a mail.
#[derive(Serialize)]
pub(super) struct Reading<'a> {
    quoted: Vec<Quoted<'a>>,
    complaint: &'a [String],
    settled: &'a [String],
    clauses: Vec<Clause<'a>>,
}

#[derive(Serialize)]
struct Quoted<'a> {
    author: &'a str,
    date: &'a str,
}

#[derive(Serialize)]
struct Clause<'a> {
    location: Location<'a>,
    marks: &'a [&'static str],
    /// Function of a phrase to its strength.
    functions: Vec<(&'static str, u8)>,
    /// What the sentence that it begins does, in percent.
    roles: Vec<(&'static str, u8)>,
}

impl<'a> List<'a> {
    pub(super) fn of(list: &'a Checklist, lang: Lang) -> List<'a> {
        let part = |item: &'a Item| Part {
            part: item.part,
            title: item.title.get(lang),
            found: item.location.is_some(),
            points: item.points,
            of: item.of,
            location: item.location.as_ref().map(Location::of),
            advice: &item.advice,
        };
        let penalty = |penalty: &'a checklist::Penalty| Penalty {
            tactic: penalty.tactic,
            points: penalty.points,
            location: Location::of(&penalty.location),
        };
        List {
            kind: list.kind,
            title: list.title.get(lang),
            signs: &list.signs,
            score: list.score,
            pass: list.pass,
            parts: list.parts.iter().map(part).collect(),
            penalties: list.penalties.iter().map(penalty).collect(),
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn of(reading: &'a Explanation) -> Reading<'a> {
        let clause = |clause: &'a checklist::ReadClause| Clause {
            location: Location::of(&clause.location),
            marks: &clause.marks,
            functions: clause.functions.clone(),
            roles: clause.roles.clone(),
        };
        Reading {
            quoted: reading.quoted.iter().map(|mail| Quoted { author: &mail.author, date: &mail.date }).collect(),
            complaint: &reading.complaint,
            settled: &reading.settled,
            clauses: reading.clauses.iter().map(clause).collect(),
        }
    }
}

//! Expressions: phrases with the function they have in a mail about a fault.
//!
//! Data in packs (`[[expression]]`), linked like every list of words; code combines them (`fault`). What a phrase means
//! depends on its clause, so each function demands what its clause must be: a remedy that is denied, asked for or left
//! to somebody else is none.

use std::ops::Range;

use serde::Deserialize;

use super::reading::{Hit, Reading, sentence};
use super::words::{Hits, Words};
use crate::clause::{self, Agent, Clauses, Marks};

/// The list of functions, once: the variants and their names in packs and output.
macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// What a phrase does. The last five are looked for in quoted text, the others in what was written now.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
        pub(crate) enum Function {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Function {
            pub(crate) const ALL: &[Function] = &[$(Function::$variant),*];

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Function::$variant => $name,)*
                }
            }
        }
    };
}

functions! {
    /// An apology; its strength is that of the words.
    Apology "apology",
    /// Words of an apology used to soften, to console, or of others; takes back the apology it overlaps.
    Cushion "cushion",
    /// Conditional, or about the reader's feelings.
    NonApology "non-apology",
    /// We say that something went wrong on our side.
    Admission "admission",
    /// Looks like an admission and is none; takes back those of its sentence.
    NoAdmission "no-admission",
    /// Says what went wrong.
    Trouble "trouble",
    /// Says nothing about the matter.
    Generic "generic",
    /// Takes the fault on oneself.
    Ownership "ownership",
    Cause "cause",
    Remedy "remedy",
    Prevention "prevention",
    NextContact "next-contact",
    Thanks "thanks",
    /// Mentions one's own lateness.
    DelayAck "delay-ack",
    /// The reader's trouble in our words.
    Empathy "empathy",
    /// The cause is still being looked for.
    FirstReport "first-report",
    /// A slip we noticed ourselves and that did no harm.
    Slight "slight",
    /// It has happened before.
    Repeat "repeat",
    Excuse "excuse",
    Blame "blame",
    Minimizing "minimizing",
    Defence "defence",
    Command "command",
    Runaround "runaround",
    /// We pass the matter on ourselves; takes a runaround back.
    Handover "handover",
    Pressure "pressure",
    Upsell "upsell",
    Hush "hush",
    Vague "vague",
    Heat "heat",
    /// We speak as somebody's customer, or of a matter that is settled; clears a mail without an apology.
    Claim "claim",
    /// Names the trouble without saying what it was: inconvenience, ご迷惑.
    Harm "harm",
    /// The mail is about something that is nobody's fault: a death, planned work, a closing.
    NoFault "no-fault",
    /// Heads the section of a part.
    CauseHeading "cause-heading",
    RemedyHeading "remedy-heading",
    PreventionHeading "prevention-heading",
    NextHeading "next-heading",
    /// Something is wrong and we are to blame.
    Complaint "complaint",
    /// Goods or services are the matter.
    Transaction "transaction",
    /// It is settled, or nobody's fault.
    Settled "settled",
    /// It is about somebody else, or we are the customer.
    Foreign "foreign",
    /// An answer is asked for again.
    Chaser "chaser",
}

impl Function {
    /// Whether it tells something about what was written now.
    pub(super) fn is_told(self) -> bool {
        !matches!(
            self,
            Function::Generic | Function::Complaint | Function::Transaction | Function::Settled | Function::Chaser
        )
    }
}

/// One block of a pack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expression {
    is: Function,
    /// From 1 to 5.
    #[serde(default = "normal", deserialize_with = "one_to_five")]
    strength: u8,
    words: Words,
    /// One of these must stand in the same sentence.
    with: Option<Words>,
    /// None of these may.
    unless: Option<Words>,
    #[serde(default)]
    clause: Wanted,
}

fn one_to_five<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let strength = i64::deserialize(deserializer)?;
    let found = u8::try_from(strength).ok().filter(|strength| (1..=5).contains(strength));
    found.ok_or_else(|| serde::de::Error::custom(format!("`strength` is a number from 1 to 5, not {strength}")))
}

fn normal() -> u8 {
    3
}

/// What a clause must be; what is not said does not matter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    negated: Option<bool>,
    condition: Option<bool>,
    question: Option<bool>,
    request: Option<bool>,
    past: Option<bool>,
    agent: Option<Vec<Who>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Who {
    Us,
    Customer,
    Third,
    None,
}

impl Function {
    /// What its clause must be where a block does not say otherwise.
    fn wanted(self) -> Wanted {
        let plain = Wanted { negated: Some(false), condition: Some(false), question: Some(false), ..Wanted::default() };
        match self {
            Function::Remedy | Function::Prevention | Function::NextContact => {
                Wanted { agent: Some(vec![Who::Us, Who::None]), ..plain }
            }
            Function::Cause | Function::Ownership | Function::Admission => plain,
            // "Sorry that we did not call": what is denied is not the apology.
            Function::Apology => Wanted { negated: None, ..plain },
            _ => Wanted::default(),
        }
    }
}

impl Wanted {
    fn or(&self, other: Wanted) -> Wanted {
        Wanted {
            negated: self.negated.or(other.negated),
            condition: self.condition.or(other.condition),
            question: self.question.or(other.question),
            request: self.request.or(other.request),
            past: self.past.or(other.past),
            agent: self.agent.clone().or(other.agent),
        }
    }

    fn fits(&self, marks: Marks) -> bool {
        let is = |wanted: Option<bool>, mark: bool| wanted.is_none_or(|wanted| wanted == mark);
        let who = match marks.agent {
            Agent::Us => Who::Us,
            Agent::Customer => Who::Customer,
            Agent::ThirdParty => Who::Third,
            Agent::Nobody => Who::None,
        };
        is(self.negated, marks.negated)
            && is(self.condition, marks.condition)
            && is(self.question, marks.question)
            && is(self.request, marks.request)
            && is(self.past, marks.past)
            && self.agent.as_ref().is_none_or(|agents| agents.contains(&who))
    }
}

/// The expressions of all packs, by function.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    of: Vec<Vec<Expression>>,
}

impl Expressions {
    pub(super) fn add(&mut self, mut expression: Expression) {
        self.of.resize_with(Function::ALL.len(), Vec::new);
        expression.clause = expression.clause.or(expression.is.wanted());
        self.of[expression.is as usize].push(expression);
    }

    fn of(&self, function: Function) -> &[Expression] {
        self.of.get(function as usize).map_or(&[], Vec::as_slice)
    }
}

impl Expression {
    /// Its lists, to be linked.
    pub(super) fn lists(&mut self) -> impl Iterator<Item = &mut Words> {
        std::iter::once(&mut self.words).chain(&mut self.with).chain(&mut self.unless)
    }

    fn allows(&self, hits: &Hits<'_>, sentence: impl Fn() -> Range<usize>) -> bool {
        self.with.as_ref().is_none_or(|with| hits.touch(with, &sentence()))
            && self.unless.as_ref().is_none_or(|unless| !hits.touch(unless, &sentence()))
    }
}

/// A phrase that was found in what was written now.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) strength: u8,
    pub(crate) hit: Hit,
    /// The clause of its last word, by index in the clauses of its text.
    pub(crate) clause: usize,
}

/// More of one kind in one mail tell nothing new.
const ENOUGH: usize = 200;

/// Where phrases of a function stand in own text, in order; of two that overlap the stronger.
pub(super) fn said(expressions: &Expressions, reading: &Reading<'_>, function: Function) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    for (text, part) in reading.texts.iter().enumerate() {
        let mut found = Vec::new();
        for expression in expressions.of(function) {
            let hits = part.own.of(&expression.words);
            let clauses = if hits.is_empty() { continue } else { reading.clauses(text) };
            let here = hits.iter().take(ENOUGH).filter_map(|range| {
                let hit = Hit { text, range: range.clone() };
                let at = clauses.at(range.end.saturating_sub(1))?;
                let mut marks = marks(clauses, at, range.start);
                // "We did not renew it": the phrase brings its own "not".
                marks.negated &=
                    expression.clause.negated != Some(false) || !clause::denies(&part.own.text()[range.clone()]);
                let fits = expression.clause.fits(marks)
                    && expression.allows(&part.own, || clauses.sentences[clauses.clauses[at].sentence].clone())
                    && !reading.is_quoted(&hit);
                fits.then_some(Said { strength: expression.strength, hit, clause: at })
            });
            found.extend(here);
        }
        found.sort_by_key(|said| (said.hit.range.start, std::cmp::Reverse((said.strength, said.hit.range.end))));
        for said in found {
            match out.last_mut().filter(|last| last.hit.text == text && last.hit.range.end > said.hit.range.start) {
                Some(last) if said.strength > last.strength => *last = said,
                Some(_) => {}
                None => out.push(said),
            }
        }
    }
    out
}

/// The marks of a clause; a phrase that begins in an earlier clause may have its subject there.
fn marks(clauses: &Clauses, clause: usize, start: usize) -> Marks {
    let mut marks = clauses.clauses[clause].marks;
    if marks.agent == Agent::Nobody
        && let Some(first) = clauses.at(start)
    {
        marks.agent = clauses.clauses[first].marks.agent;
    }
    marks
}

/// Phrases of a function in what others wrote and the mail quotes: the words and their strength, each once.
pub(super) fn quoted(expressions: &Expressions, reading: &Reading<'_>, function: Function) -> Vec<(String, u8)> {
    let words = |text: usize| {
        let own: Vec<Range<usize>> = reading.own_mails(text);
        let body = reading.texts[text].body;
        let is_theirs = move |(range, _): &(Range<usize>, u8)| {
            let at = body.quoted.original(range.clone()).start;
            !own.iter().any(|mail| mail.contains(&at))
        };
        let hits = quoted_hits(expressions, reading, text, function).into_iter().filter(is_theirs);
        hits.map(move |(range, strength)| (reading.texts[text].quoted.text()[range].to_owned(), strength))
    };
    distinct((0..reading.texts.len()).flat_map(words).collect())
}

/// Where phrases of a function stand in one quoted text, with their strength.
pub(super) fn quoted_hits(
    expressions: &Expressions,
    reading: &Reading<'_>,
    text: usize,
    function: Function,
) -> Vec<(Range<usize>, u8)> {
    let quoted = &reading.texts[text].quoted;
    let hits = |expression: &Expression| {
        let found = quoted.of(&expression.words).iter().take(ENOUGH);
        let allowed = found.filter(|range| expression.allows(quoted, || sentence(quoted.text(), (*range).clone())));
        allowed.map(|range| (range.clone(), expression.strength)).collect::<Vec<_>>()
    };
    expressions.of(function).iter().flat_map(hits).collect()
}

/// Each phrase once, and none that is only a piece of another.
fn distinct(mut words: Vec<(String, u8)>) -> Vec<(String, u8)> {
    const MOST: usize = 50;
    words.sort_unstable_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)).then(b.1.cmp(&a.1)));
    words.dedup_by(|a, b| a.0 == b.0);
    words.truncate(MOST);
    let mut out: Vec<(String, u8)> = Vec::new();
    for (word, strength) in words {
        if !out.iter().any(|(longer, as_strong)| longer.contains(&word) && *as_strong >= strength) {
            out.push((word, strength));
        }
    }
    out
}

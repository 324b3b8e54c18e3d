//! What an answer to a fault holds and lacks: the checklist beside the findings.
//!
//! For people and for history: findings decide, the number does not.

use crate::finding::Location;
use crate::lang::Bilingual;

/// The checklist of one mail about a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// `slight-slip`, `real-fault`, `first-report`, `contested`, `repeat` or `late-answer`.
    pub kind: &'static str,
    pub title: Bilingual,
    /// The words that told the kind.
    pub signs: Vec<String>,
    /// From 0 to 100.
    pub score: u32,
    /// From here on an answer to this kind of fault is complete.
    pub pass: u32,
    pub parts: Vec<Item>,
    pub penalties: Vec<Penalty>,
}

/// One part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `apology`, `remedy` …
    pub part: &'static str,
    pub title: Bilingual,
    /// What it adds to the score, and what it could add; both 0 for a part this kind of fault does not demand.
    pub points: u32,
    pub of: u32,
    /// Where it stands, with the words as written.
    pub location: Option<Location>,
    /// How to add it, in the language of the mail; empty where it is there.
    pub advice: String,
}

/// What an answer loses by what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penalty {
    /// `excuse`, `blame` …
    pub tactic: &'static str,
    pub points: u32,
    pub location: Location,
}

/// The whole reading of a mail, for whoever wants to know why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// `None` where nothing went wrong.
    pub checklist: Option<Checklist>,
    /// The quoted mails, newest first, as their heads tell: author and date.
    pub quoted: Vec<Quoted>,
    /// The words of the quoted mails that make them a complaint, and those that take it back.
    pub complaint: Vec<String>,
    pub settled: Vec<String>,
    /// What was written now, clause by clause.
    pub clauses: Vec<ReadClause>,
}

/// The head of a quoted mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    pub author: String,
    /// As its head writes it.
    pub date: String,
}

/// A clause as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadClause {
    pub location: Location,
    /// `us`, `not`, `if` …
    pub marks: Vec<&'static str>,
    /// Functions of the phrases in it, with their strength.
    pub functions: Vec<(&'static str, u8)>,
    /// Of the sentence that begins with it: what its words tell that it does, in percent.
    pub roles: Vec<(&'static str, u8)>,
}

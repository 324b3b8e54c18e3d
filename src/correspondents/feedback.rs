//! What people say of findings about recipients by what they do with the mail: released as it is, a recipient was right;
//! taken out or written to anew, it was nearly a mail to the wrong one.
//!
//! Addresses, days and hashes; no text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::terms::Terms;
use super::{Known, Outline, hash};

/// A mail that follows this soon, in milliseconds, on one that was taken back is looked at as its correction.
pub const CORRECTED_WITHIN: i64 = 60 * 60 * 1000;

/// A mail that loses more recipients than this goes to others on purpose.
const MOST_LOST: usize = 3;

/// Terms that tell a mail again.
const MOST_TERMS: usize = 128;

/// A recipient of whom a person said that it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    pub address: String,
    /// The rule that doubted it.
    pub rule: String,
    /// Whom the rule took it for; may be empty.
    pub other: String,
    pub at: Timestamp,
}

/// Two addresses of which one stood, or stood to no purpose, where the other was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confused {
    /// The one that was taken out.
    pub address: String,
    /// The one the mail went to.
    pub other: String,
    /// It was on the mail already: the two do not belong on one mail.
    pub beside: bool,
    pub at: Timestamp,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fate {
    /// The mail went its way.
    Told,
    Held,
    Returned,
    /// A person let the mail go as it was.
    Released,
    /// The mail went without what was found.
    Corrected,
    Dropped,
}

/// A recipient that a rule doubts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubted {
    pub rule: String,
    pub address: String,
    pub others: Vec<String>,
}

/// A mail as far as it is known again when it comes with other recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    recipients: Vec<String>,
    id: u64,
    subject: Option<u64>,
    answers: Vec<u64>,
    terms: Terms,
    files: Vec<u64>,
    greeted: Vec<u64>,
    /// The findings that held it up, by rule.
    asked: Vec<String>,
    doubted: Vec<Doubted>,
}

/// What the mail that follows says of the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// Rules whose findings are gone.
    pub rules: Vec<String>,
    pub confused: Vec<Pair>,
}

/// As [`Confused`], the day apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub address: String,
    pub other: String,
    pub beside: bool,
}

/// All there is to note of one mail after something was done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// In lower case; empty where it is not known.
    pub sender: String,
    pub at: Timestamp,
    pub fates: Vec<(String, Fate)>,
    pub right: Vec<Doubted>,
    pub confused: Vec<Pair>,
    /// Rules that held the mail up for nothing, and whom it went to outside.
    pub overridden: Vec<(String, String)>,
    /// Addresses of which it was said within the last hour that they were confused, and were not.
    pub undone: Vec<String>,
    /// The mail: it may correct another one.
    pub trace: Option<Trace>,
    /// It was handed back, and came again as it was: no mail between the two has corrected it.
    pub confirmed: bool,
    /// Nobody got it, and the next one may correct it.
    pub taken_back: bool,
}

impl Notes {
    pub fn new(sender: &str, at: Timestamp) -> Notes {
        Notes {
            sender: sender.to_lowercase(),
            at,
            fates: Vec::new(),
            right: Vec::new(),
            confused: Vec::new(),
            overridden: Vec::new(),
            undone: Vec::new(),
            trace: None,
            confirmed: false,
            taken_back: false,
        }
    }
}

impl Known {
    /// When a person said of a recipient that it is right, in spite of this rule; of all whom it is taken for.
    pub fn said_right(&self, rule: &str, address: &str, others: &[String]) -> Option<Timestamp> {
        let of = |other: &str| {
            let said = self.right.iter().filter(|one| one.rule == rule && one.address == address);
            said.filter(|one| one.other == other).map(|one| one.at).max()
        };
        match others {
            [] => of(""),
            others => others.iter().map(|other| of(other)).collect::<Option<Vec<_>>>()?.into_iter().max(),
        }
    }
}

/// A mail whose recipients were changed by a person: each one lost was meant to be one of those gained, or, where nobody came
/// in its place, does not belong with those left.
pub fn readdressed(before: &[String], after: &[String], doubted: &[Doubted]) -> Vec<Pair> {
    let gone = |one: &&String| !after.contains(one);
    let gained: Vec<&String> = after.iter().filter(|one| !before.contains(one)).collect();
    let lost: Vec<&String> = before.iter().filter(gone).collect();
    if lost.len() > MOST_LOST || gained.len() > MOST_LOST {
        return Vec::new();
    }
    let in_place = |address: &String| {
        let pair = |other: &&String| Pair { address: address.clone(), other: (*other).clone(), beside: false };
        match gained.is_empty() {
            true => taken_out(address, after, doubted),
            false => gained.iter().map(pair).collect(),
        }
    };
    lost.into_iter().flat_map(in_place).collect()
}

/// `address` out of a mail that stays with `left`: the two are confused that a rule, or nobody else, names.
pub fn taken_out(address: &str, left: &[String], doubted: &[Doubted]) -> Vec<Pair> {
    let named = doubted.iter().filter(|one| one.address == address).flat_map(|one| &one.others);
    let named: Vec<&String> = named.filter(|other| left.contains(other)).collect();
    let others = if named.is_empty() { left.iter().collect() } else { named };
    let mut out: Vec<Pair> = Vec::new();
    for other in others.into_iter().take(MOST_LOST) {
        let pair = Pair { address: address.to_owned(), other: other.clone(), beside: true };
        if !out.contains(&pair) {
            out.push(pair);
        }
    }
    out
}

impl Trace {
    pub fn of(outline: &Outline, asked: Vec<String>, doubted: Vec<Doubted>) -> Trace {
        Trace {
            recipients: outline.recipients.iter().map(|one| one.address.clone()).collect(),
            id: outline.id,
            subject: outline.subject,
            answers: outline.answers.clone(),
            terms: outline.terms.iter().take(MOST_TERMS).copied().collect(),
            files: outline.files.iter().map(|file| file.hash).collect(),
            greeted: outline.greeted.iter().map(|name| hash::of(name.as_bytes())).collect(),
            asked,
            doubted,
        }
    }

    /// In lower case.
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Whether the same mail came again to the same people.
    pub fn is_again(&self, later: &Trace) -> bool {
        let has_all = |one: &Trace, other: &Trace| other.recipients.iter().all(|it| one.recipients.contains(it));
        has_all(self, later) && has_all(later, self) && self.is_matter_of(later)
    }

    /// What a mail behind this one, which nobody got, says of it; `None` if it is another mail.
    pub fn corrected_by(&self, later: &Trace) -> Option<Correction> {
        if !self.is_matter_of(later) {
            return None;
        }
        let without = |a: &Trace, b: &Trace| -> Vec<String> {
            a.recipients.iter().filter(|one| !b.recipients.contains(one)).cloned().collect()
        };
        let (lost, gained) = (without(self, later), without(later, self));
        // A letter that goes to one after the other greets each by name.
        let same_letter = self.greeted.is_empty() || later.greeted.is_empty() || self.greeted == later.greeted;
        if lost.len() > MOST_LOST || (!lost.is_empty() && !same_letter) {
            return None;
        }
        let rules = self.asked.iter().filter(|rule| !later.asked.contains(rule)).cloned().collect();
        let confused = lost.iter().flat_map(|address| self.replaced(address, &gained, later)).collect();
        Some(Correction { rules, confused })
    }

    /// Whom a recipient gave way to.
    fn replaced(&self, address: &str, gained: &[String], later: &Trace) -> Vec<Pair> {
        let named = self.doubted.iter().filter(|one| one.address == address).flat_map(|one| &one.others);
        let named = named.into_iter().find(|other| gained.contains(other));
        match (named, gained) {
            (Some(other), _) | (None, [other]) => {
                vec![Pair { address: address.to_owned(), other: other.clone(), beside: false }]
            }
            (None, []) => taken_out(address, &later.recipients, &self.doubted),
            // Several for several: nobody says who is who.
            (None, _) => Vec::new(),
        }
    }

    /// The same mail, its recipients and some words apart.
    fn is_matter_of(&self, later: &Trace) -> bool {
        /// Shares of words in common; with another subject more of them are needed.
        const ALIKE: f64 = 0.5;
        const SAME: f64 = 0.85;
        let same_subject = self.subject == later.subject;
        let same_files = !self.files.is_empty() && self.files == later.files;
        let same_answer = !self.answers.is_empty() && self.answers == later.answers;
        let words = likeness(&self.terms, &later.terms);
        // Some programs give every mail the same Message-ID.
        (same_subject && self.subject.is_some() && (self.id == later.id || same_files))
            || ((same_subject || same_answer) && words >= ALIKE)
            || (words >= SAME && self.terms.len() >= 8)
    }
}

/// The cosine of two mails' words; two mails without any are alike.
fn likeness(one: &Terms, other: &Terms) -> f64 {
    let length = |terms: &Terms| terms.iter().map(|(_, count)| f64::from(*count).powi(2)).sum::<f64>().sqrt();
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    let shared = one.iter().filter_map(|(hash, count)| {
        let at = other.binary_search_by_key(hash, |(hash, _)| *hash).ok()?;
        Some(f64::from(*count) * f64::from(other[at].1))
    });
    let lengths = length(one) * length(other);
    if lengths > 0.0 { shared.sum::<f64>() / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn trace(to: &str, subject: &str, text: &str) -> Trace {
        let raw = format!("From: a@own.example\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n");
        let outline = Outline::of(&Message::parse(raw.as_bytes()).expect("a mail")).expect("an author");
        Trace::of(&outline, vec!["late-answer".to_owned()], Vec::new())
    }

    fn pairs(before: &Trace, later: &Trace) -> Option<Vec<(String, String, bool)>> {
        let correction = before.corrected_by(later)?;
        Some(correction.confused.into_iter().map(|one| (one.address, one.other, one.beside)).collect())
    }

    const LETTER: &str = "Dear Ms. Sato,\r\n\r\nthe drawings of the boiler room are ready for approval.";

    #[test]
    fn the_same_letter_to_somebody_else_tells_who_was_confused() {
        let before = trace("saito@aoba.example", "Drawings", LETTER);
        let pair = |beside| ("saito@aoba.example".to_owned(), "sato@aoba.example".to_owned(), beside);
        assert_eq!(pairs(&before, &trace("sato@aoba.example", "Drawings", LETTER)), Some(vec![pair(false)]));
        let both = trace("saito@aoba.example, sato@aoba.example", "Drawings", LETTER);
        assert_eq!(pairs(&both, &trace("sato@aoba.example", "Drawings", LETTER)), Some(vec![pair(true)]));
        assert_eq!(pairs(&before, &both), Some(Vec::new()), "one more is no slip");
    }

    #[test]
    fn other_mails_tell_nothing() {
        let before = trace("saito@aoba.example", "Drawings", LETTER);
        let other = trace("sato@aoba.example", "Lunch", "See you on Friday at the usual place then.");
        assert_eq!(pairs(&before, &other), None);
        let series = LETTER.replace("Sato", "Kimura");
        assert_eq!(pairs(&before, &trace("kimura@aoba.example", "Drawings", &series)), None, "greeted anew");
    }

    #[test]
    fn several_for_several_are_told_apart_by_whom_the_rule_named() {
        let mut before = trace("saito@aoba.example, mia@alta.example", "Drawings", LETTER);
        let later = trace("sato@aoba.example, maya@alta.example", "Drawings", LETTER);
        assert_eq!(pairs(&before, &later), Some(Vec::new()));
        let others = vec!["sato@aoba.example".to_owned()];
        before.doubted =
            vec![Doubted { rule: "namesake".to_owned(), address: "saito@aoba.example".to_owned(), others }];
        let pair = ("saito@aoba.example".to_owned(), "sato@aoba.example".to_owned(), false);
        assert_eq!(pairs(&before, &later), Some(vec![pair]));
    }

    #[test]
    fn a_finding_is_corrected_when_the_next_one_does_not_have_it() {
        let (before, mut later) = (trace("b@aoba.example", "x", LETTER), trace("b@aoba.example", "x", LETTER));
        let rules = |later: &Trace| before.corrected_by(later).map(|one| one.rules);
        assert_eq!(rules(&later), Some(Vec::new()));
        later.asked.clear();
        assert_eq!(rules(&later), Some(vec!["late-answer".to_owned()]));
    }
}

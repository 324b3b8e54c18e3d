//! A mail about a fault of ours, as its reader will read it: what kind of fault, what the answer holds, what it lacks.
//!
//! Evidence is counted, not guessed: complaints in the quoted text, admissions and apologies in our own, earlier
//! incidents. The kind of fault decides what is demanded (`kind`); the parts of an answer are looked for clause by
//! clause (`parts`); what spoils an answer is weighed (`tactic`). Quoted text tells the situation and is never a
//! place for a finding. What phrases miss, weighed sentences may tell (`opinion`): `read` goes by phrases alone, `settled`
//! by both. Limits: irony, and a complaint that neither phrases nor the words of its sentences tell.

mod complaint;
mod kind;
mod named;
mod parts;
mod score;
mod section;
pub(super) mod tactic;

use super::expression::{Function, Said};
use super::opinion::{self, Label};
use super::reading::{Hit, Reading};
use super::words::overlapped;
use crate::clause::{self, Agent};
pub(super) use kind::Kind;
pub(super) use parts::{Part, Parts};
pub(super) use score::checklist;

/// What the mail is about and what it answers.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(super) kind: Kind,
    /// The words that tell the kind, as quoted or written.
    pub(super) signs: Vec<String>,
    /// The words of the quoted complaint that tipped the scale; empty if there is none.
    pub(super) complaint: Vec<String>,
    pub(super) admissions: Vec<Said>,
    /// Those that count as one.
    pub(super) apologies: Vec<Said>,
    pub(super) non_apologies: Vec<Said>,
    pub(super) parts: Parts,
}

impl Fault {
    /// Reads the situation. `None` for internal mail, where tone is nobody's business, on public mailing lists, and
    /// where nothing went wrong.
    pub(super) fn read(reading: &Reading<'_>) -> Option<Fault> {
        if reading.is_internal() || reading.is_on_a_list() {
            return None;
        }
        let signs = Signs::read(reading);
        let kind = kind::of(reading, &signs)?;
        let parts = Parts::read(reading, &signs);
        let told = kind::telling(reading, &signs, kind);
        let Signs { complaint, admissions, apologies, non_apologies } = signs;
        Some(Fault { kind, signs: told, complaint, admissions, apologies, non_apologies, parts })
    }

    /// The situation after a second opinion: a fault in words that no expression knows, and parts in such words.
    pub(super) fn settled(reading: &Reading<'_>) -> Option<Fault> {
        let by_rules = reading.fault_by_rules().cloned();
        let mut fault = by_rules.or_else(|| reading.settles(Label::Fault, false).then(|| Fault::supposed(reading)))?;
        fault.parts.complete(reading);
        Some(fault)
    }

    /// There is an apology that is one.
    pub(super) fn is_sorry(&self) -> bool {
        self.apologies.iter().any(|one| one.strength >= FULL)
    }

    /// A fault that only the weighed sentences tell of.
    fn supposed(reading: &Reading<'_>) -> Fault {
        Fault {
            kind: opinion::kind(reading),
            signs: opinion::signs(reading),
            complaint: Vec::new(),
            admissions: Vec::new(),
            apologies: Vec::new(),
            non_apologies: Vec::new(),
            parts: Parts::default(),
        }
    }

    /// Where a finding about something absent points: the apology, the admission, or the first sentence.
    pub(super) fn anchor(&self, reading: &Reading<'_>) -> Option<Hit> {
        let said = [&self.apologies, &self.admissions, &self.non_apologies].into_iter().find_map(|all| all.first());
        said.map(|said| reading.clause(&said.hit)).or_else(|| opening(reading))
    }
}

/// What tells that something went wrong.
pub(super) struct Signs {
    complaint: Vec<String>,
    admissions: Vec<Said>,
    apologies: Vec<Said>,
    non_apologies: Vec<Said>,
}

impl Signs {
    fn read(reading: &Reading<'_>) -> Signs {
        // What takes others back is looked for only where there are others.
        let is_free = |one: &Said| !overlaps(one, reading.said(Function::Cushion));
        let free = |function| reading.said(function).iter().filter(|one| is_free(one)).cloned().collect::<Vec<Said>>();
        let mut non_apologies = free(Function::NonApology);
        let mut apologies = free(Function::Apology);
        apologies.retain(|one| {
            one.strength >= LIGHT
                && !overlaps(one, &non_apologies)
                && !softens(reading, one)
                && !is_withheld(reading, one)
        });
        let mut complaint = complaint::read(reading, &apologies);
        let mut admissions = reading.said(Function::Admission).to_vec();
        admissions.retain(is_free);
        admissions.extend(owned_trouble(reading, &admissions));
        admissions.sort_by_key(|one| (one.hit.text, one.hit.range.start));
        admissions.retain(|one| !reading.said(Function::NoAdmission).iter().any(|no| same_sentence(reading, one, no)));
        if complaint.is_empty() && !apologies.iter().any(|one| one.strength >= FULL) {
            // What may be an admission is one only beside a complaint or an apology.
            admissions.retain(|one| one.strength >= FULL && concerns_reader(reading, one));
        }
        // Whoever complains himself is the customer.
        let told = !complaint.is_empty() || !admissions.is_empty();
        let apologised = apologies.iter().any(|one| one.strength >= FULL);
        if told && !apologised && !reading.said(Function::Claim).is_empty() {
            complaint.clear();
            admissions.clear();
        }
        // Nobody answers for a death or for planned work.
        let sorry = !apologies.is_empty() || !non_apologies.is_empty();
        if sorry && complaint.is_empty() && admissions.is_empty() && !reading.said(Function::NoFault).is_empty() {
            apologies.clear();
            non_apologies.clear();
        }
        Signs { complaint, admissions, apologies, non_apologies }
    }
}

/// Trouble in a clause that tells what we did: "we billed you twice", 「弊社が取り違えました」.
fn owned_trouble(reading: &Reading<'_>, known: &[Said]) -> Vec<Said> {
    const SURE: u8 = 3;
    // "We repaired the leak" tells of a remedy.
    let is_mended = |said: &Said| {
        reading.said(Function::Remedy).iter().any(|one| one.hit.text == said.hit.text && one.clause == said.clause)
    };
    let owned = |said: &&Said| {
        let marks = reading.clauses(said.hit.text).clauses[said.clause].marks;
        let told = marks.past && marks.agent == Agent::Us && !marks.condition && !marks.question && !marks.negated;
        said.strength >= SURE && told && !overlaps(said, known) && !is_mended(said)
    };
    reading.said(Function::Trouble).iter().filter(owned).cloned().collect()
}

/// A sentence near it speaks of the reader, or puts something right. What went wrong among colleagues, friends or in the news needs no apology to
/// him; Japanese leaves him out and tells by the verb.
fn concerns_reader(reading: &Reading<'_>, said: &Said) -> bool {
    let (text, at) = sentence_of(reading, said);
    let near = &reading.clauses(text).sentences[at.saturating_sub(1)..];
    let own = reading.folded(&said.hit);
    let is_put_right = || {
        let remedies = reading.said(Function::Remedy).iter().filter(|one| one.strength >= FULL);
        remedies.map(|one| sentence_of(reading, one)).any(|(its, other)| its == text && other.abs_diff(at) <= 1)
    };
    near.iter().take(if at == 0 { 2 } else { 3 }).any(|range| clause::speaks_to_reader(&own[range.clone()]))
        || is_put_right()
}

/// An apology, complaint or admission from this strength on is one without further signs.
const FULL: u8 = 3;

/// The least strength of an apology that is one.
const LIGHT: u8 = 2;

/// "Sorry, but we are full", 「申し訳ございませんが、在庫がございません」: an apology that leads to a refusal or a request is
/// politeness.
fn softens(reading: &Reading<'_>, apology: &Said) -> bool {
    let clauses = reading.clauses(apology.hit.text);
    let next = clauses.clauses.get(apology.clause + 1);
    let own = &clauses.clauses[apology.clause];
    next.is_some_and(|next| {
        next.sentence == own.sentence && next.marks.but && !own.marks.but && (next.marks.negated || next.marks.request)
    })
}

/// "He never apologised", 「謝罪もせず」: the words of an apology that was not made.
fn is_withheld(reading: &Reading<'_>, apology: &Said) -> bool {
    const BEFORE: [&str; 9] = [
        " never",
        " not",
        "n't",
        " without",
        " refuse to",
        " refused to",
        " refuses to",
        " instead of",
        " rather than",
    ];
    const BEHIND: [&str; 8] = ["せず", "もせず", "はせず", "もなく", "もない", "しない", "しなかった", "することなく"];
    let text = reading.folded(&apology.hit);
    let (before, behind) = (text[..apology.hit.range.start].trim_end(), &text[apology.hit.range.end..]);
    let denied = BEFORE.iter().any(|word| before.ends_with(word)) && !behind.starts_with(" enough");
    denied || BEHIND.iter().any(|word| behind.starts_with(word))
}

fn same_sentence(reading: &Reading<'_>, a: &Said, b: &Said) -> bool {
    sentence_of(reading, a) == sentence_of(reading, b)
}

/// The text and the number of the sentence.
fn sentence_of(reading: &Reading<'_>, said: &Said) -> (usize, usize) {
    (said.hit.text, reading.clauses(said.hit.text).clauses[said.clause].sentence)
}

/// Hits come text by text, in order.
fn overlaps(one: &Said, others: &[Said]) -> bool {
    let from = others.partition_point(|other| other.hit.text < one.hit.text);
    let to = others.partition_point(|other| other.hit.text <= one.hit.text);
    overlapped(&others[from..to], &one.hit.range, |other| other.hit.range.clone())
}

/// The first sentence behind the addressee lines.
fn opening(reading: &Reading<'_>) -> Option<Hit> {
    let (text, part) = reading.texts.iter().enumerate().find(|(_, text)| !text.body.own.text().trim().is_empty())?;
    let own = &part.body.own;
    let behind = part.body.anatomy.addressees.last().map_or(0, |last| own.folded(last.range.end));
    let sentences = &reading.clauses(text).sentences;
    let first = sentences.iter().find(|range| range.start >= behind).or(sentences.first())?;
    Some(Hit { text, range: first.clone() })
}

//! Is this mail about a fault of ours? The situation that the apology rules share.
//!
//! Evidence is counted, not guessed: complaints in the quoted text (strong and weak words), admissions and apologies
//! in our own. Quoted text is never a place for a finding. Limits: words in lists; irony and long-range context are
//! not seen, and a complaint without any of the words is not recognised.

use serde::Deserialize;

use crate::rule::reading::{Hit, Reading};
use crate::rule::words::{Words, overlapped};

/// The word lists that tell the situation; named lists of the pack unless a rule says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Lists {
    /// In quoted text: something is wrong and we are to blame.
    complaint: Words,
    /// In quoted text: often part of a complaint, alone no proof.
    complaint_hint: Words,
    /// In quoted text: goods or services are the matter; without them hints are talk among colleagues.
    transaction: Words,
    /// In quoted text: the matter is settled, or it is not ours.
    settled: Words,
    /// In own text: we say that we did something wrong.
    admission: Words,
    /// In own text: phrases that look like admissions and are none.
    no_admission: Words,
    /// In own text: an apology that counts.
    apology: Words,
    /// In own text: polite cushions that use the words of an apology.
    cushion: Words,
    /// In own text: conditional or feelings-based.
    non_apology: Words,
}

impl Default for Lists {
    fn default() -> Lists {
        Lists {
            complaint: Words::named("complaint"),
            complaint_hint: Words::named("complaint-hint"),
            transaction: Words::named("transaction"),
            settled: Words::named("settled"),
            admission: Words::named("admission"),
            no_admission: Words::named("no-admission"),
            apology: Words::named("apology"),
            cushion: Words::named("cushion"),
            non_apology: Words::named("non-apology"),
        }
    }
}

/// What the mail is about.
pub(super) struct Fault {
    /// The words of the quoted complaint that tipped the scale; empty if there is none.
    pub(super) complaint: Vec<String>,
    pub(super) admissions: Vec<Hit>,
    pub(super) apologies: Vec<Hit>,
    pub(super) non_apologies: Vec<Hit>,
}

impl Fault {
    /// Nothing says that anything went wrong.
    pub(super) fn is_none(&self) -> bool {
        self.complaint.is_empty()
            && self.admissions.is_empty()
            && self.apologies.is_empty()
            && self.non_apologies.is_empty()
    }
}

impl Lists {
    pub(super) fn words(&mut self) -> Vec<&mut Words> {
        vec![
            &mut self.complaint,
            &mut self.complaint_hint,
            &mut self.transaction,
            &mut self.settled,
            &mut self.admission,
            &mut self.no_admission,
            &mut self.apology,
            &mut self.cushion,
            &mut self.non_apology,
        ]
    }

    /// Reads the situation. `None` for internal mail, where tone is nobody's business, and on public mailing lists.
    pub(super) fn read(&self, reading: &Reading<'_>) -> Option<Fault> {
        if reading.is_internal() || reading.is_on_a_list() {
            return None;
        }
        let non_apologies = self.without_overlap(reading, reading.own(&self.non_apology), &self.cushion);
        let mut apologies = self.without_overlap(reading, reading.own(&self.apology), &self.cushion);
        apologies.retain(|hit| !overlaps(hit, &non_apologies));
        let mut admissions = self.without_overlap(reading, reading.own(&self.admission), &self.no_admission);
        admissions.retain(|hit| !reading.is_quoted(hit));
        Some(Fault { complaint: self.complaint(reading), admissions, apologies, non_apologies })
    }

    fn complaint(&self, reading: &Reading<'_>) -> Vec<String> {
        let (strong, settled) = (distinct(reading.quoted(&self.complaint)), distinct(reading.quoted(&self.settled)));
        let mut weak = distinct(reading.quoted(&self.complaint_hint));
        weak.retain(|hint| !strong.iter().any(|word| word.contains(hint.as_str())));
        if reading.quoted(&self.transaction).is_empty() {
            weak.clear();
        }
        // One strong word, or two weak ones; each sign of settlement takes one strong word back.
        if strong.len() * 2 + weak.len() >= 2 + settled.len() * 2 { [strong, weak].concat() } else { Vec::new() }
    }

    fn without_overlap(&self, reading: &Reading<'_>, hits: Vec<Hit>, excluded: &Words) -> Vec<Hit> {
        let excluded = reading.own(excluded);
        hits.into_iter().filter(|hit| !overlaps(hit, &excluded)).collect()
    }
}

/// Each word once, and none that is only a piece of another.
fn distinct(mut words: Vec<String>) -> Vec<String> {
    const ENOUGH: usize = 50;
    words.sort_unstable();
    words.dedup();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(ENOUGH);
    let mut out: Vec<String> = Vec::new();
    for word in words {
        if !out.iter().any(|longer| longer.contains(&word)) {
            out.push(word);
        }
    }
    out
}

/// Hits come text by text, in order.
fn overlaps(hit: &Hit, others: &[Hit]) -> bool {
    let from = others.partition_point(|other| other.text < hit.text);
    let to = others.partition_point(|other| other.text <= hit.text);
    overlapped(&others[from..to], &hit.range, |other| other.range.clone())
}

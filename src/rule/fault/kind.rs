//! What kind of fault a mail is about. The kind decides what an answer must hold.

use serde::Deserialize;

use super::{FULL, Signs, overlaps, sentence_of, tactic};
use crate::lang::Bilingual;
use crate::rule::expression::{Function, Said};
use crate::rule::reading::{Reading, Recipient};

/// The kinds of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::rule) enum Kind {
    /// Noticed by ourselves and harmless: a forgotten file, a wrong hour. An apology and the correction are enough.
    SlightSlip,
    /// A complaint, damage, a broken promise.
    RealFault,
    /// The cause is still being looked for.
    FirstReport,
    /// The answer denies or blames, or nobody knows yet whose fault it is.
    Contested,
    /// The same house has been let down before.
    Repeat,
    /// Nothing is wrong but the time the answer took.
    LateAnswer,
}

impl Kind {
    pub(in crate::rule) fn name(self) -> &'static str {
        match self {
            Kind::SlightSlip => "slight-slip",
            Kind::RealFault => "real-fault",
            Kind::FirstReport => "first-report",
            Kind::Contested => "contested",
            Kind::Repeat => "repeat",
            Kind::LateAnswer => "late-answer",
        }
    }

    /// For people.
    pub(in crate::rule) fn title(self) -> Bilingual {
        let (en, ja) = match self {
            Kind::SlightSlip => ("a slight slip", "軽い手違い"),
            Kind::RealFault => ("a fault", "不備・クレーム"),
            Kind::FirstReport => ("a first report", "第一報"),
            Kind::Contested => ("a contested or unexplained fault", "原因や責任が定まらない不備"),
            Kind::Repeat => ("a repeated fault", "繰り返された不備"),
            Kind::LateAnswer => ("a late answer", "返信の遅れ"),
        };
        Bilingual::new(en.to_owned(), ja.to_owned())
    }
}

/// The kind; `None` if nothing went wrong.
pub(super) fn of(reading: &Reading<'_>, signs: &Signs) -> Option<Kind> {
    let told = !signs.complaint.is_empty()
        || !signs.admissions.is_empty()
        || signs.non_apologies.iter().any(|one| one.strength >= FULL);
    if !told && signs.apologies.is_empty() {
        return None;
    }
    let repeated = is_repeat(reading, signs);
    if !repeated && signs.complaint.len() < 2 && !reading.said(Function::Slight).is_empty() {
        return Some(Kind::SlightSlip);
    }
    if is_late_only(reading, signs) {
        return Some(Kind::LateAnswer);
    }
    if !told && !stands_alone(reading, signs) || is_courtesy(reading, signs) {
        return Some(Kind::SlightSlip);
    }
    if tactic::contests(reading) && !is_owned(signs) {
        return Some(Kind::Contested);
    }
    if repeated {
        return Some(Kind::Repeat);
    }
    if !reading.said(Function::FirstReport).is_empty() {
        return Some(Kind::FirstReport);
    }
    Some(Kind::RealFault)
}

/// An apology for something that went wrong, or for the trouble it has caused though nothing says what; or two of them.
fn stands_alone(reading: &Reading<'_>, signs: &Signs) -> bool {
    let harm = reading.said(Function::Harm);
    let full = |apology: &&Said| apology.strength >= FULL;
    let trouble = reading.said(Function::Trouble);
    let late = reading.said(Function::DelayAck);
    let is_late = |apology: &&Said| {
        let (text, at) = sentence_of(reading, apology);
        late.iter().map(|said| sentence_of(reading, said)).any(|(its, place)| its == text && place.abs_diff(at) <= 1)
    };
    let apologies = signs.apologies.iter().filter(|one| full(one) && !is_late(one)).count();
    let measured = reading.said(Function::Prevention).iter().any(|one| one.strength >= FULL);
    let is_for_something = signs.apologies.iter().filter(full).any(|apology| {
        let (text, at) = sentence_of(reading, apology);
        let near = |said: &Said| {
            let (its, place) = sentence_of(reading, said);
            its == text && place.abs_diff(at) <= 1
        };
        harm.iter().chain(trouble).any(near)
    });
    is_for_something || apologies >= 2 || apologies == 1 && measured
}

/// 「ご不便をおかけしております」 beside a mere hint: a support desk's courtesy.
fn is_courtesy(reading: &Reading<'_>, signs: &Signs) -> bool {
    let harm = reading.said(Function::Harm);
    let is_light = signs.apologies.iter().all(|one| one.strength < FULL) && !signs.apologies.is_empty();
    is_light && signs.complaint.len() < 2 && signs.admissions.iter().all(|one| overlaps(one, harm))
}

/// Admitted and apologised for: whatever else is said, it is our fault.
fn is_owned(signs: &Signs) -> bool {
    let sure = |all: &[Said]| all.iter().any(|one| one.strength >= FULL);
    sure(&signs.admissions) && sure(&signs.apologies)
}

/// Everything we are sorry for is our own lateness, and nobody complains of more.
fn is_late_only(reading: &Reading<'_>, signs: &Signs) -> bool {
    let late: Vec<(usize, usize)> =
        reading.said(Function::DelayAck).iter().map(|said| sentence_of(reading, said)).collect();
    let is_late = |said: &Said| {
        let (text, at) = sentence_of(reading, said);
        late.iter().any(|(its, late)| *its == text && late.abs_diff(at) <= 1)
    };
    !late.is_empty()
        && reading.is_reply()
        && signs.complaint.is_empty()
        && signs.non_apologies.is_empty()
        && signs.apologies.iter().all(is_late)
        && signs.admissions.iter().all(is_late)
}

/// It is said, or an incident with a recipient's house within half a year is on record.
fn is_repeat(reading: &Reading<'_>, signs: &Signs) -> bool {
    let said = || !reading.said(Function::Repeat).is_empty();
    let complained = || !signs.complaint.is_empty() && !reading.quoted_said(Function::Repeat).is_empty();
    said() || complained() || !incidents(reading).is_empty()
}

/// Earlier incidents with the recipients' houses. What was put on record in these last days is the fault itself.
fn incidents(reading: &Reading<'_>) -> Vec<String> {
    const SAME_FAULT_DAYS: i64 = 3;
    let date = reading.message.date.as_ref().or(reading.facts.now.as_ref()).map(jiff::Zoned::date);
    let before = date.and_then(|date| date.checked_sub(jiff::Span::new().days(SAME_FAULT_DAYS)).ok());
    let Some(before) = before else { return Vec::new() };
    let of = |recipient: &Recipient<'_>| reading.facts.incidents_with(&recipient.mailbox.address.key(), before);
    let mut dates: Vec<String> = reading.outside().flat_map(of).map(|incident| incident.date.to_string()).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The words that tell the kind, for people.
pub(super) fn telling(reading: &Reading<'_>, signs: &Signs, kind: Kind) -> Vec<String> {
    const MOST: usize = 3;
    let of = |function| reading.said(function).iter().map(|said| reading.words(&said.hit)).collect::<Vec<_>>();
    let admitted = signs.admissions.iter().map(|said| reading.words(&said.hit));
    let special = match kind {
        Kind::SlightSlip => of(Function::Slight),
        Kind::FirstReport => of(Function::FirstReport),
        Kind::Repeat => [of(Function::Repeat), incidents(reading)].concat(),
        Kind::LateAnswer => of(Function::DelayAck),
        Kind::RealFault | Kind::Contested => Vec::new(),
    };
    let apologies = signs.apologies.iter().chain(&signs.non_apologies).map(|said| reading.words(&said.hit));
    let mut out: Vec<String> = special.into_iter().chain(signs.complaint.iter().cloned()).chain(admitted).collect();
    if out.is_empty() {
        out.extend(apologies);
    }
    out.truncate(MOST);
    out
}

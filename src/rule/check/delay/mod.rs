//! `delay`: a late answer that does not say so.
//!
//! Late is what comes more than some working days after a question, request or complaint, after the day it was asked
//! for, or after a reminder. Whose clock a quoted date is told by is unknown; a day more or less is within the limits.

mod answered;
mod due;

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;

use super::Kind;
use crate::finding::Evidence;
use crate::rule::expression::Function;
use crate::rule::opinion::Label;
use crate::rule::reading::{Reading, Remark, sentence};
use crate::rule::words::{Words, overlapped};
use crate::rule::workdays::Workdays;

use answered::Answered;
use due::Terms;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Delay {
    /// An answer may take so many working days.
    working_days: usize,
    /// Days on which the office is closed besides weekends and holidays.
    closed: Vec<Closed>,
    /// In own text: the lateness is spoken of.
    acknowledged: Words,
    /// … in passing, which is enough for a short delay.
    in_passing: Words,
    /// In own text: there was word in between, by telephone or mail, or this is no answer.
    in_between: Words,
    /// In the quoted mail: an answer is wanted.
    asks: Words,
    /// In the quoted mail: these look like it and are courtesy.
    courtesy: Words,
    /// In the quoted mail: the matter is settled; besides the expressions.
    settled: Words,
    /// In the quoted mail: there is no hurry.
    no_hurry: Words,
    /// In the quoted mail: an answer is missed.
    chases: Words,
    /// In the quoted mail: a reminder, which may come before the day.
    reminds: Words,
    /// In the subject of a quoted mail: it is sent again.
    again: Words,
    due: Terms,
    /// Whether the weighed sentences have a say.
    #[serde(default)]
    second_opinion: bool,
}

/// A day, written `2026-12-31`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Closed(Date);

impl TryFrom<String> for Closed {
    type Error = String;

    fn try_from(text: String) -> Result<Closed, String> {
        text.trim().parse().map(Closed).map_err(|_| format!("`{text}` is no day: write 2026-12-31"))
    }
}

/// An answer later than this takes up an old matter anew. In days.
const OLDEST: i32 = 90;
/// So many working days more may pass where the wait is spoken of in passing.
const IN_PASSING: usize = 2;

/// A complaint of this strength is one.
const COMPLAINT: u8 = 2;

/// Why an answer is late.
enum Late {
    /// So many working days since this one.
    Days(Date, usize),
    Deadline(Date, Range<usize>),
    Chased(Range<usize>),
    /// The subject says that the quoted mail was sent again.
    SentAgain(String),
}

impl Kind for Delay {
    fn words(&mut self) -> Vec<&mut Words> {
        let mut words = vec![
            &mut self.acknowledged,
            &mut self.in_passing,
            &mut self.in_between,
            &mut self.asks,
            &mut self.courtesy,
            &mut self.settled,
            &mut self.no_hurry,
            &mut self.chases,
            &mut self.reminds,
            &mut self.again,
        ];
        words.extend(self.due.words());
        words
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let is_quoting = reading.texts.iter().any(|text| !text.body.anatomy.quoted.is_empty());
        if !is_quoting || reading.is_internal() || reading.is_on_a_list() {
            return Vec::new();
        }
        if !self.may_be_late(reading) || reading.says(&self.acknowledged) || reading.says(&self.in_between) {
            return Vec::new();
        }
        let Some(mail) = Answered::of(reading) else { return Vec::new() };
        let late = self.late(reading, &mail);
        late.map(|late| remark(reading, &mail, late)).into_iter().collect()
    }

    fn label(&self) -> Option<Label> {
        self.second_opinion.then_some(Label::DelayUnacknowledged)
    }
}

impl Delay {
    /// Whether anything at all tells of lateness; who wrote what costs more to find out.
    fn may_be_late(&self, reading: &Reading<'_>) -> bool {
        let quoted = |words: &Words| reading.texts.iter().any(|text| text.quoted.any(words));
        let sent = sent_on(reading);
        let is_old = |written: jiff::civil::DateTime| {
            sent.is_some_and(|sent| (sent - written.date()).get_days() > self.working_days as i32)
        };
        reading.thread().iter().filter_map(|mail| mail.date).any(is_old)
            || reading.subject.hits.any(&self.again)
            || quoted(&self.chases)
            || quoted(&self.reminds)
            || self.due.may_tell(quoted)
    }

    fn late(&self, reading: &Reading<'_>, mail: &Answered<'_>) -> Option<Late> {
        let chased = mail.hits(&self.chases).into_iter().next();
        let Some((written, sent)) = mail.date.zip(sent_on(reading)) else { return chased.map(Late::Chased) };
        let age = (sent - written.date()).get_days();
        if !(0..=OLDEST).contains(&age) {
            return None;
        }
        if let Some(words) = chased {
            return Some(Late::Chased(words));
        }
        let closed: Vec<Date> = self.closed.iter().map(|day| day.0).collect();
        let office = Workdays { in_japan: is_in_japan(reading), closed: &closed };
        let due = self.due.read(mail, written.date(), &mail.hits(&self.courtesy));
        if due.by.is_none() && !self.wants_an_answer(mail) {
            return None;
        }
        let start = due.from.map_or(office.read_on(written), |from| from.max(office.read_on(written)));
        match due.by {
            Some((by, words)) if sent > office.on_or_after(by) => return Some(Late::Deadline(by, words)),
            // The answer comes in time.
            Some(_) => return None,
            None => {}
        }
        if let Some(words) = mail.hits(&self.reminds).into_iter().next() {
            return Some(Late::Chased(words));
        }
        if reading.subject.hits.any(&self.again) {
            return Some(Late::SentAgain(reading.subject.original.to_owned()));
        }
        let days = office.since(start, sent);
        let allowed = self.working_days + if reading.says(&self.in_passing) { IN_PASSING } else { 0 };
        (days > allowed && mail.hits(&self.no_hurry).is_empty()).then_some(Late::Days(start, days))
    }

    /// A question, request or complaint; thanks and news want none.
    fn wants_an_answer(&self, mail: &Answered<'_>) -> bool {
        let courtesy = mail.hits(&self.courtesy);
        let is_meant = |ask: &Range<usize>| !overlapped(&courtesy, &sentence(mail.quoted(), ask.clone()), Clone::clone);
        mail.hits(&self.asks).iter().any(is_meant)
            // Each sign of settlement takes one complaint back, as in `fault`.
            || mail.said(Function::Complaint, COMPLAINT)
                > mail.hits(&self.settled).len() + mail.said(Function::Settled, 1)
    }
}

fn sent_on(reading: &Reading<'_>) -> Option<Date> {
    reading.message.date.as_ref().or(reading.facts.now.as_ref()).map(jiff::Zoned::date)
}

/// Japanese offices close on Japanese holidays: the clock of the mail, or its language, tells.
fn is_in_japan(reading: &Reading<'_>) -> bool {
    const HOURS: i32 = 9;
    let by_clock = reading.message.date.as_ref().is_some_and(|date| date.offset().seconds() == HOURS * 3600);
    let letters = || reading.texts.iter().flat_map(|text| text.body.own.text().chars()).filter(|c| c.is_alphabetic());
    let japanese = letters().filter(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).count();
    by_clock || japanese * 2 > letters().count()
}

fn remark(reading: &Reading<'_>, mail: &Answered<'_>, late: Late) -> Remark {
    let told = |place: Range<usize>, en: String, ja: String| {
        let remark = Remark::at(reading.body_place(mail.text, place)).with("late_en", en).with("late_ja", ja);
        mail.date.into_iter().fold(remark, |remark, date| remark.with("date", date.date().to_string()))
    };
    let in_words =
        |place: Range<usize>, said: String| told(place, format!("“{said}”"), format!("「{said}」")).with("words", said);
    match late {
        Late::Days(since, days) => {
            let (en, ja) = (format!("{days} working days after {since}"), format!("{since}から{days}営業日"));
            told(mail.head(), en, ja).with("days", Evidence::from(days))
        }
        Late::Deadline(by, words) => {
            let (en, ja) = (format!("wanted by {by}"), format!("期限は{by}"));
            let said = mail.written(&words);
            told(mail.original(&words), en, ja).with("deadline", by.to_string()).with("words", said)
        }
        Late::Chased(words) => in_words(mail.original(&words), mail.written(&words)),
        Late::SentAgain(subject) => in_words(mail.head(), subject),
    }
}

//! `deadline`: something is asked for by a day that is over.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;

use super::Kind;
use super::date::{self, Written};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::{Words, overlapped};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Deadline {
    /// Words right in front of the date, or right behind it, that make it a deadline.
    in_front: Words,
    behind: Words,
    /// In the same sentence these ask for something.
    asks: Words,
    /// In the same sentence these say that the day is known to be over.
    unless: Words,
}

/// A year that is not written is this one if the date lies this many days back at most; further back it is next year's.
const RECENT_DAYS: i32 = 60;
/// Blanks, brackets and a weekday may stand between the date and its word. In bytes.
const BETWEEN: usize = 12;

impl Kind for Deadline {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.in_front, &mut self.behind, &mut self.asks, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if !reading.says(&self.asks) || !(reading.says(&self.in_front) || reading.says(&self.behind)) {
            return Vec::new();
        }
        let judged = reading.facts.now.as_ref().or(reading.message.date.as_ref());
        let Some(today) = judged.map(jiff::Zoned::date) else { return Vec::new() };
        let mut out = Vec::new();
        for (text, part) in reading.texts.iter().enumerate() {
            let of_text = |words| reading.own(words).into_iter().filter(|hit| hit.text == text).collect::<Vec<Hit>>();
            let (in_front, behind) = (of_text(&self.in_front), of_text(&self.behind));
            for written in date::find(part.body.own.text()) {
                let hit = Hit { text, range: written.range.clone() };
                let near = |words: &[Hit], window: Range<usize>| overlapped(words, &window, |word| word.range.clone());
                let is_due = near(&in_front, hit.range.start.saturating_sub(BETWEEN)..hit.range.start)
                    || near(&behind, hit.range.end..hit.range.end + BETWEEN);
                let asked = is_due && reading.sentence_has(&hit, &self.asks);
                let Some(date) = over(&written, today).filter(|_| asked) else { continue };
                if out.len() == MAX_REMARKS || reading.sentence_has(&hit, &self.unless) || reading.is_quoted(&hit) {
                    continue;
                }
                out.push(
                    Remark::at(reading.own_place(&hit))
                        .with("written", reading.words(&hit))
                        .with("date", date.to_string())
                        .with("today", today.to_string()),
                );
            }
        }
        out
    }
}

/// The day, if every reading of it lies before today.
fn over(written: &Written, today: Date) -> Option<Date> {
    let day = |&(day, month): &(i8, i8)| match written.year {
        Some(year) => Date::new(year, month, day).ok().filter(|date| *date < today),
        None => [today.year(), today.year() - 1]
            .into_iter()
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| (1..=RECENT_DAYS).contains(&(today - *date).get_days())),
    };
    let days: Option<Vec<Date>> = written.readings.iter().map(day).collect();
    days.filter(|_| {
        written.is_clear || written.weekday.is_some() || written.readings.len() == 1 || written.year.is_none()
    })
    .and_then(|days| days.into_iter().max())
}

//! `weekday`: a date and its weekday disagree.
//!
//! A year that is not written is the one that brings the date near the mail's own Date.

use jiff::civil::{Date, Weekday as Day};
use serde::Deserialize;

use super::Kind;
use super::date::{self, Written, english, kanji, month_name, months_between, months_named, near};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Weekday {
    /// In the same sentence these say that the date lies in an earlier year.
    past: Words,
    /// … that it lies in a later year.
    later: Words,
    /// … that something was done: a date some months ahead may then be last year's.
    told: Words,
}

/// Which other years a sentence allows.
#[derive(Debug, Clone, Copy, Default)]
struct Leeway {
    past: bool,
    later: bool,
    told: bool,
}

impl Kind for Weekday {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.past, &mut self.later, &mut self.told]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let judged = reading.facts.now.as_ref().or(reading.message.date.as_ref());
        let Some(today) = judged.map(jiff::Zoned::date) else { return Vec::new() };
        let mut out = Vec::new();
        for (text, part) in reading.texts.iter().enumerate() {
            let own = part.body.own.text();
            let mut named = None;
            for written in date::find(own) {
                if out.len() == MAX_REMARKS {
                    return out;
                }
                let Some(day) = written.weekday else { continue };
                let hit = Hit { text, range: written.range.clone() };
                let leeway = Leeway {
                    past: reading.sentence_has(&hit, &self.past),
                    later: reading.sentence_has(&hit, &self.later),
                    told: reading.sentence_has(&hit, &self.told),
                };
                if written.day_alone.is_some_and(|alone| {
                    let months = named.get_or_insert_with(|| months_of(reading, own));
                    months.iter().any(|month| near(today, *month, alone).is_some_and(|date| date.weekday() == day))
                }) {
                    continue;
                }
                if let Some(date) = contradiction(&written, day, today, leeway) {
                    out.push(remark(reading, &hit, day, date));
                }
            }
        }
        out
    }
}

/// A day without a month may belong to any month that the text or the subject speaks of: 「1月の日程：12日（火）」.
fn months_of(reading: &Reading<'_>, own: &str) -> Vec<i8> {
    months_named(own).into_iter().chain(months_named(reading.subject.folded.text())).collect()
}

fn remark(reading: &Reading<'_>, hit: &Hit, written: Day, date: Date) -> Remark {
    let right = date.weekday();
    let nearest = nearest_with(written, date);
    let in_japanese = |date: Date| format!("{}月{}日（{}）", date.month(), date.day(), kanji(date.weekday()));
    let in_english = |date: Date| format!("{} {} {}", english(date.weekday()), date.day(), month_name(date.month()));
    Remark::at(reading.own_place(hit))
        .with("written", reading.words(hit))
        .with("date", date.to_string())
        .with("weekday_en", english(right))
        .with("weekday_ja", kanji(right))
        .with("choices_en", format!("{} or {}", in_english(date), in_english(nearest)))
        .with("choices_ja", format!("{}または{}", in_japanese(date), in_japanese(nearest)))
}

/// The date that is meant, if no reading of it falls on the written weekday.
fn contradiction(written: &Written, day: Day, today: Date, leeway: Leeway) -> Option<Date> {
    let mut meant = None;
    for date in meanings(written, today) {
        let year = |shift: i16| Date::new(date.year() + shift, date.month(), date.day()).ok();
        let is_open = written.year.is_none() && written.day_alone.is_none();
        let ahead = months_between(today, date);
        // Somebody who looks back half a year does not write the year.
        let looks_back = leeway.past || ahead >= 5 || (leeway.told && ahead >= 2);
        let fits = |date: Option<Date>| date.is_some_and(|date| date.weekday() == day);
        if date.weekday() == day || is_open && (looks_back && fits(year(-1)) || leeway.later && fits(year(1))) {
            return None;
        }
        meant = meant.or(Some(date));
    }
    meant
}

/// The dates a written one can stand for.
fn meanings(written: &Written, today: Date) -> Vec<Date> {
    if let Some(day) = written.day_alone {
        // Of this month, or of a neighbour: it is wrong only if it is wrong in all three.
        let month = |shift: i64| today.first_of_month().checked_add(jiff::Span::new().months(shift)).ok();
        let of = |first: Date| Date::new(first.year(), first.month(), day).ok();
        return [0, 1, -1].into_iter().filter_map(|shift| month(shift).and_then(of)).collect();
    }
    let date = |&(day, month): &(i8, i8)| match written.year {
        Some(year) => Date::new(year, month, day).ok(),
        None => near(today, month, day),
    };
    written.readings.iter().filter_map(date).collect()
}

fn nearest_with(day: Day, date: Date) -> Date {
    let offset = [0i32, 1, -1, 2, -2, 3, -3]
        .into_iter()
        .find(|n| date.checked_add(jiff::Span::new().days(i64::from(*n))).is_ok_and(|d| d.weekday() == day));
    date.saturating_add(jiff::Span::new().days(i64::from(offset.unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::text::Folded;

    fn wrong(text: &str) -> Vec<String> {
        let folded = Folded::new(text);
        let today = jiff::civil::date(2026, 10, 14);
        date::find(folded.text())
            .iter()
            .filter(|w| w.weekday.is_some_and(|day| contradiction(w, day, today, Leeway::default()).is_some()))
            .map(|w| folded.text()[w.range.clone()].to_owned())
            .collect()
    }

    #[test]
    fn right_dates_are_silent() {
        for text in [
            "10月22日（木）",
            "10/22(木)",
            "２０２６年１０月２２日（木）",
            "令和8年11月5日（木）",
            "11/3(火・祝)",
            "総会（11月28日・土）",
            "定休日（11月28日・火曜以外）",
            "10/19(月)～21(水)",
            "10月19日(月)・20日(火)",
            "10/30(金)〜2(月)",
            "12月28日(月)〜1月5日(火)",
            "Thursday 22 October",
            "Thu, Oct 22",
            "October 22 (Thu)",
            "Thursday, October 22, 2026",
            "Tuesday 11/10",
            "Tuesday 10/11",
            "the 22nd",
            "1月5日（火）",
            "3月12日（木）",
            "土日祝",
            "5個(木)",
            "Tuesday, 10 November",
            "10/22 木曜日",
            "来週木曜日（22日）",
            "22日（木）に伺います",
            "月額3,000円(月)",
            "Sunday the 1st of November",
            "we met in May (Monday)",
            "Mon 2 – Fri 6 November",
            "Friday the 23rd",
            "Thursday, March 12",
        ] {
            assert!(wrong(text).is_empty(), "{text}: {:?}", wrong(text));
        }
    }

    #[test]
    fn wrong_dates_are_seen() {
        for text in [
            "10月22日（水）",
            "10/22(水)",
            "打合せ：11/3（水・祝）",
            "総会（11月28日・金）",
            "２０２６年１０月２２日（水）",
            "令和８年１１月５日（金）",
            "令和8年3月3日（金）",
            "10/22 水曜日",
            "Thursday, November 11",
            "Friday 24 October",
            "Friday, Oct 24, 2026",
            "October 24th (Friday)",
            "Monday 22/10",
            "2026/10/22(金)",
            "2026-11-03 (Wed)",
            "来週木曜日（21日）",
            "23日(木)にお伺いします",
            "1月5日（月）",
            "Mon 2 – Fri 7 November",
            "Thursday the 23rd",
        ] {
            assert_eq!(wrong(text).len(), 1, "{text}: {:?}", wrong(text));
        }
        assert_eq!(wrong("10/19(月)～21(木)"), ["21(木)"]);
    }
}

//! `impossible-date`: a date that no calendar has, and minutes beyond 59.

use jiff::civil::Date;
use serde::Deserialize;

use super::Kind;
use super::date::{self, Written, days_of, month_name};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct ImpossibleDate {
    /// Times with too many minutes. Hours up to 29 are the usual way to write a late night in Japan.
    times: Words,
    /// In the same sentence these say that the mistake is what it is about.
    unless: Words,
}

impl Kind for ImpossibleDate {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.times, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let today = reading.facts.now.as_ref().or(reading.message.date.as_ref()).map(jiff::Zoned::date);
        let meant = |hit: &Hit| reading.sentence_has(hit, &self.unless) || reading.is_quoted(hit);
        let mut out = Vec::new();
        for (text, part) in reading.texts.iter().enumerate() {
            for written in date::find(part.body.own.text()) {
                let hit = Hit { text, range: written.range.clone() };
                let Some((day, month)) = impossible(&written, today).filter(|_| !meant(&hit)) else { continue };
                if out.len() == MAX_REMARKS {
                    return out;
                }
                let (fact_en, fact_ja) = fact(day, month, written.year);
                out.push(remark(reading, &hit, fact_en, fact_ja));
            }
        }
        let room = MAX_REMARKS - out.len();
        for hit in reading.own(&self.times).into_iter().filter(|hit| !meant(hit)).take(room) {
            out.push(remark(reading, &hit, "an hour has 60 minutes".to_owned(), "1時間は60分".to_owned()));
        }
        out
    }
}

fn remark(reading: &Reading<'_>, hit: &Hit, fact_en: String, fact_ja: String) -> Remark {
    Remark::at(reading.own_place(hit))
        .with("written", reading.words(hit))
        .with("fact_en", fact_en)
        .with("fact_ja", fact_ja)
}

/// Day and month of a date that surely is one and is in no calendar, however it is read.
fn impossible(written: &Written, today: Option<Date>) -> Option<(i8, i8)> {
    let exists = |&(day, month): &(i8, i8)| {
        (1..=days_of(month, written.year)).contains(&day)
            && (written.year.is_some() || (day, month) != (29, 2) || today.is_none_or(is_near_leap_year))
    };
    let is_date = written.is_clear || written.weekday.is_some();
    if !is_date || written.readings.iter().any(exists) {
        return None;
    }
    let has_month = |&&(day, month): &&(i8, i8)| days_of(month, None) > 0 && day > 0;
    written.readings.iter().find(has_month).or(written.readings.first()).copied()
}

/// Whether somebody who writes 29 February without a year may mean one.
fn is_near_leap_year(today: Date) -> bool {
    (-1..=1).any(|shift| days_of(2, Some(today.year() + shift)) == 29)
}

fn fact(day: i8, month: i8, year: Option<i16>) -> (String, String) {
    let name = month_name(month);
    match (days_of(month, year), year) {
        (0, _) => ("a year has 12 months".to_owned(), "1年は12か月".to_owned()),
        _ if day == 0 => ("months begin with day 1".to_owned(), "月は1日から始まる".to_owned()),
        (28, Some(year)) => (format!("{name} {year} has 28 days"), format!("{year}年の2月は28日まで")),
        (29, None) if day == 29 => ("this is no leap year".to_owned(), "前後の年を含めてうるう年ではない".to_owned()),
        (29, None) => (format!("{name} has 28 or 29 days"), "2月は28日か29日まで".to_owned()),
        (days, _) => (format!("{name} has {days} days"), format!("{month}月は{days}日まで")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::text::Folded;

    fn found(text: &str) -> usize {
        let folded = Folded::new(text);
        let today = Some(jiff::civil::date(2026, 10, 14));
        date::find(folded.text()).iter().filter(|written| impossible(written, today).is_some()).count()
    }

    #[test]
    fn tells_dates_that_no_calendar_has() {
        for text in [
            "2月30日",
            "１１月３１日（火）",
            "令和8年2月29日",
            "2月29日（月）",
            "13月5日",
            "10月32日",
            "11/31(火)",
            "2026/2/30",
            "2026-02-30",
            "31 November",
            "Feb 30th",
            "November 31st, 2026",
            "30/02/2026",
            "Monday 2/30",
            "the 32nd of March",
            "on 32 March",
            "by the 32nd March.",
            "due March 32, 2026",
            "March 33rd at noon",
            "see you on Oct 32.",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
        for text in [
            "2月28日",
            "令和10年2月29日",
            "12/31(木)",
            "13/15",
            "11/31",
            "2/30",
            "31/10/2026",
            "10/31/2026",
            "25時30分",
            "may 35 people",
            "version 2.30",
            "2026-13",
            "第11-31号",
            "ratio 2/30 (good)",
            "RFC 2630",
            "the 32nd March meeting",
            "our 32 March invoices",
            "by March 32 of them had left",
            "we may 32 times",
            "the 32nd of Marchmont",
            "by 2025 32 may have gone",
            "on 32 March invoices",
            "March 32nd Street",
            "in March 32 people came",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}

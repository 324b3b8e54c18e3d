//! `weekday`: a date and its weekday disagree.
//!
//! Japanese and English dates, full-width digits, eras, ranges; a year that is not written is the one that brings
//! the date near the mail's own Date.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday as Day};
use regex::{Captures, Regex};
use serde::Deserialize;

use super::Kind;
use super::reading::{Hit, MAX_REMARKS, Reading, Remark};
use super::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weekday {
    /// In the same sentence these say that the date lies in an earlier year.
    past: Words,
}

/// A date with a weekday as written in folded text.
#[derive(Debug, PartialEq)]
struct Written {
    range: Range<usize>,
    year: Option<i16>,
    /// Day and month; two readings of `10/11`.
    candidates: Vec<(i8, i8)>,
    day: Day,
}

impl Kind for Weekday {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.past]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let judged = reading.facts.now.as_ref().or(reading.message.date.as_ref());
        let Some(today) = judged.map(jiff::Zoned::date) else { return Vec::new() };
        let mut out = Vec::new();
        for (text, part) in reading.texts.iter().enumerate() {
            for written in find(part.body.own.text(), today) {
                if out.len() == MAX_REMARKS {
                    return out;
                }
                let hit = Hit { text, range: written.range.clone() };
                let past = reading.sentence_has(&hit, &self.past);
                if let Some(date) = contradiction(&written, today, past) {
                    out.push(remark(reading, &hit, &written, date));
                }
            }
        }
        out
    }
}

fn remark(reading: &Reading<'_>, hit: &Hit, written: &Written, date: Date) -> Remark {
    let right = date.weekday();
    let nearest = nearest_with(written.day, date);
    let japanese = |date: Date| format!("{}月{}日（{}）", date.month(), date.day(), kanji(date.weekday()));
    let english = |date: Date| format!("{} {} {}", english(date.weekday()), date.day(), month_name(date.month()));
    Remark::at(reading.own_place(hit))
        .with("written", reading.words(hit))
        .with("date", date.to_string())
        .with("weekday_en", self::english(right))
        .with("weekday_ja", kanji(right))
        .with("choices_en", format!("{} or {}", english(date), english(nearest)))
        .with("choices_ja", format!("{}または{}", japanese(date), japanese(nearest)))
}

/// The date that is meant, if no reading of it falls on the written weekday.
fn contradiction(written: &Written, today: Date, past: bool) -> Option<Date> {
    let mut meant = None;
    for &(day, month) in &written.candidates {
        let Some(date) = written.year.map_or_else(|| near(today, month, day), |year| Date::new(year, month, day).ok())
        else {
            continue;
        };
        let last_year = Date::new(date.year() - 1, month, day).ok();
        let fits =
            date.weekday() == written.day || (past && last_year.is_some_and(|date| date.weekday() == written.day));
        if fits {
            return None;
        }
        meant = meant.or(Some(date));
    }
    meant
}

/// The date of this month and day from two months before to ten months after today.
fn near(today: Date, month: i8, day: i8) -> Option<Date> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let distance = |date: &Date| {
        (i32::from(date.year()) - i32::from(today.year())) * 12 + i32::from(date.month()) - i32::from(today.month())
    };
    years
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok())
        .find(|date| (-2..10).contains(&distance(date)))
}

fn nearest_with(day: Day, date: Date) -> Date {
    let offset = [0i32, 1, -1, 2, -2, 3, -3]
        .into_iter()
        .find(|n| date.checked_add(jiff::Span::new().days(i64::from(*n))).is_ok_and(|d| d.weekday() == day));
    date.saturating_add(jiff::Span::new().days(i64::from(offset.unwrap_or(0))))
}

fn find(text: &str, today: Date) -> Vec<Written> {
    let mut out = japanese_dates(text);
    out.extend(days_alone(text, today));
    if text.contains("day") || text.contains("mon") || ENGLISH_SHORT.iter().any(|day| text.contains(day)) {
        out.extend(english_dates(text));
    }
    out
}

// ---- Japanese

const KANJI_DAYS: [(char, Day); 7] = [
    ('月', Day::Monday),
    ('火', Day::Tuesday),
    ('水', Day::Wednesday),
    ('木', Day::Thursday),
    ('金', Day::Friday),
    ('土', Day::Saturday),
    ('日', Day::Sunday),
];

fn kanji(day: Day) -> String {
    KANJI_DAYS.iter().find(|(_, known)| *known == day).map(|(kanji, _)| kanji.to_string()).unwrap_or_default()
}

fn japanese_dates(text: &str) -> Vec<Written> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)
            (?: (?: (?P<era>令和|r) \s* (?P<era_year>[0-9]{1,2}|元) (?:年|[./]) | (?P<year>20[0-9]{2}) (?:年|[./-]) ) \s* )?
            (?: (?P<month>[0-9]{1,2}) \s* (?:月|[./-]) \s* )?
            (?P<day>[0-9]{1,2}) \s* 日? \s*
            (?: \( \s* (?P<w1>[月火水木金土日]) (?: 曜日? | [・･/] \s* [祝休振] [^)]{0,4} | [祝休] )? \s* \) | (?P<w2>[月火水木金土日]) 曜 日? )",
        )
        .expect("a fixed pattern")
    });
    if !text.contains(['月', '火', '水', '木', '金', '土', '日']) {
        return Vec::new();
    }
    let mut out: Vec<Written> = Vec::new();
    for found in DATE.captures_iter(text) {
        let Some(written) = japanese_date(text, &found, out.last()) else { continue };
        out.push(written);
    }
    out
}

/// 「来週木曜日（21日）」: the month is this one or the next; it is wrong only if it is wrong in both.
fn days_alone(text: &str, today: Date) -> Vec<Written> {
    static DAY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([月火水木金土日])曜日?\s*\(\s*([0-9]{1,2})日\s*\)").expect("a fixed pattern"));
    if !text.contains('曜') {
        return Vec::new();
    }
    let read = |found: Captures<'_>| {
        let kanji = found[1].chars().next()?;
        let day: i8 = found[2].parse().ok().filter(|day| (1..=31).contains(day))?;
        let months = [today.month(), today.month() % 12 + 1];
        let weekday = KANJI_DAYS.iter().find(|(known, _)| *known == kanji)?.1;
        Some(Written {
            range: found.get(0)?.range(),
            year: None,
            candidates: months.map(|month| (day, month)).into(),
            day: weekday,
        })
    };
    DAY.captures_iter(text).filter_map(read).collect()
}

fn japanese_date(text: &str, found: &Captures<'_>, before: Option<&Written>) -> Option<Written> {
    let whole = found.get(0)?;
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i8>().ok());
    let day = number("day")?;
    let kanji = found.name("w1").or_else(|| found.name("w2"))?.as_str().chars().next()?;
    let weekday = KANJI_DAYS.iter().find(|(known, _)| *known == kanji)?.1;
    let year = match (found.name("year"), found.name("era_year")) {
        (Some(year), _) => year.as_str().parse().ok(),
        (None, Some(era)) if era.as_str() == "元" => Some(2019),
        (None, Some(era)) => era.as_str().parse::<i16>().ok().map(|n| 2018 + n),
        (None, None) => None,
    };
    // A bare day takes the month of the date just before it: 「10/19(月)～21(水)」.
    let (month, year) = match number("month") {
        Some(month) => (month, year),
        None => {
            let before = before.filter(|before| text[before.range.end..whole.start()].chars().count() <= 24)?;
            (before.candidates.first()?.1, before.year)
        }
    };
    let starts_inside_number = text[..whole.start()].ends_with(|c: char| c.is_ascii_digit() || c == '/' || c == '.');
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && !starts_inside_number;
    valid.then(|| Written { range: whole.range(), year, candidates: vec![(day, month)], day: weekday })
}

// ---- English

const ENGLISH_SHORT: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ENGLISH_DAYS: [(&str, Day); 7] = [
    ("Monday", Day::Monday),
    ("Tuesday", Day::Tuesday),
    ("Wednesday", Day::Wednesday),
    ("Thursday", Day::Thursday),
    ("Friday", Day::Friday),
    ("Saturday", Day::Saturday),
    ("Sunday", Day::Sunday),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn english(day: Day) -> &'static str {
    ENGLISH_DAYS.iter().find(|(_, known)| *known == day).map_or("", |(name, _)| name)
}

fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).unwrap_or(&"")
}

fn english_dates(text: &str) -> Vec<Written> {
    static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x) \b (?P<w>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)? \.? ,? \s+ (?:the \s+)?
            (?: (?P<d1>[0-9]{1,2})(?:st|nd|rd|th)? \s+ (?:of \s+)? (?P<m1>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*
              | (?P<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \.? \s+ (?P<d2>[0-9]{1,2})(?:st|nd|rd|th)?
              | (?P<n1>[0-9]{1,2}) / (?P<n2>[0-9]{1,2}) ) \b
            (?: ,? [\ /] \s* (?P<y>20[0-9]{2}) \b )?",
        )
        .expect("a fixed pattern")
    });
    static DAY_LAST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x) \b (?: (?P<d1>[0-9]{1,2})(?:st|nd|rd|th)? \s+ (?:of \s+)? (?P<m1>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*
              | (?P<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \.? \s+ (?P<d2>[0-9]{1,2})(?:st|nd|rd|th)?
              | (?P<n1>[0-9]{1,2}) / (?P<n2>[0-9]{1,2}) )
            (?: ,? [\ /] \s* (?P<y>20[0-9]{2}) )? \s*
            \( \s* (?P<w>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)? \.? \s* \)",
        )
        .expect("a fixed pattern")
    });
    let both = DAY_FIRST.captures_iter(text).chain(DAY_LAST.captures_iter(text));
    both.filter_map(|found| english_date(&found)).collect()
}

fn english_date(found: &Captures<'_>) -> Option<Written> {
    let weekday = found.name("w")?.as_str();
    let at = ENGLISH_SHORT.iter().position(|short| weekday.starts_with(short))?;
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i8>().ok());
    let month = |name: &str| {
        let short = found.name(name)?.as_str();
        MONTHS
            .iter()
            .position(|long| long.to_ascii_lowercase().starts_with(short))
            .and_then(|at| i8::try_from(at + 1).ok())
    };
    let candidates =
        match (number("d1").zip(month("m1")).or(number("d2").zip(month("m2"))), number("n1").zip(number("n2"))) {
            (Some(date), _) => vec![date],
            // 10/11 is October to an American and November to a Briton; it is wrong only if it is wrong to both.
            (None, Some((a, b))) => [(b, a), (a, b)]
                .into_iter()
                .filter(|&(day, month)| (1..=12).contains(&month) && (1..=31).contains(&day))
                .collect(),
            (None, None) => return None,
        };
    let year = found.name("y").and_then(|year| year.as_str().parse().ok());
    Some(Written { range: found.get(0)?.range(), year, candidates, day: ENGLISH_DAYS[at].1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::text::Folded;

    fn wrong(text: &str) -> Vec<String> {
        let folded = Folded::new(text);
        let today = jiff::civil::date(2026, 10, 14);
        find(folded.text(), today)
            .iter()
            .filter(|written| contradiction(written, today, false).is_some())
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
            "10/19(月)～21(水)",
            "10月19日(月)・20日(火)",
            "Thursday 22 October",
            "Thu, Oct 22",
            "October 22 (Thu)",
            "Thursday, October 22, 2026",
            "Tuesday 11/10",
            "the 22nd",
            "1月5日（火）",
            "土日祝",
            "5個(木)",
            "Tuesday, 10 November",
            "10/22 木曜日",
            "来週木曜日（22日）",
            "月額3,000円(月)",
            "Sunday the 1st of November",
            "we met in May (Monday)",
        ] {
            assert!(wrong(text).is_empty(), "{text}: {:?}", wrong(text));
        }
    }

    #[test]
    fn wrong_dates_are_seen() {
        for text in [
            "10月22日（水）",
            "10/22(水)",
            "２０２６年１０月２２日（水）",
            "令和８年１１月５日（金）",
            "10/22 水曜日",
            "Thursday, November 11",
            "Friday 24 October",
            "Friday, Oct 24, 2026",
            "October 24th (Friday)",
            "Monday 22/10",
            "2026/10/22(金)",
            "来週木曜日（21日）",
            "1月5日（月）",
        ] {
            assert_eq!(wrong(text).len(), 1, "{text}");
        }
        assert_eq!(wrong("10/19(月)～21(木)"), ["21(木)"]);
    }
}

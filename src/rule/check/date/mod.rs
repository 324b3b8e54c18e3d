//! Dates as people write them, found in folded text: Japanese and English, in words, numbers and eras, with the
//! weekday beside them.
//!
//! Knows forms, not meanings: whether a date exists, lies behind or falls on its weekday is for the kinds that ask.

mod english;
mod japanese;
mod number;
mod relative;

use std::ops::Range;

use jiff::civil::{Date, Weekday as Day};

use number::Number;
pub(super) use relative::days_told;

/// A date as written in folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) range: Range<usize>,
    pub(super) year: Option<i16>,
    /// Day and month, as the numbers stand; several readings of `10/11`.
    pub(super) readings: Vec<(i8, i8)>,
    /// Only a day is told: 「21日（木）」, "Friday the 23rd".
    pub(super) day_alone: Option<i8>,
    pub(super) weekday: Option<Day>,
    /// Nothing else is written like this; `10/22` without a weekday may be a fraction.
    pub(super) is_clear: bool,
}

/// All dates of a folded text in order. Linear: each number is looked at once, with a bounded look around it.
pub(super) fn find(text: &str) -> Vec<Written> {
    let mut out: Vec<Written> = Vec::new();
    let mut at = 0;
    while let Some(found) = text.as_bytes()[at..].iter().position(u8::is_ascii_digit) {
        let number = Number::at(text, at + found);
        let date = if number.is_part_of_token {
            None
        } else {
            japanese::date(text, &number, out.last())
                .or_else(|| number::date(text, &number))
                .or_else(|| english::date(text, &number, out.last()))
        };
        at = date.as_ref().map_or(number.end, |date| date.range.end.max(number.end));
        out.extend(date);
    }
    out
}

/// The number of days of a month; a February without a year has 29.
pub(super) fn days_of(month: i8, year: Option<i16>) -> i8 {
    match (Date::new(year.unwrap_or(2000), month, 1), year) {
        (Ok(first), _) => first.days_in_month(),
        (Err(_), _) => 0,
    }
}

/// The date of this month and day from two months before to ten months after today.
pub(super) fn near(today: Date, month: i8, day: i8) -> Option<Date> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let dates = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
    dates.into_iter().find(|date| (-2..10).contains(&months_between(today, *date)))
}

pub(super) fn months_between(from: Date, to: Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

pub(super) const DAYS: [(Day, &str, char); 7] = [
    (Day::Monday, "Monday", '月'),
    (Day::Tuesday, "Tuesday", '火'),
    (Day::Wednesday, "Wednesday", '水'),
    (Day::Thursday, "Thursday", '木'),
    (Day::Friday, "Friday", '金'),
    (Day::Saturday, "Saturday", '土'),
    (Day::Sunday, "Sunday", '日'),
];

pub(super) const MONTHS: [&str; 12] = [
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

pub(super) fn english(day: Day) -> &'static str {
    DAYS.iter().find(|(known, ..)| *known == day).map_or("", |(_, name, _)| name)
}

pub(super) fn kanji(day: Day) -> String {
    DAYS.iter().find(|(known, ..)| *known == day).map(|(.., kanji)| kanji.to_string()).unwrap_or_default()
}

pub(super) fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).unwrap_or(&"")
}

/// The months a folded text speaks of, with or without a day.
pub(super) fn months_named(text: &str) -> Vec<i8> {
    let in_japanese = text.match_indices('月').filter_map(|(at, _)| {
        let before = text[..at].trim_end_matches(' ');
        let digits = before.bytes().rev().take(2).take_while(u8::is_ascii_digit).count();
        before[before.len() - digits..].parse().ok()
    });
    let in_english = (1..=12).filter(|month| text.contains(&month_name(*month).to_ascii_lowercase()[..3]));
    let mut months: Vec<i8> = in_japanese.chain(in_english).filter(|month| (1..=12).contains(month)).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// Behind blanks on the same line.
fn skip_blanks(text: &str, at: usize) -> usize {
    at + text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// Behind blanks and a word, if it stands there.
fn eat(text: &str, at: usize, word: &str) -> Option<usize> {
    let at = skip_blanks(text, at);
    text[at..].starts_with(word).then_some(at + word.len())
}

/// The weekday behind a date: 「（木）」, "(Thu)", 「木曜日」; and where it ends.
fn weekday_after(text: &str, at: usize) -> Option<(Day, usize)> {
    japanese::weekday_behind(text, at).or_else(|| english::weekday_behind(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::text::Folded;

    fn dates(text: &str) -> Vec<Written> {
        find(Folded::new(text).text())
    }

    #[test]
    fn reads_every_form() {
        use Day::*;
        for (text, year, reading, weekday) in [
            ("10月22日（木）", None, (22, 10), Some(Thursday)),
            ("１０月 ２２日 (木曜日)", None, (22, 10), Some(Thursday)),
            ("令和8年3月3日（金）", Some(2026), (3, 3), Some(Friday)),
            ("令和元年5月1日(水・祝)", Some(2019), (1, 5), Some(Wednesday)),
            ("R8.11.5（木）", Some(2026), (5, 11), Some(Thursday)),
            ("平成30年4月1日", Some(2018), (1, 4), None),
            ("2026年11月3日 火曜日", Some(2026), (3, 11), Some(Tuesday)),
            ("2026/11/3(火・祝)", Some(2026), (3, 11), Some(Tuesday)),
            ("2026.11.03[火]", Some(2026), (3, 11), Some(Tuesday)),
            ("11/3(日祝)", None, (3, 11), Some(Sunday)),
            ("11/3 火曜", None, (3, 11), Some(Tuesday)),
            ("火曜日（11月3日）に", None, (3, 11), Some(Tuesday)),
            ("2026-11-03 (Tue)", Some(2026), (3, 11), Some(Tuesday)),
            ("2026-11-03 Tue", Some(2026), (3, 11), Some(Tuesday)),
            ("Tue 3 Nov", None, (3, 11), Some(Tuesday)),
            ("Tuesday, November 3rd", None, (3, 11), Some(Tuesday)),
            ("Tuesday the 3rd of November, 2026", Some(2026), (3, 11), Some(Tuesday)),
            ("Nov. 3 (Tues.)", None, (3, 11), Some(Tuesday)),
            ("3 November 2026 (Tuesday)", Some(2026), (3, 11), Some(Tuesday)),
            ("Thu Sep. 24th", None, (24, 9), Some(Thursday)),
            ("Sun Jun 9 13:02:11 2019", Some(2019), (9, 6), Some(Sunday)),
            ("November 31", None, (31, 11), None),
            ("13月45日", None, (45, 13), None),
        ] {
            let found = dates(text);
            assert_eq!((found.len(), found[0].day_alone), (1, None), "{text}");
            assert_eq!(
                (found[0].year, &found[0].readings[..], found[0].weekday),
                (year, &[reading][..], weekday),
                "{text}"
            );
        }
        assert_eq!(dates("Tuesday 11/10")[0].readings, [(10, 11), (11, 10)]);
        assert_eq!(dates("30/02/2026")[0].readings, [(2, 30), (30, 2)]);
    }

    #[test]
    fn reads_ranges_and_days_without_a_month() {
        for (text, expected) in [
            ("10月5日(月)〜9日(金)", &[(5, 10), (9, 10)][..]),
            ("10/5(月)・6(火)", &[(5, 10), (6, 10)]),
            ("１１月９日（月）－１１日（水）", &[(9, 11), (11, 11)]),
            ("Mon 5 – Fri 9 October", &[(5, 10), (9, 10)]),
            ("Mon 5, Tue 6 and Wed 7 October", &[(5, 10), (6, 10), (7, 10)]),
            ("Mon 5 October and Tue 6", &[(5, 10), (6, 10)]),
        ] {
            let found: Vec<_> =
                dates(text).into_iter().filter(|d| d.weekday.is_some()).map(|d| d.readings[0]).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(dates("21日（木）にお伺いします")[0].day_alone, Some(21));
        assert_eq!(dates("来週木曜日（21日）")[0].day_alone, Some(21));
        assert_eq!(dates("on Friday the 23rd")[0].day_alone, Some(23));
        assert_eq!(dates("10/30(金)〜2(月)")[1].readings, [(2, 10), (2, 11)]);
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "03-1234-5678",
            "version 1.2.3",
            "PO-2026-02-30",
            "13/15",
            "3か月、5個(木)",
            "10.0.0.1",
            "https://h.example/2026/02/30/post",
            "11:31",
            "Monday 24 people",
            "$31 nov",
            "10/11/12(月)",
        ] {
            let found: Vec<_> = dates(text)
                .into_iter()
                .filter(|d| d.weekday.is_some() || d.year.is_some() || d.readings.contains(&(30, 2)))
                .collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
        for text in [
            "Monday to Friday, 5-9 October",
            "Mon-Fri 5 October",
            "毎週火曜日（11月4日は休み）",
            "10月5日〜9日（月〜金）",
        ] {
            assert!(dates(text).iter().all(|d| d.weekday.is_none()), "{text}: {:?}", dates(text));
        }
    }
}

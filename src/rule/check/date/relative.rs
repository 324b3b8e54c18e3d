//! Days told from the day a text was written: 明日, 来週金曜, 今月末, 16日, "tomorrow", "by Friday", "end of the month",
//! "the 20th", "within three days".
//!
//! Where people mean different days by a word, it is the latest of them: "Friday", written on a
//! Friday, is next week's.

use std::ops::Range;

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::{DAYS, Written, find, near};

/// A day as told in a text, and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rule) struct Told {
    pub(in crate::rule) range: Range<usize>,
    pub(in crate::rule) day: Date,
}

/// The end of a stretch of time, counted from the day of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// So many days on.
    Day(i64),
    /// The Friday of this week, or of one so many weeks on; the next one if it is over.
    Week(i64),
    /// The Sunday of this week.
    Weekend,
    /// The last day of this month, or of one so many months on.
    Month(i64),
    /// The last day of the year.
    Year,
}

/// Longer words stand before those they contain.
const WORDS: [(&str, End); 50] = [
    ("明後日", End::Day(2)),
    ("あさって", End::Day(2)),
    ("day after tomorrow", End::Day(2)),
    ("翌営業日", End::Day(1)),
    ("本日", End::Day(0)),
    ("今日", End::Day(0)),
    ("明日", End::Day(1)),
    ("翌日", End::Day(1)),
    ("今夜", End::Day(0)),
    ("再来週", End::Week(2)),
    ("来週", End::Week(1)),
    ("翌週", End::Week(1)),
    ("週明け", End::Week(1)),
    ("今週", End::Week(0)),
    ("週内", End::Week(0)),
    ("週末", End::Weekend),
    ("再来月", End::Month(2)),
    ("来月", End::Month(1)),
    ("翌月", End::Month(1)),
    ("今月", End::Month(0)),
    ("月末", End::Month(0)),
    ("月内", End::Month(0)),
    ("年内", End::Year),
    ("年末", End::Year),
    ("今年", End::Year),
    ("today", End::Day(0)),
    ("tonight", End::Day(0)),
    ("this morning", End::Day(0)),
    ("this afternoon", End::Day(0)),
    ("this evening", End::Day(0)),
    ("end of the day", End::Day(0)),
    ("end of day", End::Day(0)),
    ("eod", End::Day(0)),
    ("cob", End::Day(0)),
    ("close of business", End::Day(0)),
    ("tomorrow", End::Day(1)),
    ("within 24 hours", End::Day(1)),
    ("within 48 hours", End::Day(2)),
    ("next week", End::Week(1)),
    ("the week", End::Week(0)),
    ("this week", End::Week(0)),
    ("the weekend", End::Weekend),
    ("next month", End::Month(1)),
    ("the month", End::Month(0)),
    ("this month", End::Month(0)),
    ("month end", End::Month(0)),
    ("month-end", End::Month(0)),
    ("the year", End::Year),
    ("this year", End::Year),
    ("year end", End::Year),
];

/// The days told in a folded text that was written on `from`, earlier ones left out; meant for a sentence.
pub(in crate::rule) fn days_told(text: &str, from: Date) -> Vec<Told> {
    let mut out: Vec<Told> = Vec::new();
    let mut add = |range: Range<usize>, day: Option<Date>| {
        let is_new = out.iter().all(|told| told.range.end <= range.start || range.end <= told.range.start);
        if let Some(day) = day.filter(|day| is_new && *day >= from) {
            out.push(Told { range, day });
        }
    };
    for written in find(text) {
        add(written.range.clone(), latest(&written, from));
    }
    weekdays(text).for_each(|(range, weekday, weeks)| add(range, on_weekday(weekday, weeks, from)));
    numbers(text).for_each(|(range, number)| add(range, number.after(from)));
    for (word, end) in WORDS {
        let places = text.match_indices(word).filter(|(at, _)| stands_alone(text, *at..at + word.len()));
        places.for_each(|(at, _)| add(at..at + word.len(), end.after(from)));
    }
    out.sort_by_key(|told| told.range.start);
    out
}

/// The latest reading of a date.
fn latest(written: &Written, from: Date) -> Option<Date> {
    if let Some(day) = written.day_alone {
        return Number::DayOfMonth(day).after(from);
    }
    let reading = |&(day, month): &(i8, i8)| match written.year {
        Some(year) => Date::new(year, month, day).ok(),
        None => near(from, month, day),
    };
    written.readings.iter().filter_map(reading).max()
}

impl End {
    fn after(self, from: Date) -> Option<Date> {
        match self {
            End::Day(days) => from.checked_add(Span::new().days(days)).ok(),
            End::Week(weeks) => {
                let friday = of_week(Weekday::Friday, weeks, from)?;
                let is_over = weeks == 0 && friday < from;
                if is_over { of_week(Weekday::Friday, 1, from) } else { Some(friday) }
            }
            End::Weekend => of_week(Weekday::Sunday, 0, from),
            End::Month(months) => from.checked_add(Span::new().months(months)).ok().map(Date::last_of_month),
            End::Year => Some(from.last_of_year()),
        }
    }
}

/// A number of days on, or a day of the month.
#[derive(Debug, Clone, Copy)]
enum Number {
    Days(i64),
    DayOfMonth(i8),
}

impl Number {
    fn after(self, from: Date) -> Option<Date> {
        match self {
            Number::Days(days) => from.checked_add(Span::new().days(days)).ok(),
            Number::DayOfMonth(day) => {
                let month = |ahead: i64| from.first_of_month().checked_add(Span::new().months(ahead)).ok();
                let mut of_month = (0..=2).filter_map(month).filter_map(|m| Date::new(m.year(), m.month(), day).ok());
                of_month.find(|date| *date >= from)
            }
        }
    }
}

/// 「3日以内」, 「5営業日以内」, 「16日」; "within 3 days", "within two weeks", "the 20th".
fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, Number)> {
    let starts = text.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
    let starts = starts.filter(|at| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || ".:/-".contains(c)));
    let in_digits = starts.filter_map(|start| {
        let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let value: i64 = text[start..start + length].parse().ok().filter(|_| length <= 2)?;
        let behind = &text[start + length..];
        let days = DAYS_ON.iter().find(|(unit, _)| behind.starts_with(unit));
        if let Some((unit, days)) = days {
            return Some((start..start + length + unit.len(), Number::Days(value * days)));
        }
        let ending = ["日", "st", "nd", "rd", "th"].iter().find(|ending| behind.starts_with(**ending))?;
        let end = start + length + ending.len();
        let is_day = *ending == "日" && !text[end..].starts_with(['間', '目', '以', '後', '前', 'の'])
            || text[..start].ends_with("the ");
        is_day.then(|| i8::try_from(value).ok()).flatten().map(|day| (start..end, Number::DayOfMonth(day)))
    });
    let in_words = IN_WORDS.iter().flat_map(move |(word, days)| {
        text.match_indices(word).map(|(at, found)| (at..at + found.len(), Number::Days(*days)))
    });
    in_digits.chain(in_words)
}

/// What stands behind a number of days, and how many each counts at most.
const DAYS_ON: [(&str, i64); 9] = [
    ("日以内", 1),
    ("営業日以内", 3),
    ("週間以内", 7),
    ("日後", 1),
    (" days", 1),
    (" business days", 3),
    (" working days", 3),
    (" weeks", 7),
    (" hours", 1),
];

const IN_WORDS: [(&str, i64); 11] = [
    ("一週間以内", 7),
    ("二三日", 3),
    ("数日", 5),
    ("within a day", 1),
    ("two days", 2),
    ("three days", 3),
    ("few days", 5),
    ("five days", 5),
    ("within a week", 7),
    ("two weeks", 14),
    ("couple of days", 3),
];

/// Weekdays, with how many weeks on they are said to be; `None` for the next one.
fn weekdays(text: &str) -> impl Iterator<Item = (Range<usize>, Weekday, Option<i64>)> {
    let kanji = text.match_indices('曜').filter_map(|(at, _)| {
        let day = text[..at].chars().next_back()?;
        let weekday = DAYS.iter().find(|(.., kanji)| *kanji == day).map(|(day, ..)| *day)?;
        let front = text[..at - day.len_utf8()].trim_end_matches('の');
        if front.ends_with("毎週") || front.ends_with("隔週") {
            return None;
        }
        let said = [("再来週", 2), ("来週", 1), ("翌週", 1), ("今週", 0)].into_iter().find(|(w, _)| front.ends_with(w));
        let start = said.map_or(at - day.len_utf8(), |(word, _)| front.len() - word.len());
        let end = at + '曜'.len_utf8();
        let end = if text[end..].starts_with('日') { end + '日'.len_utf8() } else { end };
        Some((start..end, weekday, said.map(|(_, weeks)| weeks)))
    });
    let english = DAYS.iter().flat_map(move |(day, name, _)| {
        let name = name.to_ascii_lowercase();
        let places: Vec<usize> = text.match_indices(&name).map(|(at, _)| at).collect();
        places.into_iter().filter_map(move |at| {
            let range = at..at + name.len();
            let front = text[..at].trim_end();
            let said = [("next", 1), ("this", 0)].into_iter().find(|(word, _)| front.ends_with(word));
            let start = said.map_or(at, |(word, _)| front.len() - word.len());
            let is_one = stands_alone(text, range.clone()) && !front.ends_with("every");
            is_one.then_some((start..range.end, *day, said.map(|(_, weeks)| weeks)))
        })
    });
    kanji.chain(english)
}

/// The weekday of this week, which begins on Monday, or of one so many weeks on.
fn of_week(day: Weekday, weeks: i64, from: Date) -> Option<Date> {
    let ahead = i64::from(day.to_monday_zero_offset()) - i64::from(from.weekday().to_monday_zero_offset());
    from.checked_add(Span::new().days(ahead + 7 * weeks)).ok()
}

fn on_weekday(day: Weekday, weeks: Option<i64>, from: Date) -> Option<Date> {
    match weeks {
        Some(weeks) => of_week(day, weeks, from),
        None => {
            let ahead = i64::from(day.since(from.weekday()));
            from.checked_add(Span::new().days(if ahead == 0 { 7 } else { ahead })).ok()
        }
    }
}

/// No Latin letter or digit touches words of Latin letters.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_latin = latin(text[range.clone()].chars().next());
    !is_latin || !latin(text[..range.start].chars().next_back()) && !latin(text[range.end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::text::Folded;
    use jiff::civil::date;

    /// Told on Wednesday 14 October 2026.
    fn told(text: &str) -> Vec<String> {
        let days = days_told(Folded::new(text).text(), date(2026, 10, 14));
        days.into_iter().map(|told| told.day.strftime("%-m/%-d").to_string()).collect()
    }

    #[test]
    fn reads_days_told_from_the_day_of_writing() {
        for (text, expected) in [
            ("本日中に", "10/14"),
            ("今日明日中に", "10/14 10/15"),
            ("明後日までに", "10/16"),
            ("金曜までに", "10/16"),
            ("水曜日までに", "10/21"),
            ("来週の火曜日までに", "10/20"),
            ("今週金曜までに", "10/16"),
            ("再来週月曜", "10/26"),
            ("今週中に", "10/16"),
            ("来週中に", "10/23"),
            ("今月末までに", "10/31"),
            ("月末までに", "10/31"),
            ("来月10日", "11/30 11/10"),
            ("16日までに", "10/16"),
            ("5日までに", "11/5"),
            ("10月16日（金）までに", "10/16"),
            ("16日(金)までに", "10/16"),
            ("3日以内に", "10/17"),
            ("３営業日以内にご回答ください", "10/23"),
            ("1週間以内に", "10/21"),
            ("年内に", "12/31"),
            ("毎週金曜に", ""),
            ("by Friday", "10/16"),
            ("by next Friday", "10/23"),
            ("by this Friday", "10/16"),
            ("by Tuesday the 20th", "10/20"),
            ("before the 15th", "10/15"),
            ("today or tomorrow", "10/14 10/15"),
            ("by the end of the week", "10/16"),
            ("週末までに", "10/18"),
            ("by month end", "10/31"),
            ("by COB Friday", "10/14 10/16"),
            ("within 3 days", "10/17"),
            ("by 20 October", "10/20"),
            ("by 10/16", "10/16"),
            ("every Friday", ""),
            ("5th avenue, sundays", ""),
        ] {
            assert_eq!(told(text).join(" "), expected, "{text}");
        }
    }
}

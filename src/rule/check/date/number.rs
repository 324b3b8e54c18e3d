//! A number that may begin a date, and dates of numbers alone: 2026/11/3, 3.11.2026, 11/3.

use super::{Written, eat, english, japanese, weekday_after};

/// A run of digits and what stands around it.
#[derive(Debug)]
pub(super) struct Number {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Of at most four digits; larger numbers are no part of a date.
    pub(super) value: i16,
    /// "5-9 October": the 9.
    pub(super) ends_range: bool,
    /// Inside a word, path, version or code.
    pub(super) is_part_of_token: bool,
}

impl Number {
    pub(super) fn at(text: &str, start: usize) -> Number {
        let digits = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + digits;
        let value = text[start..end].parse().ok().filter(|_| digits <= 4);
        let mut before = text[..start].chars().rev();
        let (last, last_but_one) = (before.next(), before.next());
        let behind_digit = last_but_one.is_some_and(|c| c.is_ascii_digit());
        let inside = match last {
            Some('r') => last_but_one.is_some_and(|c| c.is_ascii_alphanumeric()),
            Some('-') => last_but_one.is_some_and(|c| c.is_ascii_alphabetic()),
            // 「日時：11/3」 folds to a colon in front.
            Some('.' | ':') => behind_digit,
            Some(c) => c.is_ascii_alphabetic() || "/_#=%&+@$¥€£\\'".contains(c),
            None => false,
        };
        Number {
            start,
            end,
            value: value.unwrap_or(0),
            ends_range: matches!(last, Some('-' | '~')) && behind_digit,
            is_part_of_token: inside || value.is_none(),
        }
    }

    pub(super) fn digits(&self) -> usize {
        self.end - self.start
    }

    /// As a day or month.
    pub(super) fn small(&self) -> Option<i8> {
        i8::try_from(self.value).ok().filter(|_| self.digits() <= 2)
    }

    /// The number right behind a place and blanks.
    pub(super) fn behind(text: &str, at: usize) -> Option<Number> {
        let at = super::skip_blanks(text, at);
        text.as_bytes().get(at).is_some_and(u8::is_ascii_digit).then(|| Number::at(text, at))
    }
}

/// A date of numbers between slashes, dots or hyphens.
pub(super) fn date(text: &str, first: &Number) -> Option<Written> {
    let separator = text[first.end..].chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
    if first.ends_range {
        return None;
    }
    let part = |at: usize| {
        let at = at + 1;
        text.as_bytes().get(at).is_some_and(u8::is_ascii_digit).then(|| Number::at(text, at))
    };
    let second = part(first.end)?;
    let third = text[second.end..].starts_with(separator).then(|| part(second.end)).flatten();
    let end = third.as_ref().map_or(second.end, |third| third.end);
    let mut rest = text[end..].chars();
    let goes_on = match (rest.next(), rest.next()) {
        (Some('-'), Some(c)) => separator == '-' || c.is_ascii_alphabetic(),
        (Some('.'), Some(c)) => c.is_ascii_alphanumeric(),
        (Some(c), _) => c.is_ascii_alphanumeric() || "/_:%".contains(c),
        (None, _) => false,
    };
    if goes_on {
        return None;
    }
    let era = japanese::era_before(text, first.start);
    let (start, year, readings) = match (&third, first.digits()) {
        (Some(third), 4) => (first.start, Some(first.value), vec![(third.small()?, second.small()?)]),
        (Some(third), _) if third.digits() == 4 => {
            let (a, b) = (first.small()?, second.small()?);
            (first.start, Some(third.value), both_orders(a, b))
        }
        (Some(third), _) => {
            let (start, zero) = era?;
            let (day, month) = (third.small()?, second.small()?);
            // "r5.19.1" is a version.
            if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
                return None;
            }
            (start, Some(zero + first.value), vec![(day, month)])
        }
        (None, _) => (first.start, None, both_orders(first.small()?, second.small()?)),
    };
    if year.is_some_and(|year| !(1900..2100).contains(&year)) {
        return None;
    }
    let iso = || english::weekday_word_behind(text, end).filter(|_| third.is_some() && first.digits() == 4);
    let behind = weekday_after(text, end).or_else(iso);
    // 11/3(火) is November to every reader of kanji.
    let in_kanji = behind.is_some_and(|(_, at)| !text[end..at].contains(|c: char| c.is_ascii_alphabetic()));
    if third.is_none() && separator != '/' && !in_kanji {
        return None;
    }
    let readings = if in_kanji && third.is_none() { readings[..1].to_vec() } else { readings };
    let before = english::weekday_before(text, start).or_else(|| japanese::weekday_before(text, start, end));
    let before = before.filter(|_| behind.is_none());
    Some(Written {
        range: before.map_or(start, |(_, at)| at)..behind.map_or(end, |(_, at)| at),
        year,
        readings,
        day_alone: None,
        weekday: behind.or(before).map(|(day, _)| day),
        is_clear: third.is_some(),
    })
}

/// Month and day, then day and month; it is wrong only if it is wrong both ways.
fn both_orders(a: i8, b: i8) -> Vec<(i8, i8)> {
    if a == b { vec![(a, b)] } else { vec![(b, a), (a, b)] }
}

/// The year behind an English date: "November 3, 2026".
pub(super) fn year_behind(text: &str, at: usize) -> Option<(i16, usize)> {
    let at = eat(text, at, ",").unwrap_or(at);
    let number = Number::behind(text, at).filter(|number| number.digits() == 4)?;
    (1900..2100).contains(&number.value).then_some((number.value, number.end))
}

//! Times of the day with a beginning, an end, or both: 「9時〜18時」, "9am to 5:30pm", 「18時まで」.

use std::ops::Range;

use super::number::Number;
use super::{Found, Quantity};

/// One time of the day.
struct Clock {
    range: Range<usize>,
    minutes: u16,
    /// It is written as a time; a bare number is one only beside such.
    is_clear: bool,
    half: Option<Half>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// The hours that begin with a number.
pub(super) fn at(text: &str, number: &Number) -> Option<Found> {
    let first = clock(text, number.range.start)?;
    let rest = &text[first.range.end..];
    if let Some(between) = separator(rest)
        && let Some(second) = clock_behind(text, first.range.end + between)
    {
        return pair(first, second);
    }
    if !first.is_clear {
        return None;
    }
    let behind = rest.trim_start();
    let before = text[..first.range.start].trim_end();
    let until =
        behind.starts_with("まで") || ["until", "till", "close at", "closes at"].iter().any(|w| before.ends_with(w));
    let from = behind.starts_with("から")
        || behind.starts_with("より")
        || ["open at", "opens at", "from"].iter().any(|w| before.ends_with(w));
    let minutes = Some(first.day_minutes(None)?);
    let quantity = match (from, until) {
        (true, false) => Quantity::Hours { from: minutes, to: None },
        (false, true) => Quantity::Hours { from: None, to: minutes },
        (true, true) | (false, false) => return None,
    };
    Some(Found { range: first.range, quantity })
}

fn pair(first: Clock, second: Clock) -> Option<Found> {
    if !first.is_clear && !second.is_clear {
        return None;
    }
    let to = second.day_minutes(None)?;
    let mut from = first.day_minutes(None)?;
    let mut to_minutes = to;
    // "9 to 5": the later one is in the afternoon.
    if to_minutes <= from && second.half.is_none() && to_minutes < 12 * 60 {
        to_minutes += 12 * 60;
    }
    // "1-5pm": one mark for both.
    if first.half.is_none() && second.half == Some(Half::Afternoon) && from + 12 * 60 < to_minutes && from < 6 * 60 {
        from += 12 * 60;
    }
    (from < to_minutes).then_some(Found {
        range: first.range.start..second.range.end,
        quantity: Quantity::Hours { from: Some(from), to: Some(to_minutes) },
    })
}

impl Clock {
    /// Minutes from midnight; the morning or afternoon of another counts if it has none of its own.
    fn day_minutes(&self, other: Option<Half>) -> Option<u16> {
        let minutes = match self.half.or(other) {
            Some(Half::Afternoon) if self.minutes < 12 * 60 => self.minutes + 12 * 60,
            Some(Half::Morning) if self.minutes >= 12 * 60 => self.minutes - 12 * 60,
            Some(_) | None => self.minutes,
        };
        (minutes <= 24 * 60).then_some(minutes)
    }
}

/// Behind the separator, 午前 or 午後 may stand in front.
fn clock_behind(text: &str, at: usize) -> Option<Clock> {
    let rest = &text[at..];
    let skip = ["午前", "午後", "am ", "pm "].iter().find(|half| rest.starts_with(*half)).map_or(0, |half| half.len());
    let start = at + skip;
    text.as_bytes().get(start).filter(|byte| byte.is_ascii_digit())?;
    clock(text, start)
}

/// A time that begins with a digit.
fn clock(text: &str, start: usize) -> Option<Clock> {
    let bytes = text.as_bytes();
    let number = |from: usize| {
        let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        text[from..from + length].parse::<u16>().ok().filter(|_| length <= 2).map(|value| (value, from + length))
    };
    let (hour, mut end) = number(start).filter(|(hour, _)| *hour <= 24)?;
    let (mut minute, mut is_clear) = (0, false);
    if bytes.get(end) == Some(&b':') {
        let (value, behind) = number(end + 1).filter(|(value, _)| *value < 60)?;
        (minute, end, is_clear) = (value, behind, true);
        if bytes.get(end) == Some(&b':') {
            return None;
        }
    } else if bytes.get(end) == Some(&b'.')
        && let Some((value, behind)) = number(end + 1).filter(|(value, behind)| *value < 60 && *behind == end + 3)
        && ["am", "pm", " am", " pm", "a.m", "p.m", " a.m", " p.m"].iter().any(|half| text[behind..].starts_with(half))
    {
        // "5.30pm" is British.
        (minute, end) = (value, behind);
    } else if let Some(rest) = text[end..].strip_prefix('時').filter(|rest| !rest.starts_with('間')) {
        (end, is_clear) = (end + '時'.len_utf8(), true);
        if rest.starts_with('半') {
            (minute, end) = (30, end + '半'.len_utf8());
        } else if let Some((value, behind)) =
            number(end).filter(|(value, behind)| *value < 60 && text[*behind..].starts_with('分'))
        {
            (minute, end) = (value, behind + '分'.len_utf8());
        }
    }
    let before = text[..start].trim_end();
    let mut half = match () {
        () if before.ends_with("午前") => Some(Half::Morning),
        () if before.ends_with("午後") => Some(Half::Afternoon),
        () => None,
    };
    let rest = &text[end..];
    let gap = usize::from(rest.starts_with(' '));
    for (mark, which) in
        [("a.m.", Half::Morning), ("am", Half::Morning), ("p.m.", Half::Afternoon), ("pm", Half::Afternoon)]
    {
        let behind = rest[gap..].strip_prefix(mark).map(|behind| behind.chars().next());
        if behind.is_some_and(|c| !c.is_some_and(|c| c.is_ascii_alphanumeric())) {
            (half, is_clear, end) = (Some(which), true, end + gap + mark.len());
            break;
        }
    }
    Some(Clock { range: start..end, minutes: hour * 60 + minute, is_clear, half })
}

/// The length of what separates a beginning from an end.
fn separator(rest: &str) -> Option<usize> {
    const MARKS: [&str; 8] = ["~", "--", "-", "から", "より", "to ", "until ", "till "];
    let trimmed = rest.trim_start_matches(' ');
    let mark = MARKS.iter().find(|mark| trimmed.starts_with(**mark))?;
    let behind = trimmed[mark.len()..].trim_start_matches(' ');
    let behind = behind.strip_prefix('、').unwrap_or(behind);
    Some(rest.len() - behind.len())
}

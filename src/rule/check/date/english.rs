//! Tuesday 3 November, Nov 3rd (Tue), Mon 5 – Fri 9 October, Friday the 23rd.

use jiff::civil::Weekday as Day;

use super::number::{Number, year_behind};
use super::{DAYS, MONTHS, Written, eat, skip_blanks, weekday_after};

/// Days in a row in front of their month: "Mon 5, Tue 6 and Wed 7 October".
const MOST_DAYS: usize = 6;
/// A bare day takes the month of a date at most this many bytes before it.
const CARRIED_BYTES: usize = 12;

pub(super) fn date(text: &str, number: &Number, before: Option<&Written>) -> Option<Written> {
    let Some(day) = number.small().filter(|day| (1..=31).contains(day)) else {
        return beyond_the_month(text, number);
    };
    let (end, is_ordinal) = ordinal(text, number.end);
    let joined = number.ends_range || range_end(text, end) != end;
    let front = |start: usize| weekday_before(text, start).filter(|_| !joined);
    if let Some((month, end)) = month_behind(text, end) {
        return written(text, number.start..end, front(number.start), (day, month), None);
    }
    let Some((month, start)) = month_before(text, number.start) else {
        return without_month(text, number, end, is_ordinal, before).filter(|_| !number.ends_range);
    };
    match clock_behind(text, end) {
        // "Sun Jun 9 13:02:11 2019" stands in logs; without the year it tells nothing.
        Some(clock) => {
            let year = year_behind(text, zone_behind(text, clock))?;
            written(text, start..end, front(start), (day, month), Some(year))
        }
        None => written(text, start..end, front(start), (day, month), None),
    }
}

/// "32nd of March", "on 32 March", "March 32, 2026". Beyond 31 a number is meant as a day only where nothing else is
/// written like this: "may 35 people", "the 32nd March meeting", "32 March invoices" are no dates.
fn beyond_the_month(text: &str, number: &Number) -> Option<Written> {
    const IN_FRONT: [&str; 9] = ["on", "by", "until", "till", "before", "from", "since", "due", "after"];
    let day = number.small().filter(|day| (32..=39).contains(day) && !number.ends_range)?;
    let (end, is_ordinal) = ordinal(text, number.end);
    let (month, range, is_behind) = match (month_behind(text, end), month_before(text, number.start)) {
        (Some((month, end)), _) => (month, number.start..end, true),
        (None, Some((month, start))) => (month, start..end, false),
        (None, None) => return None,
    };
    let dated = written(text, range.clone(), weekday_before(text, range.start), (day, month), None)?;
    let stops = |at: usize| text[at..].is_empty() || text[at..].starts_with(['.', ',', ';', ')', '?', '!', '\n']);
    let says_of = is_behind && is_ordinal && eat(text, end, "of ").is_some();
    let front = last_word(text[..range.start].trim_end_matches(' ').trim_end_matches(" the"));
    let is_meant = match is_behind {
        true => is_ordinal || IN_FRONT.contains(&front),
        false => is_ordinal || (IN_FRONT.contains(&front) && stops(range.end)),
    };
    (dated.year.is_some() || says_of || (is_meant && !goes_on(text, range.end))).then_some(dated)
}

fn written(
    text: &str,
    range: std::ops::Range<usize>,
    front: Option<(Day, usize)>,
    reading: (i8, i8),
    year: Option<(i16, usize)>,
) -> Option<Written> {
    let year = year.or_else(|| year_behind(text, range_end(text, range.end)));
    let end = year.map_or(range.end, |(_, at)| at);
    let behind = weekday_after(text, end).or_else(|| weekday_behind_comma(text, end)).filter(|_| front.is_none());
    Some(Written {
        range: front.map_or(range.start, |(_, at)| at)..behind.map_or(end, |(_, at)| at),
        year: year.map(|(year, _)| year),
        readings: vec![reading],
        day_alone: None,
        weekday: front.or(behind).map(|(day, _)| day),
        is_clear: true,
    })
}

/// "Mon 5" in front of "– Fri 9 October", "Tue 6" behind "Mon 5 October and", "Friday the 23rd" alone.
fn without_month(
    text: &str,
    number: &Number,
    end: usize,
    is_ordinal: bool,
    before: Option<&Written>,
) -> Option<Written> {
    let (weekday, start) = weekday_before(text, number.start)?;
    let day = number.small().filter(|day| (1..=31).contains(day))?;
    let carried = || {
        let before = before.filter(|before| before.readings.len() == 1 && before.weekday.is_some())?;
        let between = &text[before.range.end..start];
        let joined = between.len() <= CARRIED_BYTES && !between.contains(['\n', '.']);
        let ends =
            !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || ":/".contains(c)) && !goes_on(text, end);
        (joined && ends).then(|| before.readings[0].1)
    };
    let month = month_ahead(text, end, MOST_DAYS).or_else(carried);
    let readings: Vec<(i8, i8)> = month.map(|month| (day, month)).into_iter().collect();
    // The thirteenth is a byword; "Tuesday, 2nd floor" is no date.
    let is_byword = day == 13 && weekday == Day::Friday;
    let day_alone = Some(day).filter(|_| readings.is_empty() && is_ordinal && !is_byword && !goes_on(text, end));
    (!readings.is_empty() || day_alone.is_some()).then_some(Written {
        range: start..end,
        year: None,
        readings,
        day_alone,
        weekday: Some(weekday),
        is_clear: true,
    })
}

/// "Mon 5 people", "Tuesday, 2nd floor": a number that counts something. Behind a day stand small words only.
fn goes_on(text: &str, end: usize) -> bool {
    const SMALL: &str = "at in from and or to for if by on until till through between after before as with but so when \
        then that this next the we i you he she they it is are was were will would can could should may might has have \
        had works suits please morning afternoon evening noon our my their there because since";
    let word = word(text[skip_blanks(text, end)..].trim_start());
    !word.is_empty() && !SMALL.split_whitespace().any(|small| small == word)
}

/// The month behind further days: " – Fri 9 October".
fn month_ahead(text: &str, at: usize, hops: usize) -> Option<i8> {
    let mut at = skip_blanks(text, at);
    let connector = ["-", "~", ",", "&", "/", "and ", "to ", "or ", "until ", "through ", "till "];
    at += connector.iter().find(|connector| text[at..].starts_with(**connector))?.len();
    at = eat(text, at, "and ").or_else(|| eat(text, at, "or ")).unwrap_or(at);
    at = skip_blanks(text, at);
    if weekday(word(&text[at..])).is_some() {
        at += word(&text[at..]).len();
        at += text[at..].len() - text[at..].trim_start_matches([' ', ',', '.']).len();
        at = eat(text, at, "the ").unwrap_or(at);
    }
    let number = Number::behind(text, at).filter(|number| number.digits() <= 2)?;
    let (end, _) = ordinal(text, number.end);
    match month_behind(text, end) {
        Some((month, _)) => Some(month),
        None if hops > 0 => month_ahead(text, end, hops - 1),
        None => None,
    }
}

fn ordinal(text: &str, at: usize) -> (usize, bool) {
    let suffix = word(&text[at..]);
    if ["st", "nd", "rd", "th"].contains(&suffix) { (at + 2, true) } else { (at, false) }
}

/// Behind the second day of "5-9 October", "5 to 9 October".
fn range_end(text: &str, at: usize) -> usize {
    let begun = ["-", "~", "&", "to ", "and ", "through "].iter().find_map(|connector| eat(text, at, connector));
    begun.and_then(|behind| Number::behind(text, behind)).map_or(at, |number| ordinal(text, number.end).0)
}

fn month_behind(text: &str, at: usize) -> Option<(i8, usize)> {
    let at = eat(text, at, "of ").unwrap_or(at);
    let at = skip_blanks(text, eat(text, at, "-").unwrap_or(at));
    let word = word(&text[at..]);
    let end = at + word.len();
    let end = if word.len() <= 4 && text[end..].starts_with('.') { end + 1 } else { end };
    month(word).map(|month| (month, end))
}

fn month_before(text: &str, start: usize) -> Option<(i8, usize)> {
    let before = text[..start].trim_end_matches(' ');
    let before = before.strip_suffix("the").map_or(before, |before| before.trim_end_matches(' '));
    let before = before.strip_suffix('.').unwrap_or(before);
    let word = last_word(before);
    month(word).map(|month| (month, before.len() - word.len()))
}

fn month(word: &str) -> Option<i8> {
    let whole = |month: &str| word == "sept" || word.len() == 3 || word.len() == month.len();
    let at = MONTHS.iter().position(|month| whole(month) && begins(month, word))?;
    i8::try_from(at + 1).ok()
}

fn weekday(word: &str) -> Option<Day> {
    let short = ["mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"].contains(&word);
    DAYS.iter()
        .find(|(_, name, _)| name.eq_ignore_ascii_case(word) || (short && begins(name, &word[..3])))
        .map(|(day, ..)| *day)
}

fn begins(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// "(Tue)" behind a date.
pub(super) fn weekday_behind(text: &str, at: usize) -> Option<(Day, usize)> {
    let at = eat(text, at, "(").or_else(|| eat(text, at, "["))?;
    let at = skip_blanks(text, at);
    let word = word(&text[at..]);
    let day = weekday(word)?;
    let end = eat(text, at + word.len(), ".").unwrap_or(at + word.len());
    eat(text, end, ")").or_else(|| eat(text, end, "]")).map(|end| (day, end))
}

/// "2026-11-03 Tue".
pub(super) fn weekday_word_behind(text: &str, at: usize) -> Option<(Day, usize)> {
    let at = skip_blanks(text, at);
    let word = word(&text[at..]);
    weekday(word).map(|day| (day, at + word.len()))
}

/// "3 November, Tuesday." only where the sentence does not go on with the weekday.
fn weekday_behind_comma(text: &str, at: usize) -> Option<(Day, usize)> {
    let at = skip_blanks(text, eat(text, at, ",").unwrap_or(at));
    let word = word(&text[at..]);
    let end = at + word.len();
    let rest = &text[end..];
    let ends = rest.is_empty() || rest.starts_with([',', ';', ')', '\n']) || rest.starts_with(". ") || rest == ".";
    weekday(word).filter(|_| ends && word.len() > 4).map(|day| (day, end))
}

/// "Tue,", "Tuesday the" in front of a date; not the end of "Monday to Friday".
pub(super) fn weekday_before(text: &str, start: usize) -> Option<(Day, usize)> {
    let before = text[..start].trim_end_matches(' ');
    let before = before.strip_suffix(" the").unwrap_or(before).trim_end_matches([' ', ',', '.']);
    let word = last_word(before);
    let at = before.len() - word.len();
    let day = weekday(word).filter(|_| text[at + word.len()..start].len() <= 8)?;
    let front = before[..at].trim_end_matches(' ');
    let front = ["-", "~", "/", "&", ",", " to", " and", " or", " through", " until"]
        .iter()
        .find_map(|connector| front.strip_suffix(connector))
        .map(|front| last_word(front.trim_end_matches([' ', '.'])));
    let is_repeated = last_word(before[..at].trim_end_matches(' ')) == "every";
    (!is_repeated && front.is_none_or(|front| weekday(front).is_none())).then_some((day, at))
}

/// " 13:02:11" behind a date, as programs write it.
fn clock_behind(text: &str, at: usize) -> Option<usize> {
    let hour = Number::behind(text, at)?;
    let minute = text[hour.end..].strip_prefix(':').map(|_| Number::at(text, hour.end + 1))?;
    let second = text[minute.end..].strip_prefix(':').map(|_| Number::at(text, minute.end + 1))?;
    Some(second.end)
}

fn zone_behind(text: &str, at: usize) -> usize {
    let at = skip_blanks(text, at);
    let zone = text[at..].bytes().take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'+' | b'-')).count();
    if zone <= 5 { at + zone } else { at }
}

/// The ASCII letters a text begins with.
fn word(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()]
}

/// The ASCII letters a text ends with, if no digit or underscore stands in front of them.
fn last_word(text: &str) -> &str {
    let length = text.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    let word = &text[text.len() - length..];
    if text[..text.len() - length].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') { "" } else { word }
}

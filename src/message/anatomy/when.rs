//! The date in the head of a quoted mail, in the forms mail programs write it.
//!
//! Wall-clock time as written: heads seldom tell a zone. A date that could be read two ways is none.

use jiff::civil::{Date, DateTime, Time, Weekday};

/// A head longer than this tells its date at the front. In characters.
const LONGEST: usize = 300;

/// A piece of a text that dates are made of; white space is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number {
        value: i16,
        digits: usize,
    },
    /// Letters of scripts with spaces between words, in lower case.
    Word(String),
    Mark(char),
}

/// The date and time a text tells; midnight if it tells no time of day.
pub(super) fn when(text: &str) -> Option<DateTime> {
    let tokens = tokens(text);
    let starts = 0..tokens.len();
    let date = starts.clone().find_map(|at| cjk_date(&tokens[at..]));
    let date = date.or_else(|| starts.clone().find_map(|at| numeric_date(&tokens, at)));
    let date = date.or_else(|| starts.rev().find_map(|at| named_date(&tokens, at)))?;
    Some(DateTime::from_parts(date, time(&tokens).unwrap_or(Time::midnight())))
}

/// Whether a text tells a whole date, year included.
pub(super) fn is_dated(text: &str) -> bool {
    // Most lines have no year and need no closer look.
    text.bytes().filter(u8::is_ascii_digit).count() >= 4 && (when(text).is_some() || is_ambiguous(text))
}

/// 「12/10/2026」: a date all the same.
fn is_ambiguous(text: &str) -> bool {
    let tokens = tokens(text);
    (0..tokens.len()).any(|at| triple(&tokens[at..]).is_some_and(|numbers| !candidates(numbers).is_empty()))
}

/// Whether a text tells a time of day.
pub(super) fn has_time(text: &str) -> bool {
    time(&tokens(text)).is_some()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = text.chars().take(LONGEST).map(narrow).peekable();
    while let Some(c) = chars.next() {
        if let Some(digit) = c.to_digit(10) {
            let (mut value, mut digits) = (digit, 1);
            while let Some(next) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = (value * 10 + next).min(10_000);
                digits += 1;
                chars.next();
            }
            out.push(Token::Number { value: i16::try_from(value).unwrap_or(i16::MAX), digits });
        } else if is_letter(c) {
            let mut word: String = c.to_lowercase().collect();
            while let Some(&next) = chars.peek().filter(|&&c| is_letter(c)) {
                word.extend(next.to_lowercase());
                chars.next();
            }
            out.push(Token::Word(word));
        } else if !c.is_whitespace() {
            out.push(Token::Mark(c));
        }
    }
    out
}

/// Full-width digits and marks as ASCII.
fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x1100
}

/// 2026年10月14日, 令和8年10月14日, 2026년 10월 14일.
fn cjk_date(tokens: &[Token]) -> Option<Date> {
    let (year, rest) = match tokens {
        [Token::Number { value, digits: 4 }, Token::Mark('年' | '년'), rest @ ..] => (*value, rest),
        [Token::Mark('令'), Token::Mark('和'), Token::Number { value, .. }, Token::Mark('年'), rest @ ..] => {
            (2018 + *value.min(&1000), rest)
        }
        [Token::Mark('令'), Token::Mark('和'), Token::Mark('元'), Token::Mark('年'), rest @ ..] => (2019, rest),
        _ => return None,
    };
    match rest {
        [
            Token::Number { value: month, .. },
            Token::Mark('月' | '월'),
            Token::Number { value: day, .. },
            Token::Mark('日' | '일'),
            ..,
        ] => date(year, *month, *day),
        _ => None,
    }
}

/// 2026/10/14, 14.10.2026, 10/14/26; the weekday decides between two readings.
fn numeric_date(tokens: &[Token], at: usize) -> Option<Date> {
    let mut fitting = candidates(triple(&tokens[at..])?);
    if fitting.len() > 1 {
        let weekday = weekday(tokens)?;
        fitting.retain(|date| date.weekday() == weekday);
    }
    match fitting[..] {
        [date] => Some(date),
        _ => None,
    }
}

/// Three numbers with one mark between them: value and digits of each, and the mark.
type Triple = ([(i16, usize); 3], char);

fn triple(tokens: &[Token]) -> Option<Triple> {
    match tokens {
        [
            Token::Number { value: a, digits: x },
            Token::Mark(mark @ ('/' | '-' | '.')),
            Token::Number { value: b, digits: y },
            Token::Mark(again),
            Token::Number { value: c, digits: z },
            ..,
        ] if mark == again && *x <= 4 && *y <= 2 && *z <= 4 => Some(([(*a, *x), (*b, *y), (*c, *z)], *mark)),
        _ => None,
    }
}

/// The dates three numbers can be; with a dot the day comes first (DIN 1355) unless the year does.
fn candidates(([a, b, c], mark): Triple) -> Vec<Date> {
    let century = |(value, digits): (i16, usize)| if digits == 2 { 2000 + value } else { value };
    let year_first = date(century(a), b.0, c.0).filter(|_| a.1 == 4 || (a.1 == 2 && c.1 <= 2 && mark != '.'));
    let year_last = c.1 == 4 || (c.1 == 2 && a.1 <= 2);
    let day_first = date(century(c), b.0, a.0).filter(|_| year_last);
    let month_first = date(century(c), a.0, b.0).filter(|_| year_last && mark != '.');
    let mut out: Vec<Date> = [year_first, day_first, month_first].into_iter().flatten().collect();
    out.sort();
    out.dedup();
    out
}

/// 14 Oct 2026, October 14, 2026, 14. Oktober 2026, 14 de octubre de 2026, Wed Oct 14 10:23:00 2026.
fn named_date(tokens: &[Token], at: usize) -> Option<Date> {
    let Token::Word(word) = &tokens[at] else { return None };
    let month = month(word)?;
    let is_filler = |token: &&Token| match token {
        Token::Mark(mark) => matches!(mark, ',' | '.' | '-' | '/'),
        Token::Word(word) => matches!(word.as_str(), "de" | "of" | "st" | "nd" | "rd" | "th"),
        Token::Number { .. } => false,
    };
    let day = |token: Option<&Token>| match token {
        Some(Token::Number { value: value @ 1..=31, digits: 1 | 2 }) => Some(*value),
        _ => None,
    };
    let (before, after) = (&tokens[..at], &tokens[at + 1..]);
    let behind = after.iter().skip_while(is_filler).take(10);
    let year = behind.clone().find_map(|token| match token {
        Token::Number { value: value @ 1970..=2199, digits: 4 } => Some(*value),
        _ => None,
    })?;
    let day = day(before.iter().rev().find(|token| !is_filler(token))).or_else(|| day(behind.clone().next()))?;
    date(year, month, day)
}

/// The month a word names: in full or cut to three or more letters, in the languages of common mail programs.
fn month(word: &str) -> Option<i16> {
    const NAMES: [&[&str]; 12] = [
        &["january", "januar", "janvier", "enero", "gennaio", "janeiro"],
        &["february", "februar", "février", "febrero", "febbraio", "fevereiro"],
        &["march", "märz", "mrz", "mars", "marzo", "março", "maart"],
        &["april", "avril", "abril", "aprile"],
        &["may", "mai", "mayo", "maggio", "maio", "mei"],
        &["june", "juni", "juin", "junio", "giugno", "junho"],
        &["july", "juli", "juillet", "julio", "luglio", "julho"],
        &["august", "août", "agosto", "augustus"],
        &["september", "sept", "septembre", "septiembre", "settembre", "setembro"],
        &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
        &["november", "novembre", "noviembre", "novembro"],
        &["december", "dezember", "décembre", "diciembre", "dicembre", "dezembro"],
    ];
    let named = |names: &&[&str]| word.chars().count() >= 3 && names.iter().any(|name| name.starts_with(word));
    NAMES.iter().position(named).and_then(|at| i16::try_from(at + 1).ok())
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let plausible = (1970..2200).contains(&year);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| plausible)
}

fn weekday(tokens: &[Token]) -> Option<Weekday> {
    const ENGLISH: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let number = tokens.windows(2).find_map(|pair| match pair {
        [Token::Word(word), _] if word.len() >= 3 => ENGLISH.iter().position(|name| name.starts_with(word.as_str())),
        [Token::Mark('('), Token::Mark(c)] => "月火水木金土日".chars().position(|day| day == *c),
        _ => None,
    })?;
    Weekday::from_monday_zero_offset(i8::try_from(number).ok()?).ok()
}

/// 10:23, 10:23:45 PM, 午後3:05, 15時23分.
fn time(tokens: &[Token]) -> Option<Time> {
    let (at, hour, minute, second) = (0..tokens.len()).find_map(|at| match &tokens[at..] {
        [
            Token::Number { value: hour, digits: 1 | 2 },
            Token::Mark(':'),
            Token::Number { value: minute, digits: 2 },
            rest @ ..,
        ] => {
            let second = match rest {
                [Token::Mark(':'), Token::Number { value, digits: 2 }, ..] => *value,
                _ => 0,
            };
            Some((at, *hour, *minute, second))
        }
        [
            Token::Number { value: hour, .. },
            Token::Mark('時' | '시'),
            Token::Number { value: minute, .. },
            Token::Mark('分' | '분'),
            ..,
        ] => Some((at, *hour, *minute, 0)),
        _ => None,
    })?;
    let hour = match half_of_day(tokens, at) {
        Some(afternoon) if hour <= 12 => hour % 12 + if afternoon { 12 } else { 0 },
        _ => hour,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

/// Whether the time at `at` is said to be before or after noon.
fn half_of_day(tokens: &[Token], at: usize) -> Option<bool> {
    if let [.., Token::Mark(a), Token::Mark(b)] = tokens[..at] {
        match (a, b) {
            ('午', '前') | ('上', '午') | ('오', '전') => return Some(false),
            ('午', '後') | ('下', '午') | ('오', '후') => return Some(true),
            _ => {}
        }
    }
    tokens[at..].iter().skip(3).take(3).find_map(|token| match token {
        Token::Word(word) if word == "am" || word == "a" => Some(false),
        Token::Word(word) if word == "pm" || word == "p" => Some(true),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_dates_of_heads() {
        for (text, expected) in [
            ("2026年10月14日(水) 10:23 佐藤 健一 <k-sato@aoba.example>:", "2026-10-14T10:23:00"),
            ("２０２６年１０月１４日（水）１０：２３", "2026-10-14T10:23:00"),
            ("令和8年10月14日 午後3:05", "2026-10-14T15:05:00"),
            ("2026/10/14 水 10:23", "2026-10-14T10:23:00"),
            ("2026-10-14 10:23:45 +0900", "2026-10-14T10:23:45"),
            ("Wed, 14 Oct 2026 at 10:23", "2026-10-14T10:23:00"),
            ("On Wed, Oct 14, 2026 at 1:02 PM Priya Raman", "2026-10-14T13:02:00"),
            ("Wednesday, October 14, 2026 12:23 AM", "2026-10-14T00:23:00"),
            ("Wed Oct 14 10:23:00 2026", "2026-10-14T10:23:00"),
            ("14th of October 2026", "2026-10-14T00:00:00"),
            ("On 14/10/2026 10:23, X wrote", "2026-10-14T10:23:00"),
            ("On 10/14/26 10:23 AM, X wrote", "2026-10-14T10:23:00"),
            ("Tue, 10/11/2026 9:00", "2026-11-10T09:00:00"),
            ("10/11/2026(日) 9:00", "2026-10-11T09:00:00"),
            ("Am 14.10.26 um 10:23 schrieb", "2026-10-14T10:23:00"),
            ("Am Mi., 14. Okt. 2026 um 10:23 Uhr schrieb", "2026-10-14T10:23:00"),
            ("Le mar. 13 oct. 2026 à 10:23", "2026-10-13T10:23:00"),
            ("El mié, 14 de octubre de 2026 a las 10:23 p. m.", "2026-10-14T22:23:00"),
            ("2026년 10월 14일 (수) 오후 3:05", "2026-10-14T15:05:00"),
            ("于2026年10月14日周三 上午10:23写道", "2026-10-14T10:23:00"),
        ] {
            assert_eq!(when(text).map(|when| when.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn tells_nothing_where_two_readings_fit_or_none() {
        for text in
            ["On 10/11/2026 9:00, X wrote", "10:23", "31 November 2026", "call 03-1234-5678", "v1.2.3", "May I?"]
        {
            assert_eq!(when(text), None, "{text}");
        }
        assert!(is_dated("On 10/11/2026 9:00, X wrote") && !is_dated("On Monday 20 October we meet"));
        assert!(has_time("10:23") && !has_time("ratio 3:1"));
    }
}

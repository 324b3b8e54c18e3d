//! Numbers in a text: digits with separators and scales, a few number words, and what is no number.

use std::ops::Range;

/// A number, its scale included: 「1万2千」, "1.2k", "two".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) range: Range<usize>,
    /// In thousandths.
    pub(super) value: i64,
    /// Written with digits; words count only with a unit of time.
    pub(super) is_digits: bool,
}

/// Larger numbers are nobody's price.
const MOST: i64 = 1_000_000_000_000_000;

const WORDS: [(&str, i64); 15] = [
    ("one", 1_000),
    ("two", 2_000),
    ("three", 3_000),
    ("four", 4_000),
    ("five", 5_000),
    ("six", 6_000),
    ("seven", 7_000),
    ("eight", 8_000),
    ("nine", 9_000),
    ("ten", 10_000),
    ("twelve", 12_000),
    ("fourteen", 14_000),
    ("fifteen", 15_000),
    ("thirty", 30_000),
    ("half a", 500),
];

const KANJI: [(char, i64); 11] = [
    ('一', 1_000),
    ('二', 2_000),
    ('三', 3_000),
    ('四', 4_000),
    ('五', 5_000),
    ('六', 6_000),
    ('七', 7_000),
    ('八', 8_000),
    ('九', 9_000),
    ('十', 10_000),
    ('半', 500),
];

impl Number {
    /// The next number at or behind a place.
    pub(super) fn next(text: &str, from: usize) -> Option<Number> {
        let mut at = from;
        while let Some(c) = text[at..].chars().next() {
            let found = match c {
                '0'..='9' => {
                    let (number, end) = digits(text, at);
                    if number.is_none() {
                        at = end;
                        continue;
                    }
                    number
                }
                'a'..='z' => word(text, at),
                _ => kanji(text, at, c),
            };
            if found.is_some() {
                return found;
            }
            at += c.len_utf8();
        }
        None
    }
}

/// A number written with digits, and where its characters end.
fn digits(text: &str, start: usize) -> (Option<Number>, usize) {
    let bytes = text.as_bytes();
    let mut end = start;
    while bytes.get(end).is_some_and(u8::is_ascii_digit)
        || (matches!(bytes.get(end), Some(b',' | b'.')) && bytes.get(end + 1).is_some_and(u8::is_ascii_digit))
    {
        end += 1;
    }
    // Part of a code, a path, a telephone number or a version.
    let before = text[..start].chars().next_back();
    let money = ["$", "usd", "eur", "gbp", "jpy", "rs", "x"].iter().any(|sign| text[..start].ends_with(sign));
    let joined = before.is_some_and(|c| (c.is_ascii_alphanumeric() && !money) || "_/#@.%&=+".contains(c));
    let code = before == Some('-')
        && text[..start - 1].chars().next_back().is_some_and(|c| c.is_ascii_alphabetic() || c == '-');
    let Some(value) = parsed(&text[start..end]).filter(|_| !joined && !code) else { return (None, end) };
    let (value, end) = scaled(text, value, end);
    let number = Number { range: start..end, value, is_digits: true };
    (Some(number).filter(|number| number.value <= MOST), end)
}

/// `1,234.5` in thousandths; `1.234.567` and `12,34` are none.
fn parsed(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let regular = groups.all(|group| group.len() == 3) && (!grouped || first.len() <= 3);
    if !regular || part.contains(['.', ',']) || part.len() > 3 || first.len() > 12 {
        return None;
    }
    let whole: i64 = whole.replace(',', "").parse().ok()?;
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(part)
}

/// 「1万2千」, 「1.5億」, "1.2k", "3 million".
fn scaled(text: &str, value: i64, end: usize) -> (i64, usize) {
    const SCALES: [(&str, i64); 6] =
        [("億", 100_000_000), ("万", 10_000), ("千", 1_000), ("百", 100), (" million", 1_000_000), ("k", 1_000)];
    let rest = &text[end..];
    let found = SCALES.iter().find(|(name, _)| {
        let behind = rest.strip_prefix(name).and_then(|rest| rest.chars().next());
        rest.starts_with(name) && !(name.is_ascii() && behind.is_some_and(|c| c.is_ascii_alphanumeric()))
    });
    let Some((name, scale)) = found else { return (value, end) };
    let (value, end) = (value.saturating_mul(*scale), end + name.len());
    let more = text[end..].bytes().take_while(u8::is_ascii_digit).count();
    match parsed(&text[end..end + more]).filter(|_| !name.is_ascii()) {
        Some(part) => {
            let (part, end) = scaled(text, part, end + more);
            (value.saturating_add(part), end)
        }
        None => (value, end),
    }
}

fn word(text: &str, at: usize) -> Option<Number> {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if is_letter(text[..at].chars().next_back()) {
        return None;
    }
    let rest = &text[at..];
    let found = |name: &str| rest.starts_with(name) && !is_letter(rest[name.len()..].chars().next());
    let (name, value) = WORDS.into_iter().find(|(name, _)| found(name))?;
    Some(Number { range: at..at + name.len(), value, is_digits: false })
}

/// One numeral beside a unit of time: 「一年」, 「半年」.
fn kanji(text: &str, at: usize, c: char) -> Option<Number> {
    let value = KANJI.iter().find(|(numeral, _)| *numeral == c)?.1;
    let end = at + c.len_utf8();
    let is_numeral = |c: Option<char>| c.is_some_and(|c| KANJI.iter().any(|(numeral, _)| *numeral == c));
    let alone = !is_numeral(text[..at].chars().next_back()) && !is_numeral(text[end..].chars().next());
    let timed = ["年", "か月", "ヶ月", "カ月", "ヵ月", "週間", "日間", "営業日", "時間"]
        .iter()
        .any(|unit| text[end..].starts_with(unit));
    let ordinal = text[..at].ends_with(['第', '年', '同']);
    (alone && timed && !ordinal).then_some(Number { range: at..end, value, is_digits: false })
}

//! The values of one kind in a text: codes behind a label, amounts, counts, days.

use std::ops::Range;

use serde::Deserialize;

use super::super::date;
use crate::measure::{self, Quantity};

/// What a datum looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// Letters and digits: an order's number.
    Code,
    Money,
    /// Counted things, in the unit that stands with the number.
    Count,
    /// A day of the calendar.
    Day,
}

/// One value in a folded text.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    /// What is compared: letters and digits alone; amounts in their smallest form.
    pub(super) key: String,
    /// Unit or currency: only values of one unit are one kind.
    pub(super) unit: String,
    pub(super) is_labelled: bool,
}

impl Value {
    pub(super) fn is_same(&self, other: &Value) -> bool {
        self.key == other.key && self.unit == other.unit
    }
}

/// So far behind a label, or in front of it, its value may stand; in bytes of folded text.
const LABEL_GAP: usize = 24;
const MOST_VALUES: usize = 200;

/// The values of a form within a range of a folded text, in order; those beside a label are marked,
/// those beside the label of another kind left out.
pub(super) fn of(
    form: Form,
    text: &str,
    within: Range<usize>,
    labels: &[Range<usize>],
    others: &[Range<usize>],
) -> Vec<Value> {
    let mut values = all(form, &text[within.clone()]);
    let beside =
        |labels: &[Range<usize>], range: &Range<usize>| labels.iter().any(|label| is_beside(text, label, range, form));
    for value in &mut values {
        value.range = within.start + value.range.start..within.start + value.range.end;
        value.is_labelled = beside(labels, &value.range);
    }
    values.retain(|value| value.is_labelled || !beside(others, &value.range));
    values
}

/// Whether a value stands anywhere in a text.
pub(super) fn occurs(form: Form, text: &str, value: &Value) -> bool {
    all(form, text).iter().any(|one| one.is_same(value))
}

/// The two differ by the tax on top (消費税法第29条).
pub(super) fn is_tax(one: &Value, two: &Value) -> bool {
    let number = |value: &Value| value.key.parse::<i64>().unwrap_or_default();
    let (low, high) = (number(one).min(number(two)), number(one).max(number(two)));
    [110, 108].into_iter().any(|rate| (low.saturating_mul(rate) / 100 - high).abs() <= 1)
}

fn is_beside(text: &str, label: &Range<usize>, value: &Range<usize>, form: Form) -> bool {
    if value.start >= label.end {
        let between = &text[label.end..value.start];
        let is_link = || between.chars().all(|c| !c.is_alphanumeric() || "はがのをnoumbr番号id名".contains(c));
        return between.len() <= LABEL_GAP && !between.contains('\n') && (form != Form::Code || is_link());
    }
    // 「A-1023のご注文」.
    value.end <= label.start
        && label.start - value.end <= LABEL_GAP
        && matches!(text[value.end..label.start].trim(), "" | "の" | "のご" | "」の")
}

fn all(form: Form, text: &str) -> Vec<Value> {
    let mut out = match form {
        Form::Code => codes(text),
        Form::Day => days(text),
        Form::Money | Form::Count => quantities(form, text),
    };
    out.truncate(MOST_VALUES);
    out
}

/// Words of at least four signs with at least three digits, joined by hyphens and the like.
fn codes(text: &str) -> Vec<Value> {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_alphanumeric()).map(|found| at + found) {
        let end = text[start..].find(|c| !is_sign(c)).map_or(text.len(), |found| start + found);
        at = end.max(start + 1);
        let word = text[start..end].trim_end_matches(['-', '_', '/']);
        let key: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = key.bytes().filter(u8::is_ascii_digit).count();
        if key.len() < 4 || digits < 3 || key.len() > 24 || out.len() == MOST_VALUES {
            continue;
        }
        let other = word.contains('/') || looks_like_a_date(word) || is_telephone(word);
        if !other && !is_measured(text, start, end) {
            out.push(Value { range: start..start + word.len(), key, unit: String::new(), is_labelled: false });
        }
    }
    out
}

/// Part of an amount, a count, a date, a time or an address.
fn is_measured(text: &str, start: usize, end: usize) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (before, behind) = (&text[..start], &text[end..]);
    let parted = |c: char| matches!(c, '.' | ',' | ':');
    let goes_on = behind.starts_with(parted) && digit(behind[1..].chars().next());
    let begun = before.ends_with(parted) && digit(before[..before.len() - 1].chars().next_back());
    let behind_unit = text[end..].char_indices().nth(16).map_or(text.len(), |(at, _)| end + at);
    let counted = || measure::find(&text[start..behind_unit]);
    goes_on
        || begun
        || behind.starts_with(['年', '月', '日', '時', '分', '@', '%'])
        || before.ends_with(['$', '¥', '€', '£', '@'])
        || counted().first().is_some_and(|found| found.range.start == 0 && found.range.end > end - start)
}

/// `052-555-0142`.
fn is_telephone(word: &str) -> bool {
    word.starts_with('0') && word.matches('-').count() == 2 && word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// `2026-10-14`, and a year alone.
fn looks_like_a_date(word: &str) -> bool {
    let year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let parts: Vec<&str> = word.split('-').collect();
    match parts[..] {
        [only] => year(only) && only.bytes().all(|byte| byte.is_ascii_digit()),
        [first, month, day] => year(first) && month.len() <= 2 && day.len() <= 2,
        _ => false,
    }
}

fn days(text: &str) -> Vec<Value> {
    let day = |written: date::Written| {
        let [(day, month)] = written.readings[..] else { return None };
        Some(Value {
            range: written.range,
            key: format!("{month:02}{day:02}"),
            unit: String::new(),
            is_labelled: false,
        })
    };
    date::find(text).into_iter().filter_map(day).collect()
}

fn quantities(form: Form, text: &str) -> Vec<Value> {
    let value = |found: measure::Found| {
        let (key, unit) = match (form, &found.quantity) {
            (Form::Money, Quantity::Money { currency, amount, .. }) => (amount, format!("{currency:?}")),
            (Form::Count, Quantity::Count { amount, unit }) => (amount, (*unit).to_owned()),
            _ => return None,
        };
        // Whole numbers without their thousandths, so that a digit more is one digit more.
        let key =
            if key % 1_000 == 0 { (key / 1_000).to_string() } else { format!("{}.{:03}", key / 1_000, key % 1_000) };
        Some(Value { range: found.range, key, unit, is_labelled: false })
    };
    measure::find(text).into_iter().filter_map(value).collect()
}

//! Quantities as people write them in Japanese and English: money, spans of time, opening hours, shares, counted things.
//!
//! Pure. Works on folded text (lower case, plain digits). Knows forms and units, not what a quantity is said of.

mod hours;
mod number;
mod units;

use std::ops::Range;

use crate::message::text::Folded;
use number::Number;
pub use units::{Currency, Per};

/// A quantity in a unit that others can be converted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    Money {
        currency: Currency,
        /// In thousandths.
        amount: i64,
        /// Whether tax is said to be in it.
        taxed: Option<bool>,
        per: Option<Per>,
    },
    Span(Span),
    /// Minutes of the day; one side may be left open: 「18時まで」.
    Hours {
        from: Option<u16>,
        to: Option<u16>,
    },
    /// Thousandths of a percent.
    Share(i64),
    Count {
        /// In thousandths.
        amount: i64,
        unit: &'static str,
    },
}

/// A span of time, in thousandths; what is counted differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Days on which one works: 営業日.
    Business(i64),
    Minutes(i64),
    /// Months and years, whose length in days differs.
    Months(i64),
}

/// A quantity and where it stands in the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub range: Range<usize>,
    pub quantity: Quantity,
}

/// What comes of comparing two quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Same,
    Different,
    /// Of two kinds, or nobody can tell.
    Unlike,
}

/// All quantities of a folded text, in order. Linear: each number is looked at once, with a bounded look around it.
pub fn find(text: &str) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let mut from = 0;
    while let Some(number) = Number::next(text, from) {
        let found = hours::at(text, &number).or_else(|| units::at(text, &number));
        from = found.as_ref().map_or(number.range.end, |found| found.range.end.max(number.range.end));
        out.extend(found);
    }
    out
}

/// The quantities of a value as somebody wrote it down, in any width and case.
pub fn read(value: &str) -> Vec<Quantity> {
    find(Folded::new(value).text()).into_iter().map(|found| found.quantity).collect()
}

impl Quantity {
    pub fn compare(&self, other: &Quantity) -> Comparison {
        match (self, other) {
            (
                Quantity::Money { currency, amount, taxed, per },
                Quantity::Money { currency: currency2, amount: amount2, taxed: taxed2, per: per2 },
            ) => {
                let said_apart = |one: Option<bool>, two: Option<bool>| one.is_some() && two.is_some() && one != two;
                let apart = (per.is_some() && per2.is_some() && per != per2) || said_apart(*taxed, *taxed2);
                let by_tax = is_taxed_form(*amount, *taxed, *amount2, *taxed2);
                if currency != currency2 || apart || (amount != amount2 && by_tax) {
                    Comparison::Unlike
                } else {
                    equal(amount == amount2)
                }
            }
            (Quantity::Span(one), Quantity::Span(two)) => one.compare(*two),
            (Quantity::Hours { from, to }, Quantity::Hours { from: from2, to: to2 }) => {
                let sides = [(from, from2), (to, to2)];
                let mut said = sides.into_iter().filter(|(one, two)| one.is_some() && two.is_some()).peekable();
                match said.peek() {
                    Some(_) => equal(said.all(|(one, two)| one == two)),
                    None => Comparison::Unlike,
                }
            }
            (Quantity::Share(one), Quantity::Share(two)) => equal(one == two),
            (Quantity::Count { amount, unit }, Quantity::Count { amount: amount2, unit: unit2 }) if unit == unit2 => {
                equal(amount == amount2)
            }
            _ => Comparison::Unlike,
        }
    }
}

impl Span {
    fn compare(self, other: Span) -> Comparison {
        const DAY: i64 = 24 * 60;
        // A month is 30.4 days on average; whoever says 30, 31 or four weeks means one.
        let like_months =
            |months: i64, minutes: i64| (months * DAY * 304 / 10 - minutes).abs() * 100 <= months * DAY * 304 / 10 * 9;
        match (self, other) {
            (Span::Business(one), Span::Business(two))
            | (Span::Minutes(one), Span::Minutes(two))
            | (Span::Months(one), Span::Months(two)) => equal(one == two),
            (Span::Months(months), Span::Minutes(minutes)) | (Span::Minutes(minutes), Span::Months(months))
                if like_months(months, minutes) =>
            {
                Comparison::Same
            }
            (Span::Business(days), Span::Minutes(minutes)) | (Span::Minutes(minutes), Span::Business(days))
                if days * DAY == minutes =>
            {
                Comparison::Same
            }
            _ => Comparison::Unlike,
        }
    }
}

fn equal(is_equal: bool) -> Comparison {
    if is_equal { Comparison::Same } else { Comparison::Different }
}

/// One amount is the other with the tax of Japan on top (消費税法第29条: 10 or 8 percent), as far as is said: of only one
/// the text tells on which side of the tax it stands.
fn is_taxed_form(one: i64, taxed: Option<bool>, two: i64, taxed2: Option<bool>) -> bool {
    let (low, high, low_taxed, high_taxed) =
        if one <= two { (one, two, taxed, taxed2) } else { (two, one, taxed2, taxed) };
    // Up to rounding to whole units.
    let fits = |percent: i64| (low.saturating_mul(100 + percent) / 100 - high).abs() <= 1_000;
    (low_taxed, high_taxed) != (None, None)
        && low_taxed != Some(true)
        && high_taxed != Some(false)
        && [10, 8].into_iter().any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Comparison::{Different, Same, Unlike};

    fn compare(one: &str, two: &str) -> Comparison {
        let (one, two) = (read(one), read(two));
        assert_eq!((one.len(), two.len()), (1, 1), "{one:?} {two:?}");
        one[0].compare(&two[0])
    }

    #[test]
    fn compares_across_units_and_languages() {
        for (one, two, expected) in [
            ("1年", "12か月", Same),
            ("１年間", "one year", Same),
            ("1年", "２年", Different),
            ("半年", "6ヶ月", Same),
            ("1年半", "18 months", Same),
            ("一年", "a 1-year warranty", Same),
            ("365日", "1年", Same),
            ("30日間", "1か月", Same),
            ("24h", "1 day", Same),
            ("2日以内", "48時間", Same),
            ("within 2 business days", "3営業日", Different),
            ("two working days", "2営業日以内", Same),
            ("3営業日", "5 days", Unlike),
            ("平日9時〜18時", "9:00–17:30", Different),
            ("9am to 6pm", "9:00-18:00", Same),
            ("9am to 5.30pm", "9:00-17:30", Same),
            ("保証：24ヶ月", "2 years", Same),
            ("午前9時から午後5時半まで", "9:00 a.m. - 5:30 p.m.", Same),
            ("18時まで", "9:00-17:30", Different),
            ("10時から", "10-19時", Same),
            ("5,500円", "￥5500", Same),
            ("5,500円", "6,000 yen", Different),
            ("1万2千円", "JPY 12,000", Same),
            ("1.5万円", "15000円", Same),
            ("5,500円(税込)", "5,500円(税別)", Unlike),
            ("5,500円(税込)", "5,000円", Unlike),
            ("6,000円(税込)", "6,600円", Different),
            ("月額5,500円", "66,000円/年", Unlike),
            ("$45", "USD 45.00", Same),
            ("US$ 1.2k", "1200 dollars", Same),
            ("€45", "$45", Unlike),
            ("3%", "3パーセント", Same),
            ("3.5%", "3%", Different),
            ("50個", "50 pcs", Same),
            ("10名", "12 people", Different),
            ("10名", "12個", Unlike),
        ] {
            assert_eq!(compare(one, two), expected, "{one} | {two}");
        }
    }

    #[test]
    fn dates_codes_and_times_of_day_are_no_quantities() {
        for text in [
            "2026年10月14日",
            "10月3日に",
            "3日に",
            "a-1023",
            "no. 5500",
            "tel 052-555-0142",
            "v2.0",
            "14:00",
            "9/30",
            "第3回",
            "in 2026",
            "令和8年度",
            "3か所",
            "a4",
            "5f",
        ] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }
}

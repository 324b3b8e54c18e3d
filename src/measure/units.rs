//! Numbers with a unit: money, spans of time, shares, counted things.

use super::number::Number;
use super::{Found, Quantity, Span};

/// A currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    Yen,
    Dollar,
    Euro,
    Pound,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    Hour,
    Day,
    Month,
    Year,
    Piece,
}

/// In front of a number.
const SIGNS: [(&str, Currency); 10] = [
    ("us$", Currency::Dollar),
    ("usd", Currency::Dollar),
    ("$", Currency::Dollar),
    ("jpy", Currency::Yen),
    ("¥", Currency::Yen),
    ("\\", Currency::Yen),
    ("eur", Currency::Euro),
    ("€", Currency::Euro),
    ("gbp", Currency::Pound),
    ("£", Currency::Pound),
];

/// Behind a number, longer names first.
const CURRENCIES: [(&str, Currency); 15] = [
    ("円", Currency::Yen),
    ("yen", Currency::Yen),
    ("jpy", Currency::Yen),
    ("ドル", Currency::Dollar),
    ("us dollars", Currency::Dollar),
    ("dollars", Currency::Dollar),
    ("dollar", Currency::Dollar),
    ("usd", Currency::Dollar),
    ("ユーロ", Currency::Euro),
    ("euros", Currency::Euro),
    ("euro", Currency::Euro),
    ("eur", Currency::Euro),
    ("€", Currency::Euro),
    ("pounds sterling", Currency::Pound),
    ("gbp", Currency::Pound),
];

#[derive(Debug, Clone, Copy)]
enum Unit {
    Business,
    Minutes(i64),
    Months(i64),
    Share(i64),
    Count(&'static str),
}

/// Behind a number, longer names first where one begins with another.
const UNITS: [(&str, Unit); 88] = [
    ("営業日", Unit::Business),
    ("business day", Unit::Business),
    ("business days", Unit::Business),
    ("business-day", Unit::Business),
    ("working day", Unit::Business),
    ("working days", Unit::Business),
    ("working-day", Unit::Business),
    ("年間", Unit::Months(12)),
    ("年", Unit::Months(12)),
    ("years", Unit::Months(12)),
    ("year", Unit::Months(12)),
    ("yrs", Unit::Months(12)),
    ("yr", Unit::Months(12)),
    ("か月", Unit::Months(1)),
    ("ヶ月", Unit::Months(1)),
    ("ケ月", Unit::Months(1)),
    ("カ月", Unit::Months(1)),
    ("ヵ月", Unit::Months(1)),
    ("箇月", Unit::Months(1)),
    ("months", Unit::Months(1)),
    ("month", Unit::Months(1)),
    ("週間", Unit::Minutes(7 * 24 * 60)),
    ("weeks", Unit::Minutes(7 * 24 * 60)),
    ("week", Unit::Minutes(7 * 24 * 60)),
    ("wks", Unit::Minutes(7 * 24 * 60)),
    ("日間", Unit::Minutes(24 * 60)),
    ("日", Unit::Minutes(24 * 60)),
    ("calendar days", Unit::Minutes(24 * 60)),
    ("days", Unit::Minutes(24 * 60)),
    ("day", Unit::Minutes(24 * 60)),
    ("時間", Unit::Minutes(60)),
    ("hours", Unit::Minutes(60)),
    ("hour", Unit::Minutes(60)),
    ("hrs", Unit::Minutes(60)),
    ("hr", Unit::Minutes(60)),
    ("h", Unit::Minutes(60)),
    ("分間", Unit::Minutes(1)),
    ("分", Unit::Minutes(1)),
    ("minutes", Unit::Minutes(1)),
    ("minute", Unit::Minutes(1)),
    ("mins", Unit::Minutes(1)),
    ("min", Unit::Minutes(1)),
    ("%", Unit::Share(1)),
    ("パーセント", Unit::Share(1)),
    ("percent", Unit::Share(1)),
    ("per cent", Unit::Share(1)),
    ("割引", Unit::Share(10)),
    ("kg", Unit::Count("kg")),
    ("キロ", Unit::Count("kg")),
    ("gb", Unit::Count("gb")),
    ("mb", Unit::Count("mb")),
    ("tb", Unit::Count("tb")),
    ("mm", Unit::Count("mm")),
    ("cm", Unit::Count("cm")),
    ("km", Unit::Count("km")),
    ("個", Unit::Count("個")),
    ("コ", Unit::Count("個")),
    ("ケース", Unit::Count("ケース")),
    ("cases", Unit::Count("ケース")),
    ("pieces", Unit::Count("個")),
    ("pcs", Unit::Count("個")),
    ("units", Unit::Count("個")),
    ("名", Unit::Count("名")),
    ("人", Unit::Count("名")),
    ("people", Unit::Count("名")),
    ("persons", Unit::Count("名")),
    ("guests", Unit::Count("名")),
    ("枚", Unit::Count("枚")),
    ("sheets", Unit::Count("枚")),
    ("台", Unit::Count("台")),
    ("本", Unit::Count("本")),
    ("冊", Unit::Count("冊")),
    ("部", Unit::Count("部")),
    ("copies", Unit::Count("部")),
    ("箱", Unit::Count("箱")),
    ("boxes", Unit::Count("箱")),
    ("cartons", Unit::Count("箱")),
    ("袋", Unit::Count("袋")),
    ("bags", Unit::Count("袋")),
    ("缶", Unit::Count("缶")),
    ("セット", Unit::Count("セット")),
    ("sets", Unit::Count("セット")),
    ("席", Unit::Count("席")),
    ("seats", Unit::Count("席")),
    ("licences", Unit::Count("ライセンス")),
    ("licenses", Unit::Count("ライセンス")),
    ("ライセンス", Unit::Count("ライセンス")),
    ("pallets", Unit::Count("パレット")),
];

/// The quantity a number is part of.
pub(super) fn at(text: &str, number: &Number) -> Option<Found> {
    money(text, number).or_else(|| counted(text, number))
}

fn money(text: &str, number: &Number) -> Option<Found> {
    if !number.is_digits {
        return None;
    }
    let before = text[..number.range.start].trim_end_matches(' ');
    let sign = SIGNS.iter().find(|(name, _)| {
        before.strip_suffix(name).is_some_and(|rest| {
            !(name.as_bytes()[0].is_ascii_alphabetic() && rest.ends_with(|c: char| c.is_ascii_alphanumeric()))
        })
    });
    let behind = name_behind(text, number.range.end, &CURRENCIES);
    let (start, end, currency) = match (sign, behind) {
        (Some((name, currency)), None) => (before.len() - name.len(), number.range.end, *currency),
        (_, Some((currency, end))) => (number.range.start, end, currency),
        (None, None) => return None,
    };
    let quantity =
        Quantity::Money { currency, amount: number.value, taxed: taxed(text, start, end), per: per(text, start, end) };
    Some(Found { range: start..end, quantity })
}

/// What is said of tax beside an amount.
fn taxed(text: &str, start: usize, end: usize) -> Option<bool> {
    const WITH: [&str; 8] =
        ["税込", "内税", "incl. vat", "incl. tax", "including vat", "including tax", "inc. vat", "tax included"];
    const WITHOUT: [&str; 11] = [
        "税別",
        "税抜",
        "外税",
        "+税",
        "excl. vat",
        "excl. tax",
        "excluding vat",
        "excluding tax",
        "ex vat",
        "plus vat",
        "plus tax",
    ];
    let near = around(text, start, end, 12, 24);
    let said = |words: &[&str]| words.iter().any(|word| near.contains(word));
    match (said(&WITH), said(&WITHOUT)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    }
}

fn per(text: &str, start: usize, end: usize) -> Option<Per> {
    const BEFORE: [(&str, Per); 8] = [
        ("月額", Per::Month),
        ("年額", Per::Year),
        ("日額", Per::Day),
        ("時給", Per::Hour),
        ("単価", Per::Piece),
        ("monthly", Per::Month),
        ("yearly", Per::Year),
        ("annual", Per::Year),
    ];
    const BEHIND: [(&str, Per); 22] = [
        ("/月", Per::Month),
        ("/年", Per::Year),
        ("/日", Per::Day),
        ("/時", Per::Hour),
        ("/h", Per::Hour),
        ("/個", Per::Piece),
        ("/枚", Per::Piece),
        ("/本", Per::Piece),
        ("/台", Per::Piece),
        ("/名", Per::Piece),
        ("/人", Per::Piece),
        ("/mo", Per::Month),
        ("/year", Per::Year),
        ("/unit", Per::Piece),
        ("per month", Per::Month),
        ("a month", Per::Month),
        ("per year", Per::Year),
        ("a year", Per::Year),
        ("per hour", Per::Hour),
        ("per day", Per::Day),
        ("per unit", Per::Piece),
        ("each", Per::Piece),
    ];
    let before = around(text, start, start, 10, 0);
    let behind = text[end..].trim_start();
    let by = |found: Option<&(&str, Per)>| found.map(|(_, per)| *per);
    by(BEHIND.iter().find(|(word, _)| behind.starts_with(word)))
        .or_else(|| by(BEFORE.iter().find(|(word, _)| before.contains(word))))
}

fn counted(text: &str, number: &Number) -> Option<Found> {
    let (unit, mut end) = name_behind(text, number.range.end, &UNITS)?;
    let before = &text[..number.range.start];
    let rest = &text[end..];
    let name = &text[number.range.end..end];
    // 「第3回」, 「10月3日」, 「令和8年度」, 「5分の1」, 「9時30分」.
    let ordinal = before.ends_with(['第', '月', '時', '和', '/'])
        || before.strip_suffix(':').is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
        || (before.ends_with('-') && !before.ends_with(" -") && number.is_digits)
        || rest.starts_with(['度', '目', '生', '制'])
        || rest.starts_with("の1");
    let a_date = (name == "年" && number.value >= 100_000)
        || (name == "日"
            && (number.value > 366_000
                || rest.starts_with([
                    'に', 'の', 'か', 'は', 'ま', 'も', '(', '付', '着', '発', 'よ', '曜', '頃', 'と', 'が', 'を', '~',
                    '-', '、', '午',
                ])));
    let by_word = !number.is_digits && !matches!(unit, Unit::Business | Unit::Minutes(_) | Unit::Months(_));
    if ordinal || a_date || by_word {
        return None;
    }
    let mut value = number.value;
    if matches!(unit, Unit::Months(_)) && rest.starts_with('半') {
        (value, end) = (value + 500, end + '半'.len_utf8());
    }
    let quantity = match unit {
        Unit::Business => Quantity::Span(Span::Business(value)),
        Unit::Minutes(minutes) => Quantity::Span(Span::Minutes(value.saturating_mul(minutes))),
        Unit::Months(months) => Quantity::Span(Span::Months(value.saturating_mul(months))),
        Unit::Share(times) => Quantity::Share(value.saturating_mul(times)),
        Unit::Count(unit) => Quantity::Count { amount: value, unit },
    };
    Some(Found { range: number.range.start..end, quantity })
}

/// The unit whose name stands behind a number, and where it ends: the longest one, and a whole word.
fn name_behind<T: Copy>(text: &str, at: usize, names: &[(&str, T)]) -> Option<(T, usize)> {
    let gap = text[at..].bytes().take(1).take_while(|byte| matches!(byte, b' ' | b'-')).count();
    let rest = &text[at + gap..];
    let fits = |name: &&(&str, T)| {
        let behind = rest.strip_prefix(name.0).map(|behind| behind.chars().next());
        let is_latin = name.0.ends_with(|c: char| c.is_ascii_alphabetic());
        behind.is_some_and(|c| !(is_latin && c.is_some_and(|c| c.is_ascii_alphanumeric())))
            // 「5 個」 is written, 「5-個」 is not.
            && (is_latin || gap == 0 || text.as_bytes()[at] == b' ')
    };
    let (name, unit) = names.iter().filter(fits).max_by_key(|(name, _)| name.len())?;
    Some((*unit, at + gap + name.len()))
}

/// So many characters before and behind a range.
fn around(text: &str, start: usize, end: usize, before: usize, behind: usize) -> &str {
    let from = text[..start].char_indices().rev().take(before).last().map_or(start, |(at, _)| at);
    let to = text[end..].char_indices().take(behind).last().map_or(end, |(at, c)| end + at + c.len_utf8());
    &text[from..to]
}

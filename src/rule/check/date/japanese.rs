//! 10月22日（木）, 令和8年3月3日, 21日(水), 来週木曜日（21日）.

use jiff::civil::Weekday as Day;

use super::number::Number;
use super::{DAYS, Written, eat, skip_blanks, weekday_after};

/// A bare day takes the month of a date at most this many bytes before it: 「10/19(月)～21(水)」.
const CARRIED_BYTES: usize = 72;

pub(super) fn date(text: &str, first: &Number, before: Option<&Written>) -> Option<Written> {
    let (mut start, mut year, mut month) = (first.start, None, None);
    if let Some(at) = eat(text, first.end, "年") {
        let era = era_before(text, first.start);
        start = era.map_or(first.start, |(start, _)| start);
        year = Some(match (era, first.digits()) {
            (Some((_, zero)), _) => zero + first.value,
            (None, 4) => first.value,
            // 「8年11月」 is an era's, 「26年11月」 the century's.
            (None, _) if first.value <= 20 => 2018 + first.value,
            (None, _) => 2000 + first.value,
        });
        month = Number::behind(text, at);
    } else if let Some((at, zero)) = first_year_before(text, first.start) {
        (start, year) = (at, Some(zero + 1));
    }
    let month = month.as_ref().unwrap_or(first);
    if let Some(day) = eat(text, month.end, "月").and_then(|at| Number::behind(text, at)) {
        return with_month(text, start, year, month, &day);
    }
    if year.is_some() {
        return None;
    }
    day_alone(text, first, before)
}

fn with_month(text: &str, start: usize, year: Option<i16>, month: &Number, day: &Number) -> Option<Written> {
    let end = eat(text, day.end, "日");
    let behind = weekday_after(text, end.unwrap_or(day.end));
    if end.is_none() && behind.is_none() {
        return None;
    }
    let end = end.unwrap_or(day.end);
    let before = weekday_before(text, start, end).filter(|_| behind.is_none());
    Some(Written {
        range: before.map_or(start, |(_, at)| at)..behind.map_or(end, |(_, at)| at),
        year,
        readings: vec![(day.small()?, month.small()?)],
        day_alone: None,
        weekday: behind.or(before).map(|(day, _)| day),
        is_clear: true,
    })
}

/// 「21日（木）」, 「21(木)」 behind another date, 「木曜日（21日）」.
fn day_alone(text: &str, number: &Number, before: Option<&Written>) -> Option<Written> {
    let day = number.small().filter(|day| (1..=31).contains(day))?;
    let said = eat(text, number.end, "日");
    let end = said.unwrap_or(number.end);
    let behind = weekday_after(text, end).filter(|(_, at)| !text[end..*at].is_ascii());
    let front = weekday_before(text, number.start, end).filter(|_| said.is_some() && behind.is_none());
    let weekday = behind.or(front).map(|(day, _)| day)?;
    let carried = before.filter(|before| {
        let between = &text[before.range.end..number.start];
        !before.readings.is_empty() && between.len() <= CARRIED_BYTES && !between.contains('月')
    });
    let range = front.map_or(number.start, |(_, at)| at)..behind.map_or(end, |(_, at)| at);
    let written =
        Written { range, year: None, readings: vec![], day_alone: None, weekday: Some(weekday), is_clear: true };
    match carried {
        Some(before) => {
            let (first_day, month) = before.readings[0];
            let next = (day, month % 12 + 1);
            // 「10/30(金)～2(月)」 goes on into the next month.
            let readings = if day < first_day { vec![(day, month), next] } else { vec![(day, month)] };
            let year = before.year.filter(|_| readings.len() == 1);
            Some(Written { year, readings, ..written })
        }
        None => said.map(|_| Written { day_alone: Some(day), ..written }),
    }
}

/// 令和, 平成, 昭和 in front of a year's number: where the era begins, and the year before its first.
pub(super) fn era_before(text: &str, start: usize) -> Option<(usize, i16)> {
    let before = text[..start].trim_end_matches(' ');
    let word = [("令和", 2018), ("平成", 1988), ("昭和", 1925)]
        .into_iter()
        .find_map(|(era, zero)| before.strip_suffix(era).map(|rest| (rest.len(), zero)));
    // "r8.11.5" is short for 令和8年; "for 5/16" is not.
    let short = || {
        let rest = text[..start].strip_suffix('r')?;
        (!rest.ends_with(|c: char| c.is_ascii_alphanumeric())).then_some((rest.len(), 2018))
    };
    word.or_else(short)
}

/// 令和元年 in front of a month.
fn first_year_before(text: &str, start: usize) -> Option<(usize, i16)> {
    let before = text[..start].trim_end_matches(' ').strip_suffix("元年")?;
    era_before(text, before.len())
}

fn day_of(kanji: char) -> Option<Day> {
    DAYS.iter().find(|(.., known)| *known == kanji).map(|(day, ..)| *day)
}

/// 「（木）」, 「(火・祝)」, 「[日祝]」, 「木曜日」 behind a date. 「(月～金)」 and 「(月・火)」 are not one day.
pub(super) fn weekday_behind(text: &str, at: usize) -> Option<(Day, usize)> {
    let at = skip_blanks(text, at);
    let rest = &text[at..];
    if rest.starts_with(['(', '[']) {
        let close =
            rest[1..].char_indices().take(10).find(|(_, c)| matches!(c, ')' | ']')).map(|(close, _)| 1 + close)?;
        let inside = rest[1..close].trim();
        let inside = ["祝日", "祝", "振休"].into_iter().find_map(|mark| inside.strip_prefix(mark)).unwrap_or(inside);
        let mut chars = inside.trim_start_matches(['・', '･', '/', '、', ',', ' ']).chars();
        let day = day_of(chars.next()?)?;
        return chars.all(|c| "曜日・･/、, 祝休振替祭定".contains(c)).then_some((day, at + close + 1));
    }
    // 「（11月28日・土）」
    if let Some(inside) = rest.strip_prefix(['・', '･', '、']) {
        let day = day_of(inside.chars().next()?)?;
        let behind = inside[3..].strip_prefix("曜日").unwrap_or(&inside[3..]);
        return behind.starts_with(')').then_some((day, text.len() - behind.len()));
    }
    let mut chars = rest.chars();
    let day = day_of(chars.next()?)?;
    let behind = chars.as_str().strip_prefix('曜')?;
    let behind = behind.strip_prefix('日').unwrap_or(behind);
    Some((day, text.len() - behind.len()))
}

/// 「火曜日（11月3日）」, 「火曜日 11月3日」; not 「毎週火曜日（11月3日は休み）」.
pub(super) fn weekday_before(text: &str, start: usize, end: usize) -> Option<(Day, usize)> {
    let before = text[..start].trim_end_matches(' ');
    let (before, bracket) = before.strip_suffix('(').map_or((before, false), |before| (before, true));
    if bracket && !text[end..].trim_start_matches(' ').starts_with(')') {
        return None;
    }
    let before = before.trim_end_matches(' ');
    let before = before.strip_suffix("曜日").or_else(|| before.strip_suffix('曜'))?;
    let kanji = before.chars().next_back()?;
    let front = &before[..before.len() - kanji.len_utf8()];
    let repeated = ["毎週", "隔週", "毎月", "第1", "第2", "第3", "第4", "第5", "・", "~", "-", "、", "と", "か", "曜"];
    if repeated.iter().any(|word| front.ends_with(word)) {
        return None;
    }
    Some((day_of(kanji)?, front.len()))
}

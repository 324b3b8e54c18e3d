//! The national holidays of Japan, computed from the law.
//!
//! Source: 国民の祝日に関する法律 (昭和23年法律第178号): article 2 names the days, article 3(2) the substitute for one on a
//! Sunday (振替休日), article 3(3) the day between two of them (国民の休日). The days of 2019 to 2021 were moved by
//! 天皇の即位の日及び即位礼正殿の儀の行われる日を休日とする法律 (平成30年法律第99号) and by the special laws for the Olympic
//! Games (平成27年法律第33号, as amended).
//!
//! Valid from 2007, when articles 2 and 3 took their present form, to 2099, where the equinox formula ends. Other years
//! have no holidays here. A later change of the law is not known.

use jiff::civil::{Date, Weekday, date};

const VALID: std::ops::RangeInclusive<i16> = 2007..=2099;

/// Nobody works on this day by law; Sundays that are no holidays are not among them.
pub(in crate::rule) fn is_holiday(day: Date) -> bool {
    is_named(day) || is_substitute(day) || is_between(day)
}

/// Article 2.
fn is_named(day: Date) -> bool {
    let year = day.year();
    if !VALID.contains(&year) {
        return false;
    }
    let fixed = match (day.month(), day.day()) {
        (1, 1) | (2, 11) | (4, 29) | (5, 3..=5) | (11, 3 | 23) => true,
        // 天皇誕生日 moved with the reign; 2019 had none.
        (2, 23) => year >= 2020,
        (12, 23) => year <= 2018,
        (3, 20 | 21) => day.day() == vernal_equinox(year),
        (9, 22..=24) => day.day() == autumnal_equinox(year),
        _ => false,
    };
    fixed || nth_monday(day, 1, 2) || nth_monday(day, 9, 3) || is_movable(day)
}

/// 海の日, 山の日 and スポーツの日, which the Games moved, and the days of the enthronement.
fn is_movable(day: Date) -> bool {
    let (month, of_month) = (day.month(), day.day());
    match day.year() {
        2020 => matches!((month, of_month), (7, 23 | 24) | (8, 10)),
        2021 => matches!((month, of_month), (7, 22 | 23) | (8, 8)),
        year => {
            let enthronement = year == 2019 && matches!((month, of_month), (5, 1) | (10, 22));
            let mountain = year >= 2016 && (month, of_month) == (8, 11);
            enthronement || mountain || nth_monday(day, 7, 3) || nth_monday(day, 10, 2)
        }
    }
}

/// Article 3(2): a holiday on a Sunday is made up for by the next day that is none.
fn is_substitute(day: Date) -> bool {
    let before = |days: i64| day.checked_sub(jiff::Span::new().days(days)).ok().filter(|day| is_named(*day));
    // No more than five holidays follow each other.
    let in_a_row = (1..=6).map_while(before);
    !is_named(day) && in_a_row.into_iter().any(|day| day.weekday() == Weekday::Sunday)
}

/// Article 3(3): a day between two holidays.
fn is_between(day: Date) -> bool {
    let is = |neighbour: Result<Date, jiff::Error>| neighbour.is_ok_and(is_named);
    !is_named(day) && is(day.yesterday()) && is(day.tomorrow())
}

fn nth_monday(day: Date, month: i8, nth: i8) -> bool {
    day.month() == month && day.weekday() == Weekday::Monday && (day.day() + 6) / 7 == nth
}

/// 春分の日 and 秋分の日 are announced each February by the National Astronomical Observatory; the formula for 1980 to
/// 2099 is that of 海上保安庁水路部 暦計算研究会 (新こよみ便利帳, 恒星社厚生閣 1991). Millionths keep it in whole numbers.
fn vernal_equinox(year: i16) -> i8 {
    equinox(year, 20_843_100)
}

fn autumnal_equinox(year: i16) -> i8 {
    equinox(year, 23_248_800)
}

fn equinox(year: i16, in_1980: i64) -> i8 {
    let years = i64::from(year) - 1980;
    let day = (in_1980 + 242_194 * years) / 1_000_000 - years / 4;
    i8::try_from(day).unwrap_or_default()
}

/// Public offices are closed from 29 December to 3 January (行政機関の休日に関する法律 article 1), and most companies with
/// them.
pub(in crate::rule) fn is_year_end(day: Date) -> bool {
    let year = day.year();
    let starts = date(year, 12, 29);
    day >= starts || day <= date(year, 1, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists of the Cabinet Office (内閣府 「国民の祝日について」), month and day.
    const KNOWN: [(i16, &str); 9] = [
        (
            2019,
            "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23",
        ),
        (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
        (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
        (2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"),
        (2023, "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"),
        (2024, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"),
        (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
        (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
    ];

    #[test]
    fn knows_the_holidays_of_nine_years() {
        for (year, expected) in KNOWN {
            let found: Vec<String> = date(year, 1, 1)
                .series(jiff::Span::new().days(1))
                .take_while(|day| day.year() == year)
                .filter(|day| is_holiday(*day))
                .map(|day| format!("{}/{}", day.month(), day.day()))
                .collect();
            assert_eq!(found.join(" "), expected, "{year}");
        }
    }

    #[test]
    fn knows_days_between_before_and_after_the_list() {
        // 2009 and 2015 had a 国民の休日 in September; 2012 an equinox on the 22nd.
        for day in [date(2009, 9, 22), date(2015, 9, 22), date(2012, 9, 22), date(2032, 9, 21), date(2018, 12, 24)] {
            assert!(is_holiday(day), "{day}");
        }
        for day in [date(2015, 8, 11), date(2019, 12, 23), date(2019, 2, 23), date(2006, 1, 1), date(2100, 1, 1)] {
            assert!(!is_holiday(day), "{day}");
        }
    }

    #[test]
    fn the_year_ends_for_six_days() {
        for (day, expected) in [
            (date(2026, 12, 28), false),
            (date(2026, 12, 29), true),
            (date(2027, 1, 3), true),
            (date(2027, 1, 4), false),
        ] {
            assert_eq!(is_year_end(day), expected, "{day}");
        }
    }
}

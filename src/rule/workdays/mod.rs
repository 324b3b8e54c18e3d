//! Days on which an office works, and how many of them lie between two days.
//!
//! Knows weekends, the holidays of Japan and days it is told. Elsewhere holidays differ by country and state: only the
//! two days are known on which English-speaking offices are closed everywhere.

mod japan;

use jiff::civil::{Date, DateTime, Weekday};

/// When one office works.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workdays<'a> {
    /// The holidays of Japan count, and the closing at the end of the year.
    pub(super) in_japan: bool,
    /// Further days on which it is closed.
    pub(super) closed: &'a [Date],
}

/// A mail that comes later in the day is read on the next one.
const CLOSING_HOUR: i8 = 18;
/// Longer stretches of days off, or more days to count, nobody asks about.
const MOST_DAYS: usize = 400;

impl Workdays<'_> {
    pub(super) fn is_working(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let holiday = match self.in_japan {
            true => japan::is_holiday(day) || japan::is_year_end(day),
            false => matches!((day.month(), day.day()), (12, 25) | (1, 1)),
        };
        !weekend && !holiday && !self.closed.contains(&day)
    }

    /// This day, or the first working day behind it.
    pub(super) fn on_or_after(&self, day: Date) -> Date {
        days_from(day).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The working day on which a mail that comes at this moment is read.
    pub(super) fn read_on(&self, came: DateTime) -> Date {
        let late = came.hour() >= CLOSING_HOUR;
        let day = if late { came.date().tomorrow().unwrap_or(came.date()) } else { came.date() };
        self.on_or_after(day)
    }

    /// How many working days behind `from` an answer on `to` comes: 1 on the next working day.
    pub(super) fn since(&self, from: Date, to: Date) -> usize {
        days_from(from).skip(1).take_while(|day| *day <= to).filter(|day| self.is_working(*day)).count()
    }
}

fn days_from(day: Date) -> impl Iterator<Item = Date> {
    day.series(jiff::Span::new().days(1)).take(MOST_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const JAPAN: Workdays<'_> = Workdays { in_japan: true, closed: &[] };
    const ELSEWHERE: Workdays<'_> = Workdays { in_japan: false, closed: &[] };

    #[test]
    fn counts_working_days() {
        for (office, from, to, expected) in [
            (JAPAN, date(2026, 10, 14), date(2026, 10, 14), 0),
            (JAPAN, date(2026, 10, 14), date(2026, 10, 15), 1),
            // Over a weekend, and over one with 12 October.
            (JAPAN, date(2026, 10, 16), date(2026, 10, 19), 1),
            (JAPAN, date(2026, 10, 9), date(2026, 10, 13), 1),
            (ELSEWHERE, date(2026, 10, 9), date(2026, 10, 13), 2),
            // Golden Week, silver week, the end of the year.
            (JAPAN, date(2026, 5, 1), date(2026, 5, 7), 1),
            (JAPAN, date(2026, 9, 18), date(2026, 9, 24), 1),
            (JAPAN, date(2026, 12, 28), date(2027, 1, 5), 2),
            (ELSEWHERE, date(2026, 12, 24), date(2026, 12, 29), 2),
            (JAPAN, date(2026, 10, 19), date(2026, 10, 30), 9),
            (JAPAN, date(2026, 10, 15), date(2026, 10, 14), 0),
        ] {
            assert_eq!(office.since(from, to), expected, "{from} to {to}");
        }
        let closed = [date(2026, 8, 13), date(2026, 8, 14)];
        let office = Workdays { in_japan: true, closed: &closed };
        assert_eq!(office.since(date(2026, 8, 12), date(2026, 8, 17)), 1);
    }

    #[test]
    fn what_comes_in_the_evening_is_read_on_the_next_working_day() {
        let read = |day: Date, hour| JAPAN.read_on(day.at(hour, 0, 0, 0));
        assert_eq!(read(date(2026, 10, 9), 17), date(2026, 10, 9));
        assert_eq!(read(date(2026, 10, 9), 18), date(2026, 10, 13));
        assert_eq!(read(date(2026, 10, 10), 9), date(2026, 10, 13));
    }
}

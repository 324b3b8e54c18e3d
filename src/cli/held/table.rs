//! The list of kept mails for people: one line each, as wide as the terminal, full-width characters counted as two.

use std::io::{self, Write};

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Style;
use crate::finding::{Finding, Level};
use crate::gate::record;
use crate::lang::Lang;
use crate::output::one_line;
use crate::store::{State, Summary};

/// Blanks between columns.
const GAP: usize = 2;

/// Columns that shrink keep at least this many columns of text.
const LEAST: usize = 12;

pub(super) fn write(out: &mut dyn Write, mails: &[Summary], now: Timestamp, style: &Style) -> io::Result<()> {
    rows(out, mails, now, style, |_, mail| mail.id.to_string())
}

/// With a number in front of each mail, and a mark for its worst finding: `!!` an error, `!` a warning.
pub(super) fn write_numbered(out: &mut dyn Write, mails: &[Summary], now: Timestamp, style: &Style) -> io::Result<()> {
    let digits = mails.len().to_string().len();
    rows(out, mails, now, style, |n, mail| {
        let mark = match worst(&record::read(&mail.findings_json)).map(|finding| finding.level) {
            Some(Level::Error) => "!!",
            Some(Level::Warning) => "!",
            Some(Level::Info) | None => "",
        };
        format!("{:>digits$} {mark:<2} {}", n + 1, mail.id)
    })
}

fn rows(
    out: &mut dyn Write,
    mails: &[Summary],
    now: Timestamp,
    style: &Style,
    name: impl Fn(usize, &Summary) -> String,
) -> io::Result<()> {
    if mails.is_empty() {
        return match style.lang {
            Lang::En => writeln!(out, "No mail is held."),
            Lang::Ja => writeln!(out, "保留中のメールはありません。"),
        };
    }
    let head = match style.lang {
        Lang::En => ["ID", "STATE", "RECEIVED", "TO", "SUBJECT", "WHY"],
        Lang::Ja => ["ID", "状態", "受付", "宛先", "件名", "理由"],
    };
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(mails.iter().enumerate().map(|(n, mail)| row(name(n, mail), mail, now, style)));
    let widths = widths(&rows, style.width);
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(text, width)| fit(text, width)).collect();
        writeln!(out, "{}", cells.join(&" ".repeat(GAP)).trim_end())?;
    }
    Ok(())
}

fn row(name: String, mail: &Summary, now: Timestamp, style: &Style) -> [String; 6] {
    let received = mail.received_at.to_zoned(style.time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let recipients = &mail.envelope.recipients;
    let first = recipients.first().map_or(String::new(), |address| one_line(address.as_str()));
    let to = if recipients.len() > 1 { format!("{first} +{}", recipients.len() - 1) } else { first };
    [
        name,
        mail.state.explain().get(style.lang).to_owned(),
        received,
        to,
        one_line(&mail.subject),
        why(mail, now, style),
    ]
}

/// Why it is here: what it waits for, what the next server said last, the worst finding.
fn why(mail: &Summary, now: Timestamp, style: &Style) -> String {
    let findings = record::read(&mail.findings_json);
    let worst = worst(&findings).map(|finding| finding.title.get(style.lang).to_owned());
    let waits = (mail.state == State::Ready).then(|| waits(mail, now, style));
    let reason = mail.answer.clone().or(worst);
    let colon = if style.lang == Lang::Ja { "：" } else { ": " };
    one_line(&waits.into_iter().chain(reason).collect::<Vec<String>>().join(colon))
}

/// The first of the worst.
pub(super) fn worst(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().rev().max_by_key(|finding| finding.level)
}

/// What a mail waits for that may be sent.
fn waits(mail: &Summary, now: Timestamp, style: &Style) -> String {
    let Some(due) = mail.due_at.filter(|due| *due > now) else {
        let (en, ja) = ("goes while atena serve runs", "atena serve の動作中に送信");
        return if style.lang == Lang::Ja { ja } else { en }.to_owned();
    };
    let time = |at: Timestamp| at.to_zoned(style.time_zone.clone());
    let form = if time(due).date() == time(now).date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    let due = time(due).strftime(form);
    match (mail.answer.is_some(), style.lang) {
        (true, Lang::En) => format!("tried again at {due}"),
        (true, Lang::Ja) => format!("{due} に再試行"),
        (false, Lang::En) => format!("sent at {due} unless you cancel it"),
        (false, Lang::Ja) => format!("{due} に送信（取り消せます）"),
    }
}

/// Fixed columns get what they need; recipient, subject and reason share the rest.
fn widths(rows: &[[String; 6]], total: usize) -> [usize; 6] {
    let mut widths = [0; 6];
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.width());
        }
    }
    let fixed: usize = widths[..3].iter().sum::<usize>() + GAP * 5;
    let mut room = total.saturating_sub(fixed);
    for (shared, n) in [(3, 3), (2, 4), (1, 5)] {
        let share = (room / shared).max(LEAST);
        widths[n] = widths[n].min(share);
        room = room.saturating_sub(widths[n]);
    }
    widths
}

/// The text in exactly so many columns.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return format!("{text}{}", " ".repeat(width - text.width()));
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width {
            break;
        }
        out.push(c);
        used += columns;
    }
    out.push('…');
    format!("{out}{}", " ".repeat(width - used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_as_wide_as_its_column() {
        for (text, width, expected) in [
            ("abc", 5, "abc  "),
            ("見積", 5, "見積 "),
            ("お見積りの件", 6, "お見… "),
            ("お見積りの件", 7, "お見積…"),
            ("abcdef", 4, "abc…"),
        ] {
            assert_eq!(fit(text, width), expected);
            assert_eq!(fit(text, width).width(), width);
        }
    }

    #[test]
    fn a_narrow_terminal_shortens_what_can_be_shortened() {
        let row = ["k0m1x9az", "held", "2026-11-21 10:00", "priya.raman@client.example", "Thanks for the call", "why"];
        let widths = widths(&[row.map(str::to_owned)], 80);
        assert_eq!(&widths[..3], &[8, 4, 16]);
        assert!(widths.iter().sum::<usize>() + GAP * 5 <= 80, "{widths:?}");
        assert_eq!(widths[5], 3, "a short column gives its room away");
    }
}

//! `atena rules stats`: what became of the findings of each rule, and which rules could be quieter.

use std::cmp::Reverse;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::super::Stop;
use crate::config::Config;
use crate::gate::narrowing::{ALWAYS, Narrowing, narrowing};
use crate::gate::setup;
use crate::lang::Lang;
use crate::output;
use crate::store::{Store, Tally};

#[derive(Serialize)]
struct Report {
    version: u32,
    since: Option<Date>,
    rules: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    rule: String,
    told: u32,
    held: u32,
    returned: u32,
    released: u32,
    corrected: u32,
    dropped: u32,
    /// For the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<String>,
}

pub(super) fn run(
    config: &Config,
    since: Option<Date>,
    json: bool,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let rules = setup::rules(config)?;
    let from = since.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    let from = from.map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
    let told = |error: &crate::store::StoreError| Stop::Message(error.explain().get(lang).to_owned());
    let store = Store::open(&config.data_dir).map_err(|error| told(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut tallies = runtime.block_on(store.tallies(from)).map_err(|error| told(&error))?;
    tallies.sort_by_key(|one| (Reverse(one.released), Reverse(one.held + one.returned), one.rule.clone()));
    let line = |one: Tally| Line {
        proposal: narrowing(&one, &rules, config).map(|change| proposal(&one.rule, &change, config)),
        rule: one.rule,
        told: one.told,
        held: one.held,
        returned: one.returned,
        released: one.released,
        corrected: one.corrected,
        dropped: one.dropped,
    };
    let report = Report { version: 1, since, rules: tallies.into_iter().map(line).collect() };
    match json {
        true => output::write_json(out, &report)?,
        false => write(&report, lang, out)?,
    }
    Ok(0)
}

/// As the configuration takes it.
fn proposal(rule: &str, change: &Narrowing, config: &Config) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let line = match change {
        Narrowing::ExceptTo(pattern) => format!("except = {{ to = [{}] }}", quoted(pattern)),
        Narrowing::ExceptClient(name) => format!("except = {{ clients = [{}] }}", quoted(name)),
        Narrowing::Level => "level = \"info\"".to_owned(),
        Narrowing::Verdict => "verdict = \"forward\"".to_owned(),
    };
    // A table stands once in a file.
    match config.rules.iter().any(|setting| setting.id == rule) {
        true => format!("# [rules.{rule}]\n{line}"),
        false => format!("[rules.{rule}]\n{line}"),
    }
}

fn write(report: &Report, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    if report.rules.is_empty() {
        return match lang {
            Lang::En => writeln!(out, "Nothing was found in any mail yet."),
            Lang::Ja => writeln!(out, "指摘のあったメールはまだありません。"),
        };
    }
    let head = match lang {
        Lang::En => ["rule", "let go", "corrected", "dropped", "held", "returned", "only told"],
        Lang::Ja => ["規則", "そのまま送信", "訂正", "破棄", "保留", "差し戻し", "指摘のみ"],
    };
    let row = |line: &Line| {
        let counts = [line.released, line.corrected, line.dropped, line.held, line.returned, line.told];
        let mut cells = vec![line.rule.clone()];
        cells.extend(counts.map(|count| count.to_string()));
        cells
    };
    let rows: Vec<Vec<String>> =
        std::iter::once(head.map(str::to_owned).to_vec()).chain(report.rules.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for row in &rows {
        let gap = |column: usize| " ".repeat(widths[column] - row[column].width());
        let numbers = (1..row.len()).map(|column| format!("  {}{}", gap(column), row[column]));
        writeln!(out, "{}{}{}", row[0], gap(0), numbers.collect::<String>())?;
    }
    for (line, proposal) in report.rules.iter().filter_map(|line| Some((line, line.proposal.as_ref()?))) {
        let (rule, count) = (&line.rule, line.released);
        match lang {
            Lang::En => writeln!(
                out,
                "\n{rule}: every mail it stopped was let go as it was ({count}). To make it quieter, in atena.toml:"
            )?,
            Lang::Ja => writeln!(
                out,
                "\n{rule}: 止めたメールはすべてそのまま送られました（{count}通）。控えめにするには atena.toml に:"
            )?,
        }
        writeln!(out, "\n{proposal}")?;
    }
    if report.rules.iter().all(|line| line.proposal.is_none()) {
        match lang {
            Lang::En => writeln!(out, "\nNo rule was overridden {ALWAYS} times without ever being right.")?,
            Lang::Ja => writeln!(out, "\n{ALWAYS}回以上そのまま送られ、一度も役に立たなかった規則はありません。")?,
        }
    }
    Ok(())
}

//! What was said of doubts about people: shown beside them, exported, read back.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Desk, told};
use crate::cli::Stop;
use crate::lang::Bilingual;
use crate::output::one_line;
use crate::store::people::Said;

/// A line of JSON as `import` reads it back.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    sender: &'a str,
    address: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    other: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mails: Option<u32>,
}

impl<'a> Line<'a> {
    pub(super) fn of(said: &'a Said) -> Line<'a> {
        let empty =
            Line { kind: "", sender: "", address: "", other: "", rule: "", beside: None, at: None, mails: None };
        match said {
            Said::Right { sender, right } => Line {
                kind: "right",
                sender,
                address: &right.address,
                other: &right.other,
                rule: &right.rule,
                at: Some(right.at.to_string()),
                ..empty
            },
            Said::Confused { sender, confused } => Line {
                kind: "confused",
                sender,
                address: &confused.address,
                other: &confused.other,
                beside: Some(confused.beside),
                at: Some(confused.at.to_string()),
                ..empty
            },
            Said::Overridden { sender, rule, address, mails } => {
                Line { kind: "overridden", sender, address, rule, mails: Some(*mails), ..empty }
            }
        }
    }
}

impl Desk<'_> {
    /// What was said in which an address stands.
    pub(super) fn said(&self, person: &str) -> Result<Vec<Said>, Stop> {
        self.people.said(Some(person)).map_err(|error| told(&error, self.lang))
    }

    pub(super) fn write_said(&self, said: &[Said], out: &mut dyn Write) -> io::Result<()> {
        let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::system()).date();
        for one in said {
            let text = match one {
                Said::Confused { confused, .. } => {
                    let (on, address, other) = (day(confused.at), &confused.address, &confused.other);
                    Bilingual::new(
                        format!("Confused: on {on} {address} was taken out and {other} written to"),
                        format!("取り違え: {on} に {address} を外し、{other} に送信"),
                    )
                }
                Said::Right { right, .. } => {
                    let (on, address, rule) = (day(right.at), &right.address, &right.rule);
                    let other = if right.other.is_empty() { String::new() } else { format!(", {}", right.other) };
                    Bilingual::new(
                        format!("Right: on {on} {address} in spite of {rule}{other}"),
                        format!("正しい宛先: {on} に {address}（{rule}{other} の指摘に対して）"),
                    )
                }
                Said::Overridden { rule, address, mails, .. } => Bilingual::new(
                    format!("Let go: {mails} to {address} in spite of {rule}"),
                    format!("そのまま送信: {address} 宛て {mails} 通（{rule} の指摘に対して）"),
                ),
            };
            writeln!(out, "  {}", one_line(text.get(self.lang)))?;
        }
        Ok(())
    }

    pub(super) fn export_said(&self, out: &mut dyn Write) -> Result<(), Stop> {
        for one in self.people.said(None).map_err(|error| told(&error, self.lang))? {
            let line = serde_json::to_string(&Line::of(&one)).expect("texts and numbers have a form in JSON");
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

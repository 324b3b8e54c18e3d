//! JSON v1: the contract other programs build on. Every field is described in `docs/output.md`.
//!
//! Fields may be added here; none is renamed, removed or given another meaning without a new `version`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::answer_json::{List, Reading};
use super::recipients_json::{Recipient, recipients};
use super::visible::stand_in;
use super::{Checked, Unreadable};
use crate::finding::{self, Allowed, Finding};
use crate::lang::Lang;

pub(super) fn write(
    out: &mut dyn Write,
    messages: &[Checked],
    unreadable: &[Unreadable],
    lang: Lang,
) -> io::Result<()> {
    let report = Report {
        version: 1,
        messages: messages.iter().map(|message| Message::of(message, lang)).collect(),
        unreadable: unreadable
            .iter()
            .map(|input| Input { path: &input.path, reason: input.reason.get(lang) })
            .collect(),
    };
    print(out, &report)
}

/// Findings as `messages[].findings` of the report holds them, in the order given, with the number each goes by: its place.
pub(super) fn findings(findings: &[Finding], lang: Lang) -> Vec<serde_json::Value> {
    let numbered = |(number, finding)| value(&Numbered { number, remark: Remark::of(finding, lang) });
    findings.iter().enumerate().map(numbered).collect()
}

/// Findings that do not count, as `messages[].allowed` of the report holds them.
pub(super) fn allowed(allowed: &[Allowed], lang: Lang) -> Vec<serde_json::Value> {
    allowed.iter().map(|allowed| value(&AllowedRemark::of(allowed, lang))).collect()
}

fn value(of: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(of).expect("texts, numbers and lists of them have a form in JSON")
}

/// Writes a value as JSON whose strings carry no character a terminal would obey.
///
/// What a parser reads is the same: outside strings JSON has none of these characters, inside they may be escaped.
///
/// # Errors
/// Only those of `out`.
pub fn print(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_guarded(out, &serde_json::to_string_pretty(value)?)
}

/// As [`print`], on one line.
///
/// # Errors
/// Only those of `out`.
pub fn print_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write_guarded(out, &serde_json::to_string(value)?)
}

fn write_guarded(out: &mut dyn Write, json: &str) -> io::Result<()> {
    let mut rest = json;
    while let Some(at) = rest.find(|c| c != '\n' && stand_in(c).is_some()) {
        let mut after = rest[at..].chars();
        out.write_all(&rest.as_bytes()[..at])?;
        if let Some(c) = after.next() {
            // Every such character lies in the Basic Multilingual Plane: one escape is enough.
            write!(out, "\\u{:04x}", u32::from(c))?;
        }
        rest = after.as_str();
    }
    writeln!(out, "{rest}")
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    messages: Vec<Message<'a>>,
    unreadable: Vec<Input<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    path: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    path: &'a str,
    verdict: &'static str,
    findings: Vec<Remark<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<AllowedRemark<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checklist: Option<List<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<Recipient<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Reading<'a>>,
}

/// A finding of a kept mail, which has a number to speak of it by.
#[derive(Serialize)]
struct Numbered<'a> {
    number: usize,
    #[serde(flatten)]
    remark: Remark<'a>,
}

/// A finding that does not count, and why.
#[derive(Serialize)]
struct AllowedRemark<'a> {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    #[serde(flatten)]
    remark: Remark<'a>,
}

#[derive(Serialize)]
struct Remark<'a> {
    rule: &'a str,
    level: &'static str,
    confidence: &'static str,
    title: &'a str,
    why: &'a str,
    advice: &'a str,
    location: Location<'a>,
    evidence: Evidence<'a>,
}

#[derive(Serialize)]
pub(super) struct Location<'a> {
    part: String,
    line: usize,
    column: usize,
    text: &'a str,
}

/// Evidence by name, in the order the rule gave it.
pub(super) struct Evidence<'a>(pub(super) &'a [(Cow<'static, str>, finding::Evidence)]);

impl<'a> Message<'a> {
    fn of(message: &'a Checked, lang: Lang) -> Message<'a> {
        Message {
            path: &message.path,
            verdict: message.verdict.as_str(),
            findings: message.ordered().into_iter().map(|finding| Remark::of(finding, lang)).collect(),
            allowed: message.allowed.iter().map(|allowed| AllowedRemark::of(allowed, lang)).collect(),
            checklist: message.checklist.as_ref().map(|list| List::of(list, lang)),
            recipients: message.standing.as_deref().map(recipients).unwrap_or_default(),
            explanation: message.explanation.as_ref().map(Reading::of),
        }
    }
}

impl<'a> Location<'a> {
    pub(super) fn of(location: &'a finding::Location) -> Location<'a> {
        Location { part: location.part.to_string(), line: location.line, column: location.column, text: &location.text }
    }
}

impl<'a> AllowedRemark<'a> {
    fn of(allowed: &'a Allowed, lang: Lang) -> AllowedRemark<'a> {
        let (by, reason) = (allowed.by.as_str(), allowed.by.reason(lang));
        AllowedRemark { by, reason, remark: Remark::of(&allowed.finding, lang) }
    }
}

impl<'a> Remark<'a> {
    fn of(finding: &'a Finding, lang: Lang) -> Remark<'a> {
        let location = &finding.location;
        Remark {
            rule: &finding.rule,
            level: finding.level.as_str(),
            confidence: finding.confidence.as_str(),
            title: finding.title.get(lang),
            why: finding.why.get(lang),
            advice: finding.advice.get(lang),
            location: Location::of(location),
            evidence: Evidence(&finding.evidence),
        }
    }
}

impl Serialize for Evidence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Value<'a> {
            Text(&'a str),
            List(&'a [String]),
            Number(i64),
        }
        serializer.collect_map(self.0.iter().map(|(name, evidence)| {
            let value = match evidence {
                finding::Evidence::Text(text) => Value::Text(text),
                finding::Evidence::List(items) => Value::List(items),
                finding::Evidence::Number(n) => Value::Number(*n),
            };
            (name, value)
        }))
    }
}

//! SARIF 2.1.0 (OASIS), the part that code scanning and editors read.
//!
//! A place in a mail is a place in its decoded part. SARIF's physical location names the file and the line of the
//! raw mail nearest to it; the part, its line and column are the logical location and its properties.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::json::{Evidence, print};
use super::{Checked, Fingerprints, RuleInfo, Unreadable, place};
use crate::finding::{Allowance, Finding, Level, Part};
use crate::lang::Lang;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(
    out: &mut dyn Write,
    messages: &[Checked],
    unreadable: &[Unreadable],
    rules: &[RuleInfo],
    lang: Lang,
) -> io::Result<()> {
    let index: HashMap<&str, usize> = rules.iter().enumerate().map(|(n, rule)| (rule.id.as_str(), n)).collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "atena",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.iter().map(|rule| Rule::of(rule, lang)).collect(),
            },
        },
        language: lang.tag(),
        invocations: [Invocation {
            execution_successful: unreadable.is_empty(),
            tool_execution_notifications: unreadable.iter().map(|input| Notification::of(input, lang)).collect(),
        }],
        results: messages.iter().flat_map(|message| results(message, &index, lang)).collect(),
    };
    print(out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool<'a>,
    language: &'static str,
    invocations: [Invocation<'a>; 1],
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    full_description: Text<'a>,
    help: Text<'a>,
    default_configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
    partial_fingerprints: PartialFingerprints,
    /// Without one the result counts (3.27.23).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'a>>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Logical<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region<'a>>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical<'a> {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
    properties: Words<'a>,
}

#[derive(Serialize)]
struct Words<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct PartialFingerprints {
    /// The one name GitHub reads.
    #[serde(rename = "primaryLocationLineHash")]
    words: String,
}

#[derive(Serialize)]
struct Properties<'a> {
    mail: &'a str,
    verdict: &'static str,
    confidence: &'static str,
    evidence: Evidence<'a>,
}

impl<'a> Rule<'a> {
    fn of(rule: &'a RuleInfo, lang: Lang) -> Rule<'a> {
        Rule {
            id: &rule.id,
            short_description: text(rule.title.get(lang)),
            full_description: text(rule.why.get(lang)),
            help: text(rule.advice.get(lang)),
            default_configuration: Configuration { level: level(rule.level) },
            help_uri: rule.help_uri.as_deref(),
        }
    }
}

/// Why a result does not count (3.35).
#[derive(Serialize)]
struct Suppression<'a> {
    /// `inSource`: said by the mail itself.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<Cow<'a, str>>,
}

impl<'a> Suppression<'a> {
    fn of(by: &'a Allowance, lang: Lang) -> Suppression<'a> {
        let kind = match by {
            Allowance::Mail { .. } => "inSource",
            Allowance::Setting | Allowance::Baseline | Allowance::Person { .. } => "external",
        };
        Suppression { kind, justification: by.reason(lang) }
    }
}

impl<'a> Notification<'a> {
    fn of(input: &'a Unreadable, lang: Lang) -> Notification<'a> {
        let artifact_location = Artifact { uri: uri(&input.path) };
        Notification {
            level: "error",
            message: text(input.reason.get(lang)),
            locations: [Location {
                physical_location: Physical { artifact_location, region: None },
                logical_locations: Vec::new(),
            }],
        }
    }
}

fn text(text: &str) -> Text<'_> {
    Text { text: Cow::Borrowed(text) }
}

fn results<'a>(message: &'a Checked, index: &HashMap<&str, usize>, lang: Lang) -> Vec<SarifResult<'a>> {
    let mut fingerprints = Fingerprints::default();
    let mut result = |finding: &'a Finding, suppressions: Vec<Suppression<'a>>| SarifResult {
        rule_id: &finding.rule,
        rule_index: index.get(finding.rule.as_str()).copied(),
        level: level(finding.level),
        message: Text {
            text: [&finding.title, &finding.why, &finding.advice].map(|text| text.get(lang)).join("\n").into(),
        },
        locations: [location(message, finding)],
        partial_fingerprints: PartialFingerprints { words: fingerprints.of(finding) },
        suppressions,
        properties: Properties {
            mail: &message.path,
            verdict: message.verdict.as_str(),
            confidence: finding.confidence.as_str(),
            evidence: Evidence(&finding.evidence),
        },
    };
    let mut out: Vec<SarifResult<'a>> =
        message.ordered().into_iter().map(|finding| result(finding, Vec::new())).collect();
    out.extend(
        message.allowed.iter().map(|allowed| result(&allowed.finding, vec![Suppression::of(&allowed.by, lang)])),
    );
    out
}

fn location<'a>(message: &Checked, finding: &'a Finding) -> Location<'a> {
    let at = &finding.location;
    let snippet = Some(at.context.as_str()).filter(|context| !context.is_empty()).map(text);
    Location {
        physical_location: Physical {
            artifact_location: Artifact { uri: uri(message.file()) },
            region: Some(Region { start_line: message.file_line(finding), snippet }),
        },
        logical_locations: vec![Logical {
            name: at.part.to_string(),
            fully_qualified_name: place(finding),
            kind: match at.part {
                Part::Header(_) => "header",
                Part::Body(_) => "body",
                Part::Attachment(_) => "attachment",
                Part::Envelope => "envelope",
                Part::Mail => "mail",
            },
            properties: Words { line: at.line, column: at.column, text: &at.text },
        }],
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// A file's name as a URI reference (RFC 3986): relative as given, `file:` if absolute.
fn uri(path: &str) -> String {
    let path = path.replace(std::path::MAIN_SEPARATOR, "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

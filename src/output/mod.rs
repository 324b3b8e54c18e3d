//! What was found, written for people and for programs.
//!
//! Knows findings and verdicts, and nothing of how they came about. Each format has structs of its own, so that a
//! change inside does not change what other programs read; `docs/output.md` is the contract.

mod answer_json;
mod checklist;
mod fingerprint;
mod github;
mod held_json;
mod json;
mod junit;
mod marked;
mod recipients_json;
mod sarif;
mod sheet_json;
mod snippet;
mod text;
mod visible;
mod wrap;

use std::cmp::Reverse;
use std::io;
use std::sync::Arc;

use crate::checklist::{Checklist, Explanation};
use crate::correspondents::Standing;
use crate::finding::{Allowed, Finding, Level, Part};
use crate::lang::{Bilingual, Lang};
use crate::verdict::Verdict;

pub use fingerprint::Fingerprints;
pub use held_json::{HeldEntry, HeldList, HeldMail, HeldSheet};
pub use json::{print as write_json, print_line as write_json_line};
pub use marked::{Piece, rows};
pub use sheet_json::SheetJson;
pub use snippet::Snippet;
pub use text::{level_style, level_word};
pub use visible::{lines as visible_lines, one_line};

/// One mail that was checked.
#[derive(Debug, Clone)]
pub struct Checked<'a> {
    /// The name people see: the file name, `-` for standard input, `box.mbox#3` for the third mail of an mbox.
    pub path: String,
    /// Where the mail stands if its file holds several.
    pub mbox: Option<Mbox>,
    pub subject: Option<&'a str>,
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    /// What was found and does not count.
    pub allowed: Vec<Allowed>,
    /// What an answer to a fault holds and lacks; `None` where nothing went wrong.
    pub checklist: Option<Checklist>,
    /// How each recipient stands, where past mail tells.
    pub standing: Option<Arc<Standing>>,
    /// The whole reading, if it was asked for.
    pub explanation: Option<Explanation>,
}

/// The place of one mail in an mbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mbox {
    /// The file's name, without the number of the mail.
    pub file: String,
    /// The line of the file, from 1, that is the mail's first.
    pub first_line: usize,
}

/// An input that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub path: String,
    pub reason: Bilingual,
}

/// What a rule is about, apart from any mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    pub id: String,
    pub title: Bilingual,
    pub why: Bilingual,
    pub advice: Bilingual,
    pub level: Level,
    pub help_uri: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Text,
    /// JSON v1, the contract other programs build on.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// GitHub workflow commands.
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub lang: Lang,
    /// Whether the text may carry ANSI colours.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// The mildest level that makes a mail fail.
    pub fail_on: Level,
}

/// Writes everything that was found in one format.
///
/// # Errors
/// Only those of `out`.
pub fn write(
    out: &mut dyn io::Write,
    format: Format,
    messages: &[Checked],
    unreadable: &[Unreadable],
    rules: &[RuleInfo],
    options: &Options,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(out, messages, unreadable, options),
        Format::Json => json::write(out, messages, unreadable, options.lang),
        Format::Sarif => sarif::write(out, messages, unreadable, rules, options.lang),
        Format::Junit => junit::write(out, messages, unreadable, options),
        Format::Github => github::write(out, messages, unreadable, options.lang),
    }
}

/// Writes findings for people, numbered in the order given, without the mail they belong to.
///
/// # Errors
/// Only those of `out`.
pub fn write_findings(out: &mut dyn io::Write, findings: &[Finding], options: &Options) -> io::Result<()> {
    text::write_findings(out, findings, options)
}

/// The exit code of a check: 2 if an input could not be read, 1 if a finding reaches `fail_on`, else 0.
///
/// 2 wins: what could not be read may hide anything.
pub fn exit_code(messages: &[Checked], unreadable: &[Unreadable], fail_on: Level) -> u8 {
    if !unreadable.is_empty() {
        return 2;
    }
    u8::from(messages.iter().any(|message| message.findings.iter().any(|finding| finding.level >= fail_on)))
}

impl<'a> Checked<'a> {
    /// A mail in a file of its own.
    pub fn new(path: impl Into<String>, verdict: Verdict, findings: Vec<Finding>) -> Checked<'a> {
        Checked {
            path: path.into(),
            mbox: None,
            subject: None,
            verdict,
            findings,
            allowed: Vec::new(),
            checklist: None,
            standing: None,
            explanation: None,
        }
    }

    /// The findings in the order every format gives them: the worst first, then by place.
    fn ordered(&self) -> Vec<&Finding> {
        ordered(&self.findings)
    }

    /// The file the mail stands in.
    fn file(&self) -> &str {
        self.mbox.as_ref().map_or(&self.path, |mbox| &mbox.file)
    }

    /// The line of the file nearest to a finding, from 1.
    fn file_line(&self, finding: &Finding) -> usize {
        let before = self.mbox.as_ref().map_or(0, |mbox| mbox.first_line.saturating_sub(1));
        before.saturating_add(finding.location.raw_line.max(1))
    }
}

fn ordered(findings: &[Finding]) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| {
        let place = &finding.location;
        (Reverse(finding.level), &place.part, place.line, place.column, &finding.rule)
    });
    findings
}

/// Where a finding points, as people and logs read it: `body:3:1`; a mail as a whole has no lines.
fn place(finding: &Finding) -> String {
    let location = &finding.location;
    match location.part {
        Part::Mail => "mail".to_owned(),
        _ => visible::one_line(&format!("{}:{}:{}", location.part, location.line, location.column)),
    }
}

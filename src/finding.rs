//! What one rule says about one message: how sure, how bad, where, why, what to do, on what evidence.
//!
//! Knows nothing of rules, messages or output formats; everything else speaks in these values.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use crate::lang::{Bilingual, Lang};

/// How bad a finding is; the names are those of SARIF except `info` (SARIF: `note`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// A person should look.
    Warning,
    /// Sending as it is will probably hurt.
    Error,
}

/// How sure the rule is of its finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Finding {
    /// Ids of rules whose findings about the same mail this one already says: told once to people, kept for programs.
    pub fn implies(&self) -> &[String] {
        let implies = self.evidence.iter().find(|(name, _)| name == "implies");
        match implies {
            Some((_, Evidence::List(rules))) => rules,
            _ => &[],
        }
    }
}

impl Level {
    /// One level worse, if there is one.
    pub fn risen(self) -> Level {
        match self {
            Level::Info => Level::Warning,
            Level::Warning | Level::Error => Level::Error,
        }
    }

    pub const ALL: [Level; 3] = [Level::Info, Level::Warning, Level::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl Confidence {
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// The part of a mail a finding points into.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A header field, by its lower-case name: `subject`, `to`, `cc` …
    Header(String),
    /// The n-th text a reader sees, counted from 0.
    Body(usize),
    /// The n-th attached file, counted from 0.
    Attachment(usize),
    /// The SMTP envelope (recipients that no header names).
    Envelope,
    /// The mail as a whole.
    Mail,
}

impl fmt::Display for Part {
    /// The spelling used in every output: `subject`, `body`, `body.2`, `attachment.1`, `envelope`, `mail`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Header(name) => f.write_str(name),
            Part::Body(0) => f.write_str("body"),
            Part::Body(n) => write!(f, "body.{}", n + 1),
            Part::Attachment(n) => write!(f, "attachment.{}", n + 1),
            Part::Envelope => f.write_str("envelope"),
            Part::Mail => f.write_str("mail"),
        }
    }
}

/// A place in a mail as its reader sees it, and the line of the raw file nearest to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub part: Part,
    /// Line within the decoded part, from 1.
    pub line: usize,
    /// Column within that line in Unicode scalar values, from 1.
    pub column: usize,
    /// The words themselves, on one line.
    pub text: String,
    /// The whole line the words stand in, decoded.
    pub context: String,
    /// Line of the raw mail, from 1: exact for headers and unencoded text, else the line where the part begins.
    pub raw_line: usize,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    Text(String),
    List(Vec<String>),
    Number(i64),
}

impl Location {
    /// The mail as a whole, for what stands in no one place.
    pub fn of_mail() -> Location {
        Location { part: Part::Mail, line: 1, column: 1, text: String::new(), context: String::new(), raw_line: 1 }
    }
}

/// Items of a list that a sentence can hold.
const LONGEST_LIST: usize = 5;

impl Evidence {
    /// As part of a sentence: the first items of a list, and how many more there are.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Evidence::Text(text) => text.clone(),
            Evidence::Number(n) => n.to_string(),
            Evidence::List(items) => {
                let shown = items.len().min(LONGEST_LIST);
                let (comma, more) = match lang {
                    Lang::En => (", ", items.len() - shown),
                    Lang::Ja => ("、", items.len() - shown),
                };
                let list = items[..shown].join(comma);
                match (lang, more) {
                    (_, 0) => list,
                    (Lang::En, more) => format!("{list} and {more} more"),
                    (Lang::Ja, more) => format!("{list}、ほか{more}件"),
                }
            }
        }
    }
}

/// One rule's remark on one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, for example `greeting-mismatch`.
    pub rule: String,
    pub level: Level,
    pub confidence: Confidence,
    /// What is wrong, in one line, with the names and words of this mail.
    pub title: Bilingual,
    /// Why it matters.
    pub why: Bilingual,
    /// What to do about it.
    pub advice: Bilingual,
    pub location: Location,
    /// What the finding rests on, by name, in the order given by the rule.
    pub evidence: Vec<(Cow<'static, str>, Evidence)>,
    /// Whom it takes for a wrong recipient; `None` where it is about something else.
    pub doubt: Option<Doubt>,
}

/// A recipient who may be the wrong one, in addresses in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub address: String,
    /// Who may be meant instead; empty where nobody in particular is.
    pub others: Vec<String>,
}

/// A finding that does not count, because somebody said so beforehand; kept so that every use is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub finding: Finding,
    pub by: Allowance,
}

/// Who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowance {
    /// `except` of `[rules.ID]` in the configuration.
    Setting,
    /// The mail, with this reason.
    Mail { reason: String },
    /// It was there when the baseline of `atena check` was written.
    Baseline,
    /// A person, who said of the same recipient on this day that it is right.
    Person { on: Date },
}

impl Allowance {
    /// The word programs read.
    pub fn as_str(&self) -> &'static str {
        match self {
            Allowance::Setting => "setting",
            Allowance::Mail { .. } => "mail",
            Allowance::Baseline => "baseline",
            Allowance::Person { .. } => "person",
        }
    }

    /// The reason given, if one was.
    pub fn reason(&self, lang: Lang) -> Option<Cow<'_, str>> {
        match self {
            Allowance::Mail { reason } => Some(Cow::Borrowed(reason)),
            Allowance::Person { on } => Some(Cow::Owned(match lang {
                Lang::En => format!("on {on} a person said that the recipient is right"),
                Lang::Ja => format!("{on} に、正しい宛先と判断されています"),
            })),
            Allowance::Setting | Allowance::Baseline => None,
        }
    }
}

impl From<String> for Evidence {
    fn from(text: String) -> Evidence {
        Evidence::Text(text)
    }
}

impl From<&str> for Evidence {
    fn from(text: &str) -> Evidence {
        Evidence::Text(text.to_owned())
    }
}

impl From<Vec<String>> for Evidence {
    fn from(items: Vec<String>) -> Evidence {
        Evidence::List(items)
    }
}

impl From<usize> for Evidence {
    fn from(n: usize) -> Evidence {
        Evidence::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

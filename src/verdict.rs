//! Policy: which verdict follows from which findings.
//!
//! Pure. A level maps to a verdict; a rule can be given its own; the most severe verdict of all findings wins.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::finding::{Finding, Level};

/// What happens to a mail, from mild to severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Handed to the upstream server at once.
    Forward,
    /// Kept for the delay window, then sent without a person.
    Delay,
    /// Kept until a person releases or drops it.
    Hold,
    /// Handed back with the reason; the same mail sent again within ten minutes passes.
    Return,
    /// Handed back for good.
    Reject,
}

impl Verdict {
    pub const ALL: [Verdict; 5] = [Verdict::Forward, Verdict::Delay, Verdict::Hold, Verdict::Return, Verdict::Reject];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Forward => "forward",
            Verdict::Delay => "delay",
            Verdict::Hold => "hold",
            Verdict::Return => "return",
            Verdict::Reject => "reject",
        }
    }
}

/// Levels and rules to verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub info: Verdict,
    pub warning: Verdict,
    pub error: Verdict,
    /// Verdicts of single rules, by rule id; they beat the level's.
    pub rules: HashMap<String, Verdict>,
    /// Rules whose findings keep a mail until a second person lets it go, by id; the mail itself cannot allow them.
    pub second_person: HashSet<String>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            info: Verdict::Forward,
            warning: Verdict::Forward,
            error: Verdict::Hold,
            rules: HashMap::new(),
            second_person: HashSet::new(),
        }
    }
}

impl Policy {
    /// The verdict of one finding.
    pub fn of(&self, finding: &Finding) -> Verdict {
        self.rules.get(&finding.rule).copied().unwrap_or(match finding.level {
            Level::Info => self.info,
            Level::Warning => self.warning,
            Level::Error => self.error,
        })
    }

    /// Whether a mail with these findings needs a second person.
    pub fn needs_second_person(&self, findings: &[Finding]) -> bool {
        findings.iter().any(|finding| self.second_person.contains(&finding.rule))
    }

    /// The verdict of a whole mail; a mail without findings is forwarded.
    pub fn decide(&self, findings: &[Finding]) -> Verdict {
        findings.iter().map(|finding| self.of(finding)).max().unwrap_or(Verdict::Forward)
    }
}

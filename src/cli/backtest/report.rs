//! What came of a backtest.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;

use crate::correspondents::slips::SlipKind;
use crate::finding::Level;
use crate::lang::Bilingual;
use crate::output::Unreadable;
use crate::verdict::Verdict;

/// Examples kept of a rule.
pub(super) const MOST_EXAMPLES: usize = 3;

#[derive(Default)]
pub(super) struct Report {
    pub(super) mails: usize,
    pub(super) judged: usize,
    /// Days of the first and the last mail judged.
    pub(super) days: Option<(Date, Date)>,
    /// Mails by their worst finding.
    pub(super) levels: BTreeMap<Level, usize>,
    /// Mails that would not have gone at once, by what would have happened.
    pub(super) verdicts: BTreeMap<Verdict, usize>,
    /// By rule; the most mails first.
    pub(super) rules: Vec<RuleCount>,
    /// Not measured where the same seed must print the same.
    pub(super) cost: Option<Cost>,
    pub(super) slips: Option<Slips>,
    /// Mails that somebody else wrote.
    pub(super) others: usize,
    pub(super) problems: Vec<Unreadable>,
}

pub(super) struct RuleCount {
    pub(super) id: String,
    /// The worst it found.
    pub(super) level: Level,
    pub(super) mails: usize,
    pub(super) examples: Vec<Example>,
}

pub(super) struct Example {
    pub(super) day: Date,
    pub(super) recipients: Vec<String>,
    pub(super) title: Bilingual,
    /// Where it was asked for.
    pub(super) subject: Option<String>,
}

/// Time spent, per mail.
pub(super) struct Cost {
    /// Mails that were measured.
    pub(super) mails: usize,
    /// Parsing, what is known of the recipients, and all rules.
    pub(super) whole: Duration,
    /// Finding the words of all rules, which they share.
    pub(super) reading: Duration,
    /// By rule.
    pub(super) rules: BTreeMap<String, Duration>,
}

pub(super) struct Slips {
    pub(super) seed: u64,
    pub(super) trials: u32,
    /// Those the mailbox allows.
    pub(super) kinds: Vec<KindCount>,
}

/// One kind of slip; shares are means over the trials.
pub(super) struct KindCount {
    pub(super) kind: SlipKind,
    /// Of all trials.
    pub(super) slips: usize,
    /// Share on which the wrong recipient looks worst.
    pub(super) first: Option<f64>,
    pub(super) area: Option<f64>,
    /// Share caught at 1 % and 5 % of clean mails interrupted.
    pub(super) caught: [Option<f64>; 2],
    /// Share caught by share of clean mails interrupted.
    pub(super) curve: Vec<(f64, f64)>,
    /// Slips that a rule remarks upon and would not have without the slip, by rule.
    pub(super) rules: BTreeMap<String, usize>,
    /// Slips that some rule remarks upon so.
    pub(super) noticed: usize,
    /// Slips that would not have gone at once, where the mail without them would have.
    pub(super) interrupted: usize,
}

impl Report {
    /// Mails that would not have gone at once.
    pub(super) fn interrupted(&self) -> usize {
        self.verdicts.values().sum()
    }

    pub(super) fn rule(&self, id: &str) -> Option<&RuleCount> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

impl Slips {
    /// The rules that remarked upon a slip, those upon most first.
    pub(super) fn rules(&self) -> Vec<&str> {
        let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
        for (rule, slips) in self.kinds.iter().flat_map(|kind| &kind.rules) {
            *sums.entry(rule).or_default() += slips;
        }
        let mut rules: Vec<(&str, usize)> = sums.into_iter().collect();
        rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        rules.into_iter().map(|(rule, _)| rule).collect()
    }
}

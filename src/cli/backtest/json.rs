//! A backtest for programs; fields may be added, none is renamed without a new `version`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::report::{KindCount, Report, RuleCount};
use crate::lang::Lang;

#[derive(Serialize)]
pub(super) struct Page<'a> {
    version: u32,
    mails: usize,
    judged: usize,
    first_day: Option<String>,
    last_day: Option<String>,
    /// By worst finding.
    levels: BTreeMap<&'static str, usize>,
    interrupted: usize,
    verdicts: BTreeMap<&'static str, usize>,
    rules: Vec<Rule<'a>>,
    time: Option<Time>,
    slips: Option<Slips<'a>>,
    by_others: usize,
    unreadable: Vec<Unread<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    level: &'static str,
    mails: usize,
    microseconds: Option<f64>,
    examples: Vec<Example<'a>>,
}

#[derive(Serialize)]
struct Example<'a> {
    day: String,
    recipients: &'a [String],
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
}

/// Microseconds a mail.
#[derive(Serialize)]
struct Time {
    whole: f64,
    shared: f64,
    rules: f64,
    measured: usize,
}

#[derive(Serialize)]
struct Slips<'a> {
    seed: u64,
    trials: u32,
    kinds: Vec<Kind<'a>>,
}

#[derive(Serialize)]
struct Kind<'a> {
    kind: &'static str,
    slips: usize,
    precision_at_1: Option<f64>,
    auc: Option<f64>,
    caught_at_1_percent: Option<f64>,
    caught_at_5_percent: Option<f64>,
    noticed: usize,
    interrupted: usize,
    rules: &'a BTreeMap<String, usize>,
    /// Share of clean mails interrupted, share of slips caught.
    curve: &'a [(f64, f64)],
}

#[derive(Serialize)]
struct Unread<'a> {
    path: &'a str,
    reason: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn of(report: &'a Report, lang: Lang) -> Page<'a> {
        let unread = report.problems.iter().map(|one| Unread { path: &one.path, reason: one.reason.get(lang) });
        let micros = |time: std::time::Duration| (time.as_secs_f64() * 1e8).round() / 100.0;
        Page {
            version: 1,
            mails: report.mails,
            judged: report.judged,
            first_day: report.days.map(|(first, _)| first.to_string()),
            last_day: report.days.map(|(_, last)| last.to_string()),
            levels: report.levels.iter().map(|(level, mails)| (level.as_str(), *mails)).collect(),
            interrupted: report.interrupted(),
            verdicts: report.verdicts.iter().map(|(verdict, mails)| (verdict.as_str(), *mails)).collect(),
            rules: report.rules.iter().map(|rule| Rule::of(rule, report, lang)).collect(),
            time: report.cost.as_ref().map(|cost| Time {
                whole: micros(cost.whole),
                shared: micros(cost.reading),
                rules: micros(cost.rules.values().sum()),
                measured: cost.mails,
            }),
            slips: report.slips.as_ref().map(|slips| Slips {
                seed: slips.seed,
                trials: slips.trials,
                kinds: slips.kinds.iter().map(Kind::of).collect(),
            }),
            by_others: report.others,
            unreadable: unread.collect(),
        }
    }
}

impl<'a> Rule<'a> {
    fn of(rule: &'a RuleCount, report: &Report, lang: Lang) -> Rule<'a> {
        let spent = report.cost.as_ref().and_then(|cost| cost.rules.get(&rule.id));
        let example = |one: &'a super::report::Example| Example {
            day: one.day.to_string(),
            recipients: &one.recipients,
            title: one.title.get(lang),
            subject: one.subject.as_deref(),
        };
        Rule {
            rule: &rule.id,
            level: rule.level.as_str(),
            mails: rule.mails,
            microseconds: spent.map(|spent| (spent.as_secs_f64() * 1e8).round() / 100.0),
            examples: rule.examples.iter().map(example).collect(),
        }
    }
}

impl<'a> Kind<'a> {
    fn of(kind: &'a KindCount) -> Kind<'a> {
        Kind {
            kind: kind.kind.as_str(),
            slips: kind.slips,
            precision_at_1: kind.first,
            auc: kind.area,
            caught_at_1_percent: kind.caught[0],
            caught_at_5_percent: kind.caught[1],
            noticed: kind.noticed,
            interrupted: kind.interrupted,
            rules: &kind.rules,
            curve: &kind.curve,
        }
    }
}

//! Through the mails in order of time: judge, count, learn.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::progress::Progress;
use super::super::sources::learn_judged;
use super::mailbox::{Letter, Mailbox};
use super::report::{Cost, Example, MOST_EXAMPLES, Report, RuleCount};
use super::simulate::{Plan, Simulation};
use crate::config::Handling;
use crate::correspondents::Outline;
use crate::facts::Facts;
use crate::gate::{Judge, Judgement};
use crate::lang::Lang;
use crate::rule::Rules;
use crate::store::{People, StoreError};
use crate::verdict::Verdict;

/// Mails that rules are timed on: enough for a mean.
const TIMED: usize = 500;

pub(super) struct Walk<'a> {
    pub(super) rules: &'a Rules,
    pub(super) facts: Facts,
    pub(super) policy: &'a Handling,
    pub(super) people: People,
    pub(super) plan: Option<Plan>,
    pub(super) show_subjects: bool,
    pub(super) lang: Lang,
}

impl Walk<'_> {
    pub(super) fn judge(&self) -> Judge<'_> {
        Judge { rules: self.rules, facts: &self.facts, policy: self.policy, people: Some(&self.people) }
    }

    /// # Errors
    /// The store for a while cannot be written.
    pub(super) fn run(&self, mailbox: Mailbox, warm_up: usize) -> Result<Report, StoreError> {
        let Mailbox { letters, others, problems } = mailbox;
        let mut report = Report { mails: letters.len(), others, problems, ..Report::default() };
        let mut simulation = self.plan.as_ref().map(|plan| Simulation::new(plan, &letters));
        let every = (letters.len() - warm_up).div_ceil(TIMED);
        let mut clock = Clock::default();
        let mut progress = Progress::judging(self.lang);
        for letter in &letters[..warm_up] {
            learn_judged(&self.people, letter.outline.clone())?;
            simulation.iter_mut().for_each(|simulation| simulation.learn(&letter.outline));
        }
        for (number, letter) in letters[warm_up..].iter().enumerate() {
            progress.tick(number);
            let begin = Instant::now();
            let judgement = self.judge().judge(None, &letter.raw);
            clock.whole += begin.elapsed();
            if simulation.is_none() && number.is_multiple_of(every) {
                self.time(&judgement, &mut clock);
            }
            if let Some(simulation) = &mut simulation {
                simulation.mail(self, letter, &judgement);
                simulation.learn(&letter.outline);
            }
            self.count(letter, &judgement, &mut report);
            let judged = judgement.standing.as_ref().and_then(|standing| standing.judged());
            // Or what is known would have to be copied for the next mail.
            drop(judgement);
            self.people.learn(vec![Outline { judged, ..letter.outline.clone() }])?;
        }
        progress.done();
        report.rules.sort_by(|a, b| b.mails.cmp(&a.mails).then_with(|| a.id.cmp(&b.id)));
        report.cost = simulation.is_none().then(|| clock.cost(report.judged));
        report.slips = simulation.map(Simulation::count);
        Ok(report)
    }

    fn count(&self, letter: &Letter, judgement: &Judgement, report: &mut Report) {
        let day = day(letter);
        report.judged += 1;
        report.days = Some((report.days.map_or(day, |(first, _)| first), day));
        if let Some(worst) = judgement.findings.iter().map(|finding| finding.level).max() {
            *report.levels.entry(worst).or_default() += 1;
        }
        if judgement.verdict != Verdict::Forward {
            *report.verdicts.entry(judgement.verdict).or_default() += 1;
        }
        let mut seen = BTreeSet::new();
        for finding in &judgement.findings {
            if !seen.insert(&finding.rule) {
                continue;
            }
            let at = report.rules.iter().position(|rule| rule.id == finding.rule).unwrap_or_else(|| {
                let (id, level) = (finding.rule.clone(), finding.level);
                report.rules.push(RuleCount { id, level, mails: 0, examples: Vec::new() });
                report.rules.len() - 1
            });
            let rule = &mut report.rules[at];
            rule.mails += 1;
            rule.level = rule.level.max(finding.level);
            if rule.examples.len() < MOST_EXAMPLES {
                let subject = judgement.message.as_ref().and_then(|message| message.subject.clone());
                rule.examples.push(Example {
                    day,
                    recipients: letter.outline.recipients.iter().map(|one| one.address.clone()).collect(),
                    title: finding.title.clone(),
                    subject: subject.filter(|_| self.show_subjects),
                });
            }
        }
    }

    /// Runs the rules once more, by the clock.
    fn time(&self, judgement: &Judgement, clock: &mut Clock) {
        let Some(message) = &judgement.message else { return };
        let acquainted = judgement.standing.as_ref().map(|standing| self.facts.with(standing.as_ref().clone()));
        let facts = acquainted.as_ref().unwrap_or(&self.facts);
        let mut last = Instant::now();
        clock.timed += 1;
        self.rules.run_watched(message, facts, |rule| {
            let now = Instant::now();
            match rule {
                None => clock.reading += now - last,
                Some(rule) => *clock.rules.entry(rule.id.clone()).or_default() += now - last,
            }
            last = Instant::now();
        });
    }
}

pub(super) fn day(letter: &Letter) -> Date {
    letter.outline.at.unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

#[derive(Default)]
struct Clock {
    whole: Duration,
    timed: usize,
    reading: Duration,
    rules: BTreeMap<String, Duration>,
}

impl Clock {
    fn cost(self, judged: usize) -> Cost {
        let each = |sum: Duration| sum / u32::try_from(self.timed.max(1)).unwrap_or(u32::MAX);
        Cost {
            mails: self.timed,
            whole: self.whole / u32::try_from(judged.max(1)).unwrap_or(u32::MAX),
            reading: each(self.reading),
            rules: self.rules.iter().map(|(id, sum)| (id.clone(), each(*sum))).collect(),
        }
    }
}

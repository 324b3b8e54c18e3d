//! Wrong recipients put on each mail, judged as the mail itself is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::mailbox::{Letter, on_all_processors};
use super::report::{KindCount, Slips};
use super::walk::Walk;
use crate::correspondents::slips::{Book, Dice, Ranked, Slip, SlipKind, area, caught, curve, draw, first};
use crate::correspondents::{Addressee, Outline, Score, readdressed};
use crate::finding::{Evidence, Finding};
use crate::gate::Judgement;
use crate::people::address::is_list;
use crate::verdict::Verdict;

/// The curve is drawn up to this share of clean mails interrupted, in so many steps.
const MOST_INTERRUPTED: f64 = 0.2;
const STEPS: usize = 100;

/// What is put on the mails.
pub(super) struct Plan {
    pub(super) kinds: Vec<SlipKind>,
    pub(super) seed: u64,
    pub(super) trials: u32,
}

pub(super) struct Simulation<'a> {
    plan: &'a Plan,
    /// By sender: written to before, and first written to later.
    books: HashMap<String, (Book, Book)>,
    /// The senders themselves, who are nobody's wrong recipient.
    own: BTreeSet<String>,
    counts: Vec<Count>,
    /// Of each mail as it was, the highest score by kind.
    clean: Vec<Vec<f64>>,
}

/// One kind.
struct Count {
    kind: SlipKind,
    /// By trial: the slips, and the highest score of each mail without it.
    trials: Vec<(Vec<Ranked>, Vec<f64>)>,
    rules: BTreeMap<String, usize>,
    noticed: usize,
    interrupted: usize,
}

/// Of slips and the highest scores of clean mails.
type Measure<'a> = dyn Fn(&[Ranked], &[f64]) -> Option<f64> + 'a;

/// A mail judged.
struct Outcome {
    scores: Vec<Score>,
    findings: Vec<Finding>,
    interrupts: bool,
}

impl Outcome {
    fn of(judgement: &Judgement) -> Outcome {
        Outcome {
            scores: judgement.standing.as_ref().map(|standing| standing.scores.clone()).unwrap_or_default(),
            findings: judgement.findings.clone(),
            interrupts: judgement.verdict != Verdict::Forward,
        }
    }

    fn score(&self, kind: SlipKind, address: &str) -> f64 {
        let score = self.scores.iter().find(|score| score.address == address);
        score.map_or(f64::NEG_INFINITY, |score| suspicion(kind, score))
    }

    fn highest(&self, kind: SlipKind) -> f64 {
        self.scores.iter().map(|score| suspicion(kind, score)).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// What a threshold is laid on: of namesakes the score made for them.
fn suspicion(kind: SlipKind, score: &Score) -> f64 {
    match kind {
        SlipKind::Namesake => score.namesake.unwrap_or(f64::NEG_INFINITY),
        SlipKind::LookAlike | SlipKind::Stranger | SlipKind::Replace => score.odds,
    }
}

impl<'a> Simulation<'a> {
    pub(super) fn new(plan: &'a Plan, letters: &[Letter]) -> Simulation<'a> {
        let own: BTreeSet<String> = letters.iter().map(|letter| letter.outline.sender.clone()).collect();
        let mut books: HashMap<String, (Book, Book)> = HashMap::new();
        for outline in letters.iter().map(|letter| &letter.outline) {
            let (_, later) = books.entry(outline.sender.clone()).or_default();
            outline.recipients.iter().filter(|one| !own.contains(&one.address)).for_each(|one| later.put(one));
        }
        let count = |kind: &SlipKind| Count {
            kind: *kind,
            trials: vec![Default::default(); plan.trials as usize],
            rules: BTreeMap::new(),
            noticed: 0,
            interrupted: 0,
        };
        Simulation {
            plan,
            books,
            own,
            counts: plan.kinds.iter().map(count).collect(),
            clean: vec![Vec::new(); plan.kinds.len()],
        }
    }

    /// Who was written to is no stranger any more.
    pub(super) fn learn(&mut self, outline: &Outline) {
        let (known, later) = self.books.entry(outline.sender.clone()).or_default();
        for one in outline.recipients.iter().filter(|one| !self.own.contains(&one.address)) {
            known.put(one);
            later.remove(&one.address);
        }
    }

    /// Puts slips on a mail and judges each.
    pub(super) fn mail(&mut self, walk: &Walk<'_>, letter: &Letter, judgement: &Judgement) {
        let recipients = &letter.outline.recipients;
        if recipients.iter().all(|one| is_list(&one.address)) {
            return;
        }
        let slips = self.draw(&letter.outline);
        let mut lists: Vec<&Vec<Addressee>> = Vec::new();
        for list in slips.iter().flat_map(|(_, _, slip)| [&slip.before, &slip.after]) {
            if list != recipients && !lists.contains(&list) {
                lists.push(list);
            }
        }
        let judged =
            on_all_processors(&lists, |list| Outcome::of(&walk.judge().judge(None, &readdressed(&letter.raw, list))));
        let clean = Outcome::of(judgement);
        let of = |list: &Vec<Addressee>| lists.iter().position(|one| *one == list).map_or(&clean, |at| &judged[at]);
        for (kind, trial, slip) in &slips {
            self.counts[*kind].add(*trial, slip, of(&slip.before), of(&slip.after));
        }
        for (kind, highest) in self.plan.kinds.iter().zip(&mut self.clean) {
            highest.push(clean.highest(*kind));
        }
    }

    /// Slips with the place of their kind and their trial. What is drawn hangs on the mail and not on those before it.
    fn draw(&self, outline: &Outline) -> Vec<(usize, usize, Slip)> {
        let (known, later) = &self.books[&outline.sender];
        let mut slips = Vec::new();
        for (at, kind) in self.plan.kinds.iter().enumerate() {
            for trial in 0..self.plan.trials {
                let mut dice = Dice::new(&[self.plan.seed, *kind as u64, u64::from(trial), outline.id]);
                let slip = draw(kind.recipe(), &outline.recipients, known, later, &mut dice);
                slips.extend(slip.map(|slip| (at, trial as usize, slip)));
            }
        }
        slips
    }

    pub(super) fn count(self) -> Slips {
        let counts = self.counts.into_iter().zip(self.clean);
        let kinds = counts.map(|(count, clean)| count.measure(&clean)).filter(|count| count.slips > 0).collect();
        Slips { seed: self.plan.seed, trials: self.plan.trials, kinds }
    }
}

impl Count {
    fn add(&mut self, trial: usize, slip: &Slip, before: &Outcome, after: &Outcome) {
        let (ranked, clean) = &mut self.trials[trial];
        let others = slip.after.iter().filter(|one| one.address != slip.wrong && !is_list(&one.address));
        let others = others.map(|one| after.score(self.kind, &one.address)).collect();
        ranked.push(Ranked { wrong: after.score(self.kind, &slip.wrong), others });
        clean.push(before.highest(self.kind));
        let mut noticed: Vec<&str> = after
            .findings
            .iter()
            .filter(|finding| {
                names(finding, &slip.wrong) || !before.findings.iter().any(|one| one.rule == finding.rule)
            })
            .map(|finding| finding.rule.as_str())
            .collect();
        noticed.sort_unstable();
        noticed.dedup();
        self.noticed += usize::from(!noticed.is_empty());
        noticed.into_iter().for_each(|rule| *self.rules.entry(rule.to_owned()).or_default() += 1);
        self.interrupted += usize::from(after.interrupts && !before.interrupts);
    }

    /// `all` are the clean mails that slips which leave a mail's recipients on it are measured against.
    fn measure(self, all: &[f64]) -> KindCount {
        let trials = self.trials.iter().filter(|(ranked, _)| !ranked.is_empty());
        let trials: Vec<(&[Ranked], &[f64])> = trials
            .map(|(ranked, clean)| (ranked.as_slice(), if self.kind.recipe().closed { clean.as_slice() } else { all }))
            .collect();
        let mean = |of: &Measure<'_>| {
            let found: Vec<f64> = trials.iter().filter_map(|(ranked, clean)| of(ranked, clean)).collect();
            (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64)
        };
        let curves: Vec<_> =
            trials.iter().map(|(ranked, clean)| curve(ranked, clean, MOST_INTERRUPTED, STEPS)).collect();
        let point = |step: usize| {
            let at: Vec<(f64, f64)> = curves.iter().filter_map(|curve| curve.get(step).copied()).collect();
            let share = at.first()?.0;
            Some((share, at.iter().map(|(_, caught)| caught).sum::<f64>() / at.len() as f64))
        };
        KindCount {
            kind: self.kind,
            slips: trials.iter().map(|(ranked, _)| ranked.len()).sum(),
            first: mean(&|ranked, _| first(ranked)),
            area: mean(&|ranked, _| area(ranked)),
            caught: [0.01, 0.05].map(|share| mean(&|ranked, clean| caught(ranked, clean, share))),
            curve: (0..=STEPS).filter_map(point).collect(),
            rules: self.rules,
            noticed: self.noticed,
            interrupted: self.interrupted,
        }
    }
}

/// Whether a finding names an address in lower case.
fn names(finding: &Finding, address: &str) -> bool {
    let is = |text: &str| text.to_lowercase().contains(address);
    is(&finding.location.text)
        || finding.evidence.iter().any(|(_, evidence)| match evidence {
            Evidence::Text(text) => is(text),
            Evidence::List(items) => items.iter().any(|item| is(item)),
            Evidence::Number(_) => false,
        })
}

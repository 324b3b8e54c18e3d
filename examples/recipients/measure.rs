//! How well weights tell the slips put on the newest tenth of the mails of senders they were not fitted to.

use std::collections::BTreeMap;

use atena::correspondents::slips::{Ranked, caught, first, threshold};
use atena::correspondents::{Vector, Weights};

use crate::walk::{Done, Draft, RECIPES, Recipient};

/// The settings told: what each is called, the recipes it is a mixture of, and whether the score for strangers is meant.
type Setting = (&'static str, &'static [(usize, f64)], bool);
const SETTINGS: [Setting; 9] = [
    ("closed, α 0", &[(0, 1.0)], false),
    ("closed, α .5", &[(0, 0.5), (1, 0.5)], false),
    ("open, α .25", &[(2, 0.75), (3, 0.25)], false),
    ("same last name, beside", &[(4, 1.0)], false),
    ("same first name, beside", &[(5, 1.0)], false),
    ("look-alike instead", &[(6, 1.0)], false),
    ("namesake instead", &[(7, 1.0)], false),
    ("same last name, beside, as namesake", &[(4, 1.0)], true),
    ("namesake instead, as namesake", &[(7, 1.0)], true),
];

/// Shares of clean mails that may be interrupted.
const SHARES: [f64; 2] = [0.01, 0.05];

/// A recipient's odds of being wrong; of those known minus infinity where only strangers count.
fn odds(draft: &Draft, weights: &Weights, with_thread: bool, as_namesake: bool) -> Vec<f64> {
    let vector = match (with_thread && draft.is_reply, as_namesake) {
        (false, false) => Vector::Main,
        (true, false) => Vector::Thread,
        (false, true) => Vector::Namesake,
        (true, true) => Vector::NamesakeThread,
    };
    let of = |one: &Recipient| match as_namesake && !one.is_new {
        true => f64::NEG_INFINITY,
        false => weights.sum(vector, &one.values.map(f64::from)),
    };
    draft.recipients.iter().map(of).collect()
}

/// One folder's drafts with the weights that are not fitted to their sender.
pub(crate) struct Judged<'a> {
    drafts: Vec<(&'a Draft, &'a Weights)>,
}

impl<'a> Judged<'a> {
    pub(crate) fn of(drafts: impl Iterator<Item = (&'a Draft, &'a Weights)>) -> Judged<'a> {
        Judged { drafts: drafts.filter(|(draft, _)| draft.is_newest).collect() }
    }

    fn those(&self, done: Done) -> impl Iterator<Item = &(&'a Draft, &'a Weights)> {
        self.drafts.iter().filter(move |(draft, _)| draft.done == done)
    }

    /// The highest odds of each mail as it was.
    fn clean(&self, closed: bool, with_thread: bool, as_namesake: bool) -> Vec<f64> {
        let worst = |(draft, weights): &(&Draft, &Weights)| {
            odds(draft, weights, with_thread, as_namesake).into_iter().fold(f64::NEG_INFINITY, f64::max)
        };
        self.those(Done::Clean { closed }).map(worst).collect()
    }

    /// P@1, as a mean over senders, and the share caught at each of [`SHARES`].
    fn recipe(&self, recipe: usize, with_thread: bool, as_namesake: bool) -> [f64; 3] {
        let mut by_sender: BTreeMap<usize, Vec<Ranked>> = BTreeMap::new();
        for (draft, weights) in self.those(Done::Slip(recipe)) {
            let mut others = odds(draft, weights, with_thread, as_namesake);
            let Some(wrong) = draft.wrong.map(|at| others.remove(at)) else { continue };
            by_sender.entry(draft.sender).or_default().push(Ranked { wrong, others });
        }
        let firsts: Vec<f64> = by_sender.values().filter_map(|slips| first(slips)).collect();
        let first = firsts.iter().sum::<f64>() / firsts.len() as f64;
        let slips: Vec<Ranked> = by_sender.into_values().flatten().collect();
        let clean = self.clean(RECIPES[recipe].closed, with_thread, as_namesake);
        let [one, five] = SHARES.map(|share| caught(&slips, &clean, share).unwrap_or(f64::NAN));
        [first, one, five]
    }

    /// One line a setting: P@1, 1 %, 5 %, without thread and with it.
    pub(crate) fn table(&self, folder: &str) -> String {
        let line = |(name, mixture, as_namesake): &Setting| {
            let cells = |with_thread| {
                let mut sum = [0.0; 3];
                for (recipe, share) in *mixture {
                    let found = self.recipe(*recipe, with_thread, *as_namesake);
                    sum.iter_mut().zip(found).for_each(|(sum, found)| *sum += share * found);
                }
                sum.map(|value| format!("{value:.3}").trim_start_matches('0').to_owned()).join(" ")
            };
            format!("| {name}, {folder} | {} | {} |\n", cells(false), cells(true))
        };
        SETTINGS.iter().map(line).collect()
    }

    /// The odds that so few clean mails exceed, in mails that answer nothing and in answers: what rules start from.
    pub(crate) fn thresholds(&self) -> String {
        let mut out = String::new();
        for (name, as_namesake) in [("odds", false), ("namesake", true)] {
            for is_reply in [false, true] {
                let clean: Vec<(&Draft, &Weights)> = self
                    .those(Done::Clean { closed: false })
                    .filter(|(draft, _)| draft.is_reply == is_reply)
                    .copied()
                    .collect();
                let worst = Judged { drafts: clean }.clean(false, true, as_namesake);
                let [one, five] = SHARES.map(|share| threshold(&worst, share));
                let whose = if is_reply { "answers" } else { "other mails" };
                out += &format!("{name}, {whose} ({}): 1 % {one:.2}, 5 % {five:.2}\n", worst.len());
            }
        }
        out
    }
}

//! What the rules say about slips on the newest tenth of a sender's mails, thresholds following the mails before.

use std::collections::BTreeSet;
use std::error::Error;

use atena::cli::backtest::mailbox::Letter;
use atena::correspondents::{Addressee, Outline, Standing, Weights, readdressed};
use atena::facts::Facts;
use atena::finding::Finding;
use atena::message::Message;
use atena::rule::Rules;

use crate::walk::{Past, RECIPES, Sender, walk};

/// Of the table.
pub(crate) const HEAD: &str = "| of 100 mails | clean | look-alike beside | stranger beside | same last name beside | same first name beside | look-alike instead | namesake instead |\n|---|---|---|---|---|---|---|---|\n";

/// What is counted, by the rules that say it.
pub(crate) const VOICES: [(&str, &[&str]); 5] = [
    ("unlikely-recipient", &["unlikely-recipient"]),
    ("namesake", &["namesake"]),
    ("namesake or namesake-hint", &["namesake", "namesake-hint"]),
    ("a warning", &["unlikely-recipient", "namesake", "similar-address"]),
    ("a warning or namesake-hint", &["unlikely-recipient", "namesake", "namesake-hint", "similar-address"]),
];

/// Mails, and those that each of [`VOICES`] remarked upon.
type Count = (usize, [usize; VOICES.len()]);

/// Of mails as they were, and by recipe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    clean: Count,
    slips: [Count; RECIPES.len()],
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Counts) {
        let add = |(all, by): &mut Count, (more, these): &Count| {
            *all += more;
            by.iter_mut().zip(these).for_each(|(sum, count)| *sum += count);
        };
        add(&mut self.clean, &other.clean);
        self.slips.iter_mut().zip(&other.slips).for_each(|(sum, count)| add(sum, count));
    }

    /// Of a hundred mails: clean ones, and slips of the open recipes.
    pub(crate) fn table(&self, folder: &str) -> String {
        let share = |(all, by): &Count, at: usize| format!(" {:.1} |", 100.0 * by[at] as f64 / (*all).max(1) as f64);
        let line = |(at, (name, _)): (usize, &(&str, &[&str]))| {
            let slips = RECIPES.iter().zip(&self.slips).filter(|(recipe, _)| !recipe.closed);
            let cells: String = slips.map(|(_, counted)| share(counted, at)).collect();
            format!("| {name}, {folder} |{}{cells}\n", share(&self.clean, at))
        };
        VOICES.iter().enumerate().map(line).collect()
    }
}

/// Runs the rules on the newest tenth of a sender's mails.
pub(crate) fn count(
    senders: &[Sender],
    of: usize,
    seed: u64,
    weights: &Weights,
    rules: &Rules,
) -> Result<Counts, Box<dyn Error>> {
    let mut counts = Counts::default();
    walk(senders, of, seed, |past, letter| {
        if past.is_newest {
            on_mail(past, letter, weights, rules, &mut counts)?;
        }
        let outline = letter.outline.clone();
        let known = past.people.known(&outline)?;
        let judged = Standing::by(weights, outline.clone(), known).judged();
        Ok(Outline { judged, ..outline })
    })?;
    Ok(counts)
}

fn on_mail(
    past: &Past<'_>,
    letter: &Letter,
    weights: &Weights,
    rules: &Rules,
    counts: &mut Counts,
) -> Result<(), Box<dyn Error>> {
    let found = |to: &[Addressee]| -> Result<Vec<Finding>, Box<dyn Error>> {
        let message = Message::parse(&readdressed(&letter.raw, to))?;
        let (outline, known) = past.known(&letter.outline, to)?;
        let facts = Facts { now: message.date.clone(), ..Facts::default() };
        Ok(rules.run(&message, &facts.with(Standing::by(weights, outline, known))).found)
    };
    let note = |into: &mut Count, said: BTreeSet<String>| {
        into.0 += 1;
        for (sum, (_, of)) in into.1.iter_mut().zip(&VOICES) {
            *sum += usize::from(of.iter().any(|rule| said.contains(*rule)));
        }
    };
    note(&mut counts.clean, found(&letter.outline.recipients)?.into_iter().map(|one| one.rule).collect());
    for (recipe, into) in counts.slips.iter_mut().enumerate().filter(|(recipe, _)| !RECIPES[*recipe].closed) {
        let Some(slip) = past.slip(&letter.outline, recipe, 0) else { continue };
        let of_wrong = |one: &Finding| one.location.text.to_lowercase().contains(&slip.wrong);
        note(into, found(&slip.after)?.into_iter().filter(of_wrong).map(|one| one.rule).collect());
    }
    Ok(())
}

//! Which signals each part of the weights has, and what it is fitted to.

use std::fmt::Write;

use atena::correspondents::{SIGNALS, Vector};

use crate::fit::{Row, fit};
use crate::walk::{Done, Draft, RECIPES, Recipient};

/// Signals of all parts that weigh every recipient.
const MAIN: [&str; 27] = [
    "fit",
    "fit_by_size",
    "size",
    "fit_beside_others",
    "far_beside_others",
    "recent_beside_others",
    "group_without",
    "group_with",
    "company",
    "look_alike_on_mail",
    "same_name_known",
    "greeted",
    "other_greeted",
    "domain",
    "first_time",
    "other_first_times",
    "first_time_by_size",
    "only_first_time",
    "first_time_look_alike",
    "first_time_colleague",
    "rival_fits",
    "since",
    "since_beside_others",
    "absent_greeted",
    "last_name",
    "first_name_known",
    "new_group",
];

/// And of those for answers.
const THREAD: [&str; 6] = [
    "in_thread",
    "out_of_thread",
    "no_thread",
    "first_time_in_thread",
    "first_time_out_of_thread",
    "look_alike_in_thread",
];

/// Signals of somebody never written to.
const NAMESAKE: [&str; 16] = [
    "last_name",
    "last_name_on_mail",
    "last_name_known",
    "first_name",
    "first_name_known",
    "first_name_on_mail",
    "first_time_same_name",
    "first_time_domain",
    "first_time_colleague",
    "namesake_fits",
    "namesake_colleague",
    "size",
    "new_many",
    "new_group",
    "other_greeted",
    "absent_greeted",
];

const NAMESAKE_THREAD: [&str; 5] = [
    "first_time_in_thread",
    "first_time_out_of_thread",
    "look_alike_in_thread",
    "first_time_no_thread",
    "namesake_in_thread",
];

/// How much the slips of each of [`RECIPES`] count, and the mails they were put on as they were: most those of the published
/// protocol, and enough of those that take the place of the one meant that they are not overlooked.
const MIXTURE: [f64; RECIPES.len()] = [4.0, 4.5, 3.0, 0.7, 0.25, 0.25, 1.5, 0.5];
/// In answers, where the thread tells who is meant, more can be asked of these.
const THREAD_MIXTURE: [f64; RECIPES.len()] = [4.0, 4.5, 3.0, 0.7, 0.25, 0.25, 3.0, 1.0];
/// The last name is what most wrong strangers share.
const NAMESAKE_MIXTURE: [f64; RECIPES.len()] = [0.0, 0.0, 0.0, 0.0, 1.5, 0.5, 0.0, 1.0];

struct Part {
    vector: Vector,
    signals: Vec<&'static str>,
    mixture: &'static [f64; RECIPES.len()],
    /// Of those never written to alone.
    of_new: bool,
}

fn parts() -> [Part; 4] {
    let of_all = |vector, signals, mixture| Part { vector, signals, mixture, of_new: false };
    let of_new = |vector, signals| Part { vector, signals, mixture: &NAMESAKE_MIXTURE, of_new: true };
    [
        of_all(Vector::Main, MAIN.to_vec(), &MIXTURE),
        of_all(Vector::Thread, [&MAIN[..], &THREAD].concat(), &THREAD_MIXTURE),
        of_new(Vector::Namesake, NAMESAKE.to_vec()),
        of_new(Vector::NamesakeThread, [&NAMESAKE[..], &NAMESAKE_THREAD].concat()),
    ]
}

const HEAD: &str = "# Weights of the recipient score (src/correspondents/score), written by examples/recipients: vector, signal, \
                    value of an ordinary recipient, weight.\n";

/// The table of weights that the drafts of these senders teach; `folder_of` is a sender's.
pub(crate) fn learn(drafts: &[&Draft], folder_of: impl Fn(usize) -> usize) -> String {
    let mut table = HEAD.to_owned();
    for Part { vector, signals, mixture, of_new } in parts() {
        let place = |name: &&str| SIGNALS.iter().position(|known| known == name).expect("a signal of the program");
        let places: Vec<usize> = signals.iter().map(place).collect();
        let found = fit(&rows(drafts, mixture, of_new, &folder_of), &places);
        let lines = signals.iter().zip(&found.signals).map(|(name, (mean, weight))| (*name, *mean, *weight));
        for (name, mean, weight) in [("bias", 0.0, found.bias)].into_iter().chain(lines) {
            writeln!(table, "{}\t{name}\t{mean:.6}\t{weight:.6}", vector.as_str()).expect("a string takes it");
        }
    }
    table
}

/// The recipients that count. Each folder counts the same, and a mail to many not as much as each of them.
fn rows<'a>(
    drafts: &[&'a Draft],
    mixture: &[f64; RECIPES.len()],
    of_new: bool,
    folder_of: impl Fn(usize) -> usize,
) -> Vec<Row<'a>> {
    let share = |closed: bool| -> f64 {
        RECIPES.iter().zip(mixture).filter(|(recipe, _)| recipe.closed == closed).map(|(_, share)| share).sum()
    };
    let weight = |draft: &Draft| {
        let share = match draft.done {
            Done::Clean { closed } => share(closed),
            Done::Slip(recipe) => mixture[recipe],
        };
        share / (draft.recipients.len() as f64).sqrt()
    };
    let mut rows: Vec<(usize, Row<'a>)> = Vec::new();
    // Every mail once, whichever tenth it is of.
    for draft in drafts.iter().filter(|draft| draft.trial == 0 && weight(draft) > 0.0) {
        let those = draft.recipients.iter().enumerate().filter(|(_, one)| one.is_new || !of_new);
        let (folder, weight) = (folder_of(draft.sender), weight(draft));
        let row =
            |(at, one): (usize, &'a Recipient)| Row { values: &one.values, is_wrong: draft.wrong == Some(at), weight };
        rows.extend(those.map(|of| (folder, row(of))));
    }
    let folders = rows.iter().map(|(folder, _)| folder + 1).max().unwrap_or_default();
    let mut wholes = vec![0.0; folders];
    rows.iter().for_each(|(folder, row)| wholes[*folder] += row.weight);
    let evened = |(folder, row): (usize, Row<'a>)| Row { weight: row.weight / wholes[folder], ..row };
    rows.into_iter().map(evened).collect()
}

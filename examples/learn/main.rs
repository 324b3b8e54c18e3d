//! Learns from labelled mails what sentences do and what that says of a mail, and writes `rules/weights.tsv`.
//!
//! `cargo run --release --example learn -- FOLDER… FILE.txt…` – folders as `score` reads them, with `sentences.tsv`
//! (file, codes, sentence), and files of answers. The sentences of all teach; the second opinion on whole mails is
//! learnt from the files alone, which no rule was tuned on, with odds of sentences by weights that were learnt without
//! their author. It prints for each label what the rules alone and what both together find, judging each author by the
//! others.

// A program for people: it prints.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod corpus;
mod few;
mod kinds;
mod mails;
mod regression;
mod sentences;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use atena::classifier::Role;
use atena::lang::Lang;
use atena::rule::Rules;
use atena::rule::opinion::{KINDS, Label};
use corpus::Mail;

/// What is learnt: by table and name the weights of its columns.
type Weights = BTreeMap<(String, String), Vec<(&'static str, f32)>>;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        return Err("usage: learn FOLDER… FILE.txt…".into());
    }
    let rules = Rules::load(&Rules::embedded(), &[], Lang::En).map_err(|problems| format!("{problems:?}"))?;
    let mut mails: Vec<Mail> = Vec::new();
    for path in &paths {
        mails.extend(corpus::read(&rules, Path::new(path))?);
    }
    mails.extend(corpus::examples(&rules));
    let mut weights = sentences::learnt(&mut mails);
    weights.extend(kinds::learnt(&mut mails));
    mails::learn(&mails, &mut weights);
    std::fs::write("rules/weights.tsv", table(&weights)?)?;
    Ok(())
}

fn table(weights: &Weights) -> Result<String, std::fmt::Error> {
    let mut out = String::from("roles");
    Role::ALL.iter().try_for_each(|role| write!(out, "\t{}", role.letter()))?;
    out.push_str("\nlabels");
    Label::ALL.iter().try_for_each(|label| write!(out, "\t{}", label.name()))?;
    out.push_str("\nkinds");
    KINDS.iter().try_for_each(|kind| write!(out, "\t{kind}"))?;
    out.push('\n');
    for ((table, name), row) in weights {
        let cells: Vec<String> =
            row.iter().map(|(column, weight)| format!("{column}={}", hundredths(*weight))).collect();
        if !cells.is_empty() && !name.contains(['\t', '\n']) {
            writeln!(out, "{table}\t{name}\t{}", cells.join(" "))?;
        }
    }
    Ok(out)
}

/// As they stand in the table.
fn hundredths(weight: f32) -> i16 {
    #[allow(clippy::cast_possible_truncation)]
    let whole = (weight * 100.0).round().clamp(-30_000.0, 30_000.0) as i16;
    whole
}

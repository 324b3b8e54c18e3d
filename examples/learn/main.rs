//! Learns from labelled mails how their words tell what an answer lacks, and writes `rules/weights.tsv`.
//!
//! `cargo run --release --example learn -- FOLDER…` – each folder is by one author. For each folder it also learns from
//! the others alone and says how that opinion fares: of the mails with a label how many it would wrongly silence, of
//! those without how many it would rightly silence. The examples of the rules always teach.

// A program for people: it prints.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../score/labelled.rs"]
mod labelled;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use atena::rule::opinion::{ALWAYS, LABELS, SCALE, least_odds, words};
use labelled::Labelled;

/// One mail: its words and which labels it has.
struct Mail {
    folder: String,
    lang: Lang,
    words: BTreeSet<String>,
    /// Unknown where nobody looked for it.
    labels: [Option<bool>; LABELS.len()],
}

/// Words in fewer mails tell of a mail, not of a language.
const RAREST: usize = 4;
/// So many words are kept for a label, those that tell most.
const KEPT: usize = 1_500;
/// Of the squares of the weights against the loss, which keeps them small.
const PENALTY: f64 = 1.0;
const ROUNDS: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    if folders.is_empty() {
        return Err("usage: learn FOLDER…".into());
    }
    let mut mails = Vec::new();
    for folder in &folders {
        mails.extend(read(folder)?);
    }
    mails.extend(examples());
    for lang in [Lang::Ja, Lang::En] {
        for folder in &folders {
            let (held, others): (Vec<&Mail>, Vec<&Mail>) =
                mails.iter().filter(|mail| mail.lang == lang).partition(|mail| mail.folder == *folder);
            if !held.is_empty() && !others.is_empty() {
                println!("{folder} ({}):{}", lang.tag(), fares(&others, &held));
            }
        }
    }
    let mut table = String::new();
    for lang in [Lang::En, Lang::Ja] {
        let all: Vec<&Mail> = mails.iter().filter(|mail| mail.lang == lang).collect();
        let mut rows: BTreeMap<&str, [f64; LABELS.len()]> = BTreeMap::new();
        for label in 0..LABELS.len() {
            for (word, weight) in learn(&all, label) {
                rows.entry(word).or_default()[label] = weight;
            }
        }
        for (word, weights) in rows {
            let weights = weights.map(|weight| (weight * f64::from(SCALE)).round());
            if weights.iter().any(|weight| *weight != 0.0) && !word.contains('\t') {
                writeln!(table, "{}\t{word}{}", lang.tag(), weights.map(|weight| format!("\t{weight}")).concat())?;
            }
        }
    }
    std::fs::write("rules/weights.tsv", table)?;
    Ok(())
}

fn read(folder: &str) -> Result<Vec<Mail>, Box<dyn Error>> {
    let mut out = Vec::new();
    for entry in Labelled::read(Path::new(folder))?.entries {
        let Ok(message) = Message::parse(&std::fs::read(Path::new(folder).join(&entry.file))?) else { continue };
        let (lang, words) = words(&message);
        let labels = LABELS.map(|label| Some(entry.labels.iter().any(|known| known == label)));
        out.push(Mail { folder: folder.to_owned(), lang, words, labels });
    }
    Ok(out)
}

/// The examples of the rules themselves; each tells of its own rule only.
fn examples() -> Vec<Mail> {
    let rules = Rules::load(&Rules::embedded(), &[], Lang::En).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let mut out = Vec::new();
    for (label, name) in LABELS.iter().enumerate() {
        let rule = rules.iter().find(|rule| labelled::label(&rule.id) == *name);
        for example in rule.into_iter().flat_map(|rule| &rule.examples) {
            let Ok(message) = example.message() else { continue };
            let (lang, words) = words(&message);
            let mut labels = [None; LABELS.len()];
            labels[label] = Some(example.fires);
            out.push(Mail { folder: "examples".to_owned(), lang, words, labels });
        }
    }
    out
}

/// Learns from some mails and counts on others.
fn fares(from: &[&Mail], on: &[&Mail]) -> String {
    let mut out = String::new();
    for (label, name) in LABELS.iter().enumerate() {
        let weights = learn(from, label);
        let silenced = |mail: &&&Mail| {
            let odds: f64 = mail.words.iter().filter_map(|word| weights.get(word.as_str())).sum();
            odds < f64::from(least_odds(label))
        };
        let (with, without): (Vec<&Mail>, Vec<&Mail>) =
            on.iter().copied().partition(|mail| mail.labels[label] == Some(true));
        let count = |mails: &[&Mail]| mails.iter().filter(silenced).count();
        out += &format!(" {name} {}/{} {}/{};", count(&with), with.len(), count(&without), without.len());
    }
    out
}

/// Weights by word: logistic regression by coordinate descent with the curvature's upper bound (Fan and others,
/// "LIBLINEAR", JMLR 9, 2008, section 3, bounds of Böhning 1992).
fn learn<'a>(mails: &[&'a Mail], label: usize) -> HashMap<&'a str, f64> {
    let mails: Vec<&Mail> = mails.iter().copied().filter(|mail| mail.labels[label].is_some()).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, mail) in mails.iter().enumerate() {
        mail.words.iter().for_each(|word| holders.entry(word).or_default().push(n));
    }
    let positive: Vec<bool> = mails.iter().map(|mail| mail.labels[label] == Some(true)).collect();
    let all = positive.iter().filter(|has| **has).count() as f64;
    let share = all / mails.len() as f64;
    // Pearson's chi-squared of a word and the label: how far the two are from having nothing to do with one another.
    let telling = |mails: &[usize]| {
        let (here, expected) = (mails.iter().filter(|n| positive[**n]).count() as f64, mails.len() as f64 * share);
        (here - expected).powi(2) / expected.max(1e-9)
            + (expected - here).powi(2) / (mails.len() as f64 - expected).max(1e-9)
    };
    let mut kept: Vec<(f64, &str, Vec<usize>)> = holders
        .into_iter()
        .filter(|(_, mails)| mails.len() >= RAREST)
        .map(|(word, mails)| (if word == ALWAYS { f64::MAX } else { telling(&mails) }, word, mails))
        .collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    kept.truncate(KEPT);
    let mut odds = vec![0.0; mails.len()];
    let mut weights = vec![0.0; kept.len()];
    for _ in 0..ROUNDS {
        for (weight, (_, word, mails)) in weights.iter_mut().zip(&kept) {
            // The base rate is no word.
            let penalty = if *word == ALWAYS { 0.0 } else { PENALTY };
            let gradient: f64 =
                mails.iter().map(|&n| 1.0 / (1.0 + f64::exp(-odds[n])) - f64::from(u8::from(positive[n]))).sum::<f64>()
                    + penalty * *weight;
            let step = gradient / (0.25 * mails.len() as f64 + penalty);
            *weight -= step;
            mails.iter().for_each(|&n| odds[n] -= step);
        }
    }
    kept.iter().zip(weights).map(|((_, word, _), weight)| (*word, weight)).collect()
}

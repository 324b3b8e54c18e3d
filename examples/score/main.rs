//! Scores the rules on a folder of labelled drafts: precision, recall and F1 per label, alarms on clean drafts.
//!
//! `cargo run --release --example score -- DIR [--show LABEL] [--rules PACKS] [--examples]`
//!
//! With `--examples` the rules' own examples are run instead, and those that fail are shown.
//! With `--rules` the packs of that folder are read instead of the built-in ones: words are tuned without a build.
//!
//! The folder holds `*.eml`, `labels.jsonl` (`{"file", "lang", "labels": [{"label", "span"}], "must_not": […]}`),
//! optionally `companions.json` (labels tolerated beside a label) and `history.jsonl` (own domains, clients, joint
//! matters, contacts, incidents by sending organisation). A reported label is right if it is listed; wrong if it is in `must_not` or not
//! tolerated. Only labels that some rule reports and some mail of the folder speaks of are scored; rule ids are labels with
//! hyphens for underscores.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod labelled;
mod packs;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use atena::finding::{Finding, Level};
use atena::lang::Lang;
use atena::rule::Rules;
use labelled::{Labelled, Verdict};

#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = Path::new(args.first().ok_or("usage: score DIR [--show LABEL]")?);
    let option = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let show = option("--show");
    let packs = option("--rules").map_or_else(|| Ok(Rules::embedded()), |from| packs::read(Path::new(from)))?;
    let rules = Rules::load(&packs, &[], Lang::En).map_err(|problems| format!("{problems:?}"))?;
    if args.iter().any(|arg| arg == "--examples") {
        for outcome in rules.test() {
            for failure in outcome.failures {
                let expected = if failure.expected_to_fire { "silent " } else { "fires  " };
                println!("{expected} {} {} {}", outcome.rule, failure.number, failure.mail.replace('\n', " / "));
            }
        }
        return Ok(());
    }
    let mails = Labelled::read(dir)?;
    let judged = mails.judged(&rules);
    let mut counts: BTreeMap<(String, String), Count> = BTreeMap::new();
    let (mut clean, mut alarmed, mut must_not) = (0, 0, 0);
    for entry in &mails.entries {
        let findings = mails.findings(&rules, entry)?;
        for (label, verdict) in mails.verdicts(entry, &findings, &judged) {
            let count = counts.entry((label.clone(), entry.lang.clone())).or_default();
            match verdict {
                Verdict::Right => count.right += 1,
                Verdict::Wrong | Verdict::MustNot => count.wrong += 1,
                Verdict::Missed => count.missed += 1,
                Verdict::Tolerated => {}
            }
            let words = || findings.iter().find(|f| labelled::label(&f.rule) == label).map_or("", |f| &f.location.text);
            match verdict {
                Verdict::Wrong => println!("wrong   {} {label} {}", entry.file, words()),
                Verdict::MustNot => println!("wrong   {} {label} (must not) {}", entry.file, words()),
                Verdict::Missed => println!("missed  {} {label}", entry.file),
                Verdict::Right | Verdict::Tolerated => {}
            }
            must_not += usize::from(verdict == Verdict::MustNot);
        }
        if entry.labels.is_empty() {
            clean += 1;
            alarmed += usize::from(findings.iter().any(|f| f.level >= Level::Warning));
        }
        let shown =
            |finding: &&Finding| show.is_some_and(|show| labelled::label(&finding.rule) == *show || show == "all");
        for finding in findings.iter().filter(shown) {
            let place = &finding.location;
            println!("{} {} {}:{} {}", entry.file, finding.rule, place.part, place.line, place.text);
        }
    }
    print_table(&counts);
    println!("clean drafts {clean}, with a finding of level warning or above {alarmed}; must_not hits {must_not}");
    Ok(())
}

fn print_table(counts: &BTreeMap<(String, String), Count>) {
    println!(
        "{:26} {:4} {:>5} {:>5} {:>6}  {:>9} {:>6} {:>5}",
        "label", "lang", "right", "wrong", "missed", "precision", "recall", "F1"
    );
    let mut total: BTreeMap<&str, Count> = BTreeMap::new();
    for ((label, lang), count) in counts {
        print_row(label, lang, count);
        let sum = total.entry(label).or_default();
        sum.right += count.right;
        sum.wrong += count.wrong;
        sum.missed += count.missed;
    }
    for (label, count) in &total {
        print_row(label, "both", count);
    }
    let macro_f1: f64 = total.values().map(f1).sum::<f64>() / f64::from(u32::try_from(total.len().max(1)).unwrap());
    println!("macro F1 {macro_f1:.3}");
}

fn print_row(label: &str, lang: &str, count: &Count) {
    let ratio = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let precision = ratio(count.right, count.right + count.wrong);
    let recall = ratio(count.right, count.right + count.missed);
    println!(
        "{label:26} {lang:4} {:5} {:5} {:6}  {precision:9.2} {recall:6.2} {:5.2}",
        count.right,
        count.wrong,
        count.missed,
        f1(count)
    );
}

fn f1(count: &Count) -> f64 {
    let whole = 2 * count.right + count.wrong + count.missed;
    if whole == 0 { 1.0 } else { 2.0 * count.right as f64 / whole as f64 }
}

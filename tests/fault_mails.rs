//! Mails about faults by other hands, with what a person finds in each: which mistakes do the rules make today?
//!
//! `fixtures/fault/*/labels.jsonl` says what holds; `mistakes.txt` records what the rules get wrong, so that a change
//! for better or worse is seen in the diff. `ATENA_BLESS=1` writes it anew.

#![allow(clippy::unwrap_used)]

#[path = "../examples/score/labelled.rs"]
mod labelled;

use std::path::Path;

use atena::lang::Lang;
use atena::rule::Rules;
use labelled::{Labelled, Verdict};

/// What the rules get wrong in one folder, a line each.
fn mistakes(rules: &Rules, directory: &Path) -> String {
    let mails = Labelled::read(directory).unwrap();
    let judged = mails.judged(rules);
    let mut out = String::new();
    for entry in &mails.entries {
        assert!(["ja", "en"].contains(&entry.lang.as_str()), "{}: {}", entry.file, entry.lang);
        let findings = mails.findings(rules, entry).unwrap();
        for (label, verdict) in mails.verdicts(entry, &findings, &judged) {
            let word = match verdict {
                Verdict::Wrong => "wrong",
                Verdict::MustNot => "must not",
                Verdict::Missed => "missed",
                Verdict::Right | Verdict::Tolerated => continue,
            };
            out.push_str(&format!("{} {word} {label}\n", entry.file));
        }
    }
    out
}

#[test]
fn the_rules_make_the_mistakes_on_record_and_no_others() {
    let rules = Rules::load(&Rules::embedded(), &[], Lang::En).unwrap();
    let bless = std::env::var_os("ATENA_BLESS").is_some();
    let mut changed = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fault");
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let record = folder.join("mistakes.txt");
        let now = mistakes(&rules, &folder);
        if bless {
            std::fs::write(&record, &now).unwrap();
            continue;
        }
        let known = std::fs::read_to_string(&record).unwrap_or_default();
        let added =
            now.lines().filter(|line| !known.lines().any(|other| other == *line)).map(|line| format!("+ {line}\n"));
        let gone =
            known.lines().filter(|line| !now.lines().any(|other| other == *line)).map(|line| format!("- {line}\n"));
        changed
            .extend(added.chain(gone).map(|line| format!("{} {line}", folder.file_name().unwrap().to_string_lossy())));
    }
    assert!(changed.is_empty(), "the mistakes have changed; look, then ATENA_BLESS=1:\n{changed}");
}

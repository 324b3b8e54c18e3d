//! Do the rules say about realistic mails what a person would say, and how does it read?
//!
//! `fixtures/mail/labels.toml` is the truth, written before the rules saw the mails.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use atena::config::{Config, Defaults};
use atena::facts::Facts;
use atena::gate::{Judge, setup};
use atena::lang::Lang;
use atena::message::Message;
use atena::output::{self, Checked, Format, Options};
use atena::rule::Rules;
use atena::source::Source;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    mail: Vec<Label>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    file: String,
    rules: BTreeSet<String>,
    note: String,
    /// A fault of the rules that is known: the mail must not come out right, or this mark is out of date.
    known: Option<String>,
}

struct World {
    config: Config,
    rules: Rules,
    facts: Facts,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail")
}

fn labels() -> Vec<Label> {
    let text = std::fs::read_to_string(directory().join("labels.toml")).unwrap();
    toml::from_str::<Labels>(&text).unwrap().mail
}

fn world() -> World {
    let text = std::fs::read_to_string(directory().join("atena.toml")).unwrap();
    let defaults = Defaults { language: Lang::En, data_dir: directory(), home: None };
    let config = Config::load(Source::new("atena.toml", text), &directory(), &defaults)
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<String>()));
    let rules = setup::rules(&config).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let facts = setup::facts(&config, None);
    World { config, rules, facts }
}

#[test]
fn every_mail_raises_what_a_person_would_raise() {
    let world = world();
    let mut faults = String::new();
    for label in labels() {
        let raw = std::fs::read(directory().join(&label.file)).unwrap();
        let message = Message::parse(&raw).unwrap_or_else(|_| panic!("{} is no mail", label.file));
        let findings = world.rules.run(&message, &world.facts).found;
        let found: BTreeSet<String> = findings.iter().map(|finding| finding.rule.clone()).collect();
        let right = found == label.rules;
        if let (true, Some(reason)) = (right, &label.known) {
            writeln!(faults, "{}: works now; remove `known = {reason:?}`", label.file).unwrap();
        }
        if !right && label.known.is_none() {
            let missed: Vec<_> = label.rules.difference(&found).collect();
            let alarms: Vec<_> = found.difference(&label.rules).collect();
            writeln!(faults, "{}: missed {missed:?}, false alarms {alarms:?} ({})", label.file, label.note).unwrap();
            for finding in findings.iter().filter(|finding| alarms.contains(&&finding.rule)) {
                writeln!(faults, "    {}", finding.title.en).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn mails_and_labels_agree() {
    let labels = labels();
    let named: BTreeSet<&str> = labels.iter().map(|label| label.file.as_str()).collect();
    assert_eq!(named.len(), labels.len(), "a mail is labelled twice");
    let files: BTreeSet<String> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".eml"))
        .collect();
    assert_eq!(files, named.iter().map(|&name| name.to_owned()).collect());
    let world = world();
    for label in &labels {
        for rule in &label.rules {
            assert!(world.rules.get(rule).is_some(), "{}: there is no rule {rule}", label.file);
        }
        assert!(!label.note.is_empty(), "{}", label.file);
    }
}

#[test]
fn every_rule_is_tried_three_times_in_each_language_and_half_the_mails_are_clean() {
    let labels = labels();
    for lang in ["ja-", "en-"] {
        let of_lang: Vec<_> = labels.iter().filter(|label| label.file.starts_with(lang)).collect();
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for rule in of_lang.iter().flat_map(|label| &label.rules) {
            *count.entry(rule).or_default() += 1;
        }
        assert!(count.len() >= 14, "{lang}: {count:?}");
        assert!(count.values().all(|&times| times >= 3), "{lang}: {count:?}");
        let clean = of_lang.iter().filter(|label| label.rules.is_empty()).count();
        assert!(clean * 9 >= of_lang.len() * 4, "{lang}: {clean} of {} are clean", of_lang.len());
    }
}

/// Every rule is among them, in each of the two languages of mails.
const SHOWN: [&str; 18] = [
    "ja-p02", "ja-p06", "ja-p09", "ja-p13", "ja-p15", "ja-p25", "ja-p28", "ja-p31", "ja-p32", "ja-p35", "ja-p40",
    "ja-p45", "ja-c12", "en-p09", "en-p11", "en-p15", "en-p30", "en-p36",
];

/// `ATENA_BLESS=1` writes the files anew.
#[test]
fn the_text_a_person_reads_is_as_recorded() {
    let world = world();
    let bless = std::env::var_os("ATENA_BLESS").is_some();
    let mut faults = String::new();
    for name in SHOWN {
        let raw = std::fs::read(directory().join(format!("{name}.eml"))).unwrap();
        let judgement =
            Judge { rules: &world.rules, facts: &world.facts, policy: setup::policy(&world.config), people: None }
                .judge(None, &raw);
        let subject = judgement.message.as_ref().and_then(|message| message.subject.clone());
        let checked = Checked {
            subject: subject.as_deref(),
            checklist: judgement.checklist,
            ..Checked::new(format!("{name}.eml"), judgement.verdict, judgement.findings)
        };
        let mut text = Vec::new();
        for lang in [Lang::En, Lang::Ja] {
            let options = Options { lang, colour: false, width: 100, fail_on: atena::finding::Level::Error };
            output::write(&mut text, Format::Text, std::slice::from_ref(&checked), &[], &[], &options).unwrap();
            text.extend_from_slice(b"\n");
        }
        let text = String::from_utf8(text).unwrap();
        let path = directory().join(format!("{name}.expected"));
        if bless {
            std::fs::write(&path, &text).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            writeln!(faults, "{} differs; now:\n{text}", path.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}\nATENA_BLESS=1 records the new text");
}

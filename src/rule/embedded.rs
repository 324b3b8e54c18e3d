//! The packs that come with the program.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::expression::Expression;
use super::parse::RawRule;
use super::{Rules, compact};
use crate::lexicon::{Lexicon, Names};
use crate::source::Source;

/// A file of `rules/`: its name, its text, and the tree that `build.rs` made of it.
struct File(&'static str, &'static str, &'static [u8]);

/// The files, once.
macro_rules! packs {
    ($($file:literal,)*) => {
        [$(File(
            concat!("rules/", $file),
            include_str!(concat!("../../rules/", $file)),
            include_bytes!(concat!(env!("OUT_DIR"), "/rules/", $file)),
        )),*]
    };
}

const FILES: &[File] = &packs![
    "recipients.toml",
    "addresses.toml",
    "people.toml",
    "confused.toml",
    "earlier.toml",
    "threads.toml",
    "lists.toml",
    "files.toml",
    "contents.toml",
    "sensitive.toml",
    "answers.toml",
    "apology.toml",
    "remedies.toml",
    "excuses.toml",
    "tone.toml",
    "delay.toml",
    "expressions/en-admission.toml",
    "expressions/en-complaint.toml",
    "expressions/en-deals.toml",
    "expressions/en-denial.toml",
    "expressions/en-excuse.toml",
    "expressions/en-fault.toml",
    "expressions/en-manner.toml",
    "expressions/en-prevention.toml",
    "expressions/en-remedy.toml",
    "expressions/en-situation.toml",
    "expressions/en-words.toml",
    "expressions/headings.toml",
    "expressions/ja-admission.toml",
    "expressions/ja-apology.toml",
    "expressions/ja-blame.toml",
    "expressions/ja-cause.toml",
    "expressions/ja-command.toml",
    "expressions/ja-defence.toml",
    "expressions/ja-excuse.toml",
    "expressions/ja-fault.toml",
    "expressions/ja-kind.toml",
    "expressions/ja-minimizing.toml",
    "expressions/ja-next.toml",
    "expressions/ja-pressure.toml",
    "expressions/ja-prevention.toml",
    "expressions/ja-quoted.toml",
    "expressions/ja-remedy.toml",
    "expressions/ja-tone.toml",
];

/// All their lists, linked.
const LEXICON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules/lexicon"));

/// The tree of their named lists.
const NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules/names"));

/// The blocks of a pack, without examples; its lists are linked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    #[serde(skip)]
    pub(super) name: &'static str,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RawRule>,
    #[serde(default, rename = "expression")]
    pub(super) expressions: Vec<Expression>,
}

impl Rules {
    /// The packs that come with the program.
    pub fn embedded() -> Vec<Source> {
        FILES.iter().map(|File(name, text, _)| Source::new(*name, *text)).collect()
    }
}

const WRITTEN: &str = "build.rs wrote it, and the tests read it";

/// The same, ready to be judged by.
pub(super) fn packs() -> impl Iterator<Item = Pack> {
    FILES.iter().map(|File(name, _, tree)| Pack { name, ..compact::read(tree).expect(WRITTEN) })
}

pub(super) fn lexicon() -> Lexicon {
    Lexicon::new(LEXICON)
}

pub(super) fn names() -> Names {
    let lists: BTreeMap<String, Vec<String>> = compact::read(NAMES).expect(WRITTEN);
    Names::from(lists)
}

/// The text of a pack.
pub(super) fn text(pack: &str) -> Option<&'static str> {
    FILES.iter().find(|File(name, ..)| *name == pack).map(|File(_, text, _)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::lang::Lang;
    use crate::message::Message;

    /// What is linked when the program is built finds the same as what is linked from the text. Every fourth example,
    /// for time.
    #[test]
    fn linked_or_not_the_packs_hold_the_same_rules() {
        let text = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let linked = Rules::load_lean(&[], &[], Lang::En).expect("the shipped packs are valid");
        let ids = |rules: &Rules| rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&text), ids(&linked));
        assert!(linked.iter().all(|rule| rule.examples.is_empty()));
        for example in text.iter().flat_map(|rule| &rule.examples).step_by(4) {
            let Ok(message) = Message::parse(example.mail.as_bytes()) else { continue };
            let found = |rules: &Rules| rules.run(&message, &Facts::default()).found;
            assert_eq!(found(&text), found(&linked), "{}", example.mail);
        }
    }

    #[test]
    fn every_file_of_rules_is_embedded() {
        let mut files = Vec::new();
        for directory in ["rules", "rules/expressions"] {
            let entries = std::fs::read_dir(directory).expect("tests run in the project");
            files.extend(entries.flatten().map(|entry| entry.path().to_string_lossy().replace('\\', "/")));
        }
        files.retain(|file| file.ends_with(".toml"));
        let known: Vec<&str> = FILES.iter().map(|File(name, ..)| *name).collect();
        assert!(files.iter().all(|file| known.contains(&file.as_str())), "{files:?}");
        assert_eq!(files.len(), known.len());
    }
}

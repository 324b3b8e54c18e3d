//! The packs that come with the program.

use toml::de::DeTable;

use super::{Rules, compact};
use crate::source::Source;

/// A file of `rules/`: its name, its text, and what `build.rs` made of it.
struct Pack(&'static str, &'static str, &'static [u8]);

/// The files, once.
macro_rules! packs {
    ($($file:literal,)*) => {
        [$(Pack(
            concat!("rules/", $file),
            include_str!(concat!("../../rules/", $file)),
            include_bytes!(concat!(env!("OUT_DIR"), "/rules/", $file)),
        )),*]
    };
}

const PACKS: &[Pack] = &packs![
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

impl Rules {
    /// The packs that come with the program.
    pub fn embedded() -> Vec<Source> {
        PACKS.iter().map(|Pack(name, text, _)| Source::new(*name, *text)).collect()
    }
}

/// The same with their tables, which have no examples.
pub(super) fn lean() -> impl Iterator<Item = (Source, DeTable<'static>)> {
    let read = |octets| compact::read(octets).expect("the tests read what build.rs wrote");
    PACKS.iter().map(move |Pack(name, text, octets)| (Source::new(*name, *text), read(octets)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn without_their_examples_the_packs_hold_the_same_rules() {
        let whole = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let lean = Rules::load_lean(&[], &[], Lang::En).expect("the shipped packs are valid");
        let told = |rules: &Rules| rules.iter().map(|rule| format!("{} {:?}", rule.id, rule.check)).collect::<Vec<_>>();
        assert_eq!(told(&whole), told(&lean));
        assert!(lean.iter().all(|rule| rule.examples.is_empty()));
    }

    #[test]
    fn every_file_of_rules_is_embedded() {
        let mut files = Vec::new();
        for directory in ["rules", "rules/expressions"] {
            let entries = std::fs::read_dir(directory).expect("tests run in the project");
            files.extend(entries.flatten().map(|entry| entry.path().to_string_lossy().replace('\\', "/")));
        }
        files.retain(|file| file.ends_with(".toml"));
        let known: Vec<&str> = PACKS.iter().map(|Pack(name, ..)| *name).collect();
        assert!(files.iter().all(|file| known.contains(&file.as_str())), "{files:?}");
        assert_eq!(files.len(), known.len());
    }
}

//! The packs that come with the program.

use super::Rules;
use crate::source::Source;

/// The files of `rules/`, once.
macro_rules! packs {
    ($($file:literal,)*) => {
        [$((concat!("rules/", $file), include_str!(concat!("../../rules/", $file)))),*]
    };
}

const PACKS: &[(&str, &str)] = &packs![
    "recipients.toml",
    "addresses.toml",
    "people.toml",
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
        PACKS.iter().map(|(name, text)| Source::new(*name, *text)).collect()
    }
}

/// The same without their examples.
pub(super) fn lean() -> Vec<Source> {
    PACKS.iter().map(|(name, text)| Source::new(*name, without_examples(text))).collect()
}

/// A pack without its blocks of examples. Each ends where the next block begins.
fn without_examples(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(EXAMPLE) {
        lean.push_str(&rest[..at]);
        let behind = &rest[at + EXAMPLE.len()..];
        let next = [behind.find("\n[[rule]]"), behind.find(EXAMPLE)].into_iter().flatten().min();
        rest = next.map_or("", |next| &behind[next..]);
    }
    lean.push_str(rest);
    lean
}

const EXAMPLE: &str = "\n[[rule.example]]";

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
        let known: Vec<&str> = PACKS.iter().map(|(name, _)| *name).collect();
        assert!(files.iter().all(|file| known.contains(&file.as_str())), "{files:?}");
        assert_eq!(files.len(), known.len());
    }
}

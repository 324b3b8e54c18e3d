//! From lists of words to a lexicon.

use std::collections::HashMap;

use super::literals::{Builder, Place};
use super::octets::Writer;
use super::triggers::{self, BOUNDARY};
use super::{Names, Target};
use crate::message::text::fold;

/// Collects lists and links them.
#[derive(Debug, Default)]
pub(crate) struct Linker {
    literals: Builder,
    patterns: Vec<String>,
    /// Whether every match of a pattern begins with one of its triggers.
    begins: Vec<bool>,
    untriggered: Vec<usize>,
    /// The patterns of each list.
    lists: Vec<Vec<usize>>,
    /// Lists of the same entries are one list.
    known_lists: HashMap<Vec<String>, usize>,
    /// The same pattern is one pattern.
    known_patterns: HashMap<String, usize>,
}

/// Why a list cannot be linked.
#[derive(Debug)]
pub(crate) enum Wrong {
    NoSuchList {
        name: String,
        known: Vec<String>,
    },
    EmptyEntry,
    /// It begins like a pattern and does not end like one.
    OpenPattern(String),
    BadPattern {
        source: String,
        error: Box<regex_syntax::Error>,
    },
}

impl Linker {
    /// The number of a list in the lexicon to be.
    ///
    /// # Errors
    /// A pattern that is no regular expression, or a reference to a list that does not exist.
    pub(crate) fn list(&mut self, entries: &[String], names: &Names) -> Result<usize, Wrong> {
        let entries = names.resolve(entries)?;
        if let Some(&list) = self.known_lists.get(&entries) {
            return Ok(list);
        }
        let list = self.lists.len();
        self.lists.push(Vec::new());
        for entry in &entries {
            if entry.trim_matches('*').is_empty() || entry == "//" {
                return Err(Wrong::EmptyEntry);
            }
            if entry.starts_with('/') && !entry.ends_with('/') && entry.contains(['[', '(', '\\', '+', '|', '{']) {
                return Err(Wrong::OpenPattern(entry.clone()));
            }
            match entry.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
                Some(pattern) => self.pattern(pattern, list)?,
                None => self.literal(entry, list),
            }
        }
        self.known_lists.insert(entries, list);
        Ok(list)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The patterns linked so far.
    pub(crate) fn patterns(&self) -> &[String] {
        &self.patterns
    }

    fn literal(&mut self, entry: &str, list: usize) {
        let open_start = entry.starts_with('*');
        let open_end = entry.ends_with('*');
        let text = fold(entry.trim_matches('*'));
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let start = !open_start && latin(text.chars().next());
        let end = !open_end && latin(text.chars().next_back());
        let place = if start { Place::WordStart } else { Place::Anywhere };
        self.literals.add(&text, place, Target::Word { list, start, end }.number());
    }

    fn pattern(&mut self, source: &str, list: usize) -> Result<(), Wrong> {
        if let Some(&pattern) = self.known_patterns.get(source) {
            self.lists[list].push(pattern);
            return Ok(());
        }
        let triggers = triggers::of(source).map_err(|error| Wrong::BadPattern { source: source.to_owned(), error })?;
        let pattern = self.patterns.len();
        self.patterns.push(source.to_owned());
        self.begins.push(triggers.as_ref().is_some_and(|triggers| triggers.begin));
        self.lists[list].push(pattern);
        self.known_patterns.insert(source.to_owned(), pattern);
        match triggers {
            Some(triggers) => {
                let begins_word = triggers.begin && source.starts_with(BOUNDARY);
                let place = if begins_word { Place::WordStart } else { Place::Anywhere };
                let meaning = Target::Trigger { pattern }.number();
                triggers.literals.iter().for_each(|literal| self.literals.add(literal, place, meaning));
            }
            None => self.untriggered.push(pattern),
        }
        Ok(())
    }

    /// The lexicon of everything that was linked, as [`super::Lexicon::new`] takes it; `None` when there are more words
    /// than it can hold.
    pub(crate) fn build(self) -> Option<Vec<u8>> {
        let mut lists_of = vec![Vec::new(); self.patterns.len()];
        for (list, patterns) in self.lists.iter().enumerate() {
            patterns.iter().for_each(|&pattern| lists_of[pattern].push(list));
        }
        let mut out = Writer::default();
        self.literals.build(&mut out)?;
        out.texts(&self.patterns);
        out.octets(&self.begins.iter().map(|&begins| begins.into()).collect::<Vec<u8>>());
        out.groups(&self.lists);
        out.groups(&lists_of);
        out.numbers(self.untriggered);
        Some(out.0)
    }
}

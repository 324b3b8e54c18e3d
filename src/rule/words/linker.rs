//! From the lists of all rules to one lexicon.

use std::collections::HashMap;

use super::literals::{Builder, Place};
use super::pattern::{BOUNDARY, Pattern};
use super::{Lexicon, Target, Words, triggers};
use crate::message::text::fold;
use crate::numbers::ByNumber;
use crate::rule::faults;
use crate::source::Fault;

/// Collects the lists of all rules and builds the lexicon.
pub(in crate::rule) struct Linker {
    named: HashMap<String, Vec<String>>,
    literals: Builder<Target>,
    patterns: Vec<Pattern>,
    untriggered: Vec<usize>,
    /// The patterns of each list.
    lists: Vec<Vec<usize>>,
    /// Lists of the same named lists are one list.
    known_lists: HashMap<Vec<String>, usize>,
    /// The same pattern is compiled once; by its key.
    known_patterns: ByNumber<u64, usize>,
}

impl Default for Linker {
    fn default() -> Linker {
        Linker {
            named: HashMap::new(),
            literals: Builder::new(),
            patterns: Vec::new(),
            untriggered: Vec::new(),
            lists: Vec::new(),
            known_lists: HashMap::new(),
            known_patterns: ByNumber::default(),
        }
    }
}

impl Linker {
    /// Adds a named list; a list of the same name grows.
    pub(in crate::rule) fn define(&mut self, name: &str, entries: Vec<String>) {
        self.named.entry(name.to_owned()).or_default().extend(entries);
    }

    /// Gives a list its place in the lexicon. Its entries go there: one list is linked once.
    ///
    /// # Errors
    /// A pattern that is no regular expression, or a reference to a list that does not exist.
    pub(in crate::rule) fn link(&mut self, words: &mut Words) -> Result<(), Fault> {
        let entries = std::mem::take(&mut words.entries);
        if !entries.iter().any(|entry| entry.starts_with('@')) {
            words.list = self.list(&entries)?;
            return Ok(());
        }
        let entries = self.resolve(&entries, 0)?;
        words.list = match self.known_lists.get(&entries) {
            Some(&list) => list,
            None => self.list(&entries)?,
        };
        self.known_lists.insert(entries, words.list);
        Ok(())
    }

    fn list(&mut self, entries: &[String]) -> Result<usize, Fault> {
        let list = self.lists.len();
        self.lists.push(Vec::new());
        for entry in entries {
            if entry.trim_matches('*').is_empty() || entry == "//" {
                return Err(faults::empty_entry());
            }
            if entry.starts_with('/') && !entry.ends_with('/') && entry.contains(['[', '(', '\\', '+', '|', '{']) {
                return Err(faults::open_pattern(entry));
            }
            match entry.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
                Some(pattern) => self.pattern(pattern, list)?,
                None => self.literal(entry, list),
            }
        }
        Ok(list)
    }

    fn resolve(&self, entries: &[String], depth: usize) -> Result<Vec<String>, Fault> {
        let mut out = Vec::new();
        for entry in entries {
            let Some(name) = entry.strip_prefix('@') else {
                out.push(entry.clone());
                continue;
            };
            let Some(list) = self.named.get(name).filter(|_| depth < 4) else {
                let mut known: Vec<&str> = self.named.keys().map(String::as_str).collect();
                known.sort_unstable();
                return Err(faults::no_such_list(name, &known));
            };
            out.extend(self.resolve(list, depth + 1)?);
        }
        Ok(out)
    }

    fn literal(&mut self, entry: &str, list: usize) {
        let open_start = entry.starts_with('*');
        let open_end = entry.ends_with('*');
        let text = fold(entry.trim_matches('*'));
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let start = !open_start && latin(text.chars().next());
        let end = !open_end && latin(text.chars().next_back());
        let place = if start { Place::WordStart } else { Place::Anywhere };
        self.literals.add(&text, place, Target::Word { list, start, end });
    }

    fn pattern(&mut self, source: &str, list: usize) -> Result<(), Fault> {
        let key = triggers::key(source);
        if let Some(&id) = self.known_patterns.get(&key).filter(|&&id| self.patterns[id].source == source) {
            self.lists[list].push(id);
            return Ok(());
        }
        let triggers = triggers::of(source, key).map_err(|error| faults::bad_pattern(source, &error))?;
        let pattern = self.patterns.len();
        let compiled = Pattern::new(source, triggers.as_ref().is_some_and(|triggers| triggers.begin));
        // Those of the table are known to compile.
        if !triggers::is_known(key) && !compiled.compiles() {
            return Err(faults::too_large_pattern(source));
        }
        self.patterns.push(compiled);
        self.lists[list].push(pattern);
        self.known_patterns.insert(key, pattern);
        match triggers {
            Some(triggers) => {
                let trigger = Target::Trigger { pattern };
                let begins_word = triggers.begin && source.starts_with(BOUNDARY);
                let place = if begins_word { Place::WordStart } else { Place::Anywhere };
                triggers.literals.iter().for_each(|literal| self.literals.add(literal, place, trigger));
            }
            None => self.untriggered.push(pattern),
        }
        Ok(())
    }

    /// Builds the lexicon of everything that was linked.
    ///
    /// # Errors
    /// When there are more words than it can hold.
    pub(in crate::rule) fn build(self) -> Result<Lexicon, Fault> {
        let mut lists_of = vec![Vec::new(); self.patterns.len()];
        for (list, patterns) in self.lists.iter().enumerate() {
            patterns.iter().for_each(|&pattern| lists_of[pattern].push(list));
        }
        let literals = self.literals.build().ok_or_else(faults::too_many_words)?;
        Ok(Lexicon { literals, patterns: self.patterns, lists: self.lists, lists_of, untriggered: self.untriggered })
    }
}

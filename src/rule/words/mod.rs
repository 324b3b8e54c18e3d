//! Lists of words and patterns in rules, and the one automaton that finds all of them in one pass over a text.
//!
//! An entry of a list is a literal phrase (`添付いたします`, `i attach*`), a pattern (`/添付(?:した|の)/`) or a
//! reference to a named list of the pack (`@apology`). Literals are folded like the text they are looked for in;
//! a literal that begins or ends with a Latin letter or digit matches whole words only, unless a `*` stands there.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Deserializer};

use super::entries::Entries;
use super::pattern::{self, Matcher};
use super::reading::sentence;
use super::{faults, triggers};
use crate::clause;
use crate::message::text::Folded;
use crate::source::Fault;

/// A list of words as a rule names it; usable once linked.
#[derive(Debug, Default, Clone)]
pub(crate) struct Words {
    entries: Vec<String>,
    list: usize,
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Words, D::Error> {
        Ok(Words { entries: deserializer.deserialize_any(Entries)?, list: 0 })
    }
}

impl Words {
    pub(crate) fn into_entries(self) -> Vec<String> {
        self.entries
    }
}

/// Collects the lists of all rules and builds the automaton.
#[derive(Default)]
pub(crate) struct Linker {
    lexicon: HashMap<String, Vec<String>>,
    /// Each once, with its place in `targets`.
    literals: HashMap<String, usize>,
    targets: Vec<Vec<Target>>,
    patterns: Vec<Pattern>,
    lists: Vec<List>,
    /// Lists of the same entries are one list, and the same pattern is compiled once: rules share named lists.
    known_lists: HashMap<Vec<String>, usize>,
    known_patterns: HashMap<String, usize>,
}

/// What a literal of the automaton means.
#[derive(Debug, Clone, Copy)]
enum Target {
    Word {
        list: usize,
        start: bool,
        end: bool,
    },
    /// The pattern can only match where this literal is.
    Trigger {
        pattern: usize,
    },
}

#[derive(Debug)]
struct Pattern {
    source: String,
    matcher: OnceLock<Option<Matcher>>,
    triggered: bool,
    /// It has gaps that end with the sentence.
    confined: bool,
}

#[derive(Debug, Default)]
struct List {
    patterns: Vec<usize>,
}

impl Linker {
    /// Adds a named list; a list of the same name grows.
    pub(crate) fn define(&mut self, name: &str, entries: Vec<String>) {
        self.lexicon.entry(name.to_owned()).or_default().extend(entries);
    }

    /// Names of the defined lists.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.lexicon.keys().map(String::as_str)
    }

    /// Gives a list its place in the automaton.
    ///
    /// # Errors
    /// A pattern that is no regular expression, or a reference to a list that does not exist.
    pub(crate) fn link(&mut self, words: &mut Words) -> Result<(), Fault> {
        let entries = self.resolve(&words.entries, 0)?;
        if let Some(&list) = self.known_lists.get(&entries) {
            words.list = list;
            return Ok(());
        }
        words.list = self.lists.len();
        self.lists.push(List::default());
        self.known_lists.insert(entries.clone(), words.list);
        for entry in entries {
            match entry.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
                Some(pattern) => self.pattern(pattern, words.list)?,
                None => self.literal(&entry, words.list),
            }
        }
        Ok(())
    }

    fn resolve(&self, entries: &[String], depth: usize) -> Result<Vec<String>, Fault> {
        let mut out = Vec::new();
        for entry in entries {
            let Some(name) = entry.strip_prefix('@') else {
                out.push(entry.clone());
                continue;
            };
            let Some(list) = self.lexicon.get(name).filter(|_| depth < 4) else {
                let mut known: Vec<&str> = self.names().collect();
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
        let folded = Folded::new(entry.trim_matches('*'));
        let text = folded.text();
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let target = Target::Word {
            list,
            start: !open_start && latin(text.chars().next()),
            end: !open_end && latin(text.chars().next_back()),
        };
        if !text.is_empty() {
            self.aim(text, target);
        }
    }

    /// What is to happen where a literal stands.
    fn aim(&mut self, literal: &str, target: Target) {
        match self.literals.get(literal) {
            Some(&at) => self.targets[at].push(target),
            None => {
                self.literals.insert(literal.to_owned(), self.targets.len());
                self.targets.push(vec![target]);
            }
        }
    }

    fn pattern(&mut self, source: &str, list: usize) -> Result<(), Fault> {
        if let Some(&id) = self.known_patterns.get(source) {
            self.lists[list].patterns.push(id);
            return Ok(());
        }
        let triggers = triggers::of(source).map_err(|error| faults::bad_pattern(source, &error))?;
        let id = self.patterns.len();
        self.patterns.push(Pattern {
            source: source.to_owned(),
            matcher: OnceLock::new(),
            triggered: triggers.is_some(),
            confined: pattern::is_confined(source),
        });
        self.lists[list].patterns.push(id);
        self.known_patterns.insert(source.to_owned(), id);
        for literal in triggers.unwrap_or_default() {
            self.aim(&literal, Target::Trigger { pattern: id });
        }
        Ok(())
    }

    /// Builds the automaton over everything that was linked.
    ///
    /// # Errors
    /// When there are more words than the automaton can hold.
    pub(crate) fn build(self) -> Result<Lexicon, Fault> {
        let mut literals: Vec<(&String, &usize)> = self.literals.iter().collect();
        literals.sort_unstable_by_key(|(_, at)| **at);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(literals.iter().map(|(literal, _)| literal))
            .map_err(|error| faults::too_many_words(&error))?;
        let mut lists_of = vec![Vec::new(); self.patterns.len()];
        let mut always = Vec::new();
        for (list, pattern) in
            self.lists.iter().enumerate().flat_map(|(n, list)| list.patterns.iter().map(move |id| (n, *id)))
        {
            lists_of[pattern].push(list);
            if !self.patterns[pattern].triggered {
                always.push(list);
            }
        }
        Ok(Lexicon { automaton, targets: self.targets, patterns: self.patterns, lists: self.lists, lists_of, always })
    }
}

/// The automaton over all lists of all rules.
#[derive(Debug)]
pub(crate) struct Lexicon {
    automaton: AhoCorasick,
    targets: Vec<Vec<Target>>,
    patterns: Vec<Pattern>,
    lists: Vec<List>,
    /// The lists a pattern stands in, by pattern.
    lists_of: Vec<Vec<usize>>,
    /// Lists with a pattern that no literal can rule out.
    always: Vec<usize>,
}

/// What was found in one folded text.
pub(crate) struct Hits<'a> {
    lexicon: &'a Lexicon,
    text: Cow<'a, str>,
    words: HashMap<usize, Vec<Range<usize>>>,
    /// Where literals of a pattern stand; by pattern.
    triggers: HashMap<usize, Vec<usize>>,
    /// Words and matches of patterns together, by list, once somebody asked.
    ///
    /// Only lists that may have some, in order: a mail may be a hundred thousand texts.
    found: Vec<(usize, OnceCell<Vec<Range<usize>>>)>,
}

/// A list that is found more often in one text is a flood: memory stays bounded, and the first ones tell as much.
const MOST_HITS: usize = 10_000;

impl Lexicon {
    /// One pass over a folded text.
    pub(crate) fn scan<'a>(&'a self, text: impl Into<Cow<'a, str>>) -> Hits<'a> {
        let text = text.into();
        let mut hits = Hits {
            lexicon: self,
            text: Cow::Borrowed(""),
            words: HashMap::new(),
            triggers: HashMap::new(),
            found: Vec::new(),
        };
        for found in self.automaton.find_overlapping_iter(&*text) {
            for &target in &self.targets[found.pattern().as_usize()] {
                hits.add(target, found.range(), text.as_bytes());
            }
        }
        hits.text = text;
        let mut candidates: Vec<usize> = hits.words.keys().copied().collect();
        candidates.extend(hits.triggers.keys().flat_map(|pattern| &self.lists_of[*pattern]));
        candidates.extend(&self.always);
        candidates.sort_unstable();
        candidates.dedup();
        hits.found = candidates.into_iter().map(|list| (list, OnceCell::new())).collect();
        hits
    }

    /// Patterns that no literal can rule out; each is run over every text.
    pub(crate) fn untriggered(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().filter(|pattern| !pattern.triggered).map(|pattern| pattern.source.as_str())
    }
}

impl Lexicon {
    /// Each pattern with its triggers, a line each, sorted.
    pub(crate) fn triggers_table(&self) -> Result<String, String> {
        let mut lines = Vec::new();
        for Pattern { source, .. } in &self.patterns {
            pattern::check(source).map_err(|error| format!("{source}: {error}"))?;
            if let Ok(Some(triggers)) = triggers::parsed(source) {
                let line = format!("{}\t{}", triggers::key(source), triggers.join("\t"));
                // A pattern that would break the table's form is parsed at each start.
                if !line.contains(['\n', '\r']) && line.matches('\t').count() == triggers.len() {
                    lines.push(line + "\n");
                }
            }
        }
        lines.sort();
        let same = lines.windows(2).find(|pair| pair[0].get(..16) == pair[1].get(..16));
        match same {
            Some(pair) => Err(format!("two patterns have the key of {}", pair[0])),
            None => Ok(lines.concat()),
        }
    }
}

impl Hits<'_> {
    /// A literal was found.
    fn add(&mut self, target: Target, range: Range<usize>, text: &[u8]) {
        match target {
            Target::Trigger { pattern } => {
                let places = self.triggers.entry(pattern).or_default();
                if places.len() < MOST_HITS {
                    places.push(range.start);
                }
            }
            Target::Word { list, start, end } => {
                let inside_before = start && range.start > 0 && text[range.start - 1].is_ascii_alphanumeric();
                let inside_after = end && text.get(range.end).is_some_and(u8::is_ascii_alphanumeric);
                if inside_before || inside_after {
                    return;
                }
                let places = self.words.entry(list).or_default();
                if places.len() < MOST_HITS {
                    places.push(range);
                }
            }
        }
    }

    /// Where words of a list stand, in order.
    pub(crate) fn of(&self, words: &Words) -> &[Range<usize>] {
        let at = self.found.binary_search_by_key(&words.list, |(list, _)| *list);
        at.map_or(&[], |at| self.found[at].1.get_or_init(|| self.find(words)))
    }

    /// Whether words of a list overlap a range.
    pub(crate) fn touch(&self, words: &Words, range: &Range<usize>) -> bool {
        overlapped(self.of(words), range, |found| found.clone())
    }

    fn find(&self, words: &Words) -> Vec<Range<usize>> {
        let mut out = self.words.get(&words.list).cloned().unwrap_or_default();
        for &id in &self.lexicon.lists[words.list].patterns {
            let pattern = &self.lexicon.patterns[id];
            let places = self.triggers.get(&id).map_or(&[][..], Vec::as_slice);
            let lines = match (pattern.triggered, pattern.confined) {
                (true, false) => self.lines_at(places),
                (true, true) => self.sentences_at(places),
                (false, false) => std::iter::once(0..self.text.len()).collect(),
                (false, true) => clause::sentences(&self.text),
            };
            if lines.is_empty() {
                continue;
            }
            let matcher = pattern.matcher.get_or_init(|| Matcher::new(&pattern.source));
            for line in lines {
                let found = matcher.iter().flat_map(|matcher| matcher.find(&pattern.source, &self.text[line.clone()]));
                out.extend(found.map(|found| line.start + found.start..line.start + found.end));
            }
        }
        out.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        out
    }

    /// The sentences around places, each once.
    fn sentences_at(&self, places: &[usize]) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for &place in places {
            if out.last().is_none_or(|last| place >= last.end) {
                out.push(sentence(&self.text, place..place));
            }
        }
        out
    }

    /// The lines around places, each once: folded text has a line for a paragraph, and no pattern is meant to go on beyond.
    fn lines_at(&self, places: &[usize]) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for &place in places {
            if out.last().is_some_and(|line| place < line.end) {
                continue;
            }
            let start = self.text[..place].rfind('\n').map_or(0, |at| at + 1);
            let end = self.text[place..].find('\n').map_or(self.text.len(), |at| place + at);
            out.push(start..end.max(place + 1));
        }
        out
    }

    pub(crate) fn any(&self, words: &Words) -> bool {
        !self.of(words).is_empty()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Whether one of many ranges, in order of their starts, overlaps a range. Looks back a bounded way: a match of a list
/// is a phrase, not a page.
pub(crate) fn overlapped<T>(sorted: &[T], range: &Range<usize>, range_of: impl Fn(&T) -> Range<usize>) -> bool {
    const LOOK_BACK: usize = 64;
    let end = sorted.partition_point(|item| range_of(item).start < range.end);
    sorted[end.saturating_sub(LOOK_BACK)..end].iter().any(|item| range_of(item).end > range.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_patterns_and_named_lists() {
        let mut linker = Linker::default();
        linker.define("greet", vec!["hello".into(), "こんにちは".into()]);
        let words = |entries: &[&str]| Words { entries: entries.iter().map(|e| (*e).to_owned()).collect(), list: 0 };
        let mut lists =
            [words(&["@greet", "attach*"]), words(&["/添付(?:いた|し)ます/", "Ｆｉｌｅ"]), words(&["/[a-z]+ed/"])];
        for list in &mut lists {
            linker.link(list).expect("valid lists");
        }
        assert!(linker.link(&mut words(&["@nothing"])).is_err());
        assert!(linker.link(&mut words(&["/(/"])).is_err());
        let lexicon = linker.build().expect("few words");
        let text = "othello said hello, attached 添付します file profiles";
        let hits = lexicon.scan(text);
        let found = |n: usize| hits.of(&lists[n]).iter().map(|range| &text[range.clone()]).collect::<Vec<_>>();
        assert_eq!(found(0), ["hello", "attach"]);
        assert_eq!(found(1), ["添付します", "file"]);
        assert_eq!(found(2), ["attached"]);
    }
}

//! Lists of words and patterns in rules, and the lexicon that finds all of them in one pass over a text.
//!
//! An entry of a list is a literal phrase (`添付いたします`, `i attach*`), a pattern (`/添付(?:した|の)/`) or a
//! reference to a named list of the pack (`@apology`). Literals are folded like the text they are looked for in;
//! a literal that begins or ends with a Latin letter or digit matches whole words only, unless a `*` stands there.

mod hits;
mod linker;
mod pattern;

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::lexicon::Lexicon;
pub(crate) use hits::Hits;
pub(super) use linker::Linker;
use pattern::Pattern;

/// A list of words as a rule names it; usable once linked.
#[derive(Debug, Default, Clone)]
pub(crate) struct Words {
    /// Of a list that came linked: nothing, unless it names others, which may grow.
    entries: Vec<String>,
    place: Option<Place>,
}

/// Where a list was linked.
#[derive(Debug, Clone, Copy)]
struct Place {
    layer: usize,
    list: usize,
}

impl Words {
    /// What `super::compact` tells from other values by this name.
    pub(super) const NAME: &str = "Words";

    pub(crate) fn into_entries(self) -> Vec<String> {
        self.entries
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Words, D::Error> {
        deserializer.deserialize_newtype_struct(Words::NAME, ReadWords)
    }
}

struct ReadWords;

impl<'de> Visitor<'de> for ReadWords {
    type Value = Words;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of words")
    }

    /// As people write it.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, entries: D) -> Result<Words, D::Error> {
        Ok(Words { entries: Vec::deserialize(entries)?, place: None })
    }

    /// As `build.rs` linked it: its number, and its entries if it names other lists.
    fn visit_map<A: MapAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
        let (list, entries) = list.next_entry()?.ok_or_else(|| A::Error::custom("a list has a number"))?;
        Ok(Words { entries, place: Some(Place { layer: 0, list }) })
    }
}

/// All lists of all rules, ready to be found.
#[derive(Debug, Default)]
pub(super) struct Layers(Vec<Layer>);

/// Lists that were linked together: those that come with the program, or one's own.
#[derive(Debug)]
struct Layer {
    lexicon: Lexicon,
    /// By number; each when a text first asks for it.
    patterns: Box<[OnceLock<Box<Pattern>>]>,
}

impl Layer {
    fn new(lexicon: Lexicon) -> Layer {
        let patterns = (0..lexicon.view().patterns()).map(|_| OnceLock::new()).collect();
        Layer { lexicon, patterns }
    }

    fn pattern(&self, number: usize) -> &Pattern {
        self.patterns[number].get_or_init(|| {
            let (source, begins) = self.lexicon.view().pattern(number);
            Box::new(Pattern::new(source, begins))
        })
    }
}

impl Layers {
    /// Patterns that no literal can rule out; each is run over every text.
    pub(super) fn untriggered(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .map(|layer| layer.lexicon.view())
            .flat_map(|view| view.untriggered().map(move |pattern| view.pattern(pattern).0))
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

    fn words(entries: &[&str]) -> Words {
        Words { entries: entries.iter().map(|entry| (*entry).to_owned()).collect(), place: None }
    }

    #[test]
    fn each_place_is_told_once() {
        let mut linker = Linker::default();
        let mut lists =
            [["/sorry[^.\\n]{0,3}/", "sorry a"], ["/\\n敬具/", "以上"], ["/sorry for[^.\\n]{0,9}delay/", "x"]]
                .map(|entries| words(&entries));
        for list in &mut lists {
            linker.link(list).expect("valid lists");
        }
        let lexicon = linker.build().expect("few words");
        let found = |text: &str, n: usize| lexicon.scan(text.to_owned()).of(&lists[n]).len();
        assert_eq!(found(&"sorry a ".repeat(800), 0), 1600);
        assert_eq!(found("以上\n敬具", 1), 2);
        assert_eq!(found(&format!("sorry for {} sorry for the delay", "a ".repeat(889)), 2), 1);
    }

    #[test]
    fn finds_words_patterns_and_named_lists() {
        let mut linker = Linker::default();
        linker.define("greet", vec!["hello".into(), "こんにちは".into()]);
        let mut lists =
            [words(&["@greet", "attach*"]), words(&["/添付(?:いた|し)ます/", "Ｆｉｌｅ"]), words(&["/[a-z]+ed/"])];
        for list in &mut lists {
            linker.link(list).expect("valid lists");
        }
        assert!(linker.link(&mut words(&["@nothing"])).is_err());
        for never_matches in ["/(/", "", "*", "//", "/[0-9]+ ?% off"] {
            assert!(linker.link(&mut words(&[never_matches])).is_err(), "{never_matches}");
        }
        assert!(linker.link(&mut words(&["/cc"])).is_ok(), "a word may begin so");
        let lexicon = linker.build().expect("few words");
        let text = "othello said hello, attached 添付します file profiles";
        let hits = lexicon.scan(text);
        let found = |n: usize| hits.of(&lists[n]).iter().map(|range| &text[range.clone()]).collect::<Vec<_>>();
        assert_eq!(found(0), ["hello", "attach"]);
        assert_eq!(found(1), ["添付します", "file"]);
        assert_eq!(found(2), ["attached"]);
    }
}

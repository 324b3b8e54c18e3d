//! Lists of words and patterns in rules, and the lexicon that finds all of them in one pass over a text.
//!
//! An entry of a list is a literal phrase (`添付いたします`, `i attach*`), a pattern (`/添付(?:した|の)/`) or a
//! reference to a named list of the pack (`@apology`). Literals are folded like the text they are looked for in;
//! a literal that begins or ends with a Latin letter or digit matches whole words only, unless a `*` stands there.

mod hits;
mod linker;
mod literals;
mod pattern;
mod triggers;

use std::ops::Range;

use serde::Deserialize;

pub(crate) use hits::Hits;
pub(super) use linker::Linker;
use literals::Literals;
use pattern::Pattern;

/// A list of words as a rule names it; usable once linked.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Words {
    entries: Vec<String>,
    #[serde(skip)]
    list: usize,
}

impl Words {
    pub(crate) fn into_entries(self) -> Vec<String> {
        self.entries
    }
}

/// What a literal means.
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

/// All lists of all rules, ready to be found.
#[derive(Debug)]
pub(super) struct Lexicon {
    literals: Literals<Target>,
    patterns: Vec<Pattern>,
    /// The patterns of each list.
    lists: Vec<Vec<usize>>,
    /// The lists a pattern stands in, by pattern.
    lists_of: Vec<Vec<usize>>,
    /// Patterns that no literal can rule out.
    untriggered: Vec<usize>,
}

impl Lexicon {
    /// Patterns that no literal can rule out; each is run over every text.
    pub(super) fn untriggered(&self) -> impl Iterator<Item = &str> {
        self.untriggered.iter().map(|&id| self.patterns[id].source.as_str())
    }

    /// Each pattern with its triggers, a line each, sorted.
    ///
    /// # Errors
    /// A pattern does not compile, or two have the same key.
    pub(super) fn triggers_table(&self) -> Result<String, String> {
        let mut lines = Vec::new();
        for pattern in &self.patterns {
            let source = &pattern.source;
            if !pattern.compiles() {
                return Err(format!("{source} does not compile"));
            }
            // A pattern without a row is parsed at each start.
            let row = triggers::parsed(source).ok().flatten().and_then(|triggers| triggers.row());
            lines.extend(row.map(|row| format!("{:016x}\t{row}\n", triggers::key(source))));
        }
        lines.sort();
        let same = lines.windows(2).find(|pair| pair[0].get(..16) == pair[1].get(..16));
        match same {
            Some(pair) => Err(format!("two patterns have the key of {}", pair[0])),
            None => Ok(lines.concat()),
        }
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
    use crate::lang::Lang;
    use crate::message::text::Folded;
    use crate::rule::Rules;

    /// Both compilations of a pattern find the same in the examples of the rules. Every fourth one, for time.
    #[test]
    fn patterns_find_the_same_whenever_they_are_compiled() {
        let rules = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let lexicon = &rules.vocabulary.lexicon;
        let mails = rules.iter().flat_map(|rule| &rule.examples).map(|example| example.mail.as_str());
        let mails = Folded::new(&mails.collect::<Vec<_>>().join("\n\n"));
        let mails = mails.text();
        let mut compared = 0;
        for pattern in lexicon.patterns.iter().step_by(4) {
            let Ok(Some(found)) = triggers::parsed(&pattern.source) else { continue };
            let [quick, fast] =
                [Pattern::new(&pattern.source, found.begin), Pattern::new(&pattern.source, found.begin)];
            assert!(fast.compiles());
            for (place, _) in found.literals.iter().flat_map(|literal| mails.match_indices(literal.as_ref())) {
                compared += 1;
                let end = mails[place..].find('\n').map_or(mails.len(), |length| place + length);
                let words = |pattern: &Pattern| match found.begin {
                    true => pattern.at(mails, place, end).map(|end| place..end).into_iter().collect::<Vec<_>>(),
                    false => pattern.all(&mails[place..end]).collect(),
                };
                assert_eq!(words(&quick), words(&fast), "{} in {}", pattern.source, &mails[place..end]);
            }
        }
        assert!(compared > 5_000, "{compared}");
    }

    #[test]
    fn each_place_is_told_once() {
        let mut linker = Linker::default();
        let mut lists =
            [["/sorry[^.\\n]{0,3}/", "sorry a"], ["/\\n敬具/", "以上"], ["/sorry for[^.\\n]{0,9}delay/", "x"]]
                .map(|entries| Words { entries: entries.iter().map(|entry| (*entry).to_owned()).collect(), list: 0 });
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
        let words = |entries: &[&str]| Words { entries: entries.iter().map(|e| (*e).to_owned()).collect(), list: 0 };
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

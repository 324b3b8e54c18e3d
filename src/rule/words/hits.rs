//! What of a lexicon stands in one text.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::pattern::Pattern;
use super::{Layer, Layers, Words, overlapped};
use crate::clause;
use crate::lexicon::{Target, View};
use crate::numbers::ByNumber;

/// What was found in one folded text.
pub(crate) struct Hits<'a> {
    text: Cow<'a, str>,
    /// By layer.
    found: Vec<Found<'a>>,
    /// Where the sentences and the lines end, once somebody asked.
    sentence_ends: OnceCell<Vec<usize>>,
    line_ends: OnceCell<Vec<usize>>,
}

/// What was found of one layer.
struct Found<'a> {
    layer: &'a Layer,
    view: View<'a>,
    /// Where each literal begins, by its number.
    places: ByNumber<usize, Vec<usize>>,
    /// Lists and their literals here, in order of the lists.
    words: Vec<(usize, Literal)>,
    /// Patterns and their triggers here, in order of the patterns.
    triggers: Vec<(usize, usize)>,
    /// Words and matches of patterns together, by list, once somebody asked.
    ///
    /// Only lists that may have some, in order: a mail may be a hundred thousand texts.
    lists: Vec<(usize, OnceCell<Vec<Range<usize>>>)>,
}

/// A literal of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Literal {
    number: usize,
    /// It begins, or ends, with a word.
    start: bool,
    end: bool,
}

/// A list that is found more often in one text is a flood: memory stays bounded, and the first ones tell as much.
const MOST_HITS: usize = 10_000;

/// From so many places in one sentence or line a pattern is looked for in the whole of it: each place on its own could
/// mean reading all of it as often.
const MANY: usize = 16;

/// Longer than any sentence a person writes; what goes on beyond is a table or a file. In octets.
const LONGEST_SENTENCE: usize = 1_800;

impl Layers {
    /// One pass over a folded text.
    pub(in crate::rule) fn scan<'a>(&'a self, text: impl Into<Cow<'a, str>>) -> Hits<'a> {
        let text = text.into();
        let found = self.0.iter().map(|layer| Found::new(layer, &text)).collect();
        Hits { text, found, sentence_ends: OnceCell::new(), line_ends: OnceCell::new() }
    }
}

impl<'a> Found<'a> {
    fn new(layer: &'a Layer, text: &str) -> Found<'a> {
        let view = layer.lexicon.view();
        let mut places: ByNumber<usize, Vec<usize>> = ByNumber::default();
        view.find(text, |literal, start| {
            let places = places.entry(literal).or_default();
            if places.len() < MOST_HITS {
                places.push(start);
            }
        });
        let (mut words, mut triggers) = (Vec::new(), Vec::new());
        for &number in places.keys() {
            for target in view.meanings(number) {
                match target {
                    Target::Trigger { pattern } => triggers.push((pattern, number)),
                    Target::Word { list, start, end } => words.push((list, Literal { number, start, end })),
                }
            }
        }
        words.sort_unstable();
        triggers.sort_unstable();
        let possible = triggers.iter().map(|(pattern, _)| *pattern).chain(view.untriggered());
        let mut candidates: Vec<usize> = possible.flat_map(|pattern| view.lists_of(pattern)).collect();
        candidates.extend(words.iter().map(|(list, _)| *list));
        candidates.sort_unstable();
        candidates.dedup();
        let lists = candidates.into_iter().map(|list| (list, OnceCell::new())).collect();
        Found { layer, view, places, words, triggers, lists }
    }

    /// Where literals of a list stand that are whole words where they have to be.
    fn words_of(&self, list: usize, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        for (_, Literal { number, start, end }) in of_key(&self.words, list) {
            let length = self.view.length(*number);
            let is_whole = |range: &Range<usize>| {
                let inside_before = *start && range.start > 0 && bytes[range.start - 1].is_ascii_alphanumeric();
                let inside_after = *end && bytes.get(range.end).is_some_and(u8::is_ascii_alphanumeric);
                !inside_before && !inside_after
            };
            out.extend(self.places[number].iter().map(|&at| at..at + length).filter(is_whole));
        }
        out.sort_unstable_by_key(|range| range.start);
        out.truncate(MOST_HITS);
        out
    }

    /// Where literals of a pattern stand, in order.
    fn triggers_of(&self, pattern: usize) -> Vec<usize> {
        let literals = of_key(&self.triggers, pattern);
        let mut out: Vec<usize> = literals.iter().flat_map(|(_, number)| &self.places[number]).copied().collect();
        out.sort_unstable();
        out.truncate(MOST_HITS);
        out
    }
}

/// The pairs with a key, of pairs in order.
fn of_key<T>(pairs: &[(usize, T)], key: usize) -> &[(usize, T)] {
    let from = pairs.partition_point(|pair| pair.0 < key);
    &pairs[from..from + pairs[from..].partition_point(|pair| pair.0 == key)]
}

impl Hits<'_> {
    /// Where words of a list stand, in order.
    pub(crate) fn of(&self, words: &Words) -> &[Range<usize>] {
        let Some(place) = words.place else { return &[] };
        let found = &self.found[place.layer];
        let at = found.lists.binary_search_by_key(&place.list, |(list, _)| *list);
        at.map_or(&[], |at| found.lists[at].1.get_or_init(|| self.find(found, place.list)))
    }

    /// Whether words of a list overlap a range.
    pub(crate) fn touch(&self, words: &Words, range: &Range<usize>) -> bool {
        overlapped(self.of(words), range, |found| found.clone())
    }

    pub(crate) fn any(&self, words: &Words) -> bool {
        !self.of(words).is_empty()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn find(&self, found: &Found<'_>, list: usize) -> Vec<Range<usize>> {
        let mut out = found.words_of(list, &self.text);
        for number in found.view.patterns_of(list) {
            let places = found.triggers_of(number);
            let is_untriggered = found.view.untriggered().any(|untriggered| untriggered == number);
            if places.is_empty() && !is_untriggered {
                continue;
            }
            let pattern = found.layer.pattern(number);
            if is_untriggered {
                self.anywhere(pattern, &mut out);
            } else if pattern.begins_with_triggers() {
                self.begin_at(pattern, &places, &mut out);
            } else {
                self.around(pattern, &places, &mut out);
            }
        }
        out.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        // Two lists of words may share entries.
        out.dedup();
        out
    }

    /// Matches that begin at these places, none within another.
    fn begin_at(&self, pattern: &Pattern, mut places: &[usize], out: &mut Vec<Range<usize>>) {
        let (mut behind, mut count) = (0, 0);
        while let Some(&first) = places.first() {
            let range = self.surroundings(pattern, first);
            let (here, rest) = places.split_at(places.partition_point(|&place| place < range.end));
            places = rest;
            if here.len() > MANY {
                self.within(pattern, range, &mut behind, out);
                continue;
            }
            for &place in here {
                let end = || if place == first { range.end } else { self.surroundings(pattern, place).end };
                if place >= behind
                    && count < MOST_HITS
                    && let Some(end) = pattern.at(&self.text, place, end())
                {
                    out.push(place..end);
                    (behind, count) = (end, count + 1);
                }
            }
        }
    }

    /// Matches in the sentences or lines around these places, each looked at once.
    fn around(&self, pattern: &Pattern, places: &[usize], out: &mut Vec<Range<usize>>) {
        let (mut looked_at, mut behind) = (0, 0);
        for &place in places {
            if place >= looked_at {
                let range = self.surroundings(pattern, place);
                looked_at = range.end;
                self.within(pattern, range, &mut behind, out);
            }
        }
    }

    fn anywhere(&self, pattern: &Pattern, out: &mut Vec<Range<usize>>) {
        let whole = || std::iter::once(0..self.text.len()).collect();
        let ranges: Vec<Range<usize>> = if pattern.is_confined() { clause::sentences(&self.text) } else { whole() };
        ranges.into_iter().for_each(|range| self.within(pattern, range, &mut 0, out));
    }

    /// Matches in a range that begin behind the last one; the surroundings of two places may overlap.
    fn within(&self, pattern: &Pattern, range: Range<usize>, behind: &mut usize, out: &mut Vec<Range<usize>>) {
        let start = self.text.ceil_char_boundary(range.start.max(*behind).min(range.end));
        let found = pattern.all(&self.text[start..range.end]).take(MOST_HITS);
        let found = found.map(|found| start + found.start..start + found.end);
        out.extend(found.inspect(|found| *behind = found.end));
    }

    /// As far as a match may go around a place: the sentence, or the line, since folded text has a line for a paragraph
    /// and no pattern is meant to go on beyond.
    fn surroundings(&self, pattern: &Pattern, place: usize) -> Range<usize> {
        if pattern.is_confined() {
            return self.sentence(place);
        }
        let ends = self.line_ends.get_or_init(|| self.text.match_indices('\n').map(|(at, _)| at).collect());
        let before = ends.partition_point(|&end| end < place);
        let start = before.checked_sub(1).map_or(0, |last| ends[last] + 1);
        // A pattern may begin with the line end; its line is the next one.
        let next = before + usize::from(ends.get(before) == Some(&place));
        start..ends.get(next).copied().unwrap_or(self.text.len())
    }

    fn sentence(&self, place: usize) -> Range<usize> {
        let ends = self.sentence_ends.get_or_init(|| {
            let ends = self.text.char_indices().filter(|&(at, c)| clause::ends_sentence(&self.text, at, c));
            ends.map(|(at, c)| at + c.len_utf8()).collect()
        });
        let next = ends.partition_point(|&end| end <= place);
        let start = next.checked_sub(1).map_or(0, |last| ends[last]);
        let end = ends.get(next).copied().unwrap_or(self.text.len());
        let from = self.text.ceil_char_boundary(place.saturating_sub(LONGEST_SENTENCE));
        start.max(from)..end.min(self.text.floor_char_boundary(place + LONGEST_SENTENCE))
    }
}

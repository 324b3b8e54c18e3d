//! Tens of thousands of literals, found in one pass over a text.
//!
//! An Aho–Corasick automaton over the words of the packs is too large for the processor's nearer caches. Here the first
//! octets of each literal are hashed: at nearly every place of a text a few bits say that nothing begins there
//! (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, without its shifts: most words are short).

use std::ops::Range;

use super::octets::{Groups, Numbers, Reader, Texts, Writer};

/// How many first octets are hashed: the longest window that fits a literal. Most have 9 octets, three kana.
const WINDOWS: [usize; 5] = [1, 2, 3, 6, 9];

const HASH_BITS: u32 = 16;

/// So many literals of one hash are compared one by one.
const FEW: usize = 16;

/// Collects literals, each with what it means.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: String,
    literals: Vec<(Range<usize>, Place, usize)>,
}

/// Where a literal may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not behind a letter or digit of ASCII.
    WordStart,
    Anywhere,
}

/// What was collected, ready to be found. The number of a literal is its place in the order of the hashes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literals<'a> {
    texts: Texts<'a>,
    /// Where the literals of a hash begin; one more closes the last.
    starts: Numbers<'a>,
    /// Of those that may begin at the start of a word: all.
    filters: Filters<'a>,
    /// Of those that may begin within a word: few.
    within: Filters<'a>,
    meanings: Groups<'a>,
}

impl Builder {
    /// The same literal may come again and mean more; an empty one means nothing.
    pub(super) fn add(&mut self, literal: &str, place: Place, meaning: usize) {
        if !literal.is_empty() {
            let start = self.text.len();
            self.text.push_str(literal);
            self.literals.push((start..self.text.len(), place, meaning));
        }
    }

    /// `None` when there are more octets than fit.
    pub(super) fn build(mut self, out: &mut Writer) -> Option<()> {
        // Those behind each other in a part have their octets and four for a number each.
        u32::try_from(self.text.len() + 4 * self.literals.len()).ok()?;
        let bytes = self.text.as_bytes();
        let (mut filters, mut within) = (vec![0; FILTERS], vec![0; FILTERS]);
        let hash_of = |range: &Range<usize>| {
            // The octets behind a literal are those of the next one: no window reaches there.
            let (word, window) = (word_at(bytes, range.start), window_of(range.len()));
            (word, window, hash(word, window))
        };
        for (range, place, _) in &self.literals {
            let (word, window, _) = hash_of(range);
            add(&mut filters, word, window);
            if *place == Place::Anywhere {
                add(&mut within, word, window);
            }
        }
        self.literals.sort_by_cached_key(|(range, ..)| (hash_of(range).2, &bytes[range.clone()]));
        let (mut texts, mut meanings): (Vec<&[u8]>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        let mut starts = vec![0; (1 << HASH_BITS) + 1];
        for (range, _, meaning) in &self.literals {
            let text = &bytes[range.clone()];
            if texts.last() != Some(&text) {
                texts.push(text);
                meanings.push(Vec::new());
                starts[hash_of(range).2 as usize + 1] += 1;
            }
            meanings.last_mut().expect("one for each text").push(*meaning);
        }
        for hash in 1..starts.len() {
            starts[hash] += starts[hash - 1];
        }
        out.texts(&texts);
        out.numbers(starts);
        out.octets(&filters);
        out.octets(&within);
        out.groups(&meanings);
        Some(())
    }
}

impl<'a> Literals<'a> {
    pub(super) fn read(parts: &mut Reader<'a>) -> Literals<'a> {
        Literals {
            texts: parts.texts(),
            starts: parts.numbers(),
            filters: Filters(parts.octets().as_chunks().0),
            within: Filters(parts.octets().as_chunks().0),
            meanings: parts.groups(),
        }
    }

    /// What a literal means, by its number.
    pub(super) fn meanings(self, literal: usize) -> impl Iterator<Item = usize> + 'a {
        self.meanings.of(literal)
    }

    /// In octets.
    pub(super) fn length(self, literal: usize) -> usize {
        self.texts.get(literal).len()
    }

    /// Calls back with the number of each literal and each place where it begins, in the order of the places. Some that may
    /// begin at the start of a word only are told within one too, where another of the same hash may.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut is_within = false;
        for (at, &byte) in bytes.iter().enumerate() {
            // Literals begin where characters begin.
            if byte & 0xc0 == 0x80 {
                continue;
            }
            let filters = if is_within { self.within } else { self.filters };
            is_within = byte.is_ascii_alphanumeric();
            filters.candidates(word_at(bytes, at), |window, hash| self.verify(bytes, at, window, hash, &mut found));
        }
    }

    fn verify(&self, bytes: &[u8], at: usize, window: usize, hash: u32, found: &mut impl FnMut(usize, usize)) {
        let mut report = |literal: usize, text: &[u8]| {
            if window_of(text.len()) == window {
                found(literal, at);
            }
        };
        let mut here = self.starts.range(hash as usize);
        if here.len() <= FEW {
            for literal in here {
                let text = self.texts.get(literal);
                if bytes[at..].starts_with(text) {
                    report(literal, text);
                }
            }
            return;
        }
        // Thousands of names may begin alike. The last literal that sorts before the text either begins the text, or
        // no longer one does than what both have in common.
        let mut rest = &bytes[at..];
        while let Some(last) = self.last_before(here.clone(), rest) {
            let text = self.texts.get(last);
            let common = text.iter().zip(rest).take_while(|(a, b)| a == b).count();
            if common == text.len() {
                report(last, text);
            }
            rest = &rest[..common.min(text.len().saturating_sub(1))];
            here.end = last;
        }
    }

    /// The last of these literals, which are in order, that does not sort behind the text.
    fn last_before(&self, Range { start, end }: Range<usize>, text: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low.midpoint(high);
            if self.texts.get(middle) <= text { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1).filter(|last| *last >= start)
    }
}

/// Octets with a bit for each hash.
const BITS: usize = 1 << (HASH_BITS - 3);

/// Which hashes some literals have, nearly everywhere it tells that none begins: bits by window, and behind them those
/// of the first three octets of the longer ones, which one look excludes together.
#[derive(Debug, Clone, Copy)]
struct Filters<'a>(&'a [[u8; BITS]]);

/// The bits of all windows, and those of the longer ones.
const FILTERS: usize = (WINDOWS.len() + 1) * BITS;

const LONGER: usize = WINDOWS.len();

/// The window whose octets stand for those of the longer ones.
const THREE: usize = 2;

fn add(filters: &mut [u8], word: u128, window: usize) {
    let mut set = |window: usize, hash: u32| filters[window * BITS + hash as usize / 8] |= 1 << (hash % 8);
    set(window, hash(word, window));
    if window >= THREE {
        set(LONGER, hash(word, THREE));
    }
}

impl Filters<'_> {
    /// Windows and hashes that literals here may have.
    fn candidates(self, word: u128, mut candidate: impl FnMut(usize, u32)) {
        let is_set = |window: usize, hash: u32| self.0[window][hash as usize / 8] & 1 << (hash % 8) != 0;
        let mut look = |window: usize, hash: u32| {
            if is_set(window, hash) {
                candidate(window, hash);
            }
        };
        look(0, hash(word, 0));
        look(1, hash(word, 1));
        let three = hash(word, THREE);
        if is_set(LONGER, three) {
            look(THREE, three);
            (THREE + 1..WINDOWS.len()).for_each(|window| look(window, hash(word, window)));
        }
    }
}

/// The index of the longest window that fits into so many octets.
fn window_of(length: usize) -> usize {
    WINDOWS.iter().rposition(|&window| window <= length).unwrap_or_default()
}

/// Sixteen octets, zeros behind the end.
fn word_at(bytes: &[u8], at: usize) -> u128 {
    match bytes.get(at..at + 16).and_then(|octets| octets.try_into().ok()) {
        Some(octets) => u128::from_le_bytes(octets),
        None => bytes[at..].iter().take(16).rev().fold(0, |word, &byte| word << 8 | u128::from(byte)),
    }
}

/// Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4) of the first octets.
fn hash(word: u128, window: usize) -> u32 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let octets = word & (u128::MAX >> (128 - 8 * WINDOWS[window]));
    let folded = octets as u64 ^ ((octets >> 64) as u64).rotate_left(29) ^ window as u64;
    (folded.wrapping_mul(GOLDEN) >> (64 - HASH_BITS)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(literals: &[String], text: &str) -> Vec<(Range<usize>, usize)> {
        let mut builder = Builder::default();
        literals.iter().enumerate().for_each(|(n, literal)| {
            builder.add(literal, if n % 3 == 0 { Place::WordStart } else { Place::Anywhere }, n)
        });
        let mut octets = Writer::default();
        builder.build(&mut octets).expect("few octets");
        let literals = Literals::read(&mut Reader(&octets.0));
        let mut found = Vec::new();
        literals.find(text, |number, start| {
            let range = start..start + literals.length(number);
            found.extend(literals.meanings(number).map(|meaning| (range.clone(), meaning)));
        });
        found
    }

    proptest! {
        /// What a naive search finds, however long or short the literals are and where they stand.
        #[test]
        fn finds_what_is_there(
            literals in proptest::collection::vec("[ab 。あい]{0,12}", 0..40),
            alike in proptest::collection::vec("有限会社[ab]{0,6}", 0..60),
            text in "([ab 。あい]|有限会社[ab]{0,6}){0,60}",
        ) {
            let literals = [literals, alike].concat();
            let mut naive = Vec::new();
            for (at, _) in text.char_indices() {
                let here = literals.iter().enumerate().filter(|(_, literal)| !literal.is_empty() && text[at..].starts_with(*literal));
                naive.extend(here.map(|(n, literal)| (at..at + literal.len(), n)));
            }
            let mut found = all(&literals, &text);
            prop_assert!(found.is_sorted_by_key(|(range, _)| range.start));
            // Where one of them may not begin, it may be told or not.
            let bytes = text.as_bytes();
            let fits = |(range, n): &(Range<usize>, usize)| {
                n % 3 != 0 || range.start == 0 || !bytes[range.start - 1].is_ascii_alphanumeric()
            };
            found.retain(fits);
            naive.retain(fits);
            let key = |(range, n): &(Range<usize>, usize)| (range.start, range.end, *n);
            found.sort_by_key(key);
            naive.sort_by_key(key);
            prop_assert_eq!(found, naive);
        }
    }
}

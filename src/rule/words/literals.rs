//! Tens of thousands of literals, found in one pass over a text.
//!
//! An Aho–Corasick automaton over the words of the packs takes longer to build than everything else a start does, and
//! is too large for the processor's nearer caches. Here the first octets of each literal are hashed: building sorts by
//! the hashes, and at nearly every place of a text a few bits say that nothing begins there
//! (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, without its shifts: most words are short).

use std::ops::Range;

/// How many first octets are hashed: the longest window that fits a literal. Most have 9 octets, three kana.
const WINDOWS: [usize; 5] = [1, 2, 3, 6, 9];

const HASH_BITS: u32 = 16;

/// So many literals of one hash are compared one by one.
const FEW: usize = 16;

/// Collects literals, each with what it means.
pub(super) struct Builder<T> {
    text: String,
    literals: Vec<(Range<usize>, Place, T)>,
}

/// Where a literal may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not behind a letter or digit of ASCII.
    WordStart,
    Anywhere,
}

/// What was collected, ready to be found.
#[derive(Debug)]
pub(super) struct Literals<T> {
    text: Vec<u8>,
    /// Sorted by hash; those of one hash stand together.
    entries: Vec<Entry>,
    /// Where the entries of a hash begin; one more closes the last.
    starts: Vec<u32>,
    /// Of those that may begin at the start of a word: all.
    filters: Filters,
    /// Of those that may begin within a word: few.
    within: Filters,
    /// What the literals mean, in the order of the entries.
    meanings: Vec<T>,
}

#[derive(Debug)]
struct Entry {
    text: Range<u32>,
    meanings: Range<u32>,
    window: u8,
}

impl<T: Copy> Builder<T> {
    pub(super) fn new() -> Builder<T> {
        Builder { text: String::new(), literals: Vec::new() }
    }

    /// The same literal may come again and mean more; an empty one means nothing.
    pub(super) fn add(&mut self, literal: &str, place: Place, meaning: T) {
        if !literal.is_empty() {
            let start = self.text.len();
            self.text.push_str(literal);
            self.literals.push((start..self.text.len(), place, meaning));
        }
    }

    /// `None` when there are more octets than fit.
    pub(super) fn build(self) -> Option<Literals<T>> {
        u32::try_from(self.text.len()).ok()?;
        let bytes = self.text.as_bytes();
        let (mut filters, mut within) = (Filters::default(), Filters::default());
        let hashes: Vec<u32> = self
            .literals
            .iter()
            .map(|(range, place, _)| {
                // The octets behind a literal are those of the next one: no window reaches there.
                let (word, window) = (word_at(bytes, range.start), window_of(range.len()));
                filters.add(word, window);
                if *place == Place::Anywhere {
                    within.add(word, window);
                }
                hash(word, window)
            })
            .collect();
        let mut out = Literals {
            text: Vec::with_capacity(bytes.len()),
            entries: Vec::with_capacity(hashes.len()),
            starts: vec![0; (1 << HASH_BITS) + 1],
            filters,
            within,
            meanings: Vec::with_capacity(hashes.len()),
        };
        let literal = |number: usize| &bytes[self.literals[number].0.clone()];
        for same in by_hash(&hashes).chunk_by_mut(|a, b| hashes[*a] == hashes[*b]) {
            same.sort_unstable_by_key(|&number| literal(number));
            same.iter().for_each(|&number| out.push(hashes[number], literal(number), self.literals[number].2));
        }
        // So far each hash has the number of its entries.
        let mut before = 0;
        for start in &mut out.starts {
            before += std::mem::replace(start, before);
        }
        Some(out)
    }
}

/// The numbers of the literals in the order of their hashes, by counting: comparing takes ten times as long.
fn by_hash(hashes: &[u32]) -> Vec<usize> {
    let mut next = vec![0; (1 << HASH_BITS) + 1];
    hashes.iter().for_each(|&hash| next[hash as usize + 1] += 1);
    for hash in 1..next.len() {
        next[hash] += next[hash - 1];
    }
    let mut out = vec![0; hashes.len()];
    for (number, &hash) in hashes.iter().enumerate() {
        out[next[hash as usize]] = number;
        next[hash as usize] += 1;
    }
    out
}

impl<T: Copy> Literals<T> {
    /// Adds a literal that sorts behind the last one or is the same.
    fn push(&mut self, hash: u32, literal: &[u8], meaning: T) {
        let same = self.entries.last_mut().filter(|last| self.text[place(&last.text)] == *literal);
        self.meanings.push(meaning);
        let meanings = self.meanings.len() as u32;
        if let Some(same) = same {
            same.meanings.end = meanings;
            return;
        }
        let start = self.text.len() as u32;
        self.text.extend_from_slice(literal);
        let window = window_of(literal.len());
        let text = start..self.text.len() as u32;
        self.entries.push(Entry { text, meanings: meanings - 1..meanings, window: window as u8 });
        self.starts[hash as usize] += 1;
    }

    /// What a literal means, by its number.
    pub(super) fn meanings(&self, number: usize) -> &[T] {
        &self.meanings[place(&self.entries[number].meanings)]
    }

    /// In octets.
    pub(super) fn length(&self, number: usize) -> usize {
        self.entries[number].text.len()
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
            let filters = if is_within { &self.within } else { &self.filters };
            is_within = byte.is_ascii_alphanumeric();
            filters.candidates(word_at(bytes, at), |window, hash| self.verify(bytes, at, window, hash, &mut found));
        }
    }

    fn verify(&self, bytes: &[u8], at: usize, window: usize, hash: u32, found: &mut impl FnMut(usize, usize)) {
        let hash = hash as usize;
        let first = self.starts[hash] as usize;
        let mut entries = &self.entries[first..self.starts[hash + 1] as usize];
        let mut report = |number: usize, entry: &Entry| {
            if usize::from(entry.window) == window {
                found(first + number, at);
            }
        };
        if entries.len() <= FEW {
            let here = entries.iter().enumerate().filter(|(_, entry)| bytes[at..].starts_with(self.literal(entry)));
            here.for_each(|(number, entry)| report(number, entry));
            return;
        }
        // Thousands of names may begin alike. The last literal that sorts before the text either begins the text, or
        // no longer one does than what both have in common.
        let mut rest = &bytes[at..];
        while let Some(last) = entries.partition_point(|entry| self.literal(entry) <= rest).checked_sub(1) {
            let literal = self.literal(&entries[last]);
            let common = literal.iter().zip(rest).take_while(|(a, b)| a == b).count();
            if common == literal.len() {
                report(last, &entries[last]);
            }
            rest = &rest[..common.min(literal.len().saturating_sub(1))];
            entries = &entries[..last];
        }
    }

    fn literal(&self, entry: &Entry) -> &[u8] {
        &self.text[place(&entry.text)]
    }
}

/// Which hashes some literals have: nearly everywhere it tells that none begins.
#[derive(Debug)]
struct Filters {
    /// A bit for each hash, by window.
    windows: [Vec<u64>; WINDOWS.len()],
    /// The same for the first three octets of the longer ones, which one look excludes together.
    longer: Vec<u64>,
}

/// The window whose octets stand for those of the longer ones.
const THREE: usize = 2;

impl Default for Filters {
    fn default() -> Filters {
        let bits = || vec![0; 1 << (HASH_BITS - 6)];
        Filters { windows: std::array::from_fn(|_| bits()), longer: bits() }
    }
}

impl Filters {
    fn add(&mut self, word: u128, window: usize) {
        set(&mut self.windows[window], hash(word, window));
        if window >= THREE {
            set(&mut self.longer, hash(word, THREE));
        }
    }

    /// Windows and hashes that literals here may have.
    fn candidates(&self, word: u128, mut candidate: impl FnMut(usize, u32)) {
        let mut look = |window: usize, hash: u32| {
            if is_set(&self.windows[window], hash) {
                candidate(window, hash);
            }
        };
        look(0, hash(word, 0));
        look(1, hash(word, 1));
        let three = hash(word, THREE);
        if is_set(&self.longer, three) {
            look(THREE, three);
            (THREE + 1..WINDOWS.len()).for_each(|window| look(window, hash(word, window)));
        }
    }
}

fn set(bits: &mut [u64], hash: u32) {
    bits[hash as usize / 64] |= 1 << (hash % 64);
}

fn is_set(bits: &[u64], hash: u32) -> bool {
    bits[hash as usize / 64] & (1 << (hash % 64)) != 0
}

fn place(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
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
        let mut builder = Builder::new();
        literals.iter().enumerate().for_each(|(n, literal)| {
            builder.add(literal, if n % 3 == 0 { Place::WordStart } else { Place::Anywhere }, n)
        });
        let literals = builder.build().expect("few octets");
        let mut found = Vec::new();
        literals.find(text, |number, start| {
            let range = start..start + literals.length(number);
            found.extend(literals.meanings(number).iter().map(|&meaning| (range.clone(), meaning)));
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

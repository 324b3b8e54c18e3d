//! Where a file's objects are: cross-reference tables and streams (ISO 32000-1, 7.5.4, 7.5.8), looked up and not copied;
//! and the search for objects where these are missing or wrong.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::file::File;
use super::syntax::{Lexer, is_blank};
use super::value::{Dict, Value};

/// Updates appended to one file, each with a section of its own.
const MAX_UPDATES: usize = 64;
/// Runs of numbers in all sections.
const MAX_RUNS: usize = 2_000;
/// Objects found by searching; files with more are no letters.
const MAX_FOUND: usize = 100_000;
/// Words that such a search looks at; an object begins with one and ends with one.
const MAX_WORDS: usize = 4 * MAX_FOUND;
/// The file's end names the last section; other programs' lines may stand behind it.
const TAIL: usize = 2 << 10;
/// Bytes of an entry, ISO 32000-1, 7.5.4.
const ENTRY: usize = 20;
/// What is looked up in a trailer.
const TRAILER: [&str; 4] = ["Root", "Info", "Encrypt", "ID"];

/// Sections, the newest first.
#[derive(Default)]
pub(super) struct Table {
    runs: Vec<Run>,
    /// The data of cross-reference streams.
    streams: Vec<Vec<u8>>,
    found: HashMap<u32, Place>,
    is_repaired: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Place {
    At(usize),
    /// In the object stream of this number.
    In(u32),
}

/// Entries for consecutive numbers.
struct Run {
    first: u32,
    count: usize,
    /// Where the entries begin: in the file, or in the data of a stream.
    at: usize,
    /// Which stream's, and how wide its three fields are.
    packed: Option<(usize, [usize; 3])>,
}

impl Table {
    /// What a look-up costs, in the unit of the allowance.
    pub(super) fn cost(&self) -> usize {
        self.runs.len()
    }

    pub(super) fn place(&self, number: u32, content: &[u8]) -> Option<Place> {
        if self.is_repaired {
            return self.found.get(&number).copied();
        }
        self.runs.iter().find_map(|run| {
            let n = usize::try_from(number.checked_sub(run.first)?).ok().filter(|n| *n < run.count)?;
            match run.packed {
                None => plain_entry(content.get(run.at + n * ENTRY..)?),
                Some((stream, widths)) => packed_entry(self.streams.get(stream)?.get(run.at..)?, n, widths),
            }
        })
    }
}

/// `0000000015 00000 n`
fn plain_entry(entry: &[u8]) -> Option<Place> {
    let mut lexer = Lexer::new(&entry[..entry.len().min(ENTRY)], 0);
    let offset = lexer.integer()?;
    lexer.integer()?;
    lexer.skip_word(b"n").then_some(Place::At(offset))
}

fn packed_entry(entries: &[u8], n: usize, widths: [usize; 3]) -> Option<Place> {
    let length: usize = widths.iter().sum();
    let entry = entries.get(n * length..(n + 1) * length)?;
    let number = |from: usize, width: usize| {
        entry[from..from + width].iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte))
    };
    // Without a first field every entry is an object in the open.
    let kind = if widths[0] == 0 { 1 } else { number(0, widths[0]) };
    let second = number(widths[0], widths[1]);
    match kind {
        1 => Some(Place::At(second)),
        2 => Some(Place::In(u32::try_from(second).ok()?)),
        _ => None,
    }
}

impl File<'_> {
    /// Follows the sections from the newest to the oldest; `None` where one is broken.
    pub(super) fn read_table(&mut self) -> Option<()> {
        let tail = self.content.len().saturating_sub(TAIL);
        let last = self.content[tail..].windows(9).rposition(|word| word == b"startxref")?;
        let mut next = Lexer::new(self.content, tail + last + 9).integer();
        let mut visited = Vec::new();
        while let Some(at) = next.filter(|at| !visited.contains(at) && visited.len() < MAX_UPDATES) {
            visited.push(at);
            let trailer = self.section(at)?;
            // A hybrid file has for old readers a table, and for others a stream beside it.
            if let Some(hidden) = trailer.get("XRefStm").index().filter(|at| !visited.contains(at)) {
                visited.push(hidden);
                self.section(hidden);
            }
            next = trailer.get("Prev").index().filter(|_| self.left() > 0);
            self.trailer.complete_with(&trailer, &TRAILER);
        }
        (self.table.runs.len() <= MAX_RUNS).then_some(())
    }

    fn section(&mut self, at: usize) -> Option<Dict> {
        let mut lexer = Lexer::new(self.content, at);
        let is_table = lexer.skip_word(b"xref");
        self.spend(lexer.at - at.min(lexer.at));
        if !is_table {
            return self.stream_section(at);
        }
        loop {
            // Entries cost nothing: they are passed over.
            let start = lexer.at;
            let trailer = lexer.skip_word(b"trailer").then(|| lexer.value());
            let head = (lexer.integer(), lexer.integer());
            lexer.skip_blanks();
            self.spend(lexer.at - start);
            if let Some(trailer) = trailer {
                return if let Value::Dict(trailer) = trailer { Some(trailer) } else { None };
            }
            let (first, count) = (u32::try_from(head.0?).ok()?, head.1?);
            let end = count.checked_mul(ENTRY)?.checked_add(lexer.at)?;
            if end > self.content.len() || self.table.runs.len() >= MAX_RUNS {
                return None;
            }
            self.table.runs.push(Run { first, count, at: lexer.at, packed: None });
            lexer.at = end;
        }
    }

    fn stream_section(&mut self, at: usize) -> Option<Dict> {
        let (_, Value::Stream(stream)) = self.object_at(at)? else { return None };
        let dict = stream.dict.clone();
        let widths: Vec<usize> = dict.get("W").items().iter().filter_map(Value::index).collect();
        let widths = <[usize; 3]>::try_from(widths).ok().filter(|widths| widths.iter().all(|width| *width <= 8))?;
        let length = widths.iter().sum::<usize>();
        let data = self.data(&stream, usize::MAX);
        let mut index: Vec<usize> = dict.get("Index").items().iter().filter_map(Value::index).collect();
        if index.is_empty() {
            index = vec![0, dict.get("Size").index()?];
        }
        let packed = Some((self.table.streams.len(), widths));
        self.table.streams.push(data);
        let mut at = 0_usize;
        for pair in index.chunks_exact(2).take(MAX_RUNS) {
            self.table.runs.push(Run { first: u32::try_from(pair[0]).ok()?, count: pair[1], at, packed });
            at = at.checked_add(pair[1].checked_mul(length)?)?;
        }
        Some(dict)
    }

    /// Looks for the objects themselves. Once: `false` if that was done before.
    pub(super) fn repair(&mut self) -> bool {
        if std::mem::replace(&mut self.table.is_repaired, true) {
            return false;
        }
        let seen = search(self.content);
        self.table.found = seen.objects;
        let mut trailer = Dict::default();
        for at in seen.trailers.iter().rev().take(MAX_UPDATES) {
            // A trailer's dictionary, or the one of a cross-reference stream, which takes a trailer's place.
            if self.left() == 0 {
                break;
            }
            let mut lexer = Lexer::new(self.content, *at);
            let mut value = lexer.value();
            self.spend(lexer.at - at);
            if value.dict().is_none() {
                value = self.object_at(*at).map_or(Value::Other, |(_, value)| value);
            }
            if let Some(dict) = value.dict() {
                trailer.complete_with(dict, &TRAILER);
            }
        }
        for (key, number) in [("Root", seen.catalog), ("Info", seen.description)] {
            if let Some(number) = number.filter(|_| !trailer.has(key)) {
                trailer.0.push((key.into(), Value::Reference(number)));
            }
        }
        trailer.complete_with(&self.trailer, &TRAILER);
        self.trailer = trailer;
        // Object streams of an encrypted file are encrypted, too.
        let packs = if self.unlock().is_ok() { &seen.packs[..seen.packs.len().min(MAX_RUNS)] } else { &[] };
        for stream in packs {
            // One stream may be named a thousand times.
            if self.left() == 0 {
                break;
            }
            for number in self.numbers_in(*stream) {
                self.table.found.entry(number).or_insert(Place::In(*stream));
            }
        }
        true
    }
}

/// What a search finds.
#[derive(Default)]
struct Seen {
    objects: HashMap<u32, Place>,
    trailers: Vec<usize>,
    packs: Vec<u32>,
    catalog: Option<u32>,
    description: Option<u32>,
}

fn search(content: &[u8]) -> Seen {
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::new(["obj", "trailer", "/XRef", "/ObjStm", "/Catalog", "/Producer", "/Creator"]).expect("literals")
    });
    let mut seen = Seen::default();
    let mut last = None;
    for found in WORDS.find_iter(content).take(MAX_WORDS) {
        match (found.pattern().as_usize(), last) {
            (0, _) => {
                if let Some((number, at)) = header(&content[..found.start()]).filter(|_| seen.objects.len() < MAX_FOUND)
                {
                    seen.objects.insert(number, Place::At(at));
                    last = Some((number, at));
                }
            }
            (1, _) => seen.trailers.push(found.end()),
            (2, Some((_, at))) => seen.trailers.push(at),
            (3, Some((number, _))) => seen.packs.push(number),
            (4, Some((number, _))) => seen.catalog = Some(number),
            (_, Some((number, _))) => seen.description = Some(number),
            (_, None) => {}
        }
    }
    seen
}

/// The number of the object whose `obj` stands behind these bytes, and where its first digit is: `12 0 obj`.
fn header(before: &[u8]) -> Option<(u32, usize)> {
    let window = &before[before.len().saturating_sub(32)..];
    let number = |text: &[u8]| -> Option<(usize, usize)> {
        let end = text.len() - text.iter().rev().take_while(|byte| is_blank(**byte)).count();
        let start = end - text[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        (start < end).then_some((start, end))
    };
    let (generation, _) = number(window)?;
    let (start, end) = number(&window[..generation])?;
    let number = std::str::from_utf8(&window[start..end]).ok()?.parse().ok()?;
    (end < generation).then_some((number, before.len() - window.len() + start))
}

//! A file's objects, each read when it is asked for: ISO 32000-1, 7.5. A page needs a few dozen of what may be a million.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::filter;
use super::lock::Lock;
use super::syntax::Lexer;
use super::value::{Dict, Stream, Value};
use super::xref::{Place, Table};

/// Objects that need others to be read: a stream's length, the object stream that holds it.
const MAX_DEPTH: usize = 6;
/// A text of one page is longer than this nowhere; in bytes.
const MAX_STREAM: usize = 1 << 20;
/// ISO 32000-1, 7.3.8.2 knows ten; real files chain two.
const MAX_FILTERS: usize = 4;
/// What a locked string costs besides its bytes: a key of its own.
const STRING: usize = 32;
/// Bytes between the end of a stream and the word that says so.
const MAX_BLANKS: usize = 64;
/// Producers put 100 to 200 objects into one stream.
const MAX_PACKED: usize = 10_000;

pub(super) struct File<'a> {
    pub(super) content: &'a [u8],
    pub(super) table: Table,
    pub(super) trailer: Dict,
    lock: Option<Lock>,
    packed: HashMap<u32, Rc<Packed>>,
    depth: usize,
    /// What is left of the work that may be done, in bytes read or unpacked.
    left: usize,
}

/// Why there is nothing to read.
pub(super) struct Locked;

/// An object stream (ISO 32000-1, 7.5.7) and where its objects begin.
struct Packed {
    data: Vec<u8>,
    starts: HashMap<u32, usize>,
}

impl<'a> File<'a> {
    pub(super) fn new(content: &'a [u8], allowance: usize) -> File<'a> {
        File {
            content,
            table: Table::default(),
            trailer: Dict::default(),
            lock: None,
            packed: HashMap::new(),
            depth: 0,
            left: allowance,
        }
    }

    /// Finds the objects, by the file's own directory or, where that is broken, by looking for them.
    pub(super) fn open(&mut self) -> Result<(), Locked> {
        let is_read = self.read_table().is_some();
        self.unlock()?;
        if !is_read || !self.has_pages() {
            self.repair();
            self.unlock()?;
        }
        Ok(())
    }

    /// What is left of the allowance.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    pub(super) fn unlock(&mut self) -> Result<(), Locked> {
        if self.lock.is_some() || !self.trailer.has("Encrypt") {
            return Ok(());
        }
        let encrypt = self.resolved(&self.trailer.get("Encrypt").clone());
        let id = self.resolved(&self.trailer.get("ID").clone());
        let id = id.items().first().and_then(Value::string).unwrap_or_default();
        self.lock = Some(encrypt.dict().and_then(|encrypt| Lock::open(encrypt, id)).ok_or(Locked)?);
        // What was read so far was read as if it were clear.
        self.packed.clear();
        Ok(())
    }

    fn has_pages(&mut self) -> bool {
        let root = self.resolved(&self.trailer.get("Root").clone());
        root.dict().is_some_and(|root| root.has("Pages"))
    }

    /// The value, or what it refers to.
    pub(super) fn resolved(&mut self, value: &Value) -> Value {
        match value {
            Value::Reference(number) => self.object(*number),
            other => other.clone(),
        }
    }

    /// An entry of a dictionary, resolved.
    pub(super) fn entry(&mut self, dict: &Dict, key: &str) -> Value {
        self.resolved(dict.get(key))
    }

    pub(super) fn object(&mut self, number: u32) -> Value {
        if self.depth >= MAX_DEPTH || self.left == 0 {
            return Value::Other;
        }
        self.depth += 1;
        let mut value = self.found(number);
        if let Value::Reference(next) = value {
            value = self.object(next);
        }
        self.depth -= 1;
        value
    }

    fn found(&mut self, number: u32) -> Value {
        self.spend(16 + self.table.cost());
        match self.table.place(number, self.content) {
            None => Value::Other,
            Some(Place::In(stream)) => {
                self.packed(stream).and_then(|packed| self.unpacked(&packed, number)).unwrap_or(Value::Other)
            }
            Some(Place::At(offset)) => match self.object_at(offset) {
                Some((found, value)) if found == number => value,
                _ if self.repair() => self.found(number),
                _ => Value::Other,
            },
        }
    }

    /// The object that begins here, and its number.
    pub(super) fn object_at(&mut self, offset: usize) -> Option<(u32, Value)> {
        let mut lexer = Lexer::new(self.content, offset);
        let object = self.parsed(&mut lexer);
        self.spend(lexer.at - offset.min(lexer.at));
        object
    }

    fn parsed(&mut self, lexer: &mut Lexer<'_>) -> Option<(u32, Value)> {
        let number = u32::try_from(lexer.integer()?).ok()?;
        // Real generations end at 65,535.
        let generation = lexer.integer()? as u16;
        let mut value = if lexer.skip_word(b"obj") { lexer.value() } else { return None };
        let id = (number, generation);
        if let Some(lock) = &self.lock {
            let strings = lock.open_strings(&mut value, id);
            self.spend(strings * STRING);
        }
        if let Value::Dict(dict) = &mut value
            && lexer.skip_word(b"stream")
        {
            let line_end = match lexer.rest() {
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => 0,
            };
            value = Value::Stream(Box::new(Stream { dict: std::mem::take(dict), start: lexer.at + line_end, id }));
        }
        Some((number, value))
    }

    fn packed(&mut self, number: u32) -> Option<Rc<Packed>> {
        if let Some(packed) = self.packed.get(&number) {
            return Some(packed.clone());
        }
        let Value::Stream(stream) = self.object(number) else { return None };
        let count = self.entry(&stream.dict, "N").index()?.min(MAX_PACKED);
        let first = self.entry(&stream.dict, "First").index()?;
        let data = self.data(&stream, MAX_STREAM);
        let mut lexer = Lexer::new(&data, 0);
        let starts = (0..count).map_while(|_| Some((u32::try_from(lexer.integer()?).ok()?, first + lexer.integer()?)));
        let packed = Rc::new(Packed { starts: starts.collect(), data });
        self.packed.insert(number, packed.clone());
        Some(packed)
    }

    fn unpacked(&mut self, packed: &Packed, number: u32) -> Option<Value> {
        let start = *packed.starts.get(&number)?;
        let mut lexer = Lexer::new(&packed.data, start);
        let value = lexer.value();
        self.spend(lexer.at - start.min(lexer.at));
        Some(value)
    }

    /// The numbers of the objects in an object stream, for a file whose own directory is broken.
    pub(super) fn numbers_in(&mut self, stream: u32) -> Vec<u32> {
        let numbers: Vec<u32> =
            self.packed(stream).map(|packed| packed.starts.keys().copied().collect()).unwrap_or_default();
        self.spend(numbers.len());
        numbers
    }

    /// A stream's bytes: unlocked, unpacked, no more than one page's.
    pub(super) fn stream(&mut self, stream: &Stream) -> Vec<u8> {
        self.data(stream, MAX_STREAM)
    }

    /// Nothing if it is a picture.
    pub(super) fn data(&mut self, stream: &Stream, most: usize) -> Vec<u8> {
        let most = most.min(self.left);
        let Some(raw) = self.raw(stream) else { return Vec::new() };
        let raw = &raw[..raw.len().min(most)];
        self.spend(raw.len());
        let is_clear = stream.dict.get("Type").name() == b"XRef";
        let mut data = match &self.lock {
            Some(lock) if !is_clear => lock.open_stream(raw, stream.id),
            _ => raw.to_vec(),
        };
        let short = |key: &str, other: &str| {
            if stream.dict.has(key) { stream.dict.get(key).clone() } else { stream.dict.get(other).clone() }
        };
        let filters = self.resolved(&short("Filter", "F"));
        let params = self.resolved(&short("DecodeParms", "DP"));
        let filters = if filters.items().is_empty() { std::slice::from_ref(&filters) } else { filters.items() };
        for (n, filter) in filters.iter().take(MAX_FILTERS).enumerate() {
            let name = self.resolved(filter);
            if name.name().is_empty() {
                continue;
            }
            let of = self.resolved(params.items().get(n).unwrap_or(&params));
            let most = most.min(self.left);
            let Some(out) = filter::apply(name.name(), of.dict().unwrap_or(&Dict::default()), &data, most) else {
                return Vec::new();
            };
            self.spend(out.len());
            data = out;
        }
        data
    }

    /// As it stands in the file. Lengths are wrong often enough to be checked.
    fn raw(&mut self, stream: &Stream) -> Option<&'a [u8]> {
        static END: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::new(["endstream"]).expect("one literal"));
        let rest = self.content.get(stream.start..)?;
        let length = self.entry(&stream.dict, "Length").index();
        if let Some(length) = length.filter(|length| *length <= rest.len())
            && Lexer::new(&rest[..rest.len().min(length + MAX_BLANKS)], length).skip_word(b"endstream")
        {
            return Some(&rest[..length]);
        }
        // Where the end of a stream is missing, the search must not be paid for by every stream before it.
        const PER_BYTE: usize = 8;
        let seen = &rest[..rest.len().min(self.left.saturating_mul(PER_BYTE))];
        let length = END.find(seen).map_or(seen.len(), |found| found.start());
        self.spend(length / PER_BYTE);
        Some(rest[..length].trim_ascii_end())
    }
}

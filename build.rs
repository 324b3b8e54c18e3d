//! Writes the packs of rules as a start reads them without parsing: trees of values without examples, half of their
//! text, by which no mail is judged; and their lists of words, linked.
//!
//! `src/rule/compact` reads the trees: a tag, then what `put` writes for it. Lists of words are linked by the module that
//! links one's own.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use lexicon::{Linker, Names};

// Each has more than is used here.
#[allow(dead_code, unreachable_pub)]
#[path = "src/lexicon/mod.rs"]
mod lexicon;
#[allow(dead_code, unreachable_pub)]
#[path = "src/classifier/table.rs"]
mod table;
#[allow(dead_code, unreachable_pub)]
#[path = "src/message/text.rs"]
mod text;

/// What `lexicon` names it by.
mod message {
    pub(crate) use crate::text;
}

/// Fields with lists of texts that are no words. Other lists that a check reads itself are linked for nothing, which
/// costs less than telling them apart.
const OTHER_LISTS: [&str; 6] = ["agent", "contents", "groups", "kinds", "listed", "recipients"];

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/lexicon");
    println!("cargo::rerun-if-changed=src/message/text.rs");
    println!("cargo::rerun-if-changed=src/classifier/table.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("rules");
    let mut files = Vec::new();
    files_of(Path::new("rules"), &mut files);
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("a pack can be read")).collect();
    let mut packs: Vec<DeTable<'_>> = files.iter().zip(&texts).map(|(file, text)| parsed(file, text)).collect();
    let (names, tree) = names(&mut packs);
    write(&out.join("names"), &tree);
    let mut linker = Linker::default();
    for (file, pack) in files.iter().zip(packs) {
        let mut tree = Tree { octets: Vec::new(), names: &names, linker: &mut linker, file };
        tree.put_table(&pack);
        write(&out.join(file.strip_prefix("rules").expect("it was found there")), &tree.octets);
    }
    write(&out.join("lexicon"), &linker.build().expect("the packs are small"));
    write(&out.join("weights"), &weights(&fs::read_to_string("rules/weights.tsv").expect("it can be read")));
}

/// `rules/weights.tsv` as a table. Its first lines name the columns: roles of sentences, labels and kinds of mails; the
/// others have a table, a name, and weights, each behind its column.
fn weights(text: &str) -> Vec<u8> {
    let mut lines = text.lines();
    let mut columns = || lines.next().expect("three lines of columns").split('\t').skip(1).collect::<Vec<_>>();
    let (roles, labels, kinds) = (columns(), columns(), columns());
    let row = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let mut part = || parts.next().unwrap_or_else(|| panic!("weights.tsv: `{line}`"));
        let (table, name, cells) = (part(), part(), part());
        let columns = match table.chars().last() {
            Some('@') => &labels,
            Some('?') => &kinds,
            _ => &roles,
        };
        let cell = |cell: &str| {
            let (column, weight) = cell.split_once('=').unwrap_or_else(|| panic!("weights.tsv: `{line}`"));
            let column = columns.iter().position(|known| *known == column).unwrap_or_else(|| panic!("`{line}`"));
            (u8::try_from(column).expect("few columns"), weight.parse().unwrap_or_else(|_| panic!("`{line}`")))
        };
        (table::Hash::of(table).and(name.as_bytes()), cells.split(' ').map(cell).collect())
    };
    table::octets(&lines.map(row).collect::<Vec<_>>())
}

fn files_of(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the packs are there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_of(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}

fn write(file: &Path, octets: &[u8]) {
    fs::create_dir_all(file.parent().expect("it is below OUT_DIR")).expect("OUT_DIR is cargo's");
    fs::write(file, octets).expect("the directory was made");
}

fn parsed<'a>(file: &Path, text: &'a str) -> DeTable<'a> {
    let pack = DeTable::parse(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut pack = pack.into_inner();
    // What examples are told by.
    pack.remove("facts");
    if let Some(DeValue::Array(rules)) = pack.get_mut("rule").map(Spanned::get_mut) {
        for rule in rules.iter_mut() {
            if let DeValue::Table(rule) = rule.get_mut() {
                rule.remove("example");
            }
        }
    }
    pack
}

/// Takes the named lists out of all packs, with a tree of them.
fn names(packs: &mut [DeTable<'_>]) -> (Names, Vec<u8>) {
    let mut names = Names::default();
    for lists in packs.iter_mut().filter_map(|pack| pack.remove("lexicon")) {
        let DeValue::Table(lists) = lists.into_inner() else { panic!("[lexicon] is a table of lists") };
        for (name, list) in lists {
            names.define(name.get_ref(), texts(list.get_ref()).expect("a list of words"));
        }
    }
    let mut octets = Vec::new();
    let lists: Vec<(&str, &[String])> = names.iter().collect();
    put_tag(&mut octets, b't', lists.len());
    for (name, list) in lists {
        put_text(&mut octets, name);
        put_texts(&mut octets, list);
    }
    (names, octets)
}

/// The texts of a list that has nothing else.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(values) = value else { return None };
    values.iter().map(|value| value.get_ref().as_str().map(str::to_owned)).collect()
}

/// The tree of a pack.
struct Tree<'a> {
    octets: Vec<u8>,
    names: &'a Names,
    linker: &'a mut Linker,
    file: &'a Path,
}

impl Tree<'_> {
    fn put(&mut self, field: &str, value: &DeValue<'_>) {
        let out = &mut self.octets;
        match value {
            DeValue::String(text) => put_string(out, text),
            DeValue::Boolean(set) => out.push(if *set { b'y' } else { b'n' }),
            DeValue::Integer(number) => {
                out.push(b'i');
                let number: i64 = number.to_string().parse().expect("a pack has small numbers");
                out.extend_from_slice(&number.to_le_bytes());
            }
            DeValue::Float(number) => {
                out.push(b'f');
                let number: f64 = number.to_string().parse().expect("TOML and Rust write them alike");
                out.extend_from_slice(&number.to_le_bytes());
            }
            DeValue::Datetime(_) => panic!("{}: {field}: no check reads a time", self.file.display()),
            DeValue::Table(table) => self.put_table(table),
            DeValue::Array(values) => match texts(value).filter(|_| !OTHER_LISTS.contains(&field)) {
                Some(entries) => self.put_words(field, &entries),
                None => {
                    put_tag(out, b'a', values.len());
                    values.iter().for_each(|value| self.put(field, value.get_ref()));
                }
            },
        }
    }

    fn put_table(&mut self, table: &DeTable<'_>) {
        put_tag(&mut self.octets, b't', table.len());
        for (key, value) in table {
            put_text(&mut self.octets, key.get_ref());
            self.put(key.get_ref(), value.get_ref());
        }
    }

    /// The number under which the list was linked, the length of what follows, whether it names others, which packs of
    /// one's own may make longer; then the list, for checks that read it themselves.
    fn put_words(&mut self, field: &str, entries: &[String]) {
        let linked = self.linker.list(entries, self.names);
        let list = linked.unwrap_or_else(|wrong| panic!("{}: {field}: {wrong:?}", self.file.display()));
        let mut texts = Vec::new();
        put_texts(&mut texts, entries);
        put_tag(&mut self.octets, b'w', list);
        put_number(&mut self.octets, texts.len());
        put_number(&mut self.octets, entries.iter().any(|entry| entry.starts_with('@')).into());
        self.octets.extend(texts);
    }
}

fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_tag(out, b'a', texts.len());
    texts.iter().for_each(|text| put_string(out, text));
}

fn put_tag(out: &mut Vec<u8>, tag: u8, number: usize) {
    out.push(tag);
    put_number(out, number);
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    out.push(b's');
    put_text(out, text);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).expect("a pack is small").to_le_bytes());
}

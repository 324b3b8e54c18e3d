//! Writes the packs of rules as trees of values that a start reads without parsing, and without their examples: half of
//! their text, by which no mail is judged.
//!
//! `src/rule/compact` reads them: a tag, then what `put` writes for it; numbers have four octets, little-endian.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    compile(Path::new("rules"), &out.join("rules"));
}

fn compile(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the directory above is cargo's");
    for entry in fs::read_dir(from).expect("the packs are there").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            compile(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).expect("a pack can be read");
            let pack = DeTable::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut octets = Vec::new();
            put_table(&mut octets, pack.span(), &without_examples(pack.into_inner()));
            fs::write(&target, octets).expect("the directory was made");
        }
    }
}

fn without_examples(mut pack: DeTable<'_>) -> DeTable<'_> {
    if let Some(DeValue::Array(rules)) = pack.get_mut("rule").map(Spanned::get_mut) {
        for rule in rules.iter_mut() {
            if let DeValue::Table(rule) = rule.get_mut() {
                rule.remove("example");
            }
        }
    }
    pack
}

fn put(out: &mut Vec<u8>, value: &Spanned<DeValue<'_>>) {
    match value.get_ref() {
        DeValue::String(text) => {
            out.push(b's');
            put_text(out, text);
        }
        DeValue::Boolean(set) => out.push(if *set { b'y' } else { b'n' }),
        DeValue::Array(values) => {
            out.push(b'a');
            put_number(out, values.len());
            values.iter().for_each(|value| put(out, value));
        }
        DeValue::Table(fields) => put_table(out, value.span(), fields),
        DeValue::Integer(number) => put_rare(out, &number.to_string()),
        DeValue::Float(number) => put_rare(out, &number.to_string()),
        DeValue::Datetime(time) => put_rare(out, &time.to_string()),
    }
}

/// With its place, which problems point at.
fn put_table(out: &mut Vec<u8>, span: Range<usize>, fields: &DeTable<'_>) {
    out.push(b't');
    [span.start, span.end, fields.len()].into_iter().for_each(|number| put_number(out, number));
    for (key, value) in fields {
        put_text(out, key.get_ref());
        put(out, value);
    }
}

/// As TOML writes it.
fn put_rare(out: &mut Vec<u8>, text: &str) {
    out.push(b'v');
    put_text(out, text);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).expect("a pack is small").to_le_bytes());
}

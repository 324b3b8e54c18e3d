//! Triggers of a pattern: literals of which one stands in every match, so that the pattern runs only where one is.
//!
//! Finding them takes a parse of the pattern, and all patterns of the shipped packs would cost more than the rest of a
//! start. Theirs stand in `rules/triggers.tsv`, which is made by the tests; a pattern that is not there is parsed.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq};

/// The triggers of a pattern; `None` if no literal can rule it out.
///
/// # Errors
/// It is no regular expression. Those of the table are: the tests compile them.
pub(super) fn of(pattern: &str) -> Result<Option<Vec<String>>, Box<regex_syntax::Error>> {
    static KNOWN: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        include_str!("../../rules/triggers.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
    });
    match KNOWN.get(key(pattern).as_str()) {
        Some(triggers) => Ok(Some(triggers.split('\t').map(str::to_owned).collect())),
        None => parsed(pattern),
    }
}

/// What stands for a pattern in the table: its FNV-1a hash of 64 bits, which is shorter than most. The tests see to it
/// that no two are the same.
pub(super) fn key(pattern: &str) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = pattern.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

/// The same by a parse, whatever the table says.
pub(super) fn parsed(pattern: &str) -> Result<Option<Vec<String>>, Box<regex_syntax::Error>> {
    Ok(computed(&regex_syntax::Parser::new().parse(pattern)?))
}

/// Literals of which one stands in every match of the pattern, if there are such.
fn computed(hir: &Hir) -> Option<Vec<String>> {
    // An end of a literal tells as much as the whole and keeps the automaton small.
    const ENOUGH: usize = 9;
    let shortened = |text: &str, kind: &ExtractKind| {
        let mut chars: Vec<char> = text.chars().collect();
        let room = |chars: &[char]| chars.iter().map(|c| c.len_utf8()).sum::<usize>() > ENOUGH;
        while room(&chars) {
            if matches!(kind, ExtractKind::Suffix) {
                chars.remove(0);
            } else {
                chars.pop();
            }
        }
        chars.into_iter().collect::<String>()
    };
    let good = |seq: Seq, kind: &ExtractKind| -> Option<Vec<String>> {
        let text = |literal: &Literal| std::str::from_utf8(literal.as_bytes()).ok().map(|text| shortened(text, kind));
        let mut texts: Vec<String> = seq.literals()?.iter().map(text).collect::<Option<_>>()?;
        texts.sort();
        texts.dedup();
        Some(texts).filter(|texts| !texts.is_empty() && texts.iter().all(|text| is_telling(text)))
    };
    let extract = |kind: ExtractKind| {
        let mut extractor = Extractor::new();
        extractor.kind(kind.clone()).limit_class(8).limit_repeat(4).limit_total(64);
        good(extractor.extract(hir), &kind)
    };
    extract(ExtractKind::Prefix).or_else(|| extract(ExtractKind::Suffix))
}

/// Rare enough that looking for it saves running the pattern.
fn is_telling(literal: &str) -> bool {
    literal.len() >= 2 || literal.chars().all(|c| c.is_ascii_punctuation())
}

//! Triggers of a pattern: literals of which one stands in every match, so that the pattern runs only where one is.
//!
//! Finding them takes a parse of the pattern, and all patterns of the shipped packs would cost more than the rest of a
//! start. Theirs stand in `rules/triggers.tsv`, which is made by the tests; a pattern that is not there is parsed.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq};
use regex_syntax::hir::{Hir, HirKind, Look};

use super::pattern::BOUNDARY;

/// What rules a pattern out where it is missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Triggers {
    pub(super) literals: Vec<Cow<'static, str>>,
    /// Every match begins with one of them; nothing but a `\b` in front is asked of what stands before.
    pub(super) begin: bool,
}

/// The table; sorted by key, as the file is.
static KNOWN: LazyLock<Vec<(u64, &str)>> = LazyLock::new(|| {
    let rows = include_str!("../../../rules/triggers.tsv").lines().filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(key, row)| Some((u64::from_str_radix(key, 16).ok()?, row))).collect()
});

/// Whether the pattern with this [`key`] stands in the table, whose patterns the tests compile.
pub(super) fn is_known(key: u64) -> bool {
    KNOWN.binary_search_by_key(&key, |(key, _)| *key).is_ok()
}

/// The triggers of a pattern with its [`key`]; `None` if no literal can rule it out.
///
/// # Errors
/// It is no regular expression. Those of the table are: the tests compile them.
pub(super) fn of(pattern: &str, key: u64) -> Result<Option<Triggers>, Box<regex_syntax::Error>> {
    match KNOWN.binary_search_by_key(&key, |(key, _)| *key) {
        Ok(at) => Ok(Some(Triggers::read(KNOWN[at].1))),
        Err(_) => parsed(pattern),
    }
}

/// What stands for a pattern in the table: its FNV-1a hash of 64 bits, which is shorter than most. The tests see to it
/// that no two are the same.
pub(super) fn key(pattern: &str) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    pattern.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// The same by a parse, whatever the table says.
pub(super) fn parsed(pattern: &str) -> Result<Option<Triggers>, Box<regex_syntax::Error>> {
    Ok(computed(pattern, &regex_syntax::Parser::new().parse(pattern)?))
}

/// In front of the literals with which every match begins.
const BEGIN: char = '^';

impl Triggers {
    /// A row of the table behind its key.
    fn read(row: &'static str) -> Triggers {
        let (begin, literals) = row.strip_prefix(BEGIN).map_or((false, row), |literals| (true, literals));
        Triggers { literals: literals.split('\t').map(Cow::Borrowed).collect(), begin }
    }

    /// The row; `None` for literals that would break the table's form.
    pub(super) fn row(&self) -> Option<String> {
        let sound = |literal: &Cow<'_, str>| !literal.contains(['\t', '\n', '\r']);
        let row = self.literals.join("\t");
        let ambiguous = !self.begin && row.starts_with(BEGIN);
        let begin = if self.begin { BEGIN.to_string() } else { String::new() };
        (self.literals.iter().all(sound) && !ambiguous).then_some(begin + &row)
    }
}

/// Literals of which one stands in every match of the pattern, if there are such.
fn computed(pattern: &str, hir: &Hir) -> Option<Triggers> {
    let extract = |kind: ExtractKind| {
        let mut extractor = Extractor::new();
        extractor.kind(kind.clone()).limit_class(8).limit_repeat(4).limit_total(64);
        telling(extractor.extract(hir), &kind)
    };
    let beginnings = extract(ExtractKind::Prefix);
    let words =
        |literals: &Vec<String>| literals.iter().all(|text| text.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let begin = beginnings.as_ref().is_some_and(|literals| {
        looks_back_at_most_once(pattern, hir) && (!pattern.starts_with(BOUNDARY) || words(literals))
    });
    let literals = beginnings.or_else(|| extract(ExtractKind::Suffix))?;
    Some(Triggers { literals: literals.into_iter().map(Cow::Owned).collect(), begin })
}

/// Whether no match asks anything of what stands before it, a `\b` at the head of the pattern aside.
fn looks_back_at_most_once(pattern: &str, hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Concat(parts) if pattern.starts_with(BOUNDARY) => {
            matches!(parts.first().map(Hir::kind), Some(HirKind::Look(Look::WordUnicode))) && !looks_back(&parts[1..])
        }
        _ => !looks_back(std::slice::from_ref(hir)),
    }
}

/// Whether a look-around may stand before the first octet of a match. [`regex_syntax::hir::Properties`] does not tell:
/// it takes what is optional for a beginning.
fn looks_back(parts: &[Hir]) -> bool {
    for part in parts {
        let found = match part.kind() {
            HirKind::Look(_) => true,
            HirKind::Concat(parts) => looks_back(parts),
            HirKind::Alternation(parts) => parts.iter().any(|part| looks_back(std::slice::from_ref(part))),
            HirKind::Repetition(repeated) => looks_back(std::slice::from_ref(&repeated.sub)),
            HirKind::Capture(group) => looks_back(std::slice::from_ref(&group.sub)),
            HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => false,
        };
        if found || part.properties().minimum_len().is_some_and(|least| least > 0) {
            return found;
        }
    }
    false
}

/// Literals worth looking for. An end of a literal tells as much as the whole.
fn telling(seq: Seq, kind: &ExtractKind) -> Option<Vec<String>> {
    let text = |literal: &Literal| std::str::from_utf8(literal.as_bytes()).ok().map(|text| shortened(text, kind));
    let mut texts: Vec<String> = seq.literals()?.iter().map(text).collect::<Option<_>>()?;
    texts.sort();
    texts.dedup();
    // A literal behind its own beginning tells nothing new.
    if matches!(kind, ExtractKind::Prefix) {
        texts.dedup_by(|longer, shorter| longer.starts_with(shorter.as_str()));
    }
    Some(texts).filter(|texts| !texts.is_empty() && texts.iter().all(|text| is_telling(text)))
}

fn shortened(text: &str, kind: &ExtractKind) -> String {
    const ENOUGH: usize = 9;
    let room = text.len().saturating_sub(ENOUGH);
    match kind {
        ExtractKind::Suffix => text[text.ceil_char_boundary(room)..].to_owned(),
        _ => text[..text.floor_char_boundary(ENOUGH)].to_owned(),
    }
}

/// Rare enough that looking for it saves running the pattern.
fn is_telling(literal: &str) -> bool {
    literal.len() >= 2 || !literal.is_empty() && literal.chars().all(|c| c.is_ascii_punctuation())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_say_whether_a_match_begins_with_them() {
        let of =
            |pattern: &str| parsed(pattern).expect("a pattern").map(|found| (found.literals.join(" "), found.begin));
        assert_eq!(of("添付(?:した|の)"), Some(("添付し 添付の".to_owned(), true)));
        assert_eq!(of(r"\bsorry (?:for|about)\b"), Some(("sorry abo sorry for".to_owned(), true)));
        assert_eq!(of(r"(?:\bwe|they) will"), Some(("they will we will".to_owned(), false)));
        assert_eq!(of(r"\bwe|they"), Some(("they we".to_owned(), false)));
        assert_eq!(of("[0-9]{1,9}営業日"), Some(("営業日".to_owned(), false)));
        assert_eq!(of(r"x?\bfoo"), Some(("foo xfoo".to_owned(), false)));
        assert_eq!(of(r"(?:a|b(?:c|\b))d"), Some(("ad bcd bd".to_owned(), true)));
        assert_eq!(of("[0-9]+"), None);
        assert_eq!(of("(?:様)?$"), None);
    }

    #[test]
    fn a_row_of_the_table_is_read_back() {
        for pattern in ["添付(?:した|の)", "[0-9]{1,9}営業日", r"\ba[tb]"] {
            let found = parsed(pattern).expect("a pattern").expect("it has literals");
            let row: &'static str = found.row().expect("a row").leak();
            assert_eq!(Triggers::read(row), found);
        }
    }
}

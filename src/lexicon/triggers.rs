//! Triggers of a pattern: literals of which one stands in every match, so that the pattern runs only where one is.

use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq};
use regex_syntax::hir::{Hir, HirKind, Look};

/// The word boundary, as patterns write it.
pub(crate) const BOUNDARY: &str = r"\b";

/// What rules a pattern out where it is missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Triggers {
    pub(super) literals: Vec<String>,
    /// Every match begins with one of them; nothing but a `\b` in front is asked of what stands before.
    pub(super) begin: bool,
}

/// The triggers of a pattern; `None` if no literal can rule it out.
///
/// # Errors
/// It is no regular expression.
pub(super) fn of(pattern: &str) -> Result<Option<Triggers>, Box<regex_syntax::Error>> {
    Ok(computed(pattern, &regex_syntax::Parser::new().parse(pattern)?))
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
    Some(Triggers { literals, begin })
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
    #[test]
    fn triggers_say_whether_a_match_begins_with_them() {
        let of =
            |pattern: &str| super::of(pattern).expect("a pattern").map(|found| (found.literals.join(" "), found.begin));
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
}

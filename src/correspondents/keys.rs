//! What two people have in common who are taken for one another: completion offers them side by side.

use super::hash;
use crate::people::domain;
use crate::people::name::fold;

/// Letters typed before completion offers somebody (the "3g" of Carvalho and Cohen, SDM 2007).
const TYPED: usize = 3;

/// Hashes that two easily confused people share at least one of: a name, the first letters of a name or of the address, the
/// beginning or end of the name at the same domain, the same name at another one.
pub fn keys(address: &str, name: &str) -> Vec<u64> {
    let address = address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return Vec::new() };
    let local = local.split('+').next().unwrap_or_default();
    let mut out = Vec::new();
    let mut add = |kind: &str, words: &[&str]| out.push(hash::of_words(&[&[kind], words].concat()));
    if let Some(typed) = first(local, TYPED) {
        add("typed", &[typed]);
    }
    if let Some(typed) = first(local, TYPED - 1) {
        add("begins", &[typed, domain]);
    }
    if let Some(last) = last(local, TYPED) {
        add("ends", &[last, domain]);
    }
    if local.chars().count() > TYPED + 1 && !domain::is_freemail(domain) {
        add("elsewhere", &[local]);
    }
    for part in name_parts(name, local) {
        add("name", &[&part]);
        if let Some(typed) = first(&part, TYPED) {
            add("typed", &[typed]);
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// First and last name, folded; of a name in kanji without a blank its first two characters; without a name what the
/// address tells.
pub(super) fn name_parts(name: &str, local: &str) -> Vec<String> {
    let folded = fold(name);
    let words: Vec<&str> = folded
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == 'ー'))
        .filter(|word| word.chars().count() > 1)
        .collect();
    let of_local = || local.split(['.', '_', '-']).filter(|word| word.chars().count() > 1).collect::<Vec<_>>();
    let words = if words.is_empty() { of_local() } else { words };
    let ends = match words.as_slice() {
        [] => Vec::new(),
        [only] => vec![if is_dense(only) { first(only, 2).unwrap_or(only) } else { only }],
        [one, .., other] => vec![*one, *other],
    };
    let mut out: Vec<String> = ends.into_iter().map(str::to_owned).collect();
    out.dedup();
    out
}

fn is_dense(word: &str) -> bool {
    word.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '々'))
}

fn first(text: &str, letters: usize) -> Option<&str> {
    let (at, last) = text.char_indices().nth(letters - 1)?;
    Some(&text[..at + last.len_utf8()])
}

fn last(text: &str, letters: usize) -> Option<&str> {
    text.char_indices().nth_back(letters - 1).map(|(at, _)| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_who_are_confused_share_a_key() {
        let alike = |a: (&str, &str), b: (&str, &str)| {
            let theirs = keys(b.0, b.1);
            keys(a.0, a.1).iter().any(|key| theirs.contains(key))
        };
        for (a, b, expected) in [
            (("k-sato@aoba.example", "佐藤 健一"), ("k-saito@aoba.example", "斎藤 和子"), true),
            (("m.berg@alta.example", "Mia Berg"), ("nils.berg@owada.example", "Nils Berg"), true),
            (("sales1@alta.example", "Karin Holt"), ("kh@owada.example", "Holt, Karin"), true),
            (("x1@alta.example", "鈴木一郎"), ("y2@owada.example", "鈴木 二郎"), true),
            (("shimizu@alta.example", ""), ("shimizu@owada.example", ""), true),
            (("stephanie@alta.example", ""), ("stephany@alta.example", ""), true),
            (("anna@alta.example", "Anna Lund"), ("peter@alta.example", "Peter Vik"), false),
            (("a.b@alta.example", ""), ("c.d@owada.example", ""), false),
        ] {
            assert_eq!(alike(a, b), expected, "{a:?} {b:?}");
        }
        assert!(keys("nobody", "").is_empty());
    }
}

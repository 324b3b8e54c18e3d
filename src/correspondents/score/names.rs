//! Names as completion sees them: first and last words, first three letters. Coarser than `people::name`, on purpose: this
//! tells who is offered beside whom, not who is who.

use std::collections::BTreeSet;

/// A person's name and address taken apart.
#[derive(Debug, Clone, Default)]
pub(in crate::correspondents) struct Named {
    /// The whole name in one spelling; may be empty.
    pub(in crate::correspondents) whole: String,
    /// Empty where it is not known.
    pub(in crate::correspondents) first: String,
    pub(in crate::correspondents) last: String,
    pub(in crate::correspondents) local: String,
    pub(in crate::correspondents) domain: String,
    /// The first three letters of address, first and last word.
    typed: BTreeSet<String>,
}

impl Named {
    pub(in crate::correspondents) fn of(address: &str, name: &str) -> Named {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let local = local.split('+').next().unwrap_or_default();
        let whole = normal(name);
        let mut words: Vec<&str> = whole
            .split(' ')
            .map(|word| word.trim_matches('.'))
            .filter(|word| word.chars().count() > 1 || word.chars().any(is_japanese))
            .collect();
        let from_local = words.is_empty();
        if from_local {
            words = local.split(['.', '_', '-']).filter(|word| word.chars().count() > 1).collect();
        }
        let (first, last) = if from_local && words.len() < 2 { Default::default() } else { ends(&words) };
        let typed = std::iter::once(local).chain(words.first().copied()).chain(words.last().copied());
        let typed =
            typed.filter_map(|word| word.char_indices().nth(2).map(|(at, c)| word[..at + c.len_utf8()].to_owned()));
        Named { typed: typed.collect(), first, last, local: local.to_owned(), domain: domain.to_owned(), whole }
    }

    /// Completion offers both for the same three letters.
    pub(in crate::correspondents) fn begins_as(&self, other: &Named) -> bool {
        !self.typed.is_disjoint(&other.typed)
    }

    /// One is easily taken for the other.
    pub(in crate::correspondents) fn is_like(&self, other: &Named) -> bool {
        self.begins_as(other) || self.shares_name(other) || self.local == other.local
    }

    /// The first name is the same, or the last one.
    pub(in crate::correspondents) fn shares_name(&self, other: &Named) -> bool {
        (!self.first.is_empty() && self.first == other.first) || (!self.last.is_empty() && self.last == other.last)
    }

    /// The same name: the same person at another address.
    pub(in crate::correspondents) fn is_named_as(&self, other: &Named) -> bool {
        !self.whole.is_empty() && self.whole == other.whole
    }
}

/// First and last name.
fn ends(words: &[&str]) -> (String, String) {
    match words {
        [] => (String::new(), String::new()),
        [one] if one.chars().any(is_japanese) && one.chars().count() >= 3 => {
            let cut = one.char_indices().nth(2).map_or(one.len(), |(at, _)| at);
            (one[cut..].to_owned(), one[..cut].to_owned())
        }
        [one] => ((*one).to_owned(), String::new()),
        // The family's name comes first.
        [last, .., first] if last.chars().any(is_japanese) && first.chars().any(is_japanese) => {
            ((*first).to_owned(), (*last).to_owned())
        }
        [first, .., last] => ((*first).to_owned(), (*last).to_owned()),
    }
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{9fff}')
}

/// Without brackets and quotes, `Last, First` turned, blanks and case away.
fn normal(name: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for c in name.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = (depth - 1).max(0),
            '"' | '\'' | '“' | '”' => {}
            c if depth == 0 => text.extend(c.to_lowercase()),
            _ => {}
        }
    }
    let turned = match text.split_once(',') {
        Some((last, first)) => format!("{first} {last}"),
        None => text,
    };
    turned.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_in_both_orders() {
        for (address, name, first, last) in [
            ("x@a.example", "Karin Holt", "karin", "holt"),
            ("x@a.example", "\"Holt, Karin J.\" (Sales)", "karin", "holt"),
            ("x@a.example", "佐藤 健一", "健一", "佐藤"),
            ("x@a.example", "佐藤健一", "健一", "佐藤"),
            ("karin.holt@a.example", "", "karin", "holt"),
            ("kholt@a.example", "", "", ""),
            ("x@a.example", "Madonna", "madonna", ""),
        ] {
            let named = Named::of(address, name);
            assert_eq!((named.first.as_str(), named.last.as_str()), (first, last), "{address} {name}");
        }
        let (a, b) = (Named::of("mholt@a.example", "Mia Holt"), Named::of("kh@b.example", "Karin Holt"));
        assert!(a.is_like(&b) && a.begins_as(&b) && !a.is_named_as(&b));
    }
}

//! Findings about secrets without the secrets: everything but the last characters is starred, in place, so that
//! columns stay right.

use super::reading::Remark;
use crate::finding::Location;

/// How many characters of a number or key stay readable, so that its owner knows which one is meant.
pub(super) const LAST_SHOWN: usize = 4;

/// A secret as it stands in the mail, and a place that shows it.
pub(super) struct Secret {
    pub(super) place: Location,
    pub(super) words: String,
    pub(super) shown: usize,
}

impl Secret {
    pub(super) fn masked(&self) -> String {
        mask(&self.words, self.shown)
    }
}

/// The remarks on secrets; none of the secrets stands in any of them.
pub(super) fn remarks(secrets: Vec<Secret>, with: impl Fn(&Secret, Remark) -> Remark) -> Vec<Remark> {
    // Longer ones first, or a part of one would be starred and the rest of it left.
    let mut all: Vec<(String, usize)> = secrets.iter().map(|secret| (secret.words.clone(), secret.shown)).collect();
    all.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    let hide = |text: &str| {
        all.iter().fold(text.to_owned(), |text, (words, shown)| {
            // The place of a wrapped secret shows its first line only.
            let first_line = words.lines().next().unwrap_or_default();
            let text = text.replace(words.as_str(), &mask(words, *shown));
            if first_line.len() < words.len() { text.replace(first_line, &mask(first_line, 0)) } else { text }
        })
    };
    let remark = |secret: &Secret| {
        let mut place = secret.place.clone();
        place.text = hide(&place.text);
        place.context = hide(&place.context);
        with(secret, Remark::at(place))
    };
    secrets.iter().map(remark).collect()
}

/// Stars for letters and digits up to the last few; separators stay.
pub(super) fn mask(secret: &str, shown: usize) -> String {
    let hidden = secret.chars().filter(|c| c.is_alphanumeric()).count().saturating_sub(shown);
    let mut seen = 0;
    let star = |c: char| {
        if !c.is_alphanumeric() {
            return c;
        }
        seen += 1;
        if seen <= hidden { '*' } else { c }
    };
    secret.chars().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_last_four_only() {
        assert_eq!(mask("4539 1488 0343 6467", LAST_SHOWN), "**** **** **** 6467");
        assert_eq!(mask("４５３９１４８８", LAST_SHOWN), "****１４８８");
        assert_eq!(mask("abc", LAST_SHOWN), "abc");
        assert_eq!(mask("crest#1119", 0), "*****#****");
    }
}

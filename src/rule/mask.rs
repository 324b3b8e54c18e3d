//! Findings about secrets without the secrets: everything but the last characters is starred, in place, so that
//! columns stay right.

use crate::finding::{Evidence, Finding, Location};

/// How many characters of a number or key stay readable, so that its owner knows which one is meant.
pub(super) const LAST_SHOWN: usize = 4;

/// A secret as it stands in the mail, and its place.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) place: Location,
    pub(super) words: String,
    pub(super) shown: usize,
}

impl Secret {
    /// On one line.
    pub(super) fn masked(&self) -> String {
        mask(&self.words, self.shown).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Takes the secrets out of everything findings say, those of other rules too: they quote the same lines.
pub(super) fn hide<'a>(findings: impl Iterator<Item = &'a mut Finding>, mut secrets: Vec<Secret>) {
    if secrets.is_empty() {
        return;
    }
    // Longer ones first, or a part of one would be starred and the rest of it left.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.words.len()));
    secrets.dedup_by(|a, b| a.words == b.words);
    for finding in findings {
        for text in texts_of(finding) {
            for secret in &secrets {
                hide_one(text, secret);
            }
        }
    }
}

fn hide_one(text: &mut String, secret: &Secret) {
    let words = secret.words.as_str();
    if text.contains(words) {
        *text = text.replace(words, &mask(words, secret.shown));
    }
    // The place of a wrapped secret shows its first line only.
    let first_line = words.lines().next().unwrap_or_default();
    if first_line.len() < words.len() && text.contains(first_line) {
        *text = text.replace(first_line, &mask(first_line, 0));
    }
}

fn texts_of(finding: &mut Finding) -> Vec<&mut String> {
    let Finding { title, why, advice, location, evidence, .. } = finding;
    let mut out = vec![&mut location.text, &mut location.context];
    out.extend([title, why, advice].into_iter().flat_map(|text| [&mut text.en, &mut text.ja]));
    for (_, value) in evidence {
        match value {
            Evidence::Text(text) => out.push(text),
            Evidence::List(items) => out.extend(items),
            Evidence::Number(_) => {}
        }
    }
    out
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
    use crate::facts::Facts;
    use crate::lang::Lang;
    use crate::message::Message;
    use crate::rule::Rules;

    #[test]
    fn no_finding_shows_a_secret() {
        let rules = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let mail = "From: a@minato.example\r\nTo: c@aoba.example\r\nSubject: card 4539 1488 0343 6467\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
                    〇〇様\r\n\r\nカード番号は5425-2334-3010-9903、〇〇様のパスワード：Kiso#2041。資料を添付いたします。10月22日（水）、鍵はghp_9fK2mQ7xRb4TzW1vNc8LpS5dHj3Gy6Ua0EoX。\r\n\
                    the wrapped one of my company card is 3759\r\n876543 21004.\r\n";
        let message = Message::parse(mail.as_bytes()).expect("a mail");
        let findings = rules.run(&message, &Facts::default());
        let shown = format!("{findings:?}");
        for id in ["sensitive-data", "password-in-text", "secret-key", "missing-attachment", "placeholder-left"] {
            assert!(findings.found.iter().any(|finding| finding.rule == id), "{id} in {shown}");
        }
        for secret in ["4539", "1488", "5425", "3010", "Kiso", "2041", "mQ7xRb4T", "3759", "876543"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    #[test]
    fn shows_the_last_four_only() {
        assert_eq!(mask("4539 1488 0343 6467", LAST_SHOWN), "**** **** **** 6467");
        assert_eq!(mask("４５３９１４８８", LAST_SHOWN), "****１４８８");
        assert_eq!(mask("abc", LAST_SHOWN), "abc");
        assert_eq!(mask("crest#1119", 0), "*****#****");
    }
}

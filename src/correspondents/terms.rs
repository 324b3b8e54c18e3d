//! The words of a mail as hashed terms: what two mails about one matter share.

use std::collections::BTreeMap;

use super::hash;

/// Hashes of terms with how often each stands in the mail, sorted by hash.
pub type Terms = Vec<(u32, u16)>;

/// A mail's matter shows in its first words; a pasted log has no end of them.
const MOST_CHARACTERS: usize = 20_000;
/// Longer runs of letters are no words.
const LONGEST: usize = 25;

/// The terms of texts folded to lower case: Latin words from two letters on, and pairs of neighbouring kanji or
/// katakana, which stand for the words of a script without blanks. Hiragana are grammar and numbers are nobody's.
pub fn terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> Terms {
    let mut counts: BTreeMap<u32, u16> = BTreeMap::new();
    let mut count = |term: &str| {
        let count = counts.entry(hash::short(term.as_bytes())).or_default();
        *count = count.saturating_add(1);
    };
    for text in texts {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
        for run in runs(&text[..end]) {
            match run {
                Run::Latin(word) if (2..=LONGEST).contains(&word.chars().count()) => count(&word.to_lowercase()),
                Run::Latin(_) => {}
                Run::Dense(word) => pairs(word).for_each(&mut count),
            }
        }
    }
    counts.into_iter().collect()
}

enum Run<'a> {
    /// Letters, digits behind the first of them.
    Latin(&'a str),
    /// Kanji or katakana.
    Dense(&'a str),
}

#[derive(PartialEq, Clone, Copy)]
enum Script {
    Letter,
    Digit,
    Dense,
    Other,
}

fn script(c: char) -> Script {
    match c {
        '\u{3041}'..='\u{309f}' => Script::Other,
        '\u{30a1}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '々' => Script::Dense,
        c if c.is_ascii_digit() || c == '_' => Script::Digit,
        c if c.is_alphabetic() => Script::Letter,
        _ => Script::Other,
    }
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut out = Vec::new();
    let mut start: Option<(usize, Script)> = None;
    let ends = text.char_indices().map(|(at, c)| (at, script(c))).chain([(text.len(), Script::Other)]);
    for (at, now) in ends {
        let goes_on = match start {
            Some((_, Script::Letter)) => matches!(now, Script::Letter | Script::Digit),
            Some((_, Script::Dense)) => now == Script::Dense,
            _ => false,
        };
        if goes_on {
            continue;
        }
        match start.take() {
            Some((from, Script::Letter)) => out.push(Run::Latin(&text[from..at])),
            Some((from, Script::Dense)) => out.push(Run::Dense(&text[from..at])),
            _ => {}
        }
        if matches!(now, Script::Letter | Script::Dense) {
            start = Some((at, now));
        }
    }
    out
}

fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
    run.char_indices().zip(ends).map(|((from, _), to)| &run[from..to])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(words: &[&str]) -> Vec<u32> {
        let mut out: Vec<u32> = words.iter().map(|word| hash::short(word.as_bytes())).collect();
        out.sort_unstable();
        out
    }

    #[test]
    fn words_of_both_scripts_become_terms() {
        let found = |text: &str| terms([text]).into_iter().map(|(hash, _)| hash).collect::<Vec<_>>();
        assert_eq!(found("the quote v2, 300 pcs (a)"), hashes(&["the", "quote", "v2", "pcs"]));
        assert_eq!(found("お見積書のデザイン案"), hashes(&["見積", "積書", "デザ", "ザイ", "イン", "ン案"]));
        assert_eq!(found("Zürich ПРИВЕТ"), hashes(&["zürich", "привет"]));
        assert_eq!(found("42 - あの 見 a"), hashes(&[]), "too short, or no word");
    }

    #[test]
    fn a_term_counts_as_often_as_it_stands_there() {
        assert_eq!(terms(["Quote quote", "quote"]).first().map(|(_, count)| *count), Some(3));
        assert!(terms(["x".repeat(100_000).as_str()]).is_empty());
    }
}

//! How people sign the mail that is quoted: "Angie" under a mail from Andrea Hill.

use crate::people::name::fold;
use crate::rule::reading::Reading;

/// A quoted mail has its signature within so many lines.
const MOST_LINES: usize = 200;

/// Whether the newest quoted mail ends, on a line of its own, in this name.
pub(super) fn signs(reading: &Reading<'_>, name: &str) -> bool {
    let name = fold(name);
    reading.texts.iter().any(|text| {
        let body = text.body;
        let quoted = body.anatomy.quoted.iter().flat_map(|range| body.original[range.clone()].lines());
        let mut seen_text = false;
        for line in quoted.map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES) {
            let head = is_head(line);
            if head && seen_text {
                // An older mail: somebody else's.
                return false;
            }
            seen_text |= !head && !line.contains(':');
            if is_signature(line, &name) {
                return true;
            }
        }
        false
    })
}

/// The first line of a quoted mail's header block.
fn is_head(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ', '*']);
    line.starts_with("From:") || line.starts_with("差出人") || line.starts_with("-----") || line.ends_with("wrote:")
}

fn is_signature(line: &str, name: &str) -> bool {
    const LONGEST: usize = 40;
    if line.chars().count() > LONGEST || line.ends_with([',', ':', '、', '-']) {
        return false;
    }
    let folded = fold(line);
    if !name.is_ascii() {
        // 「加藤です。」「総務部 加藤」, but not 「加藤様」.
        return line.chars().count() <= 15
            && folded.contains(name)
            && !["様", "さん", "殿", "氏", "先生", "の"].iter().any(|word| folded.contains(word));
    }
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let greets = words.first().is_some_and(|word| ["hi", "dear", "hello", "hey", "to", "cc", "from"].contains(word));
    let mine = name.split_whitespace().next().unwrap_or_default();
    words.len() <= 4 && !greets && (words.first() == Some(&mine) || words.last() == Some(&mine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_signature_from_a_greeting() {
        for (line, name, expected) in [
            ("Angie", "angie", true),
            ("Thanks, Angie", "angie", true),
            ("- Angie", "angie", true),
            ("Angie Hill", "angie", true),
            ("Angie,", "angie", false),
            ("Hi Angie", "angie", false),
            ("Angie told me that the price is fixed", "angie", false),
            ("加藤です。", "加藤", true),
            ("総務部 加藤", "加藤", true),
            ("加藤様", "加藤", false),
            ("加藤の件です", "加藤", false),
        ] {
            assert_eq!(is_signature(line, name), expected, "{line}");
        }
    }
}

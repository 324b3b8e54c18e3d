//! Who is of a thread, as the quoted texts tell.

/// A first and a last name that belong together stand no further apart than this, in characters.
const NEAR: usize = 40;
/// And with at most one word between them, an initial.
const WORDS: usize = 2;

/// Whether quoted texts name somebody: the address, or first and last name side by side. All in lower case.
pub(super) fn names(quoted: &str, address: &str, first: &str, last: &str) -> bool {
    if quoted.is_empty() {
        return false;
    }
    let of_address = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let of_domain = |c: char| c.is_alphanumeric() || c == '-';
    let whole = |(at, found): (usize, &str)| {
        !quoted[..at].ends_with(of_address) && !quoted[at + found.len()..].starts_with(of_domain)
    };
    quoted.match_indices(address).any(whole) || (!first.is_empty() && !last.is_empty() && by_name(quoted, first, last))
}

fn by_name(quoted: &str, first: &str, last: &str) -> bool {
    if first.chars().any(|c| matches!(c, '\u{3040}'..='\u{9fff}')) {
        let follows = |(at, found): (usize, &str)| quoted[at + found.len()..].trim_start().starts_with(first);
        return quoted.match_indices(last).any(follows);
    }
    let beside = |(at, found): (usize, &str)| {
        let (before, behind) = (&quoted[..at], &quoted[at + found.len()..]);
        if before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric) {
            return false;
        }
        let cut = before.char_indices().rev().nth(NEAR - 1).map_or(0, |(at, _)| at);
        let end = behind.char_indices().nth(NEAR).map_or(behind.len(), |(at, _)| at);
        words(&behind[..end]).take(WORDS).any(|word| word == first)
            || words(&before[cut..]).rev().take(WORDS).any(|word| word == first)
    };
    /// A name said so often is the text's own word.
    const MOST_MATCHES: usize = 200;
    quoted.match_indices(last).take(MOST_MATCHES).any(beside)
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_names_people_by_address_or_by_both_names() {
        for (quoted, expected) in [
            ("from: k.holt@a.example", true),
            ("from: mk.holt@a.example", false),
            ("from: k.holt@a.example.org", true),
            ("to: holt, karin; vik, nils", true),
            ("karin j. holt wrote:", true),
            ("karin and nils met mr holt", false),
            ("karinholt", false),
            ("", false),
        ] {
            assert_eq!(names(quoted, "k.holt@a.example", "karin", "holt"), expected, "{quoted}");
        }
        assert!(names("差出人: 佐藤 健一", "k-sato@a.example", "健一", "佐藤"));
        assert!(!names("佐藤 和子", "k-sato@a.example", "健一", "佐藤"));
    }
}

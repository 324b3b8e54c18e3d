//! Lists of addresses as people keep them: addresses, domains, wildcards, exclusions, comments.

use serde::Deserialize;

use super::domain;
use crate::message::Address;

/// A list of address patterns, one per entry:
///
/// | entry | means |
/// |---|---|
/// | `sato@aoba.example` | this address, in any case |
/// | `aoba.example`, `@aoba.example` | everybody at this domain |
/// | `*.aoba.example` | everybody at a sub-domain of it |
/// | `sales-*@aoba.example` | `*` stands for any text, `?` for one character |
/// | `-temp@aoba.example` | but not this one, whatever else the list says |
/// | `# old partners`, or behind an entry | a comment |
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Patterns {
    wanted: Vec<Pattern>,
    unwanted: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// `None`: any local part.
    local: Option<String>,
    domain: String,
}

/// Why an entry of a list is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a domain")]
pub struct BadPattern(pub String);

impl Patterns {
    /// Reads a list.
    ///
    /// # Errors
    /// The first entry that is no pattern.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Patterns, BadPattern> {
        let mut out = Patterns::default();
        for entry in entries {
            let text = without_comment(entry).trim();
            if text.is_empty() {
                continue;
            }
            match text.strip_prefix('-') {
                Some(excluded) => out.unwanted.push(pattern(excluded.trim())?),
                None => out.wanted.push(pattern(text)?),
            }
        }
        Ok(out)
    }

    /// Nothing is wanted: the list matches nobody.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether the list names this address.
    pub fn matches(&self, address: &Address) -> bool {
        let (local, domain) = (address.local().to_lowercase(), domain::to_ascii(address.domain()));
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(&local, &domain));
        any(&self.wanted) && !any(&self.unwanted)
    }
}

impl TryFrom<Vec<String>> for Patterns {
    type Error = BadPattern;

    fn try_from(entries: Vec<String>) -> Result<Patterns, BadPattern> {
        Patterns::parse(entries.iter().map(String::as_str))
    }
}

impl Pattern {
    fn matches(&self, local: &str, domain: &str) -> bool {
        like(&self.domain, domain) && self.local.as_deref().is_none_or(|pattern| like(pattern, local))
    }
}

/// A `#` begins a comment at the start or behind a blank: it is allowed inside a local part.
fn without_comment(entry: &str) -> &str {
    if entry.trim_start().starts_with('#') {
        return "";
    }
    entry.find([' ', '\t']).map_or(entry, |at| match entry[at..].trim_start().starts_with('#') {
        true => &entry[..at],
        false => entry,
    })
}

fn pattern(text: &str) -> Result<Pattern, BadPattern> {
    let bad = || BadPattern(text.to_owned());
    let (local, domain) = match text.rsplit_once('@') {
        Some(("" | "*", domain)) => (None, domain),
        Some((local, domain)) => (Some(local.to_lowercase()), domain),
        None if text == "*" => (None, text),
        None if text.contains('.') => (None, text),
        None => return Err(bad()),
    };
    let domain = if domain.contains(['*', '?']) { domain.to_lowercase() } else { domain::to_ascii(domain) };
    if domain.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',') {
        return Err(bad());
    }
    Ok(Pattern { local, domain })
}

/// Wildcard match, linear for each `*`.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    if pattern == "*" || !pattern.contains(['*', '?']) {
        return pattern == "*" || pattern == text;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_addresses_domains_wildcards_and_exclusions() {
        let list = [
            "# people we never write to",
            "Sato@Aoba.example   # left in May",
            "rival.example",
            "*.lab.example",
            "sales-?@shop.example",
            "-friend@rival.example",
            "日本語.example",
        ];
        let patterns = Patterns::parse(list).expect("all are patterns");
        for (address, expected) in [
            ("sato@aoba.example", true),
            ("kato@aoba.example", false),
            ("anybody@RIVAL.example", true),
            ("friend@rival.example", false),
            ("a@sub.rival.example", false),
            ("a@notrival.example", false),
            ("a@x.lab.example", true),
            ("a@lab.example", false),
            ("sales-1@shop.example", true),
            ("sales-12@shop.example", false),
            ("a@xn--wgv71a119e.example", true),
        ] {
            let parsed = Address::parse(address).expect("an address");
            assert_eq!(patterns.matches(&parsed), expected, "{address}");
        }
        assert!(Patterns::parse(["nobody"]).is_err() && Patterns::parse(["a b@c.example"]).is_err());
        assert!(Patterns::parse(["*"]).is_ok_and(|all| all.matches(&Address::parse("a@b.example").expect("one"))));
    }
}

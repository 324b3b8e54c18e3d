//! The paths (`a::b::c`) a Rust file names, with their lines; comments, strings and `mod tests` left out.

/// A path as written, groups of `use` taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
}

/// Every path of a source text. What stands behind `#[cfg(test)] mod tests` may name anything and is not read.
pub(super) fn paths(source: &str) -> Vec<Path> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && !is_test_module(&tokens[at..]) {
        if tokens[at].is_word() { at = tree(&tokens, at, &[], &mut found) } else { at += 1 }
    }
    found
}

/// A word, `::`, or one other character.
#[derive(Debug)]
struct Token {
    line: usize,
    text: String,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }
}

fn is_test_module(tokens: &[Token]) -> bool {
    let words = ["#", "[", "cfg", "(", "test", ")", "]", "mod", "tests"];
    tokens.len() >= words.len() && words.iter().zip(tokens).all(|(word, token)| token.text == *word)
}

/// Reads `a::b` or `a::{b, c::d}` from `at`; returns where it ends.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    let line = tokens[at].line;
    let mut segments = prefix.to_vec();
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    loop {
        segments.push(tokens[at].text.clone());
        at += 1;
        if !is(at, "::") {
            break;
        }
        match tokens.get(at + 1) {
            Some(next) if next.is_word() => at += 1,
            Some(next) if next.text == "{" => return group(tokens, at + 2, &segments, found),
            // `Vec::<T>` or `a::*`: the path so far is what counts.
            _ => break,
        }
    }
    found.push(Path { line, segments });
    at
}

fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "}" => return at + 1,
            // The new name of `a as b` is no path below the prefix.
            "as" => at += 2,
            _ if token.is_word() => at = tree(tokens, at, prefix, found),
            _ => at += 1,
        }
    }
    at
}

fn tokens(source: &str) -> Vec<Token> {
    let (mut tokens, mut line, mut rest) = (Vec::new(), 1, source);
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or_else(|| {
            let length = token_length(rest, first);
            if !first.is_whitespace() {
                tokens.push(Token { line, text: rest[..length].to_owned() });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn token_length(rest: &str, first: char) -> usize {
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    if word > 0 {
        word
    } else if rest.starts_with("::") {
        2
    } else {
        first.len_utf8()
    }
}

/// The length of a comment or literal at the start, if there is one.
fn skipped(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    if let Some(after) =
        raw.filter(|after| after.starts_with('"') || after.starts_with("#\"") || after.starts_with("##"))
    {
        let hashes = after.len() - after.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        let body = rest.len() - after.len() + hashes + 1;
        return Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()));
    }
    let quoted = rest.strip_prefix('b').unwrap_or(rest);
    let prefix = rest.len() - quoted.len();
    match quoted.chars().next() {
        Some('"') => Some(prefix + literal(quoted, '"')),
        // A lifetime has no closing quote: 'a, 'static.
        Some('\'') if is_char(quoted) => Some(prefix + literal(quoted, '\'')),
        _ => None,
    }
}

fn is_char(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    chars.next() == Some('\\') || chars.next() == Some('\'')
}

/// The length of a literal that begins and ends with `quote`, escapes skipped.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[test]
fn paths_are_taken_apart_and_comments_and_strings_are_none() {
    let source = r##"// crate::comment
use crate::{a, b::{self, c as d}, e::F};
/* std::fs
*/ let x = "crate::text \" crate::more"; let y = r#"crate::"raw""#; let z = b'\'';
fn f<'a>(x: &'a str) -> super::super::g::H { Vec::<u8>::new(); std::fs::read('"') }
#[cfg(test)]
mod tests { use crate::anything; }
"##;
    let found: Vec<(usize, String)> =
        paths(source).into_iter().map(|path| (path.line, path.segments.join("::"))).collect();
    let named: Vec<(usize, &str)> =
        found.iter().map(|(line, path)| (*line, path.as_str())).filter(|(_, path)| path.contains("::")).collect();
    let expected = [
        (2, "crate::a"),
        (2, "crate::b::self"),
        (2, "crate::b::c"),
        (2, "crate::e::F"),
        (5, "super::super::g::H"),
        (5, "std::fs::read"),
    ];
    assert_eq!(named, expected);
}

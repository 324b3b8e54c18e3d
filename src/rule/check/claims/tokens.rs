//! A folded text as numbers, Latin words and single characters.

use std::ops::Range;

use super::From;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// With the commas and points inside it.
    Number(&'a str),
    /// Latin letters.
    Word(&'a str),
    Other(char),
}

pub(super) struct Tokens<'a> {
    pub(super) text: &'a str,
    pub(super) all: Vec<(Token<'a>, Range<usize>)>,
    pub(super) from: From,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str, from: From) -> Tokens<'a> {
        Tokens { text, all: tokens(text), from }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token<'a>> {
        self.all.get(at).map(|(token, _)| token)
    }

    pub(super) fn before(&self, at: usize, steps: usize) -> Option<&Token<'a>> {
        self.get(at.checked_sub(steps)?)
    }

    pub(super) fn is(&self, at: usize, c: char) -> bool {
        self.get(at) == Some(&Token::Other(c))
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        if let Some(Token::Word(word)) = self.get(at) { Some(word) } else { None }
    }

    /// A whole number without commas.
    pub(super) fn integer(&self, at: usize) -> Option<u64> {
        let Some(Token::Number(digits)) = self.get(at) else { return None };
        digits.parse().ok()
    }

    /// The first place at or behind `at` that is no separator of words.
    pub(super) fn skip(&self, at: usize) -> usize {
        let blank = |at: &usize| matches!(self.get(*at), Some(Token::Other(' ' | '_' | '-' | '.')));
        (at..at + 2).find(|at| !blank(at)).unwrap_or(at + 2)
    }
}

fn tokens(text: &str) -> Vec<(Token<'_>, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let mut end = at + c.len_utf8();
        let token = if c.is_ascii_digit() {
            let inner =
                |end: usize| matches!(bytes[end], b',' | b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            while end < bytes.len() && (bytes[end].is_ascii_digit() || inner(end)) {
                end += 1;
            }
            Token::Number(&text[at..end])
        } else if c.is_ascii_alphabetic() {
            while end < bytes.len() && bytes[end].is_ascii_alphabetic() {
                end += 1;
            }
            Token::Word(&text[at..end])
        } else {
            Token::Other(c)
        };
        out.push((token, at..end));
        at = end;
    }
    out
}

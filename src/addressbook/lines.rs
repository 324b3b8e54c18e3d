//! Lines with their numbers, as written and unfolded.

use std::borrow::Cow;

/// The lines of a text, numbered from 1. CRLF, LF and the CR of old Macs end one.
#[derive(Debug, Clone)]
pub(super) struct Lines<'t> {
    rest: Option<&'t str>,
    number: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Lines<'t> {
        Lines { rest: Some(text), number: 0 }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        self.number += 1;
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        self.rest = behind.strip_prefix("\r\n").or_else(|| behind.get(1..));
        Some((self.number, line))
    }
}

/// How a format breaks one long line into several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// RFC 2849: the next line begins with a space.
    Ldif,
    /// RFC 2426: with a space or a tab. Quoted-printable of vCard 2.1: this one ends with `=`.
    VCard,
}

/// Unfolded lines, each with the number of the line where it begins.
#[derive(Debug, Clone)]
pub(super) struct Unfolded<'t> {
    lines: std::iter::Peekable<Lines<'t>>,
    folding: Folding,
}

impl<'t> Unfolded<'t> {
    pub(super) fn new(text: &'t str, folding: Folding) -> Unfolded<'t> {
        Unfolded { lines: Lines::new(text).peekable(), folding }
    }

    fn continuation(&mut self) -> Option<&'t str> {
        let (_, line) = self.lines.peek()?;
        let rest = match self.folding {
            Folding::Ldif => line.strip_prefix(' '),
            Folding::VCard => line.strip_prefix([' ', '\t']),
        }?;
        self.lines.next();
        Some(rest)
    }

    /// What stands behind a soft line break of quoted-printable.
    fn behind_soft_break(&mut self, line: &mut Cow<'t, str>) -> bool {
        let Some(cut) = line.trim_end().strip_suffix('=').map(str::len) else { return false };
        let is_next = |&(_, next): &(usize, &str)| !next.trim().to_ascii_uppercase().starts_with("END:");
        let Some((_, next)) = self.lines.next_if(is_next) else { return false };
        let line = line.to_mut();
        line.truncate(cut);
        line.push_str(next);
        true
    }
}

impl<'t> Iterator for Unfolded<'t> {
    type Item = (usize, Cow<'t, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let (number, line) = self.lines.next()?;
        let mut line = Cow::Borrowed(line);
        if self.folding == Folding::VCard && is_quoted_printable(&line) {
            while self.behind_soft_break(&mut line) {}
        }
        while let Some(more) = self.continuation() {
            line.to_mut().push_str(more);
        }
        Some((number, line))
    }
}

fn is_quoted_printable(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    head.len() < 200 && head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

/// Counts the lines up to places that only move forward.
#[derive(Debug, Clone)]
pub(super) struct Counter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Counter<'t> {
    pub(super) fn new(text: &'t str) -> Counter<'t> {
        Counter { text, at: 0, line: 1 }
    }

    /// The line of an offset not before the last one asked for.
    pub(super) fn line_of(&mut self, offset: usize) -> usize {
        let octets = self.text.as_bytes();
        let end = offset.min(octets.len());
        for at in self.at..end {
            let is_end = octets[at] == b'\n' || (octets[at] == b'\r' && octets.get(at + 1) != Some(&b'\n'));
            self.line += usize::from(is_end);
        }
        self.at = self.at.max(end);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_any_system_and_keep_their_numbers() {
        let lines: Vec<_> = Lines::new("a\r\nb\nc\rd\r\r\n").collect();
        assert_eq!(lines, [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, ""), (6, "")]);
        let mut counter = Counter::new("a\r\nb\nc\rd");
        assert_eq!([0, 3, 5, 7, 99].map(|at| counter.line_of(at)), [1, 2, 3, 4, 4]);
    }

    #[test]
    fn folded_lines_are_one() {
        let lines = |text, folding| Unfolded::new(text, folding).map(|(n, line)| (n, line.into_owned())).collect();
        let read: Vec<(usize, String)> = lines("a\n b\n\tc\nd", Folding::VCard);
        assert_eq!(read, [(1, "abc".to_owned()), (4, "d".to_owned())]);
        let read: Vec<(usize, String)> = lines("FN;QUOTED-PRINTABLE:=41=\r\n=42=\r\nEND:VCARD", Folding::VCard);
        assert_eq!(read, [(1, "FN;QUOTED-PRINTABLE:=41=42=".to_owned()), (3, "END:VCARD".to_owned())]);
        let read: Vec<(usize, String)> = lines("a:: x\n  y\n\tz", Folding::Ldif);
        assert_eq!(read, [(1, "a:: x y".to_owned()), (3, "\tz".to_owned())]);
    }
}

//! Texts with the words marked that findings point at.

use std::ops::Range;

use crate::finding::{Finding, Part};
use crate::message::Body;

/// What a line of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Written now.
    Own,
    /// Written before, by others or oneself, with the line that says by whom.
    Quoted,
    Signature,
    Footer,
}

/// A line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub zone: Zone,
    pub runs: Vec<Run>,
}

/// Words that the same findings point at; none point at plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    /// Numbers of findings.
    pub marks: Vec<usize>,
}

/// Lines shown of one text: more than anybody reads, and a page stays a page.
const MOST_LINES: usize = 5000;

/// Characters shown of one line.
const LONGEST_LINE: usize = 10_000;

/// The n-th text of a mail, line by line.
pub(super) fn text(body: &Body, n: usize, findings: &[Finding]) -> Vec<Line> {
    let anatomy = &body.anatomy;
    let zones = [
        (Zone::Quoted, &anatomy.quoted),
        (Zone::Quoted, &anatomy.attribution),
        (Zone::Signature, &anatomy.signature),
        (Zone::Footer, &anatomy.footer),
    ];
    let mut start = 0;
    let mut lines = Vec::new();
    for (number, raw) in body.original.trim_end().split('\n').enumerate().take(MOST_LINES) {
        let (line, end) = (raw.strip_suffix('\r').unwrap_or(raw), start + raw.len());
        // Ranges are in the order of the text; quote marks in front of a quoted line do not belong to its range.
        let holds = |ranges: &[Range<usize>]| {
            let next = ranges.partition_point(|range| range.end <= start);
            ranges.get(next).is_some_and(|range| range.start < end)
        };
        let zone = zones.iter().find(|(_, ranges)| holds(ranges)).map_or(Zone::Own, |(zone, _)| *zone);
        let spans = spans(findings, &Part::Body(n), number + 1);
        let shown = line.char_indices().nth(LONGEST_LINE).map_or(line, |(cut, _)| &line[..cut]);
        lines.push(Line { zone, runs: runs(shown, &spans) });
        if shown.len() < line.len() {
            lines.push(Line::cut());
        }
        start = end + 1;
    }
    if start < body.original.trim_end().len() {
        lines.push(Line::cut());
    }
    lines
}

impl Line {
    /// Says that something is left out.
    fn cut() -> Line {
        Line { zone: Zone::Footer, runs: vec![Run { text: "[…]".to_owned(), marks: Vec::new() }] }
    }
}

/// A header field.
pub(super) fn header(text: &str, name: &str, findings: &[Finding]) -> Vec<Run> {
    runs(text, &spans(findings, &Part::Header(name.to_owned()), 1))
}

/// Columns from, columns to, number of the finding.
fn spans(findings: &[Finding], part: &Part, line: usize) -> Vec<(usize, usize, usize)> {
    let here = findings.iter().enumerate().filter(|(_, one)| one.location.part == *part && one.location.line == line);
    here.map(|(n, one)| {
        let from = one.location.column.saturating_sub(1);
        (from, from + one.location.text.chars().count(), n)
    })
    .filter(|(from, to, _)| from < to)
    .collect()
}

/// Cuts a line where marks begin and end.
fn runs(line: &str, spans: &[(usize, usize, usize)]) -> Vec<Run> {
    if spans.is_empty() {
        return if line.is_empty() { Vec::new() } else { vec![Run { text: line.to_owned(), marks: Vec::new() }] };
    }
    let mut runs: Vec<Run> = Vec::new();
    for (column, c) in line.chars().enumerate() {
        let marks: Vec<usize> =
            spans.iter().filter(|(from, to, _)| (*from..*to).contains(&column)).map(|s| s.2).collect();
        match runs.last_mut() {
            Some(last) if last.marks == marks => last.text.push(c),
            _ => runs.push(Run { text: c.to_string(), marks }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Level, Location};
    use crate::lang::Bilingual;
    use crate::message::Message;

    fn finding(part: Part, line: usize, column: usize, text: &str) -> Finding {
        let location = Location { part, line, column, text: text.to_owned(), context: String::new(), raw_line: 1 };
        let words = Bilingual::new("", "");
        let (why, advice) = (words.clone(), words.clone());
        let (level, confidence) = (Level::Error, Confidence::High);
        Finding {
            rule: String::new(),
            level,
            confidence,
            title: words,
            why,
            advice,
            location,
            evidence: Vec::new(),
            doubt: None,
        }
    }

    #[test]
    fn words_are_marked_where_they_stand_also_behind_wide_characters_and_where_marks_overlap() {
        let raw = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n総務部　加藤様\r\n\r\nお世話に\r\n";
        let message = Message::parse(raw.as_bytes()).expect("a mail");
        let findings = [finding(Part::Body(0), 1, 5, "加藤様"), finding(Part::Body(0), 1, 7, "様")];
        let lines = text(&message.bodies[0], 0, &findings);
        let shown: Vec<(&str, &[usize])> =
            lines[0].runs.iter().map(|run| (run.text.as_str(), run.marks.as_slice())).collect();
        assert_eq!(shown, [("総務部　", &[][..]), ("加藤", &[0]), ("様", &[0, 1])]);
        assert_eq!((lines.len(), lines[1].runs.len()), (3, 0));
    }

    #[test]
    fn lines_say_whose_they_are() {
        let raw = "Subject: x\r\n\r\nHi,\r\n\r\nyes.\r\n\r\n-- \r\nKen\r\n\r\nOn Tue, 13 Oct 2026 at 10:00, Ann <ann@aoba.example> wrote:\r\n> When?\r\n> Now?\r\n";
        let message = Message::parse(raw.as_bytes()).expect("a mail");
        let lines = text(&message.bodies[0], 0, &[]);
        let zone = |words: &str| {
            let of = |line: &&Line| line.runs.iter().any(|run| run.text.contains(words));
            lines.iter().find(of).expect("such a line").zone
        };
        assert_eq!([zone("Hi,"), zone("yes."), zone("When?"), zone("Now?"), zone("wrote:")], {
            use Zone::{Own, Quoted};
            [Own, Own, Quoted, Quoted, Quoted]
        });
        assert_eq!(zone("Ken"), Zone::Signature);
    }
}

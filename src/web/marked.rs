//! The words in question, marked in the HTML of a mail with the numbers of their findings.
//!
//! What this writes is made safe afterwards as the mail's own HTML is: wherever a mark were put, it opens no hole.

use std::ops::Range;

use crate::finding::{Finding, Level, Part};
use crate::message::{Message, Words, spots};

/// More marks than this are no help to anybody.
const MOST_MARKS: usize = 50;

/// Octets of texts that words are looked for in: people write a hundredth of it.
const LARGEST: usize = 2 << 20;

/// Words that are marked with one colour.
struct Stretch {
    range: Range<usize>,
    level: Level,
}

/// The words of a mail that findings point at, with the numbers of the findings.
pub(super) fn remarked(message: &Message, findings: &[Finding]) -> Vec<(usize, Words)> {
    if message.bodies.iter().map(|body| body.original.len()).sum::<usize>() > LARGEST {
        return Vec::new();
    }
    let words = |(n, finding): (usize, &Finding)| {
        let place = &finding.location;
        let Part::Body(text) = place.part else { return None };
        let range = message.bodies.get(text)?.range(place.line, place.column, &place.text)?;
        Some((n, Words { text, range }))
    };
    findings.iter().enumerate().filter_map(words).take(MOST_MARKS).collect()
}

/// The HTML with these words marked that it certainly shows; the others are marked nowhere. `tidy` has been through
/// sanitising, and the result has to go through it.
pub(super) fn marked(tidy: &str, message: &Message, findings: &[Finding], remarked: &[(usize, Words)]) -> String {
    let texts: Vec<&str> = message.bodies.iter().map(|body| body.original.as_str()).collect();
    let words: Vec<Words> = remarked.iter().map(|(_, words)| words.clone()).collect();
    let (mut stretches, mut numbers) = (Vec::new(), Vec::new());
    for ((n, _), pieces) in remarked.iter().zip(spots(tidy, &texts, &words)) {
        numbers.extend(pieces.last().map(|last| (last.end, n + 1)));
        stretches.extend(pieces.into_iter().map(|range| Stretch { range, level: findings[*n].level }));
    }
    numbers.sort_unstable();
    write(tidy, &joined(stretches), &numbers)
}

/// Stretches that overlap are one, of the worst level.
fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_by_key(|one| one.range.start);
    let mut out: Vec<Stretch> = Vec::new();
    for one in stretches {
        match out.last_mut().filter(|last| one.range.start < last.range.end) {
            Some(last) => {
                last.range.end = last.range.end.max(one.range.end);
                last.level = last.level.max(one.level);
            }
            None => out.push(one),
        }
    }
    out
}

/// `numbers` stand behind the octet they go with, in order; each of them at the end of words of a stretch.
fn write(tidy: &str, stretches: &[Stretch], numbers: &[(usize, usize)]) -> String {
    let (mut out, mut at, mut left) = (String::with_capacity(tidy.len()), 0, numbers);
    for Stretch { range, level } in stretches {
        out.push_str(&tidy[at..range.start]);
        out.push_str(&format!("<mark style=\"background:{};color:#000\">", colour(*level)));
        at = range.start;
        while let Some((&(end, number), rest)) = left.split_first().filter(|((end, _), _)| *end <= range.end) {
            out.push_str(&tidy[at..end]);
            out.push_str(&format!("<sup>{number}</sup>"));
            (at, left) = (end, rest);
        }
        out.push_str(&tidy[at..range.end]);
        out.push_str("</mark>");
        at = range.end;
    }
    out.push_str(&tidy[at..]);
    out
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::Error => "#ffc9c4",
        Level::Warning => "#ffe6a8",
        Level::Info => "#d5e6ff",
    }
}

//! Sections of an answer: 「■再発防止」, "What we are changing:". What stands under such a heading is that part, in whatever
//! words, unless it is nothing but a vow.

use super::parts::Part;
use crate::rule::expression::{Function, Said};
use crate::rule::reading::{Hit, Reading};

impl Part {
    /// The function of the words that head its section.
    fn heading(self) -> Option<Function> {
        match self {
            Part::Cause => Some(Function::CauseHeading),
            Part::Remedy => Some(Function::RemedyHeading),
            Part::Prevention => Some(Function::PreventionHeading),
            Part::NextContact => Some(Function::NextHeading),
            _ => None,
        }
    }
}

/// What stands under the heading of a part: its first sentence.
pub(super) fn under_heading(reading: &Reading<'_>, part: Part, weak: &[Said]) -> Option<Hit> {
    let headings = reading.said(part.heading()?).iter();
    headings.filter(|said| is_heading(reading.folded(&said.hit), &said.hit)).find_map(|said| {
        let text = reading.folded(&said.hit);
        let sentences = &reading.clauses(said.hit.text).sentences;
        let behind = said.hit.range.end;
        let own = sentences.iter().find(|range| range.end > behind)?;
        // The rest of the heading's own line, or the next line.
        let inline = text[behind.max(own.start)..own.end].trim_matches(is_ornament);
        let range = if inline.chars().count() >= SHORTEST {
            behind.max(own.start)..own.end
        } else {
            sentences.iter().find(|range| range.start >= own.end)?.clone()
        };
        let vowed = weak.iter().any(|one| {
            one.hit.text == said.hit.text && one.hit.range.start < range.end && range.start < one.hit.range.end
        });
        let hit = Hit { text: said.hit.text, range };
        (!vowed).then_some(hit)
    })
}

/// A section says more than a word. In characters.
const SHORTEST: usize = 4;

/// It begins its line, and a colon, a bracket or the line's end follows.
fn is_heading(text: &str, hit: &Hit) -> bool {
    const LONGEST_TAIL: usize = 24;
    let before = text[..hit.range.start].rsplit('\n').next().unwrap_or_default();
    let after = text[hit.range.end..].split('\n').next().unwrap_or_default();
    let closes =
        after.find([':', '】', ']', '>', '）', ')', '-']).is_some_and(|at| after[..at].chars().count() <= LONGEST_TAIL);
    before.trim_matches(is_ornament).is_empty() && (closes || after.trim_matches(is_ornament).is_empty())
}

fn is_ornament(c: char) -> bool {
    !c.is_alphabetic()
}

//! `placeholder`: a gap of a template was left open.

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark, sentence};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Placeholder {
    gaps: Words,
    /// In the same sentence these say that the gap is meant: an example, a form, masked digits.
    unless: Words,
    /// Gaps looked for in the subject: substrings of its folded text.
    in_subject: Vec<String>,
}

/// Each gap is judged by what stands around and above it.
const MOST_GAPS: usize = 200;

impl Kind for Placeholder {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.gaps, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let hits = reading.own(&self.gaps).into_iter().take(MOST_GAPS).filter(|hit| {
            !reading.sentence_has(hit, &self.unless) && !reading.is_quoted(hit) && !is_meant(reading, hit)
        });
        let mut out: Vec<Remark> = Vec::new();
        let mut last_sentence = None;
        for hit in hits {
            // One finding a sentence: 「〇〇様の○月○日」 is one slip.
            let around = sentence(reading.folded(&hit), hit.range.clone());
            if last_sentence.as_ref() == Some(&around) {
                continue;
            }
            if out.len() == MAX_REMARKS {
                break;
            }
            last_sentence = Some(around);
            let words = reading.words(&hit);
            out.push(Remark::at(reading.own_place(&hit)).with("words", words));
        }
        let subject = &reading.subject;
        if let Some((at, gap)) =
            self.in_subject.iter().find_map(|gap| subject.folded.text().find(gap.as_str()).map(|at| (at, gap)))
        {
            let words = subject.words(at..at + gap.len());
            out.push(Remark::at(reading.header_place("subject", words)).with("words", words));
        }
        out
    }
}

/// 「（金額）は税抜です」, "/users/{user_id}", a line of code: a bracket that explains, a part of a path, an example.
fn is_meant(reading: &Reading<'_>, hit: &Hit) -> bool {
    let text = reading.folded(hit);
    let found = text[hit.range.clone()].trim();
    let before = text[..hit.range.start].chars().next_back();
    let after = text[hit.range.end..].chars().next();
    let in_brackets = found.starts_with(['(', '【', '[', '<']);
    (in_brackets && (matches!(after, Some('は' | ':')) || is_form(&text[..hit.range.start])))
        || before == Some('/')
        || (found.starts_with('様') && !lacks_name(&text[..hit.range.start]))
        || (found.ends_with(" ,") && text.matches(" ,").count() > 1)
        || is_code(text, hit.range.start)
}

/// 「以下をご記入ください。（氏名）（住所）」: gaps for the reader to fill.
fn is_form(before: &str) -> bool {
    const ABOVE: usize = 120;
    let start = before.char_indices().rev().nth(ABOVE).map_or(0, |(at, _)| at);
    ["記入", "お知らせ", "入力", "fill in", "fill out"].iter().any(|asks| before[start..].contains(asks))
}

/// 「様」 alone at the top, or below a company or department: the name is missing. Below a name it is only wrapped.
fn lacks_name(before: &str) -> bool {
    let above = before.trim_end();
    above.is_empty() || ["社", "部", "課", "室", "支店", "長", ")"].iter().any(|end| above.ends_with(end))
}

/// Inside a fenced block, or on a line set off by four blanks or a tab.
fn is_code(text: &str, at: usize) -> bool {
    let line_start = text[..at].rfind('\n').map_or(0, |start| start + 1);
    let line = &text[line_start..];
    let indented = line.starts_with("    ") || line.starts_with('\t');
    let fences = || text[..at].lines().filter(|line| line.trim_start().starts_with("```")).count();
    indented || (text[..at].contains("```") && fences() % 2 == 1)
}

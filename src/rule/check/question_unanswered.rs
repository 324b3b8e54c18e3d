//! `question-unanswered`: the quoted mail asks several questions, and the answer shows no trace of one of them.
//!
//! Very careful: a sentence of the answer that cannot be told to belong to another question may answer any, and then
//! nothing is said. So are answers between the quoted lines, attached files, and "I will come back to the rest".

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;

use super::order_data::{answered, original, quoted_range};
use super::{Kind, date};
use crate::measure::{self, Quantity};
use crate::message::text::is_wide;
use crate::rule::reading::{Hit, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct QuestionUnanswered {
    /// In quoted text these ask, also without a question mark.
    asks: Words,
    /// A question with these is small talk.
    small_talk: Words,
    /// Anywhere in own text these answer all at once, or put the rest off.
    unless: Words,
    /// Own sentences with these answer nothing.
    courtesy: Words,
    /// Words that are no trace of a question: everybody uses them.
    common: Vec<String>,
    /// What kinds of question are answered by.
    kinds: Vec<Answer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// A folded question with one of these is of this kind.
    asks: Vec<String>,
    /// Something of this form answers it.
    #[serde(default)]
    form: Option<Form>,
    /// So does a sentence with one of these.
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    Time,
    Money,
    Count,
}

/// A sentence with the words that leave a trace.
struct Sentence {
    range: Range<usize>,
    traces: BTreeSet<String>,
}

/// More questions are a questionnaire, answered in a form of its own; longer answers are not judged.
const MOST_QUESTIONS: usize = 8;
const MOST_SENTENCES: usize = 40;
/// A question with fewer words of its own can be answered in others.
const FEWEST_TRACES: usize = 2;
/// Questions are shown up to here, in characters.
const SHOWN: usize = 60;

impl Kind for QuestionUnanswered {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.asks, &mut self.small_talk, &mut self.unless, &mut self.courtesy]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let is_other = reading.is_internal() || reading.is_on_a_list();
        if is_other || reading.says(&self.unless) || reading.message.attachments.iter().any(|file| file.is_file()) {
            return Vec::new();
        }
        let Some(mail) = answered(reading) else { return Vec::new() };
        let part = &reading.texts[mail.text];
        let (own, quoted) = (part.body.own.text(), part.quoted.text());
        if is_interleaved(reading, mail.text) {
            return Vec::new();
        }
        let questions: Vec<Sentence> = sentences(quoted, quoted_range(reading, mail))
            .filter(|range| self.is_question(reading, mail.text, range))
            .map(|range| self.read(quoted, range))
            .take(MOST_QUESTIONS + 1)
            .collect();
        if !(2..=MOST_QUESTIONS).contains(&questions.len()) {
            return Vec::new();
        }
        let said: Vec<Sentence> =
            sentences(own, 0..own.len()).map(|range| self.read(own, range)).take(MOST_SENTENCES + 1).collect();
        if said.len() > MOST_SENTENCES || said.is_empty() {
            return Vec::new();
        }
        let belongs = |sentence: &Sentence, question: &Sentence| {
            !sentence.traces.is_disjoint(&question.traces)
                || self.answers(&own[sentence.range.clone()], &quoted[question.range.clone()])
        };
        // A sentence of no question may be the answer to any.
        let is_answer = |sentence: &&Sentence| questions.iter().any(|question| belongs(sentence, question));
        let is_free =
            |sentence: &Sentence| !is_answer(&sentence) && !self.is_courtesy(reading, mail.text, &sentence.range);
        if said.iter().any(is_free) {
            return Vec::new();
        }
        let open = questions
            .iter()
            .find(|question| question.traces.len() >= FEWEST_TRACES && !said.iter().any(|one| belongs(one, question)));
        let (Some(open), Some(first)) = (open, said.iter().find(is_answer)) else { return Vec::new() };
        let hit = Hit { text: mail.text, range: first.range.clone() };
        vec![Remark::at(reading.own_place(&hit)).with("question", shown(&original(reading, mail.text, &open.range)))]
    }
}

impl QuestionUnanswered {
    fn read(&self, text: &str, range: Range<usize>) -> Sentence {
        Sentence { traces: self.traces(&text[range.clone()]), range }
    }

    fn is_question(&self, reading: &Reading<'_>, text: usize, range: &Range<usize>) -> bool {
        let hits = &reading.texts[text].quoted;
        let words = hits.text()[range.clone()].trim_end();
        let marked =
            words.ends_with('?') || words.trim_end_matches('。').ends_with('か') || hits.touch(&self.asks, range);
        // "Or is it …?" goes on with the question before.
        let goes_on =
            ["それとも", "または", "or ", "and if so"].iter().any(|start| words.trim_start().starts_with(start));
        marked && !goes_on && !hits.touch(&self.small_talk, range)
    }

    /// A greeting, a name, thanks: nothing that answers.
    fn is_courtesy(&self, reading: &Reading<'_>, text: usize, range: &Range<usize>) -> bool {
        let folded = reading.texts[text].body.own.text();
        let words = folded[range.clone()].trim();
        let is_name = match words.chars().any(is_wide) {
            true => {
                words.chars().count() <= 6
                    && !words.ends_with(['。', '?'])
                    && !words.chars().any(|c| c.is_ascii_digit())
            }
            false => words.split_whitespace().count() <= 2 && !words.chars().any(|c| c.is_ascii_digit()),
        };
        let yes_or_no = ["はい", "いいえ", "可能", "不可", "yes", "no", "ok", "sure", "fine"]
            .iter()
            .any(|word| words.starts_with(word));
        (is_name && !yes_or_no) || overlaps(&reading.own(&self.courtesy), text, range)
    }

    fn answers(&self, sentence: &str, question: &str) -> bool {
        let mut kinds = self.kinds.iter().filter(|kind| kind.asks.iter().any(|word| question.contains(word.as_str())));
        kinds.any(|kind| {
            kind.words.iter().any(|word| sentence.contains(word.as_str()))
                || kind.form.is_some_and(|form| has_form(sentence, form))
        })
    }

    /// Pairs of kanji, three kana of a katakana word, the stems of longer Latin words, numbers.
    fn traces(&self, text: &str) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let is_latin = |c: char| c.is_ascii_alphanumeric();
        for word in text.split(|c| !is_latin(c)) {
            let is_number = word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
            if is_number || (word.len() >= 4 && !self.common.iter().any(|common| common == word)) {
                out.insert(word.chars().take(5).collect());
            }
        }
        let mut add = |is_part: fn(char) -> bool, length: usize| {
            for run in text.split(|c| !is_part(c)) {
                let signs: Vec<char> = run.chars().collect();
                let pieces = signs.windows(length).map(|piece| piece.iter().collect::<String>());
                out.extend(pieces.filter(|piece| !self.common.contains(piece)));
            }
        };
        add(|c| matches!(c, '\u{4E00}'..='\u{9FFF}' | '々'), 2);
        add(|c| matches!(c, '\u{30A1}'..='\u{30FA}' | 'ー'), 3);
        out
    }
}

fn has_form(sentence: &str, form: Form) -> bool {
    let found = measure::find(sentence);
    let has = |test: fn(&Quantity) -> bool| found.iter().any(|one| test(&one.quantity));
    match form {
        Form::Time => {
            has(|one| matches!(one, Quantity::Span(_) | Quantity::Hours { .. })) || !date::find(sentence).is_empty()
        }
        Form::Money => has(|one| matches!(one, Quantity::Money { .. } | Quantity::Share(_))),
        Form::Count => sentence.contains(|c: char| c.is_ascii_digit()),
    }
}

/// Own text stands between quoted lines.
fn is_interleaved(reading: &Reading<'_>, text: usize) -> bool {
    let body = reading.texts[text].body;
    let filled = |ranges: &[Range<usize>]| {
        ranges.iter().filter(|range| !body.original[(*range).clone()].trim().is_empty()).cloned().collect::<Vec<_>>()
    };
    let (own, quoted) = (filled(&body.anatomy.own), filled(&body.anatomy.quoted));
    let (Some(first), Some(last)) = (quoted.first(), quoted.last()) else { return false };
    own.iter().any(|one| one.start > first.start && one.start < last.start)
}

/// The sentences of a range, each to its end.
fn sentences(text: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let rest = &text[at..within.end];
        let start = at + rest.len() - rest.trim_start().len();
        if start >= within.end {
            return None;
        }
        let first = text[start..].chars().next().map_or(1, char::len_utf8);
        let end = crate::rule::reading::sentence(text, start..start + first)
            .end
            .clamp(start + first, within.end.max(start + first));
        at = end.min(within.end);
        Some(start..at)
    })
}

fn overlaps(hits: &[Hit], text: usize, range: &Range<usize>) -> bool {
    hits.iter().any(|hit| hit.text == text && hit.range.start < range.end && hit.range.end > range.start)
}

fn shown(question: &str) -> String {
    match question.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &question[..end]),
        None => question.to_owned(),
    }
}

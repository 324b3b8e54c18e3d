//! A second opinion on what an answer to a fault lacks.
//!
//! Expressions find the parts of an answer, and nobody lists every way of making amends: an answer in words of its own
//! would be told that it lacks what it has. So the words of the whole mail are weighed as well, by a logistic regression
//! learnt from the labelled mails of `fixtures/fault` (`examples/learn`). It only ever silences: where it holds a lack
//! for unlikely, nothing is reported. What it cannot do is find one.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::fault::Part;
use crate::lang::Lang;
use crate::message::Message;

/// The lacks it has an opinion on, as the labels of `fixtures/fault` name them.
pub const LABELS: [&str; 4] = ["missing_apology", "no_remedy", "no_prevention", "no_next_contact"];

/// The parts that are lacking, in the same order.
const PARTS: [Part; LABELS.len()] = [Part::Apology, Part::Remedy, Part::Prevention, Part::NextContact];

/// Below this probability a lack is not believed. An apology is the least likely to come in unknown words.
const UNLIKELY: [f32; LABELS.len()] = [0.01, 0.05, 0.05, 0.05];

/// The same as log-odds.
pub fn least_odds(label: usize) -> f32 {
    (UNLIKELY[label] / (1.0 - UNLIKELY[label])).ln()
}

/// Weights stand in the table as hundredths.
pub const SCALE: f32 = 100.0;

/// The row that every mail has.
pub const ALWAYS: &str = "";

type Weights = HashMap<&'static str, [f32; LABELS.len()]>;

/// `rules/weights.tsv`: language, words, a weight for each label.
static WEIGHTS: LazyLock<HashMap<&'static str, Weights>> = LazyLock::new(|| {
    let mut out: HashMap<&str, Weights> = HashMap::new();
    for line in include_str!("../../rules/weights.tsv").lines() {
        let mut columns = line.split('\t');
        let (Some(lang), Some(words)) = (columns.next(), columns.next()) else { continue };
        let mut weights = [0.0; LABELS.len()];
        for (weight, column) in weights.iter_mut().zip(columns) {
            *weight = column.parse::<f32>().unwrap_or_default() / SCALE;
        }
        out.entry(lang).or_default().insert(words, weights);
    }
    out
});

/// How likely each part is lacking, as log-odds.
#[derive(Debug)]
pub(super) struct Opinion([f32; LABELS.len()]);

impl Opinion {
    pub(super) fn of(message: &Message) -> Opinion {
        let (lang, words) = words(message);
        let mut sum = [0.0; LABELS.len()];
        if let Some(weights) = WEIGHTS.get(lang.tag()) {
            for found in words.iter().filter_map(|word| weights.get(word.as_str())) {
                sum.iter_mut().zip(found).for_each(|(sum, weight)| *sum += weight);
            }
        }
        Opinion(sum)
    }

    /// Whether it is unlikely that this part is lacking. Of others than [`LABELS`] it knows nothing.
    pub(super) fn doubts(&self, lacking: Part) -> bool {
        PARTS.iter().position(|part| *part == lacking).is_some_and(|label| self.0[label] < least_odds(label))
    }
}

/// What is weighed: each word and pair of words of an English mail, each two and three characters of a Japanese one;
/// what was written now begins with `o`, what is quoted with `q`.
pub fn words(message: &Message) -> (Lang, BTreeSet<String>) {
    let kana = |text: &str| text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}'));
    let japanese = message.bodies.iter().any(|body| kana(body.own.text()));
    let mut out = BTreeSet::from([ALWAYS.to_owned()]);
    for body in &message.bodies {
        for (source, text) in [('o', body.own.text()), ('q', body.quoted.text())] {
            if japanese { characters(source, text, &mut out) } else { pairs(source, text, &mut out) }
        }
    }
    (if japanese { Lang::Ja } else { Lang::En }, out)
}

fn pairs(source: char, text: &str, out: &mut BTreeSet<String>) {
    let mut before = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphabetic() || c == '\'';
        let class = |c: char| {
            if is_word(c) {
                0
            } else if c.is_numeric() {
                1
            } else {
                2
            }
        };
        let end = rest.find(|c| class(c) != class(first)).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        let token = match class(first) {
            0 => piece,
            1 => "#",
            // A mark between words ends a thought; blanks do not.
            _ if piece.contains('?') => "?",
            _ if piece.trim().is_empty() && !piece.contains('\n') => continue,
            _ => "|",
        };
        out.insert(format!("{source}{token}"));
        out.insert(format!("{source}{before} {token}"));
        before.clear();
        before.push_str(token);
    }
}

fn characters(source: char, text: &str, out: &mut BTreeSet<String>) {
    let mut chars: Vec<char> = Vec::with_capacity(text.len() / 3);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let c = if c.is_numeric() { '#' } else { c };
        if c != '#' || chars.last() != Some(&'#') {
            chars.push(c);
        }
    }
    for length in [2, 3] {
        out.extend(chars.windows(length).map(|window| std::iter::once(source).chain(window.iter().copied()).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> BTreeSet<String> {
        let raw = format!("From: a@own.example\r\nTo: b@client.example\r\nSubject: x\r\n\r\n{text}\r\n");
        words(&Message::parse(raw.as_bytes()).expect("a mail")).1
    }

    #[test]
    fn words_and_pairs_are_taken_in_the_language_of_the_mail() {
        let english = of("We refund 20 euros, today.\r\n\r\n> It broke");
        for word in ["", "owe", "owe refund", "orefund #", "oeuros |", "qit broke"] {
            assert!(english.contains(word), "{word} in {english:?}");
        }
        let japanese = of("12個を返金します。");
        for word in ["o#個", "o返金", "o返金し"] {
            assert!(japanese.contains(word), "{word} in {japanese:?}");
        }
    }

    #[test]
    fn an_answer_that_does_everything_in_its_own_words_is_believed() {
        let raw = "From: a@own.example\r\nTo: b@client.example\r\nSubject: Re: boat\r\n\r\nDear Mr Haines,\r\n\r\n\
            I apologise. The difference was returned to your card this morning. Boat changes now have to be cleared with \
            the guest by telephone; I check the list myself each evening. I'll write again on Friday to ask whether the \
            money has come.\r\n";
        let message = Message::parse(raw.as_bytes()).expect("a mail");
        assert!(Opinion::of(&message).doubts(Part::Remedy));
        assert!(!Opinion::of(&message).doubts(Part::Thanks));
    }
}

//! `fact-mismatch`: the text names a topic of `[[fact]]` and gives it another value: 「保証は2年」 where one year is right.
//!
//! Contradiction fires: one value beside the topic, of the kind that is known, and none of the known ones in the whole
//! sentence. Anything that may be another matter – another product, the past, a condition, a question – is left alone.

use std::ops::Range;

use serde::Deserialize;

use super::{Kind, date};
use crate::facts::Mention;
use crate::measure::{self, Comparison, Found, Quantity};
use crate::message::text::Folded;
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct FactMismatch {
    /// In the same sentence these tell that the value is denied, compared, past, conditional or somebody else's.
    unless: Words,
    /// In the same sentence these name a product, plan or day of its own, unless the fact's words or values have them.
    others: Words,
    /// Right behind a topic's words these make another word of them: 「送料込み」, 「保証書」.
    not_meant: Vec<String>,
    /// Right behind a value these make it a point in time: 「2年前」.
    behind: Vec<String>,
}

/// More mentions in one mail are a price list's, and each is compared with all values.
const MAX_MENTIONS: usize = 200;
/// A value further from its topic is said of something else. In characters.
const FAR: usize = 40;

impl Kind for FactMismatch {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.unless, &mut self.others]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let known = &reading.facts.known;
        if known.is_empty() || reading.is_internal() || reading.is_on_a_list() {
            return Vec::new();
        }
        let addresses: Vec<String> = reading.outside().map(|one| one.mailbox.address.key()).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let mut out: Vec<Remark> = Vec::new();
        let mut said: Vec<(usize, usize)> = Vec::new();
        for (text, part) in reading.texts.iter().enumerate() {
            let folded = part.body.own.text();
            let mentions = known.mentioned(folded);
            if mentions.is_empty() {
                continue;
            }
            let found = measure::find(folded);
            for mention in mentions.iter().take(MAX_MENTIONS) {
                let hit = Hit { text, range: mention.range.clone() };
                let Some((value, topic)) = self.wrong(reading, &hit, mention, &mentions, &found, &addresses) else {
                    continue;
                };
                let place = (text, value.range.start);
                if said.contains(&place) || out.len() == MAX_REMARKS {
                    continue;
                }
                said.push(place);
                out.push(self.remark(reading, Hit { text, range: value.range.clone() }, &topic));
            }
        }
        out
    }
}

/// A topic with the facts that hold for the mail's recipients.
struct Topic<'a> {
    name: &'a str,
    facts: Vec<usize>,
}

impl FactMismatch {
    /// The value beside a mention that contradicts every fact of its topic.
    fn wrong<'f, 'a>(
        &self,
        reading: &Reading<'a>,
        hit: &Hit,
        mention: &Mention,
        mentions: &[Mention],
        found: &'f [Found],
        addresses: &[&str],
    ) -> Option<(&'f Found, Topic<'a>)> {
        let known = &reading.facts.known;
        let folded = reading.folded(hit);
        let sentence = reading.sentence(hit);
        let words = &folded[sentence.clone()];
        let is_of_a_day = |one: &Found| matches!(one.quantity, Quantity::Hours { .. }) && !date::find(words).is_empty();
        let is_asked =
            words.trim_end().ends_with(['?', '？']) || words.trim_end().trim_end_matches('。').ends_with('か');
        let behind = folded[hit.range.end..].trim_start_matches(' ');
        let is_another_word = self.not_meant.iter().any(|word| behind.starts_with(word.as_str()));
        if is_asked || is_another_word || reading.is_quoted(hit) || reading.sentence_has(hit, &self.unless) {
            return None;
        }
        let here: Vec<&Found> = found.iter().filter(|one| sentence.contains(&one.range.start)).collect();
        for &n in &mention.facts {
            let topic = &known.fact(n).topic;
            let facts = known.of_topic(topic, addresses, &reading.facts.clients);
            if facts.is_empty()
                || facts.iter().any(|&n| known.is_excepted(n, words))
                || self.is_of_another(reading, hit, &facts)
            {
                continue;
            }
            let right: Vec<&Quantity> = facts.iter().flat_map(|&n| known.quantities(n)).collect();
            let scope = scope(folded, &sentence, &mention.range);
            let beside = here.iter().copied().filter(|one| {
                scope.contains(&one.range.start)
                    && is_near(folded, &one.range, &mention.range)
                    && !self.is_a_time(folded, one)
            });
            let comparable: Vec<&Found> = beside
                .filter(|one| right.iter().any(|right| one.quantity.compare(right) != Comparison::Unlike))
                .collect();
            let is_right = |one: &&Found| right.iter().any(|right| one.quantity.compare(right) == Comparison::Same);
            let [value] = comparable[..] else { continue };
            if is_of_a_day(value)
                || here.iter().any(is_right)
                || is_elsewhere(reading, topic, value, mentions, &sentence)
                || is_a_total(value, &right, &here)
            {
                continue;
            }
            return Some((value, Topic { name: topic, facts }));
        }
        None
    }

    /// The sentence names a product, a plan or a day that the facts do not speak of.
    fn is_of_another(&self, reading: &Reading<'_>, hit: &Hit, facts: &[usize]) -> bool {
        let known = &reading.facts.known;
        let folded = reading.folded(hit);
        let sentence = reading.sentence(hit);
        let own: Vec<String> = facts
            .iter()
            .flat_map(|&n| {
                let fact = known.fact(n);
                fact.words.iter().chain(&fact.values).chain([&fact.topic])
            })
            .map(|words| Folded::new(words).text().to_owned())
            .collect();
        let is_own = |word: &str| own.iter().any(|own| own.contains(word));
        let others = reading.own(&self.others);
        let mut named = others.iter().filter(|other| other.text == hit.text && sentence.contains(&other.range.start));
        named.any(|other| !is_own(&folded[other.range.clone()])) || codes(&folded[sentence]).any(|code| !is_own(code))
    }

    /// 「2年前」, "2 years ago".
    fn is_a_time(&self, folded: &str, value: &Found) -> bool {
        let behind = folded[value.range.end..].trim_start();
        self.behind.iter().any(|word| behind.starts_with(word.as_str()))
    }

    fn remark(&self, reading: &Reading<'_>, hit: Hit, topic: &Topic<'_>) -> Remark {
        let known = &reading.facts.known;
        let mut values: Vec<&str> =
            topic.facts.iter().flat_map(|&n| known.fact(n).values.iter().map(String::as_str)).collect();
        values.dedup();
        Remark::at(reading.own_place(&hit))
            .with("topic", topic.name.to_owned())
            .with("words", reading.original(&hit))
            .with("value", values.join(" / "))
    }
}

/// The part of a sentence that says something of a topic: up to the commas around it, and on to the next part where the
/// topic alone stands before its comma: 「保証期間は、2年です」.
fn scope(text: &str, sentence: &Range<usize>, topic: &Range<usize>) -> Range<usize> {
    let is_comma = |at: usize, c: char| match c {
        '、' | ';' => true,
        ',' => {
            !(text[..at].ends_with(|c: char| c.is_ascii_digit())
                && text[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
        }
        _ => false,
    };
    let commas: Vec<usize> = text[sentence.clone()]
        .char_indices()
        .map(|(at, c)| (sentence.start + at, c))
        .filter(|(at, c)| is_comma(*at, *c))
        .map(|(at, _)| at)
        .collect();
    let start = commas.iter().rev().find(|at| **at < topic.start).copied().unwrap_or(sentence.start);
    let mut ends = commas.iter().copied().filter(|at| *at >= topic.end).chain([sentence.end]);
    let first = ends.next().unwrap_or(sentence.end);
    const ALONE: [&str; 12] = [
        "は",
        "も",
        "が",
        "につきましては",
        "については",
        "につきまして",
        "に関しては",
        "期間は",
        "時間は",
        "料金は",
        "価格は",
        "",
    ];
    let between = text[topic.end..first].trim();
    match ALONE.contains(&between) {
        true => start..ends.next().unwrap_or(sentence.end),
        false => start..first,
    }
}

fn is_near(text: &str, value: &Range<usize>, topic: &Range<usize>) -> bool {
    let between = if value.start >= topic.end {
        &text[topic.end..value.start]
    } else {
        &text[value.end.min(topic.start)..topic.start]
    };
    between.chars().count() <= FAR
}

/// Another topic of the sentence has this value.
fn is_elsewhere(
    reading: &Reading<'_>,
    topic: &str,
    value: &Found,
    mentions: &[Mention],
    sentence: &Range<usize>,
) -> bool {
    let known = &reading.facts.known;
    let others = mentions.iter().filter(|other| sentence.contains(&other.range.start)).flat_map(|other| &other.facts);
    let others = others.filter(|&&n| known.fact(n).topic != topic);
    let mut right = others.flat_map(|&n| known.quantities(n));
    right.any(|right| value.quantity.compare(right) == Comparison::Same)
}

/// Several at a price: 「10個で60,000円」.
fn is_a_total(value: &Found, right: &[&Quantity], here: &[&Found]) -> bool {
    let Quantity::Money { amount, .. } = &value.quantity else { return false };
    let counted = here.iter().any(|one| matches!(one.quantity, Quantity::Count { .. }));
    let multiple = right.iter().any(|right| {
        matches!(right, Quantity::Money { amount: one, .. } if *one > 0 && amount % one == 0 && (2..=12).contains(&(amount / one)))
    });
    counted || (multiple && here.iter().any(|one| matches!(one.quantity, Quantity::Span(_))))
}

/// Words of letters and digits that name a thing: `b-200`.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
    words.filter(|word| {
        let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
        word.len() >= 4
            && word.as_bytes()[0].is_ascii_alphabetic()
            && has(u8::is_ascii_digit)
            && !["usd", "jpy", "eur", "gbp"].iter().any(|sign| word.starts_with(sign))
    })
}

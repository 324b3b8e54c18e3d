//! English clauses: cut at commas and joining words, marked by their first words and by "not".

use std::ops::Range;

use super::{Agent, Marks};

/// Words that open a clause of their own in mid-sentence.
const OPENERS: [&str; 12] =
    ["but", "because", "if", "although", "though", "unless", "while", "whereas", "which", "so", "however", "since"];

/// "and" opens a clause where a verb or a subject follows, not in a list of things.
const AFTER_AND: [&str; 20] = [
    "we", "i", "you", "they", "it", "he", "she", "will", "have", "would", "the", "our", "we've", "we'll", "we're",
    "i've", "i'll", "i'm", "you'll", "it's",
];

const BUTS: [&str; 7] = ["but", "however", "although", "though", "whereas", "nevertheless", "yet"];

const CONDITIONS: [&str; 6] = ["if", "unless", "should", "in case", "provided", "were"];

/// By their words.
const REQUESTS: [&[&str]; 12] = [
    &["please"],
    &["kindly"],
    &["could", "you"],
    &["can", "you"],
    &["would", "you"],
    &["will", "you"],
    &["let", "me", "know"],
    &["let", "us", "know"],
    &["feel", "free"],
    &["do", "you", "mind"],
    &["would", "it", "be", "possible"],
    &["be", "so", "kind"],
];

/// Subjects that are people outside both houses.
const OTHERS: [&str; 26] = [
    "courier",
    "carrier",
    "supplier",
    "suppliers",
    "vendor",
    "manufacturer",
    "driver",
    "contractor",
    "subcontractor",
    "printer",
    "warehouse",
    "bank",
    "post",
    "airline",
    "factory",
    "agency",
    "temp",
    "intern",
    "predecessor",
    "accounting",
    "provider",
    "haulier",
    "partner",
    "distributor",
    "marketplace",
    "somebody",
];

/// Before one of these "you" or "us" is an object.
const PREPOSITIONS: [&str; 14] =
    ["for", "to", "with", "of", "from", "by", "at", "on", "about", "between", "behind", "after", "before", "than"];

const PAST: [&str; 40] = [
    "was",
    "were",
    "did",
    "didn't",
    "had",
    "hadn't",
    "wasn't",
    "weren't",
    "been",
    "done",
    "gone",
    "taken",
    "given",
    "written",
    "broken",
    "forgotten",
    "sent",
    "made",
    "took",
    "put",
    "went",
    "found",
    "forgot",
    "left",
    "ran",
    "paid",
    "lost",
    "broke",
    "got",
    "told",
    "gave",
    "came",
    "kept",
    "said",
    "wrote",
    "held",
    "built",
    "fell",
    "let",
    "meant",
];

pub(super) fn clauses(sentence: &str) -> Vec<(Range<usize>, Marks)> {
    let question = sentence.trim_end().ends_with('?');
    let mut out: Vec<(Range<usize>, Marks)> = Vec::new();
    for range in cut(sentence) {
        let mut marks = marks(&sentence[range.clone()]);
        marks.question = question;
        let before = out.last().map(|(_, before)| *before);
        // "… and will call you": the subject is the one before.
        if marks.agent == Agent::Nobody && first_word(&sentence[range.clone()]) == "and" {
            marks.agent = before.map_or(Agent::Nobody, |before| before.agent);
        }
        marks.but |= before.is_some_and(|before| before.but);
        // "If you had insured it, we would have refunded you."
        marks.condition |= before.is_some_and(|before| before.condition)
            && words(&sentence[range.clone()]).any(|(_, word)| matches!(word, "would" | "we'd" | "i'd" | "might"));
        out.push((range, marks));
    }
    out
}

fn cut(sentence: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut push = |start: &mut usize, end: usize| {
        if !sentence[*start..end].trim().is_empty() {
            out.push(*start..end);
        }
        *start = end;
    };
    let bytes = sentence.as_bytes();
    for (at, word) in words(sentence) {
        let next = || words(&sentence[at + word.len()..]).next().map_or("", |(_, next)| next);
        let opens = OPENERS.contains(&word) || (word == "and" && AFTER_AND.contains(&next()));
        // "so far", "so sorry", "as if", "even though" are no openings.
        let idle = word == "so" && !matches!(next(), "that" | "we" | "i" | "you" | "it" | "the" | "our" | "they");
        if opens && !idle && at > start {
            push(&mut start, at);
        }
        let end = at + word.len();
        let breaks = matches!(bytes.get(end), Some(b',' | b';' | b':' | b'(' | b')'))
            && bytes.get(end + 1).is_none_or(|next| !next.is_ascii_digit());
        if breaks || sentence[end..].starts_with(" - ") {
            push(&mut start, end + 1);
        }
    }
    push(&mut start, sentence.len());
    out
}

/// Words with their places; an apostrophe belongs to its word.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_word = |c: char| c.is_alphanumeric() || c == '\'';
        let start = at + text[at..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |length| start + length);
        at = end;
        Some((start, &text[start..end]))
    })
}

fn first_word(clause: &str) -> &str {
    words(clause).next().map_or("", |(_, word)| word)
}

fn marks(clause: &str) -> Marks {
    let all: Vec<&str> = words(clause).map(|(_, word)| word).collect();
    let first = all.first().copied().unwrap_or_default();
    let second = all.get(1).copied().unwrap_or_default();
    let request = REQUESTS.iter().any(|request| all.windows(request.len()).any(|words| words == *request));
    let condition = match first {
        "should" | "were" => matches!(second, "you" | "this" | "it" | "there" | "any"),
        "even" | "and" | "or" | "but" | "only" => matches!(second, "if" | "unless"),
        "in" => second == "case",
        _ => CONDITIONS.contains(&first),
    };
    Marks {
        negated: is_negated(&all),
        condition,
        question: false,
        request,
        but: BUTS.contains(&first),
        past: is_past(&all),
        agent: if request { Agent::Customer } else { agent(&all) },
    }
}

/// "asked for will be sent" is no past.
fn is_past(words: &[&str]) -> bool {
    let to_come = |word: &&str| matches!(*word, "will" | "shall" | "going" | "would") || word.ends_with("'ll");
    let done = |word: &&str| PAST.contains(word) || (word.len() > 4 && word.ends_with("ed"));
    words.iter().any(done) && !words.iter().any(to_come)
}

pub(super) fn names_reader(sentence: &str) -> bool {
    words(sentence).any(|(_, word)| matches!(word, "you" | "your" | "yours" | "you've" | "you're" | "you'd" | "you'll"))
}

pub(super) fn denies(phrase: &str) -> bool {
    is_negated(&words(phrase).map(|(_, word)| word).collect::<Vec<_>>())
}

fn is_negated(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(n, word)| {
        let next = words.get(n + 1).copied().unwrap_or_default();
        let negates =
            matches!(*word, "not" | "never" | "cannot" | "unable" | "without" | "nor") || word.ends_with("n't");
        let longer = *word == "no" && next == "longer";
        // "not only", "do not hesitate", "not just" say yes.
        (negates || longer)
            && !matches!(next, "only" | "hesitate" | "just" | "worry" | "later" | "reservation" | "hesitation")
    })
}

/// The subject: the first pronoun that is no object, or a noun behind an article or a possessive.
fn agent(words: &[&str]) -> Agent {
    let determiner =
        |word: &str| matches!(word, "the" | "a" | "an" | "our" | "my" | "your" | "this" | "that" | "their");
    for (n, &word) in words.iter().enumerate() {
        let before = n.checked_sub(1).map_or("", |n| words[n]);
        if PREPOSITIONS.contains(&before) {
            continue;
        }
        match word {
            "we" | "i" | "we're" | "we've" | "we'll" | "i'm" | "i've" | "i'll" | "we'd" | "i'd" => return Agent::Us,
            "you" | "you've" | "you're" | "you'll" | "you'd" => return Agent::Customer,
            "they" | "he" | "she" | "they've" | "they're" => return Agent::ThirdParty,
            _ if determiner(word) => {
                let noun = &words[n + 1..words.len().min(n + 4)];
                if noun.iter().any(|noun| OTHERS.contains(noun)) {
                    return Agent::ThirdParty;
                }
                if word == "your" && noun.first().is_some_and(|noun| is_people(noun)) {
                    return Agent::Customer;
                }
                // A thing is the subject unless a phrase about time or reason leads.
                if n == 0 || (n == 1 && matches!(before, "and" | "but" | "so" | "because")) {
                    return Agent::Nobody;
                }
            }
            _ => {}
        }
    }
    Agent::Nobody
}

fn is_people(noun: &str) -> bool {
    matches!(
        noun,
        "staff"
            | "team"
            | "people"
            | "colleague"
            | "colleagues"
            | "side"
            | "office"
            | "department"
            | "accountant"
            | "buyer"
            | "end"
    )
}

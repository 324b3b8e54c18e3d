//! `named-recipient`: the text greets a second person or says somebody is in copy, and no header names that person.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::Kind;
use super::greeting::{self, fit, shown};
use crate::finding::Evidence;
use crate::people::name::{Agreement, initial_fits, surname_at_end};
use crate::rule::reading::{Fit, Hit, Org, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct NamedRecipient {
    /// Phrases that announce a copy; the name stands in front (`before`) or behind (`after`).
    before: Words,
    after: Words,
    /// In the same clause these say that nobody is in copy, or was.
    unless: Words,
}

/// Each phrase is compared with every recipient.
const MOST_PHRASES: usize = 20;

impl Kind for NamedRecipient {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.before, &mut self.after, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let greeted = greeting::greeted(reading).into_iter().filter(|(.., fit)| *fit == Fit::Missing);
        let mut out: Vec<Remark> = greeted
            .map(|(text, addressee, _)| greeting::remark(reading, text, addressee).with("name", addressee.name.clone()))
            .collect();
        let before = reading.own(&self.before).into_iter().map(|hit| (names_before(reading, &hit), hit));
        let after = reading.own(&self.after).into_iter().map(|hit| (names_after(reading, &hit), hit));
        let phrases = before.chain(after).take(MOST_PHRASES).filter(|(_, hit)| !reading.clause_has(hit, &self.unless));
        let named = phrases.flat_map(|(names, hit)| names.into_iter().map(move |named| (named, hit.clone())));
        for (Named { name, .. }, hit) in named.filter(|(named, _)| is_absent(reading, named)) {
            if out.iter().any(|remark| remark.evidence.iter().any(|(_, value)| *value == Evidence::Text(name.clone())))
            {
                continue;
            }
            let place = reading.own_place(&reading.clause(&hit));
            let greeting = place.text.clone();
            out.push(
                Remark::at(place)
                    .with("greeting", greeting)
                    .with("recipients", shown(reading.recipients.iter()))
                    .with("name", name),
            );
        }
        out
    }
}

/// Somebody said to be in copy.
struct Named {
    name: String,
    /// One of the sender's own people: 「藤田をCCに」 without an honorific, "my colleague Priya".
    ours: bool,
}

/// No recipient can be this person. An address that tells no name can be anybody's, except the one the mail is written
/// to, and an outsider's when the person is one of ours.
fn is_absent(reading: &Reading<'_>, named: &Named) -> bool {
    let several = reading.recipients.iter().filter(|r| r.field == "to").count() > 1;
    !reading.recipients.is_empty()
        && reading.recipients.iter().all(|recipient| match fit(reading, &named.name, recipient) {
            Agreement::Same | Agreement::Misspelt => false,
            Agreement::Unknown => {
                (recipient.field == "to" && !several && !initial_fits(&named.name, recipient.mailbox))
                    || recipient.field == "bcc"
                    || (named.ours && recipient.org != Org::Own)
            }
            Agreement::Different => true,
        })
}

/// 「責任者の藤田をCCに」, "Mark is on copy", "Ann and Mark are on copy": the names in front of the phrase.
fn names_before(reading: &Reading<'_>, hit: &Hit) -> Vec<Named> {
    let sentence = reading.sentence(hit);
    let before = reading.original(&Hit { text: hit.text, range: sentence.start..hit.range.start.max(sentence.start) });
    let trimmed = before.trim_end_matches(|c: char| c.is_whitespace() || "、,:(（".contains(c));
    static CAPITALISED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s(,])([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)$").expect("a fixed pattern")
    });
    static JOINED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:^|[\s(])([A-Z][\p{L}'’-]+)(?:,| and|, and| &) $").expect("a fixed pattern"));
    let english = |name: String| Named { name, ours: false };
    if let Some(named) = japanese_name(trimmed) {
        return vec![named];
    }
    let mut out = Vec::new();
    let mut rest = trimmed;
    while let Some(found) = if out.is_empty() { &CAPITALISED } else { &JOINED }.captures(rest).and_then(|c| c.get(1)) {
        let name = without_opener(found.as_str());
        if !is_given(name) || is_title_of_a_thing(&rest[..found.start()]) || out.len() == MOST_JOINED {
            break;
        }
        out.push(english(name.to_owned()));
        rest = &rest[..found.start()];
    }
    if out.is_empty() { last_person(trimmed).into_iter().collect() } else { out }
}

/// So many people are named together.
const MOST_JOINED: usize = 5;

/// 「当日の担当は野々村ですので、」: the person the sentence is about stands further in front.
fn last_person(text: &str) -> Option<Named> {
    static PERSON: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([\p{Han}々]{2,8})(さん|様|部長|課長|係長|主任|社長)?(?:です(?:ので|から|が)|にも|が担当|も同席)")
            .expect("a fixed pattern")
    });
    let person = |found: regex::Captures<'_>| {
        let name = surname_at_end(found.get(1)?.as_str())?.to_owned();
        Some(Named { name, ours: found.get(2).is_none() })
    };
    PERSON.captures_iter(text).filter_map(person).last()
}

/// "I've copied in Tom", "I've copied Ann and Tom": the names behind the phrase.
fn names_after(reading: &Reading<'_>, hit: &Hit) -> Vec<Named> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^[\s:(]*((?:my|our)(?: [a-z-]+){1,3},?\s+|colleagues? )?(?:(?:the|her|his|their|your)(?: [a-z-]+){1,3},?\s+)?(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?\s+)?([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)",
        )
        .expect("a fixed pattern")
    });
    let sentence = reading.sentence(hit);
    let after = reading.original(&Hit { text: hit.text, range: hit.range.end..sentence.end.max(hit.range.end) });
    static NEXT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?:,| and|, and| &) ([A-Z][\p{L}'’-]+)").expect("a fixed pattern"));
    let Some(found) = NAME.captures(&after).filter(|found| is_given(&found[2])) else {
        let run: String = after.trim_start().chars().take_while(|c| !"をもにへ、。".contains(*c)).collect();
        return japanese_name(&run).into_iter().collect();
    };
    let ours = found.get(1).is_some();
    let mut out = vec![Named { name: found[2].to_owned(), ours }];
    let mut rest = &after[found[0].len()..];
    while let Some(next) = NEXT.captures(rest).filter(|next| is_given(&next[1]) && out.len() < MOST_JOINED) {
        out.push(Named { name: next[1].to_owned(), ours: false });
        rest = &rest[next[0].len()..];
    }
    out
}

/// The surname a Japanese phrase ends in, behind modifiers and in front of honorific and particle.
fn japanese_name(text: &str) -> Option<Named> {
    let bare = |text: &'static [&str], from: &str| {
        text.iter().fold(from.to_owned(), |name, tail| name.strip_suffix(tail).unwrap_or(&name).to_owned())
    };
    let without_particle = bare(&["にも", "の方", "も", "を", "は", "が"], text);
    let name = bare(
        &["様", "さま", "さん", "殿", "部長", "課長", "係長", "主任", "社長", "次長", "専務", "常務"],
        &without_particle,
    );
    let ours = name == without_particle;
    surname_at_end(&name).map(|name| Named { name: name.to_owned(), ours })
}

/// "the Control Area Services Agreement": the words in front make the capitalised ones the name of a thing.
fn is_title_of_a_thing(before: &str) -> bool {
    let word = before.split_whitespace().next_back().unwrap_or_default();
    let article = ["the", "a", "an", "this", "that", "our", "my", "your", "their", "its", "of", "draft", "attached"];
    let capitalised = word.len() > 1 && word.chars().all(char::is_alphabetic) && word.starts_with(char::is_uppercase);
    let opener = ["Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "So", "And", "But", "Our", "My", "Then", "Now"];
    article.contains(&word) || (capitalised && !opener.contains(&word))
}

/// "Meet Priya (cc'd)", "Ask Tom (on copy)": a sentence begins with a capital too.
fn without_opener(name: &str) -> &str {
    const OPENERS: [&str; 22] = [
        "Meet",
        "Ask",
        "Thanks",
        "Thank",
        "Copying",
        "Adding",
        "Introducing",
        "Welcome",
        "Contact",
        "Call",
        "With",
        "And",
        "Then",
        "Now",
        "Hi",
        "Hello",
        "Dear",
        "Hey",
        "Let",
        "Use",
        "While",
        "Since",
    ];
    match name.split_once(' ') {
        Some((first, rest)) if OPENERS.contains(&first) => rest,
        _ => name,
    }
}

/// Capitalised words that are no names: "Please", "I", "CC".
fn is_given(name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    let no_names = [
        "I", "We", "You", "He", "She", "They", "It", "The", "This", "That", "Please", "Everyone", "All", "Both",
        "Accounts", "Finance", "Legal", "Sales", "Support", "CC", "Cc", "FYI", "Also", "My", "Our", "Nobody", "Team",
    ];
    !no_names.contains(&first)
}

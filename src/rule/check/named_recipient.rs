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
        let before = reading.own(&self.before).into_iter().map(|hit| (name_before(reading, &hit), hit));
        let after = reading.own(&self.after).into_iter().map(|hit| (name_after(reading, &hit), hit));
        for (named, hit) in before.chain(after).take(MOST_PHRASES) {
            let absent = |named: &Named| !reading.clause_has(&hit, &self.unless) && is_absent(reading, named);
            let Some(Named { name, .. }) = named.filter(absent) else { continue };
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

/// 「責任者の藤田をCCに」, "Mark is on copy": the name in front of the phrase.
fn name_before(reading: &Reading<'_>, hit: &Hit) -> Option<Named> {
    let sentence = reading.sentence(hit);
    let before = reading.original(&Hit { text: hit.text, range: sentence.start..hit.range.start.max(sentence.start) });
    let trimmed = before.trim_end_matches(|c: char| c.is_whitespace() || "、,:(（".contains(c));
    static CAPITALISED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s(,])([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)$").expect("a fixed pattern")
    });
    let english = |name: String| Named { name, ours: false };
    let capitalised = || {
        let found = CAPITALISED.captures(trimmed)?.get(1)?;
        let name = found.as_str().to_owned();
        (is_given(&name) && !is_title_of_a_thing(&trimmed[..found.start()])).then(|| english(name))
    };
    japanese_name(trimmed).or_else(capitalised).or_else(|| last_person(trimmed))
}

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

/// "I've copied in Tom": the name behind the phrase.
fn name_after(reading: &Reading<'_>, hit: &Hit) -> Option<Named> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^[\s:(]*((?:my|our)(?: [a-z-]+){1,3},?\s+|colleagues? )?(?:(?:the|her|his|their|your)(?: [a-z-]+){1,3},?\s+)?(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?\s+)?([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)",
        )
        .expect("a fixed pattern")
    });
    let sentence = reading.sentence(hit);
    let after = reading.original(&Hit { text: hit.text, range: hit.range.end..sentence.end.max(hit.range.end) });
    let english = NAME.captures(&after).map(|found| Named { name: found[2].to_owned(), ours: found.get(1).is_some() });
    english.filter(|named| is_given(&named.name)).or_else(|| {
        let run: String = after.trim_start().chars().take_while(|c| !"をもにへ、。".contains(*c)).collect();
        japanese_name(&run)
    })
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

/// Capitalised words that are no names: "Please", "I", "CC".
fn is_given(name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    let no_names = [
        "I", "We", "You", "He", "She", "They", "It", "The", "This", "That", "Please", "Everyone", "All", "Both",
        "Accounts", "Finance", "Legal", "Sales", "Support", "CC", "Cc", "FYI", "Also", "My", "Our", "Nobody", "Team",
    ];
    !no_names.contains(&first)
}

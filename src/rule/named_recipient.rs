//! `named-recipient`: the text greets a second person or says somebody is in copy, and no header names that person.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::Kind;
use super::greeting::{self, Fit, fit, shown};
use super::reading::{Hit, Reading, Remark};
use super::words::Words;
use crate::people::name::{Agreement, surname_at_end};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedRecipient {
    /// Phrases that announce a copy; the name stands in front (`before`) or behind (`after`).
    before: Words,
    after: Words,
    /// In the same clause these say that nobody is in copy, or was.
    unless: Words,
}

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
        for (name, hit) in before.chain(after) {
            let Some(name) = name.filter(|name| !reading.clause_has(&hit, &self.unless) && is_absent(reading, name))
            else {
                continue;
            };
            if out.iter().any(|remark| remark.evidence.iter().any(|(_, value)| value.to_string() == name)) {
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

/// No recipient can be this person. An unreadable address can be anybody, except the one the mail is written to.
fn is_absent(reading: &Reading<'_>, name: &str) -> bool {
    let several = reading.recipients.iter().filter(|r| r.field == "to").count() > 1;
    !reading.recipients.is_empty()
        && reading.recipients.iter().all(|recipient| match fit(reading, name, recipient) {
            Agreement::Same | Agreement::Misspelt => false,
            Agreement::Unknown => recipient.field == "to" && !several,
            Agreement::Different => true,
        })
}

/// 「責任者の藤田をCCに」, "Mark is on copy": the name in front of the phrase.
fn name_before(reading: &Reading<'_>, hit: &Hit) -> Option<String> {
    let sentence = reading.sentence(hit);
    let before = reading.original(&Hit { text: hit.text, range: sentence.start..hit.range.start.max(sentence.start) });
    let trimmed = before.trim_end_matches(|c: char| c.is_whitespace() || "、,:(（".contains(c));
    static CAPITALISED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s(,])([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)$").expect("a fixed pattern")
    });
    let capitalised = || CAPITALISED.captures(trimmed).map(|found| found[1].to_owned()).filter(|name| is_given(name));
    japanese_name(trimmed).or_else(capitalised).or_else(|| last_person(trimmed))
}

/// 「当日の担当は野々村ですので、」: the person the sentence is about stands further in front.
fn last_person(text: &str) -> Option<String> {
    static PERSON: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"([\p{Han}々]{2,8})(?:さん|様|部長|課長|係長|主任|社長)?(?:です(?:ので|から|が)|にも|が担当|も同席)",
        )
        .expect("a fixed pattern")
    });
    PERSON.captures_iter(text).filter_map(|found| surname_at_end(found.get(1)?.as_str()).map(str::to_owned)).last()
}

/// "I've copied in Tom": the name behind the phrase.
fn name_after(reading: &Reading<'_>, hit: &Hit) -> Option<String> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^[\s:(]*(?:(?:my|our|the|her|his|their|your)(?: [a-z-]+){1,3},?\s+|colleagues? )?(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?\s+)?([A-Z][\p{L}'’-]+(?: [A-Z][\p{L}'’-]+)?)",
        )
        .expect("a fixed pattern")
    });
    let sentence = reading.sentence(hit);
    let after = reading.original(&Hit { text: hit.text, range: hit.range.end..sentence.end.max(hit.range.end) });
    NAME.captures(&after).map(|found| found[1].to_owned()).filter(|name| is_given(name)).or_else(|| {
        let run: String = after.trim_start().chars().take_while(|c| !"様さんをもにへ、。".contains(*c)).collect();
        japanese_name(&run)
    })
}

/// The surname a Japanese phrase ends in, behind modifiers and in front of honorific and particle.
fn japanese_name(text: &str) -> Option<String> {
    let mut text = text;
    for tail in [
        "にも", "の方", "も", "を", "は", "が", "様", "さま", "さん", "殿", "部長", "課長", "係長", "主任", "社長",
        "次長", "専務", "常務",
    ] {
        text = text.strip_suffix(tail).unwrap_or(text);
    }
    surname_at_end(text).map(str::to_owned)
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

//! `misspelt`: the right person is greeted, under a name spelt otherwise than the recipient's own.

use serde::Deserialize;

use super::Kind;
use super::greeting::{self, fit};
use crate::message::anatomy::Addressee;
use crate::people::name::{Agreement, Misspelling, fold, misspelling};
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Misspelt {
    /// Looks for what is no spelling of any name, or another character; else for another spelling that is a name too.
    certain: bool,
}

impl Kind for Misspelt {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let people = greeting::people(reading);
        if people.is_empty() || reading.recipients.len() > MAX_REMARKS {
            return Vec::new();
        }
        let found = people.into_iter().filter_map(|(text, person)| Some((text, person, wrong(reading, person)?)));
        found
            .filter(|(.., found)| found.certain == self.certain)
            .map(|(text, person, found)| {
                greeting::remark(reading, text, person).with("written", found.written).with("name", found.theirs)
            })
            .collect()
    }
}

/// The person fits a recipient by a misspelt name, nobody by the right one, and the correspondence has no such spelling.
fn wrong(reading: &Reading<'_>, person: &Addressee) -> Option<Misspelling> {
    let written = fold(&person.name);
    // The common case, and cheap: the name stands in a header as it is written.
    let stands = |name: &str| {
        let name = fold(name);
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        if written.is_ascii() { words.any(|word| word == written) } else { name.contains(&written) }
    };
    if reading.recipients.iter().any(|r| stands(&r.mailbox.name)) {
        return None;
    }
    let mut found = None;
    for recipient in &reading.recipients {
        let fit = fit(reading, &person.name, recipient);
        // Most recipients are somebody else.
        let slip = if fit < Agreement::Misspelt { continue } else { misspelling(&person.name, recipient.mailbox) };
        match slip {
            Some(slip) => found = found.or(Some(slip)),
            None if fit == Agreement::Same => return None,
            None => {}
        }
    }
    found.filter(|slip| !reading.texts.iter().any(|text| fold(text.body.quoted.text()).contains(&slip.written)))
}

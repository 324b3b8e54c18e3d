//! `visible-recipients`: many outsiders of several organisations can see each other's addresses.

use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Org, Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct VisibleRecipients {
    /// From this many outside recipients in To and Cc.
    limit: usize,
    /// Of at least this many organisations; at free-mail domains everybody is one.
    organisations: usize,
}

impl Kind for VisibleRecipients {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if is_open_talk(reading) {
            return Vec::new();
        }
        let (count, orgs) = (visible(reading).count(), organisations(reading));
        if count < self.limit || orgs.len() < self.organisations || all_joint(reading, &orgs) {
            return Vec::new();
        }
        let Some(first) = visible(reading).nth(1) else { return Vec::new() };
        let shown = names(reading, &orgs);
        vec![
            Remark::at(reading.recipient_place(first))
                .with("count", count)
                .with("organisations", orgs.len())
                .with("names", shown),
        ]
    }
}

/// Everybody sees everybody already: an answer in a thread, or a mail to a public list.
fn is_open_talk(reading: &Reading<'_>) -> bool {
    let threaded =
        reading.message.header("in-reply-to").is_some() && (has_quote(reading) || has_answer_subject(reading));
    threaded || is_answer(reading) || reading.is_on_a_list()
}

/// An answer by its looks: programs that do not thread write no In-Reply-To.
fn is_answer(reading: &Reading<'_>) -> bool {
    has_answer_subject(reading) && has_quote(reading)
}

/// Whoever takes an old mail for its recipients writes a new subject and deletes the rest.
fn has_answer_subject(reading: &Reading<'_>) -> bool {
    let subject = reading.message.subject.as_deref().unwrap_or_default().trim_start().to_lowercase();
    ["re:", "re：", "返信:", "回答:", "返:", "aw:", "sv:"].iter().any(|start| subject.starts_with(start))
}

fn has_quote(reading: &Reading<'_>) -> bool {
    reading.texts.iter().any(|text| !text.body.anatomy.quoted.is_empty())
}

/// Outside recipients whose addresses everybody sees.
pub(super) fn visible<'a, 'b>(reading: &'b Reading<'a>) -> impl Iterator<Item = &'b Recipient<'a>> {
    reading.outside().filter(|recipient| recipient.field != "bcc")
}

pub(super) fn organisations<'b>(reading: &'b Reading<'_>) -> Vec<&'b Org> {
    distinct(visible(reading))
}

/// The organisations of recipients, each once, in their order.
pub(super) fn distinct<'a, 'b: 'a>(recipients: impl Iterator<Item = &'a Recipient<'b>>) -> Vec<&'a Org> {
    let mut seen = HashSet::new();
    recipients.map(|recipient| &recipient.org).filter(|org| seen.insert(*org)).collect()
}

/// All of them are clients that share one matter.
pub(super) fn all_joint(reading: &Reading<'_>, orgs: &[&Org]) -> bool {
    let clients: Option<Vec<usize>> =
        orgs.iter().map(|org| if let Org::Client(client) = org { Some(*client) } else { None }).collect();
    // Nobody writes down a matter of more clients than this.
    const MOST: usize = 50;
    clients
        .filter(|clients| clients.len() <= MOST)
        .is_some_and(|clients| clients.iter().all(|&a| clients.iter().all(|&b| reading.facts.clients.are_joint(a, b))))
}

/// Organisations as people call them.
pub(super) fn names(reading: &Reading<'_>, orgs: &[&Org]) -> Vec<String> {
    orgs.iter()
        .map(|org| match org {
            Org::Own => reading.own_domains().first().cloned().unwrap_or_default(),
            Org::Client(client) => reading.facts.clients.client(*client).name.clone(),
            Org::Domain(name) | Org::Person(name) => name.clone(),
        })
        .collect()
}

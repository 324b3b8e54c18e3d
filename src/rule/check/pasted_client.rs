//! `pasted-client`: the text speaks to its reader as to another client: it was written, or made from a mail, for them.
//!
//! A third company in a text is ordinary; only phrases that address the reader by a company's name count, and only
//! clients the sender has told us about.

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Hit, MAX_REMARKS, Org, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct PastedClient {
    /// Phrases around or beside a company's name that speak to that company.
    addressing: Words,
    /// In the same sentence these say that the company is spoken about.
    unless: Words,
}

/// The name stands in the phrase or this near in front of it, in characters.
const NAME_CHARS: usize = 20;

impl Kind for PastedClient {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.addressing, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let clients = &reading.facts.clients;
        let hits = reading.own(&self.addressing);
        if hits.is_empty() || clients.clients().is_empty() || reading.outside().next().is_none() {
            return Vec::new();
        }
        let mut out: Vec<(usize, Remark)> = Vec::new();
        for hit in hits.into_iter().filter(|hit| !reading.sentence_has(hit, &self.unless) && !reading.is_quoted(hit)) {
            let place = with_name(reading, &hit);
            let [other] = clients.mentioned(&reading.folded(&place)[place.range.clone()])[..] else { continue };
            let concerned = |org: &Org| matches!(org, Org::Client(client) if clients.are_joint(*client, other));
            let known = out.iter().any(|(client, _)| *client == other);
            if known || out.len() == MAX_REMARKS || reading.recipients.iter().any(|r| concerned(&r.org)) {
                continue;
            }
            let remark = Remark::at(reading.own_place(&place))
                .with("words", reading.words(&place))
                .with("client", clients.client(other).name.as_str());
            out.push((other, remark));
        }
        out.into_iter().map(|(_, remark)| remark).collect()
    }
}

/// The phrase and as much in front of it as a name takes, within its clause.
fn with_name(reading: &Reading<'_>, hit: &Hit) -> Hit {
    let text = reading.folded(hit);
    let clause = reading.clause(hit);
    let before = &text[clause.range.start.min(hit.range.start)..hit.range.start];
    let length: usize = before.chars().rev().take(NAME_CHARS).map(char::len_utf8).sum();
    Hit { text: hit.text, range: hit.range.start - length..hit.range.end }
}

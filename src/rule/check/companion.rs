//! `companion`: words of the text and recipients, or two kinds of recipients, that belong together.

use serde::Deserialize;

use super::Kind;
use super::listed::Shown;
use crate::finding::Location;
use crate::rule::reading::{MAX_REMARKS, Reading, Recipient, Remark, Subject};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Companion {
    demand: Demand,
    /// Lines of a table: any of their words goes with any of their recipients. What stands in several lines is
    /// content with any of them.
    table: Vec<Line>,
    /// Words of the subject count as words of the text.
    #[serde(default)]
    in_subject: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    words: Words,
    recipients: Shown,
    /// Who gets a copy of every mail to the recipients.
    also: Option<Shown>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// The words are there: so must be one of the recipients.
    Recipient,
    /// A recipient is there: so must be one of the words.
    Words,
    /// A recipient is there: so must be one of `also`.
    Copy,
}

impl Kind for Companion {
    fn words(&mut self) -> Vec<&mut Words> {
        self.table.iter_mut().map(|line| &mut line.words).collect()
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if self.table.is_empty() || reading.recipients.is_empty() {
            return Vec::new();
        }
        let subject = Some(&reading.subject).filter(|_| self.in_subject);
        match self.demand {
            Demand::Recipient => self.without_recipient(reading, subject),
            Demand::Words => self.without_words(reading, subject),
            Demand::Copy => self.without_copy(reading),
        }
    }
}

/// What a line's words are in this mail, and where.
fn said(reading: &Reading<'_>, subject: Option<&Subject<'_>>, line: &Line) -> Option<(String, Location)> {
    if let Some(hit) = reading.own(&line.words).into_iter().next() {
        return Some((reading.words(&hit), reading.own_place(&hit)));
    }
    let subject = subject?;
    let words = subject.words(subject.hits.of(&line.words).first()?.clone()).to_owned();
    let place = reading.header_place("subject", &words);
    Some((words, place))
}

impl Companion {
    fn without_recipient(&self, reading: &Reading<'_>, subject: Option<&Subject<'_>>) -> Vec<Remark> {
        let said: Vec<(&Line, String, Location)> = self
            .table
            .iter()
            .filter_map(|line| said(reading, subject, line).map(|(words, place)| (line, words, place)))
            .collect();
        let receives = |line: &Line| reading.recipients.iter().any(|recipient| line.recipients.matches(recipient));
        let mut out: Vec<Remark> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (_, words, place) in &said {
            if seen.contains(&words.as_str()) || out.len() == MAX_REMARKS {
                continue;
            }
            seen.push(words);
            let lines = || said.iter().filter(|(_, other, _)| other == words).map(|(line, ..)| *line);
            if lines().any(receives) {
                continue;
            }
            let wanted: Vec<String> = lines().flat_map(|line| line.recipients.entries.clone()).collect();
            out.push(Remark::at(place.clone()).with("words", words.as_str()).with("recipients", wanted));
        }
        out
    }

    fn without_words(&self, reading: &Reading<'_>, subject: Option<&Subject<'_>>) -> Vec<Remark> {
        let said: Vec<bool> = self.table.iter().map(|line| said(reading, subject, line).is_some()).collect();
        let missing = |recipient: &Recipient<'_>| {
            let mut lines =
                self.table.iter().zip(&said).filter(|(line, _)| line.recipients.matches(recipient)).peekable();
            lines.peek().is_some() && lines.all(|(_, said)| !said)
        };
        let remark = |recipient: &Recipient<'_>| {
            Remark::at(reading.recipient_place(recipient)).with("address", recipient.mailbox.address.as_str())
        };
        reading.recipients.iter().filter(|recipient| missing(recipient)).take(1).map(remark).collect()
    }

    fn without_copy(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let line = |line: &Line| {
            let also = line.also.as_ref()?;
            let first = reading.recipients.iter().find(|recipient| line.recipients.matches(recipient))?;
            let copied = reading.recipients.iter().any(|recipient| also.matches(recipient));
            let sender = || reading.message.from.iter().any(|from| also.is(&from.address));
            (!copied && !sender()).then(|| {
                Remark::at(reading.recipient_place(first))
                    .with("address", first.mailbox.address.as_str())
                    .with("also", also.entries.clone())
            })
        };
        self.table.iter().filter_map(line).take(MAX_REMARKS).collect()
    }
}

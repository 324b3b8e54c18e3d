//! The quoted mail that is answered: the newest one from outside, if we have not written since.
//!
//! Heads tell who wrote. Where they leave it open, nothing is answered: a wrong guess would blame the author for
//! somebody else's silence.

use std::ops::Range;

use jiff::civil::DateTime;

use crate::message::Mailbox;
use crate::message::text::{Folded, is_wide};
use crate::people::domain;
use crate::people::name::{Agreement, agreement};
use crate::rule::check::new_domain::is_forward;
use crate::rule::expression::Function;
use crate::rule::reading::{Org, Reading};
use crate::rule::thread::QuotedMail;
use crate::rule::words::Words;

/// A mail somebody outside wrote, as it is quoted.
pub(super) struct Answered<'a> {
    pub(super) text: usize,
    /// Where it begins in the original text.
    pub(super) starts: usize,
    /// In the folded quoted text.
    pub(super) range: Range<usize>,
    /// `None` if its head does not tell, or there is none.
    pub(super) date: Option<DateTime>,
    reading: &'a Reading<'a>,
}

/// What goes to more people answers nobody, and further down nobody reads.
const MOST_RECIPIENTS: usize = 50;
const MOST_MAILS: usize = 50;
/// A question to more people is nobody's.
const MOST_ADDRESSED: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
    Open,
}

impl<'a> Answered<'a> {
    pub(super) fn of(reading: &'a Reading<'a>) -> Option<Answered<'a>> {
        // What is attached is quoted too, and no answer stands above it.
        let is_written = |text: usize| !reading.texts[text].body.own.text().trim().is_empty();
        let thread = reading.thread().iter().filter(|mail| is_written(mail.text));
        let thread: Vec<&QuotedMail> = thread.take(MOST_MAILS).collect();
        let is_circular = reading.recipients.len() > MOST_RECIPIENTS;
        let first = thread.first().filter(|_| !is_circular && !is_forward(reading))?;
        let bare = first.author.is_none() && first.name.is_empty() && first.date.is_none() && !first.forwarded;
        if bare {
            return Answered::at(reading, first);
        }
        // Colleagues may have talked about it before.
        let found = thread.iter().find(|mail| !(stayed_inside(reading, mail) && side(reading, mail) == Side::Ours))?;
        let is_to_us = !found.forwarded && side(reading, found) == Side::Theirs && is_for_us(reading, found);
        let goes_back = found.author.as_deref().is_none_or(|author| receives(reading, author));
        let since = |mail: &&QuotedMail| {
            let newer = mail.date.zip(found.date).is_some_and(|(one, other)| one > other);
            newer && !stayed_inside(reading, mail) && side(reading, mail) == Side::Ours
        };
        if !is_to_us || !goes_back || is_another_matter(reading, found) || thread.iter().any(since) {
            return None;
        }
        Answered::at(reading, found)
    }

    fn at(reading: &'a Reading<'a>, mail: &QuotedMail) -> Option<Answered<'a>> {
        let body = reading.texts[mail.text].body;
        let range = body.quoted.folded(mail.range.start)..body.quoted.folded(mail.range.end);
        let found = Answered { text: mail.text, starts: mail.range.start, range, date: mail.date, reading };
        (!found.words().trim().is_empty()).then_some(found)
    }

    fn words(&self) -> &'a str {
        &self.quoted()[self.range.clone()]
    }

    /// The folded quoted text it is a part of.
    pub(super) fn quoted(&self) -> &'a str {
        self.reading.texts[self.text].body.quoted.text()
    }

    /// Where words of a list stand in it; in the folded quoted text.
    pub(super) fn hits(&self, words: &Words) -> Vec<Range<usize>> {
        let found = self.reading.texts[self.text].quoted.of(words);
        found.iter().filter(|found| self.is_inside(found)).cloned().collect()
    }

    /// How many phrases of a function stand in it, from a strength on.
    pub(super) fn said(&self, function: Function, least: u8) -> usize {
        let found = self.reading.quoted_hits(self.text, function);
        found.iter().filter(|(range, strength)| *strength >= least && self.is_inside(range)).count()
    }

    fn is_inside(&self, found: &Range<usize>) -> bool {
        self.range.start <= found.start && found.end <= self.range.end && !self.is_older(found)
    }

    /// The line carries one more quote mark than the newest mail's: another mail, without a head.
    fn is_older(&self, found: &Range<usize>) -> bool {
        // RFC 5322 section 2.1.1; in a longer one no mail program quotes.
        const LONGEST_LINE: usize = 1000;
        let original = self.reading.texts[self.text].body.original.as_bytes();
        let level = |at: usize| {
            let before = &original[at.saturating_sub(LONGEST_LINE)..at];
            let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            line.iter().take_while(|byte| b"> |".contains(byte)).filter(|byte| **byte == b'>').count()
        };
        level(self.original(found).start) > level(self.starts) + 1
    }

    /// The first line of its head, in the original text.
    pub(super) fn head(&self) -> Range<usize> {
        let rest = &self.reading.texts[self.text].body.original[self.starts..];
        self.starts..self.starts + rest.find(['\r', '\n']).unwrap_or(rest.len())
    }

    /// Where words stand in the original text.
    pub(super) fn original(&self, found: &Range<usize>) -> Range<usize> {
        self.reading.texts[self.text].body.quoted.original(self.whole(found))
    }

    /// To the end of its last word, since patterns end where they are sure.
    fn whole(&self, found: &Range<usize>) -> Range<usize> {
        const LONGEST: usize = 8;
        let text = self.quoted();
        let last = text[found.clone()].chars().next_back();
        let goes_on = |c: &char| match last {
            Some(last) if last.is_ascii_alphanumeric() => c.is_ascii_alphanumeric(),
            Some(last) => is_wide(last) && ('\u{3041}'..='\u{3096}').contains(c),
            None => false,
        };
        let more: usize = text[found.end..].chars().take(LONGEST).take_while(goes_on).map(char::len_utf8).sum();
        found.start..found.end + more
    }

    /// The words as written, on one line.
    pub(super) fn written(&self, found: &Range<usize>) -> String {
        let original = &self.reading.texts[self.text].body.original[self.original(found)];
        let words = original.split_whitespace().filter(|word| word.contains(|c: char| c != '>'));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Who wrote it: by address, else by name.
fn side(reading: &Reading<'_>, mail: &QuotedMail) -> Side {
    if let Some(author) = &mail.author {
        return if is_own(reading, author) { Side::Ours } else { Side::Theirs };
    }
    if mail.name.trim().is_empty() {
        return Side::Open;
    }
    let fits = |mailbox: &Mailbox| agreement(&mail.name, mailbox);
    let as_ours = reading.message.from.iter().map(fits).max().unwrap_or(Agreement::Unknown);
    let theirs = reading.outside().map(|recipient| fits(recipient.mailbox)).max().unwrap_or(Agreement::Different);
    match (as_ours, theirs) {
        (Agreement::Same, _) => Side::Ours,
        (Agreement::Different, Agreement::Unknown) | (_, Agreement::Same | Agreement::Misspelt) => Side::Theirs,
        _ => Side::Open,
    }
}

fn is_own(reading: &Reading<'_>, address: &str) -> bool {
    let host = address.rsplit_once('@').map_or("", |(_, host)| host);
    reading.own_domains().iter().any(|own| domain::belongs_to(host, own))
        || reading.message.from.iter().any(|from| from.address.key() == address)
}

/// Its head tells a subject that is not this mail's: an old mail was opened to have its address.
fn is_another_matter(reading: &Reading<'_>, mail: &QuotedMail) -> bool {
    const LABELS: [&str; 3] = ["subject:", "件名:", "題名:"];
    // A head is no longer than these lines, a quoted mail may be.
    const HEAD: usize = 12;
    let original = &reading.texts[mail.text].body.original[mail.range.clone()];
    let theirs = original.lines().take(HEAD).map(Folded::new).find_map(|line| {
        let line = line.text().trim_start_matches(['>', ' ', '*']);
        LABELS.iter().find_map(|label| line.strip_prefix(label)).map(|rest| bare(rest).to_owned())
    });
    let ours = bare(reading.subject.folded.text());
    theirs.is_some_and(|theirs| {
        !theirs.is_empty() && !ours.is_empty() && !ours.contains(&theirs) && !theirs.contains(ours)
    })
}

/// A folded subject behind "re:" and the like.
fn bare(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((_, behind)) = rest.split_once(':').filter(|(front, _)| front.chars().count() <= 3) {
        rest = behind.trim();
    }
    rest
}

/// Everybody it went to is known, and nobody of them is outside.
fn stayed_inside(reading: &Reading<'_>, mail: &QuotedMail) -> bool {
    mail.complete && mail.recipients.iter().all(|one| is_own(reading, one))
}

/// It went to somebody of ours, as far as its head tells, and not to a crowd.
fn is_for_us(reading: &Reading<'_>, mail: &QuotedMail) -> bool {
    mail.recipients.len() <= MOST_ADDRESSED
        && (!mail.complete || mail.recipients.iter().any(|one| is_own(reading, one)))
}

/// The answer goes to the author, or to the author's house.
fn receives(reading: &Reading<'_>, author: &str) -> bool {
    let host = author.rsplit_once('@').map_or("", |(_, host)| host);
    let house = Org::Domain(domain::registrable(host));
    let client = reading.facts.clients.of_domain(host).map(Org::Client);
    reading.outside().any(|one| {
        one.mailbox.address.key() == author || one.org == house || client.as_ref().is_some_and(|org| one.org == *org)
    })
}

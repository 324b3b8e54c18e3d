//! The mails of a quoted thread, one by one: who wrote each, to whom, and where it stands.
//!
//! What a head does not tell is not guessed: names without addresses leave the list of recipients incomplete.

use std::ops::Range;

use jiff::civil::DateTime;

use super::reading::Reading;
use crate::message::anatomy::{Anatomy, QuoteHead};
use crate::message::{Address, Body};

/// One mail of the quoted thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct QuotedMail {
    pub(super) text: usize,
    /// In the original text, its head included.
    pub(super) range: Range<usize>,
    /// As written, in lower case.
    pub(super) author: Option<String>,
    /// The author's name as written; may be empty.
    pub(super) name: String,
    /// By the clock of whoever quotes it.
    pub(super) date: Option<DateTime>,
    pub(super) forwarded: bool,
    /// The addresses of To and Cc, in lower case.
    pub(super) recipients: Vec<String>,
    /// Every recipient of To and Cc is among `recipients`, and there is one.
    pub(super) complete: bool,
    /// Its head names its author and its recipients, and none of them by address.
    pub(super) names_only: bool,
}

/// A head that names more recipients is a circular's; it is not complete then.
const MOST_RECIPIENTS: usize = 100;

/// The quoted mails, newest first in each text.
pub(super) fn quoted_mails(reading: &Reading<'_>) -> Vec<QuotedMail> {
    let texts = reading.texts.iter().enumerate().filter(|(_, part)| !part.body.anatomy.quoted.is_empty());
    texts.flat_map(|(text, part)| mails_of(text, part.body)).collect()
}

fn mails_of(text: usize, body: &Body) -> Vec<QuotedMail> {
    let anatomy = &body.anatomy;
    let mut mails: Vec<QuotedMail> = anatomy.heads().map(of_head).collect();
    let begins = anatomy.quoted.iter().find(|range| !body.original[(*range).clone()].trim().is_empty());
    // Quoted without a word of whom.
    if let Some(begins) = begins.map(|range| range.start)
        && mails.first().is_none_or(|first| begins < first.range.start)
    {
        mails.insert(0, QuotedMail { range: begins..begins, ..QuotedMail::default() });
    }
    let starts: Vec<usize> = mails.iter().map(|mail| mail.range.start).skip(1).chain([end_of(anatomy)]).collect();
    for (mail, end) in mails.iter_mut().zip(starts) {
        (mail.text, mail.range.end) = (text, end.max(mail.range.start));
    }
    mails
}

fn end_of(anatomy: &Anatomy) -> usize {
    anatomy.quoted.last().map_or(0, |range| range.end)
}

fn of_head(head: &QuoteHead) -> QuotedMail {
    // A machine's address is nobody's.
    let author = head.address.as_deref().and_then(address_in).filter(|address| !address.contains("-bounces"));
    QuotedMail {
        range: head.at..head.at,
        author,
        name: head.author.clone(),
        date: head.date,
        forwarded: head.forwarded,
        complete: head.complete && head.recipients.len() <= MOST_RECIPIENTS,
        names_only: head.address.is_none()
            && !head.author.is_empty()
            && head.recipients.is_empty()
            && head.unaddressed > 0,
        recipients: head.recipients.iter().take(MOST_RECIPIENTS).filter_map(|one| address_in(one)).collect(),
        ..QuotedMail::default()
    }
}

/// The first address of a text, in lower case.
pub(super) fn address_in(text: &str) -> Option<String> {
    addresses(text).next()
}

/// Every address of a text, in lower case.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = String> {
    let separator = |c: char| c.is_whitespace() || "<>()[]\"',;:：、。「」（）＜＞".contains(c);
    let words = text.split(separator).filter(|word| word.contains('@') && !word.starts_with("mailto"));
    words.filter_map(|word| Address::parse(word.trim_matches(['.', '*'])).ok()).map(|address| address.key())
}

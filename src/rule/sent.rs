//! Mails that the examples of a pack take as sent before.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::examples::Example;
use crate::correspondents::feedback::Confused;
use crate::correspondents::{Known, Outline, Standing};
use crate::message::Message;

/// Mails to the same people about the same matter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// Jotted down as an example is.
    mail: String,
    /// How many, spread evenly over three years.
    #[serde(default = "one")]
    mails: u32,
    /// Or the one mail so many hours before the example.
    hours_ago: Option<u32>,
}

/// A recipient that was taken out before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackConfused {
    address: String,
    /// Whom the mail went to.
    other: String,
    /// Who was on the mail already.
    #[serde(default)]
    beside: bool,
    date: Date,
}

fn one() -> u32 {
    1
}

/// What these mails tell of the recipients of an example; its author has sent them.
pub(super) fn standing(sent: &[Sent], confused: &[PackConfused], message: &Message) -> Option<Standing> {
    let outline = Outline::of(message).filter(|_| !sent.is_empty() || !confused.is_empty())?;
    let until = outline.at.unwrap_or_default();
    let mut mails: Vec<Outline> = sent.iter().flat_map(|one| outlines(one, &outline.sender, until)).collect();
    mails.sort_by_key(|mail| mail.at);
    // Each is a mail of its own.
    mails.iter_mut().zip(1..).for_each(|(mail, id)| mail.id = id);
    let mut known = Known::from_mails(&mails, &outline);
    known.confused = confused.iter().filter(|one| outline.has(&one.address)).map(pair).collect();
    Some(Standing::of(outline, known))
}

fn pair(one: &PackConfused) -> Confused {
    let at = one.date.to_zoned(TimeZone::UTC).map(|day| day.timestamp()).unwrap_or_default();
    Confused { address: one.address.clone(), other: one.other.clone(), beside: one.beside, at }
}

fn outlines(sent: &Sent, sender: &str, until: Timestamp) -> Vec<Outline> {
    let Ok(message) = Example::jotted(&sent.mail).message() else { return Vec::new() };
    let Some(like) = Outline::of(&message) else { return Vec::new() };
    /// Three years or so.
    const HOURS: i64 = 24 * 1000;
    let ago = |n: u32| match sent.hours_ago {
        Some(hours) => i64::from(hours),
        None => HOURS * i64::from(2 * n + 1) / i64::from(2 * sent.mails),
    };
    let at = |n: u32| until.checked_sub(ago(n).hours()).unwrap_or(Timestamp::MIN);
    // The subject that is filled in would make all of them one thread.
    let subject = like.subject.filter(|_| sent.mail.contains("Subject:"));
    let of = |n: u32| Outline { at: Some(at(n)), sender: sender.to_owned(), subject, ..like.clone() };
    (0..sent.mails).map(of).collect()
}

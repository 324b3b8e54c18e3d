//! Mails that the examples of a pack take as sent before.

use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use crate::correspondents::{Known, Outline, Standing};
use crate::message::{Mailbox, Message};

/// Mails to the same people about the same matter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// `Name <address>`, each.
    to: Vec<String>,
    #[serde(default)]
    text: String,
    /// How many, spread evenly over three years.
    mails: u32,
}

/// What these mails tell of the recipients of an example; its author has sent them.
pub(super) fn standing(sent: &[Sent], message: &Message) -> Option<Standing> {
    let outline = Outline::of(message).filter(|_| !sent.is_empty())?;
    let sender = message.from.first()?;
    let until = outline.at.unwrap_or_default();
    let mut mails: Vec<Outline> = sent.iter().flat_map(|one| outlines(one, sender, until)).collect();
    mails.sort_by_key(|mail| mail.at);
    let known = Known::from_mails(&mails, &outline);
    Some(Standing::of(outline, known))
}

fn outlines(sent: &Sent, sender: &Mailbox, until: Timestamp) -> Vec<Outline> {
    let to: Vec<Mailbox> = sent.to.iter().flat_map(|text| Mailbox::list(text)).collect();
    let like = Outline::sent(sender, &to, &sent.text, until);
    // Spread evenly over as many days as there can be.
    const HOURS: i64 = 24 * 1000;
    let ago = |n: u32| HOURS * i64::from(2 * n + 1) / i64::from(2 * sent.mails);
    let at = |n: u32| until.checked_sub(ago(n).hours()).unwrap_or(Timestamp::MIN);
    (0..sent.mails).map(|n| Outline { at: Some(at(n)), ..like.clone() }).collect()
}

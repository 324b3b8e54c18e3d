//! Mails attached to a mail: who wrote them, when, to whom.

use super::anatomy::QuoteHead;
use super::header::Header;
use super::{date, mailbox};

/// The head of an attached mail out of its header fields.
pub(super) fn head(headers: &[Header]) -> QuoteHead {
    let fields = |name: &'static str| headers.iter().filter(move |header| header.name == name);
    let author = fields("from").flat_map(|field| mailbox::parse_list(&field.raw).0).next();
    let date = fields("date").find_map(|field| date::parse(&field.text));
    let receivers = ["to", "cc"].into_iter().flat_map(fields).flat_map(|field| mailbox::parse_list(&field.raw).0);
    let recipients: Vec<String> = receivers.map(|receiver| receiver.address.to_string()).collect();
    QuoteHead {
        author: author.as_ref().map(|author| author.name.clone()).unwrap_or_default(),
        address: author.map(|author| author.address.to_string()),
        date: date.map(|date| date.datetime()),
        complete: !recipients.is_empty(),
        recipients,
        forwarded: true,
        ..QuoteHead::default()
    }
}

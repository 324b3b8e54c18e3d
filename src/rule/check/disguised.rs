//! `disguised`: the name shown for a recipient is an address, and not the one the mail goes to.

use serde::Deserialize;

use super::Kind;
use crate::message::Address;
use crate::people::domain;
use crate::rule::reading::{MAX_REMARKS, Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Disguised {}

impl Kind for Disguised {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let disguised = reading.recipients.iter().filter_map(|recipient| {
            let shown = shown_address(&recipient.mailbox.name)?;
            (!is_same_mailbox(&shown, &recipient.mailbox.address)).then_some((recipient, shown))
        });
        let remark = |(recipient, shown): (&Recipient<'_>, Address)| {
            Remark::at(reading.recipient_place(recipient))
                .with("address", recipient.mailbox.address.as_str())
                .with("shown", shown.as_str())
        };
        disguised.take(MAX_REMARKS).map(remark).collect()
    }
}

/// The one address a display name holds.
fn shown_address(name: &str) -> Option<Address> {
    if !name.contains('@') {
        return None;
    }
    let mut words = name.split(|c: char| c.is_whitespace() || "()<>[]（）,;:'\"".contains(c));
    let address = words.by_ref().filter(|word| word.contains('.')).find_map(|word| Address::parse(word).ok())?;
    // Two addresses in one name are a list somebody pasted; which is meant nobody can tell.
    (!words.any(|word| word.contains('@'))).then_some(address)
}

/// One mailbox under two spellings: tags, sub-domains, and the alias of one person in one house (`j.smith`,
/// `john.smith`).
fn is_same_mailbox(shown: &Address, real: &Address) -> bool {
    fn words(address: &Address) -> Vec<String> {
        let local = address.local().to_lowercase();
        local.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 3).map(str::to_owned).collect()
    }
    if shown.key() == real.key() {
        return true;
    }
    let one_house = domain::registrable(shown.domain()) == domain::registrable(real.domain());
    let (shown_local, real_local) = (shown.local().to_lowercase(), real.local().to_lowercase());
    one_house
        && (words(shown).iter().any(|word| real_local.contains(word.as_str()))
            || words(real).iter().any(|word| shown_local.contains(word.as_str())))
}

//! `similar-address`: an address that is rarely or never used, easily taken for one that is known, and a mail that
//! speaks to the other one.
//!
//! Likeness alone proves little: houses have an Owen and an Owens. What tells is whom the thread, the greeting, the
//! display name or the matter points to, or that one of the two was written to twenty times as often.

mod sides;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use super::new_domain::is_forward;
use crate::facts::Contact;
use crate::message::anatomy::Addressed;
use crate::people::name::fold;
use crate::people::similar::{self, Likeness};
use crate::rule::reading::{Reading, Recipient, Remark};
use sides::Sides;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct SimilarAddress {
    demand: Demand,
    /// From this many mails on an address is well known.
    often: u32,
    /// And this many times as well known as the other.
    times: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// Something points to the other address.
    Evidence,
    /// The address was never used, and nothing points anywhere.
    Likeness,
}

/// Each recipient of a circular costs a look for neighbours and says nothing about one of them.
const MOST_RECIPIENTS: usize = 50;

/// So many times as often used, the other address is the better guess without any sign.
const FAR_OFTENER: u32 = 20;

impl Kind for SimilarAddress {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.recipients.len() > MOST_RECIPIENTS {
            return Vec::new();
        }
        if reading.facts.contacts.is_empty() && reading.thread().is_empty() {
            return Vec::new();
        }
        let mail = Mail::of(reading);
        reading.recipients.iter().filter_map(|recipient| self.judge(&mail, recipient)).collect()
    }
}

/// The mail as far as it tells who is meant.
struct Mail<'a> {
    reading: &'a Reading<'a>,
    /// Author first, then recipients of the newest quoted mail, in lower case.
    thread: Vec<&'a String>,
    has_author: bool,
    /// Everybody who gets or sends this mail.
    present: HashSet<String>,
    own: OnceCell<Own>,
}

/// What was written now, folded for names; only mails with a doubt need it.
struct Own {
    text: String,
    opening: String,
    /// Nothing but letters and digits.
    letters: String,
}

/// An address this one may have been meant to be.
struct Rival<'a> {
    contact: Cow<'a, Contact>,
    likeness: Likeness,
    /// Its place in the thread; the author's is 0.
    in_thread: Option<usize>,
}

impl<'a> Mail<'a> {
    fn of(reading: &'a Reading<'a>) -> Mail<'a> {
        let newest = reading.thread().first().filter(|_| !is_forward(reading));
        let has_author = newest.is_some_and(|mail| mail.author.is_some());
        let thread = newest.iter().flat_map(|mail| mail.author.iter().chain(&mail.recipients)).collect();
        let from = reading.message.from.iter().map(|from| from.address.key());
        let present = reading.recipients.iter().map(|recipient| recipient.mailbox.address.key()).chain(from).collect();
        Mail { reading, thread, has_author, present, own: OnceCell::new() }
    }

    fn own(&self) -> &Own {
        /// What stands above a mail's matter, in characters.
        const OPENING: usize = 120;
        self.own.get_or_init(|| {
            let text: String = self.reading.texts.iter().map(|text| fold(text.body.own.text()) + "\n").collect();
            let opening = text.chars().take(OPENING).collect();
            Own { letters: text.chars().filter(|c| c.is_alphanumeric()).collect(), text, opening }
        })
    }

    fn speaks_of(&self, address: &str) -> bool {
        let mut texts = self.reading.texts.iter();
        texts.any(|text| text.body.own.text().contains(address) || text.body.quoted.text().contains(address))
    }

    /// People greeted by name.
    fn greeted(&self) -> impl Iterator<Item = &str> {
        let addressees = self.reading.texts.iter().flat_map(|text| &text.body.anatomy.addressees);
        addressees.filter(|one| one.kind == Addressed::Person).map(|one| one.name.as_str())
    }
}

impl SimilarAddress {
    fn judge(&self, mail: &Mail<'_>, recipient: &Recipient<'_>) -> Option<Remark> {
        let contacts = &mail.reading.facts.contacts;
        let address = recipient.mailbox.address.key();
        if mail.thread.contains(&&address) || (contacts.is_empty() && mail.thread.is_empty()) {
            return None;
        }
        let me = contacts.of_address(&address);
        if me.is_some_and(|me| me.exchanged() >= self.often.saturating_mul(FAR_OFTENER)) && mail.thread.is_empty() {
            return None;
        }
        let rivals: Vec<Rival<'_>> =
            self.rivals(mail, &address).into_iter().filter(|rival| self.is_rarer(me, rival)).collect();
        if rivals.is_empty() || mail.speaks_of(&address) {
            return None;
        }
        let sides: Vec<Sides<'_>> = rivals.iter().map(|rival| Sides::of(mail, recipient, me, rival)).collect();
        if sides.iter().any(Sides::affirm_recipient) {
            return None;
        }
        let told = sides.iter().find_map(|sides| sides.evidence().map(|signs| (sides, signs)));
        let (sides, signs) = match (self.demand, told) {
            (Demand::Evidence, told) => told?,
            (Demand::Likeness, Some(_)) => return None,
            (Demand::Likeness, None) => {
                let near = |sides: &&Sides<'_>| sides.rival.likeness == Likeness::Slip && sides.is_unnamed();
                (sides.iter().find(near).filter(|_| me.is_none())?, Vec::new())
            }
        };
        let known = &sides.rival.contact;
        let shown =
            if known.name.is_empty() { known.address.clone() } else { format!("{} <{}>", known.name, known.address) };
        Some(
            Remark::at(mail.reading.recipient_place(recipient))
                .doubting(recipient, &[&known.address])
                .with("address", recipient.mailbox.address.as_str())
                .with("known", shown)
                .with("signs", signs),
        )
    }

    fn rivals<'a>(&self, mail: &Mail<'a>, address: &str) -> Vec<Rival<'a>> {
        let contacts = &mail.reading.facts.contacts;
        let place = |address: &str| mail.thread.iter().position(|one| *one == address);
        let known = contacts.similar(address).into_iter().map(|(contact, likeness)| Rival {
            in_thread: place(&contact.address.to_lowercase()),
            contact: Cow::Borrowed(contact),
            likeness,
        });
        let strangers = mail.thread.iter().filter(|one| contacts.of_address(one).is_none());
        let in_thread = strangers.filter_map(|one| {
            let contact = Contact { address: (*one).clone(), ..Contact::default() };
            let likeness = similar::likeness(address, one)?;
            Some(Rival { contact: Cow::Owned(contact), likeness, in_thread: place(one) })
        });
        let mut out: Vec<Rival<'a>> = known
            .chain(in_thread)
            .filter(|rival| !mail.present.contains(&rival.contact.address.to_lowercase()))
            .collect();
        out.sort_by_key(|rival| {
            (rival.in_thread.unwrap_or(usize::MAX), std::cmp::Reverse((rival.likeness, rival.contact.exchanged())))
        });
        out
    }

    /// Whether the recipient is the less known of the two.
    fn is_rarer(&self, me: Option<&Contact>, rival: &Rival<'_>) -> bool {
        let theirs = rival.contact.exchanged();
        let well_known = rival.contact.listed || theirs >= self.often;
        match me {
            _ if rival.in_thread == Some(0) => true,
            None => well_known || rival.in_thread.is_some(),
            Some(me) => theirs >= self.often && me.exchanged().saturating_mul(self.times) <= theirs,
        }
    }
}

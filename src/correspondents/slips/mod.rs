//! Slips made on purpose: one wrong recipient put on a mail of the past, to see whether it is noticed.
//!
//! The protocol is that of Carvalho and Cohen, *Preventing Information Leaks in Email*, SDM 2007: of the recipients one is
//! drawn, and somebody of the address book who shares the first three letters of the address, the first or the last name
//! with it is added; if there is nobody, anybody. The address book is what was written to before the mail. Real slips are
//! more often somebody never written to, and put in the place of the one meant, so these are made as well. Mailing lists
//! and desks are never drawn, nor anybody of the name of somebody who is on the mail.

mod dice;
mod measure;

use std::collections::BTreeMap;

use super::score::names::Named;
use super::{Addressee, Field};
use crate::people::address::is_list;

pub use dice::Dice;
pub use measure::{Ranked, area, caught, curve, first, threshold};

/// Who the wrong recipient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipKind {
    /// Somebody of the address book who begins like a recipient, added. Recipients never written to before are left off the
    /// mail, so that something is known of each ("closed").
    LookAlike,
    /// Somebody who is first written to later, added.
    Stranger,
    /// The same, who shares the first or the last name with a recipient.
    Namesake,
    /// Somebody of the address book who begins like a recipient, in its place.
    Replace,
}

impl SlipKind {
    pub const ALL: [SlipKind; 4] = [SlipKind::LookAlike, SlipKind::Stranger, SlipKind::Namesake, SlipKind::Replace];

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            SlipKind::LookAlike => "look-alike",
            SlipKind::Stranger => "stranger",
            SlipKind::Namesake => "namesake",
            SlipKind::Replace => "replace",
        }
    }

    /// Recipients never written to before are left off.
    pub fn is_closed(self) -> bool {
        self == SlipKind::LookAlike
    }
}

/// A mail's recipients without and with the wrong one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// In lower case.
    pub wrong: String,
    pub before: Vec<Addressee>,
    pub after: Vec<Addressee>,
}

/// People by address, with what they can be taken for.
#[derive(Debug, Clone, Default)]
pub struct Book {
    people: BTreeMap<String, Person>,
}

#[derive(Debug, Clone)]
struct Person {
    name: String,
    named: Named,
}

impl Book {
    /// Puts somebody in, or notes a newer name; lists and desks are nobody.
    pub fn put(&mut self, one: &Addressee) {
        let known = self.people.get(&one.address);
        if is_list(&one.address) || known.is_some_and(|known| one.name.is_empty() || known.name == one.name) {
            return;
        }
        let named = Named::of(&one.address, &one.name);
        self.people.insert(one.address.clone(), Person { name: one.name.clone(), named });
    }

    /// Takes somebody out.
    pub fn remove(&mut self, address: &str) {
        self.people.remove(address);
    }

    /// Whether an address in lower case is in it.
    pub fn has(&self, address: &str) -> bool {
        self.people.contains_key(address)
    }

    /// Those who can be put on a mail and are as asked for, by address.
    fn those<'a>(&'a self, mail: &Mail, is: impl Fn(&Named) -> bool) -> Vec<(&'a str, &'a Person)> {
        let free = self.people.iter().filter(|(address, person)| mail.may_get(address, &person.named));
        free.filter(|(_, person)| is(&person.named)).map(|(address, person)| (address.as_str(), person)).collect()
    }
}

/// A mail before its slip.
struct Mail {
    /// All of them.
    recipients: Vec<Addressee>,
    /// Of each that is a person.
    people: Vec<(Addressee, Named)>,
}

impl Mail {
    fn of(recipients: &[Addressee], known: &Book) -> Mail {
        let named = |one: &Addressee| {
            let book = || known.people.get(&one.address).map_or("", |person| person.name.as_str());
            Named::of(&one.address, if one.name.is_empty() { book() } else { &one.name })
        };
        let people = recipients.iter().filter(|one| !is_list(&one.address));
        let people = people.map(|one| (one.clone(), named(one))).collect();
        Mail { recipients: recipients.to_vec(), people }
    }

    /// Nobody of that address or name is on it.
    fn may_get(&self, address: &str, named: &Named) -> bool {
        !self.recipients.iter().any(|one| one.address == address)
            && !self.people.iter().any(|(_, other)| other.is_named_as(named))
    }
}

fn added(before: Vec<Addressee>, field: Field, (address, person): (&str, &Person)) -> Slip {
    let wrong = Addressee { address: address.to_owned(), name: person.name.clone(), field };
    let mut after = before.clone();
    after.push(wrong);
    Slip { wrong: address.to_owned(), before, after }
}

/// Completion offers both: the first three letters are the same, or a name that has no more.
fn alike(one: &Named, other: &Named) -> bool {
    one.begins_as(other) || shares_last(one, other) || shares_first(one, other)
}

fn shares_first(one: &Named, other: &Named) -> bool {
    !one.first.is_empty() && one.first == other.first
}

fn shares_last(one: &Named, other: &Named) -> bool {
    !one.last.is_empty() && one.last == other.last
}

/// Draws a slip for a mail; `None` where the mail or the books allow none.
pub fn draw(kind: SlipKind, mail: &[Addressee], known: &Book, later: &Book, dice: &mut Dice) -> Option<Slip> {
    let mail = Mail::of(mail, known);
    match kind {
        SlipKind::LookAlike => look_alike(&mail, known, dice),
        SlipKind::Stranger => {
            let (meant, _) = dice.choose(&mail.people)?;
            let wrong = *dice.choose(&later.those(&mail, |_| true))?;
            Some(added(mail.recipients.clone(), meant.field, wrong))
        }
        SlipKind::Namesake => namesake(&mail, later, dice),
        SlipKind::Replace => replace(&mail, known, dice),
    }
}

fn look_alike(mail: &Mail, known: &Book, dice: &mut Dice) -> Option<Slip> {
    let people: Vec<&(Addressee, Named)> = mail.people.iter().filter(|(one, _)| known.has(&one.address)).collect();
    let (meant, named) = dice.choose(&people)?;
    let mut those = known.those(mail, |other| alike(named, other));
    if those.is_empty() {
        those = known.those(mail, |_| true);
    }
    let wrong = *dice.choose(&those)?;
    let before = people.iter().map(|(one, _)| one.clone()).collect();
    Some(added(before, meant.field, wrong))
}

/// By the last name or by the first one, as evenly as there are such people.
fn namesake(mail: &Mail, later: &Book, dice: &mut Dice) -> Option<Slip> {
    let of = |shares: fn(&Named, &Named) -> bool| {
        later.those(mail, |other| mail.people.iter().any(|(_, named)| shares(named, other)))
    };
    let by_last = of(shares_last);
    let is_by_last = |address: &str| by_last.iter().any(|(other, _)| *other == address);
    let by_first: Vec<_> = of(shares_first).into_iter().filter(|(address, _)| !is_by_last(address)).collect();
    let kinds: Vec<&Vec<(&str, &Person)>> = [&by_first, &by_last].into_iter().filter(|of| !of.is_empty()).collect();
    let those = dice.choose(&kinds)?;
    let wrong = *dice.choose(those)?;
    Some(added(mail.recipients.clone(), Field::To, wrong))
}

/// Of the recipients one who can be mistaken; the others stay, whether written to before or not.
fn replace(mail: &Mail, known: &Book, dice: &mut Dice) -> Option<Slip> {
    let of = |named: &Named| known.those(mail, |other| alike(named, other));
    let meant: Vec<_> =
        mail.people.iter().map(|(one, named)| (one, of(named))).filter(|(_, of)| !of.is_empty()).collect();
    let (meant, those) = dice.choose(&meant)?;
    let (address, person) = *dice.choose(those)?;
    let instead = |one: &Addressee| match one.address == meant.address {
        true => Addressee { address: address.to_owned(), name: person.name.clone(), field: one.field },
        false => one.clone(),
    };
    let after = mail.recipients.iter().map(instead).collect();
    Some(Slip { wrong: address.to_owned(), before: mail.recipients.clone(), after })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Addressee {
        let (name, address) =
            text.split_once(" <").map_or(("", text), |(name, rest)| (name, rest.trim_end_matches('>')));
        Addressee { address: address.to_owned(), name: name.to_owned(), field: Field::To }
    }

    fn book(people: &[&str]) -> Book {
        let mut book = Book::default();
        people.iter().for_each(|text| book.put(&one(text)));
        book
    }

    /// Everybody that a hundred draws put on the mail.
    fn drawn(kind: SlipKind, mail: &[&str], known: &Book, later: &Book) -> Vec<String> {
        let mail: Vec<Addressee> = mail.iter().map(|text| one(text)).collect();
        let slips = (0..100).filter_map(|seed| draw(kind, &mail, known, later, &mut Dice::new(&[seed])));
        let mut all: Vec<String> = slips.map(|slip| slip.wrong).collect();
        all.sort();
        all.dedup();
        all
    }

    #[test]
    fn look_alikes_share_three_letters_or_a_name() {
        let known = book(&[
            "Karin Holt <kholt@alta.example>",
            "Karim Oduya <oduya@alta.example>",
            "Mia Holt <m.holt@beech.example>",
            "Li Wan <li@beech.example>",
            "Li Song <song@beech.example>",
            "佐藤 健一 <k-sato@aoba.example>",
            "佐藤 美和 <miwa@aoba.example>",
            "sales-list@lists.alta.example",
        ]);
        let none = Book::default();
        let of = |mail: &[&str]| drawn(SlipKind::LookAlike, mail, &known, &none);
        assert_eq!(of(&["Karin Holt <kholt@alta.example>"]), ["m.holt@beech.example", "oduya@alta.example"]);
        assert_eq!(of(&["song@beech.example"]), ["li@beech.example"], "the book knows the name");
        assert_eq!(of(&["佐藤 健一 <k-sato@aoba.example>"]), ["miwa@aoba.example"]);
        assert_eq!(of(&["Zoe Quill <zoe@new.example>"]), [""; 0], "closed: nobody known is left");
        let replaced = drawn(SlipKind::Replace, &["Zoe Holt <zoe@new.example>"], &known, &none);
        assert_eq!(replaced, ["kholt@alta.example", "m.holt@beech.example"], "open");
        assert_eq!(drawn(SlipKind::Replace, &["Zoe Quill <zoe@new.example>"], &known, &none), [""; 0]);
    }

    #[test]
    fn who_resembles_nobody_is_joined_by_anybody() {
        let known = book(&["Ada Birch <ada@alta.example>", "Tom Vale <tom@beech.example>"]);
        assert_eq!(drawn(SlipKind::LookAlike, &["ada@alta.example"], &known, &Book::default()), ["tom@beech.example"]);
    }

    #[test]
    fn strangers_are_those_written_to_later() {
        let known = book(&["Karin Holt <kholt@alta.example>"]);
        let later = book(&[
            "Karin Holt <kh@home.example>",
            "Mia Holt <mia@elm.example>",
            "Karin Moss <moss@elm.example>",
            "Tom Vale <tom@elm.example>",
        ]);
        let mail = ["Karin Holt <kholt@alta.example>"];
        let strangers = drawn(SlipKind::Stranger, &mail, &known, &later);
        assert_eq!(strangers, ["mia@elm.example", "moss@elm.example", "tom@elm.example"], "not the same person");
        assert_eq!(drawn(SlipKind::Namesake, &mail, &known, &later), ["mia@elm.example", "moss@elm.example"]);
    }

    #[test]
    fn the_wrong_one_is_added_or_takes_a_place() {
        let known = book(&["Karin Holt <kholt@alta.example>", "Mia Holt <mia@elm.example>"]);
        let mail = [
            Addressee { field: Field::Cc, ..one("Karin Holt <kholt@alta.example>") },
            one("Zoe Quill <zoe@new.example>"),
        ];
        let of = |kind| draw(kind, &mail, &known, &Book::default(), &mut Dice::new(&[1])).expect("a slip");
        let addresses = |all: &[Addressee]| all.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
        let added = of(SlipKind::LookAlike);
        assert_eq!(addresses(&added.before), ["kholt@alta.example"]);
        assert_eq!(addresses(&added.after), ["kholt@alta.example", "mia@elm.example"]);
        assert_eq!(added.after[1].field, Field::Cc);
        let replaced = of(SlipKind::Replace);
        assert_eq!(addresses(&replaced.before), ["kholt@alta.example", "zoe@new.example"]);
        assert_eq!(addresses(&replaced.after), ["mia@elm.example", "zoe@new.example"]);
    }
}

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

    pub fn recipe(self) -> Recipe {
        let recipe = |who| Recipe { who, instead: self == SlipKind::Replace, closed: self == SlipKind::LookAlike };
        match self {
            SlipKind::LookAlike | SlipKind::Replace => recipe(Who::LookAlike),
            SlipKind::Stranger => recipe(Who::Stranger),
            SlipKind::Namesake => recipe(Who::Namesake),
        }
    }
}

/// How a slip is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipe {
    pub who: Who,
    /// In the place of a recipient it resembles, not beside all of them.
    pub instead: bool,
    /// Recipients never written to before are left off.
    pub closed: bool,
}

/// Who is put on a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Somebody of the address book who begins like a recipient; beside the others, anybody of it if there is nobody.
    LookAlike,
    /// Anybody never written to.
    Stranger,
    /// Somebody never written to who shares the last name with a recipient.
    LastName,
    /// The first name, and not the last one.
    FirstName,
    /// One of the two, as evenly as there are such people.
    Namesake,
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

impl Who {
    /// Whether one can be taken for the other.
    fn resembles(self) -> fn(&Named, &Named) -> bool {
        match self {
            Who::LookAlike => alike,
            Who::Stranger => |_, _| true,
            Who::LastName => shares_last,
            Who::FirstName => |one, other| shares_first(one, other) && !shares_last(one, other),
            Who::Namesake => |one, other| shares_first(one, other) || shares_last(one, other),
        }
    }
}

/// The recipients written to before.
pub fn closed(mail: &[Addressee], known: &Book) -> Vec<Addressee> {
    mail.iter().filter(|one| known.has(&one.address)).cloned().collect()
}

/// Draws a slip for a mail; `None` where the mail or the books allow none. `others` are people never written to.
pub fn draw(recipe: Recipe, mail: &[Addressee], known: &Book, others: &Book, dice: &mut Dice) -> Option<Slip> {
    let before = if recipe.closed { closed(mail, known) } else { mail.to_vec() };
    let who = match recipe.who {
        Who::Namesake => part(&Mail::of(mail, known), others, dice)?,
        who => who,
    };
    // Of somebody who is left off nobody is the wrong one either.
    let drawn = Drawn { mail: Mail::of(mail, known), before, from: if who == Who::LookAlike { known } else { others } };
    match recipe.instead {
        true => drawn.instead(who, dice),
        false => drawn.beside(who, dice),
    }
}

/// The last name or the first one, as evenly as there are people who share it.
fn part(mail: &Mail, others: &Book, dice: &mut Dice) -> Option<Who> {
    let is_there = |who: &Who| {
        let resembles = who.resembles();
        !others.those(mail, |other| mail.people.iter().any(|(_, named)| resembles(named, other))).is_empty()
    };
    dice.choose(&[Who::FirstName, Who::LastName].into_iter().filter(is_there).collect::<Vec<Who>>()).copied()
}

/// What a slip is drawn from.
struct Drawn<'a> {
    mail: Mail,
    /// The recipients that stay.
    before: Vec<Addressee>,
    from: &'a Book,
}

impl Drawn<'_> {
    fn people(&self) -> impl Iterator<Item = &(Addressee, Named)> {
        self.mail.people.iter().filter(|(one, _)| self.before.contains(one))
    }

    fn beside(self, who: Who, dice: &mut Dice) -> Option<Slip> {
        let resembles = who.resembles();
        let (field, those) = match who {
            Who::LookAlike | Who::Stranger => {
                let people: Vec<_> = self.people().collect();
                let (meant, named) = dice.choose(&people)?;
                let alike = self.from.those(&self.mail, |other| resembles(named, other));
                let those = if alike.is_empty() { self.from.those(&self.mail, |_| true) } else { alike };
                (meant.field, those)
            }
            Who::LastName | Who::FirstName | Who::Namesake => {
                let any = |other: &Named| self.people().any(|(_, named)| resembles(named, other));
                (Field::To, self.from.those(&self.mail, any))
            }
        };
        let (address, person) = *dice.choose(&those)?;
        let wrong = Addressee { address: address.to_owned(), name: person.name.clone(), field };
        let after = self.before.iter().cloned().chain([wrong]).collect();
        Some(Slip { wrong: address.to_owned(), before: self.before, after })
    }

    /// Of the recipients one who can be mistaken; the others stay.
    fn instead(self, who: Who, dice: &mut Dice) -> Option<Slip> {
        let resembles = who.resembles();
        let of = |named: &Named| self.from.those(&self.mail, |other| resembles(named, other));
        let meant: Vec<_> =
            self.people().map(|(one, named)| (one, of(named))).filter(|(_, of)| !of.is_empty()).collect();
        let (meant, those) = dice.choose(&meant)?;
        let (address, person) = *dice.choose(those)?;
        let instead = |one: &Addressee| match one.address == meant.address {
            true => Addressee { address: address.to_owned(), name: person.name.clone(), field: one.field },
            false => one.clone(),
        };
        let after = self.before.iter().map(instead).collect();
        Some(Slip { wrong: address.to_owned(), before: self.before, after })
    }
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
        let slips = (0..100).filter_map(|seed| draw(kind.recipe(), &mail, known, later, &mut Dice::new(&[seed])));
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
        let of = |kind: SlipKind| {
            draw(kind.recipe(), &mail, &known, &Book::default(), &mut Dice::new(&[1])).expect("a slip")
        };
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

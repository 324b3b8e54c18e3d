//! Recipients as cards, grouped by the organisation they belong to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Material;
use crate::finding::{Evidence, Finding, Level, Part};
use crate::lang::Bilingual;
use crate::message::{Address, Mailbox, Message};
use crate::people::domain::{belongs_to, is_freemail, registrable};

/// The recipients of one organisation; of free mail services each is one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House {
    /// The domain it registered, or the address where people share none.
    pub name: String,
    /// One's own.
    pub own: bool,
    pub cards: Vec<Card>,
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub field: Field,
    /// As the header or past mail has it; may be empty.
    pub name: String,
    pub address: String,
    /// One or two letters to know it by.
    pub initials: String,
    /// Mails sent to it before; `None` where nothing is known of the sender's mail.
    pub sent: Option<u32>,
    pub last: Option<Timestamp>,
    /// Findings about it, by their number.
    pub marks: Vec<usize>,
    /// The worst of these.
    pub level: Option<Level>,
}

/// The field that names a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    To,
    Cc,
    /// No field its other readers see.
    Bcc,
}

impl Field {
    pub fn as_str(self) -> &'static str {
        match self {
            Field::To => "To",
            Field::Cc => "Cc",
            Field::Bcc => "Bcc",
        }
    }
}

impl Card {
    /// How often it was written to, with the day of the last time; `None` where nothing is known.
    pub fn before(&self, day: Option<&str>) -> Option<Bilingual> {
        Some(match (self.sent?, day) {
            (0, _) => Bilingual::new("never written to before", "初めての宛先"),
            (1, Some(day)) => Bilingual::new(format!("one mail before, on {day}"), format!("過去 1 通、{day}")),
            (n, Some(day)) => {
                Bilingual::new(format!("{n} mails before, last on {day}"), format!("過去 {n} 通、最後は {day}"))
            }
            (n, None) => Bilingual::new(format!("{n} mails before"), format!("過去 {n} 通")),
        })
    }
}

impl House {
    /// The worst that was found about anybody in it.
    pub fn level(&self) -> Option<Level> {
        self.cards.iter().filter_map(|card| card.level).max()
    }
}

/// Whom the mail goes to, whatever its headers say.
pub(super) fn houses(material: &Material<'_>) -> Vec<House> {
    let mut houses: BTreeMap<String, House> = BTreeMap::new();
    for address in &material.envelope.recipients {
        let own = material.own_domains.iter().any(|own| belongs_to(address.domain(), own));
        let name = match is_freemail(address.domain()) && !own {
            true => address.key(),
            false => registrable(address.domain()),
        };
        let house = houses.entry(name.clone()).or_insert(House { name, own, cards: Vec::new() });
        house.cards.push(card(material, address));
    }
    let mut houses: Vec<House> = houses.into_values().collect();
    for house in &mut houses {
        house.cards.sort_by_key(|card| (std::cmp::Reverse(card.level), card.field));
    }
    houses.sort_by_key(|house| (std::cmp::Reverse(house.level()), house.own));
    houses
}

fn card(material: &Material<'_>, address: &Address) -> Card {
    let named = material.message.and_then(|message| named(message, address));
    let key = address.key();
    let known = material.standing.and_then(|standing| standing.known.of(&key));
    let name = named.map(|(_, mailbox)| mailbox.name.clone()).filter(|name| !name.is_empty());
    let name = name.or_else(|| known.map(|known| known.name.clone())).unwrap_or_default();
    let about = |finding: &&(usize, &Finding)| names(finding.1, address);
    let marks: Vec<(usize, &Finding)> = material.findings.iter().enumerate().filter(|one| about(&one)).collect();
    Card {
        field: named.map_or(Field::Bcc, |(field, _)| field),
        initials: initials(&name, address),
        name,
        address: address.to_string(),
        sent: material.standing.map(|_| known.map_or(0, |known| known.sent)),
        last: known.and_then(|known| known.last),
        level: marks.iter().map(|(_, finding)| finding.level).max(),
        marks: marks.into_iter().map(|(n, _)| n).collect(),
    }
}

/// The visible field that names an address.
fn named<'a>(message: &'a Message, address: &Address) -> Option<(Field, &'a Mailbox)> {
    let in_field = |field: &str| match field {
        "to" => Field::To,
        "cc" => Field::Cc,
        _ => Field::Bcc,
    };
    let found = message.recipients().find(|(_, mailbox)| mailbox.address.key() == address.key());
    found.map(|(field, mailbox)| (in_field(field), mailbox))
}

/// Whether a finding is about this recipient: it points at it, or names it in its evidence.
fn names(finding: &Finding, address: &Address) -> bool {
    let key = address.key();
    let holds = |text: &str| text.to_lowercase().contains(&key);
    let in_headers = matches!(finding.location.part, Part::Header(_) | Part::Envelope);
    let points = in_headers && holds(&finding.location.text);
    let doubted = finding.doubt.as_ref().is_some_and(|doubt| doubt.address == key);
    points
        || doubted
        || finding.evidence.iter().any(|(name, evidence)| match evidence {
            Evidence::Text(text) => name.as_ref() == "address" && holds(text),
            Evidence::List(_) | Evidence::Number(_) => false,
        })
}

/// `RH` for Robert Hale, `佐` for 佐藤 健一, `i` for info@….
fn initials(name: &str, address: &Address) -> String {
    let first = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let words: Vec<char> = name.split_whitespace().filter_map(first).collect();
    match words.as_slice() {
        [] => first(address.as_str()).map(String::from).unwrap_or_default(),
        [one, .., last] if one.is_ascii() => [*one, *last].iter().collect(),
        [one, ..] => one.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Envelope;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("an address")
    }

    #[test]
    fn recipients_are_those_of_the_envelope_grouped_by_house() {
        let raw = "From: a@own.example\r\nTo: Robert Hale <r.hale@alderbio.example>\r\nCc: 佐藤 健一 <sato@own.example>\r\n\r\nx\r\n";
        let message = Message::parse(raw.as_bytes()).expect("a mail");
        let recipients =
            ["sato@own.example", "r.hale@alderbio.example", "blind@eu.alderbio.example"].map(address).to_vec();
        let envelope = Envelope { recipients, ..Envelope::default() };
        let own_domains = ["own.example".to_owned()];
        let houses = houses(&Material {
            envelope: &envelope,
            message: Some(&message),
            findings: &[],
            checklist: None,
            standing: None,
            own_domains: &own_domains,
            demands: &crate::review::Demands::default(),
        });
        let shown: Vec<_> = houses
            .iter()
            .map(|house| {
                let cards = house.cards.iter().map(|card| (card.field.as_str(), card.initials.as_str()));
                (house.name.as_str(), house.own, cards.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            shown,
            [("alderbio.example", false, vec![("To", "RH"), ("Bcc", "b")]), ("own.example", true, vec![("Cc", "佐")]),]
        );
    }
}

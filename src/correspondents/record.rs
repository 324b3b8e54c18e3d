//! History that other programs write down, a JSON object a line: mails that were sent, and people. `docs/people.md` says
//! which fields there are.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::feedback::{Confused, Right};
use super::outline::{Draft, Field, Outline};
use super::{Card, Kept, KeptMail, hash};
use crate::message::Mailbox;

/// What one line tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Mail(Outline),
    /// Whose correspondent it is: an address, `@domain` of a house, or nobody's in particular.
    Person {
        of: Vec<String>,
        card: Card,
    },
    /// What was said of a recipient a rule doubted.
    Right {
        sender: String,
        right: Right,
    },
    /// Two people who were confused.
    Confused {
        sender: String,
        confused: Confused,
    },
    /// A mail that was learnt before.
    Learnt(KeptMail),
    /// About something else.
    Other,
}

/// Reads lines in order: people may belong to an organisation that an earlier line tells the domains of.
#[derive(Debug, Default)]
pub struct Records {
    domains: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Person(Person),
    Said(Said),
    Organisation(Organisation),
    Learnt(Learnt),
    Mail(Mail),
    Other {},
}

#[derive(Deserialize)]
struct Person {
    #[serde(rename = "type")]
    _kind: Contact,
    #[serde(alias = "addr", default)]
    address: String,
    #[serde(default)]
    addresses: Vec<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    reading: Option<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    role: String,
    #[serde(default)]
    organisation: String,
    /// Whose correspondent it is.
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    org: Option<String>,
    #[serde(default)]
    sent: u32,
    #[serde(default)]
    received: u32,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    last: Option<String>,
    #[serde(flatten)]
    kept: Option<Kept>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Contact {
    Contact,
}

/// What was said of two addresses.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: Kind,
    sender: String,
    address: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    beside: bool,
    at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Right,
    Confused,
}

#[derive(Deserialize)]
struct Learnt {
    #[serde(rename = "type")]
    _kind: OfLearnt,
    #[serde(flatten)]
    mail: KeptMail,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum OfLearnt {
    Learnt,
}

#[derive(Deserialize)]
struct Organisation {
    org: String,
    own_domains: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Mail {
    #[serde(default)]
    pub(super) id: String,
    pub(super) date: String,
    pub(super) from: String,
    #[serde(default)]
    pub(super) to: Vec<String>,
    #[serde(default)]
    pub(super) cc: Vec<String>,
    #[serde(default)]
    pub(super) bcc: Vec<String>,
    #[serde(default)]
    pub(super) subject: String,
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    pub(super) quoted: String,
    #[serde(default)]
    pub(super) in_reply_to: String,
}

impl Records {
    /// # Errors
    /// Why the line is no record, without its text.
    pub fn read(&mut self, line: &str) -> Result<Record, String> {
        match parse(line)? {
            Line::Organisation(one) => {
                self.domains.insert(one.org, one.own_domains);
                Ok(Record::Other)
            }
            Line::Person(one) => Ok(self.person(one)),
            Line::Said(one) => one.record(),
            Line::Learnt(one) => Ok(Record::Learnt(one.mail)),
            Line::Mail(one) => mail(one),
            Line::Other {} => Ok(Record::Other),
        }
    }

    fn person(&self, one: Person) -> Record {
        let houses = || {
            let domains = one.org.as_ref().and_then(|org| self.domains.get(org)).into_iter().flatten();
            domains.map(|domain| format!("@{}", domain.to_lowercase())).collect()
        };
        let of = one.sender.clone().map_or_else(houses, |sender| vec![sender]);
        let mut addresses = one.addresses;
        if !one.address.is_empty() && !addresses.contains(&one.address) {
            addresses.insert(0, one.address);
        }
        let card = Card {
            name: one.name,
            names: one.reading.into_iter().chain(one.names).collect(),
            role: one.role,
            organisation: one.organisation,
            addresses,
            sent: one.sent,
            received: one.received,
            first: one.first.as_deref().and_then(time),
            last: one.last.as_deref().and_then(time),
            kept: one.kept,
        };
        Record::Person { of, card }
    }
}

impl Said {
    fn record(self) -> Result<Record, String> {
        let Said { kind, sender, address, other, rule, beside, at } = self;
        let [sender, address, other] = [sender, address, other].map(|text| text.to_lowercase());
        Ok(match kind {
            Kind::Right => Record::Right { sender, right: Right { address, rule, other, at } },
            Kind::Confused if other.is_empty() => return Err("`other` is missing".to_owned()),
            Kind::Confused => Record::Confused { sender, confused: Confused { address, other, beside, at } },
        })
    }
}

fn parse(line: &str) -> Result<Line, String> {
    serde_json::from_str(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "no known kind of record".to_owned(),
        _ => format!("no JSON object (column {})", error.column()),
    })
}

/// The mail a line tells of, as it was written down; `None` where it is about something else.
pub(super) fn mail_of(line: &str) -> Result<Option<Mail>, String> {
    Ok(match parse(line)? {
        Line::Mail(mail) => Some(mail),
        Line::Person(_) | Line::Said(_) | Line::Organisation(_) | Line::Learnt(_) | Line::Other {} => None,
    })
}

fn mail(mail: Mail) -> Result<Record, String> {
    let from = Mailbox::list(&mail.from).into_iter().next().ok_or("`from` is no address")?;
    let at = time(&mail.date).ok_or("`date` is no date, written as 2026-10-14T10:00:00Z")?;
    let fields = [(Field::To, &mail.to), (Field::Cc, &mail.cc), (Field::Bcc, &mail.bcc)];
    let recipients = fields
        .iter()
        .flat_map(|(field, list)| list.iter().flat_map(|text| Mailbox::list(text)).map(|one| (*field, one)));
    let id = |text: &str| hash::of(text.trim().trim_start_matches('<').trim_end_matches('>').as_bytes());
    let named = |text: &String| (!text.trim().is_empty()).then(|| id(text));
    let draft = Draft {
        from,
        at: Some(at),
        id: named(&mail.id),
        answers: named(&mail.in_reply_to).into_iter().collect(),
        recipients: recipients.collect(),
        subject: mail.subject,
        body: mail.body,
        quoted: mail.quoted,
    };
    Ok(Record::Mail(Outline::of_draft(&draft)))
}

/// A time, or the first moment of a day.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    text.parse().ok().or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_and_people_are_read() {
        let mut records = Records::default();
        let mail = records.read(
            r#"{"id": "<1@own.example>", "date": "2026-10-14T01:00:00Z", "from": "me@own.example", "to": ["佐藤 健一 <K-Sato@aoba.example>"], "cc": ["b@aoba.example"], "subject": "Re: 見積", "body": "佐藤様\n\n見積書です。", "quoted": "From: K <k-sato@aoba.example>\nSent: Monday\nTo: me\n\nhi", "in_reply_to": "<0@aoba.example>"}"#,
        );
        let Ok(Record::Mail(mail)) = mail else { panic!("{mail:?}") };
        assert_eq!((mail.sender.as_str(), mail.recipients.len()), ("me@own.example", 2));
        assert_eq!((mail.recipients[0].name.as_str(), mail.recipients[0].field), ("佐藤 健一", Field::To));
        assert_eq!(mail.greeted, ["佐藤"]);
        assert_eq!(mail.answered.as_deref(), Some("k-sato@aoba.example"));
        assert_eq!(
            (mail.id, mail.answers.as_slice()),
            (hash::of(b"1@own.example"), &[hash::of(b"0@aoba.example")][..])
        );
        let org = records.read(r#"{"type": "org", "org": "minato", "own_domains": ["Minato.example"]}"#);
        assert_eq!(org, Ok(Record::Other));
        let person = records.read(
            r#"{"type": "contact", "org": "minato", "addr": "k@a.example", "name": "K", "reading": "けい", "sent": 3, "last": "2026-10-02"}"#,
        );
        let Ok(Record::Person { of, card }) = person else { panic!("{person:?}") };
        assert_eq!(
            (of, card.addresses, card.sent),
            (vec!["@minato.example".to_owned()], vec!["k@a.example".to_owned()], 3)
        );
        assert_eq!(card.last.map(|at| at.to_string()).as_deref(), Some("2026-10-02T00:00:00Z"));
    }

    #[test]
    fn what_is_no_record_is_said_without_its_text() {
        let mut records = Records::default();
        assert_eq!(records.read(r#"{"type": "incident", "note": "x"}"#), Ok(Record::Other));
        for line in [
            "",
            "{",
            "[1]",
            "secret",
            r#"{"date": "x", "from": "a@b.example"}"#,
            r#"{"date": "2026-10-14", "from": ""}"#,
        ] {
            let error = records.read(line).expect_err(line);
            assert!(!error.contains("secret"), "{error}");
        }
    }
}

//! A rule's own examples: small mails it must fire on, and near misses it must not.
//!
//! An example is a mail as a person would jot it down: optional header lines, a blank line, the text. What is
//! missing is filled in. Pseudo headers attach files: `Attach: name` and its relatives in `samples`;
//! `Envelope: a@b.example, 120 x c.example` is what the server is told, where the headers tell less.

use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;
use serde::Deserialize;

use super::reading::Reading;
use super::sent::{self, PackConfused, Sent};
use super::{Rule, Rules, samples};
use crate::facts::{Client, Contact, Contacts, Directory, Fact, Facts, Incident, Incidents, KnownFacts, Party};
use crate::finding::Finding;
use crate::message::{Address, Envelope, Message, Unreadable};

/// One example of a rule.
#[derive(Debug, Clone)]
pub struct Example {
    /// It must fire; else it must not.
    pub fires: bool,
    /// The mail as jotted down.
    pub mail: String,
    /// Why a near miss is clean.
    pub note: Option<String>,
    facts: PackFacts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExample {
    #[serde(rename = "match")]
    fires: Option<String>,
    clean: Option<String>,
    note: Option<String>,
}

/// What the examples of a pack take as known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PackFacts {
    own_domains: Vec<String>,
    #[serde(rename = "client")]
    clients: Vec<PackClient>,
    #[serde(rename = "contact")]
    contacts: Vec<PackContact>,
    joint: Vec<Vec<String>>,
    #[serde(rename = "incident")]
    incidents: Vec<PackIncident>,
    #[serde(rename = "fact")]
    known: Vec<PackFact>,
    #[serde(rename = "sent")]
    sent: Vec<Sent>,
    #[serde(rename = "confused")]
    confused: Vec<PackConfused>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackClient {
    name: String,
    #[serde(default)]
    names: Vec<String>,
    domains: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PackContact {
    address: String,
    name: String,
    names: Vec<String>,
    role: String,
    sent: u32,
    received: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackIncident {
    /// A client of the pack by name, else an address.
    client: String,
    date: Date,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFact {
    topic: String,
    words: Vec<String>,
    value: OneOrMore,
    #[serde(default)]
    unless: Vec<String>,
    client: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// What came of a rule's examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub rule: String,
    pub examples: usize,
    pub failures: Vec<Failure>,
}

/// An example that did not do what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its number within the rule, from 1.
    pub number: usize,
    pub expected_to_fire: bool,
    pub mail: String,
    /// Gaps like `{name}` that no evidence filled, or why the mail could not be read.
    pub detail: Option<String>,
}

impl RawExample {
    pub(super) fn with(self, facts: &PackFacts) -> Example {
        let fires = self.fires.is_some();
        let mail = self.fires.or(self.clean).unwrap_or_default();
        Example { fires, mail, note: self.note, facts: facts.clone() }
    }
}

impl Rules {
    /// Runs the examples of every rule on that rule alone.
    pub fn test(&self) -> Vec<Outcome> {
        self.iter().map(|rule| self.test_rule(rule)).collect()
    }

    fn test_rule(&self, rule: &Rule) -> Outcome {
        let failure = |(n, example): (usize, &Example)| {
            let detail = match self.try_example(rule, example) {
                Ok(true) => return None,
                Ok(false) => None,
                Err(detail) => Some(detail),
            };
            Some(Failure { number: n + 1, expected_to_fire: example.fires, mail: example.mail.clone(), detail })
        };
        let failures = rule.examples.iter().enumerate().filter_map(failure).collect();
        Outcome { rule: rule.id.clone(), examples: rule.examples.len(), failures }
    }

    fn try_example(&self, rule: &Rule, example: &Example) -> Result<bool, String> {
        let message = example.message().map_err(|error| error.to_string())?;
        let facts = example.facts(&message);
        let reading = Reading::new(&self.vocabulary, &message, &facts);
        let findings = rule.run(&reading);
        match findings.iter().find_map(|finding| unfilled(rule, finding)) {
            Some(gap) => Err(format!("no evidence fills {gap}")),
            None => Ok(findings.is_empty() != example.fires),
        }
    }
}

/// A gap of the rule's texts that a finding has no evidence for.
fn unfilled(rule: &Rule, finding: &Finding) -> Option<String> {
    let templates = [&rule.title, &rule.why, &rule.advice].into_iter().flat_map(|text| [&text.en, &text.ja]);
    let gaps = templates.flat_map(|text| text.split('{').skip(1).filter_map(|rest| rest.split_once('}')));
    gaps.map(|(name, _)| name)
        .find(|name| !finding.evidence.iter().any(|(known, _)| known == name))
        .map(|name| format!("{{{name}}}"))
}

impl Example {
    /// The example as a mail.
    ///
    /// A mail that is no example of any rule.
    pub(super) fn jotted(mail: &str) -> Example {
        Example { fires: false, mail: mail.to_owned(), note: None, facts: PackFacts::default() }
    }

    /// # Errors
    /// When even the filled-in mail cannot be read.
    pub fn message(&self) -> Result<Message, Unreadable> {
        let mut message = Message::parse(self.raw().as_bytes())?;
        let (headers, _) = split_headers(&self.mail);
        let sizes = headers.iter().copied().filter(|line| line.starts_with("Attach")).map(samples::size);
        for (attachment, size) in message.attachments.iter_mut().zip(sizes) {
            attachment.size = size.unwrap_or(attachment.size);
        }
        let recipients: Vec<Address> = headers
            .iter()
            .filter_map(|line| line.strip_prefix("Envelope:"))
            .flat_map(|value| value.split(','))
            .flat_map(|one| expanded(one.trim()))
            .filter_map(|one| Address::parse(&one).ok())
            .collect();
        if !recipients.is_empty() {
            message.add_envelope(&Envelope { recipients, ..Envelope::default() });
        }
        Ok(message)
    }

    fn facts(&self, message: &Message) -> Facts {
        let client = |client: &PackClient| Client {
            name: client.name.clone(),
            names: client.names.clone(),
            domains: client.domains.clone(),
            addresses: Vec::new(),
        };
        let contact = |contact: &PackContact| Contact {
            address: contact.address.clone(),
            name: contact.name.clone(),
            names: contact.names.clone(),
            role: contact.role.clone(),
            sent: contact.sent,
            received: contact.received,
            // One without counts is written down as in a configuration.
            listed: contact.sent == 0 && contact.received == 0,
        };
        let party = |name: &String| {
            let client = self.facts.clients.iter().position(|client| client.name == *name);
            client.map_or_else(|| Party::Address(name.clone()), Party::Client)
        };
        let incident = |incident: &PackIncident| Incident {
            with: party(&incident.client),
            date: incident.date,
            kind: incident.kind.clone(),
            note: incident.note.clone(),
        };
        let fact = |fact: &PackFact| Fact {
            topic: fact.topic.clone(),
            words: fact.words.clone(),
            values: match &fact.value {
                OneOrMore::One(value) => vec![value.clone()],
                OneOrMore::More(values) => values.clone(),
            },
            unless: fact.unless.clone(),
            client: fact.client.as_ref().map(party),
        };
        Facts {
            now: message.date.clone().or_else(|| Some(Zoned::default())),
            own_domains: self.facts.own_domains.clone(),
            clients: Directory::new(self.facts.clients.iter().map(client).collect(), &self.facts.joint),
            contacts: Contacts::new(self.facts.contacts.iter().map(contact).collect()),
            incidents: Incidents::new(self.facts.incidents.iter().map(incident).collect()),
            known: KnownFacts::new(self.facts.known.iter().map(fact).collect()),
            standing: sent::standing(&self.facts.sent, &self.facts.confused, message).map(Arc::new),
        }
    }

    /// The example as raw bytes of a mail.
    pub fn raw(&self) -> String {
        let (headers, body) = split_headers(&self.mail);
        let defaults = [
            ("From", "小川 真理子 <ogawa@minato.example>"),
            ("To", "佐藤 健一 <k-sato@aoba.example>"),
            ("Subject", "お見積りの件"),
            ("Date", "Wed, 14 Oct 2026 10:00:00 +0900"),
        ];
        let is = |line: &str, name: &str| line.split_once(':').is_some_and(|(head, _)| head.eq_ignore_ascii_case(name));
        let has = |name: &str| headers.iter().any(|line| is(line, name));
        let mut out: Vec<String> =
            defaults.iter().filter(|(name, _)| !has(name)).map(|(name, value)| format!("{name}: {value}")).collect();
        let headers: Vec<&str> = headers.into_iter().filter(|line| !line.starts_with("Envelope:")).collect();
        let attached: Vec<&&str> = headers.iter().filter(|line| line.starts_with("Attach")).collect();
        out.extend(headers.iter().filter(|line| !line.starts_with("Attach")).map(|line| (*line).to_owned()));
        out.push("MIME-Version: 1.0".to_owned());
        if attached.is_empty() {
            out.push("Content-Type: text/plain; charset=utf-8\n".to_owned());
            out.push(body.to_owned());
        } else {
            out.push("Content-Type: multipart/mixed; boundary=part\n".to_owned());
            out.push(format!("--part\nContent-Type: text/plain; charset=utf-8\n\n{body}"));
            for line in attached {
                out.push(samples::part(line));
            }
            out.push("--part--\n".to_owned());
        }
        out.join("\n").replace('\n', "\r\n")
    }
}

/// `120 x members.example`: so many people at a domain.
fn expanded(recipients: &str) -> Vec<String> {
    match recipients.split_once(" x ").and_then(|(count, domain)| Some((count.parse::<usize>().ok()?, domain))) {
        Some((count, domain)) => (1..=count).map(|n| format!("r{n}@{domain}")).collect(),
        None => vec![recipients.to_owned()],
    }
}

/// Header lines stand in front only if the first line is one.
fn split_headers(mail: &str) -> (Vec<&str>, &str) {
    let known = ["From:", "To:", "Cc:", "Bcc:", "Subject:", "Date:", "Reply-To:", "In-Reply-To:", "Envelope:"];
    if !known.iter().chain(&samples::NAMES).any(|name| mail.starts_with(name)) {
        return (Vec::new(), mail);
    }
    match mail.split_once("\n\n") {
        Some((headers, body)) => (headers.lines().collect(), body),
        None => (mail.lines().collect(), ""),
    }
}

//! Kept mails for programs: the same in the terminal and the API. Fields may be added, none is renamed without a new
//! `version`.

use serde::Serialize;

use super::{SheetJson, json};
use crate::finding::{Allowed, Finding};
use crate::happening::Happening;
use crate::lang::Lang;
use crate::message::Address;
use crate::store::{self, State, StoredMail, Summary};
use crate::team::Approved;

/// A list of kept mails.
#[derive(Serialize)]
pub struct HeldList<'a> {
    version: u32,
    mails: Vec<HeldEntry<'a>>,
}

/// One kept mail and what happened to it.
#[derive(Serialize)]
pub struct HeldMail<'a> {
    version: u32,
    #[serde(flatten)]
    mail: HeldEntry<'a>,
    /// How much has happened to it: what somebody decides is decided of this.
    revision: usize,
    events: Vec<Event<'a>>,
}

/// One kept mail with its sheet.
#[derive(Serialize)]
pub struct HeldSheet<'a> {
    #[serde(flatten)]
    pub mail: HeldMail<'a>,
    pub sheet: SheetJson<'a>,
}

/// One kept mail.
#[derive(Serialize)]
pub struct HeldEntry<'a> {
    id: &'a str,
    state: &'static str,
    sender: Option<&'a str>,
    recipients: Vec<&'a str>,
    subject: &'a str,
    account: Option<&'a str>,
    size: u64,
    received_at: String,
    changed_at: String,
    due_at: Option<String>,
    attempts: u32,
    uncertain: bool,
    /// What it lacks of a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<&'static str>,
    failure: Option<&'static str>,
    answer: Option<&'a str>,
    findings: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct Event<'a> {
    at: String,
    from: Option<&'static str>,
    to: &'static str,
    /// What it means to people; `None` for the steps of an attempt at sending.
    event: Option<&'static str>,
    note: Option<&'a str>,
}

impl<'a> HeldList<'a> {
    pub fn of(mails: Vec<HeldEntry<'a>>) -> HeldList<'a> {
        HeldList { version: 1, mails }
    }
}

impl<'a> HeldEntry<'a> {
    /// With what it was kept for, and what was found and does not count.
    pub fn of(mail: &'a Summary, findings: &[Finding], allowed: &[Allowed], lang: Lang) -> HeldEntry<'a> {
        HeldEntry {
            id: mail.id.as_str(),
            state: mail.state.as_str(),
            sender: mail.envelope.sender.as_ref().map(Address::as_str),
            recipients: mail.envelope.recipients.iter().map(Address::as_str).collect(),
            subject: &mail.subject,
            account: mail.account.as_deref(),
            size: mail.size,
            received_at: mail.received_at.to_string(),
            changed_at: mail.changed_at.to_string(),
            due_at: mail.due_at.map(|at| at.to_string()),
            attempts: mail.attempts,
            uncertain: mail.uncertain,
            approval: match mail.approved {
                Approved::Enough => None,
                Approved::Wanted => Some("wanted"),
                Approved::Refused => Some("sent-back"),
            },
            failure: mail.failure.map(|failure| failure.as_str()),
            answer: mail.answer.as_deref(),
            findings: json::findings(findings, lang),
            allowed: json::allowed(allowed, lang),
        }
    }
}

impl<'a> HeldMail<'a> {
    /// As [`HeldEntry::of`], with its history.
    pub fn of(mail: &'a StoredMail, findings: &[Finding], allowed: &[Allowed], lang: Lang) -> HeldMail<'a> {
        let event = |event: &'a store::Event| Event {
            at: event.at.to_string(),
            from: event.from.map(State::as_str),
            to: event.to.as_str(),
            event: event.happening().map(Happening::as_str),
            note: event.note.as_deref(),
        };
        let entry = HeldEntry::of(&mail.summary, findings, allowed, lang);
        HeldMail { version: 1, mail: entry, revision: mail.revision(), events: mail.events.iter().map(event).collect() }
    }
}

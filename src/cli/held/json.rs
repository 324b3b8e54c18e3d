//! Kept mails for programs; fields may be added, none is renamed without a new `version`.

use serde::Serialize;

use crate::gate::record;
use crate::lang::Lang;
use crate::message::Address;
use crate::output;
use crate::store::{self, State, StoredMail, Summary};

#[derive(Serialize)]
pub(super) struct Listing<'a> {
    pub(super) version: u32,
    pub(super) mails: Vec<Entry<'a>>,
}

#[derive(Serialize)]
pub(super) struct Whole<'a> {
    pub(super) version: u32,
    #[serde(flatten)]
    mail: Entry<'a>,
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
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
    failure: Option<&'static str>,
    answer: Option<&'a str>,
    findings: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<serde_json::Value>,
}

#[derive(Serialize)]
pub(super) struct Event<'a> {
    at: String,
    from: Option<&'static str>,
    to: &'static str,
    note: Option<&'a str>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(mail: &'a Summary, lang: Lang) -> Entry<'a> {
        let (findings, allowed) = (record::read(&mail.findings_json), record::read_allowed(&mail.findings_json));
        Entry {
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
            failure: mail.failure.map(|failure| failure.as_str()),
            answer: mail.answer.as_deref(),
            findings: output::json_findings(&findings, lang),
            allowed: output::json_allowed(&allowed, lang),
        }
    }
}

impl<'a> Whole<'a> {
    pub(super) fn of(mail: &'a StoredMail, lang: Lang) -> Whole<'a> {
        let event = |event: &'a store::Event| Event {
            at: event.at.to_string(),
            from: event.from.map(State::as_str),
            to: event.to.as_str(),
            note: event.note.as_deref(),
        };
        Whole { version: 1, mail: Entry::of(&mail.summary, lang), events: mail.events.iter().map(event).collect() }
    }
}

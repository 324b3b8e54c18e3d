//! What goes into the store and comes out of it. None of these values shows mail text or recipients in `Debug`.

use std::fmt;

use jiff::Timestamp;

use super::{MailId, State};
use crate::correspondents::feedback::Notes;
use crate::happening::Happening;
use crate::message::{Address, Envelope};
use crate::team::{Approved, Case, Scope};

/// A mail to keep.
#[derive(Clone)]
pub struct NewMail {
    pub envelope: Envelope,
    /// The octets as they came.
    pub raw: Vec<u8>,
    /// The configured account to send through; `None` is the default one.
    pub account: Option<String>,
    pub subject: String,
    /// What the rules said, as JSON; the store does not look inside.
    pub findings_json: String,
    /// How bad that is, for the order of lists: from 0, nothing, to 3.
    pub risk: u8,
    pub approved: Approved,
    pub state: Initial,
    pub received_at: Timestamp,
    /// What the next server said, or why it could not be asked, where the mail was tried before it was kept.
    pub answer: Option<String>,
    /// Written by this program, to tell what became of another mail.
    pub notice: bool,
}

/// The state a mail begins in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// Until a person decides.
    Held,
    /// To be sent by the outbox, not before the time given (`None`: at once).
    Ready { not_before: Option<Timestamp> },
}

/// A stored mail without its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary {
    pub id: MailId,
    pub state: State,
    pub envelope: Envelope,
    pub account: Option<String>,
    pub subject: String,
    pub findings_json: String,
    /// Whether a second person has to let it go.
    pub approved: Approved,
    /// Octets of the mail, also when its text is gone.
    pub size: u64,
    pub received_at: Timestamp,
    /// When it came into its present state.
    pub changed_at: Timestamp,
    /// `Ready`: not sent before this time. `Sending`: the end of the lease.
    pub due_at: Option<Timestamp>,
    /// Attempts at sending since it was last released.
    pub attempts: u32,
    /// An attempt ended without an answer (connection lost after the final dot, crash): the mail may have arrived.
    pub uncertain: bool,
    /// Why it is `Failed`.
    pub failure: Option<Failure>,
    /// The next server's last answer.
    pub answer: Option<String>,
}

/// A stored mail, whole.
#[derive(Clone)]
pub struct StoredMail {
    pub summary: Summary,
    /// The octets as they came; `None` once it is sent or dropped.
    pub raw: Option<Vec<u8>>,
    /// Everything that happened to it, oldest first.
    pub events: Vec<Event>,
}

impl StoredMail {
    /// How much has happened to it, for [`Release::revision`]: that time went by changes nothing anybody looked at.
    pub fn revision(&self) -> usize {
        self.events.iter().filter(|event| event.remark != Some(Remark::Escalated)).count()
    }
}

/// One line of the audit log.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    /// `None`: it came in.
    pub from: Option<State>,
    pub to: State,
    /// A person's note, the next server's answer, or what the outbox saw (English).
    pub note: Option<String>,
    /// Its state stayed as it was.
    pub remark: Option<Remark>,
}

/// What happened to a mail whose state stayed as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The note is all there is.
    Noted,
    /// A second person sent it back to its sender.
    SentBack,
    /// Its sender asked for a second person once more.
    AskedAgain,
    /// Nobody decided in time: others may as well from now on.
    Escalated,
}

impl Event {
    /// What it means to people; `None` for the steps of an attempt at sending.
    pub fn happening(&self) -> Option<Happening> {
        match self.remark {
            None => {}
            Some(Remark::Noted) => return None,
            Some(Remark::SentBack) => return Some(Happening::SentBack),
            Some(Remark::AskedAgain) => return Some(Happening::AskedAgain),
            Some(Remark::Escalated) => return Some(Happening::Escalated),
        }
        Some(match (self.from, self.to) {
            (None, State::Held) => Happening::Held,
            (None, State::Ready) => Happening::Delayed,
            (_, State::Failed) => Happening::Failed,
            (_, State::Dropped) => Happening::Dropped,
            (_, State::Sent) => Happening::Sent,
            (_, State::Sending) | (Some(State::Sending), State::Ready) => return None,
            (Some(_), State::Ready) => Happening::Released,
            (Some(State::Ready), State::Held) => Happening::Cancelled,
            (Some(_), State::Held) => Happening::Edited,
        })
    }
}

/// Why a mail failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The next server answered 5xx.
    Refused,
    /// No attempt succeeded within the time allowed.
    Expired,
}

/// Which mails to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only these states; empty for all.
    pub states: Vec<State>,
    /// Only those with all these words in subject, sender, recipients or id, in any case; empty for all.
    pub words: String,
    /// Only what somebody sees; `None` for all.
    pub scope: Option<Scope>,
    pub order: Order,
    /// Go on behind this mail: the last one of the page before.
    pub after: Option<MailId>,
    /// At most so many.
    pub limit: u32,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first.
    #[default]
    Time,
    /// Those with the worst findings first, of these the newest.
    Risk,
}

/// How a mail is let go.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// Recipients that do not get it, for good. Its headers stay as they are.
    pub without: Vec<Address>,
    /// Not sent before then; until then it can be taken back.
    pub not_before: Option<Timestamp>,
    /// Kept in the record.
    pub note: Option<String>,
    /// How many events the mail had when somebody looked at it and decided; refused if something has happened to it since.
    pub revision: Option<usize>,
    /// By a second person: without this, what needs one is not let go.
    pub approves: bool,
}

/// How a mail is thrown away.
#[derive(Clone, Default)]
pub struct Discard {
    /// What it says of a mail that was held.
    pub notes: Option<Notes>,
    /// Kept in the record.
    pub note: Option<String>,
    /// As that of a [`Release`].
    pub revision: Option<usize>,
}

/// Other recipients for a mail that waits for a person.
#[derive(Clone)]
pub struct Readdressed {
    pub recipients: Vec<Address>,
    /// With the header that names them.
    pub raw: Vec<u8>,
    /// As those of a [`NewMail`].
    pub findings_json: String,
    pub risk: u8,
    pub approved: Approved,
    /// What was changed, for the record.
    pub note: String,
    /// As that of a [`Release`].
    pub revision: Option<usize>,
}

/// A mail taken by one outbox for one attempt, together with the right to say how it ended.
#[derive(Clone)]
pub struct Claim {
    pub id: MailId,
    pub envelope: Envelope,
    pub raw: Vec<u8>,
    pub account: Option<String>,
    pub received_at: Timestamp,
    /// When it was released or queued: the start of the time allowed for all attempts.
    pub queued_at: Timestamp,
    /// From then on another outbox may take the mail over.
    pub lease_until: Timestamp,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// An earlier attempt may have delivered the mail.
    pub uncertain: bool,
    /// Why its text cannot be read; `raw` is empty then.
    pub damage: Option<String>,
    /// Written by this program, to tell what became of another mail.
    pub notice: bool,
    /// Taken over from an attempt that never ended (crash, power cut).
    pub resumed: bool,
    pub(super) token: String,
}

/// How one attempt ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Finish {
    /// The next server took the mail.
    Sent { text: String },
    /// Try again, not before the time given.
    Retry { not_before: Timestamp, reason: String, uncertain: bool },
    /// Give up and wait for a person.
    Failed { why: Failure, reason: String, uncertain: bool },
}

impl Summary {
    /// As far as it matters who may do what with it.
    pub fn case(&self) -> Case<'_> {
        Case {
            sender: self.envelope.sender.as_ref().map(Address::as_str),
            login: self.envelope.user.as_deref(),
            approved: self.approved,
            since: self.changed_at,
        }
    }
}

impl NewMail {
    /// A mail through the default account, without subject or findings.
    pub fn new(envelope: Envelope, raw: Vec<u8>, state: Initial, received_at: Timestamp) -> NewMail {
        let (subject, findings_json, risk) = (String::new(), "[]".to_owned(), 0);
        let (account, answer, notice, approved) = (None, None, false, Approved::Enough);
        NewMail { envelope, raw, account, subject, findings_json, risk, approved, state, received_at, answer, notice }
    }
}

impl Default for Filter {
    /// The newest hundred mails in any state.
    fn default() -> Filter {
        let (states, words, scope, after) = (Vec::new(), String::new(), None, None);
        Filter { states, words, scope, order: Order::Time, after, limit: 100 }
    }
}

impl Failure {
    pub fn as_str(self) -> &'static str {
        match self {
            Failure::Refused => "refused",
            Failure::Expired => "expired",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Failure> {
        [Failure::Refused, Failure::Expired].into_iter().find(|failure| failure.as_str() == text)
    }
}

impl fmt::Debug for NewMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMail")
            .field("recipients", &self.envelope.recipients.len())
            .field("octets", &self.raw.len())
            .field("account", &self.account)
            .field("state", &self.state)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("recipients", &self.envelope.recipients.len())
            .field("size", &self.size)
            .field("account", &self.account)
            .field("received_at", &self.received_at)
            .field("changed_at", &self.changed_at)
            .field("due_at", &self.due_at)
            .field("attempts", &self.attempts)
            .field("uncertain", &self.uncertain)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredMail")
            .field("summary", &self.summary)
            .field("octets", &self.raw.as_ref().map(Vec::len))
            .field("events", &self.events)
            .finish()
    }
}

impl fmt::Debug for Event {
    /// Without the note: a server's answer may name a recipient.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("at", &self.at)
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("id", &self.id)
            .field("recipients", &self.envelope.recipients.len())
            .field("octets", &self.raw.len())
            .field("account", &self.account)
            .field("lease_until", &self.lease_until)
            .field("attempt", &self.attempt)
            .field("uncertain", &self.uncertain)
            .field("resumed", &self.resumed)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Finish {
    /// Without the answer, which may name a recipient.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finish::Sent { .. } => f.write_str("Sent"),
            Finish::Retry { not_before, uncertain, .. } => {
                write!(f, "Retry {{ not_before: {not_before}, uncertain: {uncertain} }}")
            }
            Finish::Failed { why, uncertain, .. } => write!(f, "Failed {{ why: {why:?}, uncertain: {uncertain} }}"),
        }
    }
}

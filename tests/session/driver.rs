//! Drives a session as `serve` does, and records what it did.

use std::collections::VecDeque;

use atena::message::{Address, Envelope};
use atena::smtp::{LoginOutcome, Reply, Session, Step};
use secrecy::ExposeSecret;

/// What a session did, as its driver sees it; replies between two other steps are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Send(Text),
    StartTls,
    Login(String, String),
    Message { envelope: String, raw: Text },
    Close,
}

/// Octets that print as a person can read them.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Text(pub(crate) Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}", String::from_utf8_lossy(&self.0).replace('\r', "\\r").replace('\0', "\\0"))
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    TlsStarted,
    TimedOut,
    ShuttingDown,
}

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Mail(Reply),
    Login(LoginOutcome),
}

/// What a step is to the driver.
pub(crate) fn event(step: Step) -> Event {
    match step {
        Step::NeedInput => Event::Send(Text::default()),
        Step::Close => Event::Close,
        Step::Send(bytes) => Event::Send(Text(bytes)),
        Step::StartTls => Event::StartTls,
        Step::Login(credentials) => Event::Login(credentials.user, credentials.password.expose_secret().to_owned()),
        Step::Message { envelope, raw } => Event::Message { envelope: describe(&envelope), raw: Text(raw) },
    }
}

fn describe(envelope: &Envelope) -> String {
    let sender = envelope.sender.as_ref().map_or("", Address::as_str);
    let recipient = |address: &Address| match envelope.reports.of(address) {
        None => format!("<{address}>"),
        Some(wish) => {
            let notify = wish.notify.map(|notify| format!(" notify={notify}")).unwrap_or_default();
            let original = wish.original.as_ref().map(|original| format!(" orcpt={original}")).unwrap_or_default();
            format!("<{address}>{notify}{original}")
        }
    };
    let recipients: Vec<String> = envelope.recipients.iter().map(recipient).collect();
    let eight_bit = if envelope.eight_bit { " 8bit" } else { "" };
    let reports = &envelope.reports;
    let ret = reports.returns.map(|returns| format!(" ret={}", returns.as_str())).unwrap_or_default();
    let envid = reports.envelope_id.as_ref().map(|id| format!(" envid={id}")).unwrap_or_default();
    let utf8 = if envelope.utf8 { " utf8" } else { "" };
    let user = envelope.user.as_ref().map_or(String::new(), |user| format!(" user={user}"));
    format!("<{sender}> -> {}{eight_bit}{utf8}{ret}{envid}{user}", recipients.join(" "))
}

/// Appends an event; replies in a row become one.
pub(crate) fn add(mut events: Vec<Event>, event: Event) -> Vec<Event> {
    match (events.last_mut(), event) {
        (Some(Event::Send(before)), Event::Send(text)) => before.0.extend(text.0),
        (_, event) => events.push(event),
    }
    events
}

/// Drives a session by the script's answers.
pub(crate) struct Driver {
    pub(crate) session: Session,
    pub(crate) answers: VecDeque<Answer>,
    /// `Login` and `Message` are answered only by [`Driver::answer_late`].
    pub(crate) late: bool,
    pub(crate) events: Vec<Event>,
}

impl Driver {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.session.input(bytes);
        self.pump();
    }

    pub(crate) fn act(&mut self, act: &Act) {
        self.answer_late();
        match act {
            Act::TlsStarted => {
                assert_eq!(self.events.last(), Some(&Event::StartTls), "a handshake that nobody asked for");
                self.session.tls_started();
            }
            Act::TimedOut => self.session.timed_out(),
            Act::ShuttingDown => self.session.shutting_down(),
        }
        self.pump();
    }

    pub(crate) fn pump(&mut self) {
        // No step without progress: a session that loops is caught here.
        for _ in 0..100_000 {
            let event = match self.session.step() {
                Step::NeedInput => return,
                step => event(step),
            };
            if event == Event::Close {
                if self.events.last() != Some(&Event::Close) {
                    self.events.push(event);
                }
                assert!(!self.session.wants_input());
                return;
            }
            let asks = matches!(event, Event::Login(..) | Event::Message { .. });
            self.events = add(std::mem::take(&mut self.events), event);
            if asks {
                assert!(!self.session.wants_input(), "the driver owes an answer");
                if !self.late {
                    self.answer();
                }
            }
        }
        panic!("the session does not come to rest");
    }

    fn answer(&mut self) {
        match self.answers.pop_front() {
            Some(Answer::Mail(reply)) => self.session.answer(reply),
            Some(Answer::Login(outcome)) => self.session.login_answer(outcome),
            None => {}
        }
    }

    /// Gives the answers that were kept back, as long as the session asks.
    pub(crate) fn answer_late(&mut self) {
        while self.late && matches!(self.events.last(), Some(Event::Login(..) | Event::Message { .. })) {
            if self.answers.is_empty() {
                return;
            }
            self.answer();
            self.pump();
        }
    }
}

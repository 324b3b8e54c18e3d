//! Drives a session as the relay does and records what it did. What holds for every session is asserted here.

use std::sync::Arc;

use atena::message::Envelope;
use atena::smtp::{AuthOffer, Credentials, LoginOutcome, Options, Reply, Session, Step};
use secrecy::ExposeSecret;

use crate::text;

/// What a session did; replies between two other steps are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Send(String),
    StartTls,
    Login { user: String, password: String, token: bool },
    Message { envelope: Envelope, raw: Vec<u8> },
    Close,
}

pub struct Driver {
    pub session: Session,
    /// Counted up from answer to answer, so that one session gets many kinds.
    pub answers: u8,
    /// Answers are given only by [`Driver::answer_late`].
    pub late: bool,
    pub events: Vec<Event>,
    options: Arc<Options>,
    awaited: Awaited,
    /// By the last login that was accepted.
    user: Option<String>,
}

/// What the session waits for, apart from octets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Awaited {
    Nothing,
    Handshake,
    Login(String),
    Mail,
}

impl Driver {
    /// At rest behind the greeting.
    pub fn new(options: &Arc<Options>, tls: bool, answers: u8) -> Driver {
        let mut driver = Driver {
            session: Session::new(options.clone(), tls),
            answers,
            late: false,
            events: Vec::new(),
            options: options.clone(),
            awaited: Awaited::Nothing,
            user: None,
        };
        driver.pump();
        driver
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.session.input(bytes);
        self.pump();
    }

    pub fn feed_each(&mut self, pieces: &[&[u8]]) {
        pieces.iter().for_each(|piece| self.feed(piece));
    }

    /// Gives the answers that were kept back, as long as the session asks.
    pub fn answer_late(&mut self) {
        while matches!(self.awaited, Awaited::Login(_) | Awaited::Mail) {
            self.answer();
            self.pump();
        }
    }

    /// Ends the handshake, if the session asked for one.
    pub fn tls_started(&mut self) {
        if self.awaited == Awaited::Handshake && self.events.last() != Some(&Event::Close) {
            self.awaited = Awaited::Nothing;
            self.user = None;
            self.session.tls_started();
            self.pump();
        }
    }

    /// Goes on until the session is at rest.
    pub fn pump(&mut self) {
        // No step without an octet used or an answer given.
        for _ in 0..self.session.backlog() * 4 + 16 {
            let step = self.session.step();
            assert!(self.session.mail_octets() <= self.options.max_size);
            match step {
                Step::NeedInput => {
                    assert_eq!(self.session.wants_input(), self.awaited == Awaited::Nothing);
                    return;
                }
                Step::Close => return self.closed(),
                Step::Send(bytes) => self.send(String::from_utf8(bytes).expect("replies are text")),
                Step::StartTls => self.start_tls(),
                Step::Login(credentials) => self.login(credentials),
                Step::Message { envelope, raw } => self.message(envelope, raw),
            }
            if !self.late {
                self.answer();
            }
        }
        panic!("the session does not come to rest");
    }

    fn closed(&mut self) {
        assert!(!self.session.wants_input());
        if self.events.last() != Some(&Event::Close) {
            self.events.push(Event::Close);
        }
    }

    fn send(&mut self, text: String) {
        match self.events.last_mut() {
            Some(Event::Send(before)) => before.push_str(&text),
            _ => self.events.push(Event::Send(text)),
        }
    }

    fn start_tls(&mut self) {
        assert!(self.options.starttls && !self.session.tls());
        self.awaited = Awaited::Handshake;
        self.events.push(Event::StartTls);
    }

    fn login(&mut self, Credentials { user, password, token }: Credentials) {
        let password = password.expose_secret().to_owned();
        assert!(self.options.auth != AuthOffer::None && (self.session.tls() || self.options.auth_in_clear));
        assert!(self.user.is_none(), "logged in twice");
        assert!(!user.is_empty() && !user.contains(char::is_control));
        assert!(!password.is_empty() && !password.contains('\0'));
        self.awaited = Awaited::Login(user.clone());
        self.events.push(Event::Login { user, password, token });
    }

    fn message(&mut self, envelope: Envelope, raw: Vec<u8>) {
        assert_eq!(text::refusals(&raw, &self.options), [""; 0]);
        assert!((1..=self.options.max_recipients).contains(&envelope.recipients.len()));
        assert_eq!(envelope.user, self.user);
        assert!(self.user.is_some() || self.options.auth != AuthOffer::Required, "a mail without login");
        self.awaited = Awaited::Mail;
        self.events.push(Event::Message { envelope, raw });
    }

    fn answer(&mut self) {
        match &self.awaited {
            Awaited::Nothing | Awaited::Handshake => return,
            Awaited::Login(user) => {
                let outcome = login_answer(self.answers);
                if outcome == LoginOutcome::Accepted {
                    self.user = Some(user.clone());
                }
                self.session.login_answer(outcome);
            }
            Awaited::Mail => self.session.answer(mail_answer(self.answers)),
        }
        self.awaited = Awaited::Nothing;
        self.answers = self.answers.wrapping_add(1);
    }
}

/// 0 takes the mail, as does every even number up to 6.
fn mail_answer(kind: u8) -> Reply {
    let reasons = || vec!["[atena] To is suzuki".to_owned(), "宛先は鈴木様です\r\n250 2.0.0 OK".to_owned()];
    match kind % 10 {
        0 => Reply::sent("ok"),
        1 => Reply::returned(&reasons(), true),
        2 => Reply::held("7"),
        3 => Reply::rejected(&reasons(), false),
        4 => Reply::delayed("7", "09:00"),
        5 => Reply::refused_by_upstream(Some(421), Some("4.3.2"), "bye\r\n221 bye"),
        6 => Reply::queued("7"),
        7 => Reply::refused_by_upstream(Some(550), Some("5.1.1"), "no such user"),
        8 => Reply::try_later("later"),
        _ => Reply::storage_full(),
    }
}

/// 0 accepts the login.
fn login_answer(kind: u8) -> LoginOutcome {
    match kind % 5 {
        0 => LoginOutcome::Accepted,
        1 => LoginOutcome::Refused { said: None },
        2 => LoginOutcome::Refused { said: Some("no\r\n235 yes".to_owned()) },
        3 => LoginOutcome::TryLater { said: None },
        _ => LoginOutcome::TryLater { said: Some("later".to_owned()) },
    }
}

/// The last lines of the replies that were sent: one for each reply (RFC 5321 section 4.2.1).
pub fn replies(events: &[Event]) -> Vec<&str> {
    let sent = events.iter().filter_map(|event| if let Event::Send(text) = event { Some(text) } else { None });
    sent.flat_map(|text| text.lines()).filter(|line| line.as_bytes().get(3) == Some(&b' ')).collect()
}

/// RFC 5321 section 4.2: code, separator, text, CRLF; at most 512 octets; an enhanced code of the same class.
pub fn assert_well_formed(events: &[Event]) {
    let sent = events.iter().filter_map(|event| if let Event::Send(text) = event { Some(text) } else { None });
    for text in sent {
        assert!(text.ends_with("\r\n"));
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        lines.iter().for_each(|line| assert_line(line));
        assert!(lines.last().is_some_and(|line| line.as_bytes()[3] == b' '), "a reply without its last line");
    }
}

fn assert_line(line: &str) {
    assert!(line.len() + 2 <= 512 && !line.contains(char::is_control), "{line:?}");
    let (code, rest) = line.split_at(3);
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with([' ', '-']), "{line:?}");
    let enhanced = rest[1..].split(' ').next().filter(|word| word.split('.').count() == 3 && word.len() < 12);
    assert!(enhanced.is_none_or(|enhanced| enhanced[..1] == code[..1]), "{line:?}");
}

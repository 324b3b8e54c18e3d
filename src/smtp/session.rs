//! The machine: octets to lines or mail text, lines to commands, and the answers it waits for.

use std::sync::Arc;

use super::auth::{Exchange, Turn};
use super::body::Chunk;
use super::command::Command;
use super::data::{Fault, Reader};
use super::input::{Foreign, Input, Line, MAX_LINE, MAX_LOGIN};
use super::reply::{BARE_CR, BARE_LF};
use super::{Beyond, LoginOutcome, Options, Reply, Step};
use crate::message::Envelope;

/// Octets kept while an answer is awaited; a driver that asks [`Session::wants_input`] never comes near.
const MAX_WAITING: usize = 64 * 1024;

/// Replies are sent together up to about this many octets.
const MAX_REPLIES: usize = 8 * 1024;

/// One connection of one client.
pub struct Session {
    pub(super) options: Arc<Options>,
    pub(super) input: Input,
    /// Replies not yet sent.
    output: Vec<u8>,
    /// Found, but `output` goes first.
    next: Option<Step>,
    pub(super) state: State,
    /// Ends the session as soon as no answer is awaited.
    farewell: Option<Reply>,
    pub(super) tls: bool,
    /// HELO or EHLO was said.
    pub(super) greeted: bool,
    pub(super) user: Option<String>,
    /// Between MAIL and DATA; taken out when DATA starts, so that nothing of it reaches the next mail.
    pub(super) envelope: Option<Envelope>,
    /// From the first BDAT to the last.
    pub(super) chunks: Option<Box<(Envelope, Reader)>>,
    /// The answer to MAIL while no mail can be taken.
    pub(super) trouble: Option<Reply>,
    pub(super) beyond: Beyond,
    /// Why the connection was closed from this side.
    sent_away: Option<String>,
    errors: u32,
    /// Since the last mail.
    commands: u32,
    /// The line that is read is a BDAT.
    chunk_line: bool,
    /// Recipients of this mail that were put off.
    pub(super) overshoot: u32,
    /// Lines taken so far, commands and parts of logins.
    lines: u64,
    pub(super) failed_logins: u32,
}

/// What the next octets are.
pub(super) enum State {
    Command,
    Login(Exchange),
    Data(Box<(Envelope, Reader)>),
    /// Octets of one chunk still to come.
    Chunk(Chunk),
    /// `Login` was given out; the name is kept for the envelope.
    AwaitLogin {
        user: String,
        token: bool,
    },
    /// `Message` was given out.
    AwaitMessage,
    /// `StartTls` was given out.
    AwaitTls,
    Closed,
}

impl Session {
    /// A session whose first step sends the greeting; `tls` if the connection is encrypted from its first octet.
    pub fn new(options: Arc<Options>, tls: bool) -> Session {
        let output = Reply::ready(&options.hostname).bytes();
        Session {
            options,
            input: Input::default(),
            output,
            next: None,
            state: State::Command,
            farewell: None,
            tls,
            greeted: false,
            user: None,
            envelope: None,
            chunks: None,
            trouble: None,
            beyond: Beyond::default(),
            sent_away: None,
            errors: 0,
            commands: 0,
            chunk_line: false,
            overshoot: 0,
            lines: 0,
            failed_logins: 0,
        }
    }

    /// Takes octets from the wire, cut anywhere. While an answer is awaited 64 KiB are kept for later; a client that
    /// sends more gets that answer, then 421. Behind STARTTLS and after the end octets are dropped.
    pub fn input(&mut self, bytes: &[u8]) {
        match self.state {
            State::Command | State::Login(_) | State::Data(_) | State::Chunk(_) => self.input.push(bytes),
            State::AwaitLogin { .. } | State::AwaitMessage => {
                if !bytes.is_empty() && self.input.pending().len() + bytes.len() > MAX_WAITING {
                    self.farewell.get_or_insert_with(Reply::too_much_input);
                } else {
                    self.input.push(bytes);
                }
            }
            State::AwaitTls | State::Closed => {}
        }
    }

    /// Whether the driver should read from the wire: not while it owes an answer, nor during the TLS handshake.
    pub fn wants_input(&self) -> bool {
        matches!(self.state, State::Command | State::Login(_) | State::Data(_) | State::Chunk(_))
            && self.farewell.is_none()
    }

    /// What to do next. After `Close` it is `Close` for ever.
    pub fn step(&mut self) -> Step {
        loop {
            if self.output.len() > MAX_REPLIES || (self.next.is_some() && !self.output.is_empty()) {
                return Step::Send(std::mem::take(&mut self.output));
            }
            if let Some(step) = self.next.take() {
                return step;
            }
            self.next = self.advance();
        }
    }

    /// The answer to [`Step::Message`], sent as it is. The mail and its envelope are gone either way; the next mail
    /// starts with MAIL. Without a message that was given out, nothing happens.
    pub fn answer(&mut self, reply: Reply) {
        if matches!(self.state, State::AwaitMessage) && self.next.is_none() {
            self.state = State::Command;
            if reply.code() < 300 {
                self.commands = 0;
            }
            self.reply(reply);
        }
    }

    /// The answer to [`Step::Login`]. Without a login that was given out, nothing happens.
    pub fn login_answer(&mut self, outcome: LoginOutcome) {
        let State::AwaitLogin { user, token } = &mut self.state else { return };
        if self.next.is_some() {
            return;
        }
        let (user, token) = (std::mem::take(user), *token);
        self.state = State::Command;
        match outcome {
            LoginOutcome::Accepted => {
                self.user = Some(user);
                self.reply(Reply::logged_in());
            }
            LoginOutcome::Refused { said } => {
                self.failed_logins += 1;
                match token {
                    true => self.ask(Exchange::Refused { said }),
                    false => self.reply(Reply::login_failed(said.as_deref())),
                }
            }
            LoginOutcome::TryLater { said } => self.reply(Reply::login_try_later(said.as_deref())),
        }
    }

    /// The handshake is done. What was typed before it is forgotten, EHLO included (RFC 3207 section 4.2); no second
    /// greeting follows.
    pub fn tls_started(&mut self) {
        if let State::Closed = self.state {
            return;
        }
        self.input.clear();
        self.next = None;
        self.state = State::Command;
        self.tls = true;
        self.greeted = false;
        self.user = None;
        self.forget_mail();
    }

    /// Whether a mail was begun and is not answered yet: a server that ends may want to wait for it.
    pub fn in_transaction(&self) -> bool {
        self.has_mail() || matches!(self.state, State::Data(_) | State::Chunk(_) | State::AwaitMessage)
    }

    /// Whole lines taken so far, those of mails apart: a client that gets nowhere does not raise it.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// A recipient that was taken is no command in vain.
    pub(super) fn uncount(&mut self) {
        self.commands = self.commands.saturating_sub(1);
    }

    /// Octets that wait for the answer that is owed.
    pub fn backlog(&self) -> usize {
        self.input.pending().len()
    }

    /// Answers every MAIL with `trouble` from now on, before a body is sent in vain; `None` ends that.
    pub fn set_trouble(&mut self, trouble: Option<Reply>) {
        self.trouble = trouble;
    }

    /// What cannot go beyond this relay is refused from now on before its body is sent in vain.
    pub fn set_beyond(&mut self, beyond: Beyond) {
        self.beyond = beyond;
    }

    /// Why this side closed the connection before the client did, for the log: a limit, or what is no SMTP. Nobody's words.
    pub fn sent_away(&self) -> Option<&str> {
        self.sent_away.as_deref()
    }

    /// Whether the connection is encrypted.
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// Nothing arrived within the driver's deadline: 421, then `Close`. An answer that is awaited goes first.
    pub fn timed_out(&mut self) {
        let fault = if let State::Data(data) = &self.state { data.1.fault() } else { None };
        self.farewell.get_or_insert_with(|| match fault {
            Some(Fault::BareLf) => Reply::timed_out_behind(BARE_LF),
            Some(Fault::BareCr) => Reply::timed_out_behind(BARE_CR),
            _ => Reply::timed_out(),
        });
    }

    /// As [`Session::timed_out`]: octets came, but not the end of the mail.
    pub fn took_too_long(&mut self) {
        self.farewell.get_or_insert_with(Reply::took_too_long);
    }

    /// As [`Session::timed_out`], because the server ends.
    pub fn shutting_down(&mut self) {
        self.farewell.get_or_insert_with(Reply::shutting_down);
    }

    /// Uses up some input, or says which step comes next.
    fn advance(&mut self) -> Option<Step> {
        match self.state {
            State::Closed => return Some(Step::Close),
            State::AwaitLogin { .. } | State::AwaitMessage => return Some(Step::NeedInput),
            // Between the 220 and the end of the handshake a plaintext reply would break TLS.
            State::AwaitTls if self.farewell.is_some() => {
                self.close();
                return None;
            }
            State::AwaitTls => return Some(Step::NeedInput),
            State::Command | State::Login(_) | State::Data(_) | State::Chunk(_) => {}
        }
        if let Some(reply) = self.farewell.take() {
            self.reply(reply);
            return None;
        }
        match &self.state {
            State::Data(_) => self.data(),
            State::Chunk(_) => self.chunk(),
            State::Login(_) => self.login_line(),
            _ => self.command_line(),
        }
    }

    fn login_line(&mut self) -> Option<Step> {
        let Some(line) = self.input.line(MAX_LOGIN) else { return Some(Step::NeedInput) };
        self.lines += 1;
        let State::Login(exchange) = std::mem::replace(&mut self.state, State::Command) else { return None };
        match line {
            Line::Complete(line) => self.turn(exchange.respond(&line)),
            Line::TooLong => {
                self.refuse(Reply::login_line_too_long());
                None
            }
            Line::BareLf => {
                self.reply(Reply::bare_lf_in_command());
                None
            }
        }
    }

    pub(super) fn turn(&mut self, turn: Turn) -> Option<Step> {
        match turn {
            Turn::Ask(exchange) => {
                self.ask(exchange);
                None
            }
            Turn::Check(credentials) => {
                self.state = State::AwaitLogin { user: credentials.user.clone(), token: credentials.token };
                Some(Step::Login(credentials))
            }
            Turn::Refuse(reply) => {
                self.refuse(reply);
                None
            }
            Turn::Fail(reply) => {
                self.reply(reply);
                None
            }
        }
    }

    fn ask(&mut self, exchange: Exchange) {
        self.reply(exchange.challenge());
        self.state = State::Login(exchange);
    }

    fn command_line(&mut self) -> Option<Step> {
        // One reply, and nothing of what follows is read: a web page can post SMTP commands to any port.
        match self.input.foreign() {
            Some(Foreign::Web) => {
                self.reply(Reply::not_a_web_server());
                return None;
            }
            Some(Foreign::Tls) if !self.tls => {
                self.reply(Reply::not_implicit_tls());
                return None;
            }
            Some(Foreign::Tls) | None => {}
        }
        // Where its length cannot be read nobody knows how much text follows.
        let is_chunk = self.chunk_line || self.input.begins_with("BDAT");
        let max = if self.input.begins_with("AUTH ") { MAX_LOGIN } else { MAX_LINE };
        // Of a line that is too long the beginning is gone when its end comes.
        let line = self.input.line(max);
        self.chunk_line = is_chunk && line.is_none();
        let Some(line) = line else { return Some(Step::NeedInput) };
        self.lines += 1;
        if self.commands >= self.options.max_commands {
            self.reply(Reply::too_many_commands());
            return None;
        }
        self.commands += 1;
        let command = match line {
            Line::Complete(line) => Command::parse(&line),
            Line::TooLong => Err(Reply::line_too_long()),
            Line::BareLf => Err(Reply::bare_lf_in_command()),
        };
        match command {
            Ok(command) => self.command(command),
            Err(_) if is_chunk => {
                self.reply(Reply::bad_chunk());
                None
            }
            Err(reply) => {
                self.refuse(reply);
                None
            }
        }
    }

    /// Answers a command that cannot be done; a client that goes on like this is sent away.
    pub(super) fn refuse(&mut self, reply: Reply) {
        let permanent = reply.code() >= 500;
        if permanent && self.errors >= self.options.max_errors {
            return self.reply(Reply::too_many_errors());
        }
        self.errors += u32::from(permanent);
        self.reply(reply);
    }

    pub(super) fn reply(&mut self, reply: Reply) {
        self.output.extend_from_slice(&reply.bytes());
        if reply.closes() {
            // A client that was idle between mails, or that the server's own end sends away, did nothing an operator looks for.
            let usual = reply.is_of_the_server() || reply.is_of_time() && !self.in_transaction();
            self.sent_away = (!usual).then(|| reply.first_line().to_owned());
            self.close();
        }
    }

    pub(super) fn close(&mut self) {
        self.state = State::Closed;
        self.input.clear();
        self.forget_mail();
    }

    /// Between MAIL and its answer, RSET, or whatever ends it.
    pub(super) fn has_mail(&self) -> bool {
        self.envelope.is_some() || self.chunks.is_some()
    }

    pub(super) fn forget_mail(&mut self) {
        self.envelope = None;
        self.chunks = None;
    }
}

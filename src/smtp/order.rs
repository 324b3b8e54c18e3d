//! The order of commands (RFC 5321 section 4.1.4), and what each does to the session.

use super::command::{Command, Mail, Recipient};
use super::data::Reader;
use super::path::Path;
use super::session::{Session, State};
use super::{AuthOffer, Reply, Step};
use crate::message::{Envelope, Reports, Wish};

/// Failed logins before the next attempt is answered with 421.
const MAX_FAILED_LOGINS: u32 = 3;

/// Recipients of one mail that are put off before they count as commands in vain.
const MAX_OVERSHOOT: u32 = 1000;

impl Session {
    pub(super) fn command(&mut self, command: Command) -> Option<Step> {
        let done = match command {
            Command::Hello { extended } => Ok(self.hello(extended)),
            Command::Mail(mail) => self.mail(mail),
            Command::Recipient(recipient) => self.recipient(recipient),
            Command::Data => self.start_data(),
            Command::Chunk { octets, last } => {
                self.start_chunk(octets, last);
                return None;
            }
            Command::Reset => {
                self.forget_mail();
                Ok(Reply::ok())
            }
            Command::Noop => Ok(Reply::ok()),
            Command::Verify => Ok(Reply::not_verified()),
            Command::Help => {
                let tls = if self.offers_tls() { " STARTTLS" } else { "" };
                let login = if self.offers_login() { " AUTH" } else { "" };
                Ok(Reply::help(&[tls, login].concat()))
            }
            Command::Quit => {
                self.reply(Reply::bye());
                self.close();
                return None;
            }
            Command::StartTls => return self.start_tls(),
            Command::Auth { mechanism, initial } => match self.may_log_in() {
                Ok(()) => return self.turn(mechanism.begin(initial)),
                Err(reply) => Err(reply),
            },
        };
        match done {
            Ok(reply) => self.reply(reply),
            Err(reply) => self.refuse(reply),
        }
        None
    }

    /// RFC 5321 section 4.1.4: also ends a mail that was begun. A login stays (RFC 4954 section 4).
    fn hello(&mut self, extended: bool) -> Reply {
        self.forget_mail();
        self.greeted = true;
        if !extended {
            return Reply::helo(&self.options.hostname);
        }
        let size = format!("SIZE {}", self.options.max_size);
        let limits = format!("LIMITS RCPTMAX={}", self.options.max_recipients);
        let mut keywords =
            vec!["PIPELINING", &size, "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", &limits, "ENHANCEDSTATUSCODES"];
        if self.offers_tls() {
            keywords.push("STARTTLS");
        }
        if self.offers_login() {
            keywords.push("AUTH PLAIN LOGIN OAUTHBEARER XOAUTH2");
        }
        Reply::ehlo(&self.options.hostname, &keywords)
    }

    fn mail(&mut self, mail: Mail) -> Result<Reply, Reply> {
        self.needs_hello()?;
        if self.options.auth == AuthOffer::Required && self.user.is_none() {
            // RFC 3207 section 4 and RFC 4954 section 6 both answer 530; the advice must be one that can be followed.
            return Err(if self.offers_login() { Reply::login_needed() } else { Reply::encryption_needed() });
        }
        if self.has_mail() {
            return Err(Reply::bad_sequence("A mail is already begun, say RSET to begin another"));
        }
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        let max_size = self.beyond.max_size.map_or(self.options.max_size, |beyond| beyond.min(self.options.max_size));
        if mail.size.is_some_and(|size| size > max_size as u128) {
            return Err(Reply::too_big(max_size));
        }
        if mail.sender.as_ref().is_some_and(|sender| !sender.is_ascii()) {
            self.takes_utf8(mail.utf8, 550)?;
        }
        self.overshoot = 0;
        self.envelope = Some(Envelope {
            sender: mail.sender.map(Path::into_address),
            recipients: Vec::new(),
            eight_bit: mail.eight_bit,
            utf8: mail.utf8,
            reports: Reports { returns: mail.returns, envelope_id: mail.envelope_id, recipients: Vec::new() },
            user: self.user.clone(),
        });
        Ok(Reply::sender_ok())
    }

    fn recipient(&mut self, recipient: Recipient) -> Result<Reply, Reply> {
        let Recipient { path, notify, original } = recipient;
        let Some(envelope) = &self.envelope else { return Err(Reply::bad_sequence("Say MAIL first")) };
        if !path.is_ascii() {
            let declared = envelope.utf8;
            self.takes_utf8(declared, 553)?;
        }
        let Some(envelope) = &mut self.envelope else { return Err(Reply::bad_sequence("Say MAIL first")) };
        if envelope.recipients.len() >= self.options.max_recipients {
            // Most programs name all their recipients before they look at the answers.
            if self.overshoot < MAX_OVERSHOOT {
                self.overshoot += 1;
                self.uncount();
            }
            return Err(Reply::too_many_recipients());
        }
        let recipient = path.into_address();
        if notify.is_some() || original.is_some() {
            envelope.reports.recipients.push(Wish { recipient: recipient.clone(), notify, original });
        }
        envelope.recipients.push(recipient);
        self.uncount();
        Ok(Reply::recipient_ok())
    }

    /// For an address beyond ASCII: declared, and taken by the server behind.
    fn takes_utf8(&self, declared: bool, code: u16) -> Result<(), Reply> {
        match (declared, self.beyond.ascii_only) {
            (false, _) => Err(Reply::utf8_not_declared(code)),
            (true, true) => Err(Reply::utf8_not_taken(code)),
            (true, false) => Ok(()),
        }
    }

    fn start_data(&mut self) -> Result<Reply, Reply> {
        match self.envelope.take() {
            // RFC 3030 section 2: DATA and BDAT are not for one mail.
            None if self.chunks.is_some() => Err(Reply::bad_sequence("The mail has begun with BDAT, go on with it")),
            None => Err(Reply::bad_sequence("Say MAIL and RCPT first")),
            Some(envelope) if envelope.recipients.is_empty() => {
                self.envelope = Some(envelope);
                Err(Reply::no_recipients())
            }
            Some(envelope) => {
                self.state =
                    State::Data(Box::new((envelope, Reader::new(self.options.max_size, self.options.max_line))));
                Ok(Reply::start_data())
            }
        }
    }

    fn start_tls(&mut self) -> Option<Step> {
        let refusal = if self.tls {
            Reply::bad_sequence("The connection is already encrypted")
        } else if !self.options.starttls {
            Reply::not_implemented()
        } else if let Err(reply) = self.needs_hello() {
            reply
        } else {
            self.reply(Reply::start_tls());
            // Whoever sits on the line could have put plaintext behind STARTTLS; inside TLS it would count as the
            // client's (CVE-2011-0411).
            self.input.clear();
            self.state = State::AwaitTls;
            return Some(Step::StartTls);
        };
        self.refuse(refusal);
        None
    }

    fn may_log_in(&self) -> Result<(), Reply> {
        self.needs_hello()?;
        if self.options.auth == AuthOffer::None {
            return Err(Reply::not_implemented());
        }
        if !self.offers_login() {
            return Err(Reply::login_needs_encryption());
        }
        if self.user.is_some() {
            return Err(Reply::bad_sequence("Already logged in"));
        }
        if self.has_mail() {
            return Err(Reply::bad_sequence("Log in before MAIL"));
        }
        if self.failed_logins >= MAX_FAILED_LOGINS { Err(Reply::too_many_logins()) } else { Ok(()) }
    }

    fn needs_hello(&self) -> Result<(), Reply> {
        if self.greeted { Ok(()) } else { Err(Reply::bad_sequence("Say EHLO first")) }
    }

    fn offers_tls(&self) -> bool {
        self.options.starttls && !self.tls
    }

    fn offers_login(&self) -> bool {
        self.options.auth != AuthOffer::None && (self.tls || self.options.auth_in_clear)
    }
}

//! SASL PLAIN (RFC 4616) and LOGIN: from base64 lines to a user name and a password.
//!
//! Knows nothing of who may log in. What is decoded is wiped when dropped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::{Credentials, Reply};

/// A login mechanism that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    Login,
}

/// What the next line of the client answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exchange {
    Plain,
    LoginUser,
    LoginPassword { user: String },
}

/// Where a line of the client leads.
pub(super) enum Turn {
    Ask(Exchange),
    Check(Credentials),
    Refuse(Reply),
}

impl Mechanism {
    pub(super) fn parse(name: &str) -> Option<Mechanism> {
        match name {
            _ if name.eq_ignore_ascii_case("PLAIN") => Some(Mechanism::Plain),
            _ if name.eq_ignore_ascii_case("LOGIN") => Some(Mechanism::Login),
            _ => None,
        }
    }

    /// `initial` is the first response, if it stood in the command.
    pub(super) fn begin(self, initial: Option<Zeroizing<String>>) -> Turn {
        let exchange = match self {
            Mechanism::Plain => Exchange::Plain,
            Mechanism::Login => Exchange::LoginUser,
        };
        match initial {
            Some(initial) => exchange.respond(initial.as_bytes()),
            None => Turn::Ask(exchange),
        }
    }
}

impl Exchange {
    /// The challenge that asks for the line.
    pub(super) fn challenge(&self) -> Reply {
        match self {
            Exchange::Plain => Reply::challenge(""),
            Exchange::LoginUser => Reply::challenge("VXNlcm5hbWU6"),
            Exchange::LoginPassword { .. } => Reply::challenge("UGFzc3dvcmQ6"),
        }
    }

    /// Takes the client's line, without CRLF.
    pub(super) fn respond(self, line: &[u8]) -> Turn {
        // RFC 4954 section 4: "*" cancels.
        if line == b"*" {
            return Turn::Refuse(Reply::login_cancelled());
        }
        self.read(line).unwrap_or_else(|| Turn::Refuse(Reply::bad_login_data()))
    }

    fn read(self, line: &[u8]) -> Option<Turn> {
        let text = decode(line)?;
        match self {
            Exchange::Plain => plain(&text).map(Turn::Check),
            Exchange::LoginUser => Some(Turn::Ask(Exchange::LoginPassword { user: user(&text)? })),
            Exchange::LoginPassword { user } => Some(Turn::Check(Credentials { user, password: password(&text)? })),
        }
    }
}

fn decode(line: &[u8]) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(STANDARD.decode(line).ok()?);
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

/// `[authzid] NUL authcid NUL passwd`. Acting for somebody else is not possible here, so the first must be empty or
/// the same name.
fn plain(text: &str) -> Option<Credentials> {
    let mut parts = text.split('\0');
    let (on_behalf_of, name, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && (on_behalf_of.is_empty() || on_behalf_of == name);
    if whole { Some(Credentials { user: user(name)?, password: password(secret)? }) } else { None }
}

/// A name without control characters: it is written to logs and trace headers.
fn user(text: &str) -> Option<String> {
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// A NUL would end the password early when it is handed on with PLAIN.
fn password(text: &str) -> Option<SecretString> {
    (!text.is_empty() && !text.contains('\0')).then(|| SecretString::from(text))
}

//! Hands one mail to the next server: SMTP through lettre, or a local Maildir.
//!
//! Knows nothing of rules, verdicts or the store. A mail is never half-sent: one refused recipient stops it for all.
//!
//! ```text
//! target: a URL → smtp: one mail over a session from the pool, or a new one from connect (tls)
//! announce: what is told of a mail before its text
//! session: commands and replies, through lettre over stream (deadlines, reply, failure); capabilities: EHLO
//! ```
//!
//! How to reach a host, TLS, the words of a login and of an error serve `imap` too.
//!
//! Bytes arrive as they are. A mail that does not end in CRLF gains one at its end on SMTP, which cannot transport
//! an unfinished line; a Maildir file holds exactly the bytes given.

mod announce;
mod capabilities;
pub(crate) mod connect;
mod failure;
mod maildir;
mod pool;
pub(crate) mod reply;
pub(crate) mod sasl;
mod session;
mod smtp;
pub(crate) mod stream;
pub(crate) mod target;
pub(crate) mod tls;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::message::{Address, Envelope};

pub use connect::Unreachable;
pub use target::{Security, SmtpTarget, Target, TargetError};
pub use tls::{TlsError, Unsecured};

/// The next server. Cheap to clone; clones share the open connections.
#[derive(Clone)]
pub struct Upstream(Arc<Route>);

enum Route {
    Smtp(Box<smtp::Client>),
    Maildir(PathBuf),
}

/// How to talk to a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The name in EHLO. Default: the address literal of this end, `[192.0.2.1]` (RFC 5321 section 4.1.4).
    pub hello: Option<String>,
    /// Name lookup and TCP, and the first reply over a connection that is used again; without it the mail goes over a new one.
    /// Default: 10 s.
    pub connect_timeout: Duration,
    /// Greeting, TLS handshake, the reply to each command, and each 64 KiB of a mail. Default: 60 s.
    pub command_timeout: Duration,
    /// The reply to the final dot. Default: 10 min (RFC 5321 section 4.5.3.2.6).
    pub data_timeout: Duration,
    /// Connections kept open for later mails, over all logins. 0 keeps none. Default: 20.
    pub max_idle_connections: usize,
    /// How long an unused connection is kept. Default: 15 s, so that firewalls that forget idle ones do not matter.
    pub idle_lifetime: Duration,
    /// Send without encryption where a `smtp://` server on another machine offers none. Default: no.
    pub allow_plaintext: bool,
    /// A PEM file with CA certificates to trust besides the system's. Default: none.
    pub tls_ca: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            hello: None,
            connect_timeout: Duration::from_secs(10),
            command_timeout: Duration::from_secs(60),
            data_timeout: Duration::from_secs(600),
            max_idle_connections: 20,
            idle_lifetime: Duration::from_secs(15),
            allow_plaintext: false,
            tls_ca: None,
        }
    }
}

/// What a server said it can do, as far as clients have to know before they send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Octets of one mail, if there is a limit.
    pub max_size: Option<u64>,
    /// International addresses (SMTPUTF8, RFC 6531).
    pub utf8: bool,
    /// Delivery reports on request (DSN, RFC 3461).
    pub reports: bool,
}

/// Asked once, right before the final dot of a mail or before its file gets its name.
pub type Wanted<'a> = &'a (dyn Fn() -> bool + Send + Sync);

/// Why an [`Upstream`] cannot be made from a target and options.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    #[error("the EHLO name must be a host name or an address literal in ASCII, without spaces")]
    Hello,
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A user at the next server.
#[derive(Debug, Clone)]
pub struct Login {
    pub user: String,
    pub password: SecretString,
    /// The password is an OAuth 2.0 access token.
    pub token: bool,
}

/// What the next server said to a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginOutcome {
    Accepted,
    /// The server refused this user or password.
    Rejected(Answer),
    /// Nobody could be asked, or the server takes no logins; says nothing about the password.
    Unavailable(Answer),
}

impl Upstream {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// The EHLO name is not one, the CA file cannot be read, or this system has no trusted certificates.
    pub fn new(target: Target, options: Options) -> Result<Upstream, UpstreamError> {
        if options.hello.as_deref().is_some_and(|name| !is_hello_name(name)) {
            return Err(UpstreamError::Hello);
        }
        let route = match target {
            Target::Smtp(target) => Route::Smtp(Box::new(smtp::Client::new(target, options)?)),
            Target::Maildir(path) => Route::Maildir(path),
        };
        Ok(Upstream(Arc::new(route)))
    }

    /// Sends one mail to all recipients of the envelope, or to none. Dropping the future before it is done leaves
    /// the mail sent or not; later mails are not affected.
    pub async fn send(&self, envelope: &Envelope, raw: &[u8], login: Option<&Login>) -> Outcome {
        self.send_if(envelope, raw, login, &|| true).await
    }

    /// As [`Upstream::send`], unless `wanted` says no at the last instant at which the mail is certainly not sent: then it
    /// is not, and the outcome is [`Outcome::TryLater`] without uncertainty.
    pub async fn send_if(&self, envelope: &Envelope, raw: &[u8], login: Option<&Login>, wanted: Wanted<'_>) -> Outcome {
        match &*self.0 {
            Route::Smtp(client) => client.send(envelope, raw, login, wanted).await,
            Route::Maildir(path) => maildir::deliver(path, raw, wanted).await,
        }
    }

    /// What the server last said it can do; `None` before it was spoken to, and for a Maildir.
    pub fn offer(&self) -> Option<Offer> {
        match &*self.0 {
            Route::Smtp(client) => client.offer(),
            Route::Maildir(_) => None,
        }
    }

    /// Asks the next server whether it lets this user in.
    pub async fn verify_login(&self, login: &Login) -> LoginOutcome {
        match &*self.0 {
            Route::Smtp(client) => client.verify_login(login).await,
            Route::Maildir(_) => LoginOutcome::Unavailable(failure::own_answer(
                "4.7.0",
                "a Maildir knows no users, so nobody can log in",
            )),
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Route::Smtp(client) => f.debug_tuple("Upstream").field(&format_args!("{}", client.target())).finish(),
            Route::Maildir(path) => f.debug_tuple("Upstream").field(path).finish(),
        }
    }
}

fn is_hello_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 255 && name.bytes().all(|b| b.is_ascii_graphic())
}

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The next server answered 2xx after the final dot.
    Sent {
        /// Its reply text, cleaned, without code.
        text: String,
    },
    /// A permanent refusal (5xx); nothing was sent to anyone.
    Refused(Answer),
    /// Nothing is known to have been sent; trying again later may succeed.
    TryLater(Answer),
}

impl Answer {
    /// On one line as the server gave it: `550 5.1.1 no such user`.
    pub fn line(&self) -> String {
        let code = self.code.map(|code| code.to_string());
        [code.as_deref(), self.enhanced.as_deref(), Some(self.text.as_str())]
            .into_iter()
            .flatten()
            .filter(|word| !word.is_empty())
            .collect::<Vec<&str>>()
            .join(" ")
    }
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The next server's reply code, if it gave one.
    pub code: Option<u16>,
    /// The enhanced status code of its reply (RFC 3463), for example `5.1.1`.
    pub enhanced: Option<String>,
    /// Its reply text, cleaned; or our own sentence (ASCII) when there was no reply.
    pub text: String,
    /// The recipients it refused, when the refusal was about recipients.
    pub recipients: Vec<Address>,
    /// The connection was lost after the final dot: the mail may have arrived (RFC 1047).
    pub uncertain: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_reads_as_the_server_gave_it() {
        let text = "no such user".to_owned();
        let mut answer = Answer { code: None, enhanced: None, text, recipients: Vec::new(), uncertain: false };
        assert_eq!(answer.line(), "no such user");
        answer.code = Some(550);
        answer.enhanced = Some("5.1.1".to_owned());
        assert_eq!(answer.line(), "550 5.1.1 no such user");
    }
}

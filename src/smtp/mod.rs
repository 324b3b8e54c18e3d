//! The SMTP submission server (RFC 5321, RFC 6409) as a state machine: bytes in, steps out.
//!
//! Pure: no socket, clock, task, or policy. The driver in `serve` owns the socket and the deadlines, the gate decides
//! about mails and logins; the session owns the meaning of every octet.
//!
//! ```text
//! let mut session = Session::new(options, false);
//! loop {
//!     match session.step() {
//!         Step::NeedInput => session.input(&read from the wire, or session.timed_out()),
//!         Step::Send(bytes) => write bytes,
//!         Step::StartTls => { handshake; session.tls_started() }
//!         Step::Login(credentials) => session.login_answer(outcome),
//!         Step::Message { envelope, raw } => session.answer(reply),
//!         Step::Close => break,
//!     }
//! }
//! ```
//!
//! Kept for any input: the same replies and steps however the bytes are cut; one `Message` for one DATA, only after
//! CRLF.CRLF, or for one BDAT LAST; one reply to one command; plaintext sent behind STARTTLS has no effect; no state but the login outlives
//! a mail; memory is bounded by [`Options`]; every input ends in replies or `Close`, never in a panic.

mod auth;
mod body;
mod command;
mod data;
mod input;
mod order;
mod path;
mod reply;
mod session;
mod text;

use std::fmt;

use secrecy::SecretString;

use crate::message::Envelope;

pub use reply::Reply;
pub use session::Session;

/// What the driver does next.
pub enum Step {
    /// Nothing to do before more bytes arrive, or, while [`Session::wants_input`] says no, before the answer.
    NeedInput,
    /// Write this to the wire. Replies to pipelined commands come together (RFC 2920).
    Send(Vec<u8>),
    /// Start the TLS handshake, then call [`Session::tls_started`]; on failure drop the connection.
    StartTls,
    /// Check the login, then call [`Session::login_answer`].
    Login(Credentials),
    /// Decide about the mail, then call [`Session::answer`].
    Message {
        envelope: Envelope,
        /// The text without dot-stuffing, lines ended by CRLF; empty if the client sent nothing before the dot.
        raw: Vec<u8>,
    },
    /// Close the connection; the session is over.
    Close,
}

/// Without content: mails, replies, and passwords stay out of logs.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::NeedInput => f.write_str("NeedInput"),
            Step::Send(bytes) => write!(f, "Send({} octets)", bytes.len()),
            Step::StartTls => f.write_str("StartTls"),
            Step::Login(_) => f.write_str("Login(..)"),
            Step::Message { raw, .. } => write!(f, "Message({} octets)", raw.len()),
            Step::Close => f.write_str("Close"),
        }
    }
}

/// A user name and a password, as the client gave them.
pub struct Credentials {
    /// Not empty, without control characters.
    pub user: String,
    /// Not empty, without NUL.
    pub password: SecretString,
    /// The password is an OAuth 2.0 access token.
    pub token: bool,
}

/// Shows neither.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// The answer to [`Step::Login`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginOutcome {
    Accepted,
    /// Unknown user or wrong password; `said` is what the server that decided said, which the client would have read
    /// there. Without it, the client learns no difference.
    Refused {
        said: Option<String>,
    },
    /// It could not be checked, for example because the upstream server does not answer. Not counted as a failure.
    TryLater {
        said: Option<String>,
    },
}

/// Whether clients log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthOffer {
    /// AUTH is not offered.
    None,
    /// A client may log in, and may send without.
    Optional,
    /// No mail without login.
    Required,
}

/// What the server behind can take, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beyond {
    /// Octets of one mail.
    pub max_size: Option<usize>,
    /// It takes ASCII addresses only.
    pub ascii_only: bool,
}

/// What one listener offers and allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The name in the greeting.
    pub hostname: String,
    /// Octets of one mail (RFC 1870); also the bound of what a session keeps of it.
    pub max_size: usize,
    /// Recipients of one mail; RFC 5321 section 4.5.3.1.8 asks for 100 at least.
    pub max_recipients: usize,
    /// Octets of a line of a mail, without its line end; `None` for no limit.
    pub max_line: Option<usize>,
    /// Commands between two mails, recipients that are taken apart; the next one is answered with 421.
    pub max_commands: u32,
    /// Commands that may be refused with 5yz before the next such one is answered with 421.
    pub max_errors: u32,
    /// Offer STARTTLS (RFC 3207) as long as the connection is not encrypted.
    pub starttls: bool,
    pub auth: AuthOffer,
    /// Take passwords without encryption. For a listener on loopback only.
    pub auth_in_clear: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            hostname: "localhost".to_owned(),
            max_size: 50 * 1024 * 1024,
            max_recipients: 1000,
            max_line: None,
            max_commands: 300,
            max_errors: 10,
            starttls: false,
            auth: AuthOffer::None,
            auth_in_clear: false,
        }
    }
}

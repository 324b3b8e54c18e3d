//! Reads the mails of a folder of an IMAP server, so that they can be learnt from, and puts drafts into one.
//!
//! Knows the protocol and its servers; knows nothing of what the mails are for. What is read
//! is only looked at: EXAMINE and BODY.PEEK mark nothing as seen. One mail at a time is in memory, or as many small ones as make up a few megabytes.
//!
//! ```text
//! url → Server;  connect: TCP, TLS, greeting → login → folder: which one → read: UIDs, sizes, mails | append: one mail
//! session: commands and answers over wire (bounded lines and literals, deadlines);  response: answers taken apart
//! ```
//!
//! Written by hand like the SMTP side: async-imap ends a FETCH that was answered NO as if all mails had come, logs passwords
//! at the level trace, repeats what it could not read in its errors, and keeps up to 512 MiB for one answer.

mod append;
mod connect;
mod folder;
mod login;
mod provider;
mod read;
mod response;
mod session;
mod trouble;
mod url;
mod utf7;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::upstream::Security;

pub use append::{AppendError, Appended, append};
pub use folder::Purpose;
pub use provider::Provider;
pub use read::read;
pub use trouble::{ImapError, Trouble};
pub use url::{ImapUrl, UrlError};

/// A user's mails at a server, and how to talk to it.
#[derive(Debug, Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub login: Login,
    /// A PEM file with CA certificates to trust besides the system's.
    pub ca: Option<PathBuf>,
    pub limits: Limits,
}

/// What the user is known by.
#[derive(Debug, Clone)]
pub enum Login {
    Password(SecretString),
    /// An OAuth 2.0 access token.
    Token(SecretString),
}

/// How long and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Name lookup and TCP, and the TLS handshake. Default: 30 s.
    pub connect: Duration,
    /// Without any byte. Default: 60 s.
    pub silence: Duration,
    /// How often a connection that was lost is made again without a mail in between. Default: 3.
    pub reconnects: u32,
    /// Before the first of them; each further one is waited for four times as long. Default: 2 s.
    pub pause: Duration,
    /// Longer mails are passed over. Octets. Default: 50 MB.
    pub largest: u32,
    /// All of putting a mail into a folder. Default: 5 min.
    pub append: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(30),
            silence: Duration::from_secs(60),
            reconnects: 3,
            pause: Duration::from_secs(2),
            largest: 50_000_000,
            append: Duration::from_secs(300),
        }
    }
}

/// How far a folder was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Of the folder; once it changes, UIDs mean other mails.
    pub uid_validity: u32,
    pub last_uid: u32,
}

/// A mail as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub raw: Vec<u8>,
    /// Where to go on once this mail is dealt with.
    pub position: Position,
    /// Which mail of the folder this is, from 1.
    pub number: u32,
    /// Mails of the folder.
    pub total: u32,
}

/// What came of reading a folder to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The folder's name, as people read it.
    pub folder: String,
    /// Mails of the folder.
    pub total: u32,
    /// Mails handed over.
    pub taken: u32,
    /// Mails that were longer than the limit.
    pub too_large: u32,
    /// Mails that were deleted meanwhile, or that the server could not give out.
    pub missing: u32,
    /// Where to go on another time.
    pub position: Option<Position>,
    /// The position to go on from was of no use: the folder's mails have new UIDs, and all of them were read.
    pub renumbered: bool,
}

impl Server {
    /// The server of a URL, with the default limits.
    pub fn new(url: &ImapUrl, login: Login) -> Server {
        let ImapUrl { host, port, security, user, folder: _ } = url.clone();
        Server { host, port, security, user, login, ca: None, limits: Limits::default() }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Mail {
    /// Without its text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("position", &self.position)
            .field("octets", &self.raw.len())
            .finish_non_exhaustive()
    }
}

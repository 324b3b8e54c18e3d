//! The SMTP envelope: who sends, who receives, and what the client declared about the mail.

use super::{Address, Reports};

/// MAIL FROM and RCPT TO of one mail (RFC 5321 section 2.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// The reverse-path; `None` is the null path `<>` of bounces.
    pub sender: Option<Address>,
    /// The forward-paths in the order given. Never written to a log at default level: they include Bcc.
    pub recipients: Vec<Address>,
    /// `BODY=8BITMIME` was declared (RFC 6152).
    pub eight_bit: bool,
    /// `SMTPUTF8` was declared (RFC 6531).
    pub utf8: bool,
    /// What the client asked to be told about the mail's fate.
    pub reports: Reports,
    /// The name the client logged in with, if it did.
    pub user: Option<String>,
}

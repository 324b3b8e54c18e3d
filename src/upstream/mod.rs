//! Hands one mail to the next server: SMTP through lettre, or a local Maildir.
//!
//! Knows nothing of rules, verdicts or the store. A mail is never half-sent: one refused recipient stops it for all.

use crate::message::Address;

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

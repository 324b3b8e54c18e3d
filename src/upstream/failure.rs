//! How a dialogue with the next server ends before its time. Pure.

use std::fmt;
use std::io;

use super::reply::{Reply, ReplyError, clean};
use super::{Answer, Outcome};

/// Why there is no usable reply; the connection is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    TimedOut,
    Closed,
    /// An error of the socket, in the system's words.
    Io(String),
    /// A reply longer than any server sends.
    TooLong,
    /// Bytes that are not an SMTP reply.
    Malformed,
    /// The server spoke without being asked; the reply, if what it said is one.
    Unasked(Option<Reply>),
    /// A reply that the command cannot have.
    Unexpected(u16),
    /// Nobody wants the mail sent any more, before its final dot.
    GivenUp,
    /// `421` at any time (RFC 5321 section 3.8), or a greeting or EHLO reply that turns us away.
    Closing(Reply),
}

impl Failure {
    pub(super) fn answer(&self) -> Answer {
        match self {
            Failure::Closing(reply) => reply.answer(),
            Failure::Unasked(Some(reply)) if reply.code == 421 => reply.answer(),
            _ => own_answer("4.4.2", self.to_string()),
        }
    }

    /// Another try may help. A server that turns us away with 5yz before it has heard of the mail says nothing about it:
    /// blocked for now, too many connections.
    pub(super) fn outcome(&self) -> Outcome {
        Outcome::TryLater(self.answer())
    }
}

/// An answer in our own words, without a reply code.
pub(super) fn own_answer(enhanced: &str, text: impl AsRef<str>) -> Answer {
    let text = clean(text.as_ref());
    Answer { code: None, enhanced: Some(enhanced.to_owned()), text, recipients: Vec::new(), uncertain: false }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::TimedOut => f.write_str("the mail server did not answer in time"),
            Failure::Closed => f.write_str("the mail server closed the connection"),
            Failure::Io(error) => write!(f, "the connection to the mail server failed: {error}"),
            Failure::TooLong => f.write_str("the mail server sent a reply without end"),
            Failure::Malformed => f.write_str("the mail server sent something that is not an SMTP reply"),
            Failure::Unasked(_) => f.write_str("the mail server sent more than one reply to a command"),
            Failure::Unexpected(code) => write!(f, "the mail server sent {code} where no such reply is possible"),
            Failure::GivenUp => f.write_str("the mail server took too long, nothing was sent"),
            Failure::Closing(reply) => f.write_str(&reply.text()),
        }
    }
}

impl From<&io::Error> for Failure {
    fn from(error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut => Failure::TimedOut,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Failure::Closed,
            kind => Failure::Io(kind.to_string()),
        }
    }
}

impl From<ReplyError> for Failure {
    fn from(error: ReplyError) -> Failure {
        match error {
            ReplyError::Malformed => Failure::Malformed,
            ReplyError::TooLong => Failure::TooLong,
        }
    }
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> io::Error {
        let kind = match failure {
            Failure::TimedOut => io::ErrorKind::TimedOut,
            Failure::Closed => io::ErrorKind::ConnectionAborted,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, failure.to_string())
    }
}

//! What arrived and is not yet used: lines of bounded length, ended by CRLF only.

use secrecy::zeroize::{Zeroize, Zeroizing};

/// Octets of one command line with CRLF; RFC 5321 section 4.5.3.1.4 asks for 512 and more with extensions.
pub(super) const MAX_LINE: usize = 2048;

/// Octets of one line of a login with CRLF (RFC 4954 section 4): access tokens are long.
pub(super) const MAX_LOGIN: usize = 12 * 1024;

/// The methods of HTTP, with `PRI` of its version 2. A browser can be made to post to any port of the local machine.
const WEB: [&[u8]; 10] =
    [b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH", b"PRI"];

#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    start: usize,
    /// Inside a line that is already too long: up to its end nothing is kept.
    skipping: bool,
}

pub(super) enum Line {
    /// Without CRLF; it may be half of a password.
    Complete(Zeroizing<Vec<u8>>),
    TooLong,
    /// The line ends in LF without CR.
    BareLf,
}

/// Another protocol than SMTP, told from the first octets of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    Tls,
    Web,
}

impl Input {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.drop_used();
        self.bytes.extend_from_slice(bytes);
    }

    /// Not yet used.
    pub(super) fn pending(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Marks `count` octets as used.
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        if self.start == self.bytes.len() {
            self.drop_used();
        }
    }

    /// Forgets everything that is not yet used.
    pub(super) fn clear(&mut self) {
        self.consume(self.pending().len());
        self.skipping = false;
    }

    /// The next line. One that is too long is reported at its end, so that it has one reply and nothing of it is
    /// taken for a command.
    pub(super) fn line(&mut self, max: usize) -> Option<Line> {
        let length = self.pending().len();
        let line_feed = self.pending().iter().position(|&byte| byte == b'\n');
        let end = line_feed.and_then(|at| at.checked_sub(1)).filter(|&end| self.pending()[end] == b'\r');
        if line_feed.is_some() && end.is_none() {
            return Some(Line::BareLf);
        }
        match end {
            Some(end) if self.skipping || end + 2 > max => {
                self.consume(end + 2);
                self.skipping = false;
                Some(Line::TooLong)
            }
            Some(end) => {
                let line = Zeroizing::new(self.pending()[..end].to_vec());
                self.bytes[self.start..self.start + end].zeroize();
                self.consume(end + 2);
                Some(Line::Complete(line))
            }
            None if self.skipping || length >= max => {
                self.skipping = true;
                // A CR at the end may be half of the line end.
                self.consume(length - usize::from(self.pending().ends_with(b"\r")));
                None
            }
            None => None,
        }
    }

    /// Whether the next line is of another protocol.
    pub(super) fn foreign(&self) -> Option<Foreign> {
        let pending = self.pending();
        let is = |method: &&[u8]| {
            pending.get(method.len()) == Some(&b' ') && pending[..method.len()].eq_ignore_ascii_case(method)
        };
        match pending.first() {
            None => None,
            _ if self.skipping => None,
            // The record type of a ClientHello (RFC 8446 section 5.1); it need not contain a CRLF ever.
            Some(0x16) => Some(Foreign::Tls),
            Some(_) => WEB.iter().any(is).then_some(Foreign::Web),
        }
    }

    /// Whether the next line begins with this command, in whatever case.
    pub(super) fn begins_with(&self, command: &str) -> bool {
        self.pending().get(..command.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(command.as_bytes()))
    }

    fn drop_used(&mut self) {
        self.bytes.drain(..self.start);
        self.start = 0;
        // A read of a large mail must not stay reserved for the life of the session.
        if self.bytes.is_empty() && self.bytes.capacity() > MAX_LINE * 4 {
            self.bytes = Vec::new();
        }
    }
}

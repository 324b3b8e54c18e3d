//! One connection's bytes: responses of bounded size in, commands out, nothing waited for without end.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::response::{Piece, Response};
use super::trouble::Trouble;
use crate::upstream::stream::Socket;

/// No line of an answer to our commands comes near it.
const MOST_LINE: usize = 64 * 1024;
/// A response of more pieces belongs to nothing we ask for.
const MOST_PIECES: usize = 200;
/// Octets given to the socket at a time: a slow line is silent for none of them.
const PIECE: usize = 64 * 1024;
/// Literals outside of mails: names of folders, texts.
pub(super) const SMALL: u64 = 64 * 1024;

pub(super) struct Wire {
    socket: Box<dyn Socket>,
    received: Vec<u8>,
    /// Where what was not taken yet begins in `received`.
    at: usize,
    /// How long to wait for a byte.
    silence: Duration,
}

impl Wire {
    pub(super) fn new(socket: Box<dyn Socket>, silence: Duration) -> Wire {
        Wire { socket, received: Vec::new(), at: 0, silence }
    }

    /// The bare socket, for a TLS handshake.
    ///
    /// # Errors
    /// Bytes arrived that somebody may have put in front of the handshake (CVE-2011-0411).
    pub(super) fn into_socket(self) -> Result<Box<dyn Socket>, Trouble> {
        if self.at == self.received.len() { Ok(self.socket) } else { Err(Trouble::Injected) }
    }

    pub(super) async fn send(&mut self, line: &str) -> Result<(), Trouble> {
        self.write(format!("{line}\r\n").as_bytes()).await
    }

    /// Octets as they are, and the end of a line behind them.
    pub(super) async fn send_octets(&mut self, octets: &[u8]) -> Result<(), Trouble> {
        for piece in octets.chunks(PIECE) {
            self.write(piece).await?;
        }
        self.write(b"\r\n").await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let write = async {
            self.socket.write_all(bytes).await?;
            self.socket.flush().await
        };
        match timeout(self.silence, write).await {
            Ok(done) => done.map_err(|error| Trouble::from(&error)),
            Err(_) => Err(Trouble::TimedOut),
        }
    }

    /// The next response. Literals longer than `room` are passed over, and in place of those that no mail has the
    /// connection ends.
    pub(super) async fn response(&mut self, room: u64) -> Result<Response, Trouble> {
        let mut pieces = Vec::new();
        let mut left = room;
        loop {
            let mut line = self.line().await?;
            let announced = literal(&line);
            if let Some((start, _)) = announced {
                line.truncate(start);
            }
            pieces.push(Piece::Line(line));
            let Some((_, length)) = announced else { break };
            if pieces.len() > MOST_PIECES {
                return Err(Trouble::Garbage);
            }
            if length <= left {
                left -= length;
                pieces.push(Piece::Literal(self.literal(length).await?));
            } else if length <= room.saturating_mul(4) {
                self.pass_over(length).await?;
                pieces.push(Piece::Skipped);
            } else {
                return Err(Trouble::Huge(length));
            }
        }
        Response::parse(pieces).ok_or(Trouble::Garbage)
    }

    /// Without its end.
    async fn line(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut searched = 0;
        loop {
            if let Some(found) = self.received[self.at + searched..].iter().position(|&byte| byte == b'\n') {
                let end = self.at + searched + found;
                let line = &self.received[self.at..end];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.at = end + 1;
                return Ok(line);
            }
            searched = self.received.len() - self.at;
            if searched > MOST_LINE {
                return Err(Trouble::EndlessLine);
            }
            self.more().await?;
        }
    }

    /// Memory is taken as the bytes arrive, not as they are announced.
    async fn literal(&mut self, length: u64) -> Result<Vec<u8>, Trouble> {
        let mut out = Vec::new();
        let mut left = length;
        while left > 0 {
            let bytes = self.some(left).await?;
            out.extend_from_slice(bytes);
            left -= bytes.len() as u64;
        }
        Ok(out)
    }

    async fn pass_over(&mut self, length: u64) -> Result<(), Trouble> {
        let mut left = length;
        while left > 0 {
            left -= self.some(left).await?.len() as u64;
        }
        Ok(())
    }

    /// At least one of the next bytes, and at most so many.
    async fn some(&mut self, most: u64) -> Result<&[u8], Trouble> {
        if self.at == self.received.len() {
            self.more().await?;
        }
        let start = self.at;
        let length = (self.received.len() - start).min(usize::try_from(most).unwrap_or(usize::MAX));
        self.at += length;
        Ok(&self.received[start..self.at])
    }

    async fn more(&mut self) -> Result<(), Trouble> {
        self.received.drain(..self.at);
        self.at = 0;
        self.received.reserve(16 * 1024);
        match timeout(self.silence, self.socket.read_buf(&mut self.received)).await {
            Ok(Ok(0)) => Err(Trouble::Closed),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Trouble::from(&error)),
            Err(_) => Err(Trouble::TimedOut),
        }
    }
}

/// Where `{123}` at the end of a line begins, and its number; also `{123+}` and `~{123}` (RFC 7888, RFC 3516).
fn literal(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    let start = inner.iter().rposition(|&byte| byte == b'{')?;
    let digits = inner[start + 1..].strip_suffix(b"+").unwrap_or(&inner[start + 1..]);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // More digits than a number has are more bytes than anybody has.
    let length = std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX);
    let start = if start > 0 && inner[start - 1] == b'~' { start - 1 } else { start };
    Some((start, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {310}"), Some((18, 310)));
        assert_eq!(literal(b"x ~{5+}"), Some((2, 5)));
        assert_eq!(literal(b"x {99999999999999999999999}"), Some((2, u64::MAX)));
        for line in [&b"* OK {3} more"[..], b"* OK {}", b"* OK {a}", b"}", b""] {
            assert_eq!(literal(line), None);
        }
    }
}

//! One open dialogue with a server: commands, their replies, login. The only file that drives lettre.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;

use super::capabilities::Capabilities;
use super::failure::Failure;
use super::reply::Reply;
use super::sasl;
use super::stream::{Ledger, Stream};
use super::{Login, LoginOutcome, Options, Wanted};

/// Commands in one write; more could fill both directions' buffers while neither side reads.
const PIPELINE: usize = 100;
/// Octets given to lettre at once, so that a large mail is not copied whole.
const CHUNK: usize = 64 * 1024;
/// QUIT is a courtesy; nobody waits for its reply.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Session {
    connection: AsyncSmtpConnection,
    ledger: Arc<Ledger>,
    pub(super) capabilities: Capabilities,
    command_limit: Duration,
    data_limit: Duration,
    /// For the next reply instead of `command_limit`.
    doubt: Option<Duration>,
}

/// How the data phase ended without a reply to the final dot.
pub(super) struct DataFailure {
    pub(super) failure: Failure,
    /// The final dot may have arrived, so the mail may have been taken (RFC 1047).
    pub(super) dot_sent: bool,
}

impl Session {
    /// Takes over behind the real greeting and says EHLO.
    pub(super) async fn begin(stream: Stream, hello: String, options: &Options) -> Result<Session, Failure> {
        let ledger = stream.ledger();
        ledger.ask(1, options.command_timeout);
        let connection =
            AsyncSmtpConnection::connect_with_transport(Box::new(stream.with_greeting()), &ClientId::Domain(hello))
                .await;
        let reply = expect_positive(ledger.take()?)?;
        let Ok(connection) = connection else { return Err(Failure::Closed) };
        Ok(Session {
            connection,
            ledger,
            capabilities: Capabilities::of(&reply.lines),
            command_limit: options.command_timeout,
            data_limit: options.data_timeout,
            doubt: None,
        })
    }

    /// Has the next reply come within `limit`: a connection that was idle may have died without a word, and whoever waits for
    /// the mail would give up before the time a living server may take.
    pub(super) fn doubt(&mut self, limit: Duration) {
        self.doubt = Some(limit.min(self.command_limit));
    }

    /// Sends one command, without its CRLF, and reads its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Failure> {
        let mut replies = self.exchange(&[format!("{line}\r\n")]).await?;
        replies.pop().ok_or(Failure::Closed)
    }

    /// Sends commands and reads a reply to each; in one write if the server offers PIPELINING (RFC 2920).
    /// Never called with DATA among others: one refused recipient could then not be answered by sending nothing.
    pub(super) async fn commands(&mut self, lines: &[String]) -> Result<Vec<Reply>, Failure> {
        let together = if self.capabilities.pipelining { PIPELINE } else { 1 };
        let mut replies = Vec::with_capacity(lines.len());
        for batch in lines.chunks(together) {
            replies.extend(self.exchange(batch).await?);
        }
        Ok(replies)
    }

    async fn exchange(&mut self, lines: &[String]) -> Result<Vec<Reply>, Failure> {
        self.ledger.ask(lines.len(), self.doubt.take().unwrap_or(self.command_limit));
        let mut replies = Vec::with_capacity(lines.len());
        for index in 0..lines.len() {
            // What lettre makes of a reply is of no interest: the ledger has it whole.
            let _ = if index == 0 {
                self.connection.command(lines.concat()).await
            } else {
                self.ledger.within(self.command_limit);
                self.connection.read_response().await
            };
            let reply = self.ledger.take()?;
            if reply.code == 421 {
                return Err(Failure::Closing(reply));
            }
            replies.push(reply);
        }
        Ok(replies)
    }

    /// Sends the mail after a 354 and reads the reply to the final dot.
    ///
    /// lettre stuffs dots and always adds CRLF, so one final CRLF is taken off before: what ends in CRLF arrives
    /// as it is, what does not gains one.
    pub(super) async fn data(&mut self, raw: &[u8], wanted: Wanted<'_>) -> Result<Reply, DataFailure> {
        let dot_sent = AtomicBool::new(false);
        let ledger = Arc::clone(&self.ledger);
        let before_the_dot = || {
            if wanted() {
                dot_sent.store(true, Ordering::Relaxed);
                ledger.ask(1, self.data_limit);
            } else {
                // What is written next fails, and a text without its dot is no mail.
                ledger.give_up();
            }
        };
        if raw.is_empty() {
            before_the_dot();
            let _ = self.connection.command(".\r\n").await;
        } else {
            let body = raw.strip_suffix(b"\r\n").unwrap_or(raw);
            let mut chunks = body.chunks(CHUNK);
            // Asked for the next chunk, lettre has written the one before; after the last it writes the dot.
            let watched = std::iter::from_fn(|| {
                let chunk = chunks.next();
                match chunk {
                    Some(_) => ledger.within(self.command_limit),
                    None => before_the_dot(),
                }
                chunk
            });
            let _ = self.connection.message_iter(watched).await;
        }
        self.ledger.take().map_err(|failure| {
            // Found before writing: the dot did not leave.
            let dot_sent = dot_sent.load(Ordering::Relaxed) && !matches!(failure, Failure::Unasked(_));
            DataFailure { failure, dot_sent }
        })
    }

    /// AUTH (RFC 4954). On TLS, on a loopback connection, or where plaintext is allowed.
    pub(super) async fn log_in(&mut self, login: &Login) -> Result<LoginOutcome, Failure> {
        let (first, rest) = match sasl::lines(&self.capabilities, login) {
            Ok(lines) => lines,
            Err(outcome) => return Ok(outcome),
        };
        let mut reply = self.command(&first).await?;
        for line in rest {
            if reply.code != 334 {
                break;
            }
            reply = self.command(&line).await?;
        }
        Ok(match reply.code {
            235 => LoginOutcome::Accepted,
            // RFC 4954 section 6: the password is wrong, or will not do.
            534 | 535 => LoginOutcome::Rejected(reply.answer()),
            // A command that was not understood, STARTTLS wanted first, an account that is blocked for an hour: all that
            // says nothing about the password, and the next try may fare better.
            400..=599 => LoginOutcome::Unavailable(reply.answer()),
            code => return Err(Failure::Unexpected(code)),
        })
    }

    /// The next mail can go over this connection.
    pub(super) fn is_in_step(&self) -> bool {
        self.ledger.is_in_step()
    }

    /// Says good-bye, briefly.
    pub(super) async fn quit(mut self) {
        self.ledger.ask(1, QUIT_LIMIT);
        let _ = self.connection.command("QUIT\r\n").await;
    }
}

/// 2xx, or the end of the dialogue.
pub(super) fn expect_positive(reply: Reply) -> Result<Reply, Failure> {
    match reply.class() {
        2 => Ok(reply),
        3 => Err(Failure::Unexpected(reply.code)),
        _ => Err(Failure::Closing(reply)),
    }
}

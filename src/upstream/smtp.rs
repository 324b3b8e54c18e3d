//! One mail over SMTP: to all recipients or to none.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsConnector;

use crate::message::Envelope;

use super::announce;
use super::capabilities::Capabilities;
use super::connect;
use super::failure::{Failure, own_answer};
use super::pool::Pool;
use super::reply::Reply;
use super::session::{DataFailure, Session};
use super::{Answer, Login, LoginOutcome, Offer, Options, Outcome, Security, SmtpTarget, TlsError, Wanted, tls};

/// A mail server and the open dialogues with it.
pub(super) struct Client {
    target: SmtpTarget,
    options: Options,
    connector: Option<TlsConnector>,
    pool: Arc<Pool>,
    /// What the server last said.
    offer: Mutex<Option<Offer>>,
}

/// The dialogue is out of step or over; its connection must not be used again.
struct Lost {
    outcome: Outcome,
    /// No octet of the mail's text was sent, and the failure may be the old connection's alone.
    retry: bool,
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Lost {
        Lost { outcome: failure.outcome(), retry: true }
    }
}

impl Client {
    pub(super) fn new(target: SmtpTarget, options: Options) -> Result<Client, TlsError> {
        let plain = target.security == Security::LoopbackOrStartTls && target.is_local_by_name();
        let connector = if plain { None } else { Some(tls::connector(options.tls_ca.as_deref())?) };
        let pool = Pool::new(options.max_idle_connections, options.idle_lifetime);
        Ok(Client { target, options, connector, pool, offer: Mutex::default() })
    }

    pub(super) fn target(&self) -> &SmtpTarget {
        &self.target
    }

    pub(super) async fn send(
        &self,
        envelope: &Envelope,
        raw: &[u8],
        login: Option<&Login>,
        wanted: Wanted<'_>,
    ) -> Outcome {
        if let Some(refusal) = unsendable(envelope, raw) {
            return refusal;
        }
        let owner = self.pool.owner(login);
        if let Some(mut session) = self.pool.take(&owner) {
            session.doubt(self.options.connect_timeout);
            match transact(&mut session, envelope, raw, wanted).await {
                Ok(outcome) => {
                    self.keep(owner, session);
                    return outcome;
                }
                // Servers close idle connections without notice; that is no news about this mail.
                Err(lost) if lost.retry => {}
                Err(lost) => return lost.outcome,
            }
        }
        let mut session = match self.open(login).await {
            Ok(session) => session,
            Err(outcome) => return outcome,
        };
        match transact(&mut session, envelope, raw, wanted).await {
            Ok(outcome) => {
                self.keep(owner, session);
                outcome
            }
            Err(lost) => lost.outcome,
        }
    }

    /// Always asks the server; the session then waits for this user's first mail.
    pub(super) async fn verify_login(&self, login: &Login) -> LoginOutcome {
        let mut session = match connect::open(&self.target, &self.options, self.connector.as_ref()).await {
            Ok(session) => session,
            Err(Outcome::Sent { text }) => return LoginOutcome::Unavailable(own_answer("4.3.0", text)),
            Err(Outcome::Refused(answer) | Outcome::TryLater(answer)) => return LoginOutcome::Unavailable(answer),
        };
        match session.log_in(login).await {
            Ok(LoginOutcome::Accepted) => {
                self.keep(self.pool.owner(Some(login)), session);
                LoginOutcome::Accepted
            }
            Ok(other) => other,
            Err(failure) => LoginOutcome::Unavailable(failure.answer()),
        }
    }

    async fn open(&self, login: Option<&Login>) -> Result<Session, Outcome> {
        let mut session = connect::open(&self.target, &self.options, self.connector.as_ref()).await?;
        let Some(login) = login else { return Ok(session) };
        match session.log_in(login).await {
            Ok(LoginOutcome::Accepted) => Ok(session),
            Ok(LoginOutcome::Rejected(answer)) => Err(Outcome::Refused(answer)),
            Ok(LoginOutcome::Unavailable(answer)) => Err(Outcome::TryLater(answer)),
            Err(failure) => Err(failure.outcome()),
        }
    }

    pub(super) fn offer(&self) -> Option<Offer> {
        *self.offer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, owner: super::pool::Owner, session: Session) {
        let Capabilities { max_size, smtputf8, dsn, .. } = session.capabilities;
        let offer = Offer { max_size, utf8: smtputf8, reports: dsn };
        *self.offer.lock().unwrap_or_else(PoisonError::into_inner) = Some(offer);
        if session.is_in_step() {
            self.pool.put(owner, session);
        }
    }
}

/// What no server may be sent.
fn unsendable(envelope: &Envelope, raw: &[u8]) -> Option<Outcome> {
    let refuse = |enhanced, text| Some(Outcome::Refused(own_answer(enhanced, text)));
    if envelope.recipients.is_empty() {
        return refuse("5.5.1", "the mail has no recipient");
    }
    // A server that takes LF.LF or CR.CR for the end of the mail would read the rest as commands (SMTP smuggling).
    if has_bare_line_end(raw) {
        return refuse(
            "5.6.0",
            "the mail has a line that ends in a bare CR or LF instead of CRLF (RFC 5321 section 2.3.8)",
        );
    }
    None
}

fn has_bare_line_end(raw: &[u8]) -> bool {
    let mut before = 0;
    for &byte in raw {
        if (before == b'\r') != (byte == b'\n') {
            return true;
        }
        before = byte;
    }
    before == b'\r'
}

/// One mail over an open dialogue. `Ok` leaves the dialogue ready for the next one.
async fn transact(session: &mut Session, envelope: &Envelope, raw: &[u8], wanted: Wanted<'_>) -> Result<Outcome, Lost> {
    let mail = match announce::mail_command(&session.capabilities, envelope, raw) {
        Ok(mail) => mail,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let replies = announce::announce(session, mail, envelope).await?;
    if let Some(outcome) = refusal(envelope, &replies)? {
        return reset(session, outcome).await;
    }
    let reply = session.command("DATA").await?;
    match reply.class() {
        3 => deliver(session, raw, wanted).await,
        4 => reset(session, Outcome::TryLater(reply.answer())).await,
        5 => reset(session, Outcome::Refused(reply.answer())).await,
        _ => Err(Failure::Unexpected(reply.code).into()),
    }
}

/// The outcome if MAIL or any RCPT was refused. A permanent refusal outweighs temporary ones, and its answer names
/// the recipients refused permanently: the others may well be taken once those are corrected.
fn refusal(envelope: &Envelope, replies: &[Reply]) -> Result<Option<Outcome>, Failure> {
    if let Some(odd) = replies.iter().find(|reply| reply.class() == 3) {
        return Err(Failure::Unexpected(odd.code));
    }
    let outcome = |class, answer| if class == 5 { Outcome::Refused(answer) } else { Outcome::TryLater(answer) };
    let Some((mail, recipients)) = replies.split_first() else { return Err(Failure::Closed) };
    if mail.class() != 2 {
        return Ok(Some(outcome(mail.class(), mail.answer())));
    }
    for class in [5, 4] {
        let refused: Vec<_> =
            envelope.recipients.iter().zip(recipients).filter(|(_, reply)| reply.class() == class).collect();
        if let Some((_, reply)) = refused.first() {
            let recipients = refused.iter().map(|(recipient, _)| (*recipient).clone()).collect();
            return Ok(Some(outcome(class, Answer { recipients, ..reply.answer() })));
        }
    }
    Ok(None)
}

/// Withdraws the mail; the outcome stands whatever comes of that.
async fn reset(session: &mut Session, outcome: Outcome) -> Result<Outcome, Lost> {
    match session.command("RSET").await {
        Ok(reply) if reply.class() == 2 => Ok(outcome),
        _ => Err(Lost { outcome, retry: false }),
    }
}

/// The text, its final dot, and the answer that counts.
async fn deliver(session: &mut Session, raw: &[u8], wanted: Wanted<'_>) -> Result<Outcome, Lost> {
    let lost = |outcome| Err(Lost { outcome, retry: false });
    match session.data(raw, wanted).await {
        Ok(reply) => match reply.class() {
            2 => Ok(Outcome::Sent { text: reply.text() }),
            // RFC 5321 section 4.2.5: after 4yz or 5yz here the server must not deliver.
            4 if reply.code == 421 => lost(Outcome::TryLater(reply.answer())),
            4 => Ok(Outcome::TryLater(reply.answer())),
            5 => Ok(Outcome::Refused(reply.answer())),
            _ => lost(Outcome::TryLater(Answer { uncertain: true, ..Failure::Unexpected(reply.code).answer() })),
        },
        // The server did not wait for the end of the mail to turn it down.
        Err(DataFailure { failure: Failure::Unasked(Some(reply)), .. }) if reply.class() == 5 => {
            lost(Outcome::Refused(reply.answer()))
        }
        Err(DataFailure { failure: Failure::Unasked(Some(reply)), .. }) if reply.class() == 4 => {
            lost(Outcome::TryLater(reply.answer()))
        }
        Err(DataFailure { failure, dot_sent }) => {
            lost(Outcome::TryLater(Answer { uncertain: dot_sent, ..failure.answer() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_bare_line_end() {
        for fine in ["", "a", "a\r\n", "\r\n\r\n", "a\r\nb"] {
            assert!(!has_bare_line_end(fine.as_bytes()), "{fine:?}");
        }
        for bare in ["\n", "\r", "a\n", "a\r", "a\r\n\n", "a\r\r\n", "\n\r", "a\rb", "a\r\n.\n"] {
            assert!(has_bare_line_end(bare.as_bytes()), "{bare:?}");
        }
    }
}

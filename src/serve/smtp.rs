//! Drives one SMTP session over one connection: the session owns the meaning, this file the socket and the deadlines.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::pace::Pace;
use super::waiting::Waiting;
use crate::certificate::Certificate;
use crate::config::Limits;
use crate::gate::{Admission, Arrival, Gate, Login, LoginCheck};
use crate::room::{Memory, Share};
use crate::smtp::{Beyond, Credentials, LoginOutcome, Options, Reply, Session, Step};
use crate::store::StoreError;
use crate::upstream::{self, Answer};
use crate::users::{Logins, Trier};

/// Octets read at once; a session that waits costs little more than this.
pub(super) const CHUNK: usize = 16 * 1024;

/// A handshake takes a few round trips. Never longer than a command may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// How long to wait at the end for a client to take the last reply. A socket closed while octets arrive is reset, and
/// the reply is lost with it.
const LINGER: Duration = Duration::from_secs(2);

/// What all connections of one listener share.
pub(super) struct Context {
    pub(super) gate: Arc<Gate>,
    pub(super) options: Arc<Options>,
    /// For clients on this machine.
    pub(super) trusted: Arc<Options>,
    pub(super) certificate: Option<Arc<Certificate>>,
    /// TLS from the first octet.
    pub(super) implicit_tls: bool,
    pub(super) limits: Limits,
    pub(super) memory: Arc<Memory>,
    pub(super) logins: Arc<Logins>,
    /// How long a mail that was begun may take to its end once the server ends.
    pub(super) grace: Duration,
}

/// One client.
struct Connection<'a> {
    context: &'a Context,
    session: Session,
    login: Option<Login>,
    /// Tells clients without login apart.
    peer: IpAddr,
    /// Of the octets all mails may take.
    share: Share,
    pace: Pace,
    shutdown: watch::Receiver<bool>,
    /// Set when the server ends: no mail goes on beyond it.
    last_call: Option<Instant>,
}

enum End {
    Closed,
    StartTls,
}

/// Serves one client until either side has enough.
pub(super) async fn serve(
    context: &Context,
    mut socket: TcpStream,
    peer: SocketAddr,
    shutdown: watch::Receiver<bool>,
) -> io::Result<()> {
    // Replies are small and awaited: held back for more to come they would only be late.
    socket.set_nodelay(true)?;
    let options = if peer.ip().to_canonical().is_loopback() { &context.trusted } else { &context.options };
    let session = Session::new(Arc::clone(options), context.implicit_tls);
    let (peer, share, pace) = (peer.ip().to_canonical(), context.memory.share(), Pace::new());
    let mut connection = Connection { context, session, login: None, peer, share, pace, shutdown, last_call: None };
    if !context.implicit_tls {
        match connection.converse(&mut socket).await? {
            End::Closed => return hang_up(socket).await,
            End::StartTls => {}
        }
    }
    let Some(certificate) = &context.certificate else { return Ok(()) };
    let limit = HANDSHAKE_LIMIT.min(context.limits.idle);
    let mut stream = timeout(limit, certificate.acceptor().accept(socket)).await??;
    if !context.implicit_tls {
        connection.session.tls_started();
        tracing::Span::current().record("tls", true);
        // What was proven in plaintext does not count any more (RFC 3207 section 4.2).
        connection.login = None;
    }
    // STARTTLS is not offered twice: whatever ends this ends the connection.
    connection.converse(&mut stream).await?;
    hang_up(stream).await
}

/// For a client that finds no room. One that expects TLS is not worth a handshake, and would not understand a reply.
pub(super) async fn turn_away(mut socket: TcpStream, implicit_tls: bool) -> io::Result<()> {
    if implicit_tls {
        return Ok(());
    }
    timeout(LINGER, socket.write_all(&Reply::too_many_connections().bytes())).await??;
    hang_up(socket).await
}

impl Connection<'_> {
    async fn converse<S: AsyncRead + AsyncWrite + Send + Unpin>(&mut self, stream: &mut S) -> io::Result<End> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match self.session.step() {
                Step::Send(bytes) => {
                    // A client that does not read does not get to keep the connection.
                    timeout(self.context.limits.idle, write(stream, &bytes)).await??;
                }
                Step::NeedInput => {
                    if !self.share.take(self.session.mail_octets()) {
                        tracing::warn!("no room for another mail in memory: max_total_size is reached");
                        self.session.refuse_for_room();
                        self.share.take(self.session.mail_octets());
                    }
                    self.read(stream, &mut chunk).await?;
                }
                Step::StartTls => return Ok(End::StartTls),
                Step::Login(credentials) => {
                    let outcome = self.log_in(credentials).await;
                    self.session.login_answer(outcome);
                }
                Step::Message { envelope, raw } => {
                    let (now, who, gate) = (Zoned::now(), self.who(), &self.context.gate);
                    let mut hold = self.context.memory.share();
                    hold.take(raw.len());
                    let arrival = Arrival { envelope, raw, hold: Box::new(hold) };
                    let mut waiting = Waiting::new(stream, &mut self.session, &mut chunk, self.context, &self.shutdown);
                    let admission = gate.admit(arrival, self.login.as_ref(), &who, &now, &mut waiting).await;
                    self.session.answer(reply(admission, &now, gate.utf8_replies()));
                }
                Step::Close => {
                    if let Some(why) = self.session.sent_away() {
                        tracing::warn!(peer = %self.peer, why, "a connection was ended");
                    }
                    return Ok(End::Closed);
                }
            }
        }
    }

    /// Reads once, or tells the session why nothing came.
    async fn read<S: AsyncRead + Unpin>(&mut self, stream: &mut S, chunk: &mut [u8]) -> io::Result<()> {
        // A server that ends waits for a mail that was begun, but for nothing else.
        if *self.shutdown.borrow() && self.last_call.is_none() {
            self.last_call = Some(Instant::now() + self.context.grace);
        }
        if self.last_call.is_some() && !self.session.in_transaction() {
            self.session.shutting_down();
            return Ok(());
        }
        let due = self.pace.deadline(&self.session, &self.context.limits);
        let deadline = self.last_call.map_or(due, |last_call| last_call.min(due));
        let ending = self.last_call.is_some();
        tokio::select! {
            read = timeout_at(deadline, stream.read(chunk)) => match read {
                Ok(Ok(0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(Ok(count)) => {
                    self.look_ahead().await;
                    self.session.input(&chunk[..count]);
                }
                Ok(Err(error)) => return Err(error),
                Err(_) if ending => self.session.shutting_down(),
                Err(_) if self.pace.is_out_of_time(&self.context.limits) => self.session.took_too_long(),
                Err(_) => self.session.timed_out(),
            },
            // Seen at the head of the next call. A sender that is gone says the same.
            changed = self.shutdown.changed(), if !ending => if changed.is_err() {
                self.last_call = Some(Instant::now() + self.context.grace);
            },
        }
        Ok(())
    }

    /// Before the next mail is begun: a full disk, or what the next server cannot take, is said at MAIL, not after the body.
    async fn look_ahead(&mut self) {
        if self.session.in_transaction() {
            return;
        }
        if let Some(offer) = self.context.gate.offer() {
            let max_size = offer.max_size.and_then(|size| usize::try_from(size).ok());
            self.session.set_beyond(Beyond { max_size, ascii_only: !offer.utf8 });
        }
        let trouble = self.context.gate.ready().await.err();
        if let Some(error) = &trouble {
            tracing::error!(%error, "no mail can be kept, so none is taken");
        }
        self.session.set_trouble(trouble.as_ref().map(not_stored));
    }

    async fn log_in(&mut self, credentials: Credentials) -> LoginOutcome {
        let (logins, trier) = (&self.context.logins, Trier::at(self.peer));
        if !logins.begin(&trier, std::time::Instant::now()) {
            tracing::warn!(peer = %self.peer, "a login was not tried: too many from this address failed");
            return LoginOutcome::TryLater {
                said: Some(
                    "too many logins from this address failed, it has to wait for a quarter of an hour".to_owned(),
                ),
            };
        }
        let Credentials { user, password, token } = credentials;
        let login = self.context.gate.verify_login(upstream::Login { user, password, token });
        match timeout(self.context.limits.answer, login).await.unwrap_or_else(|_| slow_login()) {
            LoginCheck::Accepted(login) => {
                logins.take_back(&trier);
                self.login = Some(login);
                LoginOutcome::Accepted
            }
            LoginCheck::Refused(said) => {
                let (failures, delay) = logins.failed(&trier, std::time::Instant::now());
                tracing::warn!(peer = %self.peer, failures, most = self.context.limits.failed_logins, "a login failed");
                tokio::time::sleep(delay).await;
                LoginOutcome::Refused { said }
            }
            LoginCheck::TryLater(said) => {
                logins.take_back(&trier);
                LoginOutcome::TryLater { said: Some(said) }
            }
        }
    }

    fn who(&self) -> String {
        self.login.as_ref().map_or_else(|| self.peer.to_string(), |login| login.user().to_owned())
    }
}

fn slow_login() -> LoginCheck {
    LoginCheck::TryLater("the mail server took too long".to_owned())
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Says goodbye, then reads what still comes until the client has gone.
async fn hang_up<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> io::Result<()> {
    let farewell = async {
        stream.shutdown().await?;
        let mut chunk = [0; 1024];
        while stream.read(&mut chunk).await? > 0 {}
        Ok(())
    };
    timeout(LINGER, farewell).await.unwrap_or(Ok(()))
}

/// The answer to a mail.
fn reply(admission: Admission, now: &Zoned, utf8: bool) -> Reply {
    match admission {
        Admission::Sent { text } => Reply::sent(&text),
        Admission::Held { id } => Reply::held(id.as_str()),
        Admission::Delayed { id, until } => {
            let until = until.to_zoned(now.time_zone().clone()).strftime("%H:%M:%S").to_string();
            Reply::delayed(id.as_str(), &until)
        }
        Admission::Queued { id } => Reply::queued(id.as_str()),
        Admission::Returned { lines } => Reply::returned(&lines, utf8),
        Admission::Rejected { lines } => Reply::rejected(&lines, utf8),
        Admission::Refused(answer) => refused(&answer),
        Admission::TryLater(answer) if answer.uncertain => Reply::try_later(&format!(
            "{}. The mail may have arrived all the same: ask before you send it again",
            answer.text
        )),
        Admission::TryLater(answer) => {
            // A refusal of the server that is no refusal of this mail (5yz to STARTTLS) must not read as one.
            let code = answer.code.filter(|code| (400..500).contains(code)).or(Some(451));
            refused(&Answer { code, ..answer })
        }
        Admission::Unanswered => Reply::try_later(
            "The mail server has the mail and has not answered yet. Send it again to hear what became of it: it does not go twice",
        ),
        Admission::NotStored(error) => not_stored(&error),
    }
}

fn refused(answer: &Answer) -> Reply {
    let text = match answer.recipients.as_slice() {
        [] => answer.text.clone(),
        refused => {
            let names: Vec<&str> = refused.iter().map(|address| address.as_str()).collect();
            let text = &answer.text;
            format!("The mail server refused <{}>, nothing was sent to anyone\n{text}", names.join(">, <"))
        }
    };
    Reply::refused_by_upstream(answer.code, answer.enhanced.as_deref(), &text)
}

fn not_stored(error: &StoreError) -> Reply {
    match error {
        StoreError::Full { .. } => Reply::storage_full(),
        // Paths and causes are the operator's to know.
        _ => Reply::try_later(
            "The mail could not be stored and was not sent: try again in a moment, if it stays so the log of atena says why",
        ),
    }
}

//! The stream under lettre: deadlines, replies read and counted by us, nothing unasked accepted.
//!
//! lettre has no timeouts after connecting and a reply parser that fails or hangs on what real servers send. So it
//! writes commands and dots through this stream, while replies are parsed here, kept in the [`Ledger`], and lettre is
//! told their class only. A server that speaks without being asked (smtp-anchors rule 11) ends the dialogue.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::failure::Failure;
use super::reply::{Reply, ReplyParser};

/// A socket, plain or under TLS.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Socket for T {}

/// What the dialogue and its stream tell each other; lettre stands between them and passes nothing of it on.
#[derive(Debug)]
pub(super) struct Ledger(Mutex<Entries>);

#[derive(Debug)]
struct Entries {
    /// Reading or writing past this instant fails with [`Failure::TimedOut`].
    deadline: Instant,
    /// Replies that the next write asks for.
    asked: usize,
    /// Replies asked for and not yet arrived.
    outstanding: usize,
    replies: VecDeque<Reply>,
    failure: Option<Failure>,
    /// Bytes have arrived that belong to no reply asked for.
    surplus: bool,
}

impl Ledger {
    fn new(limit: Duration) -> Arc<Ledger> {
        let entries = Entries {
            deadline: Instant::now() + limit,
            asked: 0,
            outstanding: 0,
            replies: VecDeque::new(),
            failure: None,
            surplus: false,
        };
        Arc::new(Ledger(Mutex::new(entries)))
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything from now on must be done within `limit`.
    pub(super) fn within(&self, limit: Duration) {
        self.entries().deadline = Instant::now() + limit;
    }

    /// The next write asks for this many replies.
    pub(super) fn ask(&self, replies: usize, limit: Duration) {
        self.entries().asked = replies;
        self.within(limit);
    }

    /// The next reply that arrived, or why there is none.
    pub(super) fn take(&self) -> Result<Reply, Failure> {
        let mut entries = self.entries();
        entries.replies.pop_front().ok_or_else(|| entries.failure.clone().unwrap_or(Failure::Closed))
    }

    /// Nothing more is written.
    pub(super) fn give_up(&self) {
        self.entries().failure.get_or_insert(Failure::GivenUp);
    }

    /// Why the stream gave up, if it did.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.entries().failure.clone()
    }

    /// Every reply was asked for and taken: the next command can be trusted to read its own reply.
    pub(super) fn is_in_step(&self) -> bool {
        let entries = self.entries();
        entries.failure.is_none() && entries.outstanding == 0 && entries.replies.is_empty() && !entries.surplus
    }
}

/// One connection's bytes.
pub(super) struct Stream {
    socket: Box<dyn Socket>,
    peer: SocketAddr,
    timer: Pin<Box<Sleep>>,
    /// Bytes received that no reply has taken yet.
    received: Vec<u8>,
    parser: ReplyParser,
    /// What lettre reads next.
    told: Vec<u8>,
    ledger: Arc<Ledger>,
}

impl Stream {
    /// `limit` is the time for the first reply.
    pub(super) fn new(socket: Box<dyn Socket>, peer: SocketAddr, limit: Duration) -> Stream {
        let ledger = Ledger::new(limit);
        let timer = Box::pin(tokio::time::sleep(limit));
        Stream { socket, peer, timer, received: Vec::new(), parser: ReplyParser::default(), told: Vec::new(), ledger }
    }

    pub(super) fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(&self.ledger)
    }

    /// Reads one reply without lettre, before it is given the stream.
    pub(super) async fn reply(&mut self) -> Result<Reply, Failure> {
        poll_fn(|cx| self.poll_reply(cx)).await
    }

    /// Puts a greeting in front, because lettre always reads one first; ours has read the real one already.
    pub(super) fn with_greeting(mut self) -> Stream {
        self.told = b"220 .\r\n".to_vec();
        self
    }

    /// The bare socket, for a TLS handshake.
    ///
    /// # Errors
    /// Bytes arrived behind the last reply: a third party may have put plaintext in front of the handshake
    /// (CVE-2011-0411), so this connection must end.
    pub(super) fn into_socket(self) -> Result<Box<dyn Socket>, Failure> {
        if self.received.is_empty() && self.parser.is_empty() { Ok(self.socket) } else { Err(Failure::Unasked(None)) }
    }

    fn fail<T>(&mut self, failure: Failure) -> Result<T, Failure> {
        self.ledger.entries().failure.get_or_insert_with(|| failure.clone());
        Err(failure)
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.ledger.entries().deadline;
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        self.timer.as_mut().poll(cx)
    }

    /// Adds to `received`. `Ok(false)` is the end of the stream.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Failure>> {
        let mut space = [0; 4096];
        let mut buffer = ReadBuf::new(&mut space);
        let read = ready!(Pin::new(&mut self.socket).poll_read(cx, &mut buffer));
        self.received.extend_from_slice(buffer.filled());
        Poll::Ready(match read {
            Ok(()) => Ok(!buffer.filled().is_empty()),
            Err(error) => Err(Failure::from(&error)),
        })
    }

    fn parse(&mut self) -> Result<Option<Reply>, Failure> {
        let (taken, reply) = self.parser.feed(&self.received).map_err(Failure::from)?;
        self.received.drain(..taken);
        Ok(reply)
    }

    fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Failure>> {
        loop {
            match self.parse() {
                Ok(Some(reply)) => return Poll::Ready(Ok(reply)),
                Ok(None) => {}
                Err(failure) => return Poll::Ready(self.fail(failure)),
            }
            match self.poll_more(cx) {
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => return Poll::Ready(self.fail(Failure::Closed)),
                Poll::Ready(Err(failure)) => return Poll::Ready(self.fail(failure)),
                Poll::Pending => {
                    ready!(self.poll_deadline(cx));
                    return Poll::Ready(self.fail(Failure::TimedOut));
                }
            }
        }
    }

    /// Fails if the server spoke or hung up although no reply is outstanding.
    fn check_silence(&mut self, cx: &mut Context<'_>) -> Result<(), Failure> {
        if self.received.is_empty() && self.parser.is_empty() {
            match self.poll_more(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(false)) => return self.fail(Failure::Closed),
                Poll::Ready(Err(failure)) => return self.fail(failure),
                Poll::Ready(Ok(true)) => {}
            }
        }
        let early = self.parse().ok().flatten();
        self.fail(Failure::Unasked(early))
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        if stream.told.is_empty() {
            let reply = ready!(stream.poll_reply(cx))?;
            // Second and third digit would only trip lettre's parser.
            stream.told = format!("{}50 .\r\n", reply.class()).into_bytes();
            let surplus = !stream.received.is_empty();
            let mut entries = stream.ledger.entries();
            entries.outstanding = entries.outstanding.saturating_sub(1);
            entries.surplus = surplus && entries.outstanding == 0;
            entries.replies.push_back(reply);
        }
        let length = stream.told.len().min(buffer.remaining());
        buffer.put_slice(&stream.told[..length]);
        stream.told.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        if let Some(failure) = stream.ledger.entries().failure.clone() {
            return Poll::Ready(Err(failure.into()));
        }
        // Replies to the first of several pipelined commands may come while the rest is written.
        if stream.ledger.entries().outstanding == 0 {
            stream.check_silence(cx)?;
        }
        match Pin::new(&mut stream.socket).poll_write(cx, bytes) {
            Poll::Ready(Ok(length)) => {
                let mut entries = stream.ledger.entries();
                entries.outstanding += std::mem::take(&mut entries.asked);
                Poll::Ready(Ok(length))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Ok(stream.fail(Failure::from(&error))?)),
            Poll::Pending => {
                ready!(stream.poll_deadline(cx));
                Poll::Ready(Ok(stream.fail(Failure::TimedOut)?))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        match Pin::new(&mut stream.socket).poll_flush(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => Poll::Ready(Ok(stream.fail(Failure::from(&error))?)),
            Poll::Pending => {
                ready!(stream.poll_deadline(cx));
                Poll::Ready(Ok(stream.fail(Failure::TimedOut)?))
            }
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Debug for Stream {
    /// Without any bytes: they are mail text and passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("peer", &self.peer).finish_non_exhaustive()
    }
}

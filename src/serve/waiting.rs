//! A client that waits for the answer to its mail: how long, and whether it is still there.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::smtp::{CHUNK, Context};
use crate::gate::{Author, Patience};
use crate::smtp::Session;

/// How long a client that closed its side may still listen.
const LAST_WORD: Duration = Duration::from_secs(5);

pub(super) struct Waiting<'a, S> {
    stream: &'a mut S,
    session: &'a mut Session,
    chunk: &'a mut [u8],
    deadline: Instant,
    shutdown: watch::Receiver<bool>,
    grace: Duration,
    closed: bool,
    ending: bool,
}

impl<'a, S> Waiting<'a, S> {
    /// From now on the client waits.
    pub(super) fn new(
        stream: &'a mut S,
        session: &'a mut Session,
        chunk: &'a mut [u8],
        context: &Context,
        shutdown: &watch::Receiver<bool>,
    ) -> Waiting<'a, S> {
        let deadline = Instant::now() + context.limits.answer;
        let (shutdown, grace) = (shutdown.clone(), context.grace);
        Waiting { stream, session, chunk, deadline, shutdown, grace, closed: false, ending: false }
    }
}

impl<S: AsyncRead + Send + Unpin> Author for Waiting<'_, S> {
    async fn next(&mut self) -> Patience {
        loop {
            // More than a chunk stays on the wire until the answer is given.
            let reads = !self.closed && self.session.backlog() < CHUNK;
            tokio::select! {
                () = sleep_until(self.deadline) => {
                    return if self.closed { Patience::Gone } else { Patience::Over };
                }
                read = self.stream.read(self.chunk), if reads => match read {
                    // It may only have said all it has to say.
                    Ok(0) => {
                        self.closed = true;
                        self.deadline = self.deadline.min(Instant::now() + LAST_WORD);
                        return Patience::Closed;
                    }
                    Ok(count) => self.session.input(&self.chunk[..count]),
                    Err(_) => return Patience::Gone,
                },
                // The answer must be out before connections are cut off.
                _ = self.shutdown.wait_for(|ends| *ends), if !self.ending => {
                    self.ending = true;
                    self.deadline = self.deadline.min(Instant::now() + self.grace);
                }
            }
        }
    }
}

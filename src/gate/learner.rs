//! Learning from mails that passed, behind the mails: nobody waits for it, and a mail it misses is no mail lost.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::correspondents::Outline;
use crate::store::People;

/// Mails learnt together are written in one transaction.
const WAIT: Duration = Duration::from_millis(500);
const BATCH: usize = 256;
/// A server that takes mails faster than they are learnt is not slowed down for it.
const MOST_WAITING: usize = 4096;

/// Learns from what it is given, in a thread of its own; dropped, it learns what it still has.
pub(super) struct Learner {
    queue: Option<SyncSender<Outline>>,
    thread: Option<JoinHandle<()>>,
}

impl Learner {
    /// `None` if the system gives no thread: mails pass all the same.
    pub(super) fn start(people: People) -> Option<Learner> {
        let (queue, outlines) = mpsc::sync_channel(MOST_WAITING);
        let thread = thread::Builder::new().name("learner".to_owned()).spawn(move || learn(&people, &outlines));
        thread
            .inspect_err(|error| tracing::error!(%error, "nothing is learnt from mails that pass"))
            .ok()
            .map(|thread| Learner { queue: Some(queue), thread: Some(thread) })
    }

    /// Learns from a mail that went out at `now`; the clock of its author may be wrong.
    pub(super) fn note(&self, outline: Outline, now: Timestamp) {
        let outline = Outline { at: Some(now), quoted: String::new(), ..outline };
        let Some(queue) = &self.queue else { return };
        if queue.try_send(outline).is_err() {
            tracing::debug!("a mail was not learnt from: too many at once");
        }
    }
}

impl Drop for Learner {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it was a bug in learning; mails are not touched by it.
            let _ = thread.join();
        }
    }
}

fn learn(people: &People, outlines: &Receiver<Outline>) {
    while let Ok(first) = outlines.recv() {
        let mut batch = vec![first];
        let end = Instant::now() + WAIT;
        let ended = loop {
            match outlines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(outline) => batch.push(outline),
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
            if batch.len() >= BATCH {
                break false;
            }
        };
        if let Err(error) = people.learn(batch) {
            tracing::warn!(%error, "mails that passed were not learnt from");
        }
        if ended {
            return;
        }
    }
}

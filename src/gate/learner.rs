//! Learning from mails that passed, behind the mails: nobody waits for it, and a mail it misses is no mail lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::correspondents::Outline;
use crate::message::{Envelope, Message};
use crate::store::People;

/// Mails learnt together are written in one transaction.
const WAIT: Duration = Duration::from_millis(500);
const BATCH: usize = 64;
/// A server that takes mails faster than they are learnt is not slowed down for it.
const MOST_WAITING: usize = 512;
/// Octets; larger mails teach nothing that smaller ones do not.
const LARGEST: usize = 1024 * 1024;

/// A mail to learn from.
enum Lesson {
    Outline(Box<Outline>),
    Raw { envelope: Envelope, raw: Vec<u8>, now: Timestamp },
}

impl Lesson {
    fn outline(self) -> Option<Outline> {
        let (envelope, raw, now) = match self {
            Lesson::Outline(outline) => return Some(*outline),
            Lesson::Raw { envelope, raw, now } => (envelope, raw, now),
        };
        let read = || {
            let mut message = Message::parse(&raw).ok()?;
            message.add_envelope(&envelope);
            Outline::of(&message)
        };
        let outline = catch_unwind(AssertUnwindSafe(read)).ok().flatten()?;
        let is_own = envelope.sender.as_ref().is_some_and(|sender| sender.key() == outline.sender);
        is_own.then(|| Outline { at: Some(now), quoted: String::new(), ..outline })
    }
}

/// Learns from what it is given, in a thread of its own; dropped, it learns what it still has.
pub(super) struct Learner {
    queue: Option<SyncSender<Lesson>>,
    thread: Option<JoinHandle<()>>,
}

impl Learner {
    /// `None` if the system gives no thread: mails pass all the same.
    pub(super) fn start(people: People) -> Option<Learner> {
        let (queue, lessons) = mpsc::sync_channel(MOST_WAITING);
        let thread = thread::Builder::new().name("learner".to_owned()).spawn(move || learn(&people, &lessons));
        thread
            .inspect_err(|error| tracing::error!(%error, "nothing is learnt from mails that pass"))
            .ok()
            .map(|thread| Learner { queue: Some(queue), thread: Some(thread) })
    }

    /// Learns from a mail that went out at `now`; the clock of its author may be wrong.
    pub(super) fn note(&self, outline: Outline, now: Timestamp) {
        self.put(Lesson::Outline(Box::new(Outline { at: Some(now), quoted: String::new(), ..outline })));
    }

    /// The same for a mail that nobody has read for this yet. It is read in the learner's thread: what its text does to
    /// its reader must not touch the record that it was sent.
    pub(super) fn note_raw(&self, envelope: &Envelope, raw: &[u8], now: Timestamp) {
        if raw.len() <= LARGEST {
            self.put(Lesson::Raw { envelope: envelope.clone(), raw: raw.to_vec(), now });
        }
    }

    fn put(&self, lesson: Lesson) {
        let Some(queue) = &self.queue else { return };
        if queue.try_send(lesson).is_err() {
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

fn learn(people: &People, lessons: &Receiver<Lesson>) {
    while let Ok(first) = lessons.recv() {
        let mut batch: Vec<Outline> = first.outline().into_iter().collect();
        let end = Instant::now() + WAIT;
        let ended = loop {
            match lessons.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(lesson) => batch.extend(lesson.outline()),
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

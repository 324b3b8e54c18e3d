//! Learning from mails that passed, behind the mails: nobody waits for it, and a mail it misses is no mail lost.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::feedback::outline;
use crate::correspondents::Outline;
use crate::correspondents::feedback::Notes;
use crate::message::Envelope;
use crate::store::People;

/// Mails learnt together are written in one transaction.
const WAIT: Duration = Duration::from_millis(500);
const BATCH: usize = 64;
/// A server that takes mails faster than they are learnt is not slowed down for it.
const MOST_WAITING: usize = 512;
/// Octets; larger mails teach nothing that smaller ones do not.
pub(super) const LARGEST: usize = 1024 * 1024;

/// A mail to learn from.
enum Lesson {
    Outline(Box<Outline>),
    Raw {
        envelope: Envelope,
        raw: Vec<u8>,
        now: Timestamp,
    },
    /// What became of the findings of a mail, and what it corrects.
    Notes(Box<Notes>),
}

/// What is written together.
#[derive(Default)]
struct Batch {
    outlines: Vec<Outline>,
    notes: Vec<Notes>,
}

impl Batch {
    fn add(&mut self, lesson: Lesson) {
        match lesson {
            Lesson::Outline(outline) => self.outlines.push(*outline),
            Lesson::Raw { envelope, raw, now } => {
                let read = outline(&envelope, &raw);
                self.outlines.extend(read.map(|one| Outline { at: Some(now), quoted: String::new(), ..one }));
            }
            Lesson::Notes(notes) => self.notes.push(*notes),
        }
    }

    fn is_full(&self) -> bool {
        self.outlines.len() + self.notes.len() >= BATCH
    }

    fn write(self, people: &People) {
        if !self.outlines.is_empty()
            && let Err(error) = people.learn(self.outlines)
        {
            tracing::warn!(%error, "mails that passed were not learnt from");
        }
        if !self.notes.is_empty()
            && let Err(error) = people.note(self.notes)
        {
            tracing::warn!(%error, "what became of findings was not noted");
        }
    }
}

/// Learns from what it is given, in a thread of its own; dropped, it learns what it still has.
pub(super) struct Learner {
    /// Whom mails go to is learnt; else only what becomes of findings.
    learns: bool,
    queue: Option<SyncSender<Lesson>>,
    thread: Option<JoinHandle<()>>,
}

impl Learner {
    /// `None` if the system gives no thread: mails pass all the same.
    pub(super) fn start(people: People, learns: bool) -> Option<Learner> {
        let (queue, lessons) = mpsc::sync_channel(MOST_WAITING);
        let thread = thread::Builder::new().name("learner".to_owned()).spawn(move || learn(&people, &lessons));
        thread
            .inspect_err(|error| tracing::error!(%error, "nothing is learnt from mails that pass"))
            .ok()
            .map(|thread| Learner { learns, queue: Some(queue), thread: Some(thread) })
    }

    /// Learns from a mail that went out at `now`; the clock of its author may be wrong.
    pub(super) fn note(&self, outline: Outline, now: Timestamp) {
        if self.learns {
            self.put(Lesson::Outline(Box::new(Outline { at: Some(now), quoted: String::new(), ..outline })));
        }
    }

    /// Keeps what became of the findings of a mail.
    pub(super) fn keep(&self, notes: Notes) {
        if !notes.fates.is_empty() || notes.trace.is_some() {
            self.put(Lesson::Notes(Box::new(notes)));
        }
    }

    /// The same for a mail that nobody has read for this yet. It is read in the learner's thread: what its text does to
    /// its reader must not touch the record that it was sent.
    pub(super) fn note_raw(&self, envelope: &Envelope, raw: &[u8], now: Timestamp) {
        if self.learns && raw.len() <= LARGEST {
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
        let mut batch = Batch::default();
        batch.add(first);
        let end = Instant::now() + WAIT;
        let ended = loop {
            match lessons.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(lesson) => batch.add(lesson),
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
            if batch.is_full() {
                break false;
            }
        };
        batch.write(people);
        if ended {
            return;
        }
    }
}

//! A mail under way to the next server, and how long its author waits for it.
//!
//! Until its final dot a mail can be called back; from then on it may arrive, whatever its author is told (RFC 1047). A
//! mail whose author stopped waiting after that goes on by itself. When the same mail comes again, its author hears what
//! became of the first one, and no second copy leaves. Kept in memory: after a crash a mail may go twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::message::Envelope;
use crate::upstream::{Answer, Login, Outcome, Upstream};

/// Authors who stopped waiting, at a time. Beyond, a mail that comes again goes again.
const MOST: usize = 1000;

/// What an author does who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Says nothing more: perhaps to listen, perhaps for good. Another one follows.
    Closed,
    /// Still there, and has to be told something now.
    Over,
    /// Hung up: no answer will be heard.
    Gone,
}

/// An author who waits.
pub trait Author: Send {
    /// The next thing that happens; dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Patience> + Send;
}

/// Waits until the author waits no longer.
pub(super) async fn leaves(author: &mut impl Author) -> Patience {
    loop {
        match author.next().await {
            Patience::Closed => {}
            patience => return patience,
        }
    }
}

/// A mail as it came, with what it takes of the memory there is.
pub struct Arrival {
    pub envelope: Envelope,
    pub raw: Vec<u8>,
    /// Dropped when nothing of the mail is in memory any more.
    pub hold: Box<dyn Send + Sync>,
}

/// What goes to the next server.
pub(super) struct Parcel {
    pub(super) envelope: Envelope,
    pub(super) raw: Vec<u8>,
    /// Given back with the mail.
    pub(super) _hold: Box<dyn Send + Sync>,
}

/// One attempt on its own, and its author. Dropped, it is called back if it still can be.
pub(super) struct Passage(Arc<Attempt>);

/// What author and whoever sends the same mail again share.
pub(super) struct Attempt {
    stage: Stage,
    /// Its author no longer waits.
    unheard: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// Whether the final dot left, or the mail was called back before: one of them, whoever comes first.
#[derive(Default)]
struct Stage(AtomicU8);

const OPEN: u8 = 0;
const DOT: u8 = 1;
const CALLED_BACK: u8 = 2;

/// What an author who waits gets to know.
pub(super) enum Heard {
    Outcome(Outcome),
    /// Nothing was sent, and nothing will be.
    CalledBack(Patience),
    /// The final dot has left, and the answer is still to come.
    Unanswered,
}

impl Stage {
    fn reach(&self, stage: u8) -> bool {
        self.0.compare_exchange(OPEN, stage, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn is(&self, stage: u8) -> bool {
        self.0.load(Ordering::Acquire) == stage
    }
}

impl Attempt {
    /// Takes the mail back; `false` when its final dot has left.
    pub(super) fn call_back(&self) -> bool {
        let called = self.stage.reach(CALLED_BACK);
        if called && let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
        called
    }

    /// Waits for the outcome; `None` if the mail was called back.
    async fn outcome(&self) -> Option<Outcome> {
        let mut outcome = self.outcome.clone();
        let ended = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        match ended {
            None if !self.stage.is(CALLED_BACK) => Some(Outcome::TryLater(self.broken_off())),
            ended => ended,
        }
    }

    fn broken_off(&self) -> Answer {
        Answer { uncertain: self.stage.is(DOT), ..super::own_answer("[atena] the attempt broke off, see the log") }
    }

    /// Waits with an author who sent the same mail again.
    pub(super) async fn heard_again(&self, author: &mut impl Author) -> Heard {
        tokio::select! {
            biased;
            outcome = self.outcome() => outcome.map_or(Heard::CalledBack(Patience::Over), Heard::Outcome),
            _ = leaves(author) => Heard::Unanswered,
        }
    }
}

impl Passage {
    pub(super) fn begin(upstream: Upstream, parcel: Arc<Parcel>, login: Option<Login>) -> Passage {
        let (tell, outcome) = watch::channel(None);
        let (stage, unheard, task) = (Stage::default(), AtomicBool::new(false), Mutex::default());
        let attempt = Arc::new(Attempt { stage, unheard, task, outcome });
        let dot = Arc::clone(&attempt);
        let task = tokio::spawn(async move {
            let wanted = || dot.stage.reach(DOT);
            let outcome = upstream.send_if(&parcel.envelope, &parcel.raw, login.as_ref(), &wanted).await;
            drop(parcel);
            if dot.unheard.load(Ordering::Acquire) {
                let sent = matches!(outcome, Outcome::Sent { .. });
                tracing::info!(sent, "a mail whose author no longer waits came to its end");
            }
            // Nobody may listen any more.
            let _ = tell.send(Some(outcome));
        });
        *attempt.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        Passage(attempt)
    }

    /// Waits with the author; `closed` is called when the author may have gone.
    pub(super) async fn heard(&self, author: &mut impl Author, closed: impl Fn(Arc<Attempt>)) -> Heard {
        let patience = loop {
            tokio::select! {
                biased;
                outcome = self.0.outcome() => return self.told(outcome),
                patience = author.next() => match patience {
                    Patience::Closed => closed(Arc::clone(&self.0)),
                    patience => break patience,
                },
            }
        };
        if !self.0.call_back() {
            return Heard::Unanswered;
        }
        // Its mail is free again only then.
        let _ = self.0.outcome.clone().wait_for(Option::is_some).await;
        Heard::CalledBack(patience)
    }

    fn told(&self, outcome: Option<Outcome>) -> Heard {
        outcome.map_or(Heard::CalledBack(Patience::Gone), Heard::Outcome)
    }

    pub(super) fn attempt(&self) -> Arc<Attempt> {
        Arc::clone(&self.0)
    }
}

/// A connection that is cut off, or breaks down, has answered nobody.
impl Drop for Passage {
    fn drop(&mut self) {
        self.0.call_back();
    }
}

/// The mails whose authors stopped waiting, by what makes a mail the same mail.
#[derive(Default)]
pub(super) struct Passages(Mutex<HashMap<String, (Instant, Arc<Attempt>)>>);

impl Passages {
    pub(super) fn is_empty(&self) -> bool {
        self.unheard().is_empty()
    }

    /// The attempt that was kept under this key, if that is no longer ago than `window`.
    pub(super) fn find(&self, key: &str, window: Duration) -> Option<Arc<Attempt>> {
        let unheard = self.unheard();
        let (_, attempt) = unheard.get(key).filter(|(since, _)| since.elapsed() < window)?;
        Some(Arc::clone(attempt))
    }

    /// Keeps an attempt for as long as the same mail counts as the same.
    pub(super) fn keep(&self, key: String, attempt: Arc<Attempt>, window: Duration) {
        attempt.unheard.store(true, Ordering::Release);
        let mut unheard = self.unheard();
        unheard.retain(|_, (since, _)| since.elapsed() < window);
        if unheard.len() < MOST {
            unheard.insert(key, (Instant::now(), attempt));
        }
    }

    /// Its author has heard the outcome, or the mail was called back.
    pub(super) fn forget(&self, key: &str, attempt: &Arc<Attempt>) {
        let mut unheard = self.unheard();
        if unheard.get(key).is_some_and(|(_, known)| Arc::ptr_eq(known, attempt)) {
            unheard.remove(key);
        }
    }

    fn unheard(&self) -> MutexGuard<'_, HashMap<String, (Instant, Arc<Attempt>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

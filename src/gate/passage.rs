//! A mail under way to the next server, and how long its author waits for it.
//!
//! Until its final dot a mail can be called back; from then on it may arrive, whatever its author is told (RFC 1047). A
//! mail whose author stopped waiting after that goes on by itself. When the same mail comes again, its author hears what
//! became of the first one, and no second copy leaves. Kept in memory: after a crash a mail may go twice.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::message::Envelope;
use crate::upstream::{Answer, Login, Outcome, Upstream};

/// How long the outcome of a mail waits for the author who has not heard it.
const KEPT: Duration = Duration::from_secs(3600);

/// Authors who stopped waiting, at a time. A server that stalls for more of them is told by the answers anyway.
const MOST: usize = 1000;

/// The author of a mail no longer waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Still there, and has to be told something now.
    Over,
    /// Hung up: no answer will be heard.
    Gone,
}

/// Ends when the author no longer waits.
pub type Waiting<'a> = Pin<&'a mut (dyn Future<Output = Patience> + Send)>;

/// What goes to the next server.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) envelope: Envelope,
    pub(super) raw: Vec<u8>,
}

/// One attempt, on its own.
pub(super) struct Passage {
    stage: Arc<Stage>,
    attempt: JoinHandle<Outcome>,
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
    Unanswered(Passage),
}

impl Stage {
    fn reach(&self, stage: u8) -> bool {
        self.0.compare_exchange(OPEN, stage, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn is(&self, stage: u8) -> bool {
        self.0.load(Ordering::Acquire) == stage
    }
}

impl Passage {
    pub(super) fn begin(upstream: Upstream, parcel: Arc<Parcel>, login: Option<Login>) -> Passage {
        let stage = Arc::new(Stage::default());
        let dot = Arc::clone(&stage);
        let attempt = tokio::spawn(async move {
            // Asked again on a second connection, the dot of the first never left.
            let wanted = || dot.reach(DOT) || dot.is(DOT);
            upstream.send_if(&parcel.envelope, &parcel.raw, login.as_ref(), &wanted).await
        });
        Passage { stage, attempt }
    }

    /// Waits with the author.
    pub(super) async fn heard(mut self, waiting: Waiting<'_>) -> Heard {
        let patience = tokio::select! {
            biased;
            ended = &mut self.attempt => {
                return Heard::Outcome(ended.unwrap_or_else(|_| Outcome::TryLater(self.broken_off())));
            }
            patience = waiting => patience,
        };
        if !self.stage.reach(CALLED_BACK) {
            return Heard::Unanswered(self);
        }
        self.attempt.abort();
        // Its mail is free again only then.
        let _ = (&mut self.attempt).await;
        Heard::CalledBack(patience)
    }

    fn broken_off(&self) -> Answer {
        Answer { uncertain: self.stage.is(DOT), ..super::own_answer("[atena] the attempt broke off, see the log") }
    }
}

/// The mails whose authors stopped waiting, by what makes a mail the same mail.
#[derive(Default)]
pub(super) struct Passages(Mutex<HashMap<String, (Instant, Passage)>>);

impl Passages {
    pub(super) fn is_empty(&self) -> bool {
        self.unheard().is_empty()
    }

    pub(super) fn take(&self, key: &str) -> Option<Passage> {
        self.unheard().remove(key).map(|(_, passage)| passage)
    }

    pub(super) fn keep(&self, key: String, passage: Passage) {
        let mut unheard = self.unheard();
        unheard.retain(|_, (since, _)| since.elapsed() < KEPT);
        if unheard.len() < MOST {
            unheard.insert(key, (Instant::now(), passage));
        }
    }

    fn unheard(&self) -> MutexGuard<'_, HashMap<String, (Instant, Passage)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

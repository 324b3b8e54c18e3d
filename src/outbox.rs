//! Sends what was released, delayed or queued: claim, send, finish.
//!
//! Knows the store and what became of a mail ([`Outcome`]), not how it is sent. Every decision is in the store before
//! the next one is made, so a crash at any point leaves a mail that is sent again, never one that is forgotten.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::notice::News;
use crate::store::{Claim, Failure, Finish, NewMail, Store, StoreError};
use crate::upstream::{Answer, Outcome};

/// Hands one mail to the next server.
pub trait Sender: Send + Sync + 'static {
    /// Tries once. May be dropped when it outlasts [`Options::send_limit`].
    fn send(&self, mail: &Claim) -> impl Future<Output = Attempt> + Send;

    /// A mail that tells the author of `mail` the news, if it is to be told. Kept together with the outcome.
    fn tell(&self, mail: &Claim, news: News<'_>) -> Option<NewMail> {
        let _ = (mail, news);
        None
    }
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    Ended(Outcome),
    /// There is no password for it until its author logs in again; why, for people. It waits as long as that takes.
    NoLogin(String),
}

impl Attempt {
    /// What was answered, where the mail was not sent.
    fn answer(&self) -> Option<&Answer> {
        match self {
            Attempt::Ended(Outcome::Refused(answer) | Outcome::TryLater(answer)) => Some(answer),
            Attempt::Ended(Outcome::Sent { .. }) | Attempt::NoLogin(_) => None,
        }
    }
}

impl From<Outcome> for Attempt {
    fn from(outcome: Outcome) -> Attempt {
        Attempt::Ended(outcome)
    }
}

/// How an outbox works.
#[derive(Clone)]
pub struct Options {
    /// Mails of one account being sent at once: a server that stalls holds up its own mails only.
    pub concurrency: usize,
    /// Mails being sent at once over all accounts.
    pub most: usize,
    /// How long a claimed mail is ours. It is not renewed, so it is longer than [`Options::send_limit`].
    pub lease: Duration,
    /// The longest an attempt may take, then its connection is given up and the outcome is uncertain. Longer than
    /// the ten minutes a server may take to answer the end of the data (RFC 5321 section 4.5.3.2.6).
    pub send_limit: Duration,
    /// How often to look for mails that became due or that another process released.
    pub poll: Duration,
    /// How long to keep trying before a person has to decide (RFC 5321 section 4.5.4.1: at least 4–5 days).
    pub expiry: Duration,
    /// Written beside each claim, for the operator: host and process.
    pub owner: String,
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// A random number from 0 to 1.
    pub jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            concurrency: 4,
            most: 32,
            lease: Duration::from_secs(15 * 60),
            send_limit: Duration::from_secs(14 * 60),
            poll: Duration::from_secs(1),
            expiry: Duration::from_secs(4 * 24 * 3600),
            // Process numbers come again after a restart, in containers always the same one.
            owner: format!("process {} since {}", std::process::id(), Timestamp::now()),
            clock: Arc::new(Timestamp::now),
            jitter: Arc::new(random),
        }
    }
}

/// The least wait after the n-th attempt (from 1): 1, 2, 4, 8, 16, 32 minutes, then an hour each time. `jitter`
/// (0 to 1) adds up to a fifth, so that mails that failed together do not come back together.
pub fn backoff(attempt: u32, jitter: f64) -> Duration {
    let minutes = 1_u64.checked_shl(attempt.saturating_sub(1)).map_or(60, |minutes| minutes.clamp(1, 60));
    // `max` turns what is not a number into 0.
    Duration::from_secs(minutes * 60).mul_f64(1.0 + 0.2 * jitter.max(0.0).clamp(0.0, 1.0))
}

/// What to record after an attempt.
pub fn decide(claim: &Claim, attempt: Attempt, now: Timestamp, expiry: Duration, jitter: f64) -> Finish {
    let outcome = match attempt {
        Attempt::Ended(outcome) => outcome,
        Attempt::NoLogin(reason) => {
            let not_before = later(now, backoff(claim.attempt, jitter));
            return Finish::Retry { not_before, uncertain: false, reason };
        }
    };
    match outcome {
        Outcome::Sent { text } => Finish::Sent { text },
        Outcome::Refused(answer) => {
            Finish::Failed { why: Failure::Refused, uncertain: answer.uncertain, reason: answer.line() }
        }
        Outcome::TryLater(answer) if expired(claim, now, expiry) => {
            Finish::Failed { why: Failure::Expired, uncertain: answer.uncertain, reason: answer.line() }
        }
        Outcome::TryLater(answer) => Finish::Retry {
            not_before: later(now, backoff(claim.attempt, jitter)),
            uncertain: answer.uncertain,
            reason: answer.line(),
        },
    }
}

/// Sends until `shutdown` turns true or its sender is gone; then finishes the mails in hand and returns.
///
/// Errors of the store are logged and tried again: the mails are safe, and a person may be making room on the disk.
pub async fn run<S: Sender>(store: Store, sender: S, options: Options, mut shutdown: watch::Receiver<bool>) {
    let sender = Arc::new(sender);
    let mut sending = Attempts::default();
    let mut trouble = false;
    while !*shutdown.borrow() {
        let filled = fill(&store, &sender, &options, &mut sending).await;
        let wait = match &filled {
            Ok(next_due) => until(*next_due, &options, sending.len()),
            Err(_) => options.poll,
        };
        report(&filled, &mut trouble);
        tokio::select! {
            changed = shutdown.changed() => if changed.is_err() { break },
            () = store.ready(), if filled.is_ok() => {}
            true = sending.end_one() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    while sending.end_one().await {}
}

/// Claims what is due and starts sending it, up to the limit. Returns when the next mail is due.
async fn fill<S: Sender>(
    store: &Store,
    sender: &Arc<S>,
    options: &Options,
    sending: &mut Attempts,
) -> Result<Option<Timestamp>, StoreError> {
    while sending.len() < options.most.max(1) {
        // Looking first costs no lock: an idle outbox never gets in the way of other processes.
        let busy = sending.busy(options.concurrency.max(1));
        let next_due = store.next_due_but(&busy).await?;
        // One time for both: a clock that jumps between them would have a mail claimed that is under way.
        let now = (options.clock)();
        if sending.has_overslept(now) {
            break;
        }
        if next_due.is_none_or(|due| due > now) {
            return Ok(next_due);
        }
        let claim = store.claim_but(&busy, now, options.lease, &options.owner).await?;
        let Some(claim) = claim else { continue };
        tracing::debug!(mail = %claim.id, attempt = claim.attempt, "sending");
        let running = Running { account: claim.account.clone().unwrap_or_default(), lease_until: claim.lease_until };
        sending.spawn(running, attempt(store.clone(), Arc::clone(sender), options.clone(), claim));
    }
    Ok(None)
}

/// One attempt, from claim to record.
async fn attempt<S: Sender>(store: Store, sender: Arc<S>, options: Options, claim: Claim) {
    let outcome = if let Some(cause) = &claim.damage {
        let text = format!("the stored text of the mail cannot be read: {cause}");
        Outcome::Refused(Answer { uncertain: claim.uncertain, ..uncertain(&text) }).into()
    } else if claim.resumed && expired(&claim, (options.clock)(), options.expiry) {
        // A mail whose attempts end in a crash each time must not go round for ever.
        Outcome::TryLater(uncertain("the attempts before never ended")).into()
    } else {
        tokio::time::timeout(options.send_limit, sender.send(&claim))
            .await
            .unwrap_or_else(|_| Outcome::TryLater(uncertain("no answer within the time allowed for an attempt")).into())
    };
    let answer = outcome.answer().cloned();
    let finish = decide(&claim, outcome, (options.clock)(), options.expiry, (options.jitter)());
    let news = match (&finish, &answer) {
        (Finish::Sent { .. }, _) => Some(News::Relayed),
        (Finish::Failed { .. }, Some(answer)) if claim.damage.is_some() => Some(News::Damaged(answer)),
        (Finish::Failed { why: Failure::Refused, .. }, Some(answer)) => Some(News::Refused(answer)),
        (Finish::Failed { why: Failure::Expired, .. }, Some(answer)) => Some(News::Expired(answer)),
        (Finish::Failed { .. }, None) | (Finish::Retry { .. }, _) => None,
    };
    let notice = news.and_then(|news| sender.tell(&claim, news));
    match &finish {
        Finish::Sent { .. } => tracing::info!(mail = %claim.id, attempt = claim.attempt, "sent"),
        Finish::Retry { not_before, uncertain, .. } => {
            tracing::warn!(mail = %claim.id, attempt = claim.attempt, %not_before, uncertain, "not sent yet");
        }
        Finish::Failed { why, uncertain, .. } => {
            tracing::warn!(mail = %claim.id, attempt = claim.attempt, why = why.as_str(), uncertain, "not delivered");
        }
    }
    settle(&store, &claim, finish, notice, &options).await;
}

/// Records the outcome. While the disk takes no writes it keeps trying, because a mail that was sent and is not
/// recorded goes twice, the notice matters less; when the lease has run out the mail is anyone's again.
async fn settle(store: &Store, claim: &Claim, finish: Finish, notice: Option<NewMail>, options: &Options) {
    let mut notice = notice;
    loop {
        let now = (options.clock)();
        let Err(error) = store.finish_and_tell(claim, finish.clone(), notice.clone(), now).await else { return };
        if let Finish::Sent { .. } = finish {
            // A notice that finds no room must not have the mail sent a second time.
            notice = None;
        }
        let lost = matches!(error, StoreError::Lost { .. } | StoreError::Stopped) || now >= claim.lease_until;
        tracing::error!(mail = %claim.id, %error, again = !lost, "the outcome could not be recorded");
        if lost {
            return;
        }
        tokio::time::sleep(options.poll.max(Duration::from_millis(100))).await;
    }
}

fn expired(claim: &Claim, now: Timestamp, expiry: Duration) -> bool {
    now >= later(claim.queued_at, expiry)
}

/// How long to sleep when nothing else happens.
fn until(next_due: Option<Timestamp>, options: &Options, sending: usize) -> Duration {
    let full = sending >= options.most.max(1);
    let wait = next_due.filter(|_| !full).map(|due| due.as_millisecond() - (options.clock)().as_millisecond());
    let wait = wait.map_or(options.poll, |wait| Duration::from_millis(u64::try_from(wait).unwrap_or(0)));
    wait.min(options.poll)
}

/// One line when the store stops answering and one when it does again, not one per look.
fn report(filled: &Result<Option<Timestamp>, StoreError>, trouble: &mut bool) {
    match filled {
        Ok(_) if *trouble => tracing::info!("the outbox works again"),
        Err(error) if !*trouble => tracing::error!(%error, "the outbox cannot read or claim mails; it keeps trying"),
        Ok(_) | Err(_) => {}
    }
    *trouble = filled.is_err();
}

/// The attempts of this process.
#[derive(Default)]
struct Attempts {
    tasks: JoinSet<()>,
    running: HashMap<tokio::task::Id, Running>,
}

struct Running {
    account: String,
    lease_until: Timestamp,
}

impl Attempts {
    fn len(&self) -> usize {
        self.tasks.len()
    }

    fn spawn(&mut self, running: Running, attempt: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(attempt).id();
        self.running.insert(id, running);
    }

    /// The accounts that have as many mails on their way as they may.
    fn busy(&self, most: usize) -> Vec<String> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for running in self.running.values() {
            *counts.entry(&running.account).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count >= most).map(|(account, _)| account.to_owned()).collect()
    }

    /// Whether an attempt still runs although its lease is over: the lease goes by the wall clock, and a laptop that slept
    /// wakes up in the middle of an attempt. Claiming now could give the same mail out a second time.
    fn has_overslept(&self, now: Timestamp) -> bool {
        self.running.values().any(|running| running.lease_until <= now)
    }

    /// Waits for one attempt to end; `false` if there is none.
    async fn end_one(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else { return false };
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!("an attempt broke off; the mail is tried again when its lease has run out");
                error.id()
            }
        };
        self.running.remove(&id);
        true
    }
}

fn uncertain(text: &str) -> Answer {
    Answer { code: None, enhanced: None, text: text.to_owned(), recipients: Vec::new(), uncertain: true }
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// From 0 to 1, from the keys the system gives every hash table.
fn random() -> f64 {
    use std::hash::BuildHasher;
    let bits = std::hash::RandomState::new().hash_one(0_u8);
    bits as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_grow_by_a_fifth_at_most() {
        let minutes: Vec<u64> = (0..10).map(|attempt| backoff(attempt, 0.0).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff(u32::MAX, 1.0), Duration::from_secs(72 * 60));
        assert_eq!(backoff(1, 0.5), Duration::from_secs(66));
        for jitter in [f64::NAN, f64::NEG_INFINITY, -1.0, 2.0, f64::INFINITY] {
            assert!((60..=72).contains(&backoff(1, jitter).as_secs()), "{jitter}");
        }
    }

    #[test]
    fn random_numbers_stay_in_range_and_vary() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!(numbers.iter().any(|&number| number < 0.5) && numbers.iter().any(|&number| number >= 0.5));
    }
}

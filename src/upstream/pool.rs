//! Open dialogues kept for the next mail of the same login.
//!
//! A session is taken out while it is used and comes back only in step: one whose future was dropped in the middle
//! of a dialogue is closed by that drop and never seen again.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::Login;
use super::session::Session;

pub(super) struct Pool {
    idle: Mutex<Vec<Idle>>,
    /// A secret of this process; the hash of a password tells nothing without it.
    hasher: RandomState,
    max_idle: usize,
    lifetime: Duration,
    sweeping: AtomicBool,
}

/// Whose session it is: nobody's, or this user's with this very password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Owner(Option<(String, u64)>);

struct Idle {
    owner: Owner,
    session: Session,
    since: Instant,
}

impl Pool {
    pub(super) fn new(max_idle: usize, lifetime: Duration) -> Arc<Pool> {
        let idle = Mutex::new(Vec::new());
        Arc::new(Pool { idle, hasher: RandomState::new(), max_idle, lifetime, sweeping: AtomicBool::new(false) })
    }

    /// Users are compared by name, passwords by a keyed hash, so that none stays in memory.
    pub(super) fn owner(&self, login: Option<&Login>) -> Owner {
        Owner(
            login
                .map(|login| (login.user.clone(), self.hasher.hash_one((login.token, login.password.expose_secret())))),
        )
    }

    /// The session of this owner that was used last.
    pub(super) fn take(&self, owner: &Owner) -> Option<Session> {
        let mut idle = self.lock();
        let index = idle.iter().rposition(|one| one.owner == *owner && one.since.elapsed() < self.lifetime)?;
        Some(idle.remove(index).session)
    }

    /// Keeps a session that is in step; beyond the limit the oldest one goes.
    pub(super) fn put(self: &Arc<Pool>, owner: Owner, session: Session) {
        if self.max_idle == 0 {
            tokio::spawn(session.quit());
            return;
        }
        let surplus = {
            let mut idle = self.lock();
            let surplus = (idle.len() >= self.max_idle).then(|| idle.remove(0));
            idle.push(Idle { owner, session, since: Instant::now() });
            surplus
        };
        if let Some(one) = surplus {
            tokio::spawn(one.session.quit());
        }
        if !self.sweeping.swap(true, Ordering::AcqRel) {
            tokio::spawn(sweep(Arc::downgrade(self), self.lifetime));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out what is too old; returns when the next one will be, if any is left.
    fn expire(&self) -> (Vec<Session>, Option<Instant>) {
        let mut idle = self.lock();
        let young = idle.iter().position(|one| one.since.elapsed() < self.lifetime).unwrap_or(idle.len());
        let old = idle.drain(..young).map(|one| one.session).collect();
        let next = idle.first().map(|one| one.since + self.lifetime);
        if next.is_none() {
            // Under the lock, so that a session put in now starts a new sweep.
            self.sweeping.store(false, Ordering::Release);
        }
        (old, next)
    }
}

/// Closes sessions at the end of their lifetime, until none is left or the pool is gone.
async fn sweep(pool: Weak<Pool>, lifetime: Duration) {
    let mut next = Instant::now() + lifetime;
    loop {
        tokio::time::sleep_until(next).await;
        let Some(pool) = pool.upgrade() else { return };
        let (old, later) = pool.expire();
        drop(pool);
        for session in old {
            session.quit().await;
        }
        match later {
            Some(instant) => next = instant,
            None => return,
        }
    }
}

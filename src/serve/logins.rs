//! Failed logins, by address: answered later and later, then not tried any more.
//!
//! Every try goes to the provider. Whoever guesses here would have the provider lock the user out, or us.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::room::owner;

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A person mistypes twice.
const FREE: u32 = 2;

/// The longest an answer is put off.
const SLOWEST: Duration = Duration::from_secs(16);

/// The failures of the last quarter of an hour.
pub(super) struct Logins {
    limit: usize,
    failures: Mutex<HashMap<IpAddr, Vec<Instant>>>,
}

impl Logins {
    pub(super) fn new(limit: usize) -> Logins {
        Logins { limit, failures: Mutex::default() }
    }

    /// Whether `address` may try. This machine always may: one program with an old password must not lock its owner out.
    pub(super) fn allows(&self, address: IpAddr, now: Instant) -> bool {
        if address.to_canonical().is_loopback() {
            return true;
        }
        let failures = self.failures();
        let recent = failures.get(&owner(address)).map_or(0, |times| recent(times, now).count());
        recent < self.limit
    }

    /// Counts a failure: how many there are now, and how long to wait before saying so.
    pub(super) fn failed(&self, address: IpAddr, now: Instant) -> (usize, Duration) {
        let mut failures = self.failures();
        failures.retain(|_, times| recent(times, now).next().is_some());
        let times = failures.entry(owner(address)).or_default();
        let mut kept: Vec<Instant> = recent(times, now).collect();
        kept.push(now);
        let count = kept.len();
        *times = kept;
        let doublings = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(FREE + 1);
        let delay = if count > FREE as usize { 1_u64.checked_shl(doublings).unwrap_or(u64::MAX) } else { 0 };
        (count, Duration::from_secs(delay).min(SLOWEST))
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Instant>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn recent(times: &[Instant], now: Instant) -> impl Iterator<Item = Instant> {
    times.iter().copied().filter(move |time| now.saturating_duration_since(*time) < WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_answered_later_and_later_then_not_tried() {
        let logins = Logins::new(8);
        let (address, now) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        let delays: Vec<u64> = (0..8).map(|_| logins.failed(address, now).1.as_secs()).collect();
        assert_eq!(delays, [0, 0, 1, 2, 4, 8, 16, 16]);
        assert!(!logins.allows(address, now));
        assert!(logins.allows(IpAddr::from([192, 0, 2, 2]), now), "another address");
        assert!(logins.allows(address, now + WINDOW), "after a quarter of an hour");
        let here = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..20 {
            logins.failed(here, now);
        }
        assert!(logins.allows(here, now));
        assert_eq!(logins.failed(address, now + WINDOW), (1, Duration::ZERO));
    }
}

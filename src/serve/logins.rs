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

    /// Whether `address` may try. It counts as a failure until it is none: many tries at once are many. This machine always
    /// may: one program with an old password must not lock its owner out.
    pub(super) fn begin(&self, address: IpAddr, now: Instant) -> bool {
        let mut failures = self.failures();
        failures.retain(|_, times| recent(times, now).next().is_some());
        let times = failures.entry(owner(address)).or_default();
        times.retain(|time| is_recent(*time, now));
        if times.len() >= self.limit && !address.to_canonical().is_loopback() {
            return false;
        }
        times.push(now);
        true
    }

    /// The last try of `address` was no failure.
    pub(super) fn take_back(&self, address: IpAddr) {
        if let Some(times) = self.failures().get_mut(&owner(address)) {
            times.pop();
        }
    }

    /// How many failures there are now, and how long to wait before saying so.
    pub(super) fn failed(&self, address: IpAddr, now: Instant) -> (usize, Duration) {
        let count = self.failures().get(&owner(address)).map_or(0, |times| recent(times, now).count());
        let doublings = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(FREE + 1);
        let delay = if count > FREE as usize { 1_u64.checked_shl(doublings).unwrap_or(u64::MAX) } else { 0 };
        (count, Duration::from_secs(delay).min(SLOWEST))
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Instant>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn recent(times: &[Instant], now: Instant) -> impl Iterator<Item = Instant> {
    times.iter().copied().filter(move |time| is_recent(*time, now))
}

fn is_recent(time: Instant, now: Instant) -> bool {
    now.saturating_duration_since(time) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_answered_later_and_later_then_not_tried() {
        let logins = Logins::new(8);
        let (address, now) = (IpAddr::from([192, 0, 2, 1]), Instant::now());
        let fails = |address| {
            assert!(logins.begin(address, now));
            logins.failed(address, now).1.as_secs()
        };
        // What was right is no failure.
        assert!(logins.begin(address, now));
        logins.take_back(address);
        let delays: Vec<u64> = (0..8).map(|_| fails(address)).collect();
        assert_eq!(delays, [0, 0, 1, 2, 4, 8, 16, 16]);
        assert!(!logins.begin(address, now));
        assert!(logins.begin(IpAddr::from([192, 0, 2, 2]), now), "another address");
        assert!(logins.begin(address, now + WINDOW), "after a quarter of an hour");
        assert_eq!(logins.failed(address, now + WINDOW), (1, Duration::ZERO));
        for _ in 0..20 {
            fails(IpAddr::from([127, 0, 0, 1]));
        }
    }

    #[test]
    fn tries_at_once_count_before_they_are_answered() {
        let logins = Logins::new(3);
        let address = IpAddr::from([192, 0, 2, 1]);
        let begun = (0..10).filter(|_| logins.begin(address, Instant::now())).count();
        assert_eq!(begun, 3);
    }
}

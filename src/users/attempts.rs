//! Failed logins, by address: answered later and later, then not tried any more.
//!
//! Every try goes to the provider. Whoever guesses here would have the provider lock the user out, or us.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A person mistypes twice.
const FREE: u32 = 2;

/// The longest an answer is put off.
const SLOWEST: Duration = Duration::from_secs(16);

/// The failures of the last quarter of an hour, by who tried.
pub(crate) struct Logins {
    limit: usize,
    failures: Mutex<HashMap<Trier, Vec<Instant>>>,
}

/// Whose failures count together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Trier {
    address: IpAddr,
    /// Counted apart, where each name has tries of its own: behind a proxy all have one address.
    name: Option<String>,
}

impl Trier {
    pub(crate) fn at(address: IpAddr) -> Trier {
        Trier { address: owner(address), name: None }
    }

    pub(crate) fn of(address: IpAddr, name: &str) -> Trier {
        Trier { name: Some(name.to_owned()), ..Trier::at(address) }
    }

    /// A program of this machine: one with an old password must not lock its owner out. Who types a name is told instead.
    fn is_spared(&self) -> bool {
        self.name.is_none() && self.address.to_canonical().is_loopback()
    }
}

impl Logins {
    pub(crate) fn new(limit: usize) -> Logins {
        Logins { limit, failures: Mutex::default() }
    }

    /// Whether somebody may try. It counts as a failure until it is none: many tries at once are many.
    pub(crate) fn begin(&self, trier: &Trier, now: Instant) -> bool {
        let mut failures = self.failures();
        failures.retain(|_, times| recent(times, now).next().is_some());
        let times = failures.entry(trier.clone()).or_default();
        times.retain(|time| is_recent(*time, now));
        if times.len() >= self.limit && !trier.is_spared() {
            return false;
        }
        times.push(now);
        true
    }

    /// The last try was no failure.
    pub(crate) fn take_back(&self, trier: &Trier) {
        if let Some(times) = self.failures().get_mut(trier) {
            times.pop();
        }
    }

    /// How many failures there are now, and how long to wait before saying so.
    pub(crate) fn failed(&self, trier: &Trier, now: Instant) -> (usize, Duration) {
        let count = self.failures().get(trier).map_or(0, |times| recent(times, now).count());
        let doublings = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(FREE + 1);
        let delay = if count > FREE as usize { 1_u64.checked_shl(doublings).unwrap_or(u64::MAX) } else { 0 };
        (count, Duration::from_secs(delay).min(SLOWEST))
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<Trier, Vec<Instant>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whom an address counts for: with IPv6 one customer has a whole /64 (RFC 6177), in which all devices of a network at home
/// or in an office stand; there each is its own.
pub(crate) fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if six.is_unique_local() || six.is_unicast_link_local() => IpAddr::V6(six),
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        four => four,
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

    fn at(address: [u8; 4]) -> Trier {
        Trier::at(IpAddr::from(address))
    }

    #[test]
    fn failures_are_answered_later_and_later_then_not_tried() {
        let logins = Logins::new(8);
        let (address, now) = (at([192, 0, 2, 1]), Instant::now());
        let fails = |trier: &Trier| {
            assert!(logins.begin(trier, now));
            logins.failed(trier, now).1.as_secs()
        };
        // What was right is no failure.
        assert!(logins.begin(&address, now));
        logins.take_back(&address);
        let delays: Vec<u64> = (0..8).map(|_| fails(&address)).collect();
        assert_eq!(delays, [0, 0, 1, 2, 4, 8, 16, 16]);
        assert!(!logins.begin(&address, now));
        assert!(logins.begin(&at([192, 0, 2, 2]), now), "another address");
        assert!(logins.begin(&address, now + WINDOW), "after a quarter of an hour");
        assert_eq!(logins.failed(&address, now + WINDOW), (1, Duration::ZERO));
        for _ in 0..20 {
            fails(&at([127, 0, 0, 1]));
        }
    }

    #[test]
    fn names_are_counted_apart_and_nobody_who_types_one_is_spared() {
        let (logins, now) = (Logins::new(3), Instant::now());
        let here = IpAddr::from([127, 0, 0, 1]);
        let begun = (0..10).filter(|_| logins.begin(&Trier::of(here, "sato"), now)).count();
        assert_eq!(begun, 3);
        assert!(logins.begin(&Trier::of(here, "mori"), now), "another name");
        assert!(logins.begin(&Trier::at(here), now), "a program");
    }

    #[test]
    fn tries_at_once_count_before_they_are_answered() {
        let logins = Logins::new(3);
        let address = at([192, 0, 2, 1]);
        let begun = (0..10).filter(|_| logins.begin(&address, Instant::now())).count();
        assert_eq!(begun, 3);
    }
}

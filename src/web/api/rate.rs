//! How many requests a minute: a bucket that fills evenly and that each request takes from. The time is an argument.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The buckets of all who ask.
pub(super) struct Rate {
    per_minute: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    /// When it held that.
    at: Instant,
}

impl Rate {
    /// So many a minute on average, and as many at once.
    pub(super) fn of(per_minute: u32) -> Rate {
        Rate { per_minute: f64::from(per_minute), buckets: Mutex::default() }
    }

    /// Takes one request of `who`.
    ///
    /// # Errors
    /// How long until there is the next.
    pub(super) fn take(&self, who: &str, now: Instant) -> Result<(), Duration> {
        let full = self.per_minute;
        let filled = |bucket: &Bucket| {
            let since = now.saturating_duration_since(bucket.at);
            (bucket.left + since.as_secs_f64() * full / 60.0).min(full)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        // A full one is as good as none: nobody who asked once is remembered for ever.
        buckets.retain(|_, bucket| filled(bucket) < full);
        let left = buckets.get(who).map_or(full, filled);
        if left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - left) * 60.0 / full));
        }
        buckets.insert(who.to_owned(), Bucket { left: left - 1.0, at: now });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_emptied_and_fills_evenly() {
        let (rate, start) = (Rate::of(30), Instant::now());
        let at = |second: u64| start + Duration::from_secs(second);
        let taken = |who: &str, now| (0..100).take_while(|_| rate.take(who, now).is_ok()).count();
        assert_eq!(taken("one", at(0)), 30);
        assert_eq!(rate.take("one", at(0)), Err(Duration::from_secs(2)));
        assert_eq!(taken("two", at(0)), 30, "another's bucket");
        assert_eq!((taken("one", at(1)), taken("one", at(2)), taken("one", at(12))), (0, 1, 5));
        assert_eq!(taken("one", at(1000)), 30, "never more than full");
    }

    #[test]
    fn who_does_not_come_again_is_forgotten() {
        let (rate, start) = (Rate::of(60), Instant::now());
        for n in 0..100 {
            rate.take(&n.to_string(), start).expect("the first");
        }
        rate.take("last", start + Duration::from_secs(60)).expect("the first");
        assert_eq!(rate.buckets.lock().expect("whole").len(), 1);
    }
}

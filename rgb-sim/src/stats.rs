//! Counts and latencies of exchanges.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use rgb_proto::ErrorKind;

/// What came of a number of exchanges: how many succeeded, how many failed in which way, and how long the good ones took.
#[derive(Clone, Debug)]
pub struct Tally {
    exchanges: u64,
    errors: [u64; ErrorKind::ALL.len()],
    elapsed_us: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            exchanges: 0,
            errors: [0; ErrorKind::ALL.len()],
            // Three digits are more than a latency's measurement is worth.
            elapsed_us: Histogram::new(3).expect("three significant digits are within the histogram's range"),
        }
    }
}

impl Tally {
    /// No exchanges yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an exchange that succeeded and took so long.
    pub fn record_success(&mut self, elapsed: Duration) {
        self.exchanges += 1;
        let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        self.elapsed_us.record(elapsed_us).expect("a histogram that resizes itself takes every value");
    }

    /// Counts an exchange that failed.
    pub fn record_error(&mut self, kind: ErrorKind) {
        self.errors[kind as usize] += 1;
    }

    /// Adds another tally's counts to this one.
    pub fn merge(&mut self, other: &Self) {
        self.exchanges += other.exchanges;
        for (count, more) in self.errors.iter_mut().zip(other.errors) {
            *count += more;
        }
        self.elapsed_us.add(&other.elapsed_us).expect("a histogram that resizes itself takes every value");
    }

    /// How many exchanges succeeded.
    #[must_use]
    pub const fn exchanges(&self) -> u64 {
        self.exchanges
    }

    /// How many exchanges failed.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors.iter().sum()
    }

    /// How many exchanges are finished, good or bad.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.exchanges + self.errors()
    }

    /// The number of failures of each kind that occurred.
    #[must_use]
    pub fn errors_by_kind(&self) -> BTreeMap<ErrorKind, u64> {
        ErrorKind::ALL.into_iter().zip(self.errors).filter(|&(_, count)| count > 0).collect()
    }

    /// How long the successful exchanges took, or `None` when there were none.
    #[must_use]
    pub fn latency(&self) -> Option<Latency> {
        (self.exchanges > 0).then(|| Latency {
            min: self.elapsed_us.min(),
            median: self.elapsed_us.value_at_quantile(0.5),
            p90: self.elapsed_us.value_at_quantile(0.9),
            p99: self.elapsed_us.value_at_quantile(0.99),
            p999: self.elapsed_us.value_at_quantile(0.999),
            max: self.elapsed_us.max(),
        })
    }
}

/// How long successful exchanges took, in microseconds, each within 0.1 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Latency {
    /// The quickest.
    pub min: u64,
    /// Half were no slower.
    pub median: u64,
    /// 90 % were no slower.
    pub p90: u64,
    /// 99 % were no slower.
    pub p99: u64,
    /// 99.9 % were no slower.
    pub p999: u64,
    /// The slowest.
    pub max: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted_by_kind_and_kept_out_of_the_latencies() {
        let mut tally = Tally::new();
        for kind in ErrorKind::ALL {
            tally.record_error(kind);
        }
        tally.record_error(ErrorKind::Timeout);
        assert_eq!((tally.exchanges(), tally.errors(), tally.attempts()), (0, 7, 7));
        assert_eq!(tally.errors_by_kind()[&ErrorKind::Timeout], 2);
        assert_eq!(tally.latency(), None);
    }

    #[test]
    fn latencies_of_every_length_are_kept() {
        let mut tally = Tally::new();
        for seconds in [0, 1, 60, 3600] {
            tally.record_success(Duration::from_secs(seconds));
        }
        let latency = tally.latency().unwrap();
        assert_eq!(latency.min, 0);
        assert!((3_600_000_000..3_604_000_000).contains(&latency.max), "{latency:?}");
    }

    #[test]
    fn merging_adds_counts_and_latencies() {
        let (mut left, mut right) = (Tally::new(), Tally::new());
        left.record_success(Duration::from_micros(100));
        right.record_success(Duration::from_micros(300));
        right.record_error(ErrorKind::Reset);
        left.merge(&right);
        assert_eq!((left.exchanges(), left.errors()), (2, 1));
        let latency = left.latency().unwrap();
        assert_eq!((latency.min, latency.median, latency.max), (100, 100, 300));
    }
}

//! When a client asks again.

use core::time::Duration;

use super::ClientConfig;
use crate::time::Instant;

/// When the next exchange starts: on the interval while exchanges succeed, ever later while they fail (POL clauses).
#[derive(Clone, Debug)]
pub struct ClientPolicy {
    config: ClientConfig,
    failures: u32,
}

impl ClientPolicy {
    /// The policy of a client that has not asked yet. Spans below their limits count as the limits.
    #[must_use]
    pub const fn new(config: ClientConfig) -> Self {
        Self { config, failures: 0 }
    }

    /// Takes the outcome of the exchange from `started` to `ended` and returns when the next one starts.
    ///
    /// `random` is a fresh, uniformly drawn number; the wait after a failure is spread over the upper half of its
    /// length by it, so that boards which failed together do not come back together (POL-3).
    pub fn handle_outcome(&mut self, success: bool, started: Instant, ended: Instant, random: u32) -> Instant {
        let on_interval = started + self.config.interval.max(ClientConfig::SPAN_MIN);
        if success {
            self.failures = 0;
            return on_interval.max(ended);
        }
        let wait = self.backoff();
        self.failures = self.failures.saturating_add(1);
        on_interval.max(ended + spread(wait, random))
    }

    /// How many exchanges have failed since the last success.
    #[must_use]
    pub const fn consecutive_failures(&self) -> u32 {
        self.failures
    }

    fn backoff(&self) -> Duration {
        let backoff = &self.config.backoff;
        let first = backoff.first.max(ClientConfig::SPAN_MIN);
        // 2^31 times a millisecond is beyond every limit.
        let doublings = self.failures.min(31);
        first.saturating_mul(1 << doublings).min(backoff.longest.max(first))
    }
}

/// A point of the upper half of `wait`, by `random` of 2^32.
fn spread(wait: Duration, random: u32) -> Duration {
    let half = wait / 2;
    let micros = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
    let part = (u128::from(micros) * u128::from(random)) >> 32;
    wait - half + Duration::from_micros(part as u64)
}

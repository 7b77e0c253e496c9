//! When a client asks again.

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
    /// length by it, so that boards which failed together do not come back together (POL-3). Neither do those whose
    /// interval is longer than the wait: it is spread as much.
    pub fn handle_outcome(&mut self, success: bool, started: Instant, ended: Instant, random: u32) -> Instant {
        let on_interval = started + self.config.interval.max(ClientConfig::SPAN_MIN);
        if success {
            self.failures = 0;
            return on_interval.max(ended);
        }
        let wait = self.config.backoff.wait(self.failures, random);
        let spread = wait.saturating_sub(self.config.backoff.wait(self.failures, 0));
        self.failures = self.failures.saturating_add(1);
        (on_interval + spread).max(ended + wait)
    }

    /// How many exchanges have failed since the last success.
    #[must_use]
    pub const fn consecutive_failures(&self) -> u32 {
        self.failures
    }
}

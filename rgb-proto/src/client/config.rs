//! A client's settings and their limits.

use core::time::Duration;

use crate::codec::Mode;
use crate::name::Name;

/// How a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ClientConfig {
    /// From the start of one exchange to the start of the next, 1 ms to 1 day (POL-1). 200 ms, as in the tutorial.
    pub interval: Duration,
    /// The most that one exchange may take, name lookup and connecting included, 1 ms to 1 hour (CLI-4). 900 ms: below
    /// the second that the smallest TCP stacks wait before they send a lost segment again.
    pub timeout: Duration,
    /// The waits after failures (POL-2).
    pub backoff: Backoff,
    /// Which replies are taken.
    pub mode: Mode,
    /// What the board calls itself in its requests; the tutorial's client has no name.
    pub name: Option<Name>,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            interval: Duration::from_millis(200),
            timeout: Duration::from_millis(900),
            backoff: Backoff::default(),
            mode: Mode::Strict,
            name: None,
        }
    }
}

impl ClientConfig {
    /// The shortest interval and time-out.
    pub const SPAN_MIN: Duration = Duration::from_millis(1);
    /// The longest interval and backoff.
    pub const INTERVAL_MAX: Duration = Duration::from_secs(24 * 60 * 60);
    /// The longest time-out.
    pub const TIMEOUT_MAX: Duration = Duration::from_secs(60 * 60);

    /// Checks every field against its limits.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that is out of its limits, and the limits.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fields = [
            ("interval", self.interval, Self::INTERVAL_MAX),
            ("timeout", self.timeout, Self::TIMEOUT_MAX),
            ("backoff.first", self.backoff.first, Self::INTERVAL_MAX),
            ("backoff.longest", self.backoff.longest, Self::INTERVAL_MAX),
        ];
        for (field, span, max) in fields {
            if !(Self::SPAN_MIN..=max).contains(&span) {
                return Err(ConfigError { field, span, min: Self::SPAN_MIN, max });
            }
        }
        Ok(())
    }
}

/// Bounded exponential backoff: the first wait, doubled with each further failure in a row up to the longest (POL-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Backoff {
    /// The wait after one failure, before jitter. 200 ms unless set.
    pub first: Duration,
    /// The longest wait, before jitter. 5 s unless set.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(200), longest: Duration::from_secs(5) }
    }
}

impl Backoff {
    /// The wait behind a failure that followed `failures` others in a row: a point of the upper half of its length, by
    /// `random` of 2^32 (POL-3). At least half a millisecond, so that nothing that fails at once is tried in a busy loop.
    pub(crate) fn wait(&self, failures: u32, random: u32) -> Duration {
        let first = self.first.max(ClientConfig::SPAN_MIN);
        // 2^31 times a millisecond is beyond every limit.
        let full = first.saturating_mul(1 << failures.min(31)).min(self.longest.max(first));
        let half = full / 2;
        let half_micros = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
        let spread = (u128::from(half_micros) * u128::from(random)) >> 32;
        full - half + Duration::from_micros(spread as u64)
    }
}

/// A client setting outside its limits: the caller's mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[error("{field} is {span:?}; it must be from {min:?} to {max:?}")]
pub struct ConfigError {
    /// The field, such as `interval`.
    pub field: &'static str,
    /// Its value.
    pub span: Duration,
    /// The least that it may be.
    pub min: Duration,
    /// The most that it may be.
    pub max: Duration,
}

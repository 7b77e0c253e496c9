//! Times and shares as a scenario file writes them.

use std::time::Duration;

use rgb_proto::Instant;

/// A time since the start of the scenario, on the clock of its world.
pub(super) fn instant(since_start: Duration) -> Instant {
    Instant::ORIGIN + since_start
}

/// The time since the start of the scenario.
pub(super) const fn since_start(at: Instant) -> Duration {
    Duration::from_micros(at.as_micros())
}

/// A span for people and for a file: `1m 30s`.
pub(super) fn span(span: Duration) -> String {
    humantime::format_duration(span).to_string()
}

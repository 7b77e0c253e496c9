//! The scale of the time.

use std::time::Duration;

/// Spaces between ticks that people count in, in milliseconds, up to those of the longest scenario.
const STEPS_MS: [u64; 23] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
    900_000, 1_800_000, 3_600_000, 7_200_000,
];
/// More would run into each other.
const TICKS_MAX: u32 = 12;

/// The times at which the axis has a tick, from the start on.
pub(super) fn ticks(duration: Duration) -> impl Iterator<Item = Duration> {
    let mut steps = STEPS_MS.into_iter().map(Duration::from_millis);
    let step = steps.find(|step| *step * TICKS_MAX >= duration).unwrap_or(duration);
    (0..).map(move |index| step * index).take_while(move |at| *at <= duration)
}

/// How far along the axis a time is, in percent.
pub(super) fn position(at: Duration, duration: Duration) -> f64 {
    at.as_micros() as f64 / duration.as_micros().max(1) as f64 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn there_are_some_ticks_and_not_too_many() {
        let day = Scenario::DURATION_MAX.as_millis() as u64;
        for duration_ms in [1, 7, 999, 1_000, 40_000, 60_000, 61_000, 300_000, 3_600_000, day] {
            let ticks: Vec<_> = ticks(Duration::from_millis(duration_ms)).collect();
            assert!((2..=13).contains(&ticks.len()), "{duration_ms} ms: {ticks:?}");
        }
        assert_eq!(ticks(Duration::from_secs(60)).nth(1), Some(Duration::from_secs(5)));
    }
}

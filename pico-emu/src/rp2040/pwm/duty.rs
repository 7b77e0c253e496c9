//! What a slice does to a pin on the average.

use super::slice::Slice;

/// What makes the duty cycle of a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PwmDuty {
    /// The count below which the output is high: the counter compare value that is in effect.
    pub level: u16,
    /// The greatest count of a period, which is in effect.
    pub top: u16,
    /// The count at present.
    pub counter: u16,
    /// Whether the slice counts up and down, which keeps the fraction.
    pub phase_correct: bool,
    /// Whether the output is inverted.
    pub inverted: bool,
    /// Whether the slice counts.
    pub enabled: bool,
}

impl PwmDuty {
    pub(super) fn of(slice: &Slice, channel: usize) -> Self {
        Self {
            level: slice.compare(channel),
            top: slice.top(),
            counter: slice.counter(),
            phase_correct: slice.is_phase_correct(),
            inverted: slice.is_inverted(channel),
            enabled: slice.is_enabled(),
        }
    }

    /// The part of the time in which the pin is high, from 0 to 1 (RP2040 datasheet, 4.5.2.2). That of a slice which
    /// does not count is 0 or 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        let period = f64::from(self.top) + 1.0;
        let high = match self.enabled {
            true => f64::from(self.level).min(period) / period,
            false => f64::from(u8::from(self.counter < self.level)),
        };
        if self.inverted { 1.0 - high } else { high }
    }
}

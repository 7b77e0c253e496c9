//! The alarm: a comparison of some fields of the time (RP2040 datasheet, 4.8.3).

use super::calendar::{Calendar, SECONDS_PER_DAY};

/// The enables of `IRQ_SETUP_0`.
const DAY: u32 = 1 << 24;
const MONTH: u32 = 1 << 25;
const YEAR: u32 = 1 << 26;
/// Those of `IRQ_SETUP_1`.
const SECOND: u32 = 1 << 28;
const MINUTE: u32 = 1 << 29;
const HOUR: u32 = 1 << 30;
const WEEKDAY: u32 = 1 << 31;

/// `IRQ_SETUP_0` without the bits of the whole comparison, and `IRQ_SETUP_1`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alarm {
    pub(super) date: u32,
    pub(super) time: u32,
}

impl Alarm {
    /// Whether all fields that are enabled are as in a moment.
    pub(super) fn matches(&self, now: &Calendar) -> bool {
        self.matches_day(now) && self.matches_time(now.second_of_day())
    }

    /// The seconds until it matches next, but no more than until the next midnight, when it has to be looked again.
    pub(super) fn seconds_until(&self, now: &Calendar) -> u64 {
        let second = now.second_of_day();
        let midnight = SECONDS_PER_DAY.max(second + 1);
        let mut today = second + 1..midnight;
        let found = if self.matches_day(now) { today.find(|&second| self.matches_time(second)) } else { None };
        found.unwrap_or(midnight) - second
    }

    fn matches_day(&self, now: &Calendar) -> bool {
        let at = Calendar::from_registers(self.date, self.time);
        (self.date & YEAR == 0 || at.year == now.year)
            && (self.date & MONTH == 0 || at.month == now.month)
            && (self.date & DAY == 0 || at.day == now.day)
            && (self.time & WEEKDAY == 0 || at.weekday == now.weekday)
    }

    fn matches_time(&self, second: u64) -> bool {
        let at = Calendar::from_registers(self.date, self.time);
        (self.time & HOUR == 0 || u64::from(at.hour) == second / 3_600)
            && (self.time & MINUTE == 0 || u64::from(at.minute) == second / 60 % 60)
            && (self.time & SECOND == 0 || u64::from(at.second) == second % 60)
    }
}

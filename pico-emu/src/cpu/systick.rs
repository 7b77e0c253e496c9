//! The system timer (DDI 0419, B3.3): a counter of 24 bits that is not counted but calculated when somebody looks.

use std::num::NonZeroU32;

/// CSR: the counter runs.
const ENABLE: u32 = 1 << 0;
/// CSR: reaching zero makes the `SysTick` exception pending.
const TICKINT: u32 = 1 << 1;
/// CSR: the counter counts processor cycles instead of the reference clock.
const CLKSOURCE: u32 = 1 << 2;
/// CSR: the counter has reached zero since this was last read.
const COUNTFLAG: u32 = 1 << 16;
/// The bits of the counter and its reload value.
const COUNTER: u32 = 0x00ff_ffff;

#[derive(Clone, Debug)]
pub(super) struct SysTick {
    /// ENABLE, TICKINT and CLKSOURCE.
    control: u32,
    count_flag: bool,
    reload: u32,
    /// The counter at the cycle `at`.
    value: u32,
    at: u64,
    /// Processor cycles for each tick of the reference clock; `None` while it stands still.
    reference_cycles: Option<NonZeroU32>,
}

impl SysTick {
    pub(super) const fn new() -> Self {
        Self { control: 0, count_flag: false, reload: 0, value: 0, at: 0, reference_cycles: None }
    }

    /// Back to how it is after a reset; the reference clock is outside and goes on.
    pub(super) const fn reset(&mut self) {
        *self = Self { reference_cycles: self.reference_cycles, ..Self::new() };
    }

    pub(super) fn set_reference(&mut self, cycle: u64, cycles: Option<NonZeroU32>) {
        self.catch_up(cycle);
        self.reference_cycles = cycles;
        self.at = cycle;
    }

    /// Counts up to `cycle`. Returns whether the `SysTick` exception becomes pending by that.
    pub(super) fn catch_up(&mut self, cycle: u64) -> bool {
        let Some(cycles) = self.cycles_per_tick() else {
            self.at = cycle;
            return false;
        };
        let ticks = cycle.saturating_sub(self.at) / cycles;
        self.at += ticks * cycles;
        let Some(after_zero) = self.ticks_to_zero().and_then(|to_zero| ticks.checked_sub(to_zero)) else {
            self.count_down(ticks);
            return false;
        };
        self.value = 0;
        // From zero back to zero it takes one tick to reload and as many as were reloaded.
        self.count_down(after_zero % (u64::from(self.reload) + 1));
        self.count_flag = true;
        self.control & TICKINT != 0
    }

    /// The cycle at which the exception becomes pending; [`u64::MAX`] for never.
    pub(super) fn next_exception(&self) -> u64 {
        if self.control & TICKINT == 0 {
            return u64::MAX;
        }
        match (self.ticks_to_zero(), self.cycles_per_tick()) {
            (Some(ticks), Some(cycles)) => self.at + ticks * cycles,
            _ => u64::MAX,
        }
    }

    /// `SYST_CSR`. Reading it clears COUNTFLAG.
    pub(super) fn read_control(&mut self) -> u32 {
        let flag = if std::mem::take(&mut self.count_flag) { COUNTFLAG } else { 0 };
        self.control | flag
    }

    pub(super) const fn write_control(&mut self, value: u32) {
        self.control = value & (ENABLE | TICKINT | CLKSOURCE);
    }

    /// `SYST_RVR`.
    pub(super) const fn reload(&self) -> u32 {
        self.reload
    }

    pub(super) const fn write_reload(&mut self, value: u32) {
        self.reload = value & COUNTER;
    }

    /// `SYST_CVR`, after [`catch_up`](Self::catch_up).
    pub(super) const fn value(&self) -> u32 {
        self.value
    }

    /// Writing anything to `SYST_CVR` clears it and COUNTFLAG.
    pub(super) const fn clear_value(&mut self) {
        self.value = 0;
        self.count_flag = false;
    }

    /// `None` while the counter stands still.
    fn cycles_per_tick(&self) -> Option<u64> {
        if self.control & ENABLE == 0 {
            None
        } else if self.control & CLKSOURCE != 0 {
            Some(1)
        } else {
            self.reference_cycles.map(|cycles| u64::from(cycles.get()))
        }
    }

    /// `None` if a reload of zero keeps the counter at zero.
    fn ticks_to_zero(&self) -> Option<u64> {
        match (self.value, self.reload) {
            (0, 0) => None,
            (0, reload) => Some(u64::from(reload) + 1),
            (value, _) => Some(u64::from(value)),
        }
    }

    /// Counts ticks that do not reach zero, or none.
    fn count_down(&mut self, ticks: u64) {
        if ticks == 0 {
            return;
        }
        let from = match (self.value, self.reload) {
            (0, 0) => return,
            (0, reload) => u64::from(reload) + 1,
            (value, _) => u64::from(value),
        };
        self.value = u32::try_from(from - ticks).expect("the counter has 24 bits, and zero is not passed");
    }
}

//! WATCHDOG: the tick generator, the countdown, and words that survive a reset (RP2040 datasheet, 4.7).

use std::num::NonZeroU32;

use super::block::{Block, Now, flag, masked};
use super::edges::{Edges, Rate};

const CTRL: u32 = 0x00;
const LOAD: u32 = 0x04;
const REASON: u32 = 0x08;
const SCRATCH0: u32 = 0x0c;
const SCRATCH7: u32 = 0x28;
const TICK: u32 = 0x2c;

const TRIGGER: u32 = 1 << 31;
const ENABLE: u32 = 1 << 30;
const PAUSES: u32 = 0x0700_0000;
const TIME: u32 = 0x00ff_ffff;
const REASON_FORCE: u32 = 1 << 1;
const REASON_TIMER: u32 = 1 << 0;
const TICK_RUNNING: u32 = 1 << 10;
const TICK_ENABLE: u32 = 1 << 9;
const TICK_CYCLES: u32 = 0x1ff;

/// By how much the countdown goes down with each tick, instead of by one (erratum RP2040-E1).
const DECREMENT: u64 = 2;

#[derive(Clone, Debug)]
pub(super) struct Watchdog {
    control: u32,
    /// The countdown at the tick at which it was loaded, enabled or stopped.
    load: u32,
    loaded_at_tick: u64,
    reason: u32,
    scratch: [u32; 8],
    tick: u32,
    ticks: Edges,
    forced: bool,
}

impl Watchdog {
    pub(super) const fn new() -> Self {
        Self {
            control: PAUSES,
            load: 0,
            loaded_at_tick: 0,
            reason: 0,
            scratch: [0; 8],
            tick: TICK_ENABLE,
            ticks: Edges::new(Rate::STOPPED),
            forced: false,
        }
    }

    /// Tells the frequencies of `clk_ref`, which the tick generator divides, and of `clk_sys`.
    pub(super) fn set_clocks(&mut self, cycle: u64, ref_hz: u64, sys_hz: u64) {
        let divider = u64::from(self.tick & TICK_CYCLES);
        let runs = self.tick & TICK_ENABLE != 0 && divider != 0;
        let rate = if runs { Rate { edges: ref_hz, cycles: sys_hz * divider } } else { Rate::STOPPED };
        self.ticks.set_rate(cycle, rate);
    }

    /// The cycles of `clk_sys` between two ticks, rounded down; `None` if there are none.
    pub(super) fn cycles_per_tick(&self) -> Option<NonZeroU32> {
        let Rate { edges, cycles } = self.ticks.rate();
        cycles.checked_div(edges).and_then(|cycles| NonZeroU32::new(u32::try_from(cycles).ok()?))
    }

    /// The ticks that were given until a cycle.
    pub(super) fn ticks(&self, cycle: u64) -> u64 {
        self.ticks.count(cycle)
    }

    /// The cycle of a tick.
    pub(super) fn cycle_of_tick(&self, tick: u64) -> u64 {
        self.ticks.cycle_of(tick)
    }

    /// Whether it will reset the chip if it is not fed.
    pub(super) const fn is_enabled(&self) -> bool {
        self.control & ENABLE != 0
    }

    /// The tick at which it resets the chip.
    pub(super) fn next_tick(&self) -> Option<u64> {
        if self.forced {
            return Some(0);
        }
        self.is_enabled().then(|| self.loaded_at_tick + u64::from(self.load).div_ceil(DECREMENT))
    }

    /// It resets the chip, and starts anew itself but for what is to survive.
    pub(super) fn fire(&mut self) {
        let reason = if self.forced { REASON_FORCE } else { REASON_TIMER };
        let (scratch, ticks) = (self.scratch, self.ticks);
        *self = Self { reason, scratch, ticks, ..Self::new() };
    }

    /// The words that survive, which the boot ROM reads.
    pub(super) const fn scratch_mut(&mut self) -> &mut [u32; 8] {
        &mut self.scratch
    }

    fn time(&self, ticks: u64) -> u32 {
        let passed = if self.is_enabled() { ticks.saturating_sub(self.loaded_at_tick) * DECREMENT } else { 0 };
        u32::try_from(u64::from(self.load).saturating_sub(passed)).expect("no more than was loaded")
    }

    fn set_time(&mut self, time: u32, ticks: u64) {
        self.load = time;
        self.loaded_at_tick = ticks;
    }

    /// The cycles of `clk_ref` that are left until the next tick.
    fn tick_count(&self, cycle: u64) -> u32 {
        let divider = u64::from(self.tick & TICK_CYCLES);
        u32::try_from(divider - self.ticks.phase(cycle, divider)).expect("it has nine bits")
    }
}

impl Block for Watchdog {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        match offset {
            CTRL => Some(self.control | self.time(now.ticks)),
            LOAD => Some(0),
            REASON => Some(self.reason),
            SCRATCH0..=SCRATCH7 => Some(self.scratch[(offset - SCRATCH0) as usize / 4]),
            TICK => {
                let running = self.tick & TICK_ENABLE != 0 && self.tick & TICK_CYCLES != 0;
                Some(self.tick | flag(running, TICK_RUNNING | self.tick_count(now.cycle) << 11))
            }
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        match offset {
            CTRL => {
                self.set_time(self.time(now.ticks), now.ticks);
                self.control = masked(self.control, ENABLE | PAUSES, value);
                self.forced |= value & TRIGGER != 0;
            }
            LOAD => self.set_time(value & TIME, now.ticks),
            REASON => {}
            SCRATCH0..=SCRATCH7 => self.scratch[(offset - SCRATCH0) as usize / 4] = value,
            // The chip sets the rate behind this write.
            TICK => self.tick = value & (TICK_ENABLE | TICK_CYCLES),
            _ => return None,
        }
        Some(())
    }
}

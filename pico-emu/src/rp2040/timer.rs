//! TIMER: the 64-bit microsecond counter and its four alarms (RP2040 datasheet, 4.6).

use super::block::{Block, Now};

const TIMEHW: u32 = 0x00;
const TIMELW: u32 = 0x04;
const TIMEHR: u32 = 0x08;
const TIMELR: u32 = 0x0c;
const ALARM0: u32 = 0x10;
const ALARM3: u32 = 0x1c;
const ARMED: u32 = 0x20;
const TIMERAWH: u32 = 0x24;
const TIMERAWL: u32 = 0x28;
const DBGPAUSE: u32 = 0x2c;
const PAUSE: u32 = 0x30;
const INTR: u32 = 0x34;
const INTE: u32 = 0x38;
const INTF: u32 = 0x3c;
const INTS: u32 = 0x40;

const ALARMS: usize = 4;
const ALL: u32 = (1 << ALARMS) - 1;

#[derive(Clone, Debug)]
pub(super) struct Timer {
    /// The time at a tick of the watchdog's generator.
    time: u64,
    at_tick: u64,
    paused: bool,
    /// TIMELW waits for TIMEHW.
    low_to_write: u32,
    /// TIMELR has taken TIMEHR along.
    high_latched: u32,
    alarms: [u32; ALARMS],
    armed: u32,
    debug_pause: u32,
    raw: u32,
    enabled: u32,
    forced: u32,
}

impl Timer {
    /// At time 0, at a tick.
    pub(super) const fn new(tick: u64) -> Self {
        Self {
            time: 0,
            at_tick: tick,
            paused: false,
            low_to_write: 0,
            high_latched: 0,
            alarms: [0; ALARMS],
            armed: 0,
            debug_pause: 0b110,
            raw: 0,
            enabled: 0,
            forced: 0,
        }
    }

    /// The interrupt lines, a bit for each alarm.
    pub(super) const fn interrupts(&self) -> u32 {
        self.raw & self.enabled | self.forced
    }

    /// The tick of the next alarm.
    pub(super) fn next_tick(&self) -> Option<u64> {
        if self.paused {
            return None;
        }
        let armed = (0..ALARMS).filter(|alarm| self.armed & 1 << alarm != 0);
        armed.map(|alarm| self.at_tick + self.until(alarm)).min()
    }

    /// Lets the time pass up to a tick, and the alarms whose time comes ring.
    pub(super) fn advance(&mut self, tick: u64) {
        let Some(passed) = tick.checked_sub(self.at_tick) else { return };
        if !self.paused {
            for alarm in 0..ALARMS {
                if self.armed & 1 << alarm != 0 && self.until(alarm) <= passed {
                    self.armed &= !(1 << alarm);
                    self.raw |= 1 << alarm;
                }
            }
            self.time = self.time.wrapping_add(passed);
        }
        self.at_tick = tick;
    }

    /// The ticks until the low half of the time is an alarm's. An alarm for this very microsecond rings at once.
    fn until(&self, alarm: usize) -> u64 {
        u64::from(self.alarms[alarm].wrapping_sub(self.time as u32))
    }

    const fn high(&self) -> u32 {
        (self.time >> 32) as u32
    }
}

impl Block for Timer {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        self.advance(now.ticks);
        match offset {
            TIMEHR => Some(self.high_latched),
            TIMELR => {
                self.high_latched = self.high();
                Some(self.time as u32)
            }
            ALARM0..=ALARM3 => Some(self.alarms[(offset - ALARM0) as usize / 4]),
            ARMED => Some(self.armed),
            TIMERAWH => Some(self.high()),
            TIMERAWL => Some(self.time as u32),
            DBGPAUSE => Some(self.debug_pause),
            PAUSE => Some(u32::from(self.paused)),
            INTR => Some(self.raw),
            INTE => Some(self.enabled),
            INTF => Some(self.forced),
            INTS => Some(self.interrupts()),
            // Writing these is all that can be done.
            TIMEHW | TIMELW => Some(0),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.ticks);
        match offset {
            TIMEHW => self.time = u64::from(value) << 32 | u64::from(self.low_to_write),
            TIMELW => self.low_to_write = value,
            ALARM0..=ALARM3 => {
                let alarm = (offset - ALARM0) as usize / 4;
                self.alarms[alarm] = value;
                self.armed |= 1 << alarm;
            }
            ARMED => self.armed &= !value,
            DBGPAUSE => self.debug_pause = value & 0b110,
            PAUSE => self.paused = value & 1 != 0,
            INTR => self.raw &= !value,
            INTE => self.enabled = value & ALL,
            INTF => self.forced = value & ALL,
            TIMEHR | TIMELR | TIMERAWH | TIMERAWL | INTS => {}
            _ => return None,
        }
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        matches!(offset, ARMED | INTR)
    }
}

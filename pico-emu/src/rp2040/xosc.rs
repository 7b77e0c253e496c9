//! XOSC: the crystal oscillator (RP2040 datasheet, 2.16).

use super::block::{Block, Now, flag, masked};

const CTRL: u32 = 0x00;
const STATUS: u32 = 0x04;
const STARTUP: u32 = 0x0c;
const COUNT: u32 = 0x1c;

/// The Pico's crystal.
const CRYSTAL_HZ: u64 = 12_000_000;
/// CTRL.ENABLE, and the two values that it takes.
const ENABLE: u32 = 0x00ff_f000;
const ENABLED: u32 = 0xfab << 12;
const DISABLED: u32 = 0xd1e << 12;
/// `CTRL.FREQ_RANGE`, of which one value is not reserved: 1 to 15 MHz.
const FREQ_RANGE: u32 = 0xfff;
const RANGE_1_15MHZ: u32 = 0xaa0;
/// STARTUP.X4, which multiplies the delay by four, and the delay, in units of 256 cycles.
const X4: u32 = 1 << 20;
const DELAY: u32 = 0x3fff;

const STABLE: u32 = 1 << 31;
const BADWRITE: u32 = 1 << 24;
const RUNNING: u32 = 1 << 12;

#[derive(Clone, Debug)]
pub(super) struct Xosc {
    control: u32,
    startup: u32,
    bad_write: bool,
    stable_at_ns: u64,
    /// COUNT runs down to 0 at the crystal's frequency.
    count_ends_at_ns: u64,
}

impl Xosc {
    pub(super) const fn new() -> Self {
        Self { control: 0, startup: 0xc4, bad_write: false, stable_at_ns: 0, count_ends_at_ns: 0 }
    }

    /// The frequency. It is there as soon as the oscillator is enabled; the start-up delay makes it wait to say so.
    pub(super) const fn hz(&self) -> u64 {
        if self.control & ENABLE == ENABLED { CRYSTAL_HZ } else { 0 }
    }

    fn write_control(&mut self, value: u32, now: Now) {
        let (enable, range) = (value & ENABLE, value & FREQ_RANGE);
        self.bad_write |= !matches!(enable, ENABLED | DISABLED) || range != RANGE_1_15MHZ;
        let was_running = self.hz() != 0;
        self.control = value & (ENABLE | FREQ_RANGE);
        if self.hz() != 0 && !was_running {
            let scale = if self.startup & X4 == 0 { 256 } else { 1024 };
            self.stable_at_ns = now.time_ns + cycles_ns(u64::from(self.startup & DELAY) * scale);
        }
    }
}

const fn cycles_ns(cycles: u64) -> u64 {
    (cycles * 1_000_000_000).div_ceil(CRYSTAL_HZ)
}

impl Block for Xosc {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        match offset {
            CTRL => Some(self.control),
            STATUS => {
                let running = self.hz() != 0;
                let stable = running && now.time_ns >= self.stable_at_ns;
                Some(flag(stable, STABLE) | flag(self.bad_write, BADWRITE) | flag(running, RUNNING))
            }
            STARTUP => Some(self.startup),
            COUNT => {
                let left_ns = self.count_ends_at_ns.saturating_sub(now.time_ns);
                u32::try_from((left_ns * CRYSTAL_HZ).div_ceil(1_000_000_000)).ok()
            }
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        match offset {
            CTRL => self.write_control(value, now),
            STATUS => self.bad_write &= value & BADWRITE == 0,
            STARTUP => self.startup = masked(self.startup, X4 | DELAY, value),
            COUNT => self.count_ends_at_ns = now.time_ns + cycles_ns(u64::from(value & 0xff)),
            _ => return None,
        }
        Some(())
    }
}

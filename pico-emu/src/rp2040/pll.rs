//! `PLL_SYS` and `PLL_USB` (RP2040 datasheet, 2.18).

use super::block::{Block, Now, flag, masked};

const CS: u32 = 0x00;
const PWR: u32 = 0x04;
const FBDIV_INT: u32 = 0x08;
const PRIM: u32 = 0x0c;

const LOCK: u32 = 1 << 31;
const BYPASS: u32 = 1 << 8;
const REFDIV: u32 = 0x3f;
const VCOPD: u32 = 1 << 5;
const POSTDIVPD: u32 = 1 << 3;
const PD: u32 = 1 << 0;

/// How long a PLL takes to lock: 500 cycles of its reference of at least 5 MHz, as a round figure.
const LOCK_NS: u64 = 100_000;

#[derive(Clone, Debug)]
pub(super) struct Pll {
    control: u32,
    power_down: u32,
    feedback: u32,
    post_dividers: u32,
    /// When it locks, while it is powered.
    locked_at_ns: u64,
}

impl Pll {
    pub(super) const fn new() -> Self {
        Self { control: 1, power_down: 0x2d, feedback: 0, post_dividers: 0x77_000, locked_at_ns: 0 }
    }

    const fn is_powered(&self) -> bool {
        self.power_down & (PD | VCOPD) == 0
    }

    /// The output's frequency, which is there before the PLL says that it is locked.
    pub(super) fn hz(&self, reference_hz: u64) -> u64 {
        let reference_hz = reference_hz / u64::from(self.control & REFDIV).max(1);
        if self.control & BYPASS != 0 {
            return reference_hz;
        }
        let post = [16, 12].map(|shift| u64::from(self.post_dividers >> shift & 7).max(1));
        if self.is_powered() && self.power_down & POSTDIVPD == 0 {
            reference_hz * u64::from(self.feedback) / post[0] / post[1]
        } else {
            0
        }
    }
}

impl Block for Pll {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        match offset {
            CS => Some(self.control | flag(self.is_powered() && now.time_ns >= self.locked_at_ns, LOCK)),
            PWR => Some(self.power_down),
            FBDIV_INT => Some(self.feedback),
            PRIM => Some(self.post_dividers),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        let was = (self.is_powered(), self.feedback, self.control & REFDIV);
        match offset {
            CS => self.control = masked(self.control, BYPASS | REFDIV, value),
            PWR => self.power_down = value & 0x2d,
            FBDIV_INT => self.feedback = value & 0xfff,
            PRIM => self.post_dividers = value & 0x7_7000,
            _ => return None,
        }
        if was != (self.is_powered(), self.feedback, self.control & REFDIV) {
            self.locked_at_ns = now.time_ns + LOCK_NS;
        }
        Some(())
    }
}

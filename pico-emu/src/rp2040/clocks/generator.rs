//! One clock generator: a multiplexer, an enable, a divider (RP2040 datasheet, 2.15.3).

use super::{GENERATORS, Output};

/// CTRL.ENABLE and CTRL.KILL, where they are there.
const ENABLE: u32 = 1 << 11;
const KILL: u32 = 1 << 10;

/// What the registers of a generator have.
#[derive(Clone, Copy, Debug)]
struct Layout {
    control: u32,
    auxiliary: u32,
    /// The bits of CTRL.SRC, if the generator has a glitchless multiplexer.
    glitchless: u32,
    divider: u32,
}

const GPOUT: Layout = Layout { control: 0x13_1de0, auxiliary: 0x1e0, glitchless: 0, divider: u32::MAX };
const REF: Layout = Layout { control: 0x63, auxiliary: 0x60, glitchless: 3, divider: 0x300 };
const SYS: Layout = Layout { control: 0xe1, auxiliary: 0xe0, glitchless: 1, divider: u32::MAX };
/// `clk_peri` has no divider: its register is there and does nothing.
const PERI: Layout = Layout { control: 0xce0, auxiliary: 0xe0, glitchless: 0, divider: 0 };
const USB: Layout = Layout { control: 0x13_0ce0, auxiliary: 0xe0, glitchless: 0, divider: 0x300 };
const RTC: Layout = Layout { divider: u32::MAX, ..USB };

#[derive(Clone, Debug)]
pub(super) struct Generator {
    layout: Layout,
    control: u32,
    divider: u32,
}

/// All generators after reset.
pub(super) fn all() -> [Generator; GENERATORS] {
    [GPOUT, GPOUT, GPOUT, GPOUT, REF, SYS, PERI, USB, USB, RTC].map(|layout| Generator {
        layout,
        control: 0,
        divider: 0x100,
    })
}

impl Generator {
    /// CTRL.SRC.
    pub(super) const fn glitchless_source(&self) -> Option<u32> {
        if self.layout.glitchless == 0 { None } else { Some(self.control & self.layout.glitchless) }
    }

    /// CTRL.AUXSRC.
    pub(super) const fn auxiliary_source(&self) -> usize {
        ((self.control & self.layout.auxiliary) >> self.layout.auxiliary.trailing_zeros()) as usize
    }

    /// The output's frequency.
    pub(super) const fn divide(&self, hz: u64) -> u64 {
        if self.layout.glitchless == 0 && self.control & (ENABLE | KILL) != ENABLE {
            return 0;
        }
        // An integer part of 0 divides by the most that there is.
        let max = (self.layout.divider as u64 & 0xffff_ff00) + 0x100;
        let divider = if self.divider >> 8 == 0 { max + self.divider as u64 } else { self.divider as u64 };
        hz * 0x100 / divider
    }

    pub(super) fn read(&self, register: u32) -> u32 {
        match register {
            0 => self.control,
            4 => self.divider,
            _ => 1 << self.glitchless_source().unwrap_or(0),
        }
    }

    pub(super) const fn write(&mut self, register: u32, value: u32) {
        match register {
            0 => self.control = value & self.layout.control,
            4 if self.layout.divider != 0 => self.divider = value & self.layout.divider,
            _ => {}
        }
    }
}

const _: () = assert!(Output::Rtc as usize + 1 == GENERATORS);

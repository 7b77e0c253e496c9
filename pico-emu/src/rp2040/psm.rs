//! PSM: the power-on state machine, which brings up the parts of the chip (RP2040 datasheet, 2.13).

use super::block::{Block, Now};

const FRCE_ON: u32 = 0x00;
const FRCE_OFF: u32 = 0x04;
const WDSEL: u32 = 0x08;
const DONE: u32 = 0x0c;

const ALL: u32 = 0x1_ffff;

/// The bits of the parts that are modelled.
pub(super) const ROSC: u32 = 1 << 0;
pub(super) const XOSC: u32 = 1 << 1;
pub(super) const CLOCKS: u32 = 1 << 2;
pub(super) const RESETS: u32 = 1 << 3;
pub(super) const XIP: u32 = 1 << 12;
pub(super) const VREG_AND_CHIP_RESET: u32 = 1 << 13;
pub(super) const SIO: u32 = 1 << 14;
pub(super) const PROC0: u32 = 1 << 15;
pub(super) const PROC1: u32 = 1 << 16;

#[derive(Clone, Debug)]
pub(super) struct Psm {
    forced_on: u32,
    forced_off: u32,
    watchdog: u32,
}

impl Psm {
    pub(super) const fn new() -> Self {
        Self { forced_on: 0, forced_off: 0, watchdog: 0 }
    }

    /// The parts that are held in reset.
    pub(super) const fn held(&self) -> u32 {
        self.forced_off
    }

    /// The parts that the watchdog resets.
    pub(super) const fn watchdog(&self) -> u32 {
        self.watchdog
    }
}

impl Block for Psm {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            FRCE_ON => Some(self.forced_on),
            FRCE_OFF => Some(self.forced_off),
            WDSEL => Some(self.watchdog),
            DONE => Some(ALL & !self.forced_off),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            FRCE_ON => self.forced_on = value & ALL,
            // A program can do without these two; what becomes of a chip without another part is not modelled.
            FRCE_OFF if value & ALL & !(SIO | PROC1) == 0 => self.forced_off = value & ALL,
            WDSEL => self.watchdog = value & ALL,
            DONE => {}
            _ => return None,
        }
        Some(())
    }
}

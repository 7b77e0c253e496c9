//! RESETS: which peripherals are held in reset (RP2040 datasheet, 2.14).

use super::block::{Block, Now};

const RESET: u32 = 0x00;
const WDSEL: u32 = 0x04;
const RESET_DONE: u32 = 0x08;

/// The bits that stand for a peripheral.
pub(super) const ALL: u32 = 0x01ff_ffff;

#[derive(Clone, Debug)]
pub(super) struct Resets {
    held: u32,
    watchdog: u32,
}

impl Resets {
    pub(super) const fn new() -> Self {
        Self { held: ALL, watchdog: 0 }
    }

    /// The peripherals that are held in reset.
    pub(super) const fn held(&self) -> u32 {
        self.held
    }

    /// The watchdog resets what WDSEL names. Returns that.
    pub(super) const fn watchdog_fired(&mut self) -> u32 {
        self.held |= self.watchdog;
        self.watchdog
    }

    /// Lets peripherals go.
    pub(super) const fn release(&mut self, peripherals: u32) {
        self.held &= !peripherals;
    }
}

impl Block for Resets {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            RESET => Some(self.held),
            WDSEL => Some(self.watchdog),
            RESET_DONE => Some(!self.held & ALL),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            RESET => self.held = value & ALL,
            WDSEL => self.watchdog = value & ALL,
            RESET_DONE => {}
            _ => return None,
        }
        Some(())
    }
}

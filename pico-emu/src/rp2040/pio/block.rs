//! The block on the chip's bus.

use super::Pio;
use crate::rp2040::block::{Block, Now};

const FDEBUG: u32 = 0x08;
const IRQ: u32 = 0x30;

impl Block for Pio {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        Self::read(self, offset).ok()
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        Self::write(self, offset, value).ok()
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        matches!(offset, FDEBUG | IRQ)
    }
}

//! TBMAN: what the chip's designers ran it on (RP2040 datasheet, 2.22).

use super::block::{Block, Now};

/// An ASIC. The reset value in the list of registers is that of a simulation.
const PLATFORM: u32 = 1 << 0;

#[derive(Clone, Debug)]
pub(super) struct Tbman;

impl Block for Tbman {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        (offset == 0).then_some(PLATFORM)
    }

    /// The register is read-only.
    fn write(&mut self, offset: u32, _: u32, _: Now) -> Option<()> {
        (offset == 0).then_some(())
    }
}

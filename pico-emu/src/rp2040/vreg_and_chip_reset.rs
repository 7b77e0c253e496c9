//! `VREG_AND_CHIP_RESET`: the core's supply, and why the chip was last reset as a whole (RP2040 datasheet, 2.10 to 2.12).

use super::block::{Block, Now, flag, masked};

const VREG: u32 = 0x00;
const BOD: u32 = 0x04;
const CHIP_RESET: u32 = 0x08;

/// VREG.ROK: the supply is in regulation.
const ROK: u32 = 1 << 12;
/// `CHIP_RESET.HAD_POR`: the last reset was that of power-up.
const HAD_POR: u32 = 1 << 8;

#[derive(Clone, Debug)]
pub(super) struct VregAndChipReset {
    vreg: u32,
    brownout: u32,
}

impl VregAndChipReset {
    pub(super) const fn new() -> Self {
        Self { vreg: 0xb1, brownout: 0x91 }
    }
}

impl Block for VregAndChipReset {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            VREG => Some(self.vreg | flag(self.vreg & 0b11 == 1, ROK)),
            BOD => Some(self.brownout),
            CHIP_RESET => Some(HAD_POR),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            // A processor without a supply is not modelled.
            VREG if value & 0b11 != 1 => return None,
            VREG => self.vreg = masked(self.vreg, 0xf3, value),
            BOD => self.brownout = masked(self.brownout, 0xf1, value),
            // The one bit that can be cleared is a debugger's.
            CHIP_RESET => {}
            _ => return None,
        }
        Some(())
    }
}

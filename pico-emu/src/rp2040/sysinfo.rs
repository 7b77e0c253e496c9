//! SYSINFO: which chip this is (RP2040 datasheet, 2.20).

use super::block::{Block, Now};

/// Revision 2 (B2) of part 2, by Raspberry Pi (JEDEC 0x927).
const CHIP_ID: u32 = 0x2000_2927;
/// An ASIC.
const PLATFORM: u32 = 1 << 1;

#[derive(Clone, Debug)]
pub(super) struct Sysinfo;

impl Block for Sysinfo {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            0x00 => Some(CHIP_ID),
            0x04 => Some(PLATFORM),
            _ => None,
        }
    }

    /// The registers are read-only.
    fn write(&mut self, offset: u32, _: u32, _: Now) -> Option<()> {
        matches!(offset, 0x00 | 0x04).then_some(())
    }
}

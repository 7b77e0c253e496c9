//! `XIP_CTRL`: the cache in front of the flash memory (RP2040 datasheet, 2.6.3). The cache has no wait states to save in
//! this model, so it is always coherent; its counters are not modelled, and no stream can be begun.

use super::block::{Block, Now};

const CTRL: u32 = 0x00;
const FLUSH: u32 = 0x04;
const STAT: u32 = 0x08;
const STREAM_ADDR: u32 = 0x14;
const STREAM_CTR: u32 = 0x18;

/// `CTRL.ERR_BADWRITE`.
const ERR_BADWRITE: u32 = 1 << 1;
const CTRL_MASK: u32 = 0xb;
/// `STAT.FIFO_EMPTY` and `STAT.FLUSH_READY`.
const FIFO_EMPTY: u32 = 1 << 1;
const FLUSH_READY: u32 = 1 << 0;
const STREAM_ADDR_MASK: u32 = !3;
const STREAM_CTR_MASK: u32 = (1 << 22) - 1;

#[derive(Clone, Debug)]
pub(super) struct XipCtrl {
    control: u32,
    stream_address: u32,
}

impl XipCtrl {
    pub(super) const fn new() -> Self {
        Self { control: 3, stream_address: 0 }
    }

    /// Whether a write to an alias that does not allocate is a bus error.
    pub(super) const fn rejects_writes(&self) -> bool {
        self.control & ERR_BADWRITE != 0
    }
}

impl Block for XipCtrl {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            CTRL => Some(self.control),
            FLUSH => Some(0),
            STAT => Some(FIFO_EMPTY | FLUSH_READY),
            STREAM_ADDR => Some(self.stream_address),
            // Nothing is left to be read.
            STREAM_CTR => Some(0),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            CTRL => self.control = value & CTRL_MASK,
            FLUSH | STAT => {}
            STREAM_ADDR => self.stream_address = value & STREAM_ADDR_MASK,
            STREAM_CTR if value & STREAM_CTR_MASK == 0 => {}
            _ => return None,
        }
        Some(())
    }
}

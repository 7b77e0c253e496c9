//! `XIP_CTRL`: the cache in front of the flash memory, and the stream from it (RP2040 datasheet, 2.6.3). The cache has no
//! wait states to save in this model, so it is always coherent; its counters are not modelled. The stream fills its FIFO
//! at once.

use std::collections::VecDeque;

use super::block::flag;
use super::flash;
use crate::memory::Memory;

const CTRL: u32 = 0x00;
const FLUSH: u32 = 0x04;
const STAT: u32 = 0x08;
const STREAM_ADDR: u32 = 0x14;
const STREAM_CTR: u32 = 0x18;
pub(super) const STREAM_FIFO: u32 = 0x1c;

/// `CTRL.ERR_BADWRITE`.
const ERR_BADWRITE: u32 = 1 << 1;
const CTRL_MASK: u32 = 0xb;
/// `STAT.FIFO_EMPTY` and `STAT.FLUSH_READY`.
const FIFO_FULL: u32 = 1 << 2;
const FIFO_EMPTY: u32 = 1 << 1;
const FLUSH_READY: u32 = 1 << 0;
/// How many words the stream is ahead.
const STREAM_DEPTH: usize = 2;
const STREAM_ADDR_MASK: u32 = !3;
const STREAM_CTR_MASK: u32 = (1 << 22) - 1;

#[derive(Clone, Debug)]
pub(super) struct XipCtrl {
    control: u32,
    stream_address: u32,
    /// How many words are still to be fetched.
    stream_count: u32,
    stream: VecDeque<u32>,
}

impl XipCtrl {
    pub(super) const fn new() -> Self {
        Self { control: 3, stream_address: 0, stream_count: 0, stream: VecDeque::new() }
    }

    /// How many words of the stream can be read.
    pub(super) fn stream_level(&self) -> usize {
        self.stream.len()
    }

    fn fill(&mut self, memory: &Memory<{ flash::LEN }>) {
        while self.stream_count != 0 && self.stream.len() < STREAM_DEPTH {
            self.stream.push_back(memory.load(self.stream_address));
            self.stream_address = self.stream_address.wrapping_add(4);
            self.stream_count -= 1;
        }
    }

    /// Whether a write to an alias that does not allocate is a bus error.
    pub(super) const fn rejects_writes(&self) -> bool {
        self.control & ERR_BADWRITE != 0
    }

    pub(super) fn read(&mut self, offset: u32, memory: &Memory<{ flash::LEN }>) -> Option<u32> {
        match offset {
            CTRL => Some(self.control),
            FLUSH => Some(0),
            STAT => {
                let level = self.stream.len();
                Some(FLUSH_READY | flag(level == 0, FIFO_EMPTY) | flag(level == STREAM_DEPTH, FIFO_FULL))
            }
            STREAM_ADDR => Some(self.stream_address),
            STREAM_CTR => Some(self.stream_count),
            STREAM_FIFO => {
                let word = self.stream.pop_front()?;
                self.fill(memory);
                Some(word)
            }
            _ => None,
        }
    }

    pub(super) fn write(&mut self, offset: u32, value: u32, memory: &Memory<{ flash::LEN }>) -> Option<()> {
        match offset {
            CTRL => self.control = value & CTRL_MASK,
            FLUSH | STAT => {}
            STREAM_ADDR => self.stream_address = value & STREAM_ADDR_MASK,
            STREAM_CTR => {
                self.stream_count = value & STREAM_CTR_MASK;
                self.fill(memory);
            }
            _ => return None,
        }
        Some(())
    }
}

//! DMA: channels, what triggers and paces them, and what comes of their ends.

mod chains;
mod channels;
mod errors;
mod interrupts;
mod pacing;
mod sniffer;

use pico_emu::bus::{Bus, CoreId};

use crate::chip::Chip;

pub(crate) const DMA: u32 = 0x5000_0000;
/// The registers of a channel that are written before it is triggered, and the one that triggers it.
pub(crate) const READ_ADDR: u32 = 0x00;
pub(crate) const WRITE_ADDR: u32 = 0x04;
pub(crate) const TRANS_COUNT: u32 = 0x08;
pub(crate) const CTRL_TRIG: u32 = 0x0c;
pub(crate) const INTR: u32 = DMA + 0x400;
pub(crate) const INTE0: u32 = DMA + 0x404;

/// The fields of CTRL.
pub(crate) const EN: u32 = 1 << 0;
pub(crate) const HIGH_PRIORITY: u32 = 1 << 1;
pub(crate) const HALFWORD: u32 = 1 << 2;
pub(crate) const WORD: u32 = 2 << 2;
pub(crate) const INCR_READ: u32 = 1 << 4;
pub(crate) const INCR_WRITE: u32 = 1 << 5;
pub(crate) const IRQ_QUIET: u32 = 1 << 21;
pub(crate) const BSWAP: u32 = 1 << 22;
pub(crate) const SNIFF_EN: u32 = 1 << 23;
pub(crate) const BUSY: u32 = 1 << 24;
pub(crate) const PERMANENT: u32 = 0x3f << 15;
/// A copy of words as fast as it goes.
pub(crate) const COPY: u32 = EN | WORD | INCR_READ | INCR_WRITE | PERMANENT;

pub(crate) const FROM: u32 = 0x2000_1000;
pub(crate) const TO: u32 = 0x2000_2000;

pub(crate) const fn channel(index: u32) -> u32 {
    DMA + 0x40 * index
}

pub(crate) const fn chain_to(index: u32) -> u32 {
    index << 11
}

pub(crate) const fn ring(size_log2: u32, of_write: bool) -> u32 {
    size_log2 << 6 | (of_write as u32) << 10
}

pub(crate) const fn paced_by(request: u32) -> u32 {
    request << 15
}

impl Chip {
    pub(crate) fn store_words(&mut self, address: u32, words: &[u32]) {
        for (address, word) in (address..).step_by(4).zip(words) {
            self.rp2040.store(address, *word).expect("it is in SRAM");
        }
    }

    pub(crate) fn words(&self, address: u32, count: usize) -> Vec<u32> {
        (address..).step_by(4).take(count).map(|address| self.rp2040.load(address).expect("it is memory")).collect()
    }

    /// Programs a channel without triggering it, for a copy from `FROM` to `TO`.
    pub(crate) fn prepare(&mut self, index: u32, count: u32) {
        self.write(channel(index) + READ_ADDR, FROM);
        self.write(channel(index) + WRITE_ADDR, TO);
        self.write(channel(index) + TRANS_COUNT, count);
    }

    /// The same, and triggers it.
    pub(crate) fn start(&mut self, index: u32, count: u32, control: u32) {
        self.prepare(index, count);
        self.write(channel(index) + CTRL_TRIG, control);
    }

    /// Lets so many cycles pass.
    pub(crate) fn pass(&mut self, cycles: u64) {
        self.cycle += cycles;
        self.rp2040.signals(CoreId::Core0, self.cycle);
    }

    pub(crate) fn is_busy(&mut self, index: u32) -> bool {
        self.read(channel(index) + CTRL_TRIG) & BUSY != 0
    }

    pub(crate) fn remaining(&mut self, index: u32) -> u32 {
        self.read(channel(index) + TRANS_COUNT)
    }
}

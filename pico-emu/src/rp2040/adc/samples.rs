//! The FIFO of the samples (RP2040 datasheet, 4.9.2.4).

use std::collections::VecDeque;

use crate::rp2040::block::flag;

const DEPTH: usize = 8;

/// The bits of FCS.
const ENABLE: u32 = 1 << 0;
const SHIFT: u32 = 1 << 1;
const DREQ: u32 = 1 << 3;
const EMPTY: u32 = 1 << 8;
const FULL: u32 = 1 << 9;
const UNDER: u32 = 1 << 10;
const OVER: u32 = 1 << 11;
/// THRESH, `DREQ_EN`, ERR, SHIFT and EN.
const CONTROL: u32 = 0x0f00_000f;

#[derive(Clone, Debug)]
pub(super) struct Samples {
    control: u32,
    /// OVER and UNDER.
    flags: u32,
    fifo: VecDeque<u16>,
}

impl Samples {
    pub(super) const fn new() -> Self {
        Self { control: 0, flags: 0, fifo: VecDeque::new() }
    }

    /// A conversion is complete.
    pub(super) fn push(&mut self, result: u16) {
        if self.control & ENABLE == 0 {
            return;
        }
        if self.fifo.len() == DEPTH {
            self.flags |= OVER;
            return;
        }
        self.fifo.push_back(if self.control & SHIFT != 0 { result >> 4 } else { result });
    }

    pub(super) fn pop(&mut self) -> u16 {
        self.fifo.pop_front().unwrap_or_else(|| {
            self.flags |= UNDER;
            0
        })
    }

    /// Whether it is as full as THRESH says, which is the interrupt. With a threshold of 0 it always is, on or off: embassy's
    /// driver waits for a conversion by that.
    pub(super) fn is_due(&self) -> bool {
        self.fifo.len() >= self.threshold()
    }

    /// How many samples it asks the DMA to take.
    pub(super) fn requested(&self) -> u32 {
        if self.has_requests() && self.is_due() { self.fifo.len() as u32 } else { 0 }
    }

    /// Whether it would ask the DMA.
    pub(super) const fn has_requests(&self) -> bool {
        self.control & DREQ != 0
    }

    fn threshold(&self) -> usize {
        (self.control >> 24) as usize
    }

    /// FCS.
    pub(super) fn status(&self) -> u32 {
        let level = self.fifo.len() as u32;
        let (empty, full) = (self.fifo.is_empty(), self.fifo.len() == DEPTH);
        self.control | self.flags | level << 16 | flag(empty, EMPTY) | flag(full, FULL)
    }

    pub(super) const fn set_control(&mut self, value: u32) {
        self.control = value & CONTROL;
        self.flags &= !value;
    }
}

//! The two FIFOs between the cores (RP2040 datasheet, 2.3.1.4).

use std::collections::VecDeque;

use crate::bus::CoreId;
use crate::rp2040::block::flag;

const DEPTH: usize = 8;

const ROE: u32 = 1 << 3;
const WOF: u32 = 1 << 2;
const RDY: u32 = 1 << 1;
const VLD: u32 = 1 << 0;

#[derive(Clone, Debug)]
pub(super) struct Fifos {
    /// What is on its way to each core.
    to: [VecDeque<u32>; CoreId::COUNT],
    /// ROE and WOF of each core.
    errors: [u32; CoreId::COUNT],
}

const fn other(core: CoreId) -> usize {
    1 - core.index()
}

impl Fifos {
    pub(super) fn new() -> Self {
        let fifo = || VecDeque::with_capacity(DEPTH);
        Self { to: [fifo(), fifo()], errors: [0; CoreId::COUNT] }
    }

    pub(super) fn status(&self, core: CoreId) -> u32 {
        let valid = !self.to[core.index()].is_empty();
        let ready = self.to[other(core)].len() < DEPTH;
        self.errors[core.index()] | flag(ready, RDY) | flag(valid, VLD)
    }

    /// Asserted while there is something to read or an error is not cleared.
    pub(super) fn interrupt(&self, core: CoreId) -> bool {
        self.status(core) & (ROE | WOF | VLD) != 0
    }

    pub(super) const fn clear_errors(&mut self, core: CoreId) {
        self.errors[core.index()] = 0;
    }

    /// A read of nothing gives 0 and is noted.
    pub(super) fn read(&mut self, core: CoreId) -> u32 {
        self.to[core.index()].pop_front().unwrap_or_else(|| {
            self.errors[core.index()] |= ROE;
            0
        })
    }

    /// What does not fit is lost, and that is noted.
    pub(super) fn write(&mut self, core: CoreId, value: u32) {
        let fifo = &mut self.to[other(core)];
        if fifo.len() < DEPTH {
            fifo.push_back(value);
        } else {
            self.errors[core.index()] |= WOF;
        }
    }
}

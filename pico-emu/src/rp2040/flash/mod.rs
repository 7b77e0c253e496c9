//! The flash memory behind the SSI: a W25Q16JV, as on a Pico (Winbond W25Q16JV data sheet).
//!
//! What is simpler here than in the chip:
//!
//! - It is erased and programmed at once when it is deselected, and is then BUSY for the typical time.
//! - Execution in place reads its content whatever it is doing, also while it is BUSY or powered down.
//! - A bit that protects it or locks its status registers cannot be set, and it is not reset while it is BUSY.

mod array;
mod device;
mod instruction;
mod status;
pub(super) mod timing;

pub(super) use self::device::Device;

use super::edges::{Edges, Rate};
use crate::memory::Memory;

/// Its size in bytes: 2 MiB.
pub(super) const LEN: usize = 2 << 20;

const NS_PER_S: u64 = 1_000_000_000;

#[derive(Clone)]
pub(super) struct Flash {
    pub(super) memory: Memory<LEN>,
    pub(super) device: Device,
    /// Nanoseconds by the cycles of `clk_sys`.
    clock: Edges,
}

impl Flash {
    /// Erased, with quad mode enabled, which a Pico's memory is since its first start.
    pub(super) fn new(unique_id: [u8; 8]) -> Self {
        let mut memory = Memory::new();
        memory.write(0, &vec![0xff; LEN]);
        Self { memory, device: Device::new(unique_id), clock: Edges::new(Rate::STOPPED) }
    }

    /// Changes the frequency of `clk_sys`.
    pub(super) fn set_clock(&mut self, cycle: u64, sys_hz: u64) {
        self.clock.set_rate(cycle, Rate { edges: NS_PER_S, cycles: sys_hz });
    }

    /// One frame each way on the serial wires, which begins at a cycle; `None` if what it asks for is not modelled.
    pub(super) fn exchange(&mut self, frame: u32, bits: u32, cycle: u64) -> Option<u32> {
        self.device.exchange(frame, bits, &self.memory, self.clock.count(cycle))
    }

    /// The same with a copy of the device, to know what is to come.
    pub(super) fn foresee(&self, device: &mut Device, frame: u32, bits: u32, cycle: u64) -> Option<u32> {
        device.exchange(frame, bits, &self.memory, self.clock.count(cycle))
    }

    /// The chip is no longer selected, at a cycle: it does what it has been told.
    pub(super) fn deselect(&mut self, cycle: u64) {
        self.device.deselect(&mut self.memory, self.clock.count(cycle));
    }
}

impl std::fmt::Debug for Flash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flash").field("device", &self.device).finish_non_exhaustive()
    }
}

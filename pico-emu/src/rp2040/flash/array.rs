//! The memory's cells: how they are erased and programmed.

use super::LEN;
use crate::memory::Memory;

pub(super) const PAGE_LEN: usize = 256;

/// Sets all bits of an extent, a power of two, that an address lies in.
pub(super) fn erase(memory: &mut Memory<LEN>, address: u32, len: usize) {
    let start = address as usize & (LEN - len);
    memory.write(start as u32, &vec![0xff; len]);
}

/// Programs the page that an address lies in: bits can be cleared and never set.
pub(super) fn program(memory: &mut Memory<LEN>, address: u32, page: &[u8; PAGE_LEN]) {
    let start = address as usize & (LEN - PAGE_LEN);
    let cells: Vec<u8> = memory.bytes()[start..].iter().zip(page).map(|(cell, byte)| cell & byte).collect();
    memory.write(start as u32, &cells);
}

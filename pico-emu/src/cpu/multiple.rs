//! Lists of registers, to and from consecutive words.

use super::access::{self, AccessError, Done};
use super::core::Core;
use crate::bus::Bus;

/// Loads the listed registers, from the lowest at `address` on. A register may be changed also where it fails.
#[inline(always)]
pub(super) fn load<B: Bus>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    registers: u16,
    cycle: u64,
) -> Result<Done, AccessError> {
    each(registers, address, cycle, |register, address, cycle| {
        let done = access::load::<B, u32>(core, bus, address, cycle)?;
        core.registers.core[register] = done.value;
        Ok(done)
    })
}

/// Stores the listed registers, from the lowest at `address` on.
#[inline(always)]
pub(super) fn store<B: Bus>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    registers: u16,
    cycle: u64,
) -> Result<Done, AccessError> {
    each(registers, address, cycle, |register, address, cycle| {
        let value = core.registers.core[register];
        access::store::<B, u32>(core, bus, address, value, cycle)
    })
}

/// The bytes that a list of registers takes.
pub(super) const fn size(registers: u16) -> u32 {
    registers.count_ones() * 4
}

#[inline(always)]
fn each(
    mut registers: u16,
    mut address: u32,
    mut cycle: u64,
    mut transfer: impl FnMut(usize, u32, u64) -> Result<Done, AccessError>,
) -> Result<Done, AccessError> {
    let mut all = Done { value: 0, cycles: 0, attention: false };
    while registers != 0 {
        let register = registers.trailing_zeros() as usize % 16;
        let done = transfer(register, address, cycle)?;
        // The single-cycle port saves nothing here: each word takes a cycle (DDI 0484, table 3-1).
        let cycles = done.cycles.max(1);
        cycle += cycles;
        all.cycles += cycles;
        all.attention |= done.attention;
        address = address.wrapping_add(4);
        registers &= registers - 1;
    }
    Ok(all)
}

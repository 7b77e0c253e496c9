//! Data accesses of the processor: memory at once, everything else with all the ceremony.

use super::core::Core;
use super::scs;
use crate::bus::{Access, Bus, BusFault, Operation, Stored, Timing, Unit, Width};

/// The cycles of a load or store beyond those of the transfer, and of a list of them.
pub(super) const ISSUE_CYCLES: u64 = 1;

/// The private peripheral bus (DDI 0419, B3.1).
const PPB: std::ops::Range<u32> = 0xe000_0000..0xe010_0000;

/// Why a data access failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccessError {
    /// The address is no multiple of the width.
    Unaligned,
    Bus(BusFault),
}

/// A data access that succeeded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    /// What was read, zero-extended.
    pub(super) value: u32,
    /// The cycles of the transfer: 0 by the single-cycle port, 1 by the bus, and the wait states.
    pub(super) cycles: u64,
    /// What the processor does next may have changed.
    pub(super) attention: bool,
}

impl Done {
    const MEMORY: Self = Self { value: 0, cycles: 1, attention: false };
}

/// Reads data at `cycle`.
#[inline(always)]
pub(super) fn load<B: Bus, U: Unit>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    cycle: u64,
) -> Result<Done, AccessError> {
    if address.is_multiple_of(U::WIDTH.bytes())
        && let Some(value) = bus.load::<U>(address)
    {
        return Ok(Done { value: value.zero_extend(), ..Done::MEMORY });
    }
    read(core, bus, address, U::WIDTH, cycle)
}

/// Writes data at `cycle`.
#[inline(always)]
pub(super) fn store<B: Bus, U: Unit>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    value: u32,
    cycle: u64,
) -> Result<Done, AccessError> {
    if address.is_multiple_of(U::WIDTH.bytes())
        && let Some(stored) = bus.store(address, U::truncate(value))
    {
        return Ok(Done { attention: stored == Stored::OverCode, ..Done::MEMORY });
    }
    write(core, bus, address, U::WIDTH, U::truncate(value).zero_extend(), cycle)
}

#[cold]
#[inline(never)]
fn read<B: Bus>(core: &mut Core, bus: &mut B, address: u32, width: Width, cycle: u64) -> Result<Done, AccessError> {
    let access = aligned(core, address, width, Operation::Read, cycle)?;
    let (value, timing) = if PPB.contains(&address) { scs::read(core, access) } else { bus.read(access) }?;
    Ok(Done { value, cycles: transfer_cycles(timing), attention: true })
}

#[cold]
#[inline(never)]
fn write<B: Bus>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    width: Width,
    value: u32,
    cycle: u64,
) -> Result<Done, AccessError> {
    let access = aligned(core, address, width, Operation::Write, cycle)?;
    let timing = if PPB.contains(&address) { scs::write(core, access, value) } else { bus.write(access, value) }?;
    Ok(Done { value: 0, cycles: transfer_cycles(timing), attention: true })
}

fn aligned(core: &Core, address: u32, width: Width, operation: Operation, cycle: u64) -> Result<Access, AccessError> {
    if address.is_multiple_of(width.bytes()) {
        Ok(Access { core: core.id, cycle, address, width, operation })
    } else {
        Err(AccessError::Unaligned)
    }
}

fn transfer_cycles(timing: Timing) -> u64 {
    match timing {
        Timing::SingleCycle => 0,
        Timing::Ahb { wait_cycles } => 1 + u64::from(wait_cycles),
    }
}

impl From<BusFault> for AccessError {
    fn from(fault: BusFault) -> Self {
        Self::Bus(fault)
    }
}

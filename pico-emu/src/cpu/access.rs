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
    /// The memory protection unit forbids it.
    Protected,
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
        && !core.mpu.guards(address)
        && let Some(done) = load_memory::<B, U>(bus, address)
    {
        return Ok(done);
    }
    read::<B, U>(core, bus, address, cycle)
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
    let value = U::truncate(value);
    if address.is_multiple_of(U::WIDTH.bytes())
        && !core.mpu.guards(address)
        && let Some(done) = store_memory(bus, address, value)
    {
        return Ok(done);
    }
    write(core, bus, address, value, cycle)
}

/// Reads a vector, to which the memory protection unit does not apply (DDI 0419, B3.5.1).
pub(super) fn load_vector<B: Bus>(core: &mut Core, bus: &mut B, address: u32) -> Result<u32, AccessError> {
    if let Some(done) = load_memory::<B, u32>(bus, address) {
        return Ok(done.value);
    }
    let access = aligned(core, address, Width::Word, Operation::Read, core.cycle)?;
    Ok(read_bus(core, bus, access)?.value)
}

#[inline(always)]
fn load_memory<B: Bus, U: Unit>(bus: &B, address: u32) -> Option<Done> {
    bus.load::<U>(address).map(|value| Done { value: value.zero_extend(), ..Done::MEMORY })
}

#[inline(always)]
fn store_memory<B: Bus, U: Unit>(bus: &mut B, address: u32, value: U) -> Option<Done> {
    bus.store(address, value).map(|stored| Done { attention: stored == Stored::OverCode, ..Done::MEMORY })
}

#[cold]
#[inline(never)]
fn read<B: Bus, U: Unit>(core: &mut Core, bus: &mut B, address: u32, cycle: u64) -> Result<Done, AccessError> {
    let access = aligned(core, address, U::WIDTH, Operation::Read, cycle)?;
    if core.mpu.guards(address) {
        check(core, &access)?;
        if let Some(done) = load_memory::<B, U>(bus, address) {
            return Ok(done);
        }
    }
    read_bus(core, bus, access)
}

fn read_bus<B: Bus>(core: &mut Core, bus: &mut B, access: Access) -> Result<Done, AccessError> {
    let (value, timing) = if PPB.contains(&access.address) { scs::read(core, access) } else { bus.read(access) }?;
    Ok(Done { value, cycles: transfer_cycles(timing), attention: timing != Timing::Quiet })
}

#[cold]
#[inline(never)]
fn write<B: Bus, U: Unit>(
    core: &mut Core,
    bus: &mut B,
    address: u32,
    value: U,
    cycle: u64,
) -> Result<Done, AccessError> {
    let access = aligned(core, address, U::WIDTH, Operation::Write, cycle)?;
    if core.mpu.guards(address) {
        check(core, &access)?;
        if let Some(done) = store_memory(bus, address, value) {
            return Ok(done);
        }
    }
    let value = value.zero_extend();
    let timing = if PPB.contains(&address) { scs::write(core, access, value) } else { bus.write(access, value) }?;
    Ok(Done { value: 0, cycles: transfer_cycles(timing), attention: timing != Timing::Quiet })
}

fn aligned(core: &Core, address: u32, width: Width, operation: Operation, cycle: u64) -> Result<Access, AccessError> {
    if address.is_multiple_of(width.bytes()) {
        Ok(Access { core: core.id, cycle, address, width, operation })
    } else {
        Err(AccessError::Unaligned)
    }
}

/// Asks the memory protection unit, which does not apply to the private peripheral bus.
fn check(core: &Core, access: &Access) -> Result<(), AccessError> {
    let permitted = PPB.contains(&access.address) || core.mpu.permits(access.operation, access.address);
    if permitted { Ok(()) } else { Err(AccessError::Protected) }
}

fn transfer_cycles(timing: Timing) -> u64 {
    match timing {
        Timing::SingleCycle | Timing::Quiet => 0,
        Timing::Ahb { wait_cycles } => 1 + u64::from(wait_cycles),
    }
}

impl From<BusFault> for AccessError {
    fn from(fault: BusFault) -> Self {
        Self::Bus(fault)
    }
}

//! The memory functions (RP2040 datasheet, 2.8.3.1.2). They take a cycle a byte, about what loops over words need.

use super::{Caller, Duration};
use crate::bus::BusFault;
use crate::rp2040::wires::Wires;

const CALL_CYCLES: u64 = 20;

pub(super) fn fill<W: Wires>(
    caller: &mut Caller<'_, W>,
    to: u32,
    byte: u8,
    len: u32,
) -> Result<(u32, Duration), Option<BusFault>> {
    for offset in 0..len {
        caller.store(to.wrapping_add(offset), byte)?;
    }
    Ok((to, Duration::Cycles(CALL_CYCLES + u64::from(len))))
}

pub(super) fn copy<W: Wires>(
    caller: &mut Caller<'_, W>,
    to: u32,
    from: u32,
    len: u32,
) -> Result<(u32, Duration), Option<BusFault>> {
    for offset in 0..len {
        let byte = caller.load(from.wrapping_add(offset))?;
        caller.store(to.wrapping_add(offset), byte)?;
    }
    Ok((to, Duration::Cycles(CALL_CYCLES + u64::from(len))))
}

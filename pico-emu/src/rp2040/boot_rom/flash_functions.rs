//! The flash functions (RP2040 datasheet, 2.8.3.1.3), with the memory's typical times (W25Q16JV data sheet, 9.6).
//!
//! Reading the flash memory while execution in place is off is not told from reading it while it is on.

use super::{Caller, Duration};
use crate::bus::{BusFault, Operation};
use crate::rp2040::flash;
use crate::rp2040::wires::Wires;

const PAGE_LEN: u32 = 256;
const SECTOR_LEN: u32 = 4096;
const SECTOR_ERASE_NS: u64 = 45_000_000;
const BLOCK_ERASE_NS: u64 = 150_000_000;
const PAGE_PROGRAM_NS: u64 = 400_000;
/// About what the handful of bytes takes that ends execution in place.
const EXIT_CYCLES: u64 = 1_000;

const LEN: u32 = flash::LEN as u32;

/// Leaves the serial interface ready for single bytes.
pub(super) fn exit_xip<W: Wires>(caller: &mut Caller<'_, W>, r0: u32) -> (u32, Duration) {
    caller.chip.ssi.connect();
    (r0, Duration::Cycles(EXIT_CYCLES))
}

/// Erases whole sectors, and blocks where one fits: `block_len` is its size in bytes.
pub(super) fn erase<W: Wires>(
    caller: &mut Caller<'_, W>,
    offset: u32,
    len: u32,
    block_len: u32,
) -> Result<Duration, Option<BusFault>> {
    let (mut at, end) = (offset & !(SECTOR_LEN - 1), checked_end(caller, offset, len)?);
    let mut time_ns = 0;
    while at < end {
        let block = block_len > SECTOR_LEN && at.is_multiple_of(block_len) && end - at >= block_len;
        let (piece, piece_ns) = if block { (block_len, BLOCK_ERASE_NS) } else { (SECTOR_LEN, SECTOR_ERASE_NS) };
        caller.chip.flash.memory.write(at, &vec![0xff; piece as usize]);
        at += piece;
        time_ns += piece_ns;
    }
    Ok(Duration::Nanoseconds(time_ns))
}

/// Programs pages: bits can be cleared and never set.
pub(super) fn program<W: Wires>(
    caller: &mut Caller<'_, W>,
    offset: u32,
    data: u32,
    len: u32,
) -> Result<Duration, Option<BusFault>> {
    checked_end(caller, offset, len)?;
    for at in 0..len {
        let byte = caller.load(data.wrapping_add(at))?;
        let memory = &mut caller.chip.flash.memory;
        let before: u8 = memory.load(offset + at);
        memory.write(offset + at, &[before & byte]);
    }
    Ok(Duration::Nanoseconds(u64::from(len.div_ceil(PAGE_LEN)) * PAGE_PROGRAM_NS))
}

/// Where a range ends, which has to lie within the memory: beyond it, what the memory does is not modelled.
fn checked_end<W: Wires>(caller: &Caller<'_, W>, offset: u32, len: u32) -> Result<u32, Option<BusFault>> {
    let end = offset.checked_add(len).filter(|&end| end <= LEN);
    end.ok_or_else(|| Some(caller.access(offset, Operation::Write).not_modelled()))
}

//! The flash functions (RP2040 datasheet, 2.8.3.1.3), with the memory's typical times.
//!
//! Sectors and pages are erased and programmed in halves, so that a cut of power can leave one of them half done.
//! Reading the flash memory while execution in place is off is not told from reading it while it is on.

use super::{Caller, Done, Duration};
use crate::bus::{BusFault, Operation};
use crate::cpu::Register;
use crate::rp2040::flash::{self, timing};
use crate::rp2040::wires::Wires;

const HALF_PAGE_LEN: u32 = 256 / 2;
const HALF_SECTOR_LEN: u32 = 4096 / 2;
const HALF_SECTOR_ERASE_NS: u64 = timing::SECTOR_ERASE_NS / 2;
const HALF_PAGE_PROGRAM_NS: u64 = timing::PAGE_PROGRAM_NS / 2;
/// About what the handful of bytes takes that ends execution in place.
const EXIT_CYCLES: u64 = 1_000;

const LEN: u32 = flash::LEN as u32;

/// Leaves the serial interface ready for single bytes.
pub(super) fn exit_xip<W: Wires>(caller: &mut Caller<'_, W>, r0: u32) -> (u32, Duration) {
    let chip = &mut *caller.chip;
    chip.ssi.deselect(&mut chip.flash);
    chip.ssi.connect();
    (r0, Duration::Cycles(EXIT_CYCLES))
}

/// Erases a block where one fits, `block_len` bytes, or else half of a sector. The function takes whole sectors alone.
pub(super) fn erase<W: Wires>(
    caller: &mut Caller<'_, W>,
    offset: u32,
    len: u32,
    block_len: u32,
) -> Result<Done, Option<BusFault>> {
    let end = checked_end(caller, offset, len)?;
    if !offset.is_multiple_of(HALF_SECTOR_LEN) || !end.is_multiple_of(2 * HALF_SECTOR_LEN) {
        return Err(Some(caller.access(offset, Operation::Write).not_modelled()));
    }
    if len == 0 {
        return Ok(Done::Returned(Duration::Cycles(0)));
    }
    let block = block_len > HALF_SECTOR_LEN && offset.is_multiple_of(block_len) && len >= block_len;
    let (piece, piece_ns) =
        if block { (block_len, timing::BLOCK_ERASE_NS) } else { (HALF_SECTOR_LEN, HALF_SECTOR_ERASE_NS) };
    caller.chip.flash.memory.write(offset, &vec![0xff; piece as usize]);
    caller.set_arguments([(Register::R0, offset + piece), (Register::R1, len - piece)]);
    Ok(Done::GoesOn(Duration::Nanoseconds(piece_ns)))
}

/// Programs half of a page: bits can be cleared and never set.
pub(super) fn program<W: Wires>(
    caller: &mut Caller<'_, W>,
    offset: u32,
    data: u32,
    len: u32,
) -> Result<Done, Option<BusFault>> {
    checked_end(caller, offset, len)?;
    if len == 0 {
        return Ok(Done::Returned(Duration::Cycles(0)));
    }
    let piece = len.min(HALF_PAGE_LEN);
    for at in 0..piece {
        let byte = caller.load(data.wrapping_add(at))?;
        let memory = &mut caller.chip.flash.memory;
        let before: u8 = memory.load(offset + at);
        memory.write(offset + at, &[before & byte]);
    }
    let rest = [(Register::R0, offset + piece), (Register::R1, data.wrapping_add(piece)), (Register::R2, len - piece)];
    caller.set_arguments(rest);
    Ok(Done::GoesOn(Duration::Nanoseconds(HALF_PAGE_PROGRAM_NS)))
}

/// Where a range ends, which has to lie within the memory: beyond it, what the memory does is not modelled.
fn checked_end<W: Wires>(caller: &Caller<'_, W>, offset: u32, len: u32) -> Result<u32, Option<BusFault>> {
    let end = offset.checked_add(len).filter(|&end| end <= LEN);
    end.ok_or_else(|| Some(caller.access(offset, Operation::Write).not_modelled()))
}

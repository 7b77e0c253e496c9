//! How the processors start (RP2040 datasheet, 2.8.1).

use super::{CODE, Caller, Done, STACK, code};
use crate::bus::{Bus, CoreId};
use crate::cpu::Register;
use crate::rp2040::wires::Wires;

/// Why there is nothing to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rp2040) enum Boot {
    /// The program has asked for USB boot.
    Usb,
    /// The flash memory does not begin with a second stage whose checksum fits.
    NoSecondStage,
}

/// Where the second stage is run, and how long it is with its checksum.
const SECOND_STAGE: u32 = 0x2004_1f00;
const SECOND_STAGE_LEN: usize = 256;
const CHECKSUM_LEN: usize = 4;
/// What the watchdog's scratch register 4 has to hold for a start by scratch registers 5 to 7.
const VECTOR_MAGIC: u32 = 0xb007_c0d3;

/// The first instruction of both processors.
pub(super) fn start<W: Wires>(caller: &mut Caller<'_, W>) -> Done {
    if caller.cpu.id() == CoreId::Core1 {
        caller.cpu.registers_mut().write(Register::Pc, u32::from((CODE + code::WAIT_FOR_VECTOR) | 1));
        return Done::Jumped;
    }
    caller.chip.release_for_boot();
    if let Some((stack, entry)) = take_vector(caller) {
        return jump(caller, stack, entry, dead());
    }
    let second_stage: [u8; SECOND_STAGE_LEN] =
        *caller.chip.flash().first_chunk().expect("the flash memory is longer than that");
    let (body, checksum) = second_stage.split_at(SECOND_STAGE_LEN - CHECKSUM_LEN);
    if crc32(body).to_le_bytes() != checksum {
        return Done::Boot(Boot::NoSecondStage);
    }
    for (address, byte) in (SECOND_STAGE..).zip(second_stage) {
        let stored = caller.chip.store(address, byte);
        debug_assert!(stored.is_some(), "it is run in SRAM");
    }
    // A return address of 0 has the second stage go on with the vector table behind it.
    jump(caller, STACK, SECOND_STAGE | 1, 0)
}

fn jump<W: Wires>(caller: &mut Caller<'_, W>, stack: u32, entry: u32, return_address: u32) -> Done {
    let registers = caller.cpu.registers_mut();
    registers.write(Register::Sp, stack);
    registers.write(Register::Lr, return_address);
    registers.write(Register::Pc, entry);
    Done::Jumped
}

const fn dead() -> u32 {
    ((CODE + code::DEAD) | 1) as u32
}

/// The stack pointer and the entry that the program before the reset has left. They are good for one start.
fn take_vector<W: Wires>(caller: &mut Caller<'_, W>) -> Option<(u32, u32)> {
    let scratch = caller.chip.watchdog.scratch_mut();
    let [magic, check, stack, entry] = *scratch.last_chunk().expect("there are eight");
    if magic != VECTOR_MAGIC || check != entry ^ VECTOR_MAGIC.wrapping_neg() {
        return None;
    }
    scratch[4] = 0;
    Some((stack, entry))
}

/// CRC-32 as the ROM computes it: polynomial 0x04c11db7, not reflected, from ones, not inverted.
fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 != 0 { 0x04c1_1db7 } else { 0 })
    })
}

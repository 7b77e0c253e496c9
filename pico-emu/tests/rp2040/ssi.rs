//! SSI and `IO_QSPI`: the way to the flash memory (RP2040 datasheet, 4.10).

use pico_emu::bus::{Bus, BusFaultKind};
use pico_emu::rp2040::{Config, Rp2040};

use crate::chip::{Chip, SIO};

const SSI: u32 = 0x1800_0000;
const DR0: u32 = SSI + 0x60;
const QSPI_SS_CTRL: u32 = 0x4001_800c;
const BUSY: u32 = 1;
/// How long a byte takes by a divider of 4.
const BYTE_CYCLES: u64 = 8 * 4;

/// A chip with the interface set up for single bytes.
fn chip() -> Chip {
    let mut chip = Chip::new();
    chip.rp2040 = Rp2040::new(Config { unique_id: *b"\xe6abcdefg", ..Config::default() });
    chip.write(crate::chip::RESETS, 0);
    chip.write(SSI + 0x14, 4);
    chip.write(SSI, 7 << 16);
    chip.write(SSI + 0x10, 1);
    chip.write(SSI + 0x08, 1);
    chip
}

/// Sends bytes at once, and gives what has come in return.
fn exchange(chip: &mut Chip, bytes: &[u8]) -> Vec<u32> {
    for &byte in bytes {
        chip.write(DR0, u32::from(byte));
    }
    chip.cycle += BYTE_CYCLES * bytes.len() as u64;
    bytes.iter().map(|_| chip.read(DR0)).collect()
}

#[test]
fn a_byte_is_under_way_for_its_bits() {
    let mut chip = chip();
    chip.write(DR0, 0x05);
    chip.cycle += BYTE_CYCLES - 1;
    assert_eq!((chip.read(SSI + 0x28) & BUSY, chip.read(SSI + 0x24)), (BUSY, 0));
    assert_eq!(chip.read_fault(DR0), BusFaultKind::NotModelled);
    chip.cycle += 1;
    assert_eq!((chip.read(SSI + 0x28) & BUSY, chip.read(SSI + 0x24)), (0, 1));
}

#[test]
fn status_registers_are_read_and_written() {
    let mut chip = chip();
    assert_eq!(exchange(&mut chip, &[0x05, 0])[1], 0);
    assert_eq!(exchange(&mut chip, &[0x35, 0])[1], 2);
    exchange(&mut chip, &[0x06]);
    exchange(&mut chip, &[0x01, 0, 0]);
    assert_eq!(exchange(&mut chip, &[0x35, 0])[1], 0);
}

#[test]
fn the_memory_stays_selected_while_its_pin_is_forced_low() {
    let mut chip = chip();
    chip.write(QSPI_SS_CTRL, 2 << 8);
    let mut answers = Vec::new();
    for byte in [0x4b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {
        answers.extend(exchange(&mut chip, &[byte]));
    }
    assert_eq!(answers[5..].iter().map(|&byte| byte as u8).collect::<Vec<_>>(), b"\xe6abcdefg");
    chip.write(QSPI_SS_CTRL, 3 << 8);
    chip.write(QSPI_SS_CTRL, 2 << 8);
    let answers: Vec<u32> = [0x9f, 0, 0, 0].into_iter().flat_map(|byte| exchange(&mut chip, &[byte])).collect();
    assert_eq!(answers[1..], [0xef, 0x40, 0x15]);
}

#[test]
fn the_read_before_execution_in_place_gives_a_word() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x100, &[1, 2, 3, 4]);
    chip.write(SSI + 0x08, 0);
    chip.write(SSI, 2 << 21 | 31 << 16 | 3 << 8);
    chip.write(SSI + 0x08, 1);
    chip.write(DR0, 0xeb);
    chip.write(DR0, 0x100 << 8 | 0xa0);
    chip.cycle += 4 * BYTE_CYCLES;
    assert_eq!(chip.read(DR0), 0x0102_0304);
}

#[test]
fn a_command_that_the_memory_does_not_know_is_not_modelled() {
    assert_eq!(chip().write_fault(DR0, 0xab), BusFaultKind::NotModelled);
}

#[test]
fn the_select_pin_reads_high_while_nobody_presses_the_button() {
    let mut chip = chip();
    assert_eq!(chip.read(SIO + 8) >> 1 & 1, 1);
    assert_eq!(chip.rp2040.load::<u32>(0x1000_0000), Some(u32::MAX));
}

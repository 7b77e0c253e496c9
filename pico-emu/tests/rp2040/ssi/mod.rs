//! SSI and `IO_QSPI`, and the flash memory behind them (RP2040 datasheet, 4.10; W25Q16JV data sheet).

mod fifos;
mod memory;
mod refusals;
mod transfers;

use pico_emu::rp2040::{Config, Rp2040};

use crate::chip::{Chip, RESETS};

const SSI: u32 = 0x1800_0000;
const CTRLR0: u32 = SSI;
const CTRLR1: u32 = SSI + 0x04;
const SSIENR: u32 = SSI + 0x08;
const SER: u32 = SSI + 0x10;
const BAUDR: u32 = SSI + 0x14;
const TXFTLR: u32 = SSI + 0x18;
const RXFTLR: u32 = SSI + 0x1c;
const TXFLR: u32 = SSI + 0x20;
const RXFLR: u32 = SSI + 0x24;
const SR: u32 = SSI + 0x28;
const IMR: u32 = SSI + 0x2c;
const RISR: u32 = SSI + 0x34;
const DMACR: u32 = SSI + 0x4c;
const DR0: u32 = SSI + 0x60;
const QSPI_SS_CTRL: u32 = 0x4001_800c;

/// SR.
const BUSY: u32 = 1 << 0;
const TFNF: u32 = 1 << 1;
const TFE: u32 = 1 << 2;
const RFNE: u32 = 1 << 3;
const RFF: u32 = 1 << 4;

/// CTRLR0: frames of a byte, and the transfer modes.
const BYTES: u32 = 7 << 16;
const TRANSMIT_ONLY: u32 = 1 << 8;
const RECEIVE_ONLY: u32 = 2 << 8;
const EEPROM_READ: u32 = 3 << 8;

/// How long a byte takes by a divider of 4.
const BYTE_CYCLES: u64 = 8 * 4;

/// A chip with the interface set up for single bytes.
fn chip() -> Chip {
    chip_with(BYTES, 4)
}

/// A chip with the interface set up for frames of a kind.
fn chip_with(control: u32, divider: u32) -> Chip {
    let mut chip = Chip::new();
    chip.rp2040 = Rp2040::new(Config { unique_id: *b"\xe6abcdefg", ..Config::default() });
    chip.write(RESETS, 0);
    chip.write(BAUDR, divider);
    chip.write(SER, 1);
    set_up(&mut chip, control, 0);
    chip
}

/// Sets other frames up, of which so many and one more are received.
fn set_up(chip: &mut Chip, control: u32, last_frame: u32) {
    chip.write(SSIENR, 0);
    chip.write(CTRLR0, control);
    chip.write(CTRLR1, last_frame);
    chip.write(SSIENR, 1);
}

/// Sends bytes at once, and gives what has come in return.
fn exchange(chip: &mut Chip, bytes: &[u8]) -> Vec<u32> {
    for &byte in bytes {
        chip.write(DR0, u32::from(byte));
    }
    chip.cycle += BYTE_CYCLES * bytes.len() as u64;
    take(chip, bytes.len())
}

/// What has come.
fn take(chip: &mut Chip, frames: usize) -> Vec<u32> {
    (0..frames).map(|_| chip.read(DR0)).collect()
}

fn force_select(chip: &mut Chip, selected: bool) {
    chip.write(QSPI_SS_CTRL, if selected { 2 << 8 } else { 3 << 8 });
}

/// Sends bytes one by one while the select pin is forced low, and gives what has come in return for each.
fn command(chip: &mut Chip, bytes: &[u8]) -> Vec<u8> {
    force_select(chip, true);
    let answers = bytes.iter().map(|&byte| exchange(chip, &[byte])[0] as u8).collect();
    force_select(chip, false);
    answers
}

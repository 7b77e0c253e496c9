//! Transfers that fail.

use std::time::Duration;

use pico_emu::bus::BusFaultKind;
use pico_emu::rp2040::{PeripheralFault, Stop};

use super::*;
use crate::program::{STAY, run, word};

const READ_ERROR: u32 = 1 << 30;
const WRITE_ERROR: u32 = 1 << 29;
const AHB_ERROR: u32 = 1 << 31;

fn after_a_copy(from: u32, to: u32) -> Chip {
    let mut chip = Chip::new();
    chip.prepare(0, 4);
    chip.write(channel(0) + READ_ADDR, from);
    chip.write(channel(0) + WRITE_ADDR, to);
    chip.write(channel(0) + CTRL_TRIG, COPY);
    chip.pass(4);
    chip
}

#[test]
fn an_error_halts_the_channel_with_an_interrupt() {
    for (from, to, error) in [(0x3000_0000, TO, READ_ERROR), (FROM, 0x3000_0000, WRITE_ERROR), (FROM, 0, WRITE_ERROR)] {
        let mut chip = after_a_copy(from, to);
        assert_eq!(chip.read(channel(0) + CTRL_TRIG), COPY | error | AHB_ERROR);
        assert_eq!(chip.remaining(0), 4);
        assert_eq!(chip.read(INTR), 1);
        // Writing a one clears it.
        chip.write(channel(0) + 0x10, COPY | error);
        assert_eq!(chip.read(channel(0) + CTRL_TRIG), COPY);
    }
}

#[test]
fn what_is_private_to_the_processors_is_an_error() {
    for private in [0xd000_0000, 0xe000_ed00] {
        assert_eq!(after_a_copy(private, TO).read(channel(0) + CTRL_TRIG), COPY | READ_ERROR | AHB_ERROR);
        assert_eq!(after_a_copy(FROM, private).read(channel(0) + CTRL_TRIG), COPY | WRITE_ERROR | AHB_ERROR);
    }
}

/// A program that sets channel 0 up and stays.
fn fault_of(from: u32, control: u32) -> Stop {
    // ldr r0, =RESETS + CLR; movs r1, #4; str r1, [r0]; ldr r0, =DMA; ldr r1, =from; str r1, [r0]; movs r1, #32
    // lsls r1, r1, #24; str r1, [r0, #4]; movs r1, #1; str r1, [r0, #8]; ldr r1, =control; str r1, [r0, #12]; b .
    let mut code = vec![
        0x4806, 0x2104, 0x6001, 0x4806, 0x4906, 0x6001, 0x2120, 0x0609, 0x6041, 0x2101, 0x6081, 0x4904, 0x60c1, STAY,
    ];
    for literal in [0x4000_f000, DMA, from, control] {
        code.extend(word(literal));
    }
    run(&code, Duration::from_millis(1)).1
}

#[test]
fn what_is_not_modelled_ends_the_run() {
    // I2C0, SRAM at an odd address, and the size that there is not.
    for (from, control) in [(0x4004_4000, COPY), (FROM + 1, COPY), (FROM, COPY | 3 << 2)] {
        let Stop::Peripheral(PeripheralFault::Dma { channel: 0, fault }) = fault_of(from, control) else {
            panic!("{from:#010x}: {}", fault_of(from, control));
        };
        assert_eq!((fault.kind, fault.address), (BusFaultKind::NotModelled, from));
    }
    assert_eq!(fault_of(FROM, COPY), Stop::Deadline);
    assert_eq!(
        fault_of(0x4004_4000, COPY).to_string(),
        "channel 0 of the DMA: reading a word from 0x40044000 is not modelled by this emulator"
    );
}

//! Levels, flags and interrupts of the FIFOs at their bounds.

use super::{
    BUSY, BYTE_CYCLES, DR0, RFF, RFNE, RISR, RXFLR, RXFTLR, SR, SSI, SSIENR, TFE, TFNF, TXFLR, TXFTLR, chip, exchange,
    take,
};
use crate::chip::Chip;

const DEPTH: u32 = 16;
const TXOICR: u32 = SSI + 0x38;
const RXOICR: u32 = SSI + 0x3c;
const ICR: u32 = SSI + 0x48;

/// RISR.
const TXEIR: u32 = 1 << 0;
const TXOIR: u32 = 1 << 1;
const RXOIR: u32 = 1 << 3;
const RXFIR: u32 = 1 << 4;

/// Pushes so many frames at once.
fn push(chip: &mut Chip, frames: u32) {
    for _ in 0..frames {
        chip.write(DR0, 0x05);
    }
}

#[test]
fn one_frame_is_on_the_wire_while_others_wait() {
    let mut chip = chip();
    assert_eq!((chip.read(TXFLR), chip.read(SR)), (0, TFE | TFNF));
    push(&mut chip, 1);
    assert_eq!((chip.read(TXFLR), chip.read(SR)), (0, BUSY | TFE | TFNF));
    push(&mut chip, 1);
    assert_eq!((chip.read(TXFLR), chip.read(SR)), (1, BUSY | TFNF));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(TXFLR), chip.read(SR)), (0, BUSY | TFE | TFNF | RFNE));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(TXFLR), chip.read(SR)), (0, TFE | TFNF | RFNE));
}

#[test]
fn a_full_transmit_fifo_takes_nothing() {
    let mut chip = chip();
    push(&mut chip, DEPTH);
    assert_eq!((chip.read(TXFLR), chip.read(SR) & TFNF), (DEPTH - 1, TFNF));
    push(&mut chip, 1);
    assert_eq!((chip.read(TXFLR), chip.read(SR) & TFNF, chip.read(RISR) & TXOIR), (DEPTH, 0, 0));
    push(&mut chip, 1);
    assert_eq!((chip.read(TXFLR), chip.read(RISR) & TXOIR), (DEPTH, TXOIR));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(TXFLR), chip.read(SR) & TFNF), (DEPTH - 1, TFNF));
    assert_eq!(take(&mut chip, 1), [0xff]);
    // The last one is not among what comes.
    chip.cycle += 100 * BYTE_CYCLES;
    assert_eq!(chip.read(RXFLR), DEPTH);
}

#[test]
fn what_comes_to_a_full_receive_fifo_is_lost() {
    let mut chip = chip();
    chip.write(DR0, 0x9f);
    for _ in 0..DEPTH {
        chip.write(DR0, 0);
    }
    chip.cycle += 15 * BYTE_CYCLES;
    assert_eq!((chip.read(RXFLR), chip.read(SR) & RFF), (DEPTH - 1, 0));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(RXFLR), chip.read(SR) & RFF, chip.read(RISR) & RXOIR), (DEPTH, RFF, 0));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(RXFLR), chip.read(RISR) & RXOIR), (DEPTH, RXOIR));
    let frames = take(&mut chip, 16);
    assert_eq!((&frames[..4], frames[15]), (&[0xff, 0xef, 0x40, 0x15][..], 0x15));
    assert_eq!(chip.read(RXFLR), 0);
}

#[test]
fn the_transmit_fifo_interrupts_at_its_threshold_and_below() {
    let mut chip = chip();
    chip.write(TXFTLR, 2);
    push(&mut chip, 3);
    assert_eq!((chip.read(TXFLR), chip.read(RISR)), (2, TXEIR));
    push(&mut chip, 1);
    assert_eq!((chip.read(TXFLR), chip.read(RISR)), (3, 0));
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(TXFLR), chip.read(RISR) & TXEIR), (2, TXEIR));
}

#[test]
fn the_receive_fifo_interrupts_above_its_threshold() {
    let mut chip = chip();
    chip.write(RXFTLR, 2);
    push(&mut chip, 3);
    chip.cycle += 3 * BYTE_CYCLES - 1;
    assert_eq!((chip.read(RXFLR), chip.read(RISR) & RXFIR), (2, 0));
    chip.cycle += 1;
    assert_eq!((chip.read(RXFLR), chip.read(RISR) & RXFIR), (3, RXFIR));
    chip.read(DR0);
    assert_eq!(chip.read(RISR) & RXFIR, 0);
}

#[test]
fn a_threshold_that_the_fifo_never_has_is_not_taken() {
    let mut chip = chip();
    for register in [TXFTLR, RXFTLR] {
        chip.write(register, DEPTH - 1);
        chip.write(register, DEPTH);
        assert_eq!(chip.read(register), DEPTH - 1);
    }
}

/// A chip both of whose FIFOs have had too much.
fn overflown() -> Chip {
    let mut chip = chip();
    push(&mut chip, DEPTH + 2);
    chip.cycle += 100 * BYTE_CYCLES;
    assert_eq!(chip.read(RISR), TXEIR | TXOIR | RXOIR | RXFIR);
    chip
}

#[test]
fn an_overflow_stays_until_its_register_is_read() {
    let mut chip = overflown();
    assert_eq!((chip.read(TXOICR), chip.read(RISR)), (1, TXEIR | RXOIR | RXFIR));
    assert_eq!((chip.read(TXOICR), chip.read(RXOICR), chip.read(RISR)), (0, 1, TXEIR | RXFIR));
    let mut chip = overflown();
    assert_eq!((chip.read(ICR), chip.read(RISR), chip.read(ICR)), (1, TXEIR | RXFIR, 0));
}

#[test]
fn disabling_empties_both_fifos() {
    let mut chip = overflown();
    chip.write(SSIENR, 0);
    assert_eq!((chip.read(TXFLR), chip.read(RXFLR), chip.read(RISR)), (0, 0, 0));
    assert_eq!(chip.read(SR), TFE | TFNF);
    chip.write(SSIENR, 1);
    assert_eq!(exchange(&mut chip, &[0x9f, 0])[1], 0xef);
}

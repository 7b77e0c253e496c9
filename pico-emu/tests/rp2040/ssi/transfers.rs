//! Frames on the wires: their sizes, times and modes.

use pico_emu::bus::{Bus, BusFaultKind, CoreId, Width};

use super::{
    BAUDR, BUSY, BYTE_CYCLES, BYTES, CTRLR0, CTRLR1, DR0, EEPROM_READ, RECEIVE_ONLY, RXFLR, SER, SR, SSIENR, TFE,
    TRANSMIT_ONLY, TXFLR, chip, chip_with, exchange, force_select, set_up, take,
};
use crate::chip::{Chip, SIO};

#[test]
fn a_byte_is_under_way_for_its_bits() {
    let mut chip = chip();
    chip.write(DR0, 0x05);
    chip.cycle += BYTE_CYCLES - 1;
    assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (BUSY, 0));
    assert_eq!(chip.read_fault(DR0), BusFaultKind::NotModelled);
    chip.cycle += 1;
    assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (0, 1));
}

#[test]
fn a_frame_takes_its_bits_times_the_divider() {
    for (bits, divider) in [(4, 2), (8, 6), (16, 4), (32, 2), (32, 65_534)] {
        let mut chip = chip_with((bits - 1) << 16, divider);
        // An instruction, and zeros behind it.
        let wire = 0x9f00_0000_0000_0000_u64;
        chip.write(DR0, (wire >> (64 - bits)) as u32);
        chip.write(DR0, (wire << bits >> (64 - bits)) as u32);
        chip.cycle += 2 * u64::from(bits * divider) - 1;
        assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (BUSY, 1), "{bits} bits by {divider}");
        chip.cycle += 1;
        assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (0, 2), "{bits} bits by {divider}");
    }
}

#[test]
fn frames_of_any_size_carry_their_bits_with_the_highest_first() {
    let sizes: [(u32, &[u32], &[u32]); 4] = [
        (4, &[0x9, 0xf, 0, 0, 0, 0, 0, 0], &[0xf, 0xf, 0xe, 0xf, 4, 0, 1, 5]),
        (12, &[0x9f0, 0, 0], &[0xffe, 0xf40, 0x15e]),
        (16, &[0x9f00, 0], &[0xffef, 0x4015]),
        // The bits above the frame do not count.
        (32, &[0x9f00_0000], &[0xffef_4015]),
    ];
    for (bits, frames, answers) in sizes {
        let mut chip = chip_with((bits - 1) << 16, 4);
        for &frame in frames {
            let above = u32::MAX.checked_shl(bits).unwrap_or(0);
            chip.write(DR0, frame | above);
        }
        chip.cycle += 1_000;
        assert_eq!(take(&mut chip, frames.len()), answers, "{bits} bits");
    }
}

/// Does what embassy does to read an id: stores and loads of bytes, and only so much waiting as there is to wait for.
fn read_id(chip: &mut Chip, instruction: u8, dummies: usize, len: usize) -> Vec<u8> {
    set_up(chip, BYTES | EEPROM_READ, (dummies + len - 1) as u32);
    chip.try_write(CoreId::Core0, DR0, Width::Byte, instruction.into()).expect("it is modelled");
    let mut bytes = Vec::new();
    while bytes.len() < dummies + len {
        chip.cycle += 1;
        if chip.read(SR) & super::RFNE != 0 {
            bytes.push(chip.try_read(CoreId::Core0, DR0, Width::Byte).expect("it is modelled") as u8);
        }
    }
    chip.write(SSIENR, 0);
    chip.write(CTRLR1, 0);
    bytes.split_off(dummies)
}

#[test]
fn ids_are_read_with_the_instruction_alone_in_eeprom_mode() {
    let mut chip = chip();
    let begin = chip.cycle;
    assert_eq!(read_id(&mut chip, 0x9f, 0, 3), [0xef, 0x40, 0x15]);
    assert_eq!(chip.cycle - begin, 4 * BYTE_CYCLES);
    assert_eq!(read_id(&mut chip, 0x4b, 4, 8), b"\xe6abcdefg");
}

#[test]
fn receiving_in_eeprom_mode_waits_for_all_that_is_pushed_before() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x1_0203, &[7, 8, 9]);
    set_up(&mut chip, BYTES | EEPROM_READ, 2);
    chip.write(DR0, 0x03);
    // Just before the wire would turn.
    for byte in [1, 2, 3] {
        chip.cycle += BYTE_CYCLES - 1;
        chip.write(DR0, byte);
    }
    chip.cycle += BYTE_CYCLES + 3;
    assert_eq!((chip.read(SR) & (BUSY | TFE), chip.read(RXFLR)), (BUSY | TFE, 0));
    chip.cycle += 3 * BYTE_CYCLES - 1;
    assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (BUSY, 2));
    chip.cycle += 1;
    assert_eq!(chip.read(SR) & BUSY, 0);
    assert_eq!(take(&mut chip, 3), [7, 8, 9]);
}

#[test]
fn an_instruction_can_come_in_parts_in_eeprom_mode() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x1_0203, &[0xa7]);
    set_up(&mut chip, 3 << 16 | EEPROM_READ, 1);
    for half in [0, 3, 0, 1, 0, 2, 0, 3] {
        chip.write(DR0, half);
    }
    chip.cycle += 10 * BYTE_CYCLES / 2;
    assert_eq!(take(&mut chip, 2), [0xa, 7]);
    // With zeros behind the first half it is one that the memory does not know.
    chip.write(DR0, 0);
    chip.cycle += 3 * BYTE_CYCLES / 2;
    assert_eq!(chip.read(RXFLR), 2);
    assert_eq!(chip.read_fault(DR0), BusFaultKind::NotModelled);
}

#[test]
fn a_kept_selection_goes_on_behind_what_was_received() {
    let mut chip = chip();
    chip.rp2040.write_flash(0, &[1, 2, 3, 4, 5]);
    force_select(&mut chip, true);
    set_up(&mut chip, BYTES | EEPROM_READ, 1);
    for byte in [3, 0, 0, 0] {
        chip.write(DR0, byte);
    }
    chip.cycle += 6 * BYTE_CYCLES;
    assert_eq!(take(&mut chip, 2), [1, 2]);
    set_up(&mut chip, BYTES, 0);
    assert_eq!(exchange(&mut chip, &[0, 0, 0]), [3, 4, 5]);
}

#[test]
fn sending_and_receiving_can_be_apart() {
    let mut chip = chip();
    force_select(&mut chip, true);
    set_up(&mut chip, BYTES | TRANSMIT_ONLY, 0);
    chip.write(DR0, 0x9f);
    chip.cycle += BYTE_CYCLES;
    assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (0, 0));
    set_up(&mut chip, BYTES | RECEIVE_ONLY, 2);
    chip.write(DR0, 0);
    assert_eq!(chip.read(TXFLR), 0);
    chip.cycle += 3 * BYTE_CYCLES - 1;
    assert_eq!((chip.read(SR) & BUSY, chip.read(RXFLR)), (BUSY, 2));
    chip.cycle += 1;
    assert_eq!(chip.read(SR) & BUSY, 0);
    assert_eq!(take(&mut chip, 3), [0xef, 0x40, 0x15]);
}

#[test]
fn frames_wait_until_the_memory_is_enabled() {
    let mut chip = chip();
    chip.write(SER, 0);
    for byte in [0x9f, 0, 0, 0] {
        chip.write(DR0, byte);
    }
    chip.cycle += 1_000;
    assert_eq!((chip.read(TXFLR), chip.read(SR) & (BUSY | TFE)), (4, 0));
    chip.write(SER, 1);
    assert_eq!(chip.read(TXFLR), 3);
    chip.cycle += 4 * BYTE_CYCLES;
    assert_eq!(take(&mut chip, 4)[1..], [0xef, 0x40, 0x15]);
}

#[test]
fn a_transfer_ends_with_its_last_frame() {
    let mut chip = chip();
    assert_eq!(exchange(&mut chip, &[0x9f, 0])[1], 0xef);
    // What follows at once goes on, and what follows later begins anew.
    chip.write(DR0, 0x9f);
    chip.cycle += BYTE_CYCLES - 1;
    chip.write(DR0, 0x05);
    chip.cycle += BYTE_CYCLES + 1;
    chip.write(DR0, 0x9f);
    chip.cycle += BYTE_CYCLES;
    chip.write(DR0, 0x05);
    chip.cycle += BYTE_CYCLES;
    assert_eq!(take(&mut chip, 4), [0xff, 0xef, 0xff, 0xff]);
}

#[test]
fn what_frames_are_like_stays_while_the_interface_is_enabled() {
    let mut chip = chip();
    let settings = [(CTRLR0, 0x1f << 16), (CTRLR1, 5), (BAUDR, 7), (super::SSI + 0xf0, 1), (super::SSI + 0xf8, 1)];
    let before = settings.map(|(register, _)| chip.read(register));
    for (register, value) in settings {
        chip.write(register, value);
    }
    assert_eq!(settings.map(|(register, _)| chip.read(register)), before);
    chip.write(SSIENR, 0);
    for (register, value) in settings {
        chip.write(register, value);
    }
    // The lowest bit of the divider is always 0.
    assert_eq!(settings.map(|(register, _)| chip.read(register)), [0x1f << 16, 5, 6, 1, 1]);
}

#[test]
fn the_data_register_is_there_36_times() {
    let mut chip = chip();
    for (alias, byte) in (0..36).step_by(7).zip([0x9f, 0, 0, 0]) {
        chip.write(DR0 + 4 * alias, byte);
    }
    chip.cycle += 4 * BYTE_CYCLES;
    let answers: Vec<u32> = (0..36).rev().step_by(11).map(|alias| chip.read(DR0 + 4 * alias)).collect();
    assert_eq!(answers[1..], [0xef, 0x40, 0x15]);
}

#[test]
fn the_read_before_execution_in_place_gives_a_word() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x100, &[1, 2, 3, 4]);
    set_up(&mut chip, 2 << 21 | 31 << 16 | EEPROM_READ, 0);
    chip.write(DR0, 0xeb);
    chip.write(DR0, 0x100 << 8 | 0xa0);
    chip.cycle += 4 * BYTE_CYCLES;
    assert_eq!(chip.read(DR0), 0x0102_0304);
}

#[test]
fn the_select_pin_reads_high_while_nobody_presses_the_button() {
    let mut chip = chip();
    assert_eq!(chip.read(SIO + 8) >> 1 & 1, 1);
    assert_eq!(chip.rp2040.load::<u32>(0x1000_0000), Some(u32::MAX));
}

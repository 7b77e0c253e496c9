//! What the memory does with its instructions, byte by byte as with the functions of the SDK.

use super::{BYTE_CYCLES, chip, command, exchange, force_select};
use crate::chip::{Chip, ROSC_HZ};

const WRITE_ENABLE: u8 = 0x06;
/// Status register 1.
const BUSY: u8 = 1;
const WRITE_ENABLE_LATCH: u8 = 2;

fn status(chip: &mut Chip, instruction: u8) -> u8 {
    command(chip, &[instruction, 0])[1]
}

/// What a chip would answer if it were asked at a cycle.
fn answer_at(chip: &Chip, cycle: u64, bytes: &[u8]) -> u8 {
    let answers = command(&mut Chip { rp2040: chip.rp2040.clone(), cycle }, bytes);
    *answers.last().expect("there is one for each byte")
}

/// Looks whether the memory is BUSY for so long from now on and not longer, and lets that time pass.
fn assert_busy_for(chip: &mut Chip, time_us: u64) {
    let end = chip.cycle + time_us * ROSC_HZ / 1_000_000;
    // The status is taken when the byte begins that gives it.
    for cycle in [chip.cycle, end - BYTE_CYCLES - 1] {
        assert_eq!(answer_at(chip, cycle, &[0x05, 0]), BUSY | WRITE_ENABLE_LATCH, "within {time_us} us");
    }
    assert_eq!(answer_at(chip, end - BYTE_CYCLES, &[0x05, 0]), 0, "after {time_us} us");
    chip.cycle = end;
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
fn each_status_register_can_be_written_alone_and_takes_its_time() {
    for (write, read, before, after) in [(0x01, 0x35, 2, 2), (0x31, 0x35, 2, 0), (0x11, 0x15, 0x60, 0)] {
        let mut chip = chip();
        assert_eq!(status(&mut chip, read), before);
        command(&mut chip, &[write, 0]);
        assert_eq!(status(&mut chip, read), before, "{write:#x} is not enabled");
        command(&mut chip, &[WRITE_ENABLE]);
        command(&mut chip, &[write, 0]);
        assert_busy_for(&mut chip, 10_000);
        assert_eq!(status(&mut chip, read), after, "{write:#x}");
    }
}

#[test]
fn the_memory_stays_selected_while_its_pin_is_forced_low() {
    let mut chip = chip();
    let answers = command(&mut chip, &[0x4b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(answers[5..], *b"\xe6abcdefg");
    assert_eq!(command(&mut chip, &[0x9f, 0, 0, 0])[1..], [0xef, 0x40, 0x15]);
}

#[test]
fn the_older_ids_are_there_too() {
    let mut chip = chip();
    assert_eq!(command(&mut chip, &[0x90, 0, 0, 0, 0, 0])[4..], [0xef, 0x14]);
    assert_eq!(command(&mut chip, &[0x90, 0, 0, 1, 0, 0])[4..], [0x14, 0xef]);
    assert_eq!(command(&mut chip, &[0xab, 0, 0, 0, 0, 0])[4..], [0x14, 0x14]);
    assert_eq!(command(&mut chip, &[0x9f, 0])[1], 0xef, "it was not asleep, so it need not wake up");
}

#[test]
fn reads_go_on_at_the_beginning_behind_the_end() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x1f_fffe, &[1, 2]);
    chip.rp2040.write_flash(0, &[3, 4]);
    assert_eq!(command(&mut chip, &[0x03, 0x1f, 0xff, 0xfe, 0, 0, 0, 0])[4..], [1, 2, 3, 4]);
    assert_eq!(command(&mut chip, &[0x0b, 0x1f, 0xff, 0xfe, 0, 0, 0, 0, 0])[5..], [1, 2, 3, 4]);
}

#[test]
fn programming_clears_bits_of_one_page() {
    let mut chip = chip();
    chip.rp2040.write_flash(0x1_02fd, &[0x0f; 8]);
    let program = [0x02, 0x01, 0x02, 0xfe, 0x3c, 0x55, 0x77];
    command(&mut chip, &program);
    assert_eq!(chip.rp2040.flash()[0x1_02fe], 0x0f, "it is not enabled");
    command(&mut chip, &[WRITE_ENABLE]);
    assert_eq!(status(&mut chip, 0x05), WRITE_ENABLE_LATCH);
    command(&mut chip, &program);
    assert_busy_for(&mut chip, 400);
    assert_eq!(chip.rp2040.flash()[0x1_02fd..0x1_0301], [0x0f, 0x0c, 0x05, 0x0f]);
    // The third byte lies at the page's beginning.
    assert_eq!(chip.rp2040.flash()[0x1_0200..0x1_0202], [0x77, 0xff]);
    command(&mut chip, &program);
    assert_eq!(status(&mut chip, 0x05), 0, "it is enabled once");
}

#[test]
fn of_more_bytes_than_a_page_has_the_last_count() {
    let mut chip = chip();
    command(&mut chip, &[WRITE_ENABLE]);
    command(&mut chip, &[&[0x02, 0, 0, 0, 0xa1, 0xa2][..], &[0xb0; 254], &[0xc1]].concat());
    assert_eq!(chip.rp2040.flash()[..3], [0xc1, 0xa2, 0xb0]);
    assert_eq!(chip.rp2040.flash()[0xff..0x101], [0xb0, 0xff]);
}

#[test]
fn erasing_sets_all_bits_of_what_the_address_lies_in() {
    let extents: [(&[u8], usize, std::ops::Range<usize>, u64); 5] = [
        (&[0x20, 0x05, 0xc3, 0x21], 1, 0x5_c000..0x5_d000, 45_000),
        (&[0x52, 0x05, 0xc3, 0x21], 1, 0x5_8000..0x6_0000, 120_000),
        (&[0xd8, 0x05, 0xc3, 0x21], 1, 0x5_0000..0x6_0000, 150_000),
        (&[0x60], 0, 0..0x20_0000, 5_000_000),
        (&[0xc7], 0, 0..0x20_0000, 5_000_000),
    ];
    for (instruction, around, erased, time_us) in extents {
        let mut chip = chip();
        chip.rp2040.write_flash(0, &vec![0; 0x20_0000]);
        command(&mut chip, instruction);
        assert_eq!(chip.rp2040.flash()[erased.start], 0, "it is not enabled");
        command(&mut chip, &[WRITE_ENABLE]);
        command(&mut chip, instruction);
        assert_busy_for(&mut chip, time_us);
        let flash = chip.rp2040.flash();
        assert!(flash[erased.clone()].iter().all(|&byte| byte == 0xff), "{instruction:x?}");
        for outside in [flash.get(erased.start.wrapping_sub(1)), flash.get(erased.end)] {
            assert_eq!(outside.copied(), (around == 1).then_some(0), "{instruction:x?}");
        }
    }
}

#[test]
fn what_selects_the_memory_by_itself_can_erase_too() {
    let mut chip = chip();
    chip.rp2040.write_flash(0, &[0; 0x2000]);
    exchange(&mut chip, &[WRITE_ENABLE]);
    exchange(&mut chip, &[0x20, 0, 0x10, 0]);
    assert_busy_for(&mut chip, 45_000);
    assert_eq!(exchange(&mut chip, &[0x05, 0])[1], 0);
    assert_eq!(chip.rp2040.flash()[0xfff..0x1001], [0, 0xff]);
}

#[test]
fn a_busy_memory_takes_nothing_but_reads_of_its_status() {
    let mut chip = chip();
    chip.rp2040.write_flash(0, &[1]);
    command(&mut chip, &[WRITE_ENABLE]);
    command(&mut chip, &[0x02, 0, 1, 0, 0]);
    assert_eq!(command(&mut chip, &[0x03, 0, 0, 0, 0])[4], 0xff);
    command(&mut chip, &[WRITE_ENABLE]);
    command(&mut chip, &[0x20, 0, 0, 0]);
    assert_eq!(status(&mut chip, 0x35), 2);
    chip.cycle += ROSC_HZ;
    assert_eq!(command(&mut chip, &[0x03, 0, 0, 0, 0])[4], 1);
    assert_eq!(status(&mut chip, 0x05), 0);
}

#[test]
fn an_instruction_that_is_too_short_or_too_long_does_nothing() {
    let mut chip = chip();
    chip.rp2040.write_flash(0, &[0]);
    for instruction in [&[0x20, 0, 0][..], &[0x20, 0, 0, 0, 0], &[0x02, 0, 0, 1], &[0x60, 0], &[0x01], &[0x01, 0, 0, 0]]
    {
        command(&mut chip, &[WRITE_ENABLE]);
        command(&mut chip, instruction);
        assert_eq!(status(&mut chip, 0x05), WRITE_ENABLE_LATCH, "{instruction:x?}");
    }
    command(&mut chip, &[0x04]);
    assert_eq!(status(&mut chip, 0x05), 0);
    command(&mut chip, &[WRITE_ENABLE, 0]);
    assert_eq!(status(&mut chip, 0x05), 0);
    assert_eq!(chip.rp2040.flash()[0], 0);
}

#[test]
fn an_instruction_does_nothing_if_it_ends_within_a_byte() {
    let mut chip = chip();
    force_select(&mut chip, true);
    exchange(&mut chip, &[WRITE_ENABLE]);
    super::set_up(&mut chip, 3 << 16, 0);
    exchange(&mut chip, &[0]);
    force_select(&mut chip, false);
    super::set_up(&mut chip, super::BYTES, 0);
    assert_eq!(status(&mut chip, 0x05), 0);
}

#[test]
fn a_memory_without_power_wakes_up_when_it_is_told_to() {
    let mut chip = chip();
    let cycles = |time_us: u64| (time_us * ROSC_HZ).div_ceil(1_000_000);
    command(&mut chip, &[0xb9]);
    chip.cycle += cycles(3);
    assert_eq!(command(&mut chip, &[0x9f, 0])[1], 0xff);
    assert_eq!(status(&mut chip, 0x05), 0xff);
    command(&mut chip, &[0xab]);
    let awake = chip.cycle + cycles(3);
    // Whether the instruction is taken says the cycle in which it begins.
    assert_eq!(answer_at(&chip, awake - 1, &[0x9f, 0]), 0xff);
    assert_eq!(answer_at(&chip, awake, &[0x9f, 0]), 0xef);
}

#[test]
fn a_reset_takes_two_instructions_and_some_time() {
    let mut chip = chip();
    command(&mut chip, &[WRITE_ENABLE]);
    for instructions in [&[0x99][..], &[0x66, 0x05, 0x99]] {
        for &instruction in instructions {
            command(&mut chip, &[instruction]);
        }
        assert_eq!(status(&mut chip, 0x05), WRITE_ENABLE_LATCH, "{instructions:x?}");
    }
    command(&mut chip, &[0x66]);
    command(&mut chip, &[0x99]);
    let ready = chip.cycle + 30 * ROSC_HZ / 1_000_000;
    assert_eq!(answer_at(&chip, ready - 1, &[0x05, 0]), 0xff);
    assert_eq!(answer_at(&chip, ready, &[0x05, 0]), 0);
}

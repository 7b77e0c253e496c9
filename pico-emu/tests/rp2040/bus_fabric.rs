//! Addresses, aliases and widths (RP2040 datasheet, 2.1, 2.2 and 2.6).

use pico_emu::bus::{Access, Bus, BusFaultKind, CoreId, Operation, StaleCode, Timing, Width};
use proptest::prelude::*;

use crate::chip::{CLR, Chip, PADS_BANK0, RESETS, SET, SIO, WATCHDOG, XOR};
use crate::dma::{CTRL_TRIG, EN, INCR_WRITE, READ_ADDR, TO, WORD, channel, paced_by};

const SCRATCH0: u32 = WATCHDOG + 0x0c;

proptest! {
    #[test]
    fn atomic_aliases_change_the_bits_that_are_named(before: u32, bits: u32) {
        let mut chip = Chip::new();
        for (alias, after) in [(XOR, before ^ bits), (SET, before | bits), (CLR, before & !bits)] {
            chip.write(SCRATCH0, before);
            chip.write(SCRATCH0 + alias, bits);
            prop_assert_eq!(chip.read(SCRATCH0), after);
            prop_assert_eq!(chip.read(SCRATCH0 + alias), after);
        }
    }

    #[test]
    fn both_views_of_the_striped_banks_show_the_same_words(offset in 0_u32..0x4_0000, value: u32) {
        let mut chip = Chip::new();
        let offset = offset & !3;
        let (bank, row) = (offset >> 2 & 3, offset >> 4);
        let unstriped = 0x2100_0000 + (bank << 16) + 4 * row;
        chip.rp2040.store(0x2000_0000 + offset, value);
        prop_assert_eq!(chip.rp2040.load::<u32>(unstriped), Some(value));
        chip.rp2040.store(unstriped + 1, 0xa5_u8);
        prop_assert_eq!(chip.rp2040.load::<u8>(0x2000_0000 + offset + 1), Some(0xa5));
    }
}

#[test]
fn a_narrow_write_reaches_all_lanes_and_a_narrow_read_takes_its_own() {
    let mut chip = Chip::new();
    chip.try_write(CoreId::Core0, SCRATCH0 + 1, Width::Byte, 0x5a).expect("a byte can be written");
    assert_eq!(chip.read(SCRATCH0), 0x5a5a_5a5a);
    chip.try_write(CoreId::Core0, SCRATCH0 + 2, Width::Halfword, 0x1234).expect("a halfword can be written");
    assert_eq!(chip.read(SCRATCH0), 0x1234_1234);
    assert_eq!(chip.try_read(CoreId::Core0, SCRATCH0 + 1, Width::Byte), Ok(0x12));
    assert_eq!(chip.try_read(CoreId::Core0, SCRATCH0 + 2, Width::Halfword), Ok(0x1234));
}

#[test]
fn sram_ends_behind_264_kib() {
    let mut chip = Chip::new();
    assert!(chip.rp2040.load::<u32>(0x2004_1ffc).is_some());
    assert_eq!(chip.rp2040.load::<u32>(0x2004_2000), None);
    assert_eq!(chip.read_fault(0x2004_2000), BusFaultKind::BusError);
}

#[test]
fn the_four_views_of_the_flash_memory_show_the_same_and_it_repeats_beyond_its_size() {
    let mut chip = Chip::new();
    chip.rp2040.write_flash(0x1f_fffc, &[1, 2, 3, 4]);
    for view in [0x1000_0000, 0x1100_0000, 0x1200_0000, 0x1300_0000] {
        assert_eq!(chip.rp2040.load::<u32>(view + 0x1f_fffc), Some(0x0403_0201));
        assert_eq!(chip.rp2040.load::<u32>(view + 0x3f_fffc), Some(0x0403_0201));
    }
}

#[test]
fn a_write_to_flash_memory_is_ignored_by_the_cached_view_and_an_error_elsewhere() {
    let mut chip = Chip::new();
    chip.write(0x1000_0000, 0);
    assert_eq!(chip.rp2040.load::<u32>(0x1000_0000), Some(u32::MAX));
    assert_eq!(chip.write_fault(0x1100_0000, 0), BusFaultKind::BusError);
    // XIP_CTRL.CTRL without ERR_BADWRITE.
    chip.write(0x1400_0000, 1);
    chip.write(0x1100_0000, 0);
    assert_eq!(chip.rp2040.load::<u32>(0x1000_0000), Some(u32::MAX));
}

/// A stream of words from flash memory: STAT, `STREAM_ADDR`, `STREAM_CTR`, `STREAM_FIFO`, and the last one for the DMA.
const STAT: u32 = 0x1400_0008;
const STREAM_ADDR: u32 = 0x1400_0014;
const STREAM_CTR: u32 = 0x1400_0018;
const STREAM_FIFO: u32 = 0x1400_001c;
const XIP_AUX: u32 = 0x5040_0000;

#[test]
fn a_stream_from_flash_memory_is_two_words_ahead() {
    let mut chip = Chip::new();
    chip.rp2040.write_flash(0x100, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    chip.write(STREAM_ADDR, 0x1000_0102);
    assert_eq!((chip.read(STREAM_ADDR), chip.read(STAT)), (0x1000_0100, 3));
    chip.write(STREAM_CTR, 3);
    assert_eq!((chip.read(STREAM_ADDR), chip.read(STREAM_CTR), chip.read(STAT)), (0x1000_0108, 1, 5));
    assert_eq!(chip.read(STREAM_FIFO), 1);
    assert_eq!((chip.read(STREAM_CTR), chip.read(STAT)), (0, 5));
    assert_eq!((chip.read(XIP_AUX), chip.read(STAT)), (2, 1));
    assert_eq!((chip.read(STREAM_FIFO), chip.read(STAT)), (3, 3));
    assert_eq!(chip.read_fault(STREAM_FIFO), BusFaultKind::NotModelled);
}

#[test]
fn a_stream_that_is_halted_leaves_what_it_was_ahead() {
    let mut chip = Chip::new();
    chip.write(STREAM_ADDR, 0x1000_0000);
    chip.write(STREAM_CTR, 9);
    chip.write(STREAM_CTR, 0);
    assert_eq!([chip.read(STREAM_FIFO), chip.read(STREAM_FIFO)], [u32::MAX; 2]);
    assert_eq!(chip.read(STAT), 3);
}

#[test]
fn the_dma_takes_a_stream_as_it_comes() {
    let mut chip = Chip::new();
    let words = [10, 20, 30, 40, 50];
    chip.rp2040.write_flash(0, &words.map(u32::to_le_bytes).concat());
    chip.prepare(0, 5);
    chip.write(channel(0) + READ_ADDR, XIP_AUX);
    chip.write(channel(0) + CTRL_TRIG, EN | WORD | INCR_WRITE | paced_by(37));
    chip.pass(100);
    assert_eq!(chip.remaining(0), 5);
    chip.write(STREAM_ADDR, 0x1000_0000);
    chip.write(STREAM_CTR, 5);
    chip.pass(100);
    assert_eq!(chip.words(TO, 5), words);
    assert!(!chip.is_busy(0));
}

#[test]
fn what_the_chip_has_and_the_emulator_has_not_is_told_from_what_neither_has() {
    let mut chip = Chip::new();
    for lacking in [0x4003_c000, 0x4004_4000, 0x5010_1000, 0x1500_0000, SIO + 0x1fc] {
        assert_eq!(chip.read_fault(lacking), BusFaultKind::NotModelled, "{lacking:#010x}");
    }
    for nothing in [0x0000_4000, 0x3000_0000, 0x4007_0000, 0x6000_0000] {
        assert_eq!(chip.read_fault(nothing), BusFaultKind::BusError, "{nothing:#010x}");
    }
}

#[test]
fn a_peripheral_in_reset_does_not_answer_and_comes_out_of_it_as_after_power_up() {
    let mut chip = Chip::new();
    chip.write(PADS_BANK0 + 4, 0);
    chip.write(RESETS + SET, 1 << 8);
    assert_eq!(chip.read(RESETS + 8) & 1 << 8, 0);
    assert_eq!(chip.read_fault(PADS_BANK0 + 4), BusFaultKind::NotModelled);
    chip.write(RESETS + CLR, 1 << 8);
    assert_eq!(chip.read(RESETS + 8) & 1 << 8, 1 << 8);
    assert_eq!(chip.read(PADS_BANK0 + 4), 0x56);
}

#[test]
fn the_sio_takes_a_single_cycle_and_the_apb_has_wait_states() {
    let mut chip = Chip::new();
    let mut timing = |address, operation| {
        let access = Access { core: CoreId::Core0, cycle: 0, address, width: Width::Word, operation };
        match operation {
            Operation::Write => chip.rp2040.write(access, 0).expect("it is there"),
            _ => chip.rp2040.read(access).expect("it is there").1,
        }
    };
    assert_eq!(timing(SIO + 0x10, Operation::Read), Timing::SingleCycle);
    assert_eq!(timing(SIO, Operation::Read), Timing::Quiet);
    assert_eq!(timing(SCRATCH0, Operation::Read), Timing::Ahb { wait_cycles: 2 });
    assert_eq!(timing(SCRATCH0, Operation::Write), Timing::Ahb { wait_cycles: 3 });
}

#[test]
fn code_that_is_overwritten_by_either_view_is_named() {
    let mut chip = Chip::new();
    let fetch = |chip: &mut Chip, address| {
        let (core, width, operation) = (CoreId::Core0, Width::Halfword, Operation::Fetch);
        chip.rp2040.fetch(Access { core, cycle: 0, address, width, operation }).expect("it can be executed");
    };
    fetch(&mut chip, 0x2000_0040);
    chip.rp2040.store(0x2100_0010, 0_u32);
    assert_eq!(chip.rp2040.take_stale_code(CoreId::Core0), Some(StaleCode::Line(0x2000_0040)));
    fetch(&mut chip, 0x2100_0010);
    chip.rp2040.store(0x2000_0040, 0_u32);
    assert_eq!(chip.rp2040.take_stale_code(CoreId::Core0), Some(StaleCode::All));
    fetch(&mut chip, 0x1300_0000);
    chip.rp2040.write_flash(0, &[0]);
    assert_eq!(chip.rp2040.take_stale_code(CoreId::Core0), Some(StaleCode::All));
    assert_eq!(chip.rp2040.take_stale_code(CoreId::Core0), None);
}

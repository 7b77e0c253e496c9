//! WATCHDOG (RP2040 datasheet, 4.7), by a tick each twelve cycles.

use pico_emu::bus::BusFaultKind;

use crate::chip::{Chip, PADS_BANK0, PSM, RESETS, WATCHDOG};

const US: u64 = 12;
const REASON: u32 = WATCHDOG + 0x08;
const ENABLE: u32 = 1 << 30;

#[test]
fn it_counts_down_by_two_each_tick() {
    let mut chip = Chip::with_ticks();
    chip.write(WATCHDOG + 0x04, 1_000);
    chip.write(WATCHDOG, ENABLE);
    chip.cycle += 10 * US;
    assert_eq!(chip.read(WATCHDOG) & 0xff_ffff, 980);
}

#[test]
fn it_bites_when_it_is_at_zero_and_not_before() {
    let mut chip = Chip::with_ticks();
    chip.write(WATCHDOG + 0x04, 1_000);
    chip.write(WATCHDOG, ENABLE);
    let bites = chip.next_event();
    assert_eq!(bites, chip.cycle + 500 * US);
    chip.cycle = bites - 1;
    assert_eq!(chip.read(REASON), 0);
    chip.cycle = bites;
    assert_eq!(chip.read(REASON), 1);
}

#[test]
fn one_that_is_fed_does_not_bite() {
    let mut chip = Chip::with_ticks();
    chip.write(WATCHDOG + 0x04, 1_000);
    chip.write(WATCHDOG, ENABLE);
    for _ in 0..10 {
        chip.cycle += 499 * US;
        chip.write(WATCHDOG + 0x04, 1_000);
    }
    assert_eq!(chip.read(REASON), 0);
}

#[test]
fn scratch_registers_survive_it_and_its_settings_do_not() {
    let mut chip = Chip::with_ticks();
    for word in 0..8 {
        chip.write(WATCHDOG + 0x0c + 4 * word, 0x1111_1111 * word);
    }
    chip.write(PSM + 8, 0x1_fffc);
    chip.write(WATCHDOG, 1 << 31);
    chip.cycle += 1;
    assert_eq!(chip.read(REASON), 2);
    for word in 0..8 {
        assert_eq!(chip.read(WATCHDOG + 0x0c + 4 * word), 0x1111_1111 * word);
    }
    assert_eq!(chip.read(WATCHDOG), 0x0700_0000);
    assert_eq!(chip.rp2040.sys_hz(), crate::chip::ROSC_HZ);
    assert_eq!(chip.read(RESETS), 0x01ff_ffff);
}

#[test]
fn it_resets_the_peripherals_that_are_named() {
    let mut chip = Chip::with_ticks();
    chip.write(PADS_BANK0 + 4, 0);
    chip.write(RESETS + 4, 1 << 8);
    chip.write(WATCHDOG, 1 << 31);
    chip.cycle += 1;
    assert_eq!(chip.read(RESETS), 1 << 8);
    assert_eq!(chip.read_fault(PADS_BANK0 + 4), BusFaultKind::NotModelled);
    assert_eq!(chip.rp2040.sys_hz(), crate::chip::XOSC_HZ);
}

#[test]
fn the_tick_generator_tells_where_it_is() {
    let mut chip = Chip::with_ticks();
    let start = chip.cycle;
    chip.cycle = start + 5 * US + 3;
    assert_eq!(chip.read(WATCHDOG + 0x2c), (12 - 3) << 11 | 1 << 10 | 1 << 9 | 12);
}

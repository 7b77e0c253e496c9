//! Oscillators, PLLs, clock generators, the frequency counter (RP2040 datasheet, 2.15 to 2.18).

use pico_emu::bus::BusFaultKind;

use crate::chip::{CLOCKS, CLR, Chip, PLL_SYS, RESETS, ROSC, ROSC_HZ, SET, XOSC, XOSC_HZ};

const CLK_REF_CTRL: u32 = CLOCKS + 0x30;
const CLK_SYS_CTRL: u32 = CLOCKS + 0x3c;
const STABLE: u32 = 1 << 31;
const LOCK: u32 = 1 << 31;

/// The system PLL at 125 MHz: 12 MHz times 125 by 6 and 2.
fn start_pll(chip: &mut Chip) {
    chip.write(PLL_SYS + 0x08, 125);
    chip.write(PLL_SYS + 0x0c, 6 << 16 | 2 << 12);
    chip.write(PLL_SYS + 0x04 + CLR, 1 << 5 | 1 << 3 | 1);
}

#[test]
fn after_power_up_the_chip_runs_by_its_ring_oscillator() {
    let mut chip = Chip::new();
    assert_eq!(chip.rp2040.sys_hz(), ROSC_HZ);
    assert_eq!(chip.read(CLOCKS + 0x38), 1);
    assert_eq!(chip.rp2040.time_ns(ROSC_HZ), 1_000_000_000);
}

#[test]
fn the_crystal_is_stable_behind_its_start_up_delay_and_not_before() {
    let mut chip = Chip::new();
    chip.write(XOSC + 0x0c, 47);
    chip.write(XOSC, 0xfa_baa0);
    // 47 times 256 cycles of 12 MHz.
    let end = chip.rp2040.cycle_of_time_ns((47 * 256 * 1_000_000_000_u64).div_ceil(XOSC_HZ));
    chip.cycle = end - 1;
    assert_eq!(chip.read(XOSC + 4) & STABLE, 0);
    chip.cycle = end;
    assert_eq!(chip.read(XOSC + 4) & STABLE, STABLE);
}

#[test]
fn a_pll_locks_some_time_after_it_is_powered_and_multiplies() {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    start_pll(&mut chip);
    assert_eq!(chip.read(PLL_SYS) & LOCK, 0);
    chip.cycle += XOSC_HZ / 1_000;
    assert_eq!(chip.read(PLL_SYS) & LOCK, LOCK);
    chip.write(CLK_SYS_CTRL, 1);
    assert_eq!(chip.read(CLOCKS + 0x44), 2);
    assert_eq!(chip.rp2040.sys_hz(), 125_000_000);
}

#[test]
fn time_goes_on_evenly_when_the_clock_changes() {
    let mut chip = Chip::new();
    chip.cycle = ROSC_HZ / 2;
    chip.run_by_crystal();
    start_pll(&mut chip);
    assert_eq!(chip.rp2040.time_ns(chip.cycle), 500_000_000);
    chip.cycle += XOSC_HZ / 4;
    chip.write(CLK_SYS_CTRL, 1);
    assert_eq!(chip.rp2040.time_ns(chip.cycle), 750_000_000);
    chip.cycle += 125_000_000 / 4;
    assert_eq!(chip.rp2040.time_ns(chip.cycle), 1_000_000_000);
    assert_eq!(chip.rp2040.cycle_of_time_ns(1_000_000_000), chip.cycle);
}

#[test]
fn dividers_have_a_fraction_and_zero_divides_by_the_most() {
    let mut chip = Chip::new();
    chip.write(CLOCKS + 0x40, 2 << 8 | 0x80);
    assert_eq!(chip.rp2040.sys_hz(), ROSC_HZ * 2 / 5);
    chip.write(CLOCKS + 0x40, 1 << 8);
    // That of clk_ref has two bits.
    chip.write(CLOCKS + 0x34, 0);
    assert_eq!(chip.rp2040.sys_hz(), ROSC_HZ / 4);
}

#[test]
fn stopping_the_system_clock_is_not_modelled() {
    let mut chip = Chip::new();
    assert_eq!(chip.write_fault(CLK_REF_CTRL, 2), BusFaultKind::NotModelled);
    let mut chip = Chip::new();
    assert_eq!(chip.write_fault(ROSC, 0xd1_eaa0), BusFaultKind::NotModelled);
    let mut chip = Chip::new();
    chip.run_by_crystal();
    start_pll(&mut chip);
    chip.write(CLK_SYS_CTRL, 1);
    assert_eq!(chip.write_fault(RESETS + SET, 1 << 12), BusFaultKind::NotModelled);
}

#[test]
fn the_frequency_counter_measures_what_runs() {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    start_pll(&mut chip);
    chip.write(CLOCKS + 0x80, 12_000);
    chip.write(CLOCKS + 0x90, 10);
    for (source, khz) in [(1, 125_000), (3, 6_500), (5, 12_000), (9, 12_000), (2, 0)] {
        chip.write(CLOCKS + 0x94, source);
        let status = chip.read(CLOCKS + 0x98);
        assert_eq!(status & (1 << 4 | 1 << 8), 1 << 8, "it runs");
        // 0.98 us times 2 to the power of 10.
        chip.cycle += XOSC_HZ * 1_004 / 1_000_000;
        assert_eq!(chip.read(CLOCKS + 0x98) & 1 << 4, 1 << 4, "it is done");
        assert_eq!(chip.read(CLOCKS + 0x9c), khz << 5);
    }
}

#[test]
fn the_frequency_counter_says_what_is_out_of_range() {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    chip.write(CLOCKS + 0x80, 12_000);
    for (min, max, expected) in
        [(12_000, 12_000, 1), (12_001, 13_000, 1 << 16 | 1 << 20), (0, 11_999, 1 << 16 | 1 << 24)]
    {
        chip.write(CLOCKS + 0x84, min);
        chip.write(CLOCKS + 0x88, max);
        chip.write(CLOCKS + 0x94, 5);
        chip.cycle += XOSC_HZ / 1_000;
        assert_eq!(chip.read(CLOCKS + 0x98), expected | 1 << 4);
    }
}

#[test]
fn the_ring_oscillator_follows_its_divider_and_its_range() {
    let mut chip = Chip::new();
    chip.write(ROSC + 0x10, 0xaa0 + 8);
    assert_eq!(chip.rp2040.sys_hz(), 2 * ROSC_HZ);
    chip.write(ROSC, 0xfa7);
    assert_eq!(chip.rp2040.sys_hz(), 4 * ROSC_HZ);
}

#[test]
fn random_bits_are_both_and_come_from_the_seed() {
    let bits = |seed| {
        let mut chip = Chip::new();
        chip.rp2040 = pico_emu::rp2040::Rp2040::new(pico_emu::rp2040::Config { seed, ..Default::default() });
        (0..256).map(|_| chip.read(ROSC + 0x1c)).collect::<Vec<_>>()
    };
    let first = bits(1);
    assert!((96..160).contains(&first.iter().sum::<u32>()));
    assert_eq!(first, bits(1));
    assert_ne!(first, bits(2));
}

//! `IO_BANK0` and `PADS_BANK0` (RP2040 datasheet, 2.19).

use pico_emu::bus::CoreId;

use crate::chip::{Chip, IO_BANK0, PADS_BANK0, SET, SIO};

const BANK_INTERRUPT: u32 = 1 << 13;

fn control(pin: u32) -> u32 {
    IO_BANK0 + 8 * pin + 4
}

fn pad(pin: u32) -> u32 {
    PADS_BANK0 + 4 + 4 * pin
}

/// A chip whose SIO drives a pin.
fn driving(pin: u32) -> Chip {
    let mut chip = Chip::new();
    chip.write(control(pin), 5);
    chip.write(SIO + 0x24, 1 << pin);
    chip
}

#[test]
fn the_sio_drives_the_pins_that_have_selected_it() {
    let mut chip = driving(25);
    chip.write(SIO + 0x14, 1 << 25 | 1 << 24);
    chip.write(SIO + 0x24, 1 << 24);
    assert!(chip.rp2040.gpio_level(25) && chip.rp2040.gpio_is_output(25));
    assert!(!chip.rp2040.gpio_level(24) && !chip.rp2040.gpio_is_output(24));
    assert_eq!(chip.read(SIO + 4), 1 << 25);
    chip.write(SIO + 0x1c, 1 << 25);
    assert!(!chip.rp2040.gpio_level(25));
}

#[test]
fn overrides_invert_or_force_output_enable_and_input() {
    // OUTOVER: none, inverted, low, high, while the SIO drives high.
    for (code, level) in [(0, true), (1, false), (2, false), (3, true)] {
        let mut chip = driving(3);
        chip.write(SIO + 0x14, 1 << 3);
        chip.write(control(3), 5 | code << 8);
        assert_eq!(chip.rp2040.gpio_level(3), level, "OUTOVER {code}");
    }
    for (code, output) in [(0, true), (1, false), (2, false), (3, true)] {
        let mut chip = driving(3);
        chip.write(control(3), 5 | code << 12);
        assert_eq!(chip.rp2040.gpio_is_output(3), output, "OEOVER {code}");
    }
    for (code, input) in [(0, 1), (1, 0), (2, 0), (3, 1)] {
        let mut chip = Chip::new();
        chip.rp2040.set_gpio_input(3, Some(true));
        chip.write(control(3), 5 | code << 16);
        assert_eq!(chip.read(SIO + 4) >> 3 & 1, input, "INOVER {code}");
    }
}

#[test]
fn a_pin_that_nobody_drives_follows_its_pulls() {
    let mut chip = Chip::new();
    chip.write(pad(2), 0x48);
    assert!(chip.rp2040.gpio_level(2));
    chip.write(pad(2), 0x44);
    assert!(!chip.rp2040.gpio_level(2));
    chip.rp2040.set_gpio_input(2, Some(true));
    chip.write(pad(2), 0x4c);
    chip.rp2040.set_gpio_input(2, None);
    assert!(chip.rp2040.gpio_level(2), "two pulls keep the level");
}

#[test]
fn an_input_that_is_not_enabled_reads_low_and_a_disabled_output_is_none() {
    let mut chip = driving(4);
    chip.write(SIO + 0x14, 1 << 4);
    chip.write(pad(4), 0x16);
    assert_eq!((chip.read(SIO + 4), chip.rp2040.gpio_level(4)), (0, true));
    chip.write(pad(4), 0xc6);
    assert!(!chip.rp2040.gpio_level(4) && !chip.rp2040.gpio_is_output(4));
}

#[test]
fn edges_are_latched_until_they_are_cleared_and_levels_are_not() {
    let mut chip = Chip::new();
    // Pin 10 is the third of the second word.
    let (word, shift) = (1, 8);
    let raw = |chip: &mut Chip| chip.read(IO_BANK0 + 0xf0 + 4 * word) >> shift & 0xf;
    assert_eq!(raw(&mut chip), 0b0001);
    chip.rp2040.set_gpio_input(10, Some(true));
    assert_eq!(raw(&mut chip), 0b1010);
    chip.rp2040.set_gpio_input(10, Some(false));
    assert_eq!(raw(&mut chip), 0b1101);
    chip.write(IO_BANK0 + 0xf0 + 4 * word, 0xf << shift);
    assert_eq!(raw(&mut chip), 0b0001);
}

#[test]
fn each_core_has_interrupts_of_its_own() {
    let mut chip = Chip::new();
    let rising = 1 << (4 * (29 % 8) + 3);
    chip.write(IO_BANK0 + 0x130 + 4 * 3, rising);
    chip.rp2040.set_gpio_input(29, Some(true));
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
    assert_eq!(chip.interrupts(CoreId::Core1), BANK_INTERRUPT);
    assert_eq!(chip.read(IO_BANK0 + 0x150 + 4 * 3), rising);
    chip.write(IO_BANK0 + 0x110, 1);
    assert_eq!(chip.interrupts(CoreId::Core0), BANK_INTERRUPT, "it is forced");
}

#[test]
fn the_status_shows_a_pin_before_and_behind_its_overrides() {
    let mut chip = driving(6);
    chip.write(SIO + 0x14, 1 << 6);
    chip.write(control(6), 5 | 1 << 8 | 1 << 16 | 3 << 28);
    // From the SIO: high and enabled. To the pad: low. From it: low. To the SIO and for interrupts: high.
    assert_eq!(chip.read(IO_BANK0 + 8 * 6), 1 << 8 | 1 << 12 | 1 << 13 | 1 << 19 | 1 << 26);
}

#[test]
fn latched_edges_are_cleared_one_by_one_by_any_alias() {
    let mut chip = Chip::new();
    for pin in [0, 1] {
        chip.rp2040.set_gpio_input(pin, Some(true));
    }
    let edges = |chip: &mut Chip| chip.read(IO_BANK0 + 0xf0) & 0xcc;
    assert_eq!(edges(&mut chip), 0x88);
    chip.write(IO_BANK0 + 0xf0 + SET, 0x08);
    assert_eq!(edges(&mut chip), 0x80);
}

//! Registers and memory.

use pico_emu::bus::{BusFaultKind, CoreId, Width};

use super::rig::*;
use crate::chip::{CLR, Chip, IO_BANK0, RESETS, SET, XOR};

#[test]
fn the_memory_takes_bytes_halfwords_and_words() {
    let mut chip = Chip::new();
    chip.write(DPRAM + 0xffc, 0x4433_2211);
    chip.try_write(CoreId::Core0, DPRAM + 0xffd, Width::Byte, 0xaa).expect("a byte fits");
    chip.try_write(CoreId::Core1, DPRAM + 0xffe, Width::Halfword, 0xccbb).expect("a halfword fits");
    assert_eq!(chip.read(DPRAM + 0xffc), 0xccbb_aa11);
    assert_eq!(chip.try_read(CoreId::Core0, DPRAM + 0xffe, Width::Halfword), Ok(0xccbb));
    assert_eq!(chip.try_read(CoreId::Core0, DPRAM + 0xfff, Width::Byte), Ok(0xcc));
}

#[test]
fn the_memory_ends_and_has_no_aliases() {
    let mut chip = Chip::new();
    assert_eq!(chip.read_fault(DPRAM + 0x1000), BusFaultKind::NotModelled);
    assert_eq!(chip.write_fault(DPRAM + SET, 1), BusFaultKind::NotModelled);
}

#[test]
fn a_reset_of_the_block_resets_the_registers_and_keeps_the_memory() {
    let mut chip = Chip::new();
    chip.write(DPRAM, 7);
    chip.write(MAIN_CTRL, 1);
    chip.write(RESETS + SET, 1 << 24);
    assert_eq!(chip.read_fault(DPRAM), BusFaultKind::NotModelled);
    assert_eq!(chip.write_fault(DPRAM, 0), BusFaultKind::NotModelled);
    assert_eq!(chip.read_fault(MAIN_CTRL), BusFaultKind::NotModelled);
    chip.write(RESETS + CLR, 1 << 24);
    assert_eq!((chip.read(DPRAM), chip.read(MAIN_CTRL)), (7, 0));
    assert_eq!((chip.read(USB + 0x6c), chip.read(USB + 0x84)), (0x0010_0010, 0x1f1f));
}

#[test]
fn a_driver_can_write_zeros_to_everything() {
    let mut chip = Chip::new();
    for offset in (0..0x9c).step_by(4) {
        chip.write(USB + offset, 0);
    }
    assert_eq!(chip.write_fault(USB + 0x9c, 0), BusFaultKind::NotModelled);
    assert_eq!(chip.read_fault(USB + 0x9c), BusFaultKind::NotModelled);
}

#[test]
fn what_a_host_does_and_other_ways_to_the_bus_are_not_modelled() {
    let mut chip = Chip::new();
    for (register, value) in [
        (MAIN_CTRL, 0b11),
        (MAIN_CTRL, 1 << 31),
        (SIE_CTRL, 1),
        (SIE_CTRL, PULLUP_EN | 1 << 12),
        (SIE_CTRL, 1 << 13),
        (SIE_CTRL, 1 << 15),
        (SIE_CTRL, 1 << 26),
        (MUXING, 0b1100),
        (MUXING, 0b1010),
        (USB + 0x80, 1 << 5),
    ] {
        let before = chip.read(register);
        assert_eq!(chip.write_fault(register, value), BusFaultKind::NotModelled, "{value:#x} to {register:#x}");
        assert_eq!(chip.read(register), before);
    }
    // It can be written alone.
    assert_eq!(chip.read_fault(USB + 0x44), BusFaultKind::NotModelled);
}

#[test]
fn the_aliases_change_single_bits() {
    let mut chip = Chip::new();
    chip.write(INTE, 0b1010_0000);
    chip.write(INTE + SET, 0b1_0000);
    chip.write(INTE + CLR, 0b1000_0000);
    chip.write(INTE + XOR, 0b11_0000);
    assert_eq!(chip.read(INTE), 0);
    chip.write(INTE, u32::MAX);
    assert_eq!(chip.read(INTE), 0xf_ffff);
}

#[test]
fn status_bits_are_cleared_by_ones_through_each_alias_and_no_others_are() {
    for alias in [0, CLR, SET] {
        let mut rig = Rig::new();
        rig.act(Act::Reset);
        rig.act(Act::Idle);
        rig.transact(Act::Setup([0; 8]));
        assert_eq!(rig.status(BUS_RESET | SETUP_REC), BUS_RESET | SETUP_REC);
        rig.chip.write(SIE_STATUS + alias, SETUP_REC);
        assert_eq!(rig.status(BUS_RESET | SETUP_REC), BUS_RESET);
    }
}

#[test]
fn an_interrupt_is_enabled_or_forced() {
    let mut rig = Rig::new();
    rig.transact(Act::Setup([0; 8]));
    assert!(!rig.interrupts());
    rig.chip.write(INTE, 1 << 16);
    assert!(rig.interrupts());
    assert_eq!(rig.chip.read(USB + 0x98), 1 << 16);
    rig.chip.write(SIE_STATUS, SETUP_REC);
    assert!(!rig.interrupts());
    rig.chip.write(USB + 0x94, 1 << 12);
    assert!(rig.interrupts());
    assert_eq!(rig.chip.read(INTR) & 1 << 12, 0);
}

#[test]
fn power_on_the_bus_is_told_by_a_pin_or_by_the_override() {
    let mut chip = Chip::new();
    assert_eq!(chip.read(SIE_STATUS) & VBUS_DETECTED, 0);
    // GPIO 4 has the function USB, as which it tells of VBUS; GPIO 5 does not.
    chip.write(IO_BANK0 + 8 * 4 + 4, 9);
    chip.write(IO_BANK0 + 8 * 5 + 4, 9);
    chip.rp2040.set_gpio_input(5, Some(true));
    assert_eq!(chip.read(SIE_STATUS) & VBUS_DETECTED, 0);
    chip.rp2040.set_gpio_input(4, Some(true));
    assert_eq!((chip.read(SIE_STATUS) & VBUS_DETECTED, chip.read(INTR)), (VBUS_DETECTED, 1 << 11));
    chip.write(PWR, 0b1000);
    assert_eq!(chip.read(SIE_STATUS) & VBUS_DETECTED, 0);
    chip.rp2040.set_gpio_input(4, Some(false));
    chip.write(PWR, 0b1100);
    assert_eq!(chip.read(SIE_STATUS) & VBUS_DETECTED, VBUS_DETECTED);
}

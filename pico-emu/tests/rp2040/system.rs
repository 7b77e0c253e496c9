//! SYSINFO, TBMAN, SYSCFG, `VREG_AND_CHIP_RESET`, PSM, BUSCTRL, and interrupts between cores.

use pico_emu::bus::{Bus, BusFaultKind, CoreId};

use crate::chip::{Chip, PSM, SET, SIO, TIMER};

const SYSCFG: u32 = 0x4000_4000;
const VREG: u32 = 0x4006_4000;

#[test]
fn it_says_which_chip_it_is() {
    let mut chip = Chip::new();
    assert_eq!(chip.read(0x4000_0000), 0x2000_2927);
    assert_eq!((chip.read(0x4000_0004), chip.read(0x4006_c000)), (2, 1));
}

#[test]
fn an_interrupt_can_be_made_non_maskable_for_one_core() {
    let mut chip = Chip::new();
    chip.write(SYSCFG + 4, 1 << 2);
    chip.write(TIMER + 0x3c, 1 << 2);
    let nmi = |chip: &mut Chip, core| chip.rp2040.signals(core, chip.cycle).nmi;
    assert!(nmi(&mut chip, CoreId::Core1));
    assert!(!nmi(&mut chip, CoreId::Core0));
}

#[test]
fn the_regulator_regulates_and_cannot_be_switched_off() {
    let mut chip = Chip::new();
    assert_eq!(chip.read(VREG), 1 << 12 | 0xb1);
    chip.write(VREG, 0xc1);
    assert_eq!(chip.read(VREG), 1 << 12 | 0xc1);
    assert_eq!(chip.write_fault(VREG, 0xb0), BusFaultKind::NotModelled);
    assert_eq!(chip.read(VREG + 8), 1 << 8);
}

#[test]
fn the_sio_can_be_reset_by_the_power_on_state_machine() {
    let mut chip = Chip::new();
    chip.write(SIO + 0x10, 0xff);
    chip.write(PSM + 4 + SET, 1 << 14);
    assert_eq!(chip.read(PSM + 12), 0x1_bfff);
    chip.write(PSM + 4, 0);
    assert_eq!((chip.read(PSM + 12), chip.read(SIO + 0x10)), (0x1_ffff, 0));
    assert_eq!(chip.write_fault(PSM + 4, 1 << 5), BusFaultKind::NotModelled);
}

#[test]
fn bus_priorities_are_acknowledged() {
    let mut chip = Chip::new();
    chip.write(0x4003_0000, 0x1111);
    assert_eq!((chip.read(0x4003_0000), chip.read(0x4003_0004)), (0x1111, 1));
}

#[test]
fn a_core_that_lags_sees_an_interrupt_at_the_cycle_at_which_the_other_raised_it() {
    let mut chip = Chip::new();
    chip.cycle = 500;
    chip.write(TIMER + 0x3c, 1);
    assert_eq!(chip.interrupts(CoreId::Core0), 1);
    let lagging = chip.rp2040.signals(CoreId::Core1, 100);
    assert_eq!((lagging.interrupts, lagging.next_event), (0, 500));
    assert_eq!(chip.rp2040.signals(CoreId::Core1, 499).interrupts, 0);
    assert_eq!(chip.rp2040.signals(CoreId::Core1, 500).interrupts, 1);
}

#[test]
fn an_event_reaches_the_other_core_once_and_not_before_it_is_sent() {
    let mut chip = Chip::new();
    chip.rp2040.send_event(CoreId::Core0);
    assert!(!chip.rp2040.signals(CoreId::Core0, 500).event);
    let lagging = chip.rp2040.signals(CoreId::Core1, 100);
    assert_eq!((lagging.event, lagging.next_event), (false, 500));
    assert!(chip.rp2040.signals(CoreId::Core1, 500).event);
    assert!(!chip.rp2040.signals(CoreId::Core1, 501).event);
}

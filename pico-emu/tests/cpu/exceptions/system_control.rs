//! The registers of the System Control Space (DDI 0419, B3.2).

use pico_emu::bus::BusFaultKind;
use pico_emu::cpu::{Register, Stop};

use super::{AIRCR, HARD_FAULT, ICSR, INTERRUPT_0, ISPR, PEND_SV, PENDSVSET, SHPR2, SHPR3, SYS_TICK, enter, machine};
use crate::code::{CPSID, LOAD, NOP, STORE};

#[test]
fn the_processor_says_which_it_is() {
    let mut machine = machine(&[NOP]);
    assert_eq!(machine.load(0xe000_ed00), 0x410c_c601, "CPUID: Cortex-M0+ r0p1");
    assert_eq!(machine.load(0xe000_ed14), 0x208, "CCR: STKALIGN and UNALIGN_TRP");
    assert_eq!(machine.load(AIRCR) & 0xffff, 0, "AIRCR: little-endian");
    assert_eq!(machine.load(0xe000_e008), 0, "ACTLR");
}

#[test]
fn icsr_shows_and_changes_what_is_pending() {
    let mut machine = machine(&[CPSID, NOP]);
    machine.steps(1);
    assert_eq!(machine.load(ICSR), 0);
    machine.store(ICSR, PENDSVSET);
    assert_eq!(machine.load(ICSR), PENDSVSET | u32::from(PEND_SV) << 12);
    machine.store(ICSR, 1 << 26);
    assert_eq!(machine.load(ICSR), PENDSVSET | 1 << 26 | u32::from(PEND_SV) << 12);
    machine.store(ICSR, 1 << 27);
    assert_eq!(machine.load(ICSR), 1 << 26 | u32::from(SYS_TICK) << 12);
    machine.store(ICSR, 1 << 25);
    machine.store(ISPR, 1 << 4);
    assert_eq!(machine.load(ICSR), 1 << 22 | u32::from(INTERRUPT_0 + 4) << 12);
}

#[test]
fn icsr_shows_what_is_active() {
    let mut machine = machine(&[NOP]);
    machine.store(ICSR, 1 << 31);
    assert_eq!(enter(&mut machine), super::NMI);
    assert_eq!(machine.load(ICSR), 2);
}

#[test]
fn system_handlers_have_priorities_of_two_bits() {
    let mut machine = machine(&[NOP]);
    machine.store(SHPR2, 0x7fff_ffff);
    machine.store(SHPR3, 0xbf7f_ffff);
    assert_eq!((machine.load(SHPR2), machine.load(SHPR3)), (0x4000_0000, 0x8040_0000));
}

#[test]
fn a_reset_is_requested_with_the_key_alone() {
    let mut machine = machine(&[STORE, STORE, NOP]);
    machine.write(Register::R0, AIRCR);
    machine.write(Register::R1, 0x0000_0004);
    assert_eq!(machine.step(), Stop::Deadline);
    machine.write(Register::R1, 0x05fa_0004);
    assert_eq!(machine.run(1000), Stop::ResetRequest);
}

#[test]
fn a_pending_supervisor_call_can_be_seen_and_withdrawn() {
    let mut machine = machine(&[CPSID]);
    machine.steps(1);
    machine.store(0xe000_ed24, 1 << 15);
    assert_eq!(machine.load(0xe000_ed24), 1 << 15);
    machine.store(0xe000_ed24, 0);
    assert_eq!(machine.load(0xe000_ed24), 0);
}

#[test]
fn only_words_reach_the_registers() {
    // ldrb r1, [r0]; ldrh r1, [r0]; strb r1, [r0]; strh r1, [r0]
    for instruction in [0x7801, 0x8801, 0x7001, 0x8001] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R0, ICSR);
        assert_eq!(enter(&mut machine), HARD_FAULT, "{instruction:04x}");
    }
}

#[test]
fn the_memory_protection_unit_keeps_its_regions() {
    let mut machine = machine(&[NOP]);
    assert_eq!(machine.load(0xe000_ed90), 8 << 8, "MPU_TYPE: eight regions");
    machine.store(0xe000_ed98, 3);
    machine.store(0xe000_ed9c, 0x2000_01ff & !0x10);
    machine.store(0xe000_eda0, 0x1301_0009);
    machine.store(0xe000_ed9c, 0x2100_0015);
    assert_eq!((machine.load(0xe000_ed98), machine.load(0xe000_ed9c)), (5, 0x2100_0005), "VALID selects region 5");
    machine.store(0xe000_ed98, 3);
    assert_eq!((machine.load(0xe000_ed9c), machine.load(0xe000_eda0)), (0x2000_0103, 0x1301_0009));
    machine.store(0xe000_ed94, 0b110);
    assert_eq!(machine.load(0xe000_ed94), 0b110);
}

#[test]
fn what_the_emulator_lacks_stops_it() {
    // DHCSR, which is a debugger's.
    for instruction in [LOAD, STORE] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R0, 0xe000_edf0);
        match machine.run(1000) {
            Stop::Fault(fault) => {
                assert_eq!((fault.bus.kind, fault.bus.address), (BusFaultKind::NotModelled, 0xe000_edf0));
            }
            stop => panic!("{stop:?}"),
        }
    }
}

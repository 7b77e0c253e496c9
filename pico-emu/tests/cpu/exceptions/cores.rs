//! Two processors on one bus.

use pico_emu::bus::CoreId;
use pico_emu::cpu::{Cpu, Register, Sleep, Stop};

use super::{STACK, machine};
use crate::code::{COUNT, NOP, SEV, STORE, WFE};
use crate::machine::{RAM, STAY};

/// Core 1, about to execute what lies at this offset in RAM.
fn core_1(entry: u32) -> Cpu {
    let mut cpu = Cpu::new(CoreId::Core1);
    cpu.start(0, STACK - 0x1000, (RAM + entry) | 1);
    cpu
}

#[test]
fn an_event_reaches_the_other_one() {
    let mut machine = machine(&[NOP, SEV, STAY, WFE, COUNT, STAY]);
    let mut other = core_1(6);
    assert_eq!(other.run(&mut machine.chip, 100), Stop::Sleeping(Sleep::Event));
    machine.steps(2);
    assert_eq!(other.run(&mut machine.chip, 110), Stop::Deadline);
    assert_eq!(other.registers().read(Register::R2), 1);
}

#[test]
fn an_event_is_not_lost_on_one_that_is_awake() {
    let mut machine = machine(&[SEV, STAY, NOP, WFE, COUNT, STAY]);
    let mut other = core_1(4);
    assert_eq!(other.run(&mut machine.chip, 1), Stop::Deadline);
    machine.steps(1);
    assert_eq!(other.run(&mut machine.chip, 100), Stop::Deadline);
    assert_eq!(other.registers().read(Register::R2), 1);
}

#[test]
fn code_that_one_writes_is_what_the_other_executes() {
    // str r1, [r0]; b .; and for core 1, adds r2, #1; b back
    let mut machine = machine(&[STORE, STAY, COUNT, 0xe7fd]);
    let mut other = core_1(4);
    other.run(&mut machine.chip, 30);
    assert_eq!(other.registers().read(Register::R2), 10);
    // adds r3, #1
    machine.write(Register::R0, RAM + 4);
    machine.write(Register::R1, 0xe7fd_3301);
    machine.steps(1);
    other.run(&mut machine.chip, 60);
    assert_eq!((other.registers().read(Register::R2), other.registers().read(Register::R3)), (10, 10));
}

#[test]
fn interrupts_and_timers_are_each_ones_own() {
    let mut machine = machine(&[NOP]);
    machine.store(0xe000_e014, 5);
    let mut other = core_1(0);
    // ldr r1, [r0]
    machine.chip.ram.write(0, &[0x01, 0x68]);
    for (address, value) in [(0xe000_e014, 0), (super::ISER, 0)] {
        other.registers_mut().write(Register::R0, address);
        other.registers_mut().write(Register::Pc, RAM);
        other.run(&mut machine.chip, other.cycle() + 1);
        assert_eq!(other.registers().read(Register::R1), value, "{address:x}");
    }
}

#[test]
fn the_bus_is_told_who_asks() {
    assert_eq!(core_1(0).id(), CoreId::Core1);
    assert_eq!(machine(&[]).cpu.id(), CoreId::Core0);
}

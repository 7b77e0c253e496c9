//! WFI, WFE, SEV and sleep on exit (DDI 0419, B1.5.17 to B1.5.19).

use pico_emu::cpu::{Register, Sleep, Stop};

use super::{ICER, INTERRUPT_0, ISPR, SCR, SV_CALL, enter, machine};
use crate::code::{CPSID, NOP, RETURN, SEV, SVC, WFE, WFI};
use crate::machine::{Machine, RAM};

fn sleeps(machine: &mut Machine, cycles: u64, sleep: Sleep) {
    let until = machine.cpu.cycle() + cycles;
    assert_eq!(machine.run(until), Stop::Sleeping(sleep));
    assert_eq!(machine.cpu.cycle(), until, "time passes");
}

#[test]
fn wfi_sleeps_until_an_interrupt_and_is_returned_behind() {
    let mut machine = machine(&[WFI, NOP]);
    let instructions = machine.cpu.instructions();
    sleeps(&mut machine, 1_000_000_000, Sleep::Interrupt);
    assert_eq!(machine.cpu.instructions() - instructions, 1);
    machine.chip.lines = 1;
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!(machine.word(super::STACK - 32 + 24), RAM + 2);
}

#[test]
fn sleep_lasts_until_the_next_event_of_the_bus() {
    let mut machine = machine(&[WFI, NOP]);
    machine.chip.alarm_lines = 1;
    machine.chip.alarm = 5000;
    assert_eq!(machine.run(5015), Stop::Deadline);
    assert_eq!((machine.cpu.cycle(), machine.ipsr()), (5015, INTERRUPT_0));
}

#[test]
fn an_event_that_the_caller_sees_to_ends_the_run_of_a_sleeper() {
    let mut machine = machine(&[WFI]);
    machine.chip.event = 5000;
    assert_eq!(machine.run(1_000_000), Stop::Sleeping(Sleep::Interrupt));
    assert_eq!(machine.cpu.cycle(), 5000);
}

#[test]
fn wfi_ends_with_what_primask_keeps_back_and_does_not_take_it() {
    let mut machine = machine(&[CPSID, WFI, NOP]);
    machine.steps(1);
    sleeps(&mut machine, 100, Sleep::Interrupt);
    machine.chip.lines = 1;
    machine.steps(1);
    assert_eq!((machine.ipsr(), machine.pc()), (0, RAM + 6));
}

#[test]
fn wfi_does_not_end_with_what_is_disabled_or_of_no_higher_priority() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(INTERRUPT_0, &[WFI, NOP]);
    machine.store(ICER, 0b100);
    machine.store(ISPR, 0b001);
    enter(&mut machine);
    machine.chip.lines = 0b110;
    sleeps(&mut machine, 100, Sleep::Interrupt);
    machine.chip.nmi = true;
    assert_eq!(enter(&mut machine), super::NMI);
}

#[test]
fn wfe_does_not_sleep_after_an_event() {
    let mut machine = machine(&[SEV, WFE, NOP, WFE]);
    machine.steps(3);
    assert_eq!(machine.pc(), RAM + 6);
    sleeps(&mut machine, 100, Sleep::Event);
}

#[test]
fn wfe_ends_with_an_interrupt() {
    let mut machine = machine(&[WFE, NOP]);
    sleeps(&mut machine, 100, Sleep::Event);
    machine.chip.lines = 1;
    assert_eq!(enter(&mut machine), INTERRUPT_0);
}

#[test]
fn an_exception_and_its_return_are_events() {
    let mut machine = machine(&[SVC, WFE, NOP]);
    machine.set_handler(SV_CALL, &[WFE, RETURN]);
    enter(&mut machine);
    machine.steps(2);
    assert_eq!(machine.ipsr(), 0);
    machine.steps(1);
    assert_eq!(machine.pc(), RAM + 4);
    machine.steps(1);
    assert_eq!(machine.pc(), RAM + 6);
}

#[test]
fn wfe_does_not_end_with_what_primask_keeps_back() {
    let mut machine = machine(&[CPSID, WFE, NOP]);
    machine.steps(1);
    machine.chip.lines = 1;
    sleeps(&mut machine, 100, Sleep::Event);
}

#[test]
fn with_sevonpend_it_does() {
    let mut machine = machine(&[CPSID, WFE, NOP]);
    machine.store(SCR, 1 << 4);
    machine.store(ICER, 1);
    machine.steps(1);
    sleeps(&mut machine, 100, Sleep::Event);
    machine.chip.lines = 1;
    machine.steps(1);
    assert_eq!((machine.ipsr(), machine.pc()), (0, RAM + 6), "also with what is disabled");
}

#[test]
fn sleep_on_exit_sleeps_when_the_last_handler_returns() {
    let mut machine = machine(&[NOP, NOP]);
    machine.set_handler(INTERRUPT_0, &[RETURN]);
    machine.store(SCR, 1 << 1);
    machine.store(ISPR, 1);
    enter(&mut machine);
    sleeps(&mut machine, 100, Sleep::Interrupt);
    machine.chip.lines = 1;
    enter(&mut machine);
    assert_eq!(machine.read(Register::Sp), super::STACK - 32);
    assert_eq!(machine.word(super::STACK - 32 + 24), RAM, "no instruction has been executed in between");
}

#[test]
fn deep_sleep_can_be_seen() {
    let mut machine = machine(&[WFI]);
    assert!(!machine.cpu.sleeps_deeply());
    machine.store(SCR, 1 << 2);
    assert!(machine.cpu.sleeps_deeply());
    assert_eq!(machine.load(SCR), 1 << 2);
}

//! What preempts what, in which order, and what is kept back.

use pico_emu::cpu::Register;

use super::{
    HARD_FAULT, ICSR, INTERRUPT_0, IPR0, ISPR, NMI, PEND_SV, PENDSVSET, SHPR2, SHPR3, STACK, SV_CALL, enter, machine,
};
use crate::code::{CPSID, CPSIE, NOP, RETURN, STORE, SVC, UDF};
use crate::machine::{Machine, RAM, handler};

#[test]
fn of_equal_priorities_the_lowest_number_goes_first() {
    let mut machine = machine(&[NOP]);
    machine.store(ISPR, 0b1010_0000);
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 5);
}

#[test]
fn the_higher_priority_goes_first() {
    let mut machine = machine(&[NOP]);
    machine.store(IPR0, 0x00_40_80_c0);
    machine.store(ISPR, 0b111);
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 2);
}

#[test]
fn only_a_higher_priority_preempts_a_handler() {
    let mut machine = machine(&[NOP]);
    machine.store(IPR0, 0x00_40_80_80);
    machine.store(ISPR, 0b0001);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    machine.store(ISPR, 0b0010);
    machine.steps(3);
    assert_eq!(machine.ipsr(), INTERRUPT_0, "an equal one does not");
    machine.store(ISPR, 0b0100);
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 2);
}

#[test]
fn primask_keeps_back_all_but_nmi_and_hard_fault() {
    let mut machine = machine(&[CPSID, NOP, NOP, UDF]);
    machine.steps(1);
    machine.store(ISPR, 1);
    machine.store(ICSR, PENDSVSET);
    machine.steps(2);
    assert_eq!((machine.ipsr(), machine.pc()), (0, RAM + 6));
    let mut with_nmi = machine.clone();
    with_nmi.chip.nmi = true;
    assert_eq!(enter(&mut with_nmi), NMI);
    assert_eq!(enter(&mut machine), HARD_FAULT);
}

#[test]
fn what_primask_has_kept_back_is_taken_right_behind_cpsie() {
    let mut machine = machine(&[CPSID, NOP, CPSIE, NOP]);
    machine.steps(1);
    machine.store(ISPR, 1);
    machine.steps(2);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!(machine.word(STACK - 32 + 24), RAM + 6, "the return address");
}

#[test]
fn a_supervisor_call_that_cannot_be_taken_is_a_hard_fault_that_returns_behind_it() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(INTERRUPT_0, &[SVC]);
    machine.store(SHPR2, 0x4000_0000);
    machine.store(IPR0, 0x40);
    machine.store(ISPR, 1);
    enter(&mut machine);
    assert_eq!(enter(&mut machine), HARD_FAULT);
    assert_eq!(machine.word(machine.read(Register::Sp) + 24), handler(INTERRUPT_0) + 2);
}

#[test]
fn a_supervisor_call_of_higher_priority_preempts_a_handler() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(INTERRUPT_0, &[SVC]);
    machine.store(IPR0, 0x40);
    machine.store(ISPR, 1);
    enter(&mut machine);
    assert_eq!(enter(&mut machine), SV_CALL);
}

#[test]
fn priorities_of_system_handlers_count() {
    let mut machine = machine(&[NOP]);
    machine.store(SHPR3, 0x0040_0000);
    machine.store(ICSR, PENDSVSET);
    machine.chip.lines = 1;
    assert_eq!(enter(&mut machine), INTERRUPT_0, "before PendSV");
}

#[test]
fn a_pending_exception_is_tail_chained_without_touching_the_stack() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(INTERRUPT_0, &[NOP, RETURN]);
    machine.store(ISPR, 0b01);
    enter(&mut machine);
    machine.store(ISPR, 0b10);
    machine.steps(1);
    // What is on the stack must not be read back.
    machine.set_word(STACK - 8, 0xffff_ffff);
    let before = machine.cpu.cycle();
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 1);
    assert_eq!(machine.read(Register::Sp), STACK - 32);
    assert_eq!(machine.read(Register::Lr), 0xffff_fff9);
    assert_eq!(machine.cpu.cycle() - before, 2 + 7, "BX, and an entry without eight stores");
}

/// Interrupt 1 is about to be entered, and interrupt 0, which has a higher priority, comes this many cycles later.
fn late_arrival(delay: u64) -> Machine {
    let mut machine = machine(&[NOP]);
    machine.store(IPR0, 0x40_00);
    machine.chip.lines = 0b10;
    machine.chip.alarm_lines = 0b01;
    machine.chip.alarm = machine.cpu.cycle() + delay;
    machine
}

#[test]
fn a_higher_priority_that_arrives_during_the_entry_goes_first() {
    let mut machine = late_arrival(14);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!(machine.read(Register::Sp), STACK - 32, "with one frame");
}

#[test]
fn a_higher_priority_that_arrives_after_the_entry_preempts() {
    let mut machine = late_arrival(15);
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 1);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!(machine.read(Register::Sp), STACK - 64, "with another frame");
}

#[test]
fn an_exception_can_be_taken_again_after_its_return() {
    // str r1, [r0], twice
    let mut machine = machine(&[STORE, STORE]);
    machine.set_handler(PEND_SV, &[RETURN]);
    machine.write(Register::R0, ICSR);
    machine.write(Register::R1, PENDSVSET);
    for behind in [RAM + 2, RAM + 4] {
        assert_eq!(enter(&mut machine), PEND_SV);
        machine.steps(1);
        assert_eq!((machine.ipsr(), machine.pc()), (0, behind));
    }
}

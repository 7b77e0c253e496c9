//! The external interrupts and their lines (DDI 0419, B3.4).

use super::{ICER, ICPR, INTERRUPT_0, IPR0, ISER, ISPR, enter, machine};
use crate::code::{NOP, RETURN, STORE};
use crate::machine::{LINES, RAM};
use pico_emu::cpu::Register;

#[test]
fn a_line_that_stays_asserted_is_pending_again_on_return() {
    let mut machine = machine(&[NOP, NOP]);
    machine.set_handler(INTERRUPT_0 + 3, &[NOP, RETURN]);
    machine.chip.lines = 1 << 3;
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 3);
    assert_eq!(machine.load(ISPR), 0, "it is active, and no longer pending");
    machine.steps(3);
    assert_eq!(machine.pc(), crate::machine::handler(INTERRUPT_0 + 3), "tail-chained to itself");
}

#[test]
fn a_line_that_is_withdrawn_by_its_handler_is_not_taken_again() {
    let mut machine = machine(&[NOP, NOP]);
    machine.set_handler(INTERRUPT_0, &[STORE, RETURN]);
    machine.write(Register::R0, LINES);
    machine.chip.lines = 1;
    enter(&mut machine);
    machine.write(Register::R1, 0);
    machine.steps(2);
    assert_eq!((machine.ipsr(), machine.pc()), (0, RAM));
    machine.steps(2);
    assert_eq!(machine.ipsr(), 0);
}

#[test]
fn a_pulse_is_remembered() {
    let mut machine = machine(&[NOP, NOP]);
    machine.store(ICER, 1);
    machine.chip.lines = 1;
    machine.steps(1);
    machine.chip.lines = 0;
    assert_eq!(machine.load(ISPR), 1);
    machine.store(ISER, 1);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
}

#[test]
fn a_line_that_rises_while_its_handler_runs_is_pending_behind_it() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(INTERRUPT_0, &[NOP, NOP, NOP, RETURN]);
    machine.store(ISPR, 1);
    enter(&mut machine);
    machine.chip.lines = 1;
    machine.steps(1);
    machine.chip.lines = 0;
    machine.steps(1);
    assert_eq!(machine.load(ISPR), 1);
}

#[test]
fn a_pending_interrupt_is_withdrawn_by_software_unless_its_line_is_asserted() {
    let mut machine = machine(&[NOP]);
    machine.store(ICER, u32::MAX);
    machine.store(ISPR, 0b11);
    machine.chip.lines = 0b01;
    machine.store(ICPR, 0b11);
    assert_eq!(machine.load(ISPR), 0b01);
    assert_eq!(machine.load(ICPR), 0b01, "both registers show the same");
    machine.chip.lines = 0;
    machine.store(ICPR, 0b01);
    assert_eq!(machine.load(ISPR), 0);
}

#[test]
fn a_disabled_interrupt_waits_until_it_is_enabled() {
    let mut machine = machine(&[NOP, NOP, NOP]);
    machine.store(ICER, 1 << 31);
    machine.chip.lines = 1 << 31;
    machine.steps(2);
    assert_eq!(machine.ipsr(), 0);
    assert_eq!((machine.load(ISER), machine.load(ICER)), (0x7fff_ffff, 0x7fff_ffff));
    machine.store(ISER, 1 << 31);
    assert_eq!(enter(&mut machine), INTERRUPT_0 + 31);
}

#[test]
fn priorities_have_two_bits() {
    let mut machine = machine(&[NOP]);
    for register in 0..8 {
        let address = IPR0 + 4 * register;
        machine.store(address, 0xff7f_3f80 ^ register << 30);
        assert_eq!(machine.load(address), 0xc040_0080 ^ register << 30);
    }
}

#[test]
fn an_access_that_raises_a_line_is_interrupted_right_behind() {
    let mut machine = machine(&[STORE, NOP, NOP, NOP]);
    machine.write(Register::R0, LINES);
    machine.write(Register::R1, 1);
    // In one run, and not one by one.
    let start = machine.cpu.cycle();
    machine.run(start + 16);
    assert_eq!(machine.ipsr(), 0, "the entry is not over");
    machine.run(start + 17);
    assert_eq!(machine.ipsr(), INTERRUPT_0);
    assert_eq!(machine.word(super::STACK - 32 + 24), RAM + 2);
}

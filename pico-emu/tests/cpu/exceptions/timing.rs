//! Cycles (DDI 0484, table 3-1), and what the bus is told of them.

use pico_emu::cpu::{Register, Stop};

use super::{INTERRUPT_0, ISPR, SV_CALL, enter, machine};
use crate::code::{LOAD, NOP, RETURN, STORE, SVC};
use crate::machine::{EVENT, Machine, PORT, RAM, SLOW, STAY, TIMER, handler};

/// The cycles of one step.
fn cycles(machine: &mut Machine) -> u64 {
    let before = machine.cpu.cycle();
    machine.steps(1);
    machine.cpu.cycle() - before
}

#[test]
fn a_device_is_told_the_cycle_of_each_access() {
    // ldr r1, [r0]; nop; nop; ldr r2, [r0]
    let mut machine = machine(&[LOAD, NOP, NOP, 0x6802, STAY]);
    machine.write(Register::R0, TIMER);
    let start = machine.cpu.cycle();
    machine.run(start + 8);
    let times = [Register::R1, Register::R2].map(|register| u64::from(machine.read(register)) - start);
    assert_eq!(times, [0, 4]);
}

#[test]
fn each_word_of_a_list_has_a_cycle_of_its_own() {
    // ldm r0!, {r1, r2}
    let mut machine = machine(&[0xc806]);
    machine.write(Register::R0, TIMER);
    let start = machine.cpu.cycle();
    assert_eq!(cycles(&mut machine), 3);
    let times = [Register::R1, Register::R2].map(|register| u64::from(machine.read(register)) - start);
    assert_eq!(times, [0, 1]);
}

#[test]
fn wait_states_are_counted() {
    for instruction in [LOAD, STORE] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R0, SLOW);
        assert_eq!(cycles(&mut machine), 4);
    }
}

#[test]
fn the_single_cycle_port_takes_one() {
    for instruction in [LOAD, STORE] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R0, PORT);
        assert_eq!(cycles(&mut machine), 1);
    }
    // stm r0!, {r1}: a list does not gain by it.
    let mut machine = machine(&[0xc002]);
    machine.write(Register::R0, PORT);
    assert_eq!(cycles(&mut machine), 2);
}

#[test]
fn system_registers_take_two() {
    let mut machine = machine(&[LOAD]);
    machine.write(Register::R0, super::VTOR);
    assert_eq!(cycles(&mut machine), 2);
}

#[test]
fn an_entry_takes_fifteen_cycles() {
    let mut machine = machine(&[NOP]);
    machine.store(ISPR, 1);
    let before = machine.cpu.cycle();
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!((machine.cpu.cycle() - before, machine.pc()), (15, handler(INTERRUPT_0)));
}

#[test]
fn a_supervisor_call_takes_the_cycles_of_its_entry() {
    let mut machine = machine(&[SVC]);
    let before = machine.cpu.cycle();
    enter(&mut machine);
    assert_eq!(machine.cpu.cycle() - before, 15);
}

#[test]
fn a_return_takes_eight_on_top_of_its_instruction() {
    let mut machine = machine(&[SVC, NOP]);
    machine.set_handler(SV_CALL, &[NOP, RETURN]);
    enter(&mut machine);
    machine.steps(1);
    assert_eq!(cycles(&mut machine), 2 + 8);
}

#[test]
fn a_run_ends_at_the_first_instruction_boundary_from_its_cycle_on() {
    // Three instructions of one cycle and a branch of two.
    let code = [NOP, NOP, NOP, 0xe7fb];
    for until in 0..40 {
        let mut machine = Machine::new(&code);
        let boundary = if until % 5 == 4 { until + 1 } else { until };
        assert_eq!(machine.run(until), Stop::Deadline);
        assert_eq!(machine.cpu.cycle(), boundary);
        assert_eq!(machine.pc(), RAM + 2 * (boundary % 5) as u32);
    }
}

#[test]
fn an_event_that_the_program_plans_ends_the_run() {
    let mut machine = machine(&[STORE, NOP, NOP, NOP, NOP, NOP, NOP, STAY]);
    let event = machine.cpu.cycle() + 6;
    machine.write(Register::R0, EVENT);
    machine.write(Register::R1, event as u32);
    assert_eq!(machine.run(1000), Stop::Deadline);
    assert_eq!((machine.cpu.cycle(), machine.pc()), (event, RAM + 10));
}

#[test]
fn an_event_that_the_chip_sees_to_does_not_end_the_run() {
    let mut machine = machine(&[NOP, STAY]);
    machine.chip.alarm_lines = 1;
    machine.chip.alarm = machine.cpu.cycle() + 1;
    assert_eq!(machine.run(1000), Stop::Deadline);
    assert_eq!((machine.cpu.cycle(), machine.ipsr()), (1000, INTERRUPT_0));
    assert_eq!(machine.word(super::STACK - 32 + 24), RAM + 2, "and is on time");
}

#[test]
fn a_processor_that_is_held_lets_time_pass() {
    let mut machine = machine(&[NOP]);
    machine.cpu.skip_to(500);
    assert_eq!(machine.cpu.cycle(), 500);
    machine.cpu.skip_to(400);
    assert_eq!(machine.cpu.cycle(), 500, "and never back");
}

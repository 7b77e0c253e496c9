//! Addresses at which a run stops.

use pico_emu::cpu::{Register, Stop};

use crate::code::{COUNT, NOP, RETURN, UDF};
use crate::machine::{Machine, RAM, STAY, handler};

#[test]
fn a_run_stops_before_the_instruction_and_goes_on_with_it() {
    let mut machine = Machine::new(&[COUNT, COUNT, COUNT, STAY]);
    machine.cpu.stop_at(RAM + 4);
    assert_eq!(machine.run(100), Stop::Reached);
    assert_eq!((machine.pc(), machine.read(Register::R2), machine.cpu.cycle()), (RAM + 4, 2, 2));
    assert_eq!(machine.run(100), Stop::Deadline);
    assert_eq!(machine.read(Register::R2), 3);
}

#[test]
fn a_run_stops_each_time_also_after_a_reset_and_in_code_that_has_run() {
    // adds r2, #1; b to it
    let mut machine = Machine::new(&[COUNT, 0xe7fd]);
    machine.run(100);
    let before = machine.read(Register::R2);
    machine.cpu.stop_at(RAM);
    for count in before..before + 3 {
        assert_eq!(machine.run(1000), Stop::Reached);
        assert_eq!(machine.read(Register::R2), count);
    }
    machine.cpu.start(0, RAM + 0x1000, RAM | 1);
    assert_eq!(machine.run(2000), Stop::Reached);
}

#[test]
fn what_stops_changes_nothing_else() {
    let program = [COUNT, NOP, COUNT, 0xe7fb];
    let mut free = Machine::new(&program);
    free.run(500);
    let mut stopped = Machine::new(&program);
    stopped.cpu.stop_at(RAM + 2);
    stopped.cpu.stop_at(RAM + 4);
    let mut stops = 0;
    while stopped.run(500) == Stop::Reached {
        stops += 1;
    }
    assert!(stops > 100, "{stops}");
    assert_eq!(stopped.cpu.registers(), free.cpu.registers());
    assert_eq!((stopped.cpu.cycle(), stopped.cpu.instructions()), (free.cpu.cycle(), free.cpu.instructions()));
}

#[test]
fn a_handler_is_stopped_at_with_its_exception_entered() {
    let mut machine = Machine::new(&[NOP, UDF]);
    machine.set_handler(3, &[RETURN]);
    machine.cpu.stop_at(handler(3));
    assert_eq!(machine.run(100), Stop::Reached);
    assert_eq!((machine.ipsr(), machine.read(Register::Lr)), (3, 0xffff_fff9));
}

#[test]
fn an_address_that_cannot_be_executed_is_not_reached() {
    let mut machine = Machine::new(&[]);
    machine.cpu.start(0, RAM + 0x1000, 0x3000_0001);
    machine.cpu.stop_at(0x3000_0000);
    assert_ne!(machine.run(100), Stop::Reached);
}

#[test]
fn a_lockup_tells_where_it_began() {
    let mut machine = Machine::new(&[NOP, UDF]);
    machine.set_handler(3, &[NOP, UDF]);
    assert_eq!(machine.cpu.locked_up_at(), None);
    assert_eq!(machine.run(100), Stop::Lockup);
    assert_eq!(machine.cpu.locked_up_at(), Some(handler(3) + 2));
    machine.cpu.start(0, RAM + 0x1000, RAM | 1);
    assert_eq!(machine.cpu.locked_up_at(), None);
}

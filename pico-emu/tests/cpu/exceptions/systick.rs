//! The system timer (DDI 0419, B3.3).

use std::num::NonZeroU32;

use pico_emu::cpu::{Sleep, Stop};

use super::{ICSR, SYS_TICK, enter, machine};
use crate::code::{NOP, RETURN, WFI};
use crate::machine::{Machine, RAM, STAY};

const CSR: u32 = 0xe000_e010;
const RVR: u32 = 0xe000_e014;
const CVR: u32 = 0xe000_e018;
const CALIB: u32 = 0xe000_e01c;

const ENABLE: u32 = 1;
const TICKINT: u32 = 2;
const PROCESSOR_CLOCK: u32 = 4;
const COUNTFLAG: u32 = 1 << 16;

/// Stays where it is; the timer counts with this reload value from the returned cycle on.
fn counting(reload: u32, control: u32) -> (Machine, u64) {
    let mut machine = machine(&[STAY]);
    machine.store(RVR, reload);
    machine.store(CVR, 0);
    // The store takes two cycles, and reaches the register in the first.
    let start = machine.cpu.cycle();
    machine.store(CSR, ENABLE | control);
    (machine, start)
}

/// The counter at a cycle.
fn value_at(machine: &Machine, cycle: u64) -> u32 {
    let mut machine = machine.clone();
    machine.cpu.skip_to(cycle);
    machine.load(CVR)
}

#[test]
fn the_counter_reloads_and_counts_down_to_zero() {
    let (machine, start) = counting(9, PROCESSOR_CLOCK);
    let values: Vec<u32> = (2..14).map(|cycle| value_at(&machine, start + cycle)).collect();
    assert_eq!(values, [8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8, 7]);
}

#[test]
fn reaching_zero_sets_the_flag_that_reading_clears() {
    let (mut machine, start) = counting(9, PROCESSOR_CLOCK);
    machine.cpu.skip_to(start + 9);
    assert_eq!(machine.load(CSR) & COUNTFLAG, 0);
    machine.cpu.skip_to(start + 11);
    assert_eq!(machine.load(CSR), COUNTFLAG | PROCESSOR_CLOCK | ENABLE);
    assert_eq!(machine.load(CSR) & COUNTFLAG, 0);
}

#[test]
fn writing_the_counter_clears_it_and_the_flag() {
    let (mut machine, start) = counting(99, PROCESSOR_CLOCK);
    machine.cpu.skip_to(start + 150);
    let now = machine.cpu.cycle();
    machine.store(CVR, 12345);
    assert_eq!(machine.load(CSR) & COUNTFLAG, 0);
    assert_eq!(value_at(&machine, now + 10), 90);
    assert_eq!(machine.load(ICSR), 0, "and is no exception");
}

#[test]
fn the_exception_is_taken_at_each_zero() {
    let (mut machine, start) = counting(99, PROCESSOR_CLOCK | TICKINT);
    machine.set_handler(SYS_TICK, &[RETURN]);
    for period in 1..4 {
        while machine.ipsr() == 0 && machine.cpu.cycle() < start + 1000 {
            machine.steps(1);
        }
        let entered = machine.cpu.cycle() - (start + 100 * period);
        // The branch that was under way takes two cycles, the entry fifteen.
        assert!((15..=16).contains(&entered), "{entered}");
        machine.steps(1);
    }
}

#[test]
fn one_run_takes_the_exception_too() {
    let (mut machine, start) = counting(99, PROCESSOR_CLOCK | TICKINT);
    assert_eq!(machine.run(start + 100 + 16), Stop::Deadline);
    assert_eq!(machine.ipsr(), SYS_TICK);
}

#[test]
fn without_tickint_there_is_no_exception() {
    let (mut machine, start) = counting(9, PROCESSOR_CLOCK);
    assert_eq!(machine.run(start + 1000), Stop::Deadline);
    assert_eq!((machine.ipsr(), machine.load(ICSR)), (0, 0));
}

#[test]
fn a_reload_of_zero_stops_the_counter() {
    let (mut machine, start) = counting(5, PROCESSOR_CLOCK | TICKINT);
    machine.set_handler(SYS_TICK, &[RETURN]);
    machine.store(RVR, 0);
    assert_eq!(enter(&mut machine), SYS_TICK);
    machine.steps(1);
    assert_eq!(machine.run(start + 1000), Stop::Deadline);
    assert_eq!((machine.ipsr(), value_at(&machine, start + 2000)), (0, 0));
}

#[test]
fn the_timer_wakes_from_sleep_at_its_cycle() {
    let mut machine = machine(&[WFI, NOP]);
    machine.store(RVR, 999);
    let start = machine.cpu.cycle();
    machine.store(CSR, ENABLE | PROCESSOR_CLOCK | TICKINT);
    assert_eq!(machine.run(start + 999), Stop::Sleeping(Sleep::Interrupt));
    assert_eq!(machine.run(start + 1001), Stop::Deadline);
    machine.steps(1);
    assert_eq!((machine.cpu.cycle(), machine.ipsr()), (start + 1015, SYS_TICK));
    assert_eq!(machine.word(super::STACK - 32 + 24), RAM + 2);
}

#[test]
fn the_reference_clock_ticks_as_it_is_told() {
    let (mut machine, _) = counting(9, 0);
    assert_eq!(value_at(&machine, 1000), 0, "it stands still");
    let start = machine.cpu.cycle();
    machine.cpu.set_systick_reference(NonZeroU32::new(125));
    assert_eq!(value_at(&machine, start + 124), 0);
    assert_eq!(value_at(&machine, start + 125), 9);
    assert_eq!(value_at(&machine, start + 125 * 4 + 124), 6);
}

#[test]
fn there_is_no_calibration_value() {
    let (mut machine, _) = counting(9, 0);
    machine.store(CALIB, u32::MAX);
    assert_eq!(machine.load(CALIB), 0);
}

#[test]
fn the_counter_has_24_bits() {
    let (mut machine, start) = counting(u32::MAX, PROCESSOR_CLOCK);
    assert_eq!(machine.load(RVR), 0x00ff_ffff);
    assert_eq!(value_at(&machine, start + 0x0100_0000), 0);
    assert_eq!(value_at(&machine, start + 0x0100_0001), 0x00ff_ffff);
}

//! The exception model, rule by rule (DDI 0419, B1.5 and B3).

mod cores;
mod entry;
mod faults;
mod interrupts;
mod priority;
mod protection;
mod sleep;
mod system_control;
mod systick;
mod timing;

use pico_emu::cpu::Stop;

use crate::machine::Machine;

const NMI: u8 = 2;
const HARD_FAULT: u8 = 3;
const SV_CALL: u8 = 11;
const PEND_SV: u8 = 14;
const SYS_TICK: u8 = 15;
const INTERRUPT_0: u8 = 16;

const ISER: u32 = 0xe000_e100;
const ICER: u32 = 0xe000_e180;
const ISPR: u32 = 0xe000_e200;
const ICPR: u32 = 0xe000_e280;
const IPR0: u32 = 0xe000_e400;
const ICSR: u32 = 0xe000_ed04;
const VTOR: u32 = 0xe000_ed08;
const AIRCR: u32 = 0xe000_ed0c;
const SCR: u32 = 0xe000_ed10;
const SHPR2: u32 = 0xe000_ed1c;
const SHPR3: u32 = 0xe000_ed20;

/// ICSR.PENDSVSET.
const PENDSVSET: u32 = 1 << 28;

/// The top of the stack.
const STACK: u32 = 0x2004_0000;

/// A machine with these instructions and all interrupts enabled.
fn machine(code: &[u16]) -> Machine {
    let mut machine = Machine::new(code);
    machine.store(ISER, u32::MAX);
    machine
}

/// Runs until an exception's handler is about to begin, and tells which.
fn enter(machine: &mut Machine) -> u8 {
    let before = machine.ipsr();
    for _ in 0..20 {
        assert_eq!(machine.step(), Stop::Deadline);
        if machine.ipsr() != before {
            return machine.ipsr();
        }
    }
    panic!("no exception is taken: {}", machine.cpu.registers());
}

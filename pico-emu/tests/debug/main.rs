//! Names, backtraces and traces, of a program whose ELF file lies beside its source.

mod backtraces;
mod instruction_trace;
#[expect(dead_code, reason = "the tests of the chip use all of it")]
#[path = "../rp2040/program.rs"]
mod program;
mod symbols;

use std::time::Duration;

use pico_emu::bus::Bus;
use pico_emu::debug::Symbols;
use pico_emu::rp2040::{Config, Machine, Stop};

/// The program, which fails as a word in RAM says.
const ELF: &[u8] = include_bytes!("program/program.elf");
const CHOICE: u32 = 0x2003_0000;

fn symbols() -> Symbols {
    Symbols::parse(ELF).expect("it is made for this")
}

/// A machine that is about to run the program, and then fail so.
fn machine(choice: u32) -> Machine {
    let mut machine = Machine::new(Config::default());
    machine.load(&program::image(&[])).expect("it fits");
    machine.load(ELF).expect("it fits");
    machine.chip_mut().store(CHOICE, choice);
    machine
}

/// Runs until the program fails, or for a while.
fn run(machine: &mut Machine) -> Stop {
    for address in symbols().failure_handlers() {
        machine.stop_at(address);
    }
    machine.run_until(Duration::from_millis(1))
}

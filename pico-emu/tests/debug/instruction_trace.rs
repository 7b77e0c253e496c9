//! What a trace of instructions says.

use std::io::{self, Write};
use std::time::Duration;

use pico_emu::bus::CoreId;
use pico_emu::cpu::Registers;
use pico_emu::debug::{InstructionTrace, Symbols};
use pico_emu::rp2040::Machine;

use crate::{machine, symbols};

/// The trace of the first 30 microseconds, in which the program fails.
fn trace(choice: u32, symbols: Option<Symbols>) -> String {
    let mut machine = machine(choice);
    let mut trace = InstructionTrace::new(Vec::new(), symbols);
    machine.run_traced(Duration::from_micros(30), &mut trace);
    String::from_utf8(finish(trace, &machine).expect("memory takes everything")).expect("it is text")
}

fn finish<W: Write>(trace: InstructionTrace<W>, machine: &Machine) -> io::Result<W> {
    trace.finish(registers(machine))
}

fn registers(machine: &Machine) -> [&Registers; CoreId::COUNT] {
    [CoreId::Core0, CoreId::Core1].map(|core| machine.core(core).registers())
}

#[test]
fn a_line_has_cycle_core_address_function_instruction_and_changes() {
    let symbols = symbols();
    let start = symbols.address_of("start").expect("it is there");
    let text = trace(1, Some(symbols));
    let mut lines = text.lines().skip_while(|line| !line.contains(" start+0x0 "));
    let fields: Vec<&str> = lines.next().expect("it is reached").split_whitespace().collect();
    assert!(fields[0].parse::<u64>().is_ok(), "{fields:?}");
    assert_eq!(fields[1..4], ["core0", &format!("{start:08x}"), "start+0x0"]);
    assert_eq!(fields[4..], ["push", "{r7,", "lr}", "sp=2003fff8"]);
    let fields: Vec<&str> = lines.next().expect("it goes on").split_whitespace().collect();
    assert_eq!(fields[3..], ["start+0x2", "add", "r7,", "sp,", "#0", "r7=2003fff8"]);
}

#[test]
fn entering_a_handler_is_a_line_of_its_own() {
    let text = trace(3, Some(symbols()));
    let entry = text.lines().find(|line| line.contains("(exception)")).expect("there is one");
    assert!(entry.contains(" program::reads+") || entry.contains(" core::"), "{entry}");
    assert!(entry.ends_with(" lr=fffffff9 [HardFault]"), "{entry}");
    let next = text.lines().skip_while(|line| *line != entry).nth(1).expect("the handler runs");
    assert!(next.contains(" HardFault+0x0 "), "{next}");
    let cycle = |line: &str| line.split_whitespace().next().and_then(|cycle| cycle.parse::<u64>().ok());
    assert_eq!(cycle(next).zip(cycle(entry)).map(|(next, entry)| next - entry), Some(15));
}

#[test]
fn both_cores_are_told_and_the_same_is_told_again() {
    let text = trace(0, None);
    assert!(text.contains(" core0 ") && text.contains(" core1 "));
    assert!(!text.contains('+'), "there are no names without an ELF file");
    assert_eq!(text, trace(0, None));
}

#[test]
fn the_last_instruction_is_told_with_its_changes() {
    let mut machine = machine(0);
    let mut trace = InstructionTrace::new(Vec::new(), None);
    for _ in 0..20 {
        machine.run_traced(machine.time() + Duration::from_micros(1), &mut trace);
    }
    let text = String::from_utf8(finish(trace, &machine).expect("memory takes everything")).expect("it is text");
    let lines = |core: &str| text.lines().filter(|line| line.contains(core)).count() as u64;
    assert!(lines(" core0 ") >= machine.core(CoreId::Core0).instructions());
    assert!(lines(" core1 ") >= machine.core(CoreId::Core1).instructions());
}

#[test]
fn a_remark_stands_behind_all_that_was_before_and_ends_it() {
    let whole = trace(1, None);
    let mut trace = InstructionTrace::new(Vec::new(), None);
    for _ in 0..2 {
        let mut machine = machine(1);
        machine.run_traced(Duration::from_micros(30), &mut trace);
        trace.remark("its power is lost", registers(&machine));
    }
    let text = String::from_utf8(finish(trace, &machine(1)).expect("memory takes everything")).expect("it is text");
    assert_eq!(text, format!("{whole}# its power is lost\n").repeat(2));
}

#[test]
fn an_error_of_the_writer_ends_the_trace_and_is_told() {
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut machine = machine(0);
    let mut trace = InstructionTrace::new(Full(1000), None);
    machine.run_traced(Duration::from_micros(30), &mut trace);
    let error = finish(trace, &machine).err().expect("it was too much");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

//! Backtraces of a program that fails in one way after the other.

use pico_emu::bus::CoreId;
use pico_emu::debug::{Backtrace, Frame};
use pico_emu::rp2040::{Machine, Stop};

use crate::{machine, run, symbols};

const PANICS: u32 = 1;
const READS_WHAT_IS_NOT_MODELLED: u32 = 2;
const READS_NOTHING: u32 = 3;
const FAULTS_IN_A_HANDLER: u32 = 4;
const FAULTS_IN_THE_FAULT_HANDLER: u32 = 5;
const FAULTS_WITHOUT_INFORMATION: u32 = 6;

fn failed(choice: u32) -> (Machine, Stop) {
    let mut machine = machine(choice);
    let stop = run(&mut machine);
    (machine, stop)
}

fn backtrace(machine: &Machine) -> Backtrace {
    Backtrace::of(machine.core(CoreId::Core0), machine.chip(), Some(&symbols()))
}

/// The functions, from the innermost on, with what they are inlined into, and before what an exception has interrupted
/// its number.
fn names(backtrace: &Backtrace) -> Vec<String> {
    let mut names = Vec::new();
    for frame in &backtrace.frames {
        names.extend(frame.interrupted_by.map(|number| number.to_string()));
        names.extend(frame.locations.iter().map(|location| location.function.clone().expect("all have names")));
    }
    // What reading is inlined from, which is the core library's affair.
    names.retain(|name| !name.contains("read_volatile"));
    names
}

#[test]
fn a_panic_is_told_with_the_functions_that_were_inlined() {
    let (machine, stop) = failed(PANICS);
    let handler = symbols().address_of("rust_begin_unwind").expect("it is there");
    assert_eq!(stop, Stop::Reached { core: CoreId::Core0, address: handler });
    let backtrace = backtrace(&machine);
    assert_eq!(
        names(&backtrace),
        [
            "__rustc::rust_begin_unwind",
            "core::panicking::panic_fmt",
            "core::panicking::panic_bounds_check",
            "program::element",
            "program::panics",
            "start",
        ]
    );
    let place = |frame: &Frame| frame.locations.iter().map(|location| location.line).collect::<Vec<_>>();
    assert_eq!(place(&backtrace.frames[3]), [line_of("values[index]"), line_of("element(values, values.len())")]);
    assert_eq!(place(&backtrace.frames[4]), [line_of("panics(&[1, 2, 3])")]);
}

/// The line of the program's source that has this.
fn line_of(text: &str) -> Option<u32> {
    (1..)
        .zip(include_str!("program/program.rs").lines())
        .find(|(_, line)| line.contains(text))
        .map(|(number, _)| number)
}

#[test]
fn what_is_not_modelled_is_told_with_its_callers() {
    let (machine, stop) = failed(READS_WHAT_IS_NOT_MODELLED);
    let Stop::Fault { fault, .. } = stop else { panic!("{stop:?}") };
    let backtrace = backtrace(&machine);
    assert_eq!(names(&backtrace), ["program::reads", "start"]);
    assert_eq!(backtrace.frames[0].address, fault.pc);
}

#[test]
fn a_fault_is_told_with_what_it_has_interrupted() {
    let (machine, stop) = failed(READS_NOTHING);
    assert!(matches!(stop, Stop::Reached { .. }), "{stop:?}");
    let names = names(&backtrace(&machine));
    assert_eq!(names[..2], ["HardFault", "3"]);
    assert_eq!(names.last().map(String::as_str), Some("start"));
    assert!(names.contains(&String::from("program::reads")), "{names:?}");
}

#[test]
fn handlers_are_followed_to_the_stack_of_the_program() {
    let (machine, _) = failed(FAULTS_IN_A_HANDLER);
    let names = names(&backtrace(&machine));
    let expected = [
        "HardFault",
        "3",
        "program::reads",
        "supervisor_call",
        "11",
        "program::calls_supervisor",
        "program::on_the_process_stack",
    ];
    assert_eq!(names[..expected.len()], expected);
}

#[test]
fn a_lockup_is_told_with_what_both_faults_have_interrupted() {
    let mut machine = machine(FAULTS_IN_THE_FAULT_HANDLER);
    let stop = machine.run_until(std::time::Duration::from_millis(1));
    assert!(matches!(stop, Stop::Lockup { .. }), "{stop:?}");
    let names = names(&backtrace(&machine));
    assert_eq!(names[..2], ["HardFault", "3"]);
    assert!(names.contains(&String::from("supervisor_call")) && names.contains(&String::from("11")), "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("start"));
}

#[test]
fn of_a_function_without_information_the_caller_is_known_by_the_link_register() {
    let (machine, _) = failed(FAULTS_WITHOUT_INFORMATION);
    assert_eq!(names(&backtrace(&machine)), ["HardFault", "3", "without_information", "start"]);
}

#[test]
fn without_an_elf_file_there_are_addresses() {
    let (machine, _) = failed(READS_NOTHING);
    let with = backtrace(&machine);
    let without = Backtrace::of(machine.core(CoreId::Core0), machine.chip(), None);
    let addresses = |backtrace: &Backtrace| backtrace.frames.iter().map(|frame| frame.address).collect::<Vec<_>>();
    assert_eq!(addresses(&without), addresses(&with)[..without.frames.len()]);
    assert!(without.frames.len() >= 2 && without.frames.iter().all(|frame| frame.locations.is_empty()));
    assert!(without.to_string().starts_with("   0: 0x1000"), "{without}");
}

#[test]
fn as_text_it_has_a_line_for_each_function_and_one_for_each_place() {
    let (machine, _) = failed(PANICS);
    let backtrace = backtrace(&machine);
    let text = backtrace.to_string();
    let element = backtrace.frames[3].address;
    let (inner, outer) = (line_of("values[index]"), line_of("element(values, values.len())"));
    let (Some(inner), Some(outer)) = (inner, outer) else { panic!("they are there") };
    let expected = format!(
        "   3: {element:#010x} - program::element\n             at program/program.rs:{inner}:5\n                 - \
         program::panics\n             at program/program.rs:{outer}:5\n"
    );
    assert!(text.contains(&expected), "{text}\n{expected}");
}

#[test]
fn a_broken_stack_ends_the_backtrace() {
    let (mut machine, _) = failed(READS_NOTHING);
    let frames = backtrace(&machine).frames.len();
    assert!(frames > 2);
    // Every word of the stack is an address in the middle of a function.
    let address = symbols().address_of("panics").expect("it is there") + 5;
    for word in (0x2003_f000..0x2004_0000).step_by(4) {
        pico_emu::bus::Bus::store(machine.chip_mut(), word, address);
    }
    assert!(backtrace(&machine).frames.len() <= 256);
}

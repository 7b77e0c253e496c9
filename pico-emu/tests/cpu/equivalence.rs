//! Blocks against single steps: the same program, in the same state after the same cycles, however it is run.
//!
//! The programs overwrite their own instructions, are interrupted at arbitrary cycles by an alarm and by the system
//! timer, and hold whatever halfword there is.

use pico_emu::cpu::{Step, Stop, Tracer};
use proptest::prelude::*;

use crate::differential;
use crate::machine::{ALARM, LINES, Machine, RAM, TIMER};
use crate::random::Random;

const END: u64 = 3000;

/// How far to run at once.
type Slice = fn(&mut Random) -> u64;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_do_what_single_steps_do(seed in any::<u64>()) {
        let whole = run(seed, |_| END, &mut ());
        let stepped = run(seed, |_| 1, &mut ());
        let sliced = run(seed, |random| random.below(90), &mut ());
        prop_assert_eq!(&whole, &stepped);
        prop_assert_eq!(&whole, &sliced);
    }

    #[test]
    fn a_trace_changes_nothing_and_tells_every_instruction(seed in any::<u64>()) {
        let mut count = Count(0);
        let traced = run(seed, |_| END, &mut count);
        let whole = run(seed, |_| END, &mut ());
        prop_assert_eq!(&traced, &whole);
        prop_assert!(count.0 >= traced.instructions);
    }
}

struct Count(u64);

impl Tracer for Count {
    fn instruction(&mut self, _: &Step<'_>) {
        self.0 += 1;
    }
}

/// All there is to compare.
#[derive(Debug, PartialEq)]
struct Outcome {
    last_stop: Stop,
    registers: String,
    cycle: u64,
    instructions: u64,
    breakpoints: usize,
    ram: Vec<u8>,
    devices: (u32, u32, u64),
}

fn run(seed: u64, slice: Slice, tracer: &mut impl Tracer) -> Outcome {
    let mut machine = program(seed);
    let mut random = Random(!seed);
    let before = machine.cpu.instructions();
    let mut breakpoints = 0;
    let last_stop = loop {
        let until = END.min(machine.cpu.cycle() + slice(&mut random));
        match machine.cpu.run_traced(&mut machine.chip, until, tracer) {
            Stop::Breakpoint { .. } => {
                breakpoints += 1;
                machine.cpu.skip_breakpoint();
            }
            Stop::ResetRequest => {}
            Stop::Deadline | Stop::Sleeping(_) if machine.cpu.cycle() < END => {}
            stop => break stop,
        }
    };
    Outcome {
        last_stop,
        registers: format!("{} {:?}", machine.cpu.registers(), machine.cpu.registers()),
        cycle: machine.cpu.cycle(),
        instructions: machine.cpu.instructions() - before,
        breakpoints,
        ram: machine.chip.ram.bytes().to_vec(),
        devices: (machine.chip.lines, machine.chip.slow, machine.chip.alarm),
    }
}

fn program(seed: u64) -> Machine {
    let mut random = Random(seed);
    let mut code = differential::code(&mut random, RAM);
    for half in &mut code {
        if random.below(12) == 0 {
            *half = random.next() as u16;
        }
    }
    // b to the beginning, instead of the last SVC.
    let len = code.len() as u16;
    code.pop();
    code.push(0xe000 | 0u16.wrapping_sub(len + 1) & 0x7ff);
    let mut machine = Machine::new(&code);
    for register in 0..13 {
        machine.write(pico_emu::cpu::Register::ALL[register], random.interesting_word());
    }
    // The base of loads and stores: the instructions themselves.
    machine.write(pico_emu::cpu::Register::R6, RAM);
    machine.write(pico_emu::cpu::Register::R7, random.below(64) as u32);
    prepare(&mut machine, &mut random);
    machine
}

/// Interrupt 0 by the alarm, the system timer, and handlers that go on with the program.
fn prepare(machine: &mut Machine, random: &mut Random) {
    // ldr r0, =LINES; movs r1, #0; str r1, [r0]; ldr r2, =TIMER; ldr r2, [r2]; adds r2, #n; str r2, [r0, #4]; bx lr
    let again = 0x3200 | (20 + random.below(100) as u16);
    let mut interrupt = vec![0x4803, 0x2100, 0x6001, 0x4a03, 0x6812, again, 0x6042, 0x4770];
    interrupt.extend([LINES, TIMER].iter().flat_map(|word| [*word as u16, (word >> 16) as u16]));
    machine.set_handler(16, &interrupt);
    machine.set_handler(15, &[0x4770]);
    machine.set_handler(14, &[0x4770]);
    machine.set_handler(11, &[0x4770]);
    // The HardFault handler skips the instruction: ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; and sets T:
    // movs r0, #1; lsls r0, r0, #24; str r0, [sp, #28]; bx lr
    machine.set_handler(3, &[0x9806, 0x3002, 0x9006, 0x2001, 0x0600, 0x9007, 0x4770]);
    machine.chip.alarm_lines = 1;
    machine.store(ALARM, 50 + random.below(100) as u32);
    machine.store(0xe000_e100, 1);
    machine.store(0xe000_e014, 30 + random.below(100) as u32);
    machine.store(0xe000_e010, 0b111);
    // Priorities of SysTick, PendSV and interrupt 0.
    machine.store(0xe000_ed20, random.next() as u32);
    machine.store(0xe000_e400, random.next() as u32);
}

//! What holds for any program, any configuration and anything on the pins.

use pico_emu::rp2040::pio::{Outputs, ReservedInstruction};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::block::{
    Block, CLKDIV, CTRL, EXECCTRL, INPUT_SYNC_BYPASS, INSTR, INSTR_MEM0, IRQ, IRQ_FORCE, PINCTRL, SHIFTCTRL, of,
};

/// What the system does in a cycle.
#[derive(Clone, Debug)]
enum Access {
    Push { machine: usize, word: u32 },
    Pop { machine: usize },
    Force { machine: u32, instruction: u16 },
    ClearIrq(u32),
    ForceIrq(u32),
    Control(u32),
}

#[derive(Clone, Debug)]
struct Scenario {
    program: Vec<u16>,
    machines: Vec<[u32; 4]>,
    bypass: u32,
    levels: Vec<(u64, u32)>,
    accesses: Vec<(u64, Access)>,
}

const END: u64 = 600;

/// Any instruction, with those that the RP2040 reserves only if that is wanted.
fn instruction(reserved: bool) -> BoxedStrategy<u16> {
    let defined = prop_oneof![
        any::<u16>().prop_map(|word| word & 0x1fff),
        (any::<u16>(), 0_u16..3).prop_map(|(word, source)| {
            let index = if source == 2 { word & 0x17 } else { word & 0x1f };
            0x2000 | word & 0x1f80 | source << 5 | index
        }),
        (any::<u16>(), prop::sample::select(vec![0_u16, 1, 2, 3, 6, 7]))
            .prop_map(|(word, source)| 0x4000 | word & 0x1f1f | source << 5),
        any::<u16>().prop_map(|word| 0x6000 | word & 0x1fff),
        any::<u16>().prop_map(|word| 0x8000 | word & 0x1fe0),
        (
            any::<u16>(),
            prop::sample::select(vec![0_u16, 1, 2, 5, 6, 7]),
            0_u16..3,
            prop::sample::select(vec![0_u16, 1, 2, 3, 5, 6, 7]),
        )
            .prop_map(|(word, to, operation, from)| 0xa000 | word & 0x1f00 | to << 5 | operation << 3 | from),
        any::<u16>().prop_map(|word| 0xc000 | word & 0x1f77),
        (any::<u16>(), prop::sample::select(vec![0_u16, 1, 2, 4]))
            .prop_map(|(word, to)| 0xe000 | word & 0x1f1f | to << 5),
    ];
    if reserved { prop_oneof![9 => defined, 1 => any::<u16>()].boxed() } else { defined.boxed() }
}

/// CLKDIV, EXECCTRL, SHIFTCTRL and PINCTRL.
fn machine() -> impl Strategy<Value = [u32; 4]> {
    let clkdiv = prop_oneof![Just(1 << 16), (1_u32..9, 0_u32..256).prop_map(|(int, frac)| int << 16 | frac << 8)];
    let counts = (0_u32..6, 0_u32..6, 0_u32..33);
    let pinctrl = (counts, any::<u32>())
        .prop_map(|((side_set, set, out), bases)| side_set << 29 | set << 26 | out << 20 | bases & 0xf_ffff);
    (clkdiv, any::<u32>(), any::<u32>(), pinctrl).prop_map(|(clkdiv, execctrl, shiftctrl, pinctrl)| {
        // Joined FIFOs are the exception.
        let shiftctrl = if shiftctrl & 3 == 0 { shiftctrl } else { shiftctrl & !(3 << 30) };
        [clkdiv, execctrl, shiftctrl, pinctrl]
    })
}

fn access(reserved: bool) -> impl Strategy<Value = Access> {
    prop_oneof![
        4 => (0_usize..4, any::<u32>()).prop_map(|(machine, word)| Access::Push { machine, word }),
        4 => (0_usize..4).prop_map(|machine| Access::Pop { machine }),
        1 => (0_u32..4, instruction(reserved))
            .prop_map(|(machine, instruction)| Access::Force { machine, instruction }),
        2 => (0_u32..256).prop_map(Access::ClearIrq),
        1 => (0_u32..256).prop_map(Access::ForceIrq),
        1 => (0_u32..4096).prop_map(Access::Control),
    ]
}

fn scenario(reserved: bool) -> impl Strategy<Value = Scenario> {
    let levels = vec((0_u64..END, any::<u32>()), 0..30);
    let accesses = vec((0_u64..END, access(reserved)), 0..60);
    (vec(instruction(reserved), 32), vec(machine(), 4), any::<u32>(), levels, accesses).prop_map(
        |(program, machines, bypass, mut levels, mut accesses)| {
            levels.sort_by_key(|&(cycle, _)| cycle);
            accesses.sort_by_key(|&(cycle, _)| cycle);
            Scenario { program, machines, bypass, levels, accesses }
        },
    )
}

impl Scenario {
    fn block(&self) -> Block {
        let mut block = Block::default();
        for (address, &instruction) in (0..).zip(&self.program) {
            block.write(INSTR_MEM0 + 4 * address, instruction.into());
        }
        for (machine, &values) in (0..).zip(&self.machines) {
            for (register, value) in [CLKDIV, EXECCTRL, SHIFTCTRL, PINCTRL].into_iter().zip(values) {
                block.write(of(machine, register), value);
            }
        }
        block.write(INPUT_SYNC_BYPASS, self.bypass);
        block.wires.script.clone_from(&self.levels);
        block.write(CTRL, 0xf);
        block
    }
}

fn perform(block: &mut Block, access: &Access) {
    match *access {
        Access::Push { machine, word } => block.pio.push_tx(machine, word),
        Access::Pop { machine } => {
            block.pio.pop_rx(machine);
        }
        Access::Force { machine, instruction } => block.write(of(machine, INSTR), instruction.into()),
        Access::ClearIrq(flags) => block.write(IRQ, flags),
        Access::ForceIrq(flags) => block.write(IRQ_FORCE, flags),
        Access::Control(value) => block.write(CTRL, value),
    }
}

/// All that can be told from outside at the end of a run, and what happened on the way.
#[derive(Debug, PartialEq)]
struct Outcome {
    trace: Vec<(u64, Outputs)>,
    signals: Vec<u64>,
    reserved: Vec<ReservedInstruction>,
    registers: Vec<u32>,
    scratch: [u32; 4],
}

/// Plays a scenario; `step` says how far to run at most from a cycle on.
fn play(scenario: &Scenario, mut step: impl FnMut(&mut Block) -> u64) -> Outcome {
    let mut block = scenario.block();
    let mut signals = Vec::new();
    let mut reserved = Vec::new();
    let mut accesses = scenario.accesses.iter().peekable();
    while block.pio.cycle() < END {
        while let Some((_, access)) = accesses.next_if(|&&(cycle, _)| cycle <= block.pio.cycle()) {
            perform(&mut block, access);
        }
        let next_access = accesses.peek().map_or(END, |&&(cycle, _)| cycle);
        let until = step(&mut block).min(next_access);
        match block.pio.run(until, &mut block.wires) {
            Ok(pico_emu::rp2040::pio::Stop::Signal) => signals.push(block.pio.cycle()),
            Ok(pico_emu::rp2040::pio::Stop::Deadline) => {}
            Err(instruction) => reserved.push(instruction),
        }
    }
    let readable = (0x000..0x144).step_by(4).filter(|offset| !(0x020..0x030).contains(offset));
    let registers = readable.map(|offset| block.read(offset)).collect();
    let scratch = [block.x(), block.y(), block.isr(), block.osr()];
    Outcome { trace: block.trace().to_vec(), signals, reserved, registers, scratch }
}

fn in_one_go(_: &mut Block) -> u64 {
    u64::MAX
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn does_the_same_however_time_is_divided(scenario in scenario(false), steps in vec(1_u64..40, 1..20)) {
        let mut lengths = steps.iter().cycle();
        let divided = play(&scenario, |block| block.pio.cycle() + lengths.next().unwrap());
        prop_assert_eq!(play(&scenario, in_one_go), divided);
    }

    #[test]
    fn does_the_same_when_every_state_machine_looks_again_in_every_cycle(scenario in scenario(false)) {
        let awake = play(&scenario, |block| {
            // Any write makes all of them look again at what they wait for.
            let bypass = block.read(INPUT_SYNC_BYPASS);
            block.write(INPUT_SYNC_BYPASS, bypass);
            block.pio.cycle() + 1
        });
        prop_assert_eq!(play(&scenario, in_one_go), awake);
    }

    #[test]
    fn changes_nothing_before_the_cycle_that_it_names(scenario in scenario(false)) {
        let skipping = play(&scenario, |block| {
            // What is up to the pins is up to the caller.
            let cycle = block.pio.cycle();
            let next = block.pio.next_change().unwrap_or(END).max(cycle + 1);
            let trace = block.trace().len();
            let mut copy = block.clone();
            copy.run_to(next - 1);
            assert_eq!(copy.trace().len(), trace, "from {cycle} to {next}");
            next
        });
        prop_assert_eq!(play(&scenario, in_one_go), skipping);
    }

    #[test]
    fn never_panics_and_reports_what_is_reserved_alike(scenario in scenario(true), steps in vec(1_u64..40, 1..20)) {
        let mut lengths = steps.iter().cycle();
        let divided = play(&scenario, |block| block.pio.cycle() + lengths.next().unwrap());
        prop_assert_eq!(play(&scenario, in_one_go), divided);
    }
}

//! A PIO block whose pads hang on wires, with levels from outside at given cycles and a trace of what it drives.

use std::ops::Range;

use pico_emu::rp2040::pio::{Levels, Outputs, Pins, Pio, Stop};
use pio::{Program, SideSet, Wrap};

pub(crate) const CTRL: u32 = 0x000;
pub(crate) const FSTAT: u32 = 0x004;
pub(crate) const FDEBUG: u32 = 0x008;
pub(crate) const FLEVEL: u32 = 0x00c;
pub(crate) const TXF0: u32 = 0x010;
pub(crate) const RXF0: u32 = 0x020;
pub(crate) const IRQ: u32 = 0x030;
pub(crate) const IRQ_FORCE: u32 = 0x034;
pub(crate) const INPUT_SYNC_BYPASS: u32 = 0x038;
pub(crate) const INSTR_MEM0: u32 = 0x048;
const SM0: u32 = 0x0c8;

/// The offset of a register of a state machine from that of state machine 0's first one.
pub(crate) const CLKDIV: u32 = 0x00;
pub(crate) const EXECCTRL: u32 = 0x04;
pub(crate) const SHIFTCTRL: u32 = 0x08;
pub(crate) const ADDR: u32 = 0x0c;
pub(crate) const INSTR: u32 = 0x10;
pub(crate) const PINCTRL: u32 = 0x14;

pub(crate) const FJOIN_RX: u32 = 1 << 31;
pub(crate) const FJOIN_TX: u32 = 1 << 30;
pub(crate) const OUT_RIGHT: u32 = 1 << 19;
pub(crate) const IN_RIGHT: u32 = 1 << 18;
pub(crate) const AUTOPULL: u32 = 1 << 17;
pub(crate) const AUTOPUSH: u32 = 1 << 16;

/// `SHIFTCTRL.PULL_THRESH` and `PUSH_THRESH`.
pub(crate) const fn thresholds(pull: u32, push: u32) -> u32 {
    (pull % 32) << 25 | (push % 32) << 20
}

/// The offset of a register of a state machine.
pub(crate) const fn of(machine: u32, register: u32) -> u32 {
    SM0 + 24 * machine + register
}

/// The code of one instruction in the assembler's words.
macro_rules! one {
    ($text:literal) => {
        pio::pio_asm!($text).program.code[0]
    };
}
pub(crate) use one;

/// A program in the assembler's words.
macro_rules! program {
    ($($line:literal)+) => {
        pio::pio_asm!($($line),+).program
    };
}
pub(crate) use program;

/// Which pins a state machine uses.
#[derive(Clone, Copy, Default)]
pub(crate) struct PinMap {
    pub(crate) out: (u32, u32),
    pub(crate) set: (u32, u32),
    pub(crate) side_set: u32,
    pub(crate) input: u32,
}

impl PinMap {
    /// PINCTRL, with as many bits of side-set as a program wants.
    pub(crate) fn word(self, side_set_count: u32) -> u32 {
        side_set_count << 29
            | self.set.1 << 26
            | self.out.1 << 20
            | self.input << 15
            | self.side_set << 10
            | self.set.0 << 5
            | self.out.0
    }
}

#[derive(Clone, Default)]
pub(crate) struct Wires {
    /// From that cycle on, these levels come from outside.
    pub(crate) script: Vec<(u64, u32)>,
    outputs: Outputs,
    trace: Vec<(u64, Outputs)>,
    /// How often the levels were asked for.
    pub(crate) samples: usize,
}

impl Pins for Wires {
    fn levels(&mut self, cycle: u64) -> Levels {
        self.samples += 1;
        let upcoming = self.script.partition_point(|&(from, _)| from <= cycle);
        let outside = upcoming.checked_sub(1).map_or(0, |last| self.script[last].1);
        Levels {
            pins: outside & !self.outputs.enables | self.outputs.levels & self.outputs.enables,
            until: self.script.get(upcoming).map_or(u64::MAX, |&(from, _)| from),
        }
    }

    fn drive(&mut self, cycle: u64, outputs: Outputs) {
        assert_ne!(self.outputs, outputs, "cycle {cycle}");
        self.outputs = outputs;
        self.trace.push((cycle, outputs));
    }
}

#[derive(Clone, Default)]
pub(crate) struct Block {
    pub(crate) pio: Pio,
    pub(crate) wires: Wires,
}

impl Block {
    /// One with this program from address 0, wrapped and with side-set in all state machines as the program says.
    pub(crate) fn with(program: &Program<32>) -> Self {
        let mut block = Self::default();
        for (address, &instruction) in (0..).zip(&program.code) {
            block.write(INSTR_MEM0 + 4 * address, instruction.into());
        }
        for machine in 0..4 {
            block.write(of(machine, EXECCTRL), execctrl(program.wrap, program.side_set));
            block.write(of(machine, PINCTRL), PinMap::default().word(program.side_set.bits().into()));
        }
        block
    }

    /// Maps pins for state machine 0 and leaves its side-set as it is.
    pub(crate) fn map(&mut self, pins: PinMap) {
        self.map_for(0, pins);
    }

    pub(crate) fn map_for(&mut self, machine: u32, pins: PinMap) {
        let side_set_count = self.read(of(machine, PINCTRL)) >> 29;
        self.write(of(machine, PINCTRL), pins.word(side_set_count));
    }

    pub(crate) fn read(&mut self, offset: u32) -> u32 {
        self.pio.read(offset).expect("there is such a register")
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        self.pio.write(offset, value).expect("the chip takes such a value");
    }

    /// Sets bits of a register.
    pub(crate) fn set(&mut self, offset: u32, bits: u32) {
        let value = self.read(offset);
        self.write(offset, value | bits);
    }

    /// Enables these state machines and no others.
    pub(crate) fn enable(&mut self, machines: u32) {
        self.write(CTRL, machines);
    }

    /// Runs up to a cycle, whatever there is for the system on the way.
    pub(crate) fn run_to(&mut self, cycle: u64) {
        while self.pio.run(cycle, &mut self.wires).expect("nothing is reserved") == Stop::Signal {}
    }

    pub(crate) fn run(&mut self, cycles: u64) {
        self.run_to(self.pio.cycle() + cycles);
    }

    /// Executes an instruction by `SMx_INSTR`.
    pub(crate) fn force(&mut self, machine: u32, instruction: u16) {
        self.write(of(machine, INSTR), instruction.into());
        self.run(1);
    }

    pub(crate) fn pc(&mut self, machine: u32) -> u32 {
        self.read(of(machine, ADDR))
    }

    /// What a copy of state machine 0 puts into the RX FIFO when it executes these instructions next.
    fn probe(&self, instructions: &[u16]) -> u32 {
        let mut copy = self.clone();
        // The others are to keep still.
        copy.write(CTRL, 0xe0);
        let shiftctrl = copy.read(of(0, SHIFTCTRL)) & !(AUTOPUSH | AUTOPULL);
        // Changing FJOIN empties the FIFOs.
        copy.write(of(0, SHIFTCTRL), shiftctrl ^ FJOIN_TX);
        copy.write(of(0, SHIFTCTRL), shiftctrl & !(FJOIN_RX | FJOIN_TX));
        for &instruction in instructions {
            copy.force(0, instruction);
        }
        copy.read(RXF0)
    }

    pub(crate) fn x(&self) -> u32 {
        self.probe(&[one!("mov isr, x"), one!("push")])
    }

    pub(crate) fn y(&self) -> u32 {
        self.probe(&[one!("mov isr, y"), one!("push")])
    }

    pub(crate) fn isr(&self) -> u32 {
        self.probe(&[one!("push")])
    }

    pub(crate) fn osr(&self) -> u32 {
        self.probe(&[one!("mov isr, osr"), one!("push")])
    }

    /// What the block drives a pin with in these cycles.
    pub(crate) fn wave(&self, gpio: u32, cycles: Range<u64>) -> String {
        wave(&self.wires.trace, gpio, cycles)
    }

    /// The cycles from which on it has driven something else.
    pub(crate) fn trace(&self) -> &[(u64, Outputs)] {
        &self.wires.trace
    }
}

fn execctrl(wrap: Wrap, side_set: SideSet) -> u32 {
    u32::from(side_set.optional()) << 30
        | u32::from(side_set.pindirs()) << 29
        | u32::from(wrap.source) << 12
        | u32::from(wrap.target) << 7
}

/// What drives a pin in these cycles: `#` high, `_` low, `.` nothing.
pub(crate) fn wave(trace: &[(u64, Outputs)], gpio: u32, cycles: Range<u64>) -> String {
    cycles
        .map(|cycle| {
            let changes = trace.partition_point(|&(from, _)| from <= cycle);
            let outputs = changes.checked_sub(1).map_or(Outputs::default(), |last| trace[last].1);
            let bit = |word: u32| word >> gpio & 1 != 0;
            match (bit(outputs.enables), bit(outputs.levels)) {
                (false, _) => '.',
                (true, false) => '_',
                (true, true) => '#',
            }
        })
        .collect()
}

/// A wave with each of its characters for so many cycles.
pub(crate) fn stretched(wave: &str, cycles: usize) -> String {
    wave.chars().flat_map(|level| std::iter::repeat_n(level, cycles)).collect()
}

/// The levels from outside that put a wave on a pin from a cycle on.
pub(crate) fn script(wave: &str, gpio: u32, from: u64) -> Vec<(u64, u32)> {
    (from..).zip(wave.chars().map(|level| u32::from(level == '#') << gpio)).collect()
}

//! How soon a program can take words from a TX FIFO or put words into an RX FIFO, judged by what instructions there are
//! in the memory. A processor that waits for them can go on that long without looking.

use super::instruction::{Destination, Instruction, Operation};
use super::{Pio, StateMachine};

/// The most bits that any instruction in the memory shifts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shifts {
    /// Out of the OSR; 32 if it may be filled otherwise.
    out: u8,
    /// Into the ISR; 32 if it may be emptied or filled otherwise.
    r#in: u8,
}

impl Shifts {
    pub(super) fn of(program: &[Instruction; 32]) -> Self {
        program.iter().fold(Self::default(), |shifts, instruction| {
            let (out, r#in) = match instruction.operation {
                Operation::Out { destination: Destination::Exec, .. }
                | Operation::Mov { destination: Destination::Exec, .. } => (32, 32),
                Operation::Out { destination: Destination::Isr, .. } => (32, 32),
                Operation::Out { bits, .. } => (bits, 0),
                Operation::Pull { .. } => (32, 0),
                Operation::In { bits, .. } => (0, bits),
                Operation::Push { .. } => (0, 32),
                _ => (0, 0),
            };
            Self { out: shifts.out.max(out), r#in: shifts.r#in.max(r#in) }
        })
    }
}

impl Pio {
    /// The cycles that pass at least before a state machine has taken a word from its TX FIFO.
    pub(in crate::rp2040) fn cycles_to_take(&self, machine: usize) -> u64 {
        let machine = &self.machines[machine];
        machine.cycles_to_shift(self.shifts.out, machine.shift.pull_threshold(), machine.osr_count())
    }

    /// The cycles that pass at least before a state machine has put a word into its RX FIFO.
    pub(in crate::rp2040) fn cycles_to_give(&self, machine: usize) -> u64 {
        let machine = &self.machines[machine];
        machine.cycles_to_shift(self.shifts.r#in, machine.shift.push_threshold(), machine.isr_count())
    }
}

impl StateMachine {
    /// The cycles before a register, of which `count` bits are done, has been shifted by a threshold.
    fn cycles_to_shift(&self, bits: u8, threshold: u8, count: u8) -> u64 {
        if bits == 0 {
            return u64::MAX;
        }
        if bits == 32 || self.has_foreign_instruction() {
            return 1;
        }
        let steps = threshold.saturating_sub(count).div_ceil(bits).saturating_sub(1);
        u64::from(steps) * u64::from((self.clkdiv >> 16).max(1))
    }
}

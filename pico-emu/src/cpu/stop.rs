//! Why a run of the processor ended.

use std::fmt;

use super::Instruction;
use crate::bus::BusFault;

/// What a sleeping processor waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sleep {
    /// `WFI`, or the return of the last handler while SCR.SLEEPONEXIT is set.
    Interrupt,
    /// `WFE`.
    Event,
}

/// Why [`Cpu::run`](super::Cpu::run) came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The cycle up to which it was to run is reached, or that of the bus's next event.
    Deadline,
    /// The same, and the processor sleeps.
    Sleeping(Sleep),
    /// The instruction at the program counter is a `BKPT`. [`Cpu::skip_breakpoint`](super::Cpu::skip_breakpoint) goes
    /// on behind it, [`Cpu::fault_at_breakpoint`](super::Cpu::fault_at_breakpoint) does what a processor without a
    /// debugger does; until one of them, every run ends here.
    Breakpoint {
        /// The number in the instruction.
        imm: u8,
    },
    /// The instruction at the program counter is one at which the run was [to stop](super::Cpu::stop_at). The next run
    /// goes on with it.
    Reached,
    /// The program needs something that is not modelled. Until a reset, every run ends here.
    Fault(Fault),
    /// A fault while a fault was handled: only a reset, or an NMI if that is not what failed, gets the processor out.
    Lockup,
    /// AIRCR.SYSRESETREQ was written. The reset is for the caller to do.
    ResetRequest,
}

/// A program that needs something that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The address of the instruction that needs it, or of the one before which an exception was to be taken.
    pub pc: u32,
    /// The instruction, unless it was that which could not be fetched, or an exception's stack frame or vector.
    pub instruction: Option<Instruction>,
    /// What it needs.
    pub bus: BusFault,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:#010x}", self.pc)?;
        if let Some(instruction) = &self.instruction {
            write!(f, " ({})", instruction.disassemble(self.pc))?;
        }
        write!(f, ": {}", self.bus)
    }
}

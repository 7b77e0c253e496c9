//! What a run of the processor can tell of each instruction and each exception.

use std::fmt;

use super::{Instruction, Registers};
use crate::bus::CoreId;

/// Somebody who is told of each instruction before it is executed, and of each exception before it is entered.
///
/// `()` is nobody, which costs nothing: [`ENABLED`](Self::ENABLED) chooses the loop when the program is compiled.
pub trait Tracer {
    /// Whether anything is told at all.
    const ENABLED: bool = true;

    /// An instruction is about to be executed.
    fn instruction(&mut self, step: &Step<'_>);

    /// The context of the program is about to be pushed, because an exception is to be taken. The next instruction is
    /// the first one of its handler.
    fn entry(&mut self, _: &Entry<'_>) {}
}

impl Tracer for () {
    const ENABLED: bool = false;

    fn instruction(&mut self, _: &Step<'_>) {}
}

/// An instruction that is about to be executed. As text it is a line of a trace.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The processor.
    pub core: CoreId,
    /// The cycle at which the instruction begins.
    pub cycle: u64,
    /// The instruction.
    pub instruction: Instruction,
    /// The registers before it; the program counter is its address.
    pub registers: &'a Registers,
}

/// An exception entry that is about to begin. Which exception it is, is decided behind the push.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The processor.
    pub core: CoreId,
    /// The cycle at which the entry begins.
    pub cycle: u64,
    /// The registers before it; the program counter is the address to return to.
    pub registers: &'a Registers,
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { core, cycle, instruction, registers } = self;
        let address = registers.pc;
        let text = instruction.disassemble(address).to_string();
        write!(f, "{cycle:>12} core{} {address:08x}: {text:<32} {registers}", core.index())
    }
}

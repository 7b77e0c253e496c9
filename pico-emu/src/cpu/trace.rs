//! What a run of the processor can tell of each instruction.

use std::fmt;

use super::{Instruction, Registers};
use crate::bus::CoreId;

/// Somebody who is told of each instruction before it is executed.
///
/// `()` is nobody, which costs nothing: [`ENABLED`](Self::ENABLED) chooses the loop when the program is compiled.
pub trait Tracer {
    /// Whether [`instruction`](Self::instruction) is called at all.
    const ENABLED: bool = true;

    /// An instruction is about to be executed.
    fn instruction(&mut self, step: &Step<'_>);
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

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { core, cycle, instruction, registers } = self;
        let address = registers.pc;
        let text = instruction.disassemble(address).to_string();
        write!(f, "{cycle:>12} core{} {address:08x}: {text:<32} {registers}", core.index())
    }
}

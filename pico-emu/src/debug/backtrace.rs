//! The chain of calls that a processor is in.

use std::fmt;

use super::exception::Exception;
use super::unwind::{Step, Unwinder};
use super::{Location, Symbols};
use crate::bus::Bus;
use crate::cpu::Cpu;

/// No sensible chain is longer; a broken stack may lead in circles.
const FRAMES_MAX: usize = 256;

/// The chain of calls that a processor is in, from the innermost on. As text it looks like Rust's own backtraces.
///
/// Frames are found by the call frame information of an ELF file, and without that, or where it knows nothing of an
/// address, by the link register and the chain of frame pointers that Rust's compiler makes. A function without either
/// may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backtrace {
    /// The frames, the innermost first.
    pub frames: Vec<Frame>,
}

/// A function that has not returned yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where the function goes on: for the innermost one and what an exception has interrupted the next instruction,
    /// else the return address.
    pub address: u32,
    /// What is there in the source: where the instruction is written, and then what that was inlined into. Empty if
    /// nothing is known.
    pub locations: Vec<Location>,
    /// The number of the exception that has interrupted the function; `None` if it has called the frame before it, or
    /// is the innermost one.
    pub interrupted_by: Option<u8>,
}

impl Backtrace {
    /// The calls that `cpu` is in, whose stack is in `memory`.
    #[must_use]
    pub fn of<B: Bus>(cpu: &Cpu, memory: &B, symbols: Option<&Symbols>) -> Self {
        let mut unwinder = Unwinder::new(cpu, memory, symbols);
        let mut frames = Vec::new();
        let mut interrupted_by = None;
        loop {
            let locations = symbols.map_or_else(Vec::new, |symbols| symbols.locations(unwinder.place()));
            frames.push(Frame { address: unwinder.pc(), locations, interrupted_by });
            interrupted_by = match unwinder.step() {
                Some(Step::Call) => None,
                Some(Step::Exception(number)) => Some(number),
                None => break,
            };
            if frames.len() == FRAMES_MAX {
                break;
            }
        }
        Self { frames }
    }
}

impl fmt::Display for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, frame) in self.frames.iter().enumerate() {
            if let Some(number) = frame.interrupted_by {
                writeln!(f, "      {} interrupted", Exception(number))?;
            }
            write!(f, "{index:>4}: {:#010x}", frame.address)?;
            if frame.locations.is_empty() {
                writeln!(f)?;
            }
            for (inlined, location) in frame.locations.iter().enumerate() {
                // What is inlined has the same address.
                let indent = if inlined == 0 { "" } else { "                " };
                writeln!(f, "{indent} - {location}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.as_deref().unwrap_or("<unknown>"))?;
        let Some(file) = &self.file else { return Ok(()) };
        write!(f, "\n             at {file}")?;
        for number in [self.line, self.column].into_iter().map_while(|number| number.filter(|number| *number != 0)) {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

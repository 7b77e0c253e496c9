//! A trace of instructions as text.

use std::fmt;
use std::io::{self, Write};

use super::Symbols;
use super::exception::Exception;
use crate::bus::CoreId;
use crate::cpu::{Entry, Instruction, Register, Registers, Step, Tracer};

/// Writes a line for each instruction that is executed, and one for each exception that is entered.
///
/// A line has the cycle, the core, the address, with an ELF file the function and the offset in it, the instruction, and
/// the registers that it has changed. That a handler is entered or left follows in brackets: a return that is followed
/// by the next handler at once is one line. A line is written when the registers behind it are known, so those of the
/// two cores are in the order in which the emulator runs them.
///
/// The first error of the writer ends the trace, and [`finish`](Self::finish) tells it.
#[derive(Debug)]
pub struct InstructionTrace<W> {
    symbols: Option<Symbols>,
    /// The line of each core that is still to be written.
    pending: [Option<Line>; CoreId::COUNT],
    out: io::Result<W>,
}

/// Something that happens on a core.
#[derive(Debug)]
struct Line {
    core: CoreId,
    cycle: u64,
    /// `None` for an exception entry.
    instruction: Option<Instruction>,
    before: Registers,
}

impl<W: Write> InstructionTrace<W> {
    /// A trace that is written to `out`, with names if there are `symbols`.
    pub const fn new(out: W, symbols: Option<Symbols>) -> Self {
        Self { symbols, pending: [const { None }; CoreId::COUNT], out: Ok(out) }
    }

    /// Writes a line that begins with `#` behind all that has happened. The cores have these registers now, and what they
    /// have next need not follow from that: their power may be lost.
    pub fn remark(&mut self, remark: impl fmt::Display, registers: [&Registers; CoreId::COUNT]) {
        self.write_all_pending(registers);
        self.write(|out, _| writeln!(out, "# {remark}"));
    }

    /// Writes the last line of each core, of which the registers are given, and gives back the writer.
    ///
    /// # Errors
    ///
    /// The first error that the writer has met.
    pub fn finish(mut self, registers: [&Registers; CoreId::COUNT]) -> io::Result<W> {
        self.write_all_pending(registers);
        let mut out = self.out?;
        out.flush()?;
        Ok(out)
    }

    /// What was begun on a core is over, and this is about to happen.
    fn begin(&mut self, line: Line) {
        self.write_pending(line.core, &line.before);
        let core = line.core.index();
        self.pending[core] = Some(line);
    }

    fn write_all_pending(&mut self, registers: [&Registers; CoreId::COUNT]) {
        for (core, after) in [CoreId::Core0, CoreId::Core1].into_iter().zip(registers) {
            self.write_pending(core, after);
        }
    }

    fn write_pending(&mut self, core: CoreId, after: &Registers) {
        if let Some(line) = self.pending[core.index()].take() {
            self.write(|out, symbols| line.write(out, symbols, after));
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut W, Option<&Symbols>) -> io::Result<()>) {
        if let Ok(out) = &mut self.out
            && let Err(error) = write(out, self.symbols.as_ref())
        {
            self.out = Err(error);
        }
    }
}

impl<W: Write> Tracer for InstructionTrace<W> {
    fn instruction(&mut self, step: &Step<'_>) {
        let &Step { core, cycle, instruction, registers } = step;
        self.begin(Line { core, cycle, instruction: Some(instruction), before: registers.clone() });
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let &Entry { core, cycle, registers } = entry;
        self.begin(Line { core, cycle, instruction: None, before: registers.clone() });
    }
}

impl Line {
    fn write(&self, out: &mut impl Write, symbols: Option<&Symbols>, after: &Registers) -> io::Result<()> {
        let address = self.before.read(Register::Pc);
        write!(out, "{:>12} core{} {address:08x} ", self.cycle, self.core.index())?;
        if let Some(function) = symbols.and_then(|symbols| symbols.function(address)) {
            write!(out, "{function} ")?;
        }
        let text = match &self.instruction {
            Some(instruction) => instruction.disassemble(address).to_string(),
            None => String::from("(exception)"),
        };
        // Without what would be spaces at the line's end.
        let changes = self.changes(after);
        if changes.is_empty() { writeln!(out, "{text}") } else { writeln!(out, "{text:<28}{changes}") }
    }

    /// The registers that are not as before, and the mode if it is not.
    fn changes(&self, after: &Registers) -> String {
        let mut changes = String::new();
        let values = Register::ALL.map(|register| (register, self.before.read(register), after.read(register)));
        for (register, before, after) in values {
            if before != after && register != Register::Pc {
                changes += &format!(" {register}={after:08x}");
            }
        }
        if self.before.flags() != after.flags() {
            changes += &format!(" apsr={:08x}", after.flags().apsr());
        }
        match (self.before.ipsr(), after.ipsr()) {
            (before, after) if before == after => {}
            (_, 0) => changes += " [thread mode]",
            (_, number) => changes += &format!(" [{}]", Exception(number)),
        }
        changes
    }
}

//! The trace of what a board executes, also where its power goes and comes.

use std::io::{self, Write};
use std::time::Duration;

use pico_emu::Board;
use pico_emu::bus::CoreId;
use pico_emu::cpu::Registers;
use pico_emu::cyw43439::Medium;
use pico_emu::debug::{InstructionTrace, Symbols};
use pico_emu::rp2040::Stop;

/// The instruction trace of a board, from a time on.
pub(super) struct BoardTrace {
    trace: InstructionTrace<Box<dyn Write + Send>>,
    from: Duration,
}

impl BoardTrace {
    pub(super) const fn new(out: Box<dyn Write + Send>, symbols: Option<Symbols>, from: Duration) -> Self {
        Self { trace: InstructionTrace::new(out, symbols), from }
    }

    /// [`Board::run_until`], of which is written what belongs into the trace.
    pub(super) fn run_until(&mut self, board: &mut Board, time: Duration, medium: &mut dyn Medium) -> Stop {
        if time <= self.from {
            return board.run_until(time, medium);
        }
        if board.time() < self.from {
            let stop = board.run_until(self.from, medium);
            if stop != Stop::Deadline {
                return stop;
            }
        }
        board.run_traced(time, medium, &mut self.trace)
    }

    /// Writes that something happens to the board now. Its cycles are counted from power-up to power-up, so that it takes
    /// these lines to know their times.
    pub(super) fn remark(&mut self, what: &str, board: &Board) {
        self.trace.remark(format_args!("{:.6} s: {what}", board.time().as_secs_f64()), registers(board));
    }

    /// Writes the rest.
    pub(super) fn finish(self, board: &Board) -> io::Result<()> {
        self.trace.finish(registers(board)).map(drop)
    }
}

fn registers(board: &Board) -> [&Registers; CoreId::COUNT] {
    [CoreId::Core0, CoreId::Core1].map(|core| board.machine().core(core).registers())
}

//! What a person asks of a program that runs here: where it is, how it came there, and what it did on the way.
//!
//! - [`Symbols`] are the names, source lines and call frame information of an ELF file.
//! - [`Backtrace`] is the chain of calls that a processor is in, through handlers of exceptions too.
//! - [`InstructionTrace`] writes a line for each instruction that is executed.
//!
//! All of it only looks. A program that is looked at does the same at the same cycles.
//!
//! # Where a program fails
//!
//! A panic or a `HardFault` is nothing special for the emulator: the program's own handler runs. To be told of it, have
//! the run stop where such a handler begins, which [`Symbols::failure_handlers`] finds. There, or where a run ends with
//! [`Stop::Fault`](crate::rp2040::Stop::Fault) or [`Stop::Lockup`](crate::rp2040::Stop::Lockup), a backtrace tells the
//! rest, and the next run goes on as if nothing had been.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use pico_emu::debug::{Backtrace, Symbols};
//! use pico_emu::rp2040::{Config, Machine, Stop};
//!
//! let elf = std::fs::read("firmware.elf")?;
//! let symbols = Symbols::parse(&*elf)?;
//! let mut machine = Machine::new(Config::default());
//! machine.load(&elf)?;
//! for address in symbols.failure_handlers() {
//!     machine.stop_at(address);
//! }
//! let stop = machine.run_until(Duration::from_secs(10));
//! if let Stop::Reached { core, .. } | Stop::Fault { core, .. } | Stop::Lockup { core, .. } = stop {
//!     let backtrace = Backtrace::of(machine.core(core), machine.chip(), Some(&symbols));
//!     println!("{stop}\n{backtrace}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backtrace;
mod exception;
mod instruction_trace;
mod symbols;
mod unwind;

pub use backtrace::{Backtrace, Frame};
pub use instruction_trace::InstructionTrace;
pub use symbols::{FunctionOffset, Location, Symbols, SymbolsError};

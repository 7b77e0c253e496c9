//! Where in its source firmware has failed.

use std::fmt;
use std::sync::Arc;

use pico_emu::Board;
use pico_emu::bus::CoreId;
use pico_emu::debug::{Backtrace, Symbols, SymbolsError};
use pico_emu::rp2040::{Config, ImageError, Machine, Stop};

/// The ELF file of a firmware, whose names and source lines make [backtraces](Backtrace).
#[derive(Clone)]
pub struct DebugInfo {
    elf: Arc<[u8]>,
    failure_handlers: Vec<u32>,
}

/// Why an ELF file tells nothing about a firmware.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DebugInfoError {
    /// It is none, or not for this processor.
    #[error(transparent)]
    Symbols(#[from] SymbolsError),
    /// The firmware or the ELF file cannot be loaded.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It holds another program than the firmware's file.
    #[error("the ELF file holds another program than the firmware; build both anew")]
    OtherProgram,
}

impl DebugInfo {
    /// What this ELF file tells about the firmware of this file, UF2 or ELF.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError`] if it is none, or another firmware's.
    pub fn new(firmware: &[u8], elf: Vec<u8>) -> Result<Self, DebugInfoError> {
        let elf: Arc<[u8]> = elf.into();
        let failure_handlers = Symbols::parse(Arc::clone(&elf))?.failure_handlers().collect();
        let mut machine = Machine::new(Config::default());
        machine.load(firmware)?;
        let flash = machine.chip().flash().to_vec();
        machine.load(&elf)?;
        if machine.chip().flash()[..] != flash {
            return Err(DebugInfoError::OtherProgram);
        }
        Ok(Self { elf, failure_handlers })
    }

    /// The names and source lines. They take a while to read, and few boards need them.
    pub(super) fn symbols(&self) -> Option<Symbols> {
        // The file was read before.
        Symbols::parse(Arc::clone(&self.elf)).ok()
    }

    /// Has the board stop where its program handles a failure.
    pub(super) fn watch(&self, board: &mut Board) {
        self.failure_handlers.iter().for_each(|address| board.stop_at(*address));
    }
}

impl fmt::Debug for DebugInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebugInfo").field("elf_len", &self.elf.len()).finish_non_exhaustive()
    }
}

/// Why the board has stopped and what its program was at, for people: a line, and a backtrace where there is one.
pub(super) fn describe(stop: Stop, board: &Board, debug_info: Option<&DebugInfo>) -> String {
    let symbols = debug_info.and_then(DebugInfo::symbols);
    let function = |address| symbols.as_ref()?.function(address).map(|function| function.name);
    let what = match stop {
        Stop::Reached { address, .. } => {
            format!("the firmware has failed, and handles that in {}", function(address).unwrap_or("a handler"))
        }
        _ => format!("the board cannot go on: {stop}"),
    };
    let Some(core) = core_of(stop) else { return what };
    let machine = board.machine();
    let backtrace = Backtrace::of(machine.core(core), machine.chip(), symbols.as_ref()).to_string();
    format!("{what}\n{}", backtrace.trim_end())
}

/// The core whose program has stopped.
const fn core_of(stop: Stop) -> Option<CoreId> {
    match stop {
        Stop::Reached { core, .. }
        | Stop::Fault { core, .. }
        | Stop::RomFault { core, .. }
        | Stop::Lockup { core, .. } => Some(core),
        _ => None,
    }
}

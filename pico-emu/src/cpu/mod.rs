//! An ARM Cortex-M0+ as the RP2040 has two of: ARMv6-M with everything that is optional and that chip has.
//!
//! # Facts and choices
//!
//! What the architecture and the processor's manual say is cited where it is done: DDI 0419 is the ARMv6-M Architecture
//! Reference Manual, DDI 0484 the Cortex-M0+ Technical Reference Manual. What they leave open is decided so:
//!
//! - Encodings that are UNPREDICTABLE are undefined instructions.
//! - A return by an `EXC_RETURN` that does not fit what is active is a fault of the returning instruction.
//! - Fetching instructions takes no wait states, wherever they lie.
//! - Instructions are not broken off: an interrupt that arrives during a load of many registers is taken behind it.
//! - A return from an exception takes eight cycles on top of its instruction, a tail-chained entry seven instead of
//!   fifteen.
//! - When SCR.SLEEPONEXIT puts the processor to sleep, the context has been taken from the stack already.
//! - After a reset the registers are zero, where their values are unknown.
//! - A region of less than 256 bytes has 256, and a reserved access permission permits nothing.
//! - Writes to the memory protection unit take effect at once, without a barrier.
//! - The debug registers are not modelled: an access to them stops the run.

mod access;
mod code_cache;
mod condition;
mod core;
mod decode;
mod disassemble;
mod entry;
mod exception;
mod execute;
mod flags;
mod instruction;
mod mpu;
mod multiple;
mod nvic;
mod registers;
mod run;
mod scs;
mod stop;
mod system;
mod systick;
mod trace;

use std::num::NonZeroU32;

pub use condition::Condition;
pub use disassemble::Disassembly;
pub use flags::Flags;
pub use instruction::{Barrier, Instruction};
pub use registers::{Register, Registers};
pub use stop::{Fault, Sleep, Stop};
pub use trace::{Entry, Step, Tracer};

use self::code_cache::CodeCache;
use self::core::Core;
use crate::bus::{Bus, CoreId};

/// A processor.
#[derive(Clone)]
pub struct Cpu {
    core: Core,
    cache: CodeCache,
}

impl Cpu {
    /// A processor at cycle 0 that has still to be [reset](Self::reset) or [started](Self::start).
    #[must_use]
    pub fn new(id: CoreId) -> Self {
        Self { core: Core::new(id), cache: CodeCache::new() }
    }

    /// Resets the processor: the main stack pointer and the first instruction come from the words at address 0. If they
    /// cannot be read, it is in lockup. The cycle count goes on.
    pub fn reset<B: Bus>(&mut self, bus: &mut B) {
        self.core.reset();
        let core = &mut self.core;
        let mut word = |address| access::load::<B, u32>(core, bus, address, core.cycle).map(|done| done.value);
        match (word(0), word(4)) {
            (Ok(stack), Ok(entry)) => self.set_start(stack, entry),
            _ => self.core.lock_up(),
        }
    }

    /// Resets the processor, and has it begin elsewhere, as a boot ROM does with a core that it starts: `vector_table`
    /// goes into VTOR, `stack` is the main stack pointer, and bit 0 of `entry` is the Thumb bit.
    pub fn start(&mut self, vector_table: u32, stack: u32, entry: u32) {
        self.core.reset();
        self.core.vector_table = vector_table;
        self.set_start(stack, entry);
    }

    fn set_start(&mut self, stack: u32, entry: u32) {
        let registers = &mut self.core.registers;
        registers.set_msp(stack);
        registers.thumb = entry & 1 != 0;
        registers.write(Register::Pc, entry);
    }

    /// Which processor this is.
    #[must_use]
    pub const fn id(&self) -> CoreId {
        self.core.id
    }

    /// The registers.
    #[must_use]
    pub const fn registers(&self) -> &Registers {
        &self.core.registers
    }

    /// The registers, to be changed from outside.
    pub const fn registers_mut(&mut self) -> &mut Registers {
        &mut self.core.registers
    }

    /// The cycles that have passed.
    #[must_use]
    pub const fn cycle(&self) -> u64 {
        self.core.cycle
    }

    /// The instructions that have been executed.
    #[must_use]
    pub const fn instructions(&self) -> u64 {
        self.core.instructions
    }

    /// Whether the processor sleeps deeply, if it sleeps: SCR.SLEEPDEEP.
    #[must_use]
    pub const fn sleeps_deeply(&self) -> bool {
        self.core.system_control & Core::SLEEP_DEEP != 0
    }

    /// Lets time pass up to `cycle` in which the processor does nothing, as while it is held in reset.
    pub fn skip_to(&mut self, cycle: u64) {
        self.core.cycle = self.core.cycle.max(cycle);
    }

    /// Sets how many processor cycles a tick of the system timer's reference clock takes; `None` stops that clock.
    pub fn set_systick_reference(&mut self, cycles: Option<NonZeroU32>) {
        self.core.catch_up_systick();
        self.core.systick.set_reference(self.core.cycle, cycles);
    }

    /// The cycle at which the system timer makes its exception pending next, as it is programmed now; [`u64::MAX`] for
    /// never.
    #[must_use]
    pub fn next_systick(&self) -> u64 {
        self.core.systick.next_exception()
    }

    /// Has runs stop before the instruction at an address, each time that it is reached, as a debugger's breakpoint does:
    /// with [`Stop::Reached`], also after a reset. The program cannot notice.
    pub fn stop_at(&mut self, address: u32) {
        self.cache.add_stop(address);
    }

    /// Where the processor was when it went into lockup, if it is in one: the address of the instruction that could not
    /// be executed, or of the one before which an exception could not be taken.
    #[must_use]
    pub const fn locked_up_at(&self) -> Option<u32> {
        self.core.locked_up
    }

    /// Goes on behind the `BKPT` at the program counter, as a debugger does. It takes one cycle.
    pub fn skip_breakpoint(&mut self) {
        system::complete(&mut self.core, &Instruction::Bkpt { imm: 0 }, 1);
    }

    /// Takes the `BKPT` at the program counter for what it is without a debugger: a fault.
    pub fn fault_at_breakpoint(&mut self) {
        self.core.fault();
    }
}

impl std::fmt::Debug for Cpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cpu").field("core", &self.core).finish_non_exhaustive()
    }
}

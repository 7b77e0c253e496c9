//! The seam between a processor and the rest of the chip: what a [`Cpu`](crate::cpu::Cpu) asks of its surroundings.
//!
//! There are two ways to an address. [`Bus::load`] and [`Bus::store`] are for memory: no side effects, no wait states,
//! and inlined into the processor's loop. What they do not take goes to [`Bus::read`] and [`Bus::write`], which are
//! told who asks and at which cycle, may take longer, may fail, and may change what the processor does next: after each
//! of them, unless it is [`Quiet`](Timing::Quiet), it asks for the [`Signals`] again.

mod fault;
mod unit;

pub use fault::{BusFault, BusFaultKind, Operation};
pub use unit::{Unit, Width};

/// Which of the chip's processors asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoreId {
    /// The one that starts first.
    Core0,
    /// The one that core 0 starts.
    Core1,
}

impl CoreId {
    /// How many there are.
    pub const COUNT: usize = 2;

    /// 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// One transfer: who, when, where and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The processor that asks.
    pub core: CoreId,
    /// The cycle at which the transfer begins, by the clock of that processor.
    pub cycle: u64,
    /// The address; a multiple of the width.
    pub address: u32,
    /// How much is transferred.
    pub width: Width,
    /// What is wanted.
    pub operation: Operation,
}

impl Access {
    /// The fault of a transfer that the chip answers with an error as well.
    #[must_use]
    pub const fn bus_error(&self) -> BusFault {
        self.fault(BusFaultKind::BusError)
    }

    /// The fault of a transfer to something that the emulator lacks.
    #[must_use]
    pub const fn not_modelled(&self) -> BusFault {
        self.fault(BusFaultKind::NotModelled)
    }

    const fn fault(&self, kind: BusFaultKind) -> BusFault {
        BusFault { kind, operation: self.operation, address: self.address, width: self.width }
    }
}

/// How long a transfer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// It goes by the single-cycle I/O port, so that a load or a store takes one cycle instead of two.
    SingleCycle,
    /// It goes by that port as well, to something that does not change anybody's [`Signals`]: the processor does not ask for
    /// them again.
    Quiet,
    /// It goes by the AHB-Lite bus.
    Ahb {
        /// Cycles beyond what a transfer without wait states takes.
        wait_cycles: u32,
    },
}

impl Timing {
    /// By AHB-Lite, without wait states.
    pub const NO_WAIT: Self = Self::Ahb { wait_cycles: 0 };
}

/// What became of a store to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It went where no processor has fetched instructions.
    OverData,
    /// It went where some processor has: [`Bus::take_stale_code`] has something to tell.
    OverCode,
}

/// Cached instructions that are no longer what memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaleCode {
    /// Those from here up to the next [`LINE_LEN`](crate::memory::LINE_LEN) bytes; the address is a multiple of that.
    Line(u32),
    /// All of them.
    All,
}

/// What reaches a processor without being asked for by an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals {
    /// The interrupt lines: bit n is external interrupt n, 1 is asserted. A line must stay asserted until it is seen
    /// here.
    pub interrupts: u32,
    /// The line of the non-maskable interrupt.
    pub nmi: bool,
    /// Whether another processor has executed `SEV` since this one was last asked about. Telling so withdraws it.
    pub event: bool,
    /// The cycle at which something else than the processor happens next; [`u64::MAX`] if nothing is planned. There the
    /// processor asks for the signals again. If that cycle is still the next one then, the run ends, so that the caller
    /// of [`Cpu::run`](crate::cpu::Cpu::run) can see to it.
    pub next_event: u64,
}

/// The chip around its processors.
pub trait Bus {
    /// Reads memory that has no side effects and no wait states; `None` if the address is none of those. The address is
    /// a multiple of the width.
    fn load<U: Unit>(&self, address: u32) -> Option<U>;

    /// Writes such memory; `None` if the address is none of those. The address is a multiple of the width.
    fn store<U: Unit>(&mut self, address: u32, value: U) -> Option<Stored>;

    /// Reads what [`load`](Self::load) did not.
    ///
    /// # Errors
    ///
    /// [`BusFault`], made by [`Access::bus_error`] or [`Access::not_modelled`].
    fn read(&mut self, access: Access) -> Result<(u32, Timing), BusFault>;

    /// Writes what [`store`](Self::store) did not. The bits of `value` above the width are zero.
    ///
    /// # Errors
    ///
    /// [`BusFault`], made by [`Access::bus_error`] or [`Access::not_modelled`].
    fn write(&mut self, access: Access, value: u32) -> Result<Timing, BusFault>;

    /// Fetches a halfword of code. The processor keeps what it has made of it until
    /// [`take_stale_code`](Self::take_stale_code) names the line.
    ///
    /// # Errors
    ///
    /// [`BusFault`], made by [`Access::bus_error`] or [`Access::not_modelled`].
    fn fetch(&mut self, access: Access) -> Result<u16, BusFault>;

    /// The next line of code that `core` has fetched and that has changed since; `None` when all have been named.
    fn take_stale_code(&mut self, core: CoreId) -> Option<StaleCode>;

    /// What reaches `core` at `cycle`.
    fn signals(&mut self, core: CoreId, cycle: u64) -> Signals;

    /// `core` sleeps, and has been told of `next_event` by [`signals`](Self::signals). Nothing of its own wakes it before
    /// `until`. Returns the cycle at which it asks for the signals again: `until` at most. A chip that knows better what
    /// may wake it than `next_event` says, which is for a core that goes on, can tell that here.
    fn sleep(&mut self, core: CoreId, next_event: u64, until: u64) -> u64 {
        let _ = core;
        next_event.min(until)
    }

    /// `core` has executed `SEV`: every other processor is to be told by [`signals`](Self::signals).
    fn send_event(&mut self, core: CoreId);
}

//! What the bus wants of a block of registers.

/// The moment of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Now {
    /// The cycle, of `clk_sys`.
    pub(super) cycle: u64,
    /// The time since power-up.
    pub(super) time_ns: u64,
    /// The ticks that the watchdog's tick generator has given, each of which is meant to be a microsecond.
    pub(super) ticks: u64,
}

/// A block of 32-bit registers on the APB or the AHB-Lite bus.
pub(super) trait Block {
    /// Reads the register at a multiple of 4; `None` if it is not modelled.
    fn read(&mut self, offset: u32, now: Now) -> Option<u32>;

    /// Writes the register at a multiple of 4; `None` if it, or what is written, is not modelled.
    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()>;

    /// Whether the register is one whose bits are cleared by writing ones, whichever alias the write comes by.
    fn cleared_by_ones(&self, _offset: u32) -> bool {
        false
    }
}

/// What is in a register after a write that changes the bits of `mask` alone.
pub(super) const fn masked(old: u32, mask: u32, value: u32) -> u32 {
    old & !mask | value & mask
}

/// A flag as a bit.
pub(super) const fn flag(set: bool, bit: u32) -> u32 {
    if set { bit } else { 0 }
}

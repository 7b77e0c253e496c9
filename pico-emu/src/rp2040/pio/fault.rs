//! What firmware can want of the block that the chip does not define.

/// An access to a register that the emulator does not do. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterFault {
    /// The PIO block has no register there.
    #[error("a PIO block has no register at offset {offset:#05x}")]
    NoRegister {
        /// The offset from the block's base address.
        offset: u32,
    },
    /// The datasheet gives no meaning to a field with this value.
    #[error("{value:#010x} at offset {offset:#05x} of a PIO block: the datasheet gives no meaning to this {field}")]
    OutOfRange {
        /// The offset from the block's base address.
        offset: u32,
        /// What was to be written.
        value: u32,
        /// The datasheet's name of the field.
        field: &'static str,
    },
}

/// A state machine came upon an instruction that the RP2040 reserves, such as one for the RP2350. It stays there: until
/// it is disabled, restarted or made to jump elsewhere, every run ends behind one cycle with this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "state machine {machine} of a PIO block, program counter {pc}: the instruction {instruction:#06x} in cycle {cycle} \
     is reserved on the RP2040"
)]
pub struct ReservedInstruction {
    /// The state machine, 0 to 3.
    pub machine: u8,
    /// Its program counter. The instruction is not from there if it was written to `SMx_INSTR`, or is executed by
    /// `OUT EXEC` or `MOV EXEC`.
    pub pc: u8,
    /// The instruction.
    pub instruction: u16,
    /// The cycle in which it was to be executed.
    pub cycle: u64,
}

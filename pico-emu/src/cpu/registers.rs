//! The registers of the processor core (DDI 0419, B1.4).

use std::fmt;

use super::Flags;

/// A core register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the architecture's")]
pub enum Register {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
    R11,
    R12,
    /// R13, the stack pointer in use.
    Sp,
    /// R14, the link register.
    Lr,
    /// R15, the program counter.
    Pc,
}

impl Register {
    /// By number.
    pub const ALL: [Self; 16] = [
        Self::R0,
        Self::R1,
        Self::R2,
        Self::R3,
        Self::R4,
        Self::R5,
        Self::R6,
        Self::R7,
        Self::R8,
        Self::R9,
        Self::R10,
        Self::R11,
        Self::R12,
        Self::Sp,
        Self::Lr,
        Self::Pc,
    ];

    /// The register with a field's number, of which the low four bits count.
    #[must_use]
    pub(super) const fn of(number: u16) -> Self {
        Self::ALL[(number & 15) as usize]
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sp => f.write_str("sp"),
            Self::Lr => f.write_str("lr"),
            Self::Pc => f.write_str("pc"),
            low => write!(f, "r{}", *low as u8),
        }
    }
}

/// The registers of one processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// R0 to R14 as instructions see them. The last one is scratch space of the instructions that read the program
    /// counter.
    pub(super) core: [u32; 16],
    /// Where the next instruction is.
    pub(super) pc: u32,
    /// The condition flags.
    pub(super) flags: Flags,
    /// The stack pointer that is not in use.
    pub(super) other_sp: u32,
    /// CONTROL.SPSEL: the process stack is in use.
    pub(super) process_stack: bool,
    /// CONTROL.nPRIV: Thread mode is unprivileged.
    pub(super) unprivileged_thread: bool,
    /// PRIMASK: only NMI and `HardFault` are taken.
    pub(super) primask: bool,
    /// IPSR: the number of the exception that is handled, or 0 in Thread mode.
    pub(super) ipsr: u8,
    /// EPSR.T. Nothing can be executed while it is clear.
    pub(super) thumb: bool,
}

impl Registers {
    pub(super) const fn new() -> Self {
        Self {
            core: [0; 16],
            pc: 0,
            flags: Flags::from_apsr(0),
            other_sp: 0,
            process_stack: false,
            unprivileged_thread: false,
            primask: false,
            ipsr: 0,
            thumb: true,
        }
    }

    /// A core register. The program counter is the address of the next instruction.
    #[must_use]
    pub const fn read(&self, register: Register) -> u32 {
        match register {
            Register::Pc => self.pc,
            register => self.core[register as usize],
        }
    }

    /// Sets a core register. Of a stack pointer the low two bits are ignored, of the program counter the lowest.
    pub const fn write(&mut self, register: Register, value: u32) {
        match register {
            Register::Pc => self.pc = value & !1,
            Register::Sp => self.core[Register::Sp as usize] = value & !3,
            register => self.core[register as usize] = value,
        }
    }

    /// The condition flags.
    #[must_use]
    pub const fn flags(&self) -> Flags {
        self.flags
    }

    /// Sets the condition flags.
    pub const fn set_flags(&mut self, flags: Flags) {
        self.flags = flags;
    }

    /// The main stack pointer.
    #[must_use]
    pub const fn msp(&self) -> u32 {
        if self.process_stack { self.other_sp } else { self.core[Register::Sp as usize] }
    }

    /// Sets the main stack pointer, of which the low two bits are ignored.
    pub const fn set_msp(&mut self, value: u32) {
        let msp = if self.process_stack { &mut self.other_sp } else { &mut self.core[Register::Sp as usize] };
        *msp = value & !3;
    }

    /// The process stack pointer.
    #[must_use]
    pub const fn psp(&self) -> u32 {
        if self.process_stack { self.core[Register::Sp as usize] } else { self.other_sp }
    }

    /// Sets the process stack pointer, of which the low two bits are ignored.
    pub const fn set_psp(&mut self, value: u32) {
        let psp = if self.process_stack { &mut self.core[Register::Sp as usize] } else { &mut self.other_sp };
        *psp = value & !3;
    }

    /// PRIMASK: only NMI and `HardFault` are taken.
    #[must_use]
    pub const fn primask(&self) -> bool {
        self.primask
    }

    /// CONTROL: bit 0 is nPRIV, bit 1 SPSEL.
    #[must_use]
    pub const fn control(&self) -> u32 {
        self.unprivileged_thread as u32 | (self.process_stack as u32) << 1
    }

    /// IPSR: the number of the exception that is handled, or 0 in Thread mode.
    #[must_use]
    pub const fn ipsr(&self) -> u8 {
        self.ipsr
    }

    /// APSR, IPSR and EPSR in one.
    #[must_use]
    pub const fn xpsr(&self) -> u32 {
        self.flags.apsr() | (self.thumb as u32) << 24 | self.ipsr as u32
    }

    /// Whether an exception is handled.
    pub(super) const fn in_handler_mode(&self) -> bool {
        self.ipsr != 0
    }

    /// Whether instructions may do everything.
    pub(super) const fn privileged(&self) -> bool {
        self.in_handler_mode() || !self.unprivileged_thread
    }

    /// CONTROL.SPSEL.
    pub(super) const fn select_stack(&mut self, process_stack: bool) {
        if self.process_stack != process_stack {
            self.process_stack = process_stack;
            std::mem::swap(&mut self.core[Register::Sp as usize], &mut self.other_sp);
        }
    }
}

impl fmt::Display for Registers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for register in Register::ALL {
            write!(f, "{register}={:08x} ", self.read(register))?;
        }
        write!(f, "xpsr={:08x}", self.xpsr())
    }
}

//! The instructions of ARMv6-M, decoded (DDI 0419, A6.7 and B4.2).

use super::{Condition, Register};

/// An instruction as the processor keeps and executes it: eight bytes, with every address that follows from its own
/// resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the architecture's encodings")]
pub enum Instruction {
    /// `LSLS Rd, Rm, #imm`, 1 to 31.
    LslImmediate { d: Register, m: Register, imm: u8 },
    /// `LSRS Rd, Rm, #imm`, 1 to 32.
    LsrImmediate { d: Register, m: Register, imm: u8 },
    /// `ASRS Rd, Rm, #imm`, 1 to 32.
    AsrImmediate { d: Register, m: Register, imm: u8 },
    /// `MOVS Rd, Rm`, which is `LSLS` by 0.
    Movs { d: Register, m: Register },
    /// `ADDS Rd, Rn, Rm`.
    Add { d: Register, n: Register, m: Register },
    /// `SUBS Rd, Rn, Rm`.
    Sub { d: Register, n: Register, m: Register },
    /// `ADDS Rd, Rn, #imm`.
    AddImmediate { d: Register, n: Register, imm: u8 },
    /// `SUBS Rd, Rn, #imm`.
    SubImmediate { d: Register, n: Register, imm: u8 },
    /// `MOVS Rd, #imm`.
    MovImmediate { d: Register, imm: u8 },
    /// `CMP Rn, #imm`.
    CmpImmediate { n: Register, imm: u8 },
    /// `ANDS Rdn, Rm`.
    And { dn: Register, m: Register },
    /// `EORS Rdn, Rm`.
    Eor { dn: Register, m: Register },
    /// `LSLS Rdn, Rm`.
    Lsl { dn: Register, m: Register },
    /// `LSRS Rdn, Rm`.
    Lsr { dn: Register, m: Register },
    /// `ASRS Rdn, Rm`.
    Asr { dn: Register, m: Register },
    /// `ADCS Rdn, Rm`.
    Adc { dn: Register, m: Register },
    /// `SBCS Rdn, Rm`.
    Sbc { dn: Register, m: Register },
    /// `RORS Rdn, Rm`.
    Ror { dn: Register, m: Register },
    /// `TST Rn, Rm`.
    Tst { n: Register, m: Register },
    /// `RSBS Rd, Rn, #0`.
    Rsb { d: Register, n: Register },
    /// `CMP Rn, Rm`.
    Cmp { n: Register, m: Register },
    /// `CMN Rn, Rm`.
    Cmn { n: Register, m: Register },
    /// `ORRS Rdn, Rm`.
    Orr { dn: Register, m: Register },
    /// `MULS Rdm, Rn, Rdm`.
    Mul { dm: Register, n: Register },
    /// `BICS Rdn, Rm`.
    Bic { dn: Register, m: Register },
    /// `MVNS Rd, Rm`.
    Mvn { d: Register, m: Register },
    /// `ADD Rdn, Rm` without flags; Rdn is not the program counter.
    AddAny { dn: Register, m: Register },
    /// `ADD PC, Rm`.
    AddPc { m: Register },
    /// `MOV Rd, Rm` without flags; Rd is not the program counter.
    MovAny { d: Register, m: Register },
    /// `MOV PC, Rm`.
    MovPc { m: Register },
    /// `BX Rm`.
    Bx { m: Register },
    /// `BLX Rm`.
    Blx { m: Register },
    /// `ADR Rd, address`.
    Adr { d: Register, address: u32 },
    /// `ADD Rd, SP, #imm`.
    AddSpImmediate { d: Register, imm: u16 },
    /// `ADD SP, SP, #imm`.
    IncrementSp { imm: u16 },
    /// `SUB SP, SP, #imm`.
    DecrementSp { imm: u16 },
    /// `LDR Rt, address`.
    LdrLiteral { t: Register, address: u32 },
    /// `STR Rt, [Rn, Rm]`.
    Str { t: Register, n: Register, m: Register },
    /// `STRH Rt, [Rn, Rm]`.
    Strh { t: Register, n: Register, m: Register },
    /// `STRB Rt, [Rn, Rm]`.
    Strb { t: Register, n: Register, m: Register },
    /// `LDRSB Rt, [Rn, Rm]`.
    Ldrsb { t: Register, n: Register, m: Register },
    /// `LDR Rt, [Rn, Rm]`.
    Ldr { t: Register, n: Register, m: Register },
    /// `LDRH Rt, [Rn, Rm]`.
    Ldrh { t: Register, n: Register, m: Register },
    /// `LDRB Rt, [Rn, Rm]`.
    Ldrb { t: Register, n: Register, m: Register },
    /// `LDRSH Rt, [Rn, Rm]`.
    Ldrsh { t: Register, n: Register, m: Register },
    /// `STR Rt, [Rn, #imm]`, Rn also SP.
    StrImmediate { t: Register, n: Register, imm: u16 },
    /// `LDR Rt, [Rn, #imm]`, Rn also SP.
    LdrImmediate { t: Register, n: Register, imm: u16 },
    /// `STRB Rt, [Rn, #imm]`.
    StrbImmediate { t: Register, n: Register, imm: u16 },
    /// `LDRB Rt, [Rn, #imm]`.
    LdrbImmediate { t: Register, n: Register, imm: u16 },
    /// `STRH Rt, [Rn, #imm]`.
    StrhImmediate { t: Register, n: Register, imm: u16 },
    /// `LDRH Rt, [Rn, #imm]`.
    LdrhImmediate { t: Register, n: Register, imm: u16 },
    /// `SXTH Rd, Rm`.
    Sxth { d: Register, m: Register },
    /// `SXTB Rd, Rm`.
    Sxtb { d: Register, m: Register },
    /// `UXTH Rd, Rm`.
    Uxth { d: Register, m: Register },
    /// `UXTB Rd, Rm`.
    Uxtb { d: Register, m: Register },
    /// `REV Rd, Rm`.
    Rev { d: Register, m: Register },
    /// `REV16 Rd, Rm`.
    Rev16 { d: Register, m: Register },
    /// `REVSH Rd, Rm`.
    Revsh { d: Register, m: Register },
    /// `PUSH {registers}`, bit n for Rn.
    Push { registers: u16 },
    /// `POP {registers}`, bit n for Rn; bit 15 is clear.
    Pop { registers: u16 },
    /// `POP {registers, PC}`, bit 15 is set.
    PopPc { registers: u16 },
    /// `STM Rn!, {registers}`.
    Stm { n: Register, registers: u16 },
    /// `LDM Rn!, {registers}`, or `LDM Rn, {registers}` if Rn is one of them.
    Ldm { n: Register, registers: u16 },
    /// `B<c> target`.
    BranchIf { condition: Condition, target: u32 },
    /// `B target`.
    Branch { target: u32 },
    /// `BL target`.
    Bl { target: u32 },
    /// `NOP`, or a hint that is none of the others and does nothing either.
    Nop,
    /// `YIELD`, which does nothing on this processor.
    Yield,
    /// `WFE`.
    Wfe,
    /// `WFI`.
    Wfi,
    /// `SEV`.
    Sev,
    /// `CPSIE i` or `CPSID i`.
    Cps { disable: bool },
    /// `MRS Rd, sysm`.
    Mrs { d: Register, sysm: u8 },
    /// `MSR sysm, Rn`.
    Msr { n: Register, sysm: u8 },
    /// `DMB`, `DSB` or `ISB`: accesses are in order here anyway.
    Barrier(Barrier),
    /// `SVC #imm`.
    Svc { imm: u8 },
    /// `BKPT #imm`.
    Bkpt { imm: u8 },
    /// Permanently undefined: `UDF #imm`.
    Udf { imm: u8 },
    /// Permanently undefined: `UDF.W #imm`.
    UdfWide { imm: u16 },
    /// Nothing that ARMv6-M has, in one halfword. Encodings whose behaviour is UNPREDICTABLE count among these.
    Undefined { halfword: u16 },
    /// The same in two halfwords, the first one in the high bits.
    UndefinedWide { halfwords: u32 },
}

/// The barrier instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// Data memory barrier.
    Dmb,
    /// Data synchronization barrier.
    Dsb,
    /// Instruction synchronization barrier.
    Isb,
}

impl Instruction {
    /// The bytes that it takes: 2 or 4.
    #[must_use]
    pub const fn size(&self) -> u32 {
        match self {
            Self::Bl { .. }
            | Self::Mrs { .. }
            | Self::Msr { .. }
            | Self::Barrier(_)
            | Self::UdfWide { .. }
            | Self::UndefinedWide { .. } => 4,
            _ => 2,
        }
    }

    /// Whether the instruction behind it may not be the next one executed, or does not follow two bytes on.
    pub(super) const fn ends_block(&self) -> bool {
        matches!(
            self,
            Self::AddPc { .. }
                | Self::MovPc { .. }
                | Self::Bx { .. }
                | Self::Blx { .. }
                | Self::PopPc { .. }
                | Self::BranchIf { .. }
                | Self::Branch { .. }
                | Self::Wfe
                | Self::Wfi
                | Self::Sev
                | Self::Cps { .. }
                | Self::Svc { .. }
                | Self::Bkpt { .. }
                | Self::Udf { .. }
                | Self::Undefined { .. }
        ) || self.size() == 4
    }

    /// The most cycles that it takes while it reaches nothing but memory (DDI 0484, table 3-1).
    pub(super) const fn max_cycles(&self) -> u32 {
        match self {
            Self::AddPc { .. }
            | Self::MovPc { .. }
            | Self::Bx { .. }
            | Self::Blx { .. }
            | Self::Branch { .. }
            | Self::BranchIf { .. }
            | Self::LdrLiteral { .. }
            | Self::Str { .. }
            | Self::Strh { .. }
            | Self::Strb { .. }
            | Self::Ldrsb { .. }
            | Self::Ldr { .. }
            | Self::Ldrh { .. }
            | Self::Ldrb { .. }
            | Self::Ldrsh { .. }
            | Self::StrImmediate { .. }
            | Self::LdrImmediate { .. }
            | Self::StrbImmediate { .. }
            | Self::LdrbImmediate { .. }
            | Self::StrhImmediate { .. }
            | Self::LdrhImmediate { .. } => 2,
            Self::Bl { .. } => 3,
            Self::Push { registers }
            | Self::Pop { registers }
            | Self::Stm { registers, .. }
            | Self::Ldm { registers, .. } => 1 + registers.count_ones(),
            Self::PopPc { registers } => 3 + registers.count_ones(),
            _ => 1,
        }
    }
}

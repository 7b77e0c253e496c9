//! Instructions as text, in the syntax of the architecture's manual.

use std::fmt;

use super::Register;
use super::instruction::{Barrier, Instruction};

/// An instruction at an address, to be displayed.
#[derive(Clone, Copy, Debug)]
pub struct Disassembly {
    instruction: Instruction,
    address: u32,
}

impl Instruction {
    /// The text of this instruction, which lies at `address`.
    #[must_use]
    pub const fn disassemble(self, address: u32) -> Disassembly {
        Disassembly { instruction: self, address }
    }
}

impl fmt::Display for Disassembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Instruction as I;
        let from_pc = |target: u32| target.wrapping_sub(self.address.wrapping_add(4) & !3);
        match self.instruction {
            I::LslImmediate { d, m, imm } => write!(f, "lsls {d}, {m}, #{imm}"),
            I::LsrImmediate { d, m, imm } => write!(f, "lsrs {d}, {m}, #{imm}"),
            I::AsrImmediate { d, m, imm } => write!(f, "asrs {d}, {m}, #{imm}"),
            I::Movs { d, m } => write!(f, "movs {d}, {m}"),
            I::Add { d, n, m } => write!(f, "adds {d}, {n}, {m}"),
            I::Sub { d, n, m } => write!(f, "subs {d}, {n}, {m}"),
            I::AddImmediate { d, n, imm } => write!(f, "adds {d}, {n}, #{imm}"),
            I::SubImmediate { d, n, imm } => write!(f, "subs {d}, {n}, #{imm}"),
            I::MovImmediate { d, imm } => write!(f, "movs {d}, #{imm}"),
            I::CmpImmediate { n, imm } => write!(f, "cmp {n}, #{imm}"),
            I::And { dn, m } => write!(f, "ands {dn}, {m}"),
            I::Eor { dn, m } => write!(f, "eors {dn}, {m}"),
            I::Lsl { dn, m } => write!(f, "lsls {dn}, {m}"),
            I::Lsr { dn, m } => write!(f, "lsrs {dn}, {m}"),
            I::Asr { dn, m } => write!(f, "asrs {dn}, {m}"),
            I::Adc { dn, m } => write!(f, "adcs {dn}, {m}"),
            I::Sbc { dn, m } => write!(f, "sbcs {dn}, {m}"),
            I::Ror { dn, m } => write!(f, "rors {dn}, {m}"),
            I::Tst { n, m } => write!(f, "tst {n}, {m}"),
            I::Rsb { d, n } => write!(f, "rsbs {d}, {n}, #0"),
            I::Cmp { n, m } => write!(f, "cmp {n}, {m}"),
            I::Cmn { n, m } => write!(f, "cmn {n}, {m}"),
            I::Orr { dn, m } => write!(f, "orrs {dn}, {m}"),
            I::Mul { dm, n } => write!(f, "muls {dm}, {n}, {dm}"),
            I::Bic { dn, m } => write!(f, "bics {dn}, {m}"),
            I::Mvn { d, m } => write!(f, "mvns {d}, {m}"),
            I::AddAny { dn, m } => write!(f, "add {dn}, {m}"),
            I::AddPc { m } => write!(f, "add pc, {m}"),
            I::MovAny { d, m } => write!(f, "mov {d}, {m}"),
            I::MovPc { m } => write!(f, "mov pc, {m}"),
            I::Bx { m } => write!(f, "bx {m}"),
            I::Blx { m } => write!(f, "blx {m}"),
            I::Adr { d, address } => write!(f, "add {d}, pc, #{}", from_pc(address)),
            I::AddSpImmediate { d, imm } => write!(f, "add {d}, sp, #{imm}"),
            I::IncrementSp { imm } => write!(f, "add sp, #{imm}"),
            I::DecrementSp { imm } => write!(f, "sub sp, #{imm}"),
            I::LdrLiteral { t, address } => write!(f, "ldr {t}, [pc, #{}]", from_pc(address)),
            I::Str { t, n, m } => write!(f, "str {t}, [{n}, {m}]"),
            I::Strh { t, n, m } => write!(f, "strh {t}, [{n}, {m}]"),
            I::Strb { t, n, m } => write!(f, "strb {t}, [{n}, {m}]"),
            I::Ldrsb { t, n, m } => write!(f, "ldrsb {t}, [{n}, {m}]"),
            I::Ldr { t, n, m } => write!(f, "ldr {t}, [{n}, {m}]"),
            I::Ldrh { t, n, m } => write!(f, "ldrh {t}, [{n}, {m}]"),
            I::Ldrb { t, n, m } => write!(f, "ldrb {t}, [{n}, {m}]"),
            I::Ldrsh { t, n, m } => write!(f, "ldrsh {t}, [{n}, {m}]"),
            I::StrImmediate { t, n, imm } => write!(f, "str {t}, [{n}, #{imm}]"),
            I::LdrImmediate { t, n, imm } => write!(f, "ldr {t}, [{n}, #{imm}]"),
            I::StrbImmediate { t, n, imm } => write!(f, "strb {t}, [{n}, #{imm}]"),
            I::LdrbImmediate { t, n, imm } => write!(f, "ldrb {t}, [{n}, #{imm}]"),
            I::StrhImmediate { t, n, imm } => write!(f, "strh {t}, [{n}, #{imm}]"),
            I::LdrhImmediate { t, n, imm } => write!(f, "ldrh {t}, [{n}, #{imm}]"),
            I::Sxth { d, m } => write!(f, "sxth {d}, {m}"),
            I::Sxtb { d, m } => write!(f, "sxtb {d}, {m}"),
            I::Uxth { d, m } => write!(f, "uxth {d}, {m}"),
            I::Uxtb { d, m } => write!(f, "uxtb {d}, {m}"),
            I::Rev { d, m } => write!(f, "rev {d}, {m}"),
            I::Rev16 { d, m } => write!(f, "rev16 {d}, {m}"),
            I::Revsh { d, m } => write!(f, "revsh {d}, {m}"),
            I::Push { registers } => write!(f, "push {}", List(registers)),
            I::Pop { registers } | I::PopPc { registers } => write!(f, "pop {}", List(registers)),
            I::Stm { n, registers } => write!(f, "stm {n}!, {}", List(registers)),
            I::Ldm { n, registers } if registers & 1 << n as u16 != 0 => write!(f, "ldm {n}, {}", List(registers)),
            I::Ldm { n, registers } => write!(f, "ldm {n}!, {}", List(registers)),
            I::BranchIf { condition, target } => write!(f, "b{condition} {target:#x}"),
            I::Branch { target } => write!(f, "b {target:#x}"),
            I::Bl { target } => write!(f, "bl {target:#x}"),
            I::Nop => f.write_str("nop"),
            I::Yield => f.write_str("yield"),
            I::Wfe => f.write_str("wfe"),
            I::Wfi => f.write_str("wfi"),
            I::Sev => f.write_str("sev"),
            I::Cps { disable: false } => f.write_str("cpsie i"),
            I::Cps { disable: true } => f.write_str("cpsid i"),
            I::Mrs { d, sysm } => write!(f, "mrs {d}, {}", special(sysm)),
            I::Msr { n, sysm } => write!(f, "msr {}, {n}", special(sysm)),
            I::Barrier(Barrier::Dmb) => f.write_str("dmb sy"),
            I::Barrier(Barrier::Dsb) => f.write_str("dsb sy"),
            I::Barrier(Barrier::Isb) => f.write_str("isb sy"),
            I::Svc { imm } => write!(f, "svc #{imm}"),
            I::Bkpt { imm } => write!(f, "bkpt #{imm}"),
            I::Udf { imm } => write!(f, "udf #{imm}"),
            I::UdfWide { imm } => write!(f, "udf.w #{imm}"),
            I::Undefined { halfword } => write!(f, "undefined {halfword:04x}"),
            I::UndefinedWide { halfwords } => write!(f, "undefined {:04x} {:04x}", halfwords >> 16, halfwords & 0xffff),
        }
    }
}

/// A special register by its number in an instruction (DDI 0419, table B4-1).
const fn special(sysm: u8) -> &'static str {
    match sysm {
        0 => "apsr",
        1 => "iapsr",
        2 => "eapsr",
        3 => "xpsr",
        5 => "ipsr",
        6 => "epsr",
        7 => "iepsr",
        8 => "msp",
        9 => "psp",
        16 => "primask",
        20 => "control",
        _ => "reserved",
    }
}

/// A list of registers: bit n for Rn.
struct List(u16);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        let mut separator = "";
        for register in Register::ALL {
            if self.0 & 1 << register as u16 != 0 {
                write!(f, "{separator}{register}")?;
                separator = ", ";
            }
        }
        f.write_str("}")
    }
}

//! From halfwords to instructions (DDI 0419, A5).
//!
//! Encodings that the architecture calls UNPREDICTABLE are taken as undefined ones, so that a program which relies on
//! them stops with a `HardFault`. A store of a list that holds its own base register is the exception: it stores the
//! base as it was, also where another register of the list is lower.

use super::instruction::{Barrier, Instruction};
use super::{Condition, Register};

impl Instruction {
    /// Whether a halfword is the first of two.
    #[must_use]
    pub const fn is_wide(first: u16) -> bool {
        first >> 11 >= 0b11101
    }

    /// Decodes the instruction at `address`. The second halfword counts only if the first one [is
    /// wide](Self::is_wide).
    #[must_use]
    pub fn decode(address: u32, first: u16, second: u16) -> Self {
        if Self::is_wide(first) { wide(address, first, second) } else { narrow(address, first) }
    }
}

/// A field of three bits as a low register.
const fn low(field: u16) -> Register {
    Register::of(field & 7)
}

/// The low byte.
const fn byte(half: u16) -> u8 {
    (half & 0xff) as u8
}

/// The five bits from bit 6 on.
const fn imm5(half: u16) -> u8 {
    (half >> 6 & 31) as u8
}

/// What the program counter reads as.
const fn pc(address: u32) -> u32 {
    address.wrapping_add(4)
}

const fn sign_extend(value: u32, bits: u32) -> u32 {
    let unused = u32::BITS - bits;
    ((value << unused).cast_signed() >> unused).cast_unsigned()
}

fn narrow(address: u32, half: u16) -> Instruction {
    match half >> 12 {
        0b0000..=0b0001 => shift_add_subtract(half),
        0b0010..=0b0011 => {
            let (d, imm) = (low(half >> 8), byte(half));
            match half >> 11 & 3 {
                0 => Instruction::MovImmediate { d, imm },
                1 => Instruction::CmpImmediate { n: d, imm },
                2 => Instruction::AddImmediate { d, n: d, imm },
                _ => Instruction::SubImmediate { d, n: d, imm },
            }
        }
        0b0100 => match half >> 10 & 3 {
            0 => data_processing(half),
            1 => special_data(half),
            _ => {
                let offset = u32::from(byte(half)) << 2;
                Instruction::LdrLiteral { t: low(half >> 8), address: (pc(address) & !3).wrapping_add(offset) }
            }
        },
        0b0101 => load_store_register(half),
        0b0110..=0b1000 => load_store_immediate(half),
        0b1001 => {
            let (t, n, imm) = (low(half >> 8), Register::Sp, u16::from(byte(half)) << 2);
            if half >> 11 & 1 == 0 {
                Instruction::StrImmediate { t, n, imm }
            } else {
                Instruction::LdrImmediate { t, n, imm }
            }
        }
        0b1010 => {
            let (d, imm) = (low(half >> 8), u16::from(byte(half)) << 2);
            if half >> 11 & 1 == 0 {
                Instruction::Adr { d, address: (pc(address) & !3).wrapping_add(u32::from(imm)) }
            } else {
                Instruction::AddSpImmediate { d, imm }
            }
        }
        0b1011 => miscellaneous(half),
        0b1100 => match (low(half >> 8), half & 0xff) {
            (_, 0) => Instruction::Undefined { halfword: half },
            (n, registers) if half >> 11 & 1 == 0 => Instruction::Stm { n, registers },
            (n, registers) => Instruction::Ldm { n, registers },
        },
        0b1101 => conditional_branch(address, half),
        _ => Instruction::Branch { target: pc(address).wrapping_add(sign_extend(u32::from(half & 0x7ff) << 1, 12)) },
    }
}

fn shift_add_subtract(half: u16) -> Instruction {
    let (d, m) = (low(half), low(half >> 3));
    let shift = imm5(half);
    // A shift right by 0 is encoded for one by 32.
    let right_shift = if shift == 0 { 32 } else { shift };
    let imm3 = shift & 7;
    match half >> 9 & 15 {
        0..=3 if shift == 0 => Instruction::Movs { d, m },
        0..=3 => Instruction::LslImmediate { d, m, imm: shift },
        4..=7 => Instruction::LsrImmediate { d, m, imm: right_shift },
        8..=11 => Instruction::AsrImmediate { d, m, imm: right_shift },
        12 => Instruction::Add { d, n: m, m: low(half >> 6) },
        13 => Instruction::Sub { d, n: m, m: low(half >> 6) },
        14 => Instruction::AddImmediate { d, n: m, imm: imm3 },
        _ => Instruction::SubImmediate { d, n: m, imm: imm3 },
    }
}

fn data_processing(half: u16) -> Instruction {
    let (dn, m) = (low(half), low(half >> 3));
    match half >> 6 & 15 {
        0 => Instruction::And { dn, m },
        1 => Instruction::Eor { dn, m },
        2 => Instruction::Lsl { dn, m },
        3 => Instruction::Lsr { dn, m },
        4 => Instruction::Asr { dn, m },
        5 => Instruction::Adc { dn, m },
        6 => Instruction::Sbc { dn, m },
        7 => Instruction::Ror { dn, m },
        8 => Instruction::Tst { n: dn, m },
        9 => Instruction::Rsb { d: dn, n: m },
        10 => Instruction::Cmp { n: dn, m },
        11 => Instruction::Cmn { n: dn, m },
        12 => Instruction::Orr { dn, m },
        13 => Instruction::Mul { dm: dn, n: m },
        14 => Instruction::Bic { dn, m },
        _ => Instruction::Mvn { d: dn, m },
    }
}

/// Instructions that reach the high registers.
fn special_data(half: u16) -> Instruction {
    let d = Register::of(half & 7 | half >> 4 & 8);
    let m = Register::of(half >> 3);
    let undefined = Instruction::Undefined { halfword: half };
    match half >> 8 & 3 {
        0 if d == Register::Pc && m == Register::Pc => undefined,
        0 if d == Register::Pc => Instruction::AddPc { m },
        0 => Instruction::AddAny { dn: d, m },
        1 if d == Register::Pc || m == Register::Pc || (d < Register::R8 && m < Register::R8) => undefined,
        1 => Instruction::Cmp { n: d, m },
        2 if d == Register::Pc => Instruction::MovPc { m },
        2 => Instruction::MovAny { d, m },
        _ if half & 7 != 0 || m == Register::Pc => undefined,
        _ if half >> 7 & 1 == 0 => Instruction::Bx { m },
        _ => Instruction::Blx { m },
    }
}

fn load_store_register(half: u16) -> Instruction {
    let (t, n, m) = (low(half), low(half >> 3), low(half >> 6));
    match half >> 9 & 7 {
        0 => Instruction::Str { t, n, m },
        1 => Instruction::Strh { t, n, m },
        2 => Instruction::Strb { t, n, m },
        3 => Instruction::Ldrsb { t, n, m },
        4 => Instruction::Ldr { t, n, m },
        5 => Instruction::Ldrh { t, n, m },
        6 => Instruction::Ldrb { t, n, m },
        _ => Instruction::Ldrsh { t, n, m },
    }
}

fn load_store_immediate(half: u16) -> Instruction {
    let (t, n, imm) = (low(half), low(half >> 3), u16::from(imm5(half)));
    match half >> 11 & 7 {
        0b100 => Instruction::StrImmediate { t, n, imm: imm << 2 },
        0b101 => Instruction::LdrImmediate { t, n, imm: imm << 2 },
        0b110 => Instruction::StrbImmediate { t, n, imm },
        0b111 => Instruction::LdrbImmediate { t, n, imm },
        0b000 => Instruction::StrhImmediate { t, n, imm: imm << 1 },
        _ => Instruction::LdrhImmediate { t, n, imm: imm << 1 },
    }
}

fn miscellaneous(half: u16) -> Instruction {
    let (d, m) = (low(half), low(half >> 3));
    let undefined = Instruction::Undefined { halfword: half };
    match half >> 5 & 0x7f {
        0b000_0000..=0b000_0011 => Instruction::IncrementSp { imm: (half & 0x7f) << 2 },
        0b000_0100..=0b000_0111 => Instruction::DecrementSp { imm: (half & 0x7f) << 2 },
        0b001_0000..=0b001_0111 => match half >> 6 & 3 {
            0 => Instruction::Sxth { d, m },
            1 => Instruction::Sxtb { d, m },
            2 => Instruction::Uxth { d, m },
            _ => Instruction::Uxtb { d, m },
        },
        0b010_0000..=0b010_1111 => match half & 0xff | half << 6 & 0x4000 {
            0 => undefined,
            registers => Instruction::Push { registers },
        },
        0b011_0011 => match half {
            0xb662 => Instruction::Cps { disable: false },
            0xb672 => Instruction::Cps { disable: true },
            _ => undefined,
        },
        0b101_0000..=0b101_0111 => match half >> 6 & 3 {
            0 => Instruction::Rev { d, m },
            1 => Instruction::Rev16 { d, m },
            2 => undefined,
            _ => Instruction::Revsh { d, m },
        },
        0b110_0000..=0b110_1111 => match half & 0xff {
            registers if half >> 8 & 1 != 0 => Instruction::PopPc { registers: registers | 0x8000 },
            0 => undefined,
            registers => Instruction::Pop { registers },
        },
        0b111_0000..=0b111_0111 => Instruction::Bkpt { imm: byte(half) },
        0b111_1000..=0b111_1111 => match (half & 15, half >> 4 & 15) {
            (0, 1) => Instruction::Yield,
            (0, 2) => Instruction::Wfe,
            (0, 3) => Instruction::Wfi,
            (0, 4) => Instruction::Sev,
            (0, _) => Instruction::Nop,
            // IT, which ARMv6-M does not have.
            _ => undefined,
        },
        _ => undefined,
    }
}

fn conditional_branch(address: u32, half: u16) -> Instruction {
    match Condition::ALL.get(usize::from(half >> 8 & 15)) {
        Some(&condition) => {
            let offset = sign_extend(u32::from(byte(half)) << 1, 9);
            Instruction::BranchIf { condition, target: pc(address).wrapping_add(offset) }
        }
        None if half >> 8 & 1 == 0 => Instruction::Udf { imm: byte(half) },
        None => Instruction::Svc { imm: byte(half) },
    }
}

/// The instructions of two halfwords (DDI 0419, A5.3).
fn wide(address: u32, first: u16, second: u16) -> Instruction {
    let undefined = Instruction::UndefinedWide { halfwords: u32::from(first) << 16 | u32::from(second) };
    if first >> 11 != 0b11110 || second >> 15 == 0 {
        return undefined;
    }
    if second & 0x5000 == 0x5000 {
        return Instruction::Bl { target: pc(address).wrapping_add(long_offset(first, second)) };
    }
    let sysm = byte(second);
    match (first, second) {
        (0xf380..=0xf38f, 0x8800..=0x88ff) => match Register::of(first) {
            Register::Sp | Register::Pc => undefined,
            _ if !matches!(sysm, 0..=3 | 5..=9 | 16 | 20) => undefined,
            n => Instruction::Msr { n, sysm },
        },
        (0xf3ef, 0x8000..=0x8fff) => match Register::of(second >> 8) {
            Register::Sp | Register::Pc => undefined,
            _ if !matches!(sysm, 0..=3 | 5..=9 | 16 | 20) => undefined,
            d => Instruction::Mrs { d, sysm },
        },
        (0xf3bf, 0x8f40..=0x8f4f) => Instruction::Barrier(Barrier::Dsb),
        (0xf3bf, 0x8f50..=0x8f5f) => Instruction::Barrier(Barrier::Dmb),
        (0xf3bf, 0x8f60..=0x8f6f) => Instruction::Barrier(Barrier::Isb),
        (0xf7f0..=0xf7ff, 0xa000..=0xafff) => Instruction::UdfWide { imm: (first & 15) << 12 | second & 0xfff },
        _ => undefined,
    }
}

/// The offset of a `BL`, whose sign bit is folded into bits 22 and 23.
fn long_offset(first: u16, second: u16) -> u32 {
    let bit = |half: u16, bit: u32| u32::from(half >> bit & 1);
    let sign = bit(first, 10);
    let i1 = bit(second, 13) ^ sign ^ 1;
    let i2 = bit(second, 11) ^ sign ^ 1;
    let offset = sign << 24 | i1 << 23 | i2 << 22 | u32::from(first & 0x3ff) << 12 | u32::from(second & 0x7ff) << 1;
    sign_extend(offset, 25)
}

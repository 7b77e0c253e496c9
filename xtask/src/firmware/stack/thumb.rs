//! What single Thumb instructions do to the stack and to the flow of control.
//!
//! Encodings are named as in the Armv8-M Architecture Reference Manual; Armv6-M has a subset of them. Instructions that
//! do neither are not told apart.

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    /// Two or four bytes.
    pub(super) len: u32,
    pub(super) effect: Effect,
}

/// What an instruction does, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Takes so many bytes of stack.
    Push(u32),
    /// Moves the stack pointer by an amount that the instruction does not say.
    MoveStackPointer,
    /// Goes to this address, to come back.
    Call(u32),
    /// Goes to this address.
    Branch(u32),
    /// Goes to where a register points, which no instruction of the same function need have put there.
    BranchIndirect,
    /// Sets the lower half of a register, and clears the upper one.
    SetLowHalf {
        register: u8,
        value: u16,
    },
    /// Sets the upper half of a register.
    SetHighHalf {
        register: u8,
        value: u16,
    },
    Other,
}

const SP: u16 = 13;
const LR: u16 = 14;
const PC: u16 = 15;

/// Decodes the instruction at an address, of which the second half word may be the next instruction's.
pub(super) fn decode(address: u32, first: u16, second: u16) -> Instruction {
    // 0b11101, 0b11110 and 0b11111 begin the instructions of four bytes.
    if first >> 11 >= 0b11101 {
        Instruction { len: 4, effect: decode_long(address, first, second) }
    } else {
        Instruction { len: 2, effect: decode_short(address, first) }
    }
}

fn decode_short(address: u32, word: u16) -> Effect {
    let rm = (word >> 3) & 0xf;
    let rd_high = (word >> 4) & 8 | word & 7;
    let offset = |value: u16, bits: u32| sign_extend(u32::from(value) << 1, bits + 1);
    match word {
        // PUSH T1: eight low registers and LR.
        _ if word & 0xfe00 == 0xb400 => Effect::Push((word & 0x01ff).count_ones() * 4),
        // SUB (SP minus immediate) T1.
        _ if word & 0xff80 == 0xb080 => Effect::Push(u32::from(word & 0x7f) * 4),
        // ADD (register) T2 and MOV (register) T1 to the stack pointer.
        _ if matches!(word & 0xff00, 0x4400 | 0x4600) && rd_high == SP => Effect::MoveStackPointer,
        // BLX T1.
        _ if word & 0xff80 == 0x4780 => Effect::BranchIndirect,
        // BX T1; through the link register it is a return.
        _ if word & 0xff80 == 0x4700 && rm != LR => Effect::BranchIndirect,
        // B T1; conditions 14 and 15 are UDF and SVC.
        _ if word & 0xf000 == 0xd000 && word & 0x0f00 < 0x0e00 => {
            Effect::Branch(relative(address, offset(word & 0xff, 8)))
        }
        // B T2.
        _ if word & 0xf800 == 0xe000 => Effect::Branch(relative(address, offset(word & 0x7ff, 11))),
        _ => Effect::Other,
    }
}

fn decode_long(address: u32, first: u16, second: u16) -> Effect {
    let rd = (second >> 8) & 0xf;
    let imm12 = || (first & 0x0400) << 1 | (second & 0x7000) >> 4 | second & 0x00ff;
    match (first, second) {
        // BL T1 and B T4.
        _ if first & 0xf800 == 0xf000 && matches!(second & 0xd000, 0xd000 | 0x9000) => {
            let sign = u32::from(first >> 10) & 1;
            let high = |bit: u16| u32::from(!(second >> bit) & 1) ^ sign;
            let imm10 = u32::from(first & 0x03ff);
            let imm11 = u32::from(second & 0x07ff);
            let offset = sign << 24 | high(13) << 23 | high(11) << 22 | imm10 << 12 | imm11 << 1;
            let target = relative(address, sign_extend(offset, 25));
            if second & 0x4000 == 0 { Effect::Branch(target) } else { Effect::Call(target) }
        }
        // B T3; conditions 14 and 15 are other instructions.
        _ if first & 0xf800 == 0xf000 && second & 0xd000 == 0x8000 && first & 0x0380 != 0x0380 => {
            let bit = |half: u16, bit: u32| u32::from(half >> bit) & 1;
            let offset = bit(first, 10) << 20
                | bit(second, 11) << 19
                | bit(second, 13) << 18
                | u32::from(first & 0x003f) << 12
                | u32::from(second & 0x07ff) << 1;
            Effect::Branch(relative(address, sign_extend(offset, 21)))
        }
        // PUSH T2, as STMDB SP!.
        (0xe92d, _) => Effect::Push(second.count_ones() * 4),
        // STRD (immediate) T1, with the stack pointer written back after a subtraction.
        (0xe96d, _) => Effect::Push(u32::from(second & 0xff) * 4),
        // STR (immediate) T4, likewise: PUSH T3.
        (0xf84d, _) if second & 0x0f00 == 0x0d00 => Effect::Push(u32::from(second & 0xff)),
        // VPUSH T1 and T2.
        (0xed2d | 0xed6d, _) if matches!(second & 0x0f00, 0x0a00 | 0x0b00) => {
            Effect::Push(u32::from(second & 0xff) * 4)
        }
        // SUB (SP minus immediate) T2 and T3.
        _ if first & 0xfbef == 0xf1ad && second & 0x8000 == 0 && rd == SP => Effect::Push(expand_immediate(imm12())),
        _ if first & 0xfbff == 0xf2ad && second & 0x8000 == 0 && rd == SP => Effect::Push(u32::from(imm12())),
        // SUB (SP minus register) T1, and ADD (SP plus register) T3.
        _ if matches!(first & 0xffef, 0xebad | 0xeb0d) && rd == SP => Effect::MoveStackPointer,
        // MOV (immediate) T3 and MOVT.
        _ if matches!(first & 0xfbf0, 0xf240 | 0xf2c0) && second & 0x8000 == 0 => {
            let register = u8::try_from(rd).expect("four bits");
            let value = (first & 0x000f) << 12 | imm12();
            if first & 0x0080 == 0 {
                Effect::SetLowHalf { register, value }
            } else {
                Effect::SetHighHalf { register, value }
            }
        }
        // LDR (immediate, literal and register) to the program counter, but for a POP, which is a return.
        _ if first & 0xff70 == 0xf850 && second >> 12 == PC && first != 0xf85d => Effect::BranchIndirect,
        _ => Effect::Other,
    }
}

/// The program counter reads as the address of the instruction plus four.
fn relative(address: u32, offset: u32) -> u32 {
    address.wrapping_add(4).wrapping_add(offset)
}

fn sign_extend(value: u32, bits: u32) -> u32 {
    let unused = u32::BITS - bits;
    (value << unused).cast_signed().wrapping_shr(unused).cast_unsigned()
}

/// `ThumbExpandImm`.
fn expand_immediate(imm12: u16) -> u32 {
    let byte = u32::from(imm12 & 0xff);
    match imm12 >> 8 {
        0b0000 => byte,
        0b0001 => byte << 16 | byte,
        0b0010 => byte << 24 | byte << 8,
        0b0011 => byte << 24 | byte << 16 | byte << 8 | byte,
        _ => (0x80 | byte & 0x7f).rotate_right(u32::from(imm12 >> 7)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The effect of an instruction at `0x1000_0100`, from its bytes as an assembler lists them.
    fn effect(first: u16, second: u16) -> Effect {
        decode(0x1000_0100, first, second).effect
    }

    #[test]
    fn short_pushes_are_counted() {
        assert_eq!(effect(0xb5f0, 0), Effect::Push(5 * 4), "push {{r4-r7, lr}}");
        assert_eq!(effect(0xb401, 0), Effect::Push(4), "push {{r0}}");
        assert_eq!(effect(0xb0ff, 0), Effect::Push(508), "sub sp, #508");
        assert_eq!(effect(0xb07f, 0), Effect::Other, "add sp, #508");
        assert_eq!(effect(0xbdf0, 0), Effect::Other, "pop {{r4-r7, pc}}");
    }

    #[test]
    fn long_pushes_are_counted() {
        assert_eq!(effect(0xe92d, 0x4ff0), Effect::Push(9 * 4), "push.w {{r4-r11, lr}}");
        assert_eq!(effect(0xf84d, 0x8d04), Effect::Push(4), "str r8, [sp, #-4]!");
        assert_eq!(effect(0xe96d, 0x4502), Effect::Push(8), "strd r4, r5, [sp, #-8]!");
        assert_eq!(effect(0xed2d, 0x8b04), Effect::Push(16), "vpush {{d8, d9}}");
        assert_eq!(effect(0xf5ad, 0x7d00), Effect::Push(512), "sub.w sp, sp, #512");
        assert_eq!(effect(0xf6ad, 0x7d04), Effect::Push(0xf04), "subw sp, sp, #3844");
    }

    #[test]
    fn moves_of_the_stack_pointer_are_noticed() {
        assert_eq!(effect(0x44a5, 0), Effect::MoveStackPointer, "add sp, r4");
        assert_eq!(effect(0x46bd, 0), Effect::MoveStackPointer, "mov sp, r7");
        assert_eq!(effect(0x466f, 0), Effect::Other, "mov r7, sp");
        assert_eq!(effect(0xebad, 0x0d01), Effect::MoveStackPointer, "sub.w sp, sp, r1");
    }

    #[test]
    fn branches_reach_both_ways() {
        assert_eq!(effect(0xf000, 0xf801), Effect::Call(0x1000_0106), "bl forward");
        assert_eq!(effect(0xf7ff, 0xfffe), Effect::Call(0x1000_0100), "bl to itself");
        assert_eq!(effect(0xf7ff, 0xbffe), Effect::Branch(0x1000_0100), "b.w to itself");
        assert_eq!(effect(0xf200, 0xf800), Effect::Call(0x1020_0104), "bl 2 MiB ahead");
        assert_eq!(effect(0xf000, 0xd000), Effect::Call(0x10c0_0104), "bl 12 MiB ahead");
        assert_eq!(effect(0xe7fe, 0), Effect::Branch(0x1000_0100), "b to itself");
        assert_eq!(effect(0xd0fe, 0), Effect::Branch(0x1000_0100), "beq to itself");
        assert_eq!(effect(0xf43f, 0xaffe), Effect::Branch(0x1000_0100), "beq.w to itself");
        assert_eq!(effect(0xdefe, 0), Effect::Other, "udf");
    }

    #[test]
    fn branches_through_registers_are_told_from_returns() {
        assert_eq!(effect(0x4798, 0), Effect::BranchIndirect, "blx r3");
        assert_eq!(effect(0x4718, 0), Effect::BranchIndirect, "bx r3");
        assert_eq!(effect(0x4770, 0), Effect::Other, "bx lr");
        assert_eq!(effect(0xf8d0, 0xf000), Effect::BranchIndirect, "ldr.w pc, [r0]");
        assert_eq!(effect(0xf85d, 0xfb04), Effect::Other, "ldr pc, [sp], #4");
    }

    #[test]
    fn halves_of_registers_are_read() {
        let low = Effect::SetLowHalf { register: 12, value: 0x1235 };
        assert_eq!(effect(0xf241, 0x2c35), low, "movw ip, #0x1235");
        let high = Effect::SetHighHalf { register: 12, value: 0x1000 };
        assert_eq!(effect(0xf2c1, 0x0c00), high, "movt ip, #0x1000");
        let with_bit_11 = Effect::SetLowHalf { register: 0, value: 0xf8ff };
        assert_eq!(effect(0xf64f, 0x00ff), with_bit_11, "movw r0, #0xf8ff");
    }

    #[test]
    fn lengths_are_told_by_the_first_half() {
        assert_eq!(decode(0, 0xe7fe, 0).len, 2);
        assert_eq!(decode(0, 0xe92d, 0).len, 4);
        assert_eq!(decode(0, 0xf000, 0xf800).len, 4);
    }

    #[test]
    fn immediates_are_expanded() {
        assert_eq!(expand_immediate(0x0ff), 0xff);
        assert_eq!(expand_immediate(0x1ab), 0x00ab_00ab);
        assert_eq!(expand_immediate(0x2ab), 0xab00_ab00);
        assert_eq!(expand_immediate(0x3ab), 0xabab_abab);
        assert_eq!(expand_immediate(0x400), 0x8000_0000);
        assert_eq!(expand_immediate(0xf00), 0x200);
    }
}

//! Decoding and its text, over every encoding.

use pico_emu::cpu::Instruction;

const ADDRESS: u32 = 0x2000_0000;

#[test]
fn every_halfword_is_an_instruction_or_undefined() {
    let mut undefined = 0;
    for first in (0..=u16::MAX).filter(|&first| !Instruction::is_wide(first)) {
        let instruction = Instruction::decode(ADDRESS, first, 0);
        assert_eq!(instruction.size(), 2, "{first:04x}");
        assert!(!instruction.disassemble(ADDRESS).to_string().is_empty(), "{first:04x}");
        if let Instruction::Undefined { halfword } = instruction {
            assert_eq!(halfword, first);
            undefined += 1;
        }
    }
    // ADD PC, PC; CMP of two low registers, or with PC; BX and BLX with bits that should be zero, or with PC.
    let high_registers = 1 + 64 + 31 + 224 + 2;
    // CBZ and CBNZ; PUSH and POP of nothing; what is around CPS; one of the four REV; IT; and three gaps.
    let miscellaneous = 4 * 256 + 2 + 254 + 64 + 240 + 2 * 256;
    let empty_lists = 16;
    assert_eq!(undefined, high_registers + miscellaneous + empty_lists);
}

#[test]
fn every_pair_of_halfwords_is_an_instruction_or_undefined() {
    for first in (0..=u16::MAX).filter(|&first| Instruction::is_wide(first)) {
        for second in (0..=u16::MAX).step_by(7) {
            let instruction = Instruction::decode(ADDRESS, first, second);
            assert_eq!(instruction.size(), 4, "{first:04x} {second:04x}");
        }
    }
}

#[test]
fn an_instruction_takes_eight_bytes() {
    assert_eq!(size_of::<Instruction>(), 8);
}

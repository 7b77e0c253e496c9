//! What an ELF file tells about firmware.

use pico_emu::debug::SymbolsError;
use pico_uf2::{Chip, Segment};
use rgb_sim::emulated::{DebugInfo, DebugInfoError};

/// A UF2 file that begins the flash memory with these bytes.
fn uf2(bytes: &[u8]) -> Vec<u8> {
    pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes }], Chip::Rp2040).expect("there is such memory")
}

/// The smallest ELF file that puts these bytes there (System V ABI, chapters 4 and 5).
fn elf(bytes: &[u8]) -> Vec<u8> {
    const ARM: u16 = 40;
    let len = bytes.len() as u32;
    let mut file = b"\x7fELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    // An executable for ARM. Its one program header lies behind this header, and the bytes behind that.
    file.extend([2, ARM].map(u16::to_le_bytes).as_flattened());
    file.extend([1, 0x1000_0001, 52, 0, 0].map(u32::to_le_bytes).as_flattened());
    file.extend([52, 32, 1, 40, 0, 0].map(u16::to_le_bytes).as_flattened());
    file.extend([1, 84, 0x1000_0000, 0x1000_0000, len, len, 5, 4].map(u32::to_le_bytes).as_flattened());
    file.extend(bytes);
    file
}

#[test]
fn an_elf_file_of_the_same_program_tells_about_it() {
    assert!(DebugInfo::new(&uf2(&[1; 300]), elf(&[1; 300])).is_ok());
    assert!(DebugInfo::new(&elf(&[1; 300]), elf(&[1; 300])).is_ok());
}

#[test]
fn an_elf_file_of_another_program_is_refused() {
    let error = DebugInfo::new(&uf2(&[1; 300]), elf(&[2; 300])).expect_err("it is another one");
    assert_eq!(error, DebugInfoError::OtherProgram);
}

#[test]
fn what_is_no_elf_file_is_refused() {
    let error = DebugInfo::new(&uf2(&[1; 300]), b"a text".to_vec()).expect_err("it is none");
    assert!(matches!(error, DebugInfoError::Symbols(SymbolsError::Broken(_))), "{error}");
}

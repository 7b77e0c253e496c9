//! The files that are loaded into the flash memory.

use pico_emu::rp2040::{Config, ImageError, Machine};

const FAMILY: u32 = 0xe48b_ff56;

/// A block of a UF2 file.
fn block(flags: u32, address: u32, payload: &[u8], family: u32) -> Vec<u8> {
    let len = u32::try_from(payload.len()).expect("it is short");
    let header = [0x0a32_4655, 0x9e5d_5157, flags, address, len, 0, 1, family];
    let mut block: Vec<u8> = header.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    block.extend(payload);
    block.resize(508, 0);
    block.extend(0x0ab1_6f30_u32.to_le_bytes());
    block
}

/// An ELF file with one segment, which runs elsewhere than it is loaded.
fn elf(address: u32, bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).expect("it is short");
    let mut file = b"\x7fELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([2_u8, 0, 40, 0]);
    for word in [1, 0x1000_0000, 52, 0, 0] {
        file.extend(u32::to_le_bytes(word));
    }
    for halfword in [52_u16, 32, 1, 40, 0, 0] {
        file.extend(halfword.to_le_bytes());
    }
    for word in [1, 84, 0x2000_0000, address, len, len, 5, 4] {
        file.extend(u32::to_le_bytes(word));
    }
    file.extend(bytes);
    file
}

fn loaded(files: &[&[u8]]) -> Result<Machine, ImageError> {
    let mut machine = Machine::new(Config::default());
    for file in files {
        machine.load(file)?;
    }
    Ok(machine)
}

#[test]
fn several_files_are_laid_over_each_other() {
    let firmware =
        [block(0x2000, 0x1000_0000, &[1; 256], FAMILY), block(0x2000, 0x1000_0100, &[2; 256], FAMILY)].concat();
    let settings = block(0x2000, 0x101f_f000, &[3; 256], FAMILY);
    let machine = loaded(&[&firmware, &settings]).expect("both are whole");
    let flash = machine.chip().flash();
    assert_eq!((flash[0], flash[0xff], flash[0x100], flash[0x1ff], flash[0x200]), (1, 1, 2, 2, 0xff));
    assert_eq!((flash[0x1f_efff], flash[0x1f_f000], flash[0x1f_f100]), (0xff, 3, 0xff));
}

#[test]
fn blocks_that_are_not_for_the_flash_memory_are_left_out() {
    let machine = loaded(&[&block(0x2001, 0x1000_0000, &[1; 256], FAMILY)]).expect("it is whole");
    assert_eq!(machine.chip().flash()[0], 0xff);
}

#[test]
fn an_elf_file_is_loaded_to_its_physical_addresses() {
    let machine = loaded(&[&elf(0x1000_0400, &[7; 32])]).expect("it is whole");
    assert_eq!(machine.chip().flash()[0x3ff..0x421], [&[0xff], &[7; 32][..], &[0xff]].concat());
}

#[test]
fn anything_else_begins_where_the_flash_memory_does() {
    let machine = loaded(&[&[9, 8, 7]]).expect("it fits");
    assert_eq!(machine.chip().flash()[..4], [9, 8, 7, 0xff]);
}

#[test]
fn broken_files_are_told_apart() {
    let problem = |file: &[u8]| loaded(&[file]).expect_err("it is broken");
    let whole = block(0x2000, 0x1000_0000, &[1; 256], FAMILY);
    assert_eq!(problem(&[&whole[..], &whole[..100]].concat()), ImageError::BrokenUf2 { offset: 512 });
    let other = block(0x2000, 0x1000_0000, &[1; 256], 0xe48b_ff59);
    assert_eq!(problem(&other), ImageError::OtherFamily { family: 0xe48b_ff59 });
    let outside = block(0x2000, 0x1020_0000, &[1; 256], FAMILY);
    assert_eq!(problem(&outside), ImageError::OutsideFlash { address: 0x1020_0000, len: 256 });
    let truncated = &elf(0x1000_0400, &[7; 32])[..100];
    assert!(matches!(problem(truncated), ImageError::BrokenElf { .. }));
}

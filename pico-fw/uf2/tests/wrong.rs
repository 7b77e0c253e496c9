//! Files that are refused: each with its error, and what to do in words.

use pico_uf2::{Chip, FLASH_START, ReadError, Segment, decode, decode_families};

/// The header's words, by their offsets.
const FLAGS: usize = 8;
const ADDRESS: usize = 12;
const PAYLOAD_LEN: usize = 16;
const NUMBER: usize = 20;
const COUNT: usize = 24;
/// Behind the page.
const TAG: usize = 32 + 256;

/// A file of three blocks.
fn file(chip: Chip) -> Vec<u8> {
    pico_uf2::encode(&[Segment { address: FLASH_START, bytes: &[7; 600] }], chip).expect("it fits the flash memory")
}

fn set(file: &mut [u8], block: usize, at: usize, word: u32) {
    file[block * 512 + at..][..4].copy_from_slice(&word.to_le_bytes());
}

/// The file with one word of its second block changed.
fn with(at: usize, word: u32) -> Vec<u8> {
    let mut file = file(Chip::Rp2040);
    set(&mut file, 1, at, word);
    file
}

#[test]
fn each_fault_has_its_error_and_names_its_block() {
    let block = 1;
    for (file, expected) in [
        (with(0, 0), ReadError::Magic { block }),
        (with(4, 0), ReadError::Magic { block }),
        (with(508, 0), ReadError::Magic { block }),
        (with(FLAGS, 0), ReadError::NoFamily { block }),
        (with(FLAGS, 0x3000), ReadError::FileContainer { block }),
        (with(PAYLOAD_LEN, 255), ReadError::PayloadLen { block, len: 255 }),
        (with(PAYLOAD_LEN, 476), ReadError::PayloadLen { block, len: 476 }),
        (with(ADDRESS, 0x1000_0104), ReadError::Unaligned { block, address: 0x1000_0104 }),
        (with(ADDRESS, FLASH_START), ReadError::AddressTwice { block, address: FLASH_START }),
        (with(COUNT, 4), ReadError::Count { block, count: 4, expected: 3 }),
        (with(NUMBER, 3), ReadError::Number { block, number: 3, count: 3 }),
        (with(NUMBER, 0), ReadError::NumberTwice { block, number: 0 }),
    ] {
        let error = decode(&file).unwrap_err();
        assert_eq!(error, expected);
        let text = error.to_string();
        assert!(text.starts_with("block 1") && text.contains("make "), "{text}");
    }
}

#[test]
fn what_is_no_uf2_file_is_said_to_be_none() {
    for file in [&b""[..], b"\x7fELF", b"UF2\n", &[0xff; 1024]] {
        assert_eq!(decode(file), Err(ReadError::NotUf2));
    }
}

#[test]
fn a_file_that_was_cut_short_is_refused_wherever_the_cut_is() {
    let file = file(Chip::Rp2040);
    assert_eq!(decode(&file[..1000]), Err(ReadError::Truncated { len: 1000 }));
    let missing = |number| Err(ReadError::Missing { family: Chip::Rp2040.uf2_family(), number, count: 3 });
    assert_eq!(decode(&file[..1024]), missing(2));
    assert_eq!(decode(&file[512..]), missing(0));
    assert_eq!(decode(&[&file[..512], &file[1024..]].concat()), missing(1));
}

#[test]
fn a_count_beyond_all_bounds_costs_nothing() {
    let mut file = file(Chip::Rp2040);
    for block in 0..3 {
        set(&mut file, block, COUNT, u32::MAX);
    }
    assert!(matches!(decode(&file), Err(ReadError::Missing { number: 3, count: u32::MAX, .. })));
}

#[test]
fn files_for_several_families_are_taken_apart_or_refused() {
    let both = [file(Chip::Rp2350), file(Chip::Rp2040)].concat();
    let chips: Vec<_> = decode_families(&both).unwrap().iter().map(pico_uf2::Image::chip).collect();
    assert_eq!(chips, [Some(Chip::Rp2350), Some(Chip::Rp2040)]);
    let [other, first] = Chip::ALL.map(Chip::uf2_family);
    assert_eq!(decode(&both), Err(ReadError::Families { first, other }));
}

#[test]
fn a_family_of_another_chip_is_read_and_named() {
    let mut file = file(Chip::Rp2040);
    for block in 0..3 {
        set(&mut file, block, 28, 0x1234_5678);
    }
    let image = decode(&file).unwrap();
    assert_eq!((image.family(), image.chip(), image.pages().len()), (0x1234_5678, None, 3));
}

/// Tools of others put such a block before an RP2350's image, with numbers that fit nothing.
#[test]
fn a_block_that_boards_pass_over_is_passed_over() {
    let image = file(Chip::Rp2350);
    let mut ignored = image[..512].to_vec();
    set(&mut ignored, 0, FLAGS, 0xa000);
    set(&mut ignored, 0, TAG, 0x9957_e304);
    set(&mut ignored, 0, COUNT, 2);
    assert_eq!(decode(&[&*ignored, &image].concat()), decode(&image));

    let mut not_for_flash = image[..512].to_vec();
    set(&mut not_for_flash, 0, FLAGS, 0x2001);
    assert_eq!(decode(&[&*image, &not_for_flash].concat()), decode(&image));

    assert_eq!(decode(&ignored), Err(ReadError::Empty));
}

#[test]
fn another_tag_changes_nothing() {
    let mut tagged = file(Chip::Rp2350);
    set(&mut tagged, 0, FLAGS, 0xa000);
    set(&mut tagged, 0, TAG, 0x9957_e305);
    assert_eq!(decode(&tagged), decode(&file(Chip::Rp2350)));
}

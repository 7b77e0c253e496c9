//! Checksums over what a channel reads. The values are those that the catalogue of CRC algorithms gives for the check
//! string.

use super::*;

const SNIFF_CTRL: u32 = DMA + 0x434;
const SNIFF_DATA: u32 = DMA + 0x438;

const CHECK: &[u8] = b"123456789";
const ON: u32 = 1;
const SNIFF_BSWAP: u32 = 1 << 9;
const OUT_REV: u32 = 1 << 10;
const OUT_INV: u32 = 1 << 11;

const fn calculation(number: u32) -> u32 {
    number << 5
}

/// What comes of some bytes, moved in units of the size that CTRL says.
fn sniff(sniffer: u32, seed: u32, bytes: &[u8], size: u32) -> u32 {
    let mut chip = Chip::new();
    for (address, byte) in (FROM..).zip(bytes) {
        chip.rp2040.store(address, *byte).expect("it is in SRAM");
    }
    chip.write(SNIFF_CTRL, sniffer);
    chip.write(SNIFF_DATA, seed);
    chip.start(0, bytes.len() as u32 >> (size >> 2), COPY & !WORD | size | SNIFF_EN);
    chip.pass(100);
    assert!(!chip.is_busy(0));
    chip.read(SNIFF_DATA)
}

#[test]
fn crc_32_is_that_of_bzip2_or_with_reversed_bits_that_of_ethernet() {
    assert_eq!(sniff(ON | calculation(0) | OUT_INV, u32::MAX, CHECK, 0), 0xfc89_1918);
    assert_eq!(sniff(ON | calculation(1) | OUT_REV | OUT_INV, u32::MAX, CHECK, 0), 0xcbf4_3926);
}

#[test]
fn crc_16_is_that_of_the_ccitt() {
    assert_eq!(sniff(ON | calculation(2), 0xffff, CHECK, 0), 0x29b1);
    // CRC-16/MCRF4XX: reversed in and out, so that the result stands in the upper half.
    assert_eq!(sniff(ON | calculation(3) | OUT_REV, 0xffff, CHECK, 0), 0x6f91 << 16);
}

#[test]
fn the_size_of_transfers_does_not_matter_to_a_reversed_crc_nor_with_swapped_bytes_to_another() {
    let bytes = &CHECK[..8];
    for size in [HALFWORD, WORD] {
        assert_eq!(sniff(ON | calculation(1), u32::MAX, bytes, size), sniff(ON | calculation(1), u32::MAX, bytes, 0));
        assert_eq!(sniff(ON | calculation(0) | SNIFF_BSWAP, 0, bytes, size), sniff(ON | calculation(0), 0, bytes, 0));
    }
}

#[test]
fn a_sum_and_the_parity() {
    assert_eq!(sniff(ON | calculation(0xf), 5, &[1, 2, 250, 255], 0), 513);
    assert_eq!(sniff(ON | calculation(0xf), 5, &[1, 2, 250, 255], WORD), 0xfffa_0206);
    assert_eq!(sniff(ON | calculation(0xe), 0, &[0b111, 0b1], 0), 0);
    assert_eq!(sniff(ON | calculation(0xe), 0, &[0b111, 0b11], 0), 1);
}

#[test]
fn it_looks_at_one_channel_that_lets_it() {
    assert_eq!(sniff(calculation(0xf), 0, CHECK, 0), 0);
    assert_eq!(sniff(ON | 1 << 1 | calculation(0xf), 0, CHECK, 0), 0);
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2]);
    chip.write(SNIFF_CTRL, ON | calculation(0xf));
    chip.start(0, 2, COPY);
    chip.pass(2);
    assert_eq!(chip.read(SNIFF_DATA), 0);
}

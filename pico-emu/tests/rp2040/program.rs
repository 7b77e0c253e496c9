//! Programs in flash memory, written as Thumb instructions.

use std::time::Duration;

use pico_emu::rp2040::{Config, Machine, Stop};

/// Where the vector table of a program lies, behind the second stage.
pub(crate) const VECTORS: u32 = 0x1000_0100;
/// Where its code begins.
pub(crate) const CODE: u32 = 0x1000_0200;
/// The first bytes of SRAM, where programs leave results.
pub(crate) const RESULTS: u32 = 0x2000_0000;

/// `b .`
pub(crate) const STAY: u16 = 0xe7fe;

/// The second stage: it goes on with the vector table behind it.
///
/// ldr r0, =VECTORS; ldr r1, =VTOR; str r0, [r1]; ldm r0, {r0, r1}; msr msp, r0; bx r1
const SECOND_STAGE: [u16; 12] =
    [0x4803, 0x4904, 0x6008, 0xc803, 0xf380, 0x8808, 0x4708, 0x46c0, 0x0100, 0x1000, 0xed08, 0xe000];

/// A flash image with a second stage, a vector table, and code.
pub(crate) fn image(code: &[u16]) -> Vec<u8> {
    let mut image: Vec<u8> = SECOND_STAGE.iter().flat_map(|halfword| halfword.to_le_bytes()).collect();
    image.resize(252, 0);
    let checksum = crc32(&image);
    image.extend(checksum.to_le_bytes());
    image.extend(0x2004_0000_u32.to_le_bytes());
    image.extend((CODE | 1).to_le_bytes());
    image.resize((CODE - 0x1000_0000) as usize, 0);
    image.extend(code.iter().flat_map(|halfword| halfword.to_le_bytes()));
    image
}

/// A machine that has run a program for a while.
pub(crate) fn run(code: &[u16], time: Duration) -> (Machine, Stop) {
    let mut machine = Machine::new(Config::default());
    machine.load(&image(code)).expect("it fits");
    let stop = machine.run_until(time);
    (machine, stop)
}

/// The two halfwords of a literal.
pub(crate) fn word(value: u32) -> [u16; 2] {
    [value as u16, (value >> 16) as u16]
}

/// The checksum of the second stage, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1))) {
        let feedback = crc >> 31 ^ bit;
        crc = (crc << 1) ^ (feedback * 0x04c1_1db7);
    }
    crc
}

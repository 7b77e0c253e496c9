//! The sniffer: a checksum over what a channel reads (RP2040 datasheet, 2.5.5.2).

use super::channel::swap_bytes;
use crate::bus::Width;

const EN: u32 = 1 << 0;
const BSWAP: u32 = 1 << 9;
const OUT_REV: u32 = 1 << 10;
const OUT_INV: u32 = 1 << 11;
const MASK: u32 = 0xfff;

const CRC32: u32 = 0x04c1_1db7;
const CRC16: u32 = 0x1021;

/// `SNIFF_CTRL.CALC`.
#[derive(Clone, Copy, Debug, Default)]
enum Calculation {
    #[default]
    Crc32,
    Crc32Reversed,
    Crc16,
    Crc16Reversed,
    Even,
    Sum,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sniffer {
    control: u32,
    calculation: Calculation,
    data: u32,
}

impl Sniffer {
    pub(super) const fn control(&self) -> u32 {
        self.control
    }

    /// Writes `SNIFF_CTRL`. `None` for a calculation that the chip does not have.
    pub(super) const fn set_control(&mut self, value: u32) -> Option<()> {
        self.calculation = match value >> 5 & 0xf {
            0x0 => Calculation::Crc32,
            0x1 => Calculation::Crc32Reversed,
            0x2 => Calculation::Crc16,
            0x3 => Calculation::Crc16Reversed,
            0xe => Calculation::Even,
            0xf => Calculation::Sum,
            _ => return None,
        };
        self.control = value & MASK;
        Some(())
    }

    /// Writes `SNIFF_DATA`, where a calculation begins.
    pub(super) const fn seed(&mut self, value: u32) {
        self.data = value;
    }

    /// Reads `SNIFF_DATA`.
    pub(super) const fn result(&self) -> u32 {
        let reversed = if self.control & OUT_REV != 0 { self.data.reverse_bits() } else { self.data };
        if self.control & OUT_INV != 0 { !reversed } else { reversed }
    }

    /// Whether it looks at a channel.
    pub(super) const fn observes(&self, channel: usize) -> bool {
        self.control & EN != 0 && (self.control >> 1 & 0xf) as usize == channel
    }

    /// The channel has read this.
    pub(super) fn pass(&mut self, data: u32, width: Width) {
        let bits = 8 * width.bytes();
        let data = if self.control & BSWAP != 0 { swap_bytes(data, width) } else { data };
        let reversed = data.reverse_bits() >> (32 - bits);
        self.data = match self.calculation {
            Calculation::Crc32 => crc(self.data, 32, CRC32, data, bits),
            Calculation::Crc32Reversed => crc(self.data, 32, CRC32, reversed, bits),
            Calculation::Crc16 => crc(self.data, 16, CRC16, data, bits),
            Calculation::Crc16Reversed => crc(self.data, 16, CRC16, reversed, bits),
            Calculation::Even => self.data ^ data.count_ones() & 1,
            Calculation::Sum => self.data.wrapping_add(data),
        };
    }
}

/// Takes `bits` bits into a remainder of so many bits, the highest first.
fn crc(remainder: u32, remainder_bits: u32, polynomial: u32, data: u32, bits: u32) -> u32 {
    (0..bits).rev().fold(remainder, |remainder, bit| {
        let feedback = remainder >> (remainder_bits - 1) & 1 ^ data >> bit & 1;
        (remainder << 1 ^ if feedback == 0 { 0 } else { polynomial }) & (u32::MAX >> (32 - remainder_bits))
    })
}

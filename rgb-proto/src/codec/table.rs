//! The codec for 64-bit hosts: wide loads, no loop, digits from a table.

use super::{MAX_REPLY_LEN, MIN_REPLY_LEN, Reply};
use crate::color::Rgb;

/// For each value its digits and a comma, first digit in the lowest byte, and in the top byte their length in bits.
const DIGITS: [u64; 256] = {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let digits = [value / 100, value / 10 % 10, value % 10];
        let mut text = 0u64;
        let mut bits = 0;
        let mut index = if value >= 100 {
            0
        } else if value >= 10 {
            1
        } else {
            2
        };
        while index < 3 {
            text |= (b'0' as u64 + digits[index]) << bits;
            bits += 8;
            index += 1;
        }
        text |= (b',' as u64) << bits;
        bits += 8;
        table[value as usize] = text | bits << 56;
        value += 1;
    }
    table
};

#[inline]
pub(super) fn encode(color: Rgb) -> Reply {
    const TEXT: u64 = u32::MAX as u64;
    let [r, g, b] = [color.r, color.g, color.b].map(|value| DIGITS[usize::from(value)]);
    let r_bits = r >> 56;
    let rg_bits = r_bits + (g >> 56);
    // The last comma is not part of the reply.
    let b_bits = (b >> 56) - 8;
    let b_text = b & ((1 << b_bits) - 1);
    // Two numbers with their commas are at most eight bytes.
    let rg_text = (r & TEXT) | (g & TEXT) << r_bits;
    let text = u128::from(rg_text) | u128::from(b_text) << rg_bits;
    Reply::new(text.to_le_bytes(), ((rg_bits + b_bits) >> 3) as u8)
}

/// The colour of a valid strict reply, or nothing.
#[inline]
pub(super) fn decode(reply: &[u8]) -> Option<Rgb> {
    const COMMAS: u128 = u128::from_le_bytes([b','; 16]);
    const LOW: u128 = u128::from_le_bytes([0x01; 16]);
    const HIGH: u128 = u128::from_le_bytes([0x80; 16]);
    let len = reply.len();
    if !(MIN_REPLY_LEN..=MAX_REPLY_LEN).contains(&len) {
        return None;
    }
    // Two loads that overlap in the middle, and so agree there.
    let text = if let (Some(front), Some(back)) = (reply.first_chunk::<8>(), reply.last_chunk::<8>()) {
        u128::from(u64::from_le_bytes(*front)) | u128::from(u64::from_le_bytes(*back)) << (8 * (len - 8))
    } else {
        let (front, back) = (reply.first_chunk::<4>()?, reply.last_chunk::<4>()?);
        u128::from(u32::from_le_bytes(*front)) | u128::from(u32::from_le_bytes(*back)) << (8 * (len - 4))
    };
    // The lowest marked byte is a comma for sure; a false mark can only follow a true one, and the digits' check
    // refuses what it leads to.
    let difference = text ^ COMMAS;
    let marks = difference.wrapping_sub(LOW) & !difference & HIGH;
    let first = marks.trailing_zeros() / 8;
    let rest = marks & marks.wrapping_sub(1);
    let second = rest.trailing_zeros() / 8;
    let r = number(text, 0, first)?;
    let g = number(text, first + 1, second)?;
    let b = number(text, second + 1, len as u32)?;
    Some(Rgb::new(r, g, b))
}

/// The number of the one to three digits in bytes `from..to`.
#[inline]
fn number(text: u128, from: u32, to: u32) -> Option<u8> {
    let len = to.wrapping_sub(from);
    if len.wrapping_sub(1) > 2 {
        return None;
    }
    let word = (text >> (8 * from)) as u32;
    // Digits to the top: hundreds in byte 1, tens in byte 2, ones in byte 3.
    let digits = word << (8 * (4 - len));
    let expected = 0x3030_3030 << (8 * (4 - len));
    let values = digits ^ expected;
    if (values | values.wrapping_add(0x7676_7676)) & 0x8080_8080 != 0 {
        return None;
    }
    let ordered = values.swap_bytes();
    let least = [0, 0, 0x100, 0x1_0000][len as usize & 3];
    if ordered < least {
        return None;
    }
    let value = (ordered >> 16) * 100 + (ordered >> 8 & 0xff) * 10 + (ordered & 0xff);
    u8::try_from(value).ok()
}

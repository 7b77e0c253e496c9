//! The codec for 64-bit hosts: no loop, and no branch that depends on how long a number is.
//!
//! What bounds both directions is the number of arithmetic operations, while loads are to spare: so whatever depends on
//! a length or a value comes from a table.

use super::Reply;
use crate::color::Rgb;

/// What one number contributes to a reply.
#[derive(Clone, Copy)]
struct Text {
    /// The digits, behind a comma or alone; first byte lowest, zeros behind the last.
    bytes: u32,
    /// Two sums in the making, so that one addition does for both: in the low half by how many bits the next text moves
    /// up, modulo 64, and in the high half how long the reply is, in bytes.
    sizes: u32,
}

/// A first number.
const FIRST: [Text; 256] = texts(false);
/// A second or third number, behind its comma.
const NEXT: [Text; 256] = texts(true);

const fn texts(behind_comma: bool) -> [Text; 256] {
    let mut table = [Text { bytes: 0, sizes: 0 }; 256];
    let mut value = 0;
    while value < 256 {
        let (digits, len) = digits(value as u8);
        table[value] = if behind_comma {
            // Two numbers and a comma are 24 bits at least; `encode` moves the third text by those on its own.
            Text { bytes: digits << 8 | b',' as u32, sizes: (8 * len + 8 + 64 - 24) | ((1 + len) << 16) }
        } else {
            Text { bytes: digits, sizes: (8 * len) | (len << 16) }
        };
        value += 1;
    }
    table
}

/// A value's digits, the first in the lowest byte, and how many they are.
const fn digits(value: u8) -> (u32, u32) {
    let [hundreds, tens, ones] = [b'0' + value / 100, b'0' + value / 10 % 10, b'0' + value % 10];
    match value {
        0..10 => (u32::from_le_bytes([ones, 0, 0, 0]), 1),
        10..100 => (u32::from_le_bytes([tens, ones, 0, 0]), 2),
        100.. => (u32::from_le_bytes([hundreds, tens, ones, 0]), 3),
    }
}

#[inline]
pub(super) fn encode(color: Rgb) -> Reply {
    let (r, g, b) = (FIRST[usize::from(color.r)], NEXT[usize::from(color.g)], NEXT[usize::from(color.b)]);
    let rg_sizes = r.sizes + g.sizes;
    let rg = u64::from(r.bytes) | u64::from(g.bytes) << (r.sizes & 63);
    // The last 24 bits of the way are the same for all, which leaves the variable part room in 64 bits.
    let b_text = u128::from(u64::from(b.bytes) << (rg_sizes & 63)) << 24;
    Reply::new((u128::from(rg) | b_text).to_le_bytes(), ((rg_sizes + b.sizes) >> 16) as u8)
}

/// The colour of a valid strict reply, or nothing.
///
/// The first comma is looked for in the first four bytes, the second in the last four; the second number must be what
/// lies between. Each number, with the comma in front of it, is then moved to the top of a word for [`number`].
#[inline]
pub(super) fn decode(reply: &[u8]) -> Option<Rgb> {
    // The bit that is set in digits and not in commas.
    const D: u8 = 0x10;
    const INNER: u32 = u32::from_le_bytes([0, D, D, 0]);
    let front = u32::from_le_bytes(*reply.first_chunk()?);
    let back = u32::from_le_bytes(*reply.last_chunk()?);
    // A comma that is in neither of two places is taken to be in the third: if it is not, `number` refuses the text
    // that should begin with it.
    let r_comma = ((front & INNER) ^ u32::from_le_bytes([0, D, D, D])).trailing_zeros();
    let b_comma = ((back & INNER) ^ u32::from_le_bytes([D, D, D, 0])).ilog2();
    let r_len = r_comma as usize / 8;
    let middle = u32::from_le_bytes(*reply.get(r_len..r_len + 4)?.first_chunk()?);
    // By how many bits a number is short of three digits. The three share what the reply is short of its most, 88.
    let r_shift = 28 - r_comma;
    let b_shift = b_comma - 4;
    let g_shift = u64::from(88 - r_shift - b_shift).wrapping_sub((reply.len() as u64).wrapping_mul(8));
    if g_shift > 16 {
        return None;
    }
    let (r, r_wrong) = number((front << 8 | u32::from(b',')) << r_shift, r_shift);
    let (g, g_wrong) = number(middle << g_shift, g_shift as u32);
    let (b, b_wrong) = number(back & u32::MAX << b_shift, b_shift);
    (r_wrong | g_wrong | b_wrong == 0).then_some(Rgb::new(r, g, b))
}

/// The value of a comma and digits at the top of a word, moved there by `shift` bits; and 0 if they are just that, or
/// else anything but 0: arithmetic makes a value of any four bytes, and the table has the four that it must come from.
#[inline]
fn number(text: u32, shift: u32) -> (u8, u32) {
    let value = value(text, shift);
    (value, ALIGNED[usize::from(value)] ^ text)
}

/// Takes the comma and the zero of each digit away, then adds up, in the highest byte, the ones there, ten times the
/// tens below and a hundred times the hundreds below those.
#[inline]
const fn value(text: u32, shift: u32) -> u8 {
    const ZERO: u32 = u32::from_le_bytes(*b",000");
    (text.wrapping_sub(ZERO << shift).wrapping_mul(100 << 16 | 10 << 8 | 1) >> 24) as u8
}

/// Each value's comma and digits, at the top.
const ALIGNED: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (digits, len) = digits(at as u8);
        let text = (digits << 8 | b',' as u32) << (24 - 8 * len);
        // It has its value with the right shift, and with no other.
        assert!(value(text, 24 - 8 * len) as usize == at);
        assert!(value(text, (24 - 8 * len + 8) % 24) as usize != at);
        assert!(value(text, (24 - 8 * len + 16) % 24) as usize != at);
        table[at] = text;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::super::{Mode, compact};
    use super::*;

    /// Every change of two bytes in one reply of each shape: what one wrong byte leads to, another could make up for.
    #[test]
    fn all_two_byte_changes_decode_as_by_the_grammar() {
        const VALUES: [u8; 3] = [7, 25, 112];
        for shape in 0..27 {
            let [r, g, b] = [shape / 9, shape / 3 % 3, shape % 3].map(|index| VALUES[index]);
            let valid = encode(Rgb::new(r, g, b));
            for second in 1..valid.len() {
                for first in 0..second {
                    let mut changed = [0; Reply::STORAGE_LEN];
                    let changed = &mut changed[..valid.len()];
                    changed.copy_from_slice(&valid);
                    for bytes in 0..=u16::MAX {
                        [changed[first], changed[second]] = bytes.to_le_bytes();
                        assert_eq!(decode(changed), compact::decode(changed, Mode::Strict).ok(), "{changed:?}");
                    }
                }
            }
        }
    }
}

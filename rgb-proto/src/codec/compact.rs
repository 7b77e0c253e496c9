//! The codec for small targets: byte by byte, no tables, no 64-bit arithmetic, no division.

#[cfg(any(not(target_pointer_width = "64"), test))]
use super::Reply;
use super::{DecodeError, Mode, ReplyDecoder};
use crate::color::Rgb;

/// Encodes without division, which a Cortex-M0+ does not have.
#[cfg(any(not(target_pointer_width = "64"), test))]
pub(super) fn encode(color: Rgb) -> Reply {
    let mut bytes = [0; Reply::STORAGE_LEN];
    let mut len = 0;
    // Three numbers and two commas are at most eleven bytes, so there is always room.
    let mut put = |len: &mut usize, byte| {
        if let Some(slot) = bytes.get_mut(*len) {
            *slot = byte;
        }
        *len += 1;
    };
    for mut rest in [color.r, color.g, color.b] {
        if len > 0 {
            put(&mut len, b',');
        }
        let start = len;
        for power in [100, 10] {
            let mut digit = b'0';
            while rest >= power {
                rest -= power;
                digit += 1;
            }
            if len > start || digit > b'0' {
                put(&mut len, digit);
            }
        }
        put(&mut len, b'0' + rest);
    }
    Reply::new(bytes, len as u8)
}

/// Decodes a whole reply with the incremental decoder.
///
/// Never inlined: next to the wide decoder it would take the registers from the valid replies' way.
#[inline(never)]
pub(super) fn decode(reply: &[u8], mode: Mode) -> Result<Rgb, DecodeError> {
    let mut decoder = ReplyDecoder::new(mode);
    decoder.push(reply)?;
    decoder.finish()
}

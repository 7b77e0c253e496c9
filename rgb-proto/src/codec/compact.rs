//! The codec for small targets: byte by byte, no tables, no 64-bit arithmetic, no division.

#[cfg(any(not(target_pointer_width = "64"), test))]
use super::Reply;
use super::{DecodeError, Mode, ReplyDecoder};
use crate::color::Rgb;

/// Encodes without division, which a Cortex-M0+ does not have.
#[cfg(any(not(target_pointer_width = "64"), test))]
pub(super) fn encode(color: Rgb) -> Reply {
    let mut bytes = [0; Reply::STORAGE_LEN];
    let mut len = 0u8;
    {
        let mut free = bytes.iter_mut();
        let mut put = |byte: u8| {
            // Three numbers and two commas are at most eleven bytes, so there is always room.
            if let Some(slot) = free.next() {
                *slot = byte;
                len += 1;
            }
        };
        for (index, value) in [color.r, color.g, color.b].into_iter().enumerate() {
            if index > 0 {
                put(b',');
            }
            let mut rest = value;
            let mut significant = false;
            for power in [100, 10] {
                let mut digit = b'0';
                while rest >= power {
                    rest -= power;
                    digit += 1;
                }
                if significant || digit > b'0' {
                    significant = true;
                    put(digit);
                }
            }
            put(b'0' + rest);
        }
    }
    Reply::new(bytes, len)
}

/// Decodes a whole reply with the incremental decoder.
pub(super) fn decode(reply: &[u8], mode: Mode) -> Result<Rgb, DecodeError> {
    let mut decoder = ReplyDecoder::new(mode);
    decoder.push(reply)?;
    decoder.finish()
}

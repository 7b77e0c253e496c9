//! Replies to bytes and back (PROTOCOL.md, REP and LEN clauses).
//!
//! [`compact`] walks bytes one at a time and is what small targets run; [`decoder`] is its incremental form and the
//! one statement of the grammar. [`table`] does the same in a few wide operations where 64-bit registers and cache for
//! a table are at hand; it answers valid replies only and leaves every error to the grammar.

mod compact;
mod decoder;
mod error;
mod reply;
#[cfg(any(target_pointer_width = "64", test))]
mod table;

#[cfg(feature = "bytes")]
mod bytes;

pub use decoder::{Mode, ReplyDecoder, Status};
pub use error::{BufferTooSmall, DecodeError, DecodeErrorKind};
pub use reply::Reply;

use crate::color::Rgb;

/// The shortest reply, `0,0,0` (REP-1).
pub const MIN_REPLY_LEN: usize = 5;

/// The longest strict reply, `255,255,255` (REP-1).
pub const MAX_REPLY_LEN: usize = 11;

/// The longest reply that the lenient grammar takes, the length of the tutorial client's one read (LEN-4).
pub const MAX_LENIENT_REPLY_LEN: usize = 512;

#[cfg(target_pointer_width = "64")]
#[inline]
pub(crate) fn encode(color: Rgb) -> Reply {
    table::encode(color)
}

#[cfg(not(target_pointer_width = "64"))]
pub(crate) fn encode(color: Rgb) -> Reply {
    compact::encode(color)
}

/// The colour that a whole reply carries.
///
/// # Errors
///
/// [`DecodeError`] with the offset, the component and the kind of the first thing wrong.
#[inline]
pub fn decode(reply: &[u8], mode: Mode) -> Result<Rgb, DecodeError> {
    // What the strict grammar takes, the lenient one takes with the same meaning.
    #[cfg(target_pointer_width = "64")]
    if let Some(color) = table::decode(reply) {
        return Ok(color);
    }
    compact::decode(reply, mode)
}

#[cfg(test)]
mod equality {
    //! The two implementations agree on every input that matters.

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_colours_encode_alike_in_both_implementations() {
        for packed in 0..1u32 << 24 {
            let [b, g, r, _] = packed.to_le_bytes();
            let color = Rgb::new(r, g, b);
            let (table, compact) = (table::encode(color), compact::encode(color));
            assert_eq!(&table[..], &compact[..], "{color:?}");
        }
    }

    #[test]
    fn all_colours_decode_alike_in_both_implementations() {
        for packed in 0..1u32 << 24 {
            let [b, g, r, _] = packed.to_le_bytes();
            let reply = table::encode(Rgb::new(r, g, b));
            assert_eq!(table::decode(&reply), compact::decode(&reply, Mode::Strict).ok());
        }
    }

    /// Every string of up to eight bytes over bytes on both sides of each edge of the grammar.
    #[test]
    fn all_short_strings_over_the_edge_alphabet_decode_alike() {
        const ALPHABET: [u8; 7] = [b'0', b'2', b'6', b'9', b',', b'/', b':'];
        for len in 0..=8u32 {
            let mut text = [0u8; 8];
            for mut index in 0..7usize.pow(len) {
                for byte in &mut text[..len as usize] {
                    *byte = ALPHABET[index % 7];
                    index /= 7;
                }
                let reply = &text[..len as usize];
                assert_eq!(table::decode(reply), compact::decode(reply, Mode::Strict).ok(), "{reply:?}");
            }
        }
    }

    /// Every one-byte change of every shape of reply.
    #[test]
    fn all_single_byte_changes_decode_alike() {
        const VALUES: [u8; 8] = [0, 9, 10, 99, 100, 199, 249, 255];
        for (r, g, b) in
            VALUES.iter().flat_map(|&r| VALUES.iter().flat_map(move |&g| VALUES.iter().map(move |&b| (r, g, b))))
        {
            let valid = compact::encode(Rgb::new(r, g, b));
            for at in 0..valid.len() {
                for byte in 0..=255u8 {
                    let mut changed = valid.to_vec();
                    changed[at] = byte;
                    assert_eq!(table::decode(&changed), compact::decode(&changed, Mode::Strict).ok(), "{changed:?}");
                }
            }
        }
    }

    proptest! {
        // No regression files: a failure shows the reply that it needs.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn arbitrary_bytes_decode_alike(reply in proptest::collection::vec(any::<u8>(), 0..24)) {
            prop_assert_eq!(table::decode(&reply), compact::decode(&reply, Mode::Strict).ok());
        }

        #[test]
        fn near_replies_decode_alike(reply in "[0-9]{0,4},{0,2}[0-9]{0,4},[0-9 ]{0,4}[,\n]?") {
            prop_assert_eq!(table::decode(reply.as_bytes()), compact::decode(reply.as_bytes(), Mode::Strict).ok());
        }
    }
}

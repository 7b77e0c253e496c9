//! What can be wrong with a reply or a buffer.

use core::fmt;

use super::MAX_LENIENT_REPLY_LEN;
use crate::color::Component;

/// The peer sent a reply that is not `r,g,b`: what is wrong, where, and in which number (ERR-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DecodeError {
    kind: DecodeErrorKind,
    component: Component,
    offset: u16,
}

impl DecodeError {
    pub(super) const fn new(kind: DecodeErrorKind, component: Component, offset: u16) -> Self {
        Self { kind, component, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> DecodeErrorKind {
        self.kind
    }

    /// The number it is wrong in: the one being read, or the one still missing.
    #[must_use]
    pub const fn component(self) -> Component {
        self.component
    }

    /// Where, in bytes from the start of the reply, 0 to 512: the offending byte, the first digit of an offending
    /// number, or the reply's length when it ended too early.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset as usize
    }
}

/// What is wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DecodeErrorKind {
    /// A byte that has no place there; strict replies hold digits and commas only.
    UnexpectedByte(u8),
    /// A comma where a number must stand.
    MissingNumber,
    /// A number of several digits that starts with 0; the lenient grammar takes it.
    LeadingZero,
    /// A number above 255.
    OutOfRange,
    /// A comma behind the third number.
    ExtraNumber,
    /// The reply ended before its third number.
    UnexpectedEnd,
    /// More than 512 bytes, in the lenient grammar.
    TooLong,
}

impl DecodeErrorKind {
    /// The kind's name in the conformance vectors, such as `leading_zero`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnexpectedByte(_) => "unexpected_byte",
            Self::MissingNumber => "missing_number",
            Self::LeadingZero => "leading_zero",
            Self::OutOfRange => "out_of_range",
            Self::ExtraNumber => "extra_number",
            Self::UnexpectedEnd => "unexpected_end",
            Self::TooLong => "too_long",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { component, offset, .. } = *self;
        match self.kind {
            DecodeErrorKind::UnexpectedByte(byte) => {
                write!(f, "found {} at byte {offset}, in the {component} number: ", Byte(byte))?;
                f.write_str(if byte.is_ascii_whitespace() || byte == 0x0b {
                    "a reply has no spaces or line ends unless lenient decoding is on"
                } else {
                    "a reply is three numbers from 0 to 255 with commas between, such as 12,0,255"
                })
            }
            DecodeErrorKind::MissingNumber => {
                write!(f, "the {component} number is missing: found a comma in its place at byte {offset}")
            }
            DecodeErrorKind::LeadingZero => {
                write!(
                    f,
                    "the {component} number, at byte {offset}, starts with a superfluous 0: send 7, not 007, or turn lenient decoding on"
                )
            }
            DecodeErrorKind::OutOfRange => {
                write!(f, "the {component} number, at byte {offset}, is above 255")
            }
            DecodeErrorKind::ExtraNumber => {
                write!(
                    f,
                    "found a comma behind the {component} number at byte {offset}: a reply is exactly three numbers"
                )
            }
            DecodeErrorKind::UnexpectedEnd if offset == 0 => f.write_str("the reply is empty"),
            DecodeErrorKind::UnexpectedEnd => {
                write!(f, "the reply ended after {offset} bytes, before the {component} number")
            }
            DecodeErrorKind::TooLong => {
                write!(f, "the reply is longer than {MAX_LENIENT_REPLY_LEN} bytes")
            }
        }
    }
}

/// A byte as a person would name it.
struct Byte(u8);

impl fmt::Display for Byte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b' ' => f.write_str("a space"),
            b'\n' => f.write_str("a line feed"),
            b'\r' => f.write_str("a carriage return"),
            b'\t' => f.write_str("a tab"),
            b'-' | b'+' => write!(f, "the sign '{}'", char::from(self.0)),
            byte if byte.is_ascii_graphic() => write!(f, "'{}'", char::from(byte)),
            byte => write!(f, "the byte 0x{byte:02x}"),
        }
    }
}

/// The caller's buffer is shorter than the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[error("the buffer holds {available} bytes and the reply needs {needed}; 11 are always enough")]
pub struct BufferTooSmall {
    /// The reply's length in bytes.
    pub needed: usize,
    /// The buffer's length in bytes.
    pub available: usize,
}

//! The grammar of a reply, taken byte by byte as it arrives.

use super::{DecodeError, DecodeErrorKind, MAX_LENIENT_REPLY_LEN};
use crate::color::{Component, Rgb};

/// How much a decoder takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// Exactly what a server must send: three decimal numbers, two commas, nothing else (REP clauses).
    #[default]
    Strict,
    /// Also what Python's `int()` lets the tutorial's client take without a change of meaning: ASCII white space
    /// around each number, and leading zeros (LEN clauses).
    Lenient,
}

/// What a decoder knows after the bytes so far. Only the end of the stream ends a reply (END-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Status {
    /// A valid beginning; more bytes must come.
    NeedMore,
    /// A valid reply if the stream ends here; more bytes may still come.
    Complete(Rgb),
}

/// Decodes a reply that arrives in pieces, in 16 bytes of state and without keeping the bytes.
///
/// ```
/// use rgb_proto::{Mode, ReplyDecoder, Rgb, Status};
///
/// let mut decoder = ReplyDecoder::new(Mode::Strict);
/// assert_eq!(decoder.push(b"12,0"), Ok(Status::NeedMore));
/// assert_eq!(decoder.push(b",25"), Ok(Status::Complete(Rgb::new(12, 0, 25))));
/// assert_eq!(decoder.push(b"5"), Ok(Status::Complete(Rgb::new(12, 0, 255))));
/// assert_eq!(decoder.finish(), Ok(Rgb::new(12, 0, 255)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReplyDecoder {
    mode: Mode,
    place: Place,
    component: Component,
    /// The numbers before the present one.
    red: u8,
    green: u8,
    /// The present number, and where its first digit stands.
    value: u8,
    value_offset: u16,
    offset: u16,
    failure: Option<DecodeError>,
}

/// Where the next byte falls: before, inside or behind the digits of the present number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Inside,
    Behind,
}

impl ReplyDecoder {
    /// A decoder at the start of a reply.
    #[must_use]
    pub const fn new(mode: Mode) -> Self {
        Self {
            mode,
            place: Place::Before,
            component: Component::Red,
            red: 0,
            green: 0,
            value: 0,
            value_offset: 0,
            offset: 0,
            failure: None,
        }
    }

    /// Takes the next bytes of the reply; pieces of any size, in order, give the same end.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] at the first byte that no valid reply can have there. The error stays: every later call
    /// returns it again.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Status, DecodeError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        for &byte in bytes {
            if let Err(failure) = self.take(byte) {
                self.failure = Some(failure);
                return Err(failure);
            }
        }
        Ok(self.color().map_or(Status::NeedMore, Status::Complete))
    }

    /// Ends the reply: the stream has ended (END-1).
    ///
    /// # Errors
    ///
    /// The error of an earlier [`push`](Self::push), or [`DecodeErrorKind::UnexpectedEnd`] when a number is missing.
    pub fn finish(self) -> Result<Rgb, DecodeError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        self.color().ok_or({
            let missing = match (self.component, self.place) {
                (Component::Red, Place::Inside | Place::Behind) => Component::Green,
                (Component::Green, Place::Inside | Place::Behind) => Component::Blue,
                (component, _) => component,
            };
            DecodeError::new(DecodeErrorKind::UnexpectedEnd, missing, self.offset)
        })
    }

    /// How many bytes have been taken, 0 to 512.
    #[must_use]
    pub const fn taken(&self) -> usize {
        self.offset as usize
    }

    fn color(&self) -> Option<Rgb> {
        (self.component == Component::Blue && self.place != Place::Before)
            .then_some(Rgb::new(self.red, self.green, self.value))
    }

    fn take(&mut self, byte: u8) -> Result<(), DecodeError> {
        if usize::from(self.offset) >= MAX_LENIENT_REPLY_LEN {
            return Err(self.failure_here(DecodeErrorKind::TooLong));
        }
        match (byte, self.place) {
            (b'0'..=b'9', Place::Before) => {
                self.place = Place::Inside;
                self.value = byte - b'0';
                self.value_offset = self.offset;
            }
            (b'0'..=b'9', Place::Inside) => {
                // A number of several digits has a first digit above 0, so the value is 0 only behind a leading zero.
                if self.value == 0 && self.mode == Mode::Strict {
                    return Err(self.failure_in_number(DecodeErrorKind::LeadingZero));
                }
                let value = self.value.checked_mul(10).and_then(|tens| tens.checked_add(byte - b'0'));
                let Some(value) = value else {
                    return Err(self.failure_in_number(DecodeErrorKind::OutOfRange));
                };
                self.value = value;
            }
            (b',', Place::Before) => return Err(self.failure_here(DecodeErrorKind::MissingNumber)),
            (b',', Place::Inside | Place::Behind) => {
                self.component = match self.component {
                    Component::Red => {
                        self.red = self.value;
                        Component::Green
                    }
                    Component::Green => {
                        self.green = self.value;
                        Component::Blue
                    }
                    Component::Blue => return Err(self.failure_here(DecodeErrorKind::ExtraNumber)),
                };
                self.place = Place::Before;
            }
            // The white space of `bytes.isspace()` in Python and of MicroPython's `int()` (LEN-1).
            (b' ' | b'\t'..=b'\r', place) if self.mode == Mode::Lenient => {
                if place == Place::Inside {
                    self.place = Place::Behind;
                }
            }
            _ => return Err(self.failure_here(DecodeErrorKind::UnexpectedByte(byte))),
        }
        self.offset = self.offset.saturating_add(1);
        Ok(())
    }

    const fn failure_here(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.component, self.offset)
    }

    const fn failure_in_number(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.component, self.value_offset)
    }
}

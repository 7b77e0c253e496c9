//! Names as they stand in a message, compressed or not (RFC 1035, sections 3.1 and 4.1.4).

use core::fmt;

use super::HEADER_LEN;
use crate::discovery::Label;

/// The longest name, in bytes of its uncompressed form without the root's (RFC 1035, section 2.3.4).
pub(super) const NAME_LEN_MAX: usize = 254;

/// The longest label, in bytes.
pub(super) const LABEL_LEN_MAX: usize = Label::MAX_LEN;

/// The two bits that make a length byte the first half of a pointer.
pub(super) const POINTER: u8 = 0xc0;

/// A name in a message. It was read to its end once, so its labels are all there.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub(super) message: &'a [u8],
    offset: usize,
}

/// The labels of a [`Name`], from the first to the one below the root.
#[derive(Clone)]
pub struct Labels<'a> {
    message: &'a [u8],
    offset: usize,
    /// Where the present run of labels starts. A pointer leads to before it, so that every name ends.
    run: usize,
    /// What lies behind the name's own bytes, once a pointer has ended them.
    end: Option<usize>,
    len: usize,
}

impl<'a> Name<'a> {
    /// The name at this offset, and the offset behind it. None where it leaves the message, is too long, has a label of an
    /// unknown form, or a pointer that does not lead back.
    pub(super) fn read(message: &'a [u8], offset: usize) -> Option<(Self, usize)> {
        let name = Self { message, offset };
        let mut labels = name.labels();
        while labels.read()?.is_some() {}
        Some((name, labels.end.unwrap_or(labels.offset + 1)))
    }

    /// The labels.
    #[must_use]
    pub const fn labels(self) -> Labels<'a> {
        Labels { message: self.message, offset: self.offset, run: self.offset, end: None, len: 0 }
    }

    /// Whether the name has these labels; ASCII letters are equal in either case (RFC 6762, section 16).
    #[must_use]
    pub fn is(self, labels: &[&[u8]]) -> bool {
        self.labels().are(labels)
    }

    /// The first label, where those behind it are these.
    #[must_use]
    pub fn label_under(self, parent: &[&[u8]]) -> Option<&'a [u8]> {
        let mut labels = self.labels();
        let first = labels.next()?;
        labels.are(parent).then_some(first)
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for label in self.labels() {
            write!(f, "{}.", label.escape_ascii())?;
        }
        Ok(())
    }
}

impl<'a> Labels<'a> {
    /// The next label, or at the end none; nothing where the name is malformed.
    fn read(&mut self) -> Option<Option<&'a [u8]>> {
        loop {
            let first = *self.message.get(self.offset)?;
            match first & POINTER {
                0 if first == 0 => return Some(None),
                0 => {
                    let start = self.offset + 1;
                    let end = start + usize::from(first);
                    let label = self.message.get(start..end)?;
                    self.len += end - self.offset;
                    self.offset = end;
                    return (self.len <= NAME_LEN_MAX).then_some(Some(label));
                }
                POINTER => {
                    let second = *self.message.get(self.offset + 1)?;
                    let target = usize::from(u16::from_be_bytes([first & !POINTER, second]));
                    if !(HEADER_LEN..self.run).contains(&target) {
                        return None;
                    }
                    self.end.get_or_insert(self.offset + 2);
                    self.offset = target;
                    self.run = target;
                }
                _ => return None,
            }
        }
    }

    fn are(mut self, expected: &[&[u8]]) -> bool {
        expected.iter().all(|expected| self.next().is_some_and(|label| label.eq_ignore_ascii_case(expected)))
            && self.next().is_none()
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.read().flatten()
    }
}

impl fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(<[u8]>::escape_ascii)).finish()
    }
}

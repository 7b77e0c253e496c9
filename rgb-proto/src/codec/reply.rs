//! An encoded reply that owns its bytes.

use core::fmt;
use core::ops::Deref;

use super::{BufferTooSmall, MAX_REPLY_LEN, MIN_REPLY_LEN};

/// The bytes of one reply, 5 to 11 of them, in a fixed-size buffer.
///
/// Dereferences to its bytes; [`Reply::as_str`] gives the same as text. Made by [`Rgb::encode`](crate::Rgb::encode).
#[derive(Clone, Copy)]
pub struct Reply {
    /// Zero from `len` on, so that equal replies are equal arrays.
    bytes: [u8; Self::STORAGE_LEN],
    len: u8,
}

impl Reply {
    /// One 128-bit store where the codec works in wide registers.
    pub(super) const STORAGE_LEN: usize = 16;

    /// The reply of the first `len` bytes; the rest must be zero.
    #[inline]
    pub(super) const fn new(bytes: [u8; Self::STORAGE_LEN], len: u8) -> Self {
        debug_assert!(len as usize >= MIN_REPLY_LEN && len as usize <= MAX_REPLY_LEN);
        Self { bytes, len }
    }

    /// The reply's bytes.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        // The codec never sets a longer length; the default keeps a panic out of small targets' flash.
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The reply as text: it is always ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Writes the reply to the front of `out` and returns its length.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] when `out` is shorter than the reply; nothing is written then.
    #[inline]
    pub fn copy_into(&self, out: &mut [u8]) -> Result<usize, BufferTooSmall> {
        let available = out.len();
        let needed = usize::from(self.len);
        let Some(target) = out.get_mut(..needed) else {
            return Err(BufferTooSmall { needed, available });
        };
        self.copy_to(target);
        Ok(needed)
    }

    /// Copies the reply to a slice of its length, in two stores that overlap: a copy of a length that is not constant
    /// would be a call.
    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn copy_to(&self, target: &mut [u8]) {
        let text = u128::from_le_bytes(self.bytes);
        let len = target.len();
        // The masks change no shift of a reply; they spare the wide shift its case of more than 63 bits.
        if let Some(front) = target.first_chunk_mut() {
            *front = (text as u64).to_le_bytes();
            if let Some(back) = target.last_chunk_mut() {
                *back = ((text >> ((8 * (len - 8)) & 63)) as u64).to_le_bytes();
            }
        } else if let Some(front) = target.first_chunk_mut() {
            *front = (text as u32).to_le_bytes();
            if let Some(back) = target.last_chunk_mut() {
                *back = ((text as u64 >> ((8 * (len - 4)) & 63)) as u32).to_le_bytes();
            }
        }
    }

    #[cfg(not(target_pointer_width = "64"))]
    fn copy_to(&self, target: &mut [u8]) {
        for (to, from) in target.iter_mut().zip(&self.bytes) {
            *to = *from;
        }
    }
}

impl Deref for Reply {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Reply {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<str> for Reply {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Reply {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Reply {}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({:?})", self.as_str())
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Reply {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", self.as_str());
    }
}

//! What a board calls itself.

use core::fmt;
use core::str::FromStr;

/// A board's name: 1 to 32 letters, digits, dots, hyphens and underscores, ASCII only (REQ-4).
///
/// ```
/// use rgb_proto::Name;
///
/// let name: Name = "kitchen".parse()?;
/// assert_eq!(name.as_str(), "kitchen");
/// assert!("living room".parse::<Name>().is_err());
/// # Ok::<(), rgb_proto::NameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Zero from `len` on, so that equal names are equal arrays.
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Name {
    /// The longest name, in bytes.
    pub const MAX_LEN: usize = 32;

    /// No bytes yet; not a name until one is pushed.
    pub(crate) const EMPTY: Self = Self { bytes: [0; Self::MAX_LEN], len: 0 };

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The name's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// A board that serves and was given no name (DSC-3).
    pub(crate) const DEFAULT_SERVER: Self = Self::literal(b"rgb-server");
    /// A board that only asks and was given no name.
    pub(crate) const DEFAULT_CLIENT: Self = Self::literal(b"rgb-client");

    /// A name that is known to be one.
    const fn literal<const N: usize>(text: &[u8; N]) -> Self {
        let mut name = Self::EMPTY;
        let (bytes, _) = name.bytes.split_at_mut(N);
        bytes.copy_from_slice(text);
        name.len = N as u8;
        name
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn push(&mut self, byte: u8) -> Result<(), NameError> {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')) {
            return Err(NameError::InvalidByte { byte, offset: self.len });
        }
        let slot = self.bytes.get_mut(usize::from(self.len)).ok_or(NameError::TooLong)?;
        *slot = byte;
        self.len += 1;
        Ok(())
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut name = Self::EMPTY;
        for byte in text.bytes() {
            name.push(byte)?;
        }
        if name.is_empty() { Err(NameError::Empty) } else { Ok(name) }
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl serde::de::Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a board name")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Name, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Name {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", self.as_str());
    }
}

/// A text that cannot be a board's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NameError {
    /// No characters at all.
    #[error("a board name has at least one character")]
    Empty,
    /// More than 32 bytes.
    #[error("a board name has at most 32 characters")]
    TooLong,
    /// A byte that a name may not hold.
    #[error(
        "a board name has only the letters a-z and A-Z, digits, '.', '-' and '_'; the character at byte {offset} is none of them"
    )]
    InvalidByte {
        /// The byte.
        byte: u8,
        /// Its offset from the start of the name.
        offset: u8,
    },
}

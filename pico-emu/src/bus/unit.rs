//! The sizes of a transfer.

use std::fmt;

/// How much one transfer moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Halfword,
    /// 32 bits.
    Word,
}

impl Width {
    /// The size in bytes: 1, 2 or 4.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Byte => 1,
            Self::Halfword => 2,
            Self::Word => 4,
        }
    }
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Byte => "a byte",
            Self::Halfword => "a halfword",
            Self::Word => "a word",
        })
    }
}

/// An unsigned integer that one transfer moves: `u8`, `u16` or `u32`, little-endian in memory.
pub trait Unit: Copy + sealed::Sealed {
    /// How much that is.
    const WIDTH: Width;

    /// The value, zero-extended.
    fn zero_extend(self) -> u32;

    /// The low bits of a word.
    fn truncate(word: u32) -> Self;

    /// Reads the unit at `offset`.
    ///
    /// # Panics
    ///
    /// If it does not lie within `bytes`.
    fn read(bytes: &[u8], offset: usize) -> Self;

    /// Writes the unit at `offset`.
    ///
    /// # Panics
    ///
    /// If it does not lie within `bytes`.
    fn write(self, bytes: &mut [u8], offset: usize);
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! unit {
    ($integer:ty, $width:expr) => {
        impl sealed::Sealed for $integer {}

        impl Unit for $integer {
            const WIDTH: Width = $width;

            #[inline(always)]
            fn zero_extend(self) -> u32 {
                u32::from(self)
            }

            #[inline(always)]
            fn truncate(word: u32) -> Self {
                word as Self
            }

            #[inline(always)]
            fn read(bytes: &[u8], offset: usize) -> Self {
                let mut unit = [0; size_of::<Self>()];
                unit.copy_from_slice(&bytes[offset..offset + size_of::<Self>()]);
                Self::from_le_bytes(unit)
            }

            #[inline(always)]
            fn write(self, bytes: &mut [u8], offset: usize) {
                bytes[offset..offset + size_of::<Self>()].copy_from_slice(&self.to_le_bytes());
            }
        }
    };
}

unit!(u8, Width::Byte);
unit!(u16, Width::Halfword);
unit!(u32, Width::Word);

//! The two chips, as far as their flash memory and their files go.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A microcontroller, and with it a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chip {
    /// The Pico W's, two Cortex-M0+ cores.
    Rp2040,
    /// The Pico 2 W's, two Cortex-M33 cores.
    Rp2350,
}

/// Where flash memory begins, for the processor and in UF2 files.
pub const FLASH_START: u32 = 0x1000_0000;

/// A text that names no [`Chip`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be rp2040 (Pico W) or rp2350 (Pico 2 W)")]
pub struct UnknownChip;

impl Chip {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rp2040, Self::Rp2350];

    /// What files and options are called after it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rp2040 => "rp2040",
            Self::Rp2350 => "rp2350",
        }
    }

    /// The board that bears it.
    #[must_use]
    pub const fn board(self) -> &'static str {
        match self {
            Self::Rp2040 => "Pico W",
            Self::Rp2350 => "Pico 2 W",
        }
    }

    /// The drive that the board is while its BOOTSEL button was held at power-up.
    #[must_use]
    pub const fn drive(self) -> &'static str {
        match self {
            Self::Rp2040 => "RPI-RP2",
            Self::Rp2350 => "RP2350",
        }
    }

    /// The family in a UF2 file: a chip ignores the blocks of others.
    #[must_use]
    pub const fn uf2_family(self) -> u32 {
        match self {
            Self::Rp2040 => 0xe48b_ff56,
            // The Arm cores in their secure state, in which the chip starts.
            Self::Rp2350 => 0xe48b_ff59,
        }
    }

    /// The chip of a UF2 file's family, if it is one of these.
    #[must_use]
    pub fn of_uf2_family(family: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|chip| chip.uf2_family() == family)
    }

    /// The board's flash memory: 2 MiB and 4 MiB.
    #[must_use]
    pub const fn flash(self) -> Range<u32> {
        match self {
            Self::Rp2040 => FLASH_START..FLASH_START + 2 * 1024 * 1024,
            Self::Rp2350 => FLASH_START..FLASH_START + 4 * 1024 * 1024,
        }
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Chip {
    type Err = UnknownChip;

    fn from_str(text: &str) -> Result<Self, UnknownChip> {
        Self::ALL.into_iter().find(|chip| chip.name() == text).ok_or(UnknownChip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_are_found_by_name_and_by_family() {
        for chip in Chip::ALL {
            assert_eq!(chip.to_string().parse(), Ok(chip));
            assert_eq!(Chip::of_uf2_family(chip.uf2_family()), Some(chip));
        }
        assert_eq!("RP2040".parse::<Chip>(), Err(UnknownChip));
        assert_eq!(Chip::of_uf2_family(0), None);
    }
}

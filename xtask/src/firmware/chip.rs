//! The two chips that the firmware is built for.

use std::fmt;
use std::ops::Range;

/// A microcontroller, and with it a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Chip {
    /// The Pico W's, two Cortex-M0+ cores.
    Rp2040,
    /// The Pico 2 W's, two Cortex-M33 cores.
    Rp2350,
}

/// Where flash memory begins, for the processor and in UF2 files.
const FLASH_START: u32 = 0x1000_0000;

const RAM_START: u32 = 0x2000_0000;

impl Chip {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Rp2040, Self::Rp2350];

    /// What files and features are called after it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rp2040 => "rp2040",
            Self::Rp2350 => "rp2350",
        }
    }

    /// The board that bears it.
    pub(crate) const fn board(self) -> &'static str {
        match self {
            Self::Rp2040 => "Pico W",
            Self::Rp2350 => "Pico 2 W",
        }
    }

    /// What probe-rs calls it.
    pub(crate) const fn probe_name(self) -> &'static str {
        match self {
            Self::Rp2040 => "RP2040",
            Self::Rp2350 => "RP235x",
        }
    }

    /// The drive that the board is while its BOOTSEL button was held at power-up.
    pub(crate) const fn drive(self) -> &'static str {
        match self {
            Self::Rp2040 => "RPI-RP2",
            Self::Rp2350 => "RP2350",
        }
    }

    /// The compiler's name for the processor.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::Rp2040 => "thumbv6m-none-eabi",
            Self::Rp2350 => "thumbv8m.main-none-eabihf",
        }
    }

    /// The family in a UF2 file: a chip ignores the blocks of others.
    pub(crate) const fn uf2_family(self) -> u32 {
        match self {
            Self::Rp2040 => 0xe48b_ff56,
            // The Arm cores in their secure state, in which the chip starts.
            Self::Rp2350 => 0xe48b_ff59,
        }
    }

    /// The board's flash memory: 2 MiB and 4 MiB.
    pub(crate) const fn flash(self) -> Range<u32> {
        match self {
            Self::Rp2040 => FLASH_START..FLASH_START + 2 * 1024 * 1024,
            Self::Rp2350 => FLASH_START..FLASH_START + 4 * 1024 * 1024,
        }
    }

    /// The chip's RAM, the two small banks behind the large ones included.
    pub(crate) const fn ram(self) -> Range<u32> {
        match self {
            Self::Rp2040 => RAM_START..RAM_START + 264 * 1024,
            Self::Rp2350 => RAM_START..RAM_START + 520 * 1024,
        }
    }

    /// How many interrupts can be active at once, each of a higher priority than the one before.
    pub(crate) const fn interrupt_priorities(self) -> usize {
        match self {
            Self::Rp2040 => 4,
            Self::Rp2350 => 16,
        }
    }

    /// What the processor itself puts on the stack when it takes an interrupt, with the word that keeps the stack
    /// aligned: eight registers, and with a floating-point unit eighteen more.
    pub(crate) const fn exception_frame_len(self) -> u64 {
        match self {
            Self::Rp2040 => 8 * 4 + 4,
            Self::Rp2350 => (8 + 18) * 4 + 4,
        }
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

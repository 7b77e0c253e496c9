//! What building for a chip, measuring and flashing have to know of it, beyond its files.

use std::ops::Range;

use clap::builder::{PossibleValuesParser, TypedValueParser};

pub(crate) use pico_uf2::Chip;

const RAM_START: u32 = 0x2000_0000;

/// The processor and what surrounds it.
pub(crate) trait Processor {
    /// The compiler's name for the processor.
    fn target(self) -> &'static str;

    /// What probe-rs calls it.
    fn probe_name(self) -> &'static str;

    /// The chip's RAM, the two small banks behind the large ones included.
    fn ram(self) -> Range<u32>;

    /// How many interrupts can be active at once, each of a higher priority than the one before.
    fn interrupt_priorities(self) -> usize;

    /// What the processor itself puts on the stack when it takes an interrupt, with the word that keeps the stack
    /// aligned: eight registers, and with a floating-point unit eighteen more.
    fn exception_frame_len(self) -> u64;
}

impl Processor for Chip {
    fn target(self) -> &'static str {
        match self {
            Self::Rp2040 => "thumbv6m-none-eabi",
            Self::Rp2350 => "thumbv8m.main-none-eabihf",
        }
    }

    fn probe_name(self) -> &'static str {
        match self {
            Self::Rp2040 => "RP2040",
            Self::Rp2350 => "RP235x",
        }
    }

    fn ram(self) -> Range<u32> {
        match self {
            Self::Rp2040 => RAM_START..RAM_START + 264 * 1024,
            Self::Rp2350 => RAM_START..RAM_START + 520 * 1024,
        }
    }

    fn interrupt_priorities(self) -> usize {
        match self {
            Self::Rp2040 => 4,
            Self::Rp2350 => 16,
        }
    }

    fn exception_frame_len(self) -> u64 {
        match self {
            Self::Rp2040 => 8 * 4 + 4,
            Self::Rp2350 => (8 + 18) * 4 + 4,
        }
    }
}

/// Takes a chip's name as an argument, and lists the names in the help.
pub(crate) fn parser() -> impl TypedValueParser<Value = Chip> {
    PossibleValuesParser::new(Chip::ALL.map(Chip::name)).try_map(|name| name.parse::<Chip>())
}

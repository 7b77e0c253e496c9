//! The instructions of the memory that are modelled (W25Q16JV data sheet, 8.1).

use super::{LEN, timing};

/// How many bytes an address has.
pub(super) const ADDRESS_LEN: usize = 3;

/// What the byte behind the select asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Gives the status register of this index again and again.
    ReadStatus(usize),
    /// Writes status registers from this index on, and so many at most.
    WriteStatus {
        first: usize,
        most: usize,
    },
    WriteEnable,
    WriteDisable,
    /// Gives data behind the address and so many bytes.
    Read {
        dummies: usize,
    },
    Program,
    Erase(Extent),
    JedecId,
    UniqueId,
    ManufacturerId,
    PowerDown,
    ReleasePowerDown,
    EnableReset,
    Reset,
}

/// How much is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Sector,
    HalfBlock,
    Block,
    Chip,
}

impl Instruction {
    /// `None` if it is not modelled.
    pub(super) const fn decode(byte: u8) -> Option<Self> {
        Some(match byte {
            0x01 => Self::WriteStatus { first: 0, most: 2 },
            0x02 => Self::Program,
            0x03 => Self::Read { dummies: 0 },
            0x04 => Self::WriteDisable,
            0x05 => Self::ReadStatus(0),
            0x06 => Self::WriteEnable,
            0x0b => Self::Read { dummies: 1 },
            0x11 => Self::WriteStatus { first: 2, most: 1 },
            0x15 => Self::ReadStatus(2),
            0x20 => Self::Erase(Extent::Sector),
            0x31 => Self::WriteStatus { first: 1, most: 1 },
            0x35 => Self::ReadStatus(1),
            0x4b => Self::UniqueId,
            0x52 => Self::Erase(Extent::HalfBlock),
            0x60 | 0xc7 => Self::Erase(Extent::Chip),
            0x66 => Self::EnableReset,
            0x90 => Self::ManufacturerId,
            0x99 => Self::Reset,
            0x9f => Self::JedecId,
            0xab => Self::ReleasePowerDown,
            0xb9 => Self::PowerDown,
            0xd8 => Self::Erase(Extent::Block),
            _ => return None,
        })
    }

    /// Whether so many bytes behind it are all that it takes to be done.
    pub(super) fn is_complete(self, len: usize) -> bool {
        match self {
            Self::WriteStatus { most, .. } => (1..=most).contains(&len),
            Self::Program => len > ADDRESS_LEN,
            Self::Erase(Extent::Chip) => len == 0,
            Self::Erase(_) => len == ADDRESS_LEN,
            Self::WriteEnable | Self::WriteDisable | Self::PowerDown | Self::EnableReset | Self::Reset => len == 0,
            _ => true,
        }
    }

    /// How long the memory is BUSY with it, if it is one that has to be enabled.
    pub(super) const fn busy_ns(self) -> Option<u64> {
        match self {
            Self::WriteStatus { .. } => Some(timing::WRITE_STATUS_NS),
            Self::Program => Some(timing::PAGE_PROGRAM_NS),
            Self::Erase(extent) => Some(extent.erase_ns()),
            _ => None,
        }
    }
}

impl Extent {
    /// In bytes.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Sector => 4 << 10,
            Self::HalfBlock => 32 << 10,
            Self::Block => 64 << 10,
            Self::Chip => LEN,
        }
    }

    const fn erase_ns(self) -> u64 {
        match self {
            Self::Sector => timing::SECTOR_ERASE_NS,
            Self::HalfBlock => timing::HALF_BLOCK_ERASE_NS,
            Self::Block => timing::BLOCK_ERASE_NS,
            Self::Chip => timing::CHIP_ERASE_NS,
        }
    }
}

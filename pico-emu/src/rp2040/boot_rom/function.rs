//! The functions that the ROM has (RP2040 datasheet, 2.8.3).

use std::fmt;

/// How many functions each floating-point table has.
pub(super) const FLOAT_FUNCTIONS: u8 = 32;
const FLOAT: u8 = 0x40;
const DOUBLE: u8 = 0x80;

/// A function of the boot ROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RomFunction {
    /// Where both processors begin.
    Start,
    /// `P3`: counts the bits that are set.
    Popcount32,
    /// `R3`: turns a word around.
    Reverse32,
    /// `L3`: counts the zeros before the first one.
    Clz32,
    /// `T3`: counts the zeros behind the last one.
    Ctz32,
    /// `MS`: fills memory.
    Memset,
    /// `S4`: fills words.
    Memset4,
    /// `MC`: copies memory.
    Memcpy,
    /// `C4`: copies words.
    Memcpy44,
    /// `UB`: goes on with USB boot.
    ResetToUsbBoot,
    /// `IF`: connects the flash memory's pins.
    ConnectInternalFlash,
    /// `EX`: ends execution in place.
    FlashExitXip,
    /// `RE`: erases flash memory.
    FlashRangeErase,
    /// `RP`: programs flash memory.
    FlashRangeProgram,
    /// `FC`: empties the cache.
    FlashFlushCache,
    /// `CX`: begins execution in place.
    FlashEnterCmdXip,
    /// One of `SF`: single-precision arithmetic.
    Float {
        /// Its place in the table.
        number: u8,
    },
    /// One of `SD`: double-precision arithmetic.
    Double {
        /// Its place in the table.
        number: u8,
    },
}

impl RomFunction {
    /// What the function table names.
    pub(super) const TABLE: [([u8; 2], Self); 15] = [
        (*b"P3", Self::Popcount32),
        (*b"R3", Self::Reverse32),
        (*b"L3", Self::Clz32),
        (*b"T3", Self::Ctz32),
        (*b"MS", Self::Memset),
        (*b"S4", Self::Memset4),
        (*b"MC", Self::Memcpy),
        (*b"C4", Self::Memcpy44),
        (*b"UB", Self::ResetToUsbBoot),
        (*b"IF", Self::ConnectInternalFlash),
        (*b"EX", Self::FlashExitXip),
        (*b"RE", Self::FlashRangeErase),
        (*b"RP", Self::FlashRangeProgram),
        (*b"FC", Self::FlashFlushCache),
        (*b"CX", Self::FlashEnterCmdXip),
    ];

    /// The number of its `BKPT`.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Start => 0,
            Self::Popcount32 => 1,
            Self::Reverse32 => 2,
            Self::Clz32 => 3,
            Self::Ctz32 => 4,
            Self::Memset => 5,
            Self::Memset4 => 6,
            Self::Memcpy => 7,
            Self::Memcpy44 => 8,
            Self::ResetToUsbBoot => 9,
            Self::ConnectInternalFlash => 10,
            Self::FlashExitXip => 11,
            Self::FlashRangeErase => 12,
            Self::FlashRangeProgram => 13,
            Self::FlashFlushCache => 14,
            Self::FlashEnterCmdXip => 15,
            Self::Float { number } => FLOAT + number,
            Self::Double { number } => DOUBLE + number,
        }
    }

    pub(super) fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Start),
            FLOAT.. if number - FLOAT < FLOAT_FUNCTIONS => Some(Self::Float { number: number - FLOAT }),
            DOUBLE.. if number - DOUBLE < FLOAT_FUNCTIONS => Some(Self::Double { number: number - DOUBLE }),
            _ => Self::TABLE.iter().map(|(_, function)| *function).find(|function| function.number() == number),
        }
    }
}

impl fmt::Display for RomFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Float { number } => write!(f, "SF[{number}]"),
            Self::Double { number } => write!(f, "SD[{number}]"),
            function => {
                let entry = Self::TABLE.iter().find(|(_, each)| each == function);
                let (tag, _) = entry.expect("the others are in the table");
                f.write_str(&String::from_utf8_lossy(tag))
            }
        }
    }
}

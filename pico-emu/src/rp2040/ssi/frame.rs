//! How frames are: CTRLR0 (RP2040 datasheet, 4.10.13).

/// The bits that there are.
const BITS: u32 = 0x017f_ffff;
const SLAVE_SELECT_TOGGLE: u32 = 1 << 24;
const SHIFT_REGISTER_LOOP: u32 = 1 << 11;
const CLOCK_POLARITY: u32 = 1 << 7;
const CLOCK_PHASE: u32 = 1 << 6;
/// Which protocol: 0 is SPI.
const PROTOCOL: u32 = 3 << 4;
const BITS_MIN: u32 = 4;

/// `CTRLR0.TMOD`: which way frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Both,
    Transmit,
    Receive,
    /// All frames that there are to send, and then so many to receive.
    EepromRead,
}

/// `CTRLR0`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Control(pub(super) u32);

impl Control {
    /// As the boot ROM sets it: bytes both ways.
    pub(super) const BYTES: Self = Self(7 << 16);

    pub(super) const fn new(value: u32) -> Self {
        Self(value & BITS)
    }

    pub(super) const fn mode(self) -> Mode {
        match self.0 >> 8 & 3 {
            0 => Mode::Both,
            1 => Mode::Transmit,
            2 => Mode::Receive,
            _ => Mode::EepromRead,
        }
    }

    /// `DFS_32`: how many bits a frame has.
    pub(super) const fn bits(self) -> u32 {
        (self.0 >> 16 & 0x1f) + 1
    }

    /// `SPI_FRF`: whether there is one wire each way.
    pub(super) const fn is_standard(self) -> bool {
        self.0 >> 21 & 3 == 0
    }

    /// Whether such frames on one wire each way are modelled: those that the memory understands. It stays selected
    /// between frames unless that is toggled, which goes with the first clock phase alone.
    pub(super) const fn suits_memory(self) -> bool {
        let mode_3 = CLOCK_POLARITY | CLOCK_PHASE;
        let clock = self.0 & mode_3;
        let toggles = self.0 & (SLAVE_SELECT_TOGGLE | CLOCK_PHASE) == SLAVE_SELECT_TOGGLE;
        let is_spi = self.0 & (PROTOCOL | SHIFT_REGISTER_LOOP) == 0;
        is_spi && !toggles && (clock == 0 || clock == mode_3) && self.bits() >= BITS_MIN
    }
}

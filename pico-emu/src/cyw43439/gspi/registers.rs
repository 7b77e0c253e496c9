//! The registers of the bus itself: function 0.
//!
//! Addresses and bits as in the chip's data sheet, gSPI registers, and as both drivers name them.

use super::{Function, WordOrder};
use crate::cyw43439::report::{NotModelled, Reports};

/// The word that a host reads to see that the chip is there.
const TEST_PATTERN: u32 = 0xfeed_bead;

/// Bus control: interrupt line active high, high speed, and a status word after each transaction. A host that reads the word
/// before it writes it gets 65584 (soypat/cyw43439, issue 63).
const CONTROL_AT_RESET: u32 = 0x0001_0030;
const WORD_LENGTH_32: u32 = 1 << 0;
const ENDIAN_BIG: u32 = 1 << 1;
const INTERRUPT_POLARITY_HIGH: u32 = 1 << 5;
const STATUS_ENABLE: u32 = 1 << 16;
/// What of the control word the model carries out, or what has no effect that a host could see: high speed and wake-up, the
/// response delay of old revisions, and interrupts with status.
const CONTROL_MODELLED: u32 = 0x0003_ffb3;

/// Interrupts.
const DATA_UNAVAILABLE: u16 = 1 << 0;
const F2_PACKET_AVAILABLE: u16 = 1 << 5;

/// Status bits.
const STATUS_DATA_NOT_AVAILABLE: u32 = 1 << 0;
const STATUS_F2_RX_READY: u32 = 1 << 5;
const STATUS_F2_PACKET_AVAILABLE: u32 = 1 << 8;
const STATUS_F2_PACKET_LEN_SHIFT: u32 = 9;

/// Function information: enabled, ready, and above them the largest transfer in bytes.
const FUNCTION_USABLE: u16 = 0b11;
const BACKPLANE_INFO: u16 = 64 << 2 | FUNCTION_USABLE;
const WLAN_INFO: u16 = 2048 << 2;

/// How function 2 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PacketLevel {
    /// Whether it takes frames.
    pub(crate) is_ready: bool,
    /// The length of the frame that waits for the host, in bytes.
    pub(crate) waiting: Option<usize>,
}

/// The registers' contents.
#[derive(Clone, Debug)]
pub(crate) struct BusRegisters {
    control: u32,
    /// The errors, which stay until the host clears them.
    errors: u16,
    interrupt_enable: u16,
    test: u32,
    /// In bytes, one for each function.
    response_delays: [u8; 4],
    /// A register of the SDIO bus, which the C driver writes on this one as well.
    card_capability: u8,
}

impl BusRegisters {
    pub(crate) const fn new() -> Self {
        Self {
            control: CONTROL_AT_RESET,
            errors: 0,
            interrupt_enable: 0,
            test: 0,
            response_delays: [0; 4],
            card_capability: 0,
        }
    }

    pub(crate) const fn word_order(&self) -> WordOrder {
        match (self.control & ENDIAN_BIG != 0, self.control & WORD_LENGTH_32 != 0) {
            (true, _) => WordOrder::LowestFirst,
            (false, true) => WordOrder::HighestFirst,
            (false, false) => WordOrder::HalvesSwapped,
        }
    }

    pub(crate) const fn sends_status(&self) -> bool {
        self.control & STATUS_ENABLE != 0
    }

    pub(crate) fn response_delay(&self, function: Function) -> usize {
        let [bus, backplane, wlan, bluetooth] = self.response_delays;
        usize::from(match function {
            Function::Bus => bus,
            Function::Backplane => backplane,
            Function::Wlan => wlan,
            Function::Bluetooth => bluetooth,
        })
    }

    /// What the chip drives onto the data line while it is not selected.
    pub(crate) const fn interrupt_line(&self, level: PacketLevel) -> bool {
        let is_active = self.interrupts(level) & self.interrupt_enable != 0;
        is_active == (self.control & INTERRUPT_POLARITY_HIGH != 0)
    }

    /// Frames were to be read, and there were none.
    pub(crate) const fn raise_data_unavailable(&mut self) {
        self.errors |= DATA_UNAVAILABLE;
    }

    const fn interrupts(&self, level: PacketLevel) -> u16 {
        self.errors | if level.waiting.is_some() { F2_PACKET_AVAILABLE } else { 0 }
    }

    pub(crate) fn status(&self, level: PacketLevel) -> u32 {
        let mut status = 0;
        if self.errors & DATA_UNAVAILABLE != 0 {
            status |= STATUS_DATA_NOT_AVAILABLE;
        }
        if level.is_ready {
            status |= STATUS_F2_RX_READY;
        }
        if let Some(len) = level.waiting {
            status |= STATUS_F2_PACKET_AVAILABLE | (len as u32) << STATUS_F2_PACKET_LEN_SHIFT;
        }
        status
    }

    /// The byte at this address.
    pub(crate) fn read(&self, address: u32, level: PacketLevel, reports: &mut Reports) -> u8 {
        let wlan_info = WLAN_INFO | if level.is_ready { FUNCTION_USABLE } else { 0 };
        let word = match address & !3 {
            0x00 => self.control,
            0x04 => u32::from(self.interrupt_enable) << 16 | u32::from(self.interrupts(level)),
            0x08 => self.status(level),
            0x0c => u32::from(wlan_info) << 16 | u32::from(BACKPLANE_INFO),
            // Function 3, Bluetooth, is not enabled.
            0x10 => 0,
            0x14 => TEST_PATTERN,
            0x18 => self.test,
            0x1c => u32::from_le_bytes(self.response_delays),
            0xf0 => u32::from(self.card_capability),
            _ => {
                reports.push(NotModelled::BusRegister(address));
                0
            }
        };
        byte_of(word, address)
    }

    /// Writes the byte at this address.
    pub(crate) fn write(&mut self, address: u32, byte: u8, reports: &mut Reports) {
        match address {
            0x00..=0x03 => set_byte(&mut self.control, address, byte),
            0x04 => self.errors &= !u16::from(byte),
            0x05 => self.errors &= !(u16::from(byte) << 8),
            0x06 => self.interrupt_enable = self.interrupt_enable & 0xff00 | u16::from(byte),
            0x07 => self.interrupt_enable = self.interrupt_enable & 0x00ff | u16::from(byte) << 8,
            0x18..=0x1b => set_byte(&mut self.test, address, byte),
            0x1c..=0x1f => self.response_delays[address as usize & 3] = byte,
            0xf0 => self.card_capability = byte,
            _ => reports.push(NotModelled::BusRegister(address)),
        }
    }

    /// Reports what the control word now asks for in vain.
    pub(crate) fn check_control(&self, reports: &mut Reports) {
        if self.control & !CONTROL_MODELLED != 0 {
            reports.push(NotModelled::BusControl(self.control));
        }
    }
}

/// The byte of a register at its place in the word.
const fn byte_of(word: u32, address: u32) -> u8 {
    word.to_le_bytes()[address as usize & 3]
}

/// Replaces the byte of a register at its place in the word.
const fn set_byte(word: &mut u32, address: u32, byte: u8) {
    let mut bytes = word.to_le_bytes();
    bytes[address as usize & 3] = byte;
    *word = u32::from_le_bytes(bytes);
}

//! The bus: memory goes onto it as it lies there.

use pico_emu::cyw43439::Cyw43439;

use super::{CDriver, four};
use crate::board::Way;

/// The functions.
pub(crate) const BUS: u32 = 0;
pub(crate) const BACKPLANE: u32 = 1;
pub(crate) const WLAN: u32 = 2;

/// Before what is read over the backplane, in bytes.
pub(super) const PADDING: usize = 16;
/// Always set by this driver, and never part of the address.
const ACCESS_32_BIT: u32 = 0x8000;
/// Where the window is put back.
pub(super) const CHIP_COMMON: u32 = 0x1800_0000;

impl CDriver {
    /// Sends what lies in memory, and reads so many bytes after it.
    pub(crate) fn transfer(&mut self, sent: &[u8], read_len: usize) -> Vec<u8> {
        let write = sent.chunks(4).map(|word| u32::from_be_bytes(four(word))).collect::<Vec<_>>();
        let mut read = vec![0; read_len / 4];
        match self.way {
            Way::Bulk => self.chip.transfer(&write, &mut read),
            Way::Wires => clock_program(&mut self.chip, &write, &mut read),
        }
        // The bus runs at 31 MHz.
        self.pass_us(32 * (write.len() + read.len()) as u64 / 31 + 1);
        read.into_iter().flat_map(u32::to_be_bytes).collect()
    }

    pub(crate) fn read_bytes(&mut self, function: u32, address: u32, len: usize) -> Vec<u8> {
        let padding = if function == BACKPLANE { PADDING } else { 0 };
        let command = command(false, function, address, len);
        let mut bytes = self.transfer(&command.to_le_bytes(), padding + len.next_multiple_of(4)).split_off(padding);
        bytes.truncate(len);
        bytes
    }

    pub(super) fn write_bytes(&mut self, function: u32, address: u32, bytes: &[u8]) {
        if function == WLAN {
            assert!((0..1000).any(|_| self.read(BUS, 0x08, 4) & 0x20 != 0), "function 2 is not ready");
        }
        let mut sent = command(true, function, address, bytes.len()).to_le_bytes().to_vec();
        sent.extend(bytes);
        sent.resize(sent.len().next_multiple_of(4), 0);
        self.transfer(&sent, 0);
    }

    /// Reads a register of 1 to 4 bytes.
    pub(crate) fn read(&mut self, function: u32, address: u32, len: usize) -> u32 {
        let mut bytes = self.read_bytes(function, address, len);
        bytes.resize(4, 0);
        u32::from_le_bytes(four(&bytes))
    }

    /// Writes a register of 1 to 4 bytes.
    pub(crate) fn write(&mut self, function: u32, address: u32, value: u32, len: usize) {
        self.write_bytes(function, address, &value.to_le_bytes()[..len]);
    }

    pub(crate) fn set_window(&mut self, address: u32) {
        let new = address & !0x7fff;
        for (register, shift) in [(0x1_000c, 24), (0x1_000b, 16), (0x1_000a, 8)] {
            if new >> shift & 0xff != self.window >> shift & 0xff {
                self.write(BACKPLANE, register, new >> shift & 0xff, 1);
            }
        }
        self.window = new;
    }

    pub(crate) fn read_backplane(&mut self, address: u32, len: usize) -> u32 {
        self.set_window(address);
        let value = self.read(BACKPLANE, address & 0x7fff | ACCESS_32_BIT, len);
        self.set_window(CHIP_COMMON);
        value
    }

    pub(crate) fn write_backplane(&mut self, address: u32, value: u32, len: usize) {
        self.set_window(address);
        self.write(BACKPLANE, address & 0x7fff | ACCESS_32_BIT, value, len);
        self.set_window(CHIP_COMMON);
    }

    pub(crate) fn download(&mut self, address: u32, bytes: &[u8]) {
        for (offset, block) in (0..).step_by(64).zip(bytes.chunks(64)) {
            self.set_window(address + offset);
            self.write_bytes(BACKPLANE, (address + offset) & 0x7fff | ACCESS_32_BIT, block);
        }
    }
}

/// A command word.
pub(crate) fn command(is_write: bool, function: u32, address: u32, len: usize) -> u32 {
    u32::from(is_write) << 31 | 1 << 30 | function << 28 | (address & 0x1_ffff) << 11 | len as u32
}

/// What the Pico SDK's PIO program does with the pins: the clock falls and rises once more after the host's last bit, and each
/// bit is sampled right before the clock falls.
fn clock_program(chip: &mut Cyw43439, write: &[u32], read: &mut [u32]) {
    chip.set_select(false);
    for bit in write.iter().flat_map(|word| (0..32).rev().map(move |bit| word >> bit & 1 != 0)) {
        chip.set_clock(false, bit);
        chip.set_clock(true, bit);
    }
    chip.set_clock(false, false);
    if !read.is_empty() {
        chip.set_clock(true, false);
    }
    for word in read {
        for _ in 0..32 {
            *word = *word << 1 | u32::from(chip.data().unwrap_or(false));
            chip.set_clock(false, false);
            chip.set_clock(true, false);
        }
    }
    chip.set_select(true);
    chip.set_clock(false, false);
}

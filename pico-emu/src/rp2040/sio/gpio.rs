//! The processors' way to the pins of one bank (RP2040 datasheet, 2.3.1.2).

use super::Drive;

#[derive(Clone, Debug)]
pub(super) struct Gpio {
    pins: u32,
    input: u32,
    drive: Drive,
}

impl Gpio {
    pub(super) const fn new(pins: u32) -> Self {
        Self { pins, input: 0, drive: Drive::NONE }
    }

    pub(super) const fn drive(&self) -> Drive {
        self.drive
    }

    pub(super) const fn input(&self) -> u32 {
        self.input
    }

    pub(super) const fn set_input(&mut self, input: u32) {
        self.input = input;
    }

    /// OUT and OE at 0 and 0x10, behind each SET, CLR and XOR, which read like it.
    pub(super) const fn read(&self, offset: u32) -> u32 {
        if offset < 0x10 { self.drive.out } else { self.drive.enable }
    }

    pub(super) const fn write(&mut self, offset: u32, value: u32) {
        let register = if offset < 0x10 { &mut self.drive.out } else { &mut self.drive.enable };
        let changed = match offset & 0xc {
            0x0 => value,
            0x4 => *register | value,
            0x8 => *register & !value,
            _ => *register ^ value,
        };
        *register = changed & self.pins;
    }
}

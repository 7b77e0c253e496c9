//! SSI: the serial interface to the flash memory (RP2040 datasheet, 4.10), as far as the second stage of the boot, and
//! programs that talk to the memory themselves, use it. Execution in place does not depend on its settings.

use std::collections::VecDeque;

use super::block::flag;
use super::flash::Flash;

const CTRLR0: u32 = 0x00;
const CTRLR1: u32 = 0x04;
const SSIENR: u32 = 0x08;
const SER: u32 = 0x10;
const BAUDR: u32 = 0x14;
const TXFLR: u32 = 0x20;
const RXFLR: u32 = 0x24;
const SR: u32 = 0x28;
const ICR: u32 = 0x48;
const IDR: u32 = 0x58;
const SSI_VERSION_ID: u32 = 0x5c;
const DR0: u32 = 0x60;
const RX_SAMPLE_DLY: u32 = 0xf0;
const SPI_CTRLR0: u32 = 0xf4;
const TXD_DRIVE_EDGE: u32 = 0xf8;

const RFNE: u32 = 1 << 3;
const TFE: u32 = 1 << 2;
const TFNF: u32 = 1 << 1;
const BUSY: u32 = 1 << 0;

/// How many frames the receive FIFO holds.
const DEPTH: usize = 16;

/// CTRLR0.TMOD.
const TX_AND_RX: u32 = 0;
const EEPROM_READ: u32 = 3;
/// `CTRLR0.SPI_FRF` of one wire each way.
const STANDARD: u32 = 0;

#[derive(Clone, Debug)]
pub(super) struct Ssi {
    control_0: u32,
    control_1: u32,
    enabled: bool,
    slave_enable: u32,
    baud: u32,
    sample_delay: u32,
    spi_control_0: u32,
    drive_edge: u32,
    /// The frames that have come or are to come, each with the cycle of its end.
    received: VecDeque<(u64, u32)>,
    busy_until: u64,
    /// The instruction of a read whose address is still missing.
    instruction: Option<u32>,
    /// The memory stays selected between frames, by an override of the pin.
    selected: bool,
}

impl Ssi {
    pub(super) fn new() -> Self {
        Self {
            control_0: 0,
            control_1: 0,
            enabled: false,
            slave_enable: 0,
            baud: 0,
            sample_delay: 0,
            spi_control_0: 0x0300_0000,
            drive_edge: 0,
            received: VecDeque::new(),
            busy_until: 0,
            instruction: None,
            selected: false,
        }
    }

    /// As the boot ROM leaves it: for reading with the memory selected.
    pub(super) fn connect(&mut self) {
        *self = Self { enabled: true, slave_enable: 1, baud: 6, control_0: 7 << 16, ..Self::new() };
    }

    /// Tells whether the select pin is held low by an override.
    pub(super) fn set_selected(&mut self, selected: bool, flash: &mut Flash) {
        if self.selected && !selected {
            flash.deselect();
        }
        self.selected = selected;
    }

    const fn transfer_mode(&self) -> u32 {
        self.control_0 >> 8 & 3
    }

    const fn frame_bits(&self) -> u32 {
        (self.control_0 >> 16 & 0x1f) + 1
    }

    const fn frame_format(&self) -> u32 {
        self.control_0 >> 21 & 3
    }

    /// A frame takes its bits times the divider, as if there were one wire.
    fn pass_frame(&mut self, cycle: u64) {
        let cycles = u64::from(self.frame_bits()) * u64::from(self.baud.max(2));
        self.busy_until = self.busy_until.max(cycle) + cycles;
    }

    /// Pushes a frame to be sent. `None` if that transfer is not modelled.
    fn send(&mut self, value: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        if !self.enabled || self.slave_enable == 0 {
            return None;
        }
        match (self.transfer_mode(), self.frame_format()) {
            (TX_AND_RX, STANDARD) if self.frame_bits() == 8 => {
                if !self.selected && cycle >= self.busy_until {
                    flash.deselect();
                }
                let answer = flash.exchange(value as u8)?;
                self.pass_frame(cycle);
                self.receive(u32::from(answer))
            }
            (EEPROM_READ, format) if format != STANDARD && self.frame_bits() == 32 => match self.instruction.take() {
                None => {
                    self.instruction = Some(value);
                    Some(())
                }
                Some(_) => {
                    let address = value >> 8;
                    for frame in 0..=self.control_1 {
                        self.pass_frame(cycle);
                        self.receive(flash.memory.load::<u32>(address + 4 * frame).swap_bytes())?;
                    }
                    Some(())
                }
            },
            _ => None,
        }
    }

    fn receive(&mut self, frame: u32) -> Option<()> {
        self.received.push_back((self.busy_until, frame));
        (self.received.len() <= DEPTH).then_some(())
    }

    fn level(&self, cycle: u64) -> u32 {
        self.received.iter().filter(|(end, _)| *end <= cycle).count() as u32
    }

    pub(super) fn read(&mut self, offset: u32, cycle: u64) -> Option<u32> {
        let busy = cycle < self.busy_until;
        match offset {
            CTRLR0 => Some(self.control_0),
            CTRLR1 => Some(self.control_1),
            SSIENR => Some(u32::from(self.enabled)),
            SER => Some(self.slave_enable),
            BAUDR => Some(self.baud),
            TXFLR => Some(u32::from(busy)),
            RXFLR => Some(self.level(cycle)),
            SR => Some(flag(busy, BUSY) | TFNF | flag(!busy, TFE) | flag(self.level(cycle) != 0, RFNE)),
            ICR => Some(0),
            IDR => Some(0x5153_5049),
            SSI_VERSION_ID => Some(0x3430_312a),
            DR0 if self.level(cycle) == 0 => None,
            DR0 => self.received.pop_front().map(|(_, frame)| frame),
            RX_SAMPLE_DLY => Some(self.sample_delay),
            SPI_CTRLR0 => Some(self.spi_control_0),
            TXD_DRIVE_EDGE => Some(self.drive_edge),
            _ => None,
        }
    }

    pub(super) fn write(&mut self, offset: u32, value: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        match offset {
            CTRLR0 => self.control_0 = value & 0x017f_ffff,
            CTRLR1 => self.control_1 = value & 0xffff,
            SSIENR => {
                self.enabled = value & 1 != 0;
                // Disabling empties the FIFOs.
                if !self.enabled {
                    self.received.clear();
                    self.instruction = None;
                    self.busy_until = cycle;
                }
            }
            SER => self.slave_enable = value & 1,
            BAUDR => self.baud = value & 0xffff,
            DR0 => return self.send(value, flash, cycle),
            RX_SAMPLE_DLY => self.sample_delay = value & 0xff,
            SPI_CTRLR0 => self.spi_control_0 = value & 0xff07_fbff,
            TXD_DRIVE_EDGE => self.drive_edge = value & 0xff,
            TXFLR | RXFLR | SR | ICR | IDR | SSI_VERSION_ID => {}
            _ => return None,
        }
        Some(())
    }
}

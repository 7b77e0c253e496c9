//! SSI: the serial interface to the flash memory (RP2040 datasheet, 4.10), as a master with one wire each way, and on
//! more wires as far as the second stage of the boot uses them. Execution in place does not depend on its settings.
//!
//! What the datasheet leaves open, or what is simpler here than on the chip:
//!
//! - A frame is on the wires from the cycle in which it is taken out of the FIFO, and frames follow each other without a
//!   gap. Its word goes to the memory when it is pushed, so what is pushed before the select pin is forced high still
//!   reaches it. Nor does a pin that is forced high keep SER from selecting the memory.
//! - The memory notices with the next frame that a transfer has ended for which SER has selected it, and does then what
//!   it would have begun with that end.
//! - While the memory sends, the wire to it is low; in a transfer that only receives it has the frame that began it.
//! - The interrupt and the requests to the DMA are not modelled: they cannot be enabled. Nor are a frame that is pushed
//!   while the memory sends, disabling or deselecting while there is something to send, and a read of an empty FIFO.

mod fifo;
mod frame;
mod registers;
mod transfer;

use self::fifo::{DEPTH, Receive, Transmit};
use self::frame::Control;
use self::registers::{
    BAUDR, BAUDR_BITS, BUSY, CTRLR0, CTRLR1, CTRLR1_BITS, DMACR, DR0, DR35, ICR, IDENTIFICATION, IDR, IMR, ISR, MSTICR,
    RFF, RFNE, RISR, RX_SAMPLE_DLY, RX_SAMPLE_DLY_BITS, RXFIR, RXFLR, RXFTLR, RXOICR, RXOIR, RXUICR, SER, SPI_CTRLR0,
    SPI_CTRLR0_BITS, SPI_CTRLR0_RESET, SR, SSI_VERSION_ID, SSIENR, TFE, TFNF, TXD_DRIVE_EDGE, TXD_DRIVE_EDGE_BITS,
    TXEIR, TXFLR, TXFTLR, TXOICR, TXOIR, VERSION,
};
use super::block::flag;
use super::flash::{Device, Flash};

#[derive(Clone, Debug)]
pub(super) struct Ssi {
    control: Control,
    /// `CTRLR1.NDF`: one less than the frames that are received.
    last_frame: u32,
    enabled: bool,
    slave_enable: u32,
    baud: u32,
    transmit_threshold: u32,
    receive_threshold: u32,
    sample_delay: u32,
    spi_control_0: u32,
    drive_edge: u32,
    transmit: Transmit,
    receive: Receive,
    /// The cycle until which frames are sent, and until which there are frames at all.
    sent_until: u64,
    busy_until: u64,
    /// The memory's state behind the frames that are to come from it.
    foreseen: Option<Device>,
    /// The instruction of a read on more wires whose address is still missing.
    instruction: Option<u32>,
    /// The memory stays selected between frames, by an override of the pin.
    selected: bool,
}

impl Ssi {
    pub(super) fn new() -> Self {
        Self {
            control: Control::default(),
            last_frame: 0,
            enabled: false,
            slave_enable: 0,
            baud: 0,
            transmit_threshold: 0,
            receive_threshold: 0,
            sample_delay: 0,
            spi_control_0: SPI_CTRLR0_RESET,
            drive_edge: 0,
            transmit: Transmit::default(),
            receive: Receive::default(),
            sent_until: 0,
            busy_until: 0,
            foreseen: None,
            instruction: None,
            selected: false,
        }
    }

    /// As the boot ROM leaves it: for reading with the memory selected.
    pub(super) fn connect(&mut self) {
        *self = Self { enabled: true, slave_enable: 1, baud: 6, control: Control::BYTES, ..Self::new() };
    }

    /// Tells whether the select pin is held low by an override.
    pub(super) fn set_selected(&mut self, selected: bool, flash: &mut Flash) {
        if self.selected != selected {
            self.deselect(flash);
            self.selected = selected;
        }
    }

    /// The memory is no longer selected, whoever has done it.
    pub(super) fn deselect(&mut self, flash: &mut Flash) {
        self.selected = false;
        self.end_transfer(flash, self.busy_until);
    }

    /// Pushes a frame. `None` if that transfer is not modelled.
    fn push(&mut self, frame: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        if !self.enabled {
            return None;
        }
        if self.transmit.level(cycle) == DEPTH {
            self.transmit.has_overflown = true;
        } else if self.slave_enable == 0 {
            self.transmit.waiting.push_back(frame);
        } else {
            self.send(frame, flash, cycle)?;
        }
        Some(())
    }

    /// `None` if what is under way then is not modelled.
    fn enable(&mut self, enable: bool, flash: &mut Flash, cycle: u64) -> Option<()> {
        if self.enabled && !enable {
            self.stop(flash, cycle)?;
            // Disabling empties the FIFOs.
            self.transmit = Transmit::default();
            self.receive = Receive::default();
            self.instruction = None;
        }
        self.enabled = enable;
        Some(())
    }

    /// `None` if what is under way then is not modelled.
    fn select(&mut self, slave_enable: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        if slave_enable == self.slave_enable {
            return Some(());
        }
        self.stop(flash, cycle)?;
        self.slave_enable = slave_enable;
        if slave_enable != 0 && self.enabled {
            for frame in std::mem::take(&mut self.transmit.waiting) {
                self.send(frame, flash, cycle)?;
            }
        }
        Some(())
    }

    /// Ends what is received; `None` if there is something to send, or if the memory would be left in the midst of it.
    fn stop(&mut self, flash: &mut Flash, cycle: u64) -> Option<()> {
        let receives = cycle < self.busy_until;
        if cycle < self.sent_until || receives && self.selected {
            return None;
        }
        let end = self.busy_until.min(cycle);
        self.end_transfer(flash, end);
        self.busy_until = end;
        self.receive.cancel_behind(cycle);
        Some(())
    }

    fn status(&mut self, cycle: u64) -> u32 {
        let (to_send, received) = (self.transmit.level(cycle), self.receive.level(cycle));
        flag(cycle < self.busy_until, BUSY)
            | flag(to_send < DEPTH, TFNF)
            | flag(to_send == 0, TFE)
            | flag(received != 0, RFNE)
            | flag(received == DEPTH, RFF)
    }

    fn raw_interrupts(&mut self, cycle: u64) -> u32 {
        let (to_send, received) = (self.transmit.level(cycle) as u32, self.receive.level(cycle) as u32);
        flag(self.enabled && to_send <= self.transmit_threshold, TXEIR)
            | flag(self.transmit.has_overflown, TXOIR)
            | flag(self.receive.has_overflown, RXOIR)
            | flag(received > self.receive_threshold, RXFIR)
    }

    /// Clears interrupts that stay; whether one of them was there.
    fn clear(&mut self, interrupts: u32, cycle: u64) -> u32 {
        let were_raised = self.raw_interrupts(cycle) & interrupts != 0;
        self.transmit.has_overflown &= interrupts & TXOIR == 0;
        self.receive.has_overflown &= interrupts & RXOIR == 0;
        u32::from(were_raised)
    }

    pub(super) fn read(&mut self, offset: u32, cycle: u64) -> Option<u32> {
        Some(match offset {
            CTRLR0 => self.control.0,
            CTRLR1 => self.last_frame,
            SSIENR => u32::from(self.enabled),
            SER => self.slave_enable,
            BAUDR => self.baud,
            TXFTLR => self.transmit_threshold,
            RXFTLR => self.receive_threshold,
            TXFLR => self.transmit.level(cycle) as u32,
            RXFLR => self.receive.level(cycle) as u32,
            SR => self.status(cycle),
            IMR | ISR | DMACR => 0,
            RISR => self.raw_interrupts(cycle),
            TXOICR => self.clear(TXOIR, cycle),
            RXOICR => self.clear(RXOIR, cycle),
            // There is one master, and a read of an empty FIFO ends the run.
            RXUICR | MSTICR => 0,
            ICR => self.clear(TXOIR | RXOIR, cycle),
            IDR => IDENTIFICATION,
            SSI_VERSION_ID => VERSION,
            DR0..=DR35 => self.receive.pop(cycle)?,
            RX_SAMPLE_DLY => self.sample_delay,
            SPI_CTRLR0 => self.spi_control_0,
            TXD_DRIVE_EDGE => self.drive_edge,
            _ => return None,
        })
    }

    pub(super) fn write(&mut self, offset: u32, value: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        match offset {
            // What says how frames are stays as it is while there may be some.
            CTRLR0 | CTRLR1 | BAUDR | RX_SAMPLE_DLY | SPI_CTRLR0 | TXD_DRIVE_EDGE if self.enabled => {}
            CTRLR0 => self.control = Control::new(value),
            CTRLR1 => self.last_frame = value & CTRLR1_BITS,
            BAUDR => self.baud = value & BAUDR_BITS,
            RX_SAMPLE_DLY => self.sample_delay = value & RX_SAMPLE_DLY_BITS,
            SPI_CTRLR0 => self.spi_control_0 = value & SPI_CTRLR0_BITS,
            TXD_DRIVE_EDGE => self.drive_edge = value & TXD_DRIVE_EDGE_BITS,
            SSIENR => self.enable(value & 1 != 0, flash, cycle)?,
            SER => self.select(value & 1, flash, cycle)?,
            // A threshold that the FIFO never has is not taken.
            TXFTLR | RXFTLR if value as usize >= DEPTH => {}
            TXFTLR => self.transmit_threshold = value,
            RXFTLR => self.receive_threshold = value,
            DR0..=DR35 => self.push(value, flash, cycle)?,
            IMR | DMACR if value != 0 => return None,
            TXFLR | RXFLR | SR | IMR | ISR | RISR | TXOICR | RXOICR | RXUICR | MSTICR | ICR | DMACR | IDR
            | SSI_VERSION_ID => {}
            _ => return None,
        }
        Some(())
    }
}

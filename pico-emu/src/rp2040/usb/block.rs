//! The controller as a processor sees it (RP2040 datasheet, 4.1.4).

use super::super::block::{Block, Now, flag};
use super::Usb;
use super::cable::Line;
use super::registers::{EP_ABORT, INTE, INTF, Registers, interrupt, sie_status};

const SOF_WR: u32 = 0x44;
const SOF_RD: u32 = 0x48;
const SIE_STATUS: u32 = 0x50;
const BUFF_STATUS: u32 = 0x58;
const BUFF_CPU_SHOULD_HANDLE: u32 = 0x5c;
const EP_ABORT_DONE: u32 = 0x64;
const EP_STATUS_STALL_NAK: u32 = 0x70;
const USBPHY_DIRECT: u32 = 0x7c;
/// Between `USBPHY_TRIM` and `INTR`.
const RESERVED: u32 = 0x88;
const INTR: u32 = 0x8c;
const INTS: u32 = 0x98;

/// What is latched in `SIE_STATUS`, of which a device knows some.
const LATCHED_STATUS: u32 = 0xff0e_0800;

impl Usb {
    /// The interrupt line.
    pub(in super::super) fn interrupt(&self) -> bool {
        self.ints() != 0
    }

    fn ints(&self) -> u32 {
        let registers = &self.controller.registers;
        match (registers.read(INTE), registers.read(INTF)) {
            (0, forced) => forced,
            (enabled, forced) => self.intr() & enabled | forced,
        }
    }

    fn intr(&self) -> u32 {
        let controller = &self.controller;
        let latched = [
            (sie_status::DATA_SEQ_ERROR, interrupt::ERROR_DATA_SEQ),
            (sie_status::BUS_RESET, interrupt::BUS_RESET),
            (sie_status::TRANS_COMPLETE, interrupt::TRANS_COMPLETE),
            (sie_status::SETUP_REC, interrupt::SETUP_REQ),
            (sie_status::RESUME, interrupt::DEV_RESUME_FROM_HOST),
        ];
        let by_status: u32 = latched.into_iter().map(|(status, bit)| flag(controller.status & status != 0, bit)).sum();
        controller.latched
            | by_status
            | flag(self.detects_vbus(), interrupt::VBUS_DETECT)
            | flag(controller.buffers.done() != 0, interrupt::BUFF_STATUS)
            | flag(controller.abort_done != 0, interrupt::ABORT_DONE)
            | flag(controller.stall_nak != 0, interrupt::EP_STALL_NAK)
    }

    fn sie_status(&self) -> u32 {
        self.controller.status
            | flag(self.controller.is_connected, sie_status::CONNECTED)
            | flag(self.is_suspended, sie_status::SUSPENDED)
            | (self.line() as u32) << 2
            | flag(self.detects_vbus(), sie_status::VBUS_DETECTED)
    }

    /// Clears what is latched. Writing to the bits that are not latched ends the interrupts that tell of their changes.
    fn clear_status(&mut self, bits: u32) {
        self.controller.status &= !(bits & LATCHED_STATUS);
        let told = flag(bits & sie_status::CONNECTED != 0, interrupt::DEV_CONN_DIS)
            | flag(bits & sie_status::SUSPENDED != 0, interrupt::DEV_SUSPEND);
        self.controller.latched &= !told;
    }

    /// The levels that the transceiver sees: `RX_DM`, `RX_DP` and their difference `RX_DD`.
    fn received_levels(&self) -> u32 {
        match self.line() {
            Line::Se0 => 0,
            Line::J => 0b011 << 16,
            Line::K => 0b100 << 16,
        }
    }
}

impl Block for Usb {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        let controller = &mut self.controller;
        Some(match offset {
            SOF_RD => {
                controller.latched &= !interrupt::DEV_SOF;
                u32::from(controller.frame)
            }
            SIE_STATUS => self.sie_status(),
            BUFF_STATUS => controller.buffers.done(),
            BUFF_CPU_SHOULD_HANDLE => controller.buffers.done_second(),
            EP_ABORT_DONE => controller.abort_done,
            EP_STATUS_STALL_NAK => controller.stall_nak,
            USBPHY_DIRECT => controller.registers.read(offset) | self.received_levels(),
            INTR => self.intr(),
            INTS => self.ints(),
            _ if Registers::holds(offset) => controller.registers.read(offset),
            _ => return None,
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.time_ns);
        match offset {
            SIE_STATUS => self.clear_status(value),
            BUFF_STATUS => self.controller.buffers.clear(value),
            EP_ABORT_DONE => self.controller.abort_done &= !value,
            EP_STATUS_STALL_NAK => self.controller.stall_nak &= !value,
            EP_ABORT => {
                let before = self.controller.registers.read(EP_ABORT);
                self.controller.registers.write(offset, value)?;
                self.abort_idle(value & !before);
            }
            // The frame number of a host, and what can be read alone.
            SOF_WR | SOF_RD | BUFF_CPU_SHOULD_HANDLE | RESERVED | INTR | INTS => {}
            _ => self.controller.registers.write(offset, value)?,
        }
        self.follow_line();
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        matches!(offset, SIE_STATUS | BUFF_STATUS | EP_ABORT_DONE | EP_STATUS_STALL_NAK)
    }
}

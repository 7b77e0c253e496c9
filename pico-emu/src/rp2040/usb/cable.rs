//! The state of the bus between packets: reset, idle, suspended (RP2040 datasheet, 4.1.2.6.4; USB 2.0, 7.1.7).

use super::Usb;
use super::bus::Drive;
use super::registers::{interrupt, sie_status};

/// How long the bus is idle when a device goes into suspend (USB 2.0, 7.1.7.6).
const SUSPEND_AFTER_NS: u64 = 3_000_000;

/// The levels of D+ and D-, as in `SIE_STATUS.LINE_STATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Line {
    /// Both are low. So is the bus that nobody drives or pulls up.
    Se0 = 0,
    /// D+ is high: idle.
    J = 1,
    /// D- is high.
    K = 2,
}

impl Usb {
    pub(super) fn line(&self) -> Line {
        match self.drive {
            Drive::Reset => Line::Se0,
            Drive::Resume => Line::K,
            Drive::Idle if self.controller.registers.pulls_up() => Line::J,
            Drive::Idle => Line::Se0,
        }
    }

    pub(super) fn detects_vbus(&self) -> bool {
        self.controller.registers.detects_vbus(self.vbus_pin)
    }

    /// Whether the controller takes notice of the bus.
    pub(super) fn listens(&self) -> bool {
        self.is_clocked && self.controller.registers.is_on() && self.detects_vbus()
    }

    /// Something of what makes the state of the bus may have changed.
    pub(super) fn follow_line(&mut self) {
        self.kept_connected &= self.controller.registers.pulls_up();
        if !self.listens() || !self.controller.registers.pulls_up() {
            self.set_connected(false);
        }
        if !self.listens() || self.line() != Line::J {
            self.idle_since_ns = None;
            self.is_suspended = false;
        } else if self.idle_since_ns.is_none() {
            self.idle_since_ns = Some(self.time_ns);
        }
    }

    /// Whether the pull-up has been there ever since this was last asked.
    pub(super) fn take_connected(&mut self) -> bool {
        let pulls_up = self.controller.registers.pulls_up();
        std::mem::replace(&mut self.kept_connected, pulls_up)
    }

    /// The host drives the bus to a state.
    pub(super) fn drive(&mut self, drive: Drive) {
        let (before, was_suspended) = (std::mem::replace(&mut self.drive, drive), self.is_suspended);
        if self.listens() {
            match (before, drive) {
                (_, Drive::Reset) => {
                    self.controller.in_flight = None;
                    self.controller.status |= sie_status::BUS_RESET;
                }
                (_, Drive::Resume) if was_suspended => self.controller.status |= sie_status::RESUME,
                (Drive::Reset, Drive::Idle) => self.set_connected(true),
                _ => {}
            }
        }
        self.follow_line();
    }

    /// A frame begins.
    pub(super) fn start_of_frame(&mut self, number: u16) {
        if self.listens() {
            self.controller.frame = number & 0x7ff;
            self.controller.latched |= interrupt::DEV_SOF;
            self.end_idleness();
        }
    }

    /// There is a packet on the bus.
    pub(super) fn end_idleness(&mut self) {
        if let Some(since_ns) = &mut self.idle_since_ns {
            *since_ns = self.time_ns;
            self.is_suspended = false;
        }
    }

    /// When the bus has been idle for so long that the device goes into suspend.
    pub(super) fn suspend_ns(&self) -> Option<u64> {
        if self.is_suspended { None } else { Some(self.idle_since_ns? + SUSPEND_AFTER_NS) }
    }

    pub(super) fn suspend(&mut self) {
        self.is_suspended = true;
        self.controller.latched |= interrupt::DEV_SUSPEND;
    }

    fn set_connected(&mut self, is_connected: bool) {
        if self.controller.is_connected != is_connected {
            self.controller.is_connected = is_connected;
            self.controller.latched |= interrupt::DEV_CONN_DIS;
        }
    }
}

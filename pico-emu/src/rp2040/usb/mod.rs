//! USB: the controller as a device, and what is at the other end of the cable (RP2040 datasheet, 4.1).
//!
//! A [`Host`] is plugged in by [`Rp2040::attach_usb`](super::Rp2040::attach_usb). It is polled at the times that it names,
//! and acts on its [`Port`]: it resets the bus, begins frames, and has transactions, each of which is a token with its data
//! and the device's answer. A transaction takes the time that it takes at 12 Mbit/s, and the processors see what became of
//! it at its end. With no host there are no events but one: a device that pulls D+ up goes into suspend.
//!
//! # Choices
//!
//! What the datasheet leaves open, or what is simpler here than on the chip:
//!
//! - What is written to the shared memory counts from the next transaction on, however it is written.
//! - `CONNECTED` comes with the end of the first reset of the bus, and goes with the pull-up, VBUS or the controller.
//! - `DEV_SUSPEND` tells that the device goes into suspend, and not that it comes out of it.
//! - An endpoint that is not enabled does not answer. A bus that nobody drives or pulls up is at SE0.
//! - Data that has come before is acknowledged and dropped, as USB 2.0 (8.6.4) wants it. A packet that is longer than its
//!   buffer is stored all the same.
//! - All packets arrive whole, and the host acknowledges all data that it gets.
//! - The controller as a host, the remote wake-up and the direct drive of the bus are not modelled.

mod block;
mod buffers;
mod bus;
mod cable;
mod connector;
mod dpram;
mod endpoint;
mod registers;
mod transaction;

pub use bus::{DataPid, Host, Port, Reply, Setup, Token, start_of_frame_ns, transaction_ns};

use self::buffers::Buffers;
use self::bus::Drive;
use self::dpram::Dpram;
use self::registers::Registers;
use self::transaction::InFlight;
use crate::bus::Width;

/// How fast the bus is: the controller's clock is four times as fast, within 2,500 ppm (USB 2.0, 7.1.11).
const CLOCK_HZ: std::ops::RangeInclusive<u64> = 47_880_000..=48_120_000;

/// What a reset of the block resets.
#[derive(Clone)]
struct Controller {
    registers: Registers,
    buffers: Buffers,
    /// What is latched in `SIE_STATUS`.
    status: u32,
    /// What is latched in `INTR` and not in `SIE_STATUS`.
    latched: u32,
    abort_done: u32,
    stall_nak: u32,
    frame: u16,
    is_connected: bool,
    in_flight: Option<InFlight>,
}

impl Controller {
    const fn new() -> Self {
        Self {
            registers: Registers::new(),
            buffers: Buffers::new(),
            status: 0,
            latched: 0,
            abort_done: 0,
            stall_nak: 0,
            frame: 0,
            is_connected: false,
            in_flight: None,
        }
    }
}

/// The controller, its memory, and what is at the other end of the cable.
#[derive(Clone)]
pub(super) struct Usb {
    controller: Controller,
    dpram: Dpram,
    /// Whether `clk_usb` is as fast as it has to be.
    is_clocked: bool,
    /// What the pins tell that have the function of detecting VBUS.
    vbus_pin: bool,
    host: Option<Box<dyn Host>>,
    drive: Drive,
    /// D+ has been pulled up ever since the host last asked.
    kept_connected: bool,
    /// Since when the bus has been idle, with the controller listening.
    idle_since_ns: Option<u64>,
    is_suspended: bool,
    /// When all of this was last looked at.
    time_ns: u64,
    /// The time of the next event, and its cycle while the clocks stay as they are.
    planned: Option<(u64, u64)>,
}

impl Usb {
    pub(super) fn new() -> Self {
        Self {
            controller: Controller::new(),
            dpram: Dpram::new(),
            is_clocked: false,
            vbus_pin: false,
            host: None,
            drive: Drive::Idle,
            kept_connected: false,
            idle_since_ns: None,
            is_suspended: false,
            time_ns: 0,
            planned: None,
        }
    }

    /// Resets the block, but not its memory.
    pub(super) fn reset(&mut self) {
        self.controller = Controller::new();
        self.follow_line();
    }

    /// Tells the time, before something changes that is not planned.
    pub(super) fn set_time(&mut self, now_ns: u64) {
        self.time_ns = self.time_ns.max(now_ns);
    }

    /// The clocks have changed, and so fast is `clk_usb`.
    pub(super) fn set_clock(&mut self, hz: u64) {
        self.planned = None;
        self.is_clocked = CLOCK_HZ.contains(&hz);
        self.follow_line();
    }

    /// Whether a pin says that there is power on the bus.
    pub(super) const fn vbus_pin(&self) -> bool {
        self.vbus_pin
    }

    /// Tells whether a pin says that there is power on the bus.
    pub(super) fn set_vbus_pin(&mut self, level: bool) {
        self.vbus_pin = level;
        self.follow_line();
    }

    /// The word of the memory that holds an offset; `None` behind its end.
    pub(super) fn read_dpram(&self, offset: usize) -> Option<u32> {
        (offset < dpram::LEN).then(|| self.dpram.word(offset))
    }

    /// Writes to the memory. `None` behind its end.
    pub(super) fn write_dpram(&mut self, offset: usize, width: Width, value: u32) -> Option<()> {
        (offset < dpram::LEN).then(|| self.dpram.write(offset, width, value))
    }

    /// Plugs a host in.
    pub(super) fn attach(&mut self, host: Box<dyn Host>) {
        self.host = Some(host);
        self.kept_connected = false;
        self.follow_line();
    }

    /// Pulls the cable out, which ends whatever is on the bus.
    pub(super) fn detach(&mut self) -> Option<Box<dyn Host>> {
        self.controller.in_flight = None;
        self.drive = Drive::Idle;
        let host = self.host.take();
        self.follow_line();
        host
    }

    /// The host at the other end of the cable.
    pub(super) fn host(&self) -> Option<&dyn Host> {
        self.host.as_deref()
    }

    /// The same, to change it.
    pub(super) fn host_mut(&mut self) -> Option<&mut dyn Host> {
        self.host.as_deref_mut()
    }

    /// The time at which something happens next.
    pub(super) fn next_event_ns(&self) -> Option<u64> {
        let host = self.host.as_ref().and_then(|host| host.next_poll_ns());
        [self.completion_ns(), self.suspend_ns(), host].into_iter().flatten().min()
    }

    /// Lets happen what is to happen until a time.
    pub(super) fn advance(&mut self, now_ns: u64) {
        while let Some(event_ns) = self.next_event_ns().filter(|&event_ns| event_ns <= now_ns) {
            self.set_time(event_ns);
            if self.completion_ns().is_some_and(|end_ns| end_ns <= event_ns) {
                self.complete();
            } else if self.suspend_ns().is_some_and(|suspend_ns| suspend_ns <= event_ns) {
                self.suspend();
            } else if let Some(mut host) = self.host.take() {
                host.poll(self.time_ns, &mut Port(self));
                self.host = Some(host);
            }
        }
        self.set_time(now_ns);
    }
}

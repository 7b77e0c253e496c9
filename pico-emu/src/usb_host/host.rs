//! The host: what it does when.

use std::time::Duration;

use super::enumeration::{DeviceInfo, Enumeration, Progress};
use super::error::HostError;
use super::serial::{Serial, Text};
use super::transaction::Moment;
use crate::rp2040::usb::{Host, Port, Reply, start_of_frame_ns};

const MS: u64 = 1_000_000;
/// How often the host looks for a device.
const LOOK_NS: u64 = MS;
/// How long a device is to be there before it is believed (USB 2.0, 7.1.7.3).
const DEBOUNCE_NS: u64 = 100 * MS;
/// How long a root hub resets the bus (USB 2.0, 7.1.7.5), and how long a device may take for it (7.1.7.3).
const RESET_NS: u64 = 50 * MS;
const RESET_RECOVERY_NS: u64 = 10 * MS;
const FRAME_NS: u64 = MS;
/// How often a device is tried.
const ATTEMPTS: u32 = 3;

/// Where the host stands with the device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Status {
    /// There is none, or it does not want to be seen.
    #[error("no device is there: nothing pulls D+ up")]
    NoDevice,
    /// It is being asked what it is.
    #[error("a device is there, and is being set up")]
    Starting,
    /// Text can pass.
    #[error("{}", describe(.0))]
    Ready(DeviceInfo),
    /// The host has given it up, until it goes and comes again.
    #[error("the device is of no use: {0}")]
    Failed(HostError),
}

fn describe(info: &DeviceInfo) -> String {
    let DeviceInfo { vendor_id, product_id, .. } = info;
    let product = info.product.as_deref().unwrap_or("a device without a name");
    let manufacturer = info.manufacturer.as_ref().map_or_else(String::new, |name| format!(" by {name}"));
    let serial_number = info.serial_number.as_ref().map_or_else(String::new, |number| format!(", number {number}"));
    format!("serial port: {product}{manufacturer} ({vendor_id:04x}:{product_id:04x}){serial_number}")
}

#[derive(Clone, Debug)]
enum Phase {
    NoDevice,
    /// The device has to be there for a while, or has made an error.
    BeforeReset,
    Resetting,
    Enumerating(Enumeration),
    Open(Serial),
    Failed(HostError),
}

/// A computer with a driver for serial ports.
#[derive(Clone, Debug)]
pub struct CdcHost {
    phase: Phase,
    next_poll_ns: u64,
    /// Which frame it is, and when the next one begins.
    frame: u64,
    frame_ends_ns: u64,
    /// Until when the device is left in peace.
    quiet_until_ns: u64,
    attempts: u32,
    text: Text,
}

impl CdcHost {
    /// A host that is plugged in at a time since the chip's power-up.
    #[must_use]
    pub fn new(time: Duration) -> Self {
        let time_ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Self {
            phase: Phase::NoDevice,
            next_poll_ns: time_ns,
            frame: 0,
            frame_ends_ns: 0,
            quiet_until_ns: 0,
            attempts: 0,
            text: Text::default(),
        }
    }

    /// Where it stands with the device.
    #[must_use]
    pub fn status(&self) -> Status {
        match &self.phase {
            Phase::NoDevice => Status::NoDevice,
            Phase::BeforeReset | Phase::Resetting | Phase::Enumerating(_) => Status::Starting,
            Phase::Open(serial) => Status::Ready(serial.info().clone()),
            Phase::Failed(error) => Status::Failed(*error),
        }
    }

    /// Takes the text that the device has sent.
    pub fn take_received(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text.received)
    }

    /// Sends text as soon as the device takes it. What is left when the device goes is lost.
    pub fn send(&mut self, bytes: &[u8]) {
        self.text.to_send.extend(bytes);
    }

    /// How many bytes of text wait for the device to take them.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.text.to_send.len()
    }

    /// There is no device, or no longer.
    fn lose(&mut self, time_ns: u64) {
        if let Phase::Open(_) = std::mem::replace(&mut self.phase, Phase::NoDevice) {
            self.text.to_send.clear();
        }
        self.attempts = 0;
        self.next_poll_ns = time_ns + LOOK_NS;
    }

    fn reset(&mut self, time_ns: u64, port: &mut Port<'_>) {
        port.reset();
        self.phase = Phase::Resetting;
        self.next_poll_ns = time_ns + RESET_NS;
    }

    fn begin_frame(&mut self, time_ns: u64, port: &mut Port<'_>) {
        self.frame += 1;
        port.start_of_frame((self.frame & 0x7ff) as u16);
        self.frame_ends_ns = time_ns + FRAME_NS;
        let is_quiet = time_ns < self.quiet_until_ns;
        self.next_poll_ns = if is_quiet { self.frame_ends_ns } else { time_ns + start_of_frame_ns() };
    }

    /// Has the next transaction, if there is one in this frame.
    fn transact(&mut self, now_ns: u64, port: &mut Port<'_>) {
        let transaction = match &mut self.phase {
            Phase::Enumerating(enumeration) => Some(enumeration.transaction()),
            Phase::Open(serial) => serial.transaction(now_ns, &mut self.text),
            _ => None,
        };
        let left_ns = self.frame_ends_ns - now_ns;
        let Some(transaction) = transaction.filter(|transaction| transaction.longest_ns() <= left_ns) else {
            self.next_poll_ns = self.frame_ends_ns;
            return;
        };
        let (reply, duration_ns) = transaction.run(port);
        let end = Moment { now_ns: now_ns + duration_ns, frame_ends_ns: self.frame_ends_ns };
        match self.handle(reply, end) {
            Ok(resumes_ns) => self.next_poll_ns = resumes_ns.clamp(end.now_ns, self.frame_ends_ns),
            Err(error) => {
                self.attempts += 1;
                self.phase = if self.attempts < ATTEMPTS { Phase::BeforeReset } else { Phase::Failed(error) };
                self.next_poll_ns = end.now_ns;
            }
        }
    }

    /// Goes on by the answer. Returns when there is something to be done.
    fn handle(&mut self, reply: Reply, moment: Moment) -> Result<u64, HostError> {
        match &mut self.phase {
            Phase::Enumerating(enumeration) => match enumeration.handle(reply, moment)? {
                Progress::Continue => return Ok(enumeration.resumes_ns()),
                Progress::Pause(pause_ns) => {
                    self.quiet_until_ns = moment.now_ns + pause_ns;
                    return Ok(self.quiet_until_ns);
                }
                Progress::Done(port) => self.phase = Phase::Open(Serial::new(port)),
            },
            Phase::Open(serial) => {
                let passes = matches!(reply, Reply::Data(..) | Reply::Ack);
                serial.handle(reply, moment, &mut self.text).map_err(HostError::Port)?;
                // A device that has passed something has as many attempts again.
                if passes {
                    self.attempts = 0;
                }
                return Ok(serial.resumes_ns(&self.text));
            }
            _ => {}
        }
        Ok(moment.now_ns)
    }
}

impl Host for CdcHost {
    fn next_poll_ns(&self) -> Option<u64> {
        Some(self.next_poll_ns)
    }

    fn poll(&mut self, time_ns: u64, port: &mut Port<'_>) {
        if !port.is_connected() {
            port.idle();
            self.lose(time_ns);
            return;
        }
        match &self.phase {
            Phase::NoDevice => {
                self.phase = Phase::BeforeReset;
                self.next_poll_ns = time_ns + DEBOUNCE_NS;
            }
            Phase::BeforeReset => self.reset(time_ns, port),
            Phase::Resetting => {
                port.idle();
                self.quiet_until_ns = time_ns + RESET_RECOVERY_NS;
                self.phase = Phase::Enumerating(Enumeration::new(self.quiet_until_ns));
                self.begin_frame(time_ns, port);
            }
            Phase::Enumerating(_) | Phase::Open(_) if time_ns < self.frame_ends_ns => {
                self.transact(time_ns, port);
            }
            Phase::Enumerating(_) | Phase::Open(_) => self.begin_frame(time_ns, port),
            // The port is off until the device goes.
            Phase::Failed(_) => self.next_poll_ns = time_ns + LOOK_NS,
        }
    }

    fn clone_boxed(&self) -> Box<dyn Host> {
        Box::new(self.clone())
    }
}

//! A computer at the other end of the USB cable, with a driver for serial ports (CDC-ACM).
//!
//! [`CdcHost`] does to a device what Linux does: it waits for the pull-up, resets the bus, asks for descriptors, configures
//! the device, and raises DTR and RTS. Then it polls for text, and sends what it is given. A device that is not done in time,
//! refuses, or says what makes no sense is tried three times; [`status`](CdcHost::status) tells in plain words what came
//! of it.
//!
//! While it has nothing to say, there are two events a millisecond: the frame, and a poll that is answered by NAK.
//!
//! ```
//! use pico_emu::rp2040::{Config, Machine};
//! use pico_emu::usb_host::CdcHost;
//!
//! let mut machine = Machine::new(Config::default());
//! let host = CdcHost::new(machine.time());
//! machine.chip_mut().attach_usb(Box::new(host));
//! // Run the machine, and then:
//! let host = machine.chip_mut().usb_host_mut::<CdcHost>().expect("it has been attached");
//! host.send(b"help\r");
//! let text = host.take_received();
//! assert!(text.is_empty());
//! assert_eq!(host.status().to_string(), "no device is there: nothing pulls D+ up");
//! ```

mod control;
mod descriptor;
mod enumeration;
mod error;
mod host;
mod serial;
mod transaction;

pub use enumeration::DeviceInfo;
pub use error::{HostError, TransferError};
pub use host::{CdcHost, Status};

//! What goes wrong between the host and a device.

use thiserror::Error;

/// Why a transfer came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TransferError {
    /// It answered with STALL.
    #[error("it refuses (STALL)")]
    Stalled,
    /// It did not answer, three times.
    #[error("it does not answer: its controller is off, or has another address")]
    NoAnswer,
    /// It answered NAK until the time was up.
    #[error("it is not ready (NAK) for {0} ms")]
    TimedOut(u64),
    /// It sent more than fits into a packet, or more than it was asked for.
    #[error("it sends {sent} bytes where {allowed} fit")]
    Babble {
        /// What it sent.
        sent: usize,
        /// What would have been right.
        allowed: usize,
    },
}

/// Why a device was not taken into use: the fault of its firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostError {
    /// A request failed.
    #[error("the USB device fails at {request}: {error}")]
    Request {
        /// What it fails at.
        request: &'static str,
        /// What came of it.
        error: TransferError,
    },
    /// A descriptor is too short, or says something else than what was asked for.
    #[error("the USB device's {0} descriptor is broken")]
    Descriptor(&'static str),
    /// It is a device, but not a serial port.
    #[error("the USB device has no CDC-ACM interface with a bulk endpoint in each direction")]
    NotSerial,
    /// A serial port that was in use failed.
    #[error("the USB device's serial port: {0}")]
    Port(TransferError),
}

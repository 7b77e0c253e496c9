//! What the host asked of the chip that the model has no answer to, or that no chip would carry out.

use thiserror::Error;

use super::backplane::firmware::ImageProblem;
use super::gspi::Function;
use super::sdpcm::FrameError;

/// Something that whoever runs the firmware should know before believing what it does next.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Report {
    /// The chip has it, the model has not: the emulation's fault.
    #[error("the CYW43439 is asked for something that is not modelled: {0}")]
    NotModelled(#[from] NotModelled),
    /// A chip would not do it either: the fault of the driver on the host.
    #[error("the CYW43439 is misused by its driver: {0}")]
    Misuse(#[from] Misuse),
}

/// What the model lacks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotModelled {
    /// An ioctl, or a use of one; the chip answered `BCME_UNSUPPORTED`.
    #[error("ioctl {command} ({kind}) on interface {interface} with {data:02x?}")]
    Ioctl {
        /// Whether it reads or writes.
        kind: Kind,
        /// Its number.
        command: u32,
        /// The interface that it is about.
        interface: u8,
        /// What it carries.
        data: Vec<u8>,
    },
    /// A variable, or a use of one; the chip answered `BCME_UNSUPPORTED`.
    #[error("variable {name:?} ({kind}) on interface {interface} with {data:02x?}")]
    Variable {
        /// Whether it is read or written.
        kind: Kind,
        /// Its name.
        name: String,
        /// The interface that it is about.
        interface: u8,
        /// What stands behind the name.
        data: Vec<u8>,
    },
    /// Bits of the bus control word, which have no effect.
    #[error("bus control word {0:#010x}")]
    BusControl(u32),
    /// A register of the bus (function 0): reads as zero.
    #[error("bus register {0:#x}")]
    BusRegister(u32),
    /// A register of the backplane's function (function 1, from 0x10000): reads as zero.
    #[error("backplane function register {0:#x}")]
    FunctionRegister(u32),
    /// An address behind the backplane's window: reads as zero.
    #[error("backplane address {0:#010x}")]
    Backplane(u32),
    /// The Bluetooth function (function 3).
    #[error("Bluetooth, function 3 of the bus")]
    Bluetooth,
    /// A channel between driver and firmware.
    #[error("SDPCM channel {0}")]
    Channel(u8),
}

/// What a chip would not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misuse {
    /// The processor was released with something in its memory that it cannot run; the firmware does not start.
    #[error("the WLAN processor was released, but {0}")]
    FirmwareNotStarted(#[from] ImageProblem),
    /// Memory was used before its core was brought out of reset; it reads as zero, and what is written is lost.
    #[error("memory at {0:#010x} was used while the SOCSRAM core was in reset or without its clock")]
    MemoryInReset(u32),
    /// A frame was sent before the firmware takes frames; it is lost.
    #[error("a frame was written before function 2 was ready")]
    FunctionNotReady,
    /// A transaction ended before all that its command announced was written; none of it counts.
    #[error("function {function:?}: {received} of {announced} bytes were written before the chip was deselected")]
    ShortWrite {
        /// Where the bytes went.
        function: Function,
        /// What the command announced, in bytes.
        announced: usize,
        /// What came, in bytes.
        received: usize,
    },
    /// A frame was read in part; the rest of it is lost.
    #[error("{read} of a frame's {len} bytes were read before the chip was deselected")]
    ShortRead {
        /// The frame's length, in bytes.
        len: usize,
        /// What was read, in bytes.
        read: usize,
    },
    /// More than the backplane takes in one transaction; it is carried out nevertheless.
    #[error("a transfer of {0} bytes over the backplane, which takes 64 at most")]
    TransferTooLong(usize),
    /// A frame that no firmware understands; it is lost.
    #[error("a frame that the firmware cannot read: {0}")]
    Frame(#[from] FrameError),
    /// A frame beyond the number that the firmware had given credit for; it is taken nevertheless.
    #[error("frame {sequence} was sent with credit up to {credit} only")]
    NoCredit {
        /// The frame's sequence number.
        sequence: u8,
        /// The first sequence number without credit.
        credit: u8,
    },
}

/// Whether something is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Read.
    Get,
    /// Written.
    Set,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::Set => "set",
        })
    }
}

/// The reports that nobody took yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Reports(std::collections::VecDeque<Report>);

impl Reports {
    /// A driver that goes on after its first mistakes says nothing new with the later ones.
    const MAX: usize = 64;

    pub(super) fn push(&mut self, report: impl Into<Report>) {
        if self.0.len() < Self::MAX {
            self.0.push_back(report.into());
        }
    }

    pub(super) fn take(&mut self) -> Option<Report> {
        self.0.pop_front()
    }
}

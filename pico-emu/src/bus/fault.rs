//! Why a transfer on the bus failed.

use super::Width;

/// What the processor wanted of the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To read data.
    Read,
    /// To write data.
    Write,
    /// To fetch an instruction.
    Fetch,
}

/// Who is to blame for a failed transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusFaultKind {
    /// The chip answers such a transfer with an error too. The processor takes a `HardFault`, as the architecture says.
    BusError,
    /// The chip has something there, and the emulator has not. The run stops, because whatever came next would be made
    /// up.
    NotModelled,
}

/// A transfer that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {width} {} {address:#010x} {}", self.verb(), self.preposition(), self.reason())]
pub struct BusFault {
    /// Who is to blame.
    pub kind: BusFaultKind,
    /// What the processor wanted.
    pub operation: Operation,
    /// The address of the transfer.
    pub address: u32,
    /// How much was to be transferred.
    pub width: Width,
}

impl BusFault {
    const fn verb(&self) -> &'static str {
        match self.operation {
            Operation::Read => "reading",
            Operation::Write => "writing",
            Operation::Fetch => "executing",
        }
    }

    const fn preposition(&self) -> &'static str {
        match self.operation {
            Operation::Read => "from",
            Operation::Write => "to",
            Operation::Fetch => "at",
        }
    }

    const fn reason(&self) -> &'static str {
        match self.kind {
            BusFaultKind::BusError => "is an error on the chip",
            BusFaultKind::NotModelled => "is not modelled by this emulator",
        }
    }
}

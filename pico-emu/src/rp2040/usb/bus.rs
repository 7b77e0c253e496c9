//! The bus between the controller and the host at the other end of the cable, as packets with their times.

use std::any::Any;

use super::Usb;

/// Bit times of a packet without data: SYNC, PID, EOP (USB 2.0, 8.4 and 7.1.13).
const HANDSHAKE_BITS: u64 = 8 + 8 + 3;
/// Of a token, and of a data packet without its data: a handshake's and 16 bits of address or CRC.
const TOKEN_BITS: u64 = HANDSHAKE_BITS + 16;
/// Between two packets (USB 2.0, 7.1.18).
const GAP_BITS: u64 = 4;

/// The data of a SETUP transaction.
pub type Setup = [u8; 8];

/// A host at the other end of the cable.
///
/// All traffic is begun by it. It is polled at the times that it names, and acts on its [`Port`] then.
pub trait Host: Any + Send {
    /// When it wants to be polled next, in nanoseconds since the chip's power-up; `None` if never. After a poll this is
    /// later than that poll.
    fn next_poll_ns(&self) -> Option<u64>;

    /// Its time has come.
    fn poll(&mut self, time_ns: u64, port: &mut Port<'_>);

    /// The same host again, for a copy of the chip.
    fn clone_boxed(&self) -> Box<dyn Host>;
}

impl Clone for Box<dyn Host> {
    fn clone(&self) -> Self {
        self.as_ref().clone_boxed()
    }
}

/// The two data packets, by which each side sees whether the other has got the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPid {
    /// DATA0.
    Data0,
    /// DATA1.
    Data1,
}

impl std::ops::Not for DataPid {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Data0 => Self::Data1,
            Self::Data1 => Self::Data0,
        }
    }
}

/// What a host sends: a token, and the data packet behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// The beginning of a control transfer.
    Setup(Setup),
    /// Data is asked for.
    In,
    /// Data is sent.
    Out(DataPid, &'a [u8]),
}

/// What the device answers. The host acknowledges data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Data.
    Data(DataPid, Vec<u8>),
    /// It has the data.
    Ack,
    /// Not now.
    Nak,
    /// The endpoint is halted, or the request is not supported.
    Stall,
    /// Nothing: there is no such endpoint at such an address, or it is isochronous.
    Nothing,
}

/// How long a transaction takes at 12 Mbit/s with so many bytes in a data packet of each direction, without the bits that
/// are stuffed into them. Waiting for a handshake in vain takes as long as the handshake (USB 2.0, 7.1.19).
#[must_use]
pub fn transaction_ns(sent: Option<usize>, received: Option<usize>) -> u64 {
    let data_bits = |bytes: Option<usize>| bytes.map_or(0, |bytes| GAP_BITS + TOKEN_BITS + 8 * bytes as u64);
    bits_ns(TOKEN_BITS + data_bits(sent) + data_bits(received) + GAP_BITS + HANDSHAKE_BITS + GAP_BITS)
}

/// How long the packet takes that begins a frame.
#[must_use]
pub const fn start_of_frame_ns() -> u64 {
    bits_ns(TOKEN_BITS + GAP_BITS)
}

/// At 12 Mbit/s three bits last for 250 ns.
const fn bits_ns(bits: u64) -> u64 {
    (bits * 250).div_ceil(3)
}

/// What the host drives the bus to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drive {
    /// Nothing but packets.
    Idle,
    /// SE0: reset.
    Reset,
    /// K: resume.
    Resume,
}

/// A host's end of the cable, at the time of a poll.
pub struct Port<'a>(pub(super) &'a mut Usb);

impl Port<'_> {
    /// Whether the device has pulled D+ up ever since this was last asked.
    pub fn is_connected(&mut self) -> bool {
        self.0.take_connected()
    }

    /// Resets the bus, until it is [let go](Self::idle): for 10 ms at least (USB 2.0, 7.1.7.5).
    pub fn reset(&mut self) {
        self.0.drive(Drive::Reset);
    }

    /// Tells a suspended device to resume, until the bus is [let go](Self::idle): for 20 ms at least (USB 2.0, 7.1.7.7).
    pub fn resume(&mut self) {
        self.0.drive(Drive::Resume);
    }

    /// Ends a reset or a resume.
    pub fn idle(&mut self) {
        self.0.drive(Drive::Idle);
    }

    /// Begins a frame, as it is to be each millisecond; its number has 11 bits.
    pub fn start_of_frame(&mut self, number: u16) {
        self.0.start_of_frame(number);
    }

    /// Has a transaction with an endpoint of the device with an address. The transaction begins now; returned is the
    /// answer, and how long all of it takes, in nanoseconds.
    ///
    /// # Panics
    ///
    /// If another one has not ended yet.
    pub fn transact(&mut self, address: u8, endpoint: u8, token: Token<'_>) -> (Reply, u64) {
        let (reply, index, outcome) = self.0.answer(address, endpoint, token);
        let sent = match token {
            Token::Setup(setup) => Some(setup.len()),
            Token::In => None,
            Token::Out(_, bytes) => Some(bytes.len()),
        };
        let received = if let Reply::Data(_, bytes) = &reply { Some(bytes.len()) } else { None };
        let duration_ns = transaction_ns(sent, received);
        self.0.begin(index, outcome, duration_ns);
        (reply, duration_ns)
    }
}

//! Why an exchange failed, by whose fault.

use core::fmt;

use crate::codec::DecodeError;

/// Why a client got no colour from one exchange (ERR-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ExchangeError {
    /// The server's name has no address: a wrong name, or no name service.
    #[error("the server's name was not found: check its spelling and that this board is on the network")]
    Resolve,
    /// The server's host is there and nothing listens on the port.
    #[error(
        "connection refused: the host is there, but no server listens on that port; start the server or check the port"
    )]
    Refused,
    /// No way to the server's host.
    #[error("the server cannot be reached: check its address and that both boards are on one network")]
    Unreachable,
    /// Connecting failed for another reason.
    #[error("the connection could not be made")]
    Connect,
    /// The time-out passed.
    #[error("{0}")]
    TimedOut(Phase),
    /// The connection broke: the server crashed, restarted, or closed it the hard way.
    #[error("the server broke the connection off before the reply was whole")]
    Reset,
    /// The server closed the connection without a reply.
    #[error("the server closed the connection without a reply")]
    Closed,
    /// The server's reply is not `r,g,b`.
    #[error("the server's reply is not a colour: {0}")]
    Decode(#[from] DecodeError),
}

impl ExchangeError {
    /// The error's class, for counting.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::Resolve => ErrorKind::Resolve,
            Self::Refused | Self::Unreachable | Self::Connect => ErrorKind::Connect,
            Self::TimedOut(_) => ErrorKind::Timeout,
            Self::Reset => ErrorKind::Reset,
            Self::Closed => ErrorKind::Closed,
            Self::Decode(_) => ErrorKind::Decode,
        }
    }
}

/// What a client was waiting for when its time-out passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Phase {
    /// The connection, name lookup included.
    Connecting,
    /// The request's way out.
    Sending,
    /// The first byte of the reply.
    AwaitingReply,
    /// The end of a reply that had begun.
    Receiving,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "time-out: no connection; is the server's board on, and is the address right?",
            Self::Sending => "time-out: connected, but the request could not be sent",
            Self::AwaitingReply => "time-out: connected and asked, but no reply came",
            Self::Receiving => {
                "time-out: a reply began but did not end; the server must close the connection behind it"
            }
        })
    }
}

/// The class of an [`ExchangeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ErrorKind {
    /// No connection: refused, unreachable or otherwise.
    Connect,
    /// The time-out passed, in any phase.
    Timeout,
    /// The connection broke.
    Reset,
    /// Closed without a reply.
    Closed,
    /// The reply is not a colour.
    Decode,
    /// The server's name was not found.
    Resolve,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Connect, Self::Timeout, Self::Reset, Self::Closed, Self::Decode, Self::Resolve];

    /// The kind's name, such as `connect`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::Decode => "decode",
            Self::Resolve => "resolve",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a transport reports to a state machine, client's or server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TransportError {
    /// A name has no address.
    NameNotFound,
    /// The peer's host refused the connection.
    Refused,
    /// No route to the peer.
    Unreachable,
    /// The peer reset the connection, or it broke in another way.
    Reset,
    /// Something else.
    Other,
}

#[cfg(feature = "std")]
impl From<std::io::ErrorKind> for TransportError {
    fn from(kind: std::io::ErrorKind) -> Self {
        use std::io::ErrorKind as Io;
        match kind {
            Io::ConnectionRefused => Self::Refused,
            Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown | Io::AddrNotAvailable => Self::Unreachable,
            Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::NotConnected => Self::Reset,
            _ => Self::Other,
        }
    }
}

#[cfg(feature = "std")]
impl From<&std::io::Error> for TransportError {
    fn from(error: &std::io::Error) -> Self {
        error.kind().into()
    }
}

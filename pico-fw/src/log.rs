//! What a board says, in words for the person who reads its serial line.

use core::fmt;
use core::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::settings::{ServerHost, Ssid};
use rgb_proto::{ExchangeError, Rgb, ServeError, StationFailure};

/// Where the board's lines go: USB serial, a debug probe, a test.
pub trait Log {
    /// Writes one line; the line end is the log's.
    fn line(&self, args: fmt::Arguments<'_>);
}

/// One thing that happened, with its words. None of them holds a secret.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// A join begins.
    Joining(&'a Ssid),
    /// The board has joined its network.
    Connected,
    /// The network gave this address.
    Address(Ipv4Addr),
    /// The server takes connections.
    Listening(SocketAddrV4),
    /// The client begins to ask there.
    Asking {
        /// The server's name or address.
        host: &'a ServerHost,
        /// Its port.
        port: u16,
    },
    /// The access point's signal has this strength, or this again.
    Signal {
        /// In dBm: -50 is strong, -80 weak.
        dbm: i32,
    },
    /// The address is no longer valid; another one is waited for.
    AddressLost,
    /// The network failed; the board will join again.
    NetworkFailed(StationFailure),
    /// A client has connected.
    ClientConnected(SocketAddrV4),
    /// A client got this colour.
    Sent(Rgb),
    /// A browser got the page.
    SentPage,
    /// Somebody got the board's status.
    SentStatus,
    /// A client got its answer but did not close its side.
    Abandoned,
    /// A client got no answer.
    ServeFailed(ServeError),
    /// The board got this colour.
    Received(Rgb),
    /// The board got no colour.
    ExchangeFailed(ExchangeError),
    /// The settings name the board itself as its server.
    AsksItself,
}

impl Event<'_> {
    pub(crate) fn tell(self, log: &dyn Log) {
        log.line(format_args!("{self}"));
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joining(ssid) => write!(f, "joining the network \"{}\"", ssid.as_str().escape_debug()),
            Self::Connected => f.write_str("connected"),
            Self::Address(address) => write!(f, "ip = {address}"),
            Self::Listening(socket) => write!(f, "listening on {socket}"),
            Self::Asking { host, port } => write!(f, "asking {host} on port {port}"),
            Self::Signal { dbm } => write!(f, "signal: {dbm} dBm"),
            Self::AddressLost => f.write_str("the network took the address back; waiting for another one"),
            Self::NetworkFailed(failure) => write!(f, "network connection failed: {failure}"),
            Self::ClientConnected(peer) => write!(f, "client connected from {peer}"),
            Self::Sent(color) => write!(f, "Sent: {color}"),
            Self::SentPage => f.write_str("Sent: the page"),
            Self::SentStatus => f.write_str("Sent: the status"),
            Self::Abandoned => f.write_str("the client did not close the connection, which was then closed under it"),
            Self::ServeFailed(error) => write!(f, "connection closed: {error}"),
            Self::Received(color) => write!(f, "Received: {color}"),
            Self::ExchangeFailed(error) => write!(f, "no colour: {error}"),
            Self::AsksItself => f.write_str(
                "the server in the settings is this board itself; set \"server\" to the other board's address",
            ),
        }
    }
}

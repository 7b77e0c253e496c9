//! What a board says, in words for the person who reads its serial line.

use core::fmt::{self, Write};
use core::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::discovery::{FoundServer, Label};
use rgb_proto::http::{HardwareAddress, Lease};
use rgb_proto::settings::{Network, ServerHost, Ssid};
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
    /// The board becomes the access point of its network.
    OpeningAccessPoint {
        /// The network.
        network: &'a Network,
        /// Its channel in the 2.4 GHz band.
        channel: u8,
    },
    /// The board is the access point of its network.
    AccessPointOpen {
        /// The network.
        network: &'a Network,
        /// Where the board serves, if it does.
        server: Option<SocketAddrV4>,
    },
    /// So many stations are with the access point now.
    Stations(u8),
    /// A station that has joined got an address.
    AddressGiven {
        /// The address, and whose it is.
        lease: Lease,
        /// What the station calls itself.
        name: Option<&'a str>,
    },
    /// A station has joined and there is no address left for it.
    NoAddressLeft,
    /// The server can be found by this name (DSC-1).
    Announced(&'a Label),
    /// Another board has the name; this one is tried instead (DSC-4).
    NameTaken(&'a Label),
    /// The client takes this server, which announced itself (DSC-6).
    Found(&'a FoundServer),
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
            Self::Joining(ssid) => write!(f, "joining the network {}", Quoted(ssid.as_str())),
            Self::Connected => f.write_str("connected"),
            Self::Address(address) => write!(f, "ip = {address}"),
            Self::Listening(socket) => write!(f, "listening on {socket}"),
            Self::Asking { host, port } => write!(f, "asking {host} on port {port}"),
            Self::Signal { dbm } => write!(f, "signal: {dbm} dBm"),
            Self::AddressLost => f.write_str("the network took the address back; waiting for another one"),
            Self::NetworkFailed(failure) => write!(f, "network connection failed: {failure}"),
            Self::OpeningAccessPoint { network, channel } => {
                let protection = if network.passphrase().is_some() { "WPA2" } else { "open to everybody" };
                let ssid = Quoted(network.ssid().as_str());
                write!(f, "opening the access point {ssid}, channel {channel}, {protection}")
            }
            Self::AccessPointOpen { network, server } => {
                write!(f, "the access point is open: join the network {}", Quoted(network.ssid().as_str()))?;
                if network.passphrase().is_some() {
                    f.write_str(" with its passphrase")?;
                }
                let Some(server) = server else { return Ok(()) };
                let address = server.ip();
                write!(f, ", and open http://{address}")?;
                if server.port() != 80 {
                    write!(f, ":{}", server.port())?;
                }
                write!(f, "/ or set a client's \"server\" to {address}")
            }
            Self::Stations(count) => write!(f, "stations: {count}"),
            Self::AddressGiven { lease: Lease { address, hardware_address }, name } => {
                write!(f, "gave {address} to {}", HardwareAddress(*hardware_address))?;
                name.map_or(Ok(()), |name| write!(f, ", {}", Quoted(name)))
            }
            Self::NoAddressLeft => {
                f.write_str("a station has joined, but all addresses are given; switch another one off")
            }
            Self::Announced(label) => write!(f, "announced as {label}.local"),
            Self::NameTaken(label) => write!(f, "another board has this name already; trying {label}.local"),
            Self::Found(server) => {
                f.write_str("found the server ")?;
                match &server.name {
                    Some(name) => f.write_str(name.as_str())?,
                    None => server.label.fmt(f)?,
                }
                write!(f, " at {}", server.address)
            }
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

/// A text that others chose, in quotation marks, on one line and without commands for a terminal.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            f.write_char(if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })?;
        }
        f.write_char('"')
    }
}

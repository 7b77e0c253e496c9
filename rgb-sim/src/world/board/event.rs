//! What a board has to tell.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use rgb_proto::discovery::Label;
use rgb_proto::settings::Ssid;
use rgb_proto::{ErrorKind, ExchangeError, Instant, Rgb, ServeError, StationFailure};

/// Something that happened on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardEvent {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: BoardEventKind,
}

/// What happened on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardEventKind {
    /// It got power, or started anew.
    Started,
    /// It joins this network.
    Joining(Ssid),
    /// The join succeeded.
    Joined,
    /// The network did not work, or does not any more.
    NetworkFailed(StationFailure),
    /// It is the access point of this network now.
    AccessPointOpen(Ssid),
    /// The network works, at this address.
    Address(Ipv4Addr),
    /// The address no longer holds.
    AddressLost,
    /// The board's service is announced under this label.
    Announced(Label),
    /// Another host has the name; the board tries this one.
    Renamed(Label),
    /// A server was found that announces itself, or by its name.
    Found(SocketAddrV4),
    /// The client's server has the board's own address, at which no board reaches itself.
    AsksItself,
    /// One of the client's exchanges is over.
    Exchange {
        /// How long it took.
        elapsed: Duration,
        /// The colour, which is shown, or why there is none.
        outcome: Result<Rgb, ExchangeError>,
    },
    /// The server answered a request.
    Served {
        /// With this colour; none when it was a document.
        color: Option<Rgb>,
    },
    /// A client of the server got no reply.
    ServeFailed(ServeError),
}

/// How often things happened on a board, since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardCounts {
    /// Joins that succeeded.
    pub joins: u64,
    /// Networks that failed, of any kind of [`StationFailure`].
    pub network_failures: u64,
    /// The client's exchanges that succeeded.
    pub exchanges: u64,
    /// The client's exchanges that failed, in the order of [`ErrorKind::ALL`].
    pub failures: [u64; ErrorKind::ALL.len()],
    /// The server's answers.
    pub served: u64,
    /// The server's clients that got none.
    pub serve_failures: u64,
}

impl BoardCounts {
    pub(super) fn count(&mut self, kind: &BoardEventKind) {
        match kind {
            BoardEventKind::Joined => self.joins += 1,
            BoardEventKind::NetworkFailed(_) => self.network_failures += 1,
            BoardEventKind::Exchange { outcome: Ok(_), .. } => self.exchanges += 1,
            BoardEventKind::Exchange { outcome: Err(error), .. } => {
                if let Some(kind) = ErrorKind::ALL.iter().position(|kind| *kind == error.kind()) {
                    self.failures[kind] += 1;
                }
            }
            BoardEventKind::Served { .. } => self.served += 1,
            BoardEventKind::ServeFailed(_) => self.serve_failures += 1,
            BoardEventKind::Started
            | BoardEventKind::Joining(_)
            | BoardEventKind::AccessPointOpen(_)
            | BoardEventKind::Address(_)
            | BoardEventKind::AddressLost
            | BoardEventKind::Announced(_)
            | BoardEventKind::Renamed(_)
            | BoardEventKind::Found(_)
            | BoardEventKind::AsksItself => {}
        }
    }
}

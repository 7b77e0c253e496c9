//! How boards on one network find each other, without anybody typing an address: multicast DNS and DNS-SD (DSC clauses).
//!
//! An [`Announcement`] makes a server board known; a [`Browser`] sees the boards that are. Both speak for themselves, next
//! to whatever the system has for this, and over IPv4 alone.
//!
//! ```no_run
//! use rgb_sim::discovery::{Announcement, Interfaces};
//! use rgb_sim::{ServerBoard, ServerBoardConfig};
//!
//! let board = ServerBoard::start(ServerBoardConfig::default())?;
//! // `server.local` on the loopback interface, because that is where the board listens.
//! let announcement = Announcement::start(&board, Interfaces::All)?;
//! // Says goodbye, so that nobody looks for the board any more.
//! drop(announcement);
//! # Ok::<(), rgb_sim::StartError>(())
//! ```

mod announcement;
mod browser;
mod daemon;
mod interfaces;

pub use announcement::Announcement;
pub(crate) use browser::HostSearch;
pub use browser::{AnnouncedBoard, Browser, Sighting};
pub use interfaces::{Interfaces, InterfacesError};

use std::io;

/// Why this machine can neither announce nor find boards.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Multicast DNS has one port, and this machine does not let it be used.
    #[error(
        "UDP port 5353, which boards find each other by, cannot be used: {0}; stop the program that keeps it for itself"
    )]
    Port(#[source] io::Error),
    /// No interface is up that could be used.
    #[error("{0} is not there, is down, or has no IPv4 address; `ip addr` shows what this machine has")]
    NoInterface(Interfaces),
    /// The interfaces asked for are not the board's.
    #[error(
        "the board listens on {addr}, which {interfaces} does not have; leave --interface out, or listen on 0.0.0.0"
    )]
    Elsewhere {
        /// Those asked for.
        interfaces: Interfaces,
        /// Where the board listens.
        addr: std::net::Ipv4Addr,
    },
    /// Multicast DNS itself failed.
    #[error("multicast DNS failed: {0}; try again, and close other programs if it goes on")]
    Failed(String),
}

impl From<mdns_sd::Error> for DiscoveryError {
    fn from(error: mdns_sd::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The service's type as DNS writes it, with the root's dot.
fn service_type() -> String {
    format!("{}.", rgb_proto::discovery::SERVICE_TYPE)
}

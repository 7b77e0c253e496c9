//! A bad link: a TCP relay in real time that does to connections what bad WiFi does to them.
//!
//! It stands between any TCP peers, such as a real board's program and the simulator's server. A [`Link`] runs in a thread
//! of its own, needs no async runtime around it, and stops when dropped.
//!
//! ```
//! use std::time::Duration;
//!
//! use rgb_sim::link::{Link, LinkConfig, LinkRules};
//! use rgb_sim::{ClientBoard, ClientBoardConfig, ServerBoard};
//!
//! let server = ServerBoard::start(Default::default())?;
//! let rules = LinkRules { latency: Duration::from_millis(20), ..Default::default() };
//! let link = Link::start(LinkConfig { rules, ..LinkConfig::new(server.addr()) })?;
//!
//! let client = ClientBoardConfig { count: Some(1), ..ClientBoardConfig::new(link.addr()) };
//! let tally = ClientBoard::start(client)?.wait();
//! // Once for the request, once for the reply.
//! assert!(tally.latency().is_some_and(|latency| latency.min >= 40_000));
//! assert_eq!(link.stop().connections, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  client ── read ──▶ Flow: the rules decide ──▶ Lane: waits until it is due ── write ──▶ upstream
//!         ◀─ write ── Lane ◀──────────────────── Flow ◀──────────────────────── read ───
//! ```
//!
//! Each connection draws from streams of its own, by its number and the seed: whether it is refused, cut or reset depends on
//! nothing else, and what happens to a piece on nothing but its number in its direction.

mod connection;
mod flow;
mod lane;
mod relay;
mod rules;
mod summary;
#[cfg(test)]
mod tests;
mod units;
mod upstream;
mod worker;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rgb_proto::Name;
use tokio::sync::mpsc;

use crate::address::ServerAddr;
use crate::board::StartError;
use crate::event::Event;
use crate::threads::Threads;
use crate::transport;
pub use rules::{Direction, LinkRules};
pub use summary::{LinkEnd, LinkSummary};
pub use units::{BitRate, BitRateError, Share, ShareError};
use upstream::Upstream;
use worker::Worker;

/// How a link is set up.
#[derive(Clone, Debug)]
pub struct LinkConfig {
    /// The link's name in events.
    pub name: Name,
    /// Where to take connections; port 0 is any free one. A free port of this machine alone unless set.
    pub listen: SocketAddr,
    /// Where they go on to.
    pub upstream: ServerAddr,
    /// What happens to them.
    pub rules: LinkRules,
    /// Decides what is left to chance.
    pub seed: u64,
    /// The most connections open at one time; further ones are closed at once. 1024 unless set.
    pub connections_max: usize,
    /// Stop after so many connections, when the last of them has ended.
    pub count: Option<u64>,
    /// Where events go; a full channel makes connections wait, a closed one is ignored.
    pub events: Option<mpsc::Sender<Event>>,
}

impl LinkConfig {
    /// A link to this upstream that does nothing to its connections.
    #[must_use]
    pub fn new(upstream: impl Into<ServerAddr>) -> Self {
        Self {
            name: "link".parse().expect("a name that the protocol takes"),
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            upstream: upstream.into(),
            rules: LinkRules::default(),
            seed: 0,
            connections_max: 1024,
            count: None,
            events: None,
        }
    }
}

/// Why a link could not start.
#[derive(Debug, thiserror::Error)]
pub enum LinkStartError {
    /// The address cannot be used.
    #[error("cannot listen on {addr}: {error}; {}", listen_hint(*addr, error))]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The link would be its own upstream.
    #[error("the upstream {addr} is the link itself; give the address of the server behind it")]
    Loop {
        /// The address of both.
        addr: SocketAddr,
    },
    /// The system gives no thread or no event queue.
    #[error("cannot start the link: {0}; close other programs, or raise the limits that `ulimit -a` shows")]
    Resources(#[source] io::Error),
}

fn listen_hint(addr: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "ports below 1024 need a permission that this user lacks: take a higher one, such as {}, or run as root",
            SocketAddr::new(addr.ip(), 8080)
        ),
        io::ErrorKind::AddrInUse => "another program listens there: stop it, or take another port".into(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address; 0.0.0.0 is all it has".into(),
        _ => "check the address".into(),
    }
}

/// A relay that is running, in a thread of its own. Dropping it stops it.
pub struct Link {
    worker: Arc<Worker>,
    addr: SocketAddr,
    thread: Threads,
}

impl Link {
    /// Starts to take connections.
    ///
    /// # Errors
    ///
    /// [`LinkStartError`] when the address cannot be used, is the upstream's, or the system gives no thread.
    pub fn start(config: LinkConfig) -> Result<Self, LinkStartError> {
        let failed = |error| LinkStartError::Listen { addr: config.listen, error };
        let listener = transport::listeners(config.listen, 1).map_err(failed)?.remove(0);
        let addr = listener.local_addr().map_err(failed)?;
        let name = config.name.to_string();
        let upstream = Upstream::new(config.upstream.clone());
        if upstream.is(addr) {
            return Err(LinkStartError::Loop { addr });
        }
        let worker = Arc::new(Worker::new(config, upstream));
        let mut thread = Threads::new(worker.stop.clone());
        let running = Arc::clone(&worker);
        thread.spawn(name, move || running.run(listener, addr)).map_err(|error| match error {
            StartError::Bind { addr, error } => LinkStartError::Listen { addr, error },
            StartError::Resources(error) => LinkStartError::Resources(error),
        })?;
        Ok(Self { worker, addr, thread })
    }

    /// The address to connect to, with the real port.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What the link has done so far.
    #[must_use]
    pub fn summary(&self) -> LinkSummary {
        self.worker.summary()
    }

    /// Waits until the link has stopped by itself: it has relayed as many connections as it was to.
    pub async fn stopped(&self) {
        self.worker.stopped.cancelled().await;
    }

    /// Closes all connections, and returns what the link has done.
    #[must_use = "or drop the link, which stops it too"]
    pub fn stop(mut self) -> LinkSummary {
        self.thread.stop();
        self.thread.join();
        self.worker.summary()
    }
}

//! Ports of this computer that lead to boards of a [`world`](crate::world): a browser or `curl` reaches a virtual board.
//!
//! ```text
//!  browser ── TCP of this computer ──▶ Forwarder ── Router::connect ──▶ virtual air ──▶ board
//! ```
//!
//! The [`Forwarder`] has the real sockets; on the virtual side the router of the board's network opens a connection for
//! each of this computer's. Streams end on each side as they end on the other, and are broken off where the other is.
//!
//! The world stays in the hands of who runs it, and follows the clock on the wall as far as the caller lets it:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::io::{Read, Write};
//! use std::net::{Ipv4Addr, TcpStream};
//! use std::time::{Duration, Instant};
//!
//! use rgb_proto::settings::SettingsDraft;
//! use rgb_sim::forward::{Forwarder, Network};
//! use rgb_sim::world::{AccessPointConfig, Board, Machine, NodeId, Placement, Router, World};
//!
//! struct Home {
//!     world: World<Machine>,
//!     router: NodeId,
//!     server: NodeId,
//! }
//!
//! impl Network for Home {
//!     fn locate(&self, board: &str) -> Option<(NodeId, Ipv4Addr)> {
//!         let address = match board {
//!             "server" => self.world.host(self.server).as_board()?.address()?,
//!             _ => return None,
//!         };
//!         Some((self.router, address))
//!     }
//!
//!     fn router_mut(&mut self, router: NodeId) -> &mut Router {
//!         self.world.host_mut(router).as_router_mut().expect("it is one")
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut world = World::new(1);
//! let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
//! let router = world.add_wired([2, 0, 0, 0, 0, 1], access_point, Router::new(Default::default()).into());
//! let mut settings = SettingsDraft::new();
//! for (field, value) in [("role", "server"), ("ssid", "Home"), ("passphrase", "correct horse")] {
//!     settings.set(field, value)?;
//! }
//! let server = Board::new(settings.finish()?, 7).into();
//! let server = world.add_station([2, 0, 0, 0, 0, 2], Placement { position_m: 3.0 }, server);
//! let mut home = Home { world, router, server };
//!
//! let mut forwarder = Forwarder::start(["0:server:80".parse()?])?;
//! let addr = forwarder.addrs().next().expect("one for each forward");
//! let client = std::thread::spawn(move || {
//!     let mut stream = TcpStream::connect(addr)?;
//!     stream.write_all(b"GET Data")?;
//!     let mut color = String::new();
//!     stream.read_to_string(&mut color).map(|_| color)
//! });
//!
//! let (start, begin) = (Instant::now(), home.world.now());
//! while !client.is_finished() {
//!     forwarder.wait(Instant::now() + Duration::from_millis(10));
//!     home.world.run_until(begin + start.elapsed());
//!     forwarder.pump(&mut home);
//! }
//! let color = client.join().expect("no panic")?;
//! assert_eq!(color.split(',').count(), 3);
//! # Ok(())
//! # }
//! ```

mod connection;
mod spec;

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tracing::{info, warn};

use crate::transport;
use crate::world::{NodeId, Router};
use connection::Connection;
pub use spec::{Forward, ForwardSpecError};

/// What a [`Forwarder`] needs of a world.
pub trait Network {
    /// The router of the network that this board is on, and its address there; none while it has none.
    fn locate(&self, board: &str) -> Option<(NodeId, Ipv4Addr)>;

    /// A router that [`locate`](Self::locate) has named. It must be polled soon: see
    /// [`World::host_mut`](crate::world::World::host_mut).
    fn router_mut(&mut self, router: NodeId) -> &mut Router;
}

/// Why ports could not be forwarded.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The address cannot be used.
    #[error("cannot forward {forward}: {error}; {}", listen_hint(error))]
    Listen {
        /// What was asked for.
        forward: Forward,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The system gives no event queue.
    #[error("cannot forward ports: {0}; close other programs, or raise the limits that `ulimit -a` shows")]
    Resources(#[source] io::Error),
}

fn listen_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need a permission that this user lacks: take a higher one, such as 8080, or run as root"
        }
        io::ErrorKind::AddrInUse => {
            "another program listens there: stop it, or take another port; port 0 is any free one"
        }
        io::ErrorKind::AddrNotAvailable => "this computer has no such address; 0.0.0.0 is all it has",
        _ => "check the address",
    }
}

/// Ports of this computer that lead to boards. Dropping it breaks all connections off.
pub struct Forwarder {
    runtime: Runtime,
    listeners: Vec<Listener>,
    connections: Vec<Connection>,
}

struct Listener {
    socket: TcpListener,
    addr: SocketAddr,
    forward: Forward,
}

impl Forwarder {
    /// So many connections are relayed at one time; the system keeps further ones waiting. A board serves four.
    const CONNECTIONS_MAX: usize = 64;
    /// How long what comes may lie there while connections are open.
    const TICK: Duration = Duration::from_millis(1);
    /// How long to wait when the computer cannot accept a connection.
    const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

    /// Listens on all these ports.
    ///
    /// # Errors
    ///
    /// [`ForwardError`] when a port cannot be used.
    pub fn start(forwards: impl IntoIterator<Item = Forward>) -> Result<Self, ForwardError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ForwardError::Resources)?;
        let listeners = {
            let _context = runtime.enter();
            forwards.into_iter().map(Listener::start).collect::<Result<_, _>>()?
        };
        Ok(Self { runtime, listeners, connections: Vec::new() })
    }

    /// Where it listens, in the order of the forwards, with the real ports.
    pub fn addrs(&self) -> impl Iterator<Item = SocketAddr> {
        self.listeners.iter().map(|listener| listener.addr)
    }

    /// Waits until there may be something to [`pump`](Self::pump), at most until then.
    ///
    /// # Panics
    ///
    /// Within an async runtime, which must not be blocked.
    pub fn wait(&mut self, until: Instant) {
        let until = if self.connections.is_empty() { until } else { until.min(Instant::now() + Self::TICK) };
        let accepted = self.runtime.block_on(async {
            // The sockets are looked at even where that time has passed already.
            tokio::task::yield_now().await;
            let has_room = self.connections.len() < Self::CONNECTIONS_MAX;
            tokio::time::timeout_at(until.into(), accept(&self.listeners, has_room)).await.ok()
        });
        match accepted {
            Some(Ok((stream, forward))) => self.connections.push(Connection::new(stream, forward)),
            Some(Err(error)) => {
                warn!(%error, "cannot accept a connection");
                std::thread::sleep(Self::ACCEPT_PAUSE.min(until.saturating_duration_since(Instant::now())));
            }
            None => {}
        }
    }

    /// Moves what there is to move between this computer and the boards. The world acts on it when it runs next, as of the
    /// time that it has now: run it up to the present first.
    pub fn pump(&mut self, network: &mut impl Network) {
        self.connections.retain_mut(|connection| connection.pump(network).is_pending());
    }
}

impl Listener {
    fn start(forward: Forward) -> Result<Self, ForwardError> {
        let started = transport::listeners(forward.listen, 1).and_then(|mut listeners| {
            let socket = TcpListener::from_std(listeners.remove(0))?;
            let addr = socket.local_addr()?;
            info!(%addr, board = %forward.board, port = forward.port, "forwarding");
            Ok((socket, addr))
        });
        match started {
            Ok((socket, addr)) => Ok(Self { socket, addr, forward }),
            Err(error) => Err(ForwardError::Listen { forward, error }),
        }
    }
}

/// The next connection that comes, and where it goes. While there is no room none comes.
async fn accept(listeners: &[Listener], has_room: bool) -> io::Result<(TcpStream, Forward)> {
    let (stream, forward) = poll_fn(|cx| {
        for listener in listeners.iter().filter(|_| has_room) {
            if let Poll::Ready(accepted) = listener.socket.poll_accept(cx) {
                return Poll::Ready(accepted.map(|(stream, _)| (stream, listener.forward)));
            }
        }
        Poll::Pending
    })
    .await?;
    Ok((stream.into_std()?, forward))
}

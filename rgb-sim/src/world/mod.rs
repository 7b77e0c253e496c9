//! A WiFi network in virtual time: access points, stations and the hosts behind them, in one process, on one clock, from one
//! seed.
//!
//! ```text
//!  Host ── poll(Nic) ──▶ frames, joins, leaves ──▶ Air: access points, signal, losses, air time, faults
//!   ▲                                               │
//!   └─────── frames, events, the time ◀── Schedule ◀┘ what arrives, and when
//! ```
//!
//! A [`World`] knows nothing of boards: a [`Host`] is whatever sits behind a network card, such as a simulated [`Board`], a
//! [`Router`], or an emulated radio chip. It is polled when something has arrived for it or when it asked to be, and it acts
//! through its [`Nic`]. [`Machine`] is a host for worlds of boards and routers.
//!
//! ```
//! use std::time::Duration;
//!
//! use rgb_proto::settings::SettingsDraft;
//! use rgb_sim::world::{AccessPointConfig, Board, Machine, Placement, Router, RouterConfig, World};
//!
//! # fn main() -> Result<(), rgb_proto::settings::SettingsError> {
//! let mut world = World::<Machine>::new(1);
//! let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
//! world.add_wired([2, 0, 0, 0, 0, 1], access_point, Router::new(RouterConfig::default()).into());
//!
//! let settings = |role| {
//!     let mut draft = SettingsDraft::new();
//!     draft.set("role", role)?;
//!     draft.set("ssid", "Home")?;
//!     draft.set("passphrase", "correct horse")?;
//!     draft.finish()
//! };
//! let near = Placement { position_m: 3.0 };
//! world.add_station([2, 0, 0, 0, 0, 2], near, Board::new(settings("server")?, 7).into());
//! let client = world.add_station([2, 0, 0, 0, 0, 3], near, Board::new(settings("client")?, 8).into());
//!
//! world.run_for(Duration::from_secs(20));
//! let client = world.host(client).as_board().expect("it is one");
//! assert!(client.counts().exchanges > 50);
//! # Ok(())
//! # }
//! ```
//!
//! # The law of determinism
//!
//! Nothing here reads a clock or draws a number that does not come from the world's seed; what happens at the same time
//! happens in the order in which it was caused; no map is iterated that has no order; and no floating-point function of the
//! operating system is used. So the same hosts, calls and seed give the same world, to the byte, on every machine;
//! [`World::trace_hash`] tells whether they did.

mod air;
mod alarms;
mod board;
mod dhcp;
mod key;
mod machine;
mod pcap;
mod random;
mod router;
mod schedule;
mod stack;
mod tap;
mod trace;
mod udp;

use std::time::Duration;

use rgb_proto::Instant;

pub use air::{
    AccessPointConfig, AccessPointId, Air, Departure, Direction, HeardNetwork, JoinFault, LinkRule, LinkRuleId, Nic,
    NicEvent, NodeId, Placement, Refusal,
};
pub use board::{Board, BoardCounts, BoardEvent, BoardEventKind};
pub use dhcp::{DhcpConfig, DhcpServer, Lease};
pub use machine::Machine;
pub use pcap::Pcap;
pub use router::{ConnectionId, ConnectionState, Router, RouterConfig};
pub use tap::Tap;

/// What sits behind a network card.
pub trait Host {
    /// Acts: takes what has arrived, and sends what is to be sent. Returns when to be polled again if nothing arrives before;
    /// a time that has passed counts as now.
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant>;
}

impl<H: Host + ?Sized> Host for Box<H> {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        (**self).poll(nic)
    }
}

/// The air, and the hosts on it.
pub struct World<H> {
    air: Air,
    /// In the order of [`NodeId`]s.
    hosts: Vec<H>,
}

impl<H: Host> World<H> {
    /// An empty world. The seed decides everything that is left to chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { air: Air::new(seed), hosts: Vec::new() }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.air.now()
    }

    /// A fingerprint of every frame that was sent and arrived so far, every report of a radio, and their times. Runs that
    /// differ in any of these have different ones.
    #[must_use]
    pub const fn trace_hash(&self) -> u64 {
        self.air.trace_hash()
    }

    /// The air, to look at.
    #[must_use]
    pub const fn air(&self) -> &Air {
        &self.air
    }

    /// The air, to change: access points, distances, faults.
    pub const fn air_mut(&mut self) -> &mut Air {
        &mut self.air
    }

    /// Adds a host with a radio, not on any network yet. It is polled at once.
    pub fn add_station(&mut self, hardware_address: [u8; 6], placement: Placement, host: H) -> NodeId {
        let node = self.air.add_station(hardware_address, placement);
        self.hosts.push(host);
        node
    }

    /// Adds a host on a wire to an access point, such as a router. It is polled at once.
    pub fn add_wired(&mut self, hardware_address: [u8; 6], access_point: AccessPointId, host: H) -> NodeId {
        let node = self.air.add_wired(hardware_address, access_point);
        self.hosts.push(host);
        node
    }

    /// A host.
    #[must_use]
    pub fn host(&self, node: NodeId) -> &H {
        &self.hosts[node.index()]
    }

    /// A host, to change. It is polled at once, to act on it.
    pub fn host_mut(&mut self, node: NodeId) -> &mut H {
        self.air.wake(node);
        &mut self.hosts[node.index()]
    }

    /// A host, to take something from it that the world does not see. It is not polled for that.
    pub fn host_at_rest(&mut self, node: NodeId) -> &mut H {
        &mut self.hosts[node.index()]
    }

    /// Lets everything happen that is due by then, the end included.
    pub fn run_until(&mut self, until: Instant) {
        while let Some(node) = self.air.next_due(until) {
            let again = self.hosts[node.index()].poll(&mut self.air.nic(node));
            self.air.sleep(node, again);
        }
        self.air.advance(until);
    }

    /// Lets everything happen that is due within this span.
    pub fn run_for(&mut self, span: Duration) {
        self.run_until(self.now() + span);
    }
}

/// The earlier of two times, if there are any. It is asked for so often, and so hard to foresee, that it has no branches.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    let micros = |at: Option<Instant>| at.map_or(u64::MAX, Instant::as_micros);
    let first = micros(one).min(micros(other));
    (first != u64::MAX).then_some(Instant::from_micros(first))
}

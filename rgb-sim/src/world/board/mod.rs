//! A simulated board: the firmware's machines over smoltcp, driven as the firmware drives them.

mod client;
mod discovery;
mod event;
mod finder;
mod network;
mod probe;
mod record;
mod server;

use std::net::Ipv4Addr;

use rgb_proto::http::BoardStatus;
use rgb_proto::settings::{Settings, SourceKind};
use rgb_proto::{Instant, Rgb, StationConfig};

use super::stack::{Changes, Stack};
use super::{Host, Nic, earlier};
use crate::source::{Random, Source, Streams, Sweep};
use client::Client;
use discovery::Discovery;
use network::Network;
use record::Record;
use server::Server;

pub use event::{BoardCounts, BoardEvent, BoardEventKind};

/// A board that has these settings and nothing else in common with the others: the simulated counterpart of the firmware.
///
/// It joins its network or is one, gets or gives addresses, announces itself, serves, looks for a server and asks, as its
/// settings say. It gets power when it is added to the world.
pub struct Board {
    record: Record,
    power: Power,
    running: Option<Box<Running>>,
}

enum Power {
    On,
    Off,
    /// The next start is for this reason.
    Restart(&'static str),
}

impl Board {
    /// A board that sends colours of its settings' source. What people and the weather do to knobs, buttons and sensors is
    /// left to chance. The seed decides the colours and all that the board draws by itself.
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Self {
        let source: Box<dyn Source> = match settings.source() {
            SourceKind::Sweep => Box::new(Sweep::new()),
            SourceKind::Random | SourceKind::Potentiometers | SourceKind::Buttons | SourceKind::Temperature => {
                Box::new(Random::new(seed))
            }
        };
        Self::with_source(settings, seed, source)
    }

    /// A board that sends these colours. They go on where they were when the board starts anew.
    #[must_use]
    pub fn with_source(settings: Settings, seed: u64, source: Box<dyn Source>) -> Self {
        let record = Record::new(settings, Streams::new(source), seed);
        Self { record, power: Power::Restart("power_on"), running: None }
    }

    /// How patient the board is with its networks from its next start on; how many it knows, its settings say.
    pub const fn set_station_config(&mut self, config: StationConfig) {
        self.record.station = config;
    }

    /// From now on tells what happens, for [`take_events`](Self::take_events).
    pub fn record_events(&mut self) {
        self.record.events.get_or_insert_default();
    }

    /// What has happened since the last call, in order. Without [`record_events`](Self::record_events) it is only counted.
    pub fn take_events(&mut self) -> Vec<BoardEvent> {
        self.record.events.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// How often things have happened.
    #[must_use]
    pub const fn counts(&self) -> &BoardCounts {
        &self.record.counts
    }

    /// What the board is.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.record.settings
    }

    /// The board's address, while the network works.
    #[must_use]
    pub const fn address(&self) -> Option<Ipv4Addr> {
        self.record.address
    }

    /// The colour that is shown.
    #[must_use]
    pub const fn color(&self) -> Option<Rgb> {
        self.record.color
    }

    /// How the board was doing when it was last polled, as `/status` says it.
    #[must_use]
    pub fn status(&self) -> BoardStatus {
        self.record.status()
    }

    /// Since when the board's server has had the oldest of its connections, if it has any.
    #[must_use]
    pub fn oldest_connection(&self) -> Option<Instant> {
        self.running.as_ref()?.servers.iter().filter_map(Server::busy_since).min()
    }

    /// Takes the board's power.
    pub fn power_off(&mut self) {
        self.power = Power::Off;
    }

    /// Gives the board power, if it has none.
    pub fn power_on(&mut self) {
        if let Power::Off = self.power {
            self.power = Power::Restart("power_on");
        }
    }

    /// Starts the board anew, with what it is from now on: its settings stay, and it knows nothing else.
    pub fn reboot(&mut self) {
        self.power = Power::Restart("requested");
    }
}

impl Host for Board {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        self.record.now = nic.now();
        if let Power::Off | Power::Restart(_) = self.power
            && self.running.take().is_some()
        {
            nic.power_off();
            self.record.clear();
        }
        match self.power {
            Power::Off => {
                nic.discard();
                return None;
            }
            Power::Restart(reason) => {
                self.power = Power::On;
                self.record.start(reason);
            }
            Power::On => {}
        }
        let Self { record, running, .. } = self;
        running.get_or_insert_with(|| Running::start(nic, record)).poll(nic, record)
    }
}

/// A board that has power.
struct Running {
    network: Network,
    stack: Stack,
    servers: Vec<Server>,
    client: Option<Client>,
    discovery: Discovery,
    /// When a role has something to do, should nothing happen before.
    roles_due: Option<Instant>,
}

impl Running {
    #[cold]
    fn start(nic: &mut Nic<'_>, record: &mut Record) -> Box<Self> {
        let (network, mut stack) = Network::start(nic, record);
        let (role, port) = (record.settings.role(), record.settings.port());
        let servers = if role.serves() { Server::COUNT } else { 0 };
        Box::new(Self {
            network,
            servers: (0..servers).map(|_| Server::new(&mut stack, port, record.now)).collect(),
            client: role.asks().then(|| Client::new(&mut stack, record)),
            discovery: Discovery::new(&mut stack, record),
            stack,
            roles_due: Some(record.now),
        })
    }

    fn poll(&mut self, nic: &mut Nic<'_>, record: &mut Record) -> Option<Instant> {
        loop {
            self.network.poll(nic, &mut self.stack, record);
            let address = self.network.address(&self.stack);
            if address != record.address {
                self.handle_address(address, record);
            }
            let is_linked = nic.is_linked();
            let changes = if is_linked { self.stack.poll(nic) } else { self.stack.poll_unlinked() };
            let mut acted = changes.others && self.network.handle_received(nic, &mut self.stack, record);
            acted |= changes.tcp && self.network.handle_probe(&mut self.stack, record);
            if changes.tcp || changes.others || self.roles_due.is_some_and(|due| due <= record.now) {
                acted |= self.poll_roles(changes, record);
                self.roles_due = self.next_roles_due(record);
            }
            if acted {
                continue;
            }
            let stack_due = if is_linked { self.stack.poll_at(record.now) } else { None };
            if stack_due.is_none_or(|due| record.now < due) {
                return earlier(earlier(self.network.poll_at(), stack_due), self.roles_due);
            }
        }
    }

    /// The network works at another address, or does not work any more: what went on is over.
    #[cold]
    fn handle_address(&mut self, address: Option<Ipv4Addr>, record: &mut Record) {
        if record.address.is_some() {
            for server in &mut self.servers {
                server.handle_network_lost(&mut self.stack);
            }
            if let Some(client) = &mut self.client {
                client.handle_network_lost(&mut self.stack);
            }
        }
        record.address = address;
        record.tell(address.map_or(BoardEventKind::AddressLost, BoardEventKind::Address));
        self.discovery.handle_address(address, &mut self.stack, record);
        self.roles_due = Some(record.now);
    }

    /// Lets the roles act that may have something to do. Whether one acted.
    fn poll_roles(&mut self, changes: Changes, record: &mut Record) -> bool {
        let now = record.now;
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        let Self { network, stack, servers, client, discovery, .. } = self;
        let mut acted = false;
        if changes.others || is_due(discovery.poll_at()) {
            acted |= discovery.poll(stack, record);
        }
        for server in servers {
            acted |= server.poll(stack, record);
        }
        // What it looks for is no TCP.
        if let Some(client) = client
            && (changes.tcp || changes.others || is_due(client.poll_at(record)))
        {
            let (has_acted, outcome) = client.poll(stack, discovery, record);
            if let Some(outcome) = outcome {
                network.handle_exchange(outcome, now);
            }
            acted |= has_acted;
        }
        acted
    }

    fn next_roles_due(&self, record: &Record) -> Option<Instant> {
        let client = self.client.as_ref().and_then(|client| client.poll_at(record));
        let due = earlier(client, self.discovery.poll_at());
        self.servers.iter().fold(due, |due, server| earlier(due, server.poll_at()))
    }
}

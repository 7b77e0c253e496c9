//! What the tests are made in: a network that works.

use std::time::Duration;

use rgb_proto::Rgb;
use rgb_proto::settings::{Settings, SettingsDraft};
use rgb_sim::world::{
    AccessPointConfig, AccessPointId, Board, BoardCounts, BoardEvent, BoardEventKind, Machine, NodeId, Placement,
    Router, RouterConfig, World,
};

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The settings of a board at home; later fields win.
pub(crate) fn settings(fields: &[(&str, &str)]) -> Settings {
    let mut draft = SettingsDraft::new();
    let home = [("ssid", "Home"), ("passphrase", "correct horse")];
    for (field, value) in home.iter().filter(|(field, _)| fields.iter().all(|(other, _)| other != field)).chain(fields)
    {
        draft.set(field, value).expect("a good setting");
    }
    draft.finish().expect("good settings")
}

pub(crate) struct Lab {
    pub(crate) world: World<Machine>,
    /// The home's access point and its router.
    pub(crate) access_point: AccessPointId,
    pub(crate) router: NodeId,
    hosts: u16,
}

impl Lab {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with_router(seed, RouterConfig::default())
    }

    pub(crate) fn with_router(seed: u64, config: RouterConfig) -> Self {
        let mut world = World::new(seed);
        let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
        let router = world.add_wired(hardware_address(1), access_point, Router::new(config).into());
        Self { world, access_point, router, hosts: 1 }
    }

    /// Another access point with a router of its own.
    pub(crate) fn add_network(&mut self, config: AccessPointConfig, router: RouterConfig) -> AccessPointId {
        let access_point = self.world.air_mut().add_access_point(config);
        let hardware_address = self.next_hardware_address();
        self.world.add_wired(hardware_address, access_point, Router::new(router).into());
        access_point
    }

    /// The hardware address of the next host.
    pub(crate) fn next_hardware_address(&mut self) -> [u8; 6] {
        self.hosts += 1;
        hardware_address(self.hosts)
    }

    /// A board near the access point.
    pub(crate) fn board(&mut self, fields: &[(&str, &str)]) -> NodeId {
        self.board_at(3.0, fields)
    }

    pub(crate) fn board_at(&mut self, position_m: f64, fields: &[(&str, &str)]) -> NodeId {
        let hardware_address = self.next_hardware_address();
        let mut board = Board::new(settings(fields), self.hosts.into());
        board.record_events();
        self.world.add_station(hardware_address, Placement { position_m }, board.into())
    }

    /// A server board with an address, and a client board that asks it, not yet run.
    pub(crate) fn pair(&mut self) -> (NodeId, NodeId) {
        let server = self.board(&[("role", "server")]);
        self.run_until(secs(30), "the server has an address", |lab| lab.address(server).is_some());
        let address = self.address(server).expect("just seen").to_string();
        (server, self.board(&[("role", "client"), ("server", &address)]))
    }

    /// A pair whose client has its first colour.
    pub(crate) fn working_pair(&mut self) -> (NodeId, NodeId) {
        let (server, client) = self.pair();
        self.works(client, secs(30));
        (server, client)
    }

    pub(crate) fn peek(&self, node: NodeId) -> &Board {
        self.world.host(node).as_board().expect("a board")
    }

    pub(crate) fn board_mut(&mut self, node: NodeId) -> &mut Board {
        self.world.host_mut(node).as_board_mut().expect("a board")
    }

    pub(crate) fn router_mut(&mut self) -> &mut Router {
        self.world.host_mut(self.router).as_router_mut().expect("a router")
    }

    pub(crate) fn counts(&self, node: NodeId) -> BoardCounts {
        *self.peek(node).counts()
    }

    pub(crate) fn address(&self, node: NodeId) -> Option<std::net::Ipv4Addr> {
        self.peek(node).address()
    }

    pub(crate) fn run(&mut self, seconds: u64) {
        self.world.run_for(secs(seconds));
    }

    /// Runs until something is so, at most so long; how long it took.
    #[track_caller]
    pub(crate) fn run_until(&mut self, limit: Duration, what: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
        let from = self.world.now();
        while !is_so(self) {
            assert!(self.world.now() < from + limit, "not within {limit:?}: {what}");
            self.world.run_for(Duration::from_millis(10));
        }
        self.world.now().saturating_duration_since(from)
    }

    /// Colours come, three of them in a row, within so long; how long it took.
    #[track_caller]
    pub(crate) fn works(&mut self, client: NodeId, limit: Duration) -> Duration {
        let from = self.counts(client);
        let goal = from.exchanges + 3;
        self.run_until(limit, "colours come", |lab| lab.counts(client).exchanges >= goal)
    }

    /// No colour comes for so long, once what was under way is over.
    #[track_caller]
    pub(crate) fn is_silent(&mut self, client: NodeId, seconds: u64) {
        self.run(2);
        let before = self.counts(client).exchanges;
        self.run(seconds);
        assert_eq!(self.counts(client).exchanges, before);
    }

    pub(crate) fn events(&mut self, node: NodeId) -> Vec<BoardEventKind> {
        self.timed_events(node).into_iter().map(|event| event.kind).collect()
    }

    pub(crate) fn timed_events(&mut self, node: NodeId) -> Vec<BoardEvent> {
        self.board_mut(node).take_events()
    }
}

pub(crate) fn hardware_address(number: u16) -> [u8; 6] {
    let [high, low] = number.to_be_bytes();
    [2, 0, 0, 0, high, low]
}

/// The colours that a client got.
pub(crate) fn shown(events: &[BoardEventKind]) -> Vec<Rgb> {
    let colors = events.iter().filter_map(|kind| match kind {
        BoardEventKind::Exchange { outcome, .. } => outcome.ok(),
        _ => None,
    });
    colors.collect()
}

/// The colours that a server sent.
pub(crate) fn sent(events: &[BoardEventKind]) -> Vec<Rgb> {
    let colors = events.iter().filter_map(|kind| match kind {
        BoardEventKind::Served { color } => *color,
        _ => None,
    });
    colors.collect()
}

//! The world that is measured: access points with a router, servers and clients each.

use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::settings::SettingsDraft;
use rgb_sim::world::{AccessPointConfig, Board, Machine, NodeId, Placement, Router, RouterConfig, World};

/// Access points share their channels' time with others in reach; here each has one of its own, as far as there are any.
const CLIENTS_PER_CELL: u16 = 9;

/// Boards with everything that they have, ten or so at each access point.
pub(crate) struct Cells {
    pub(crate) world: World<Machine>,
    clients: Vec<NodeId>,
}

impl Cells {
    /// A world in which every client has got a colour. Exchanges begin so often at most.
    pub(crate) fn new(clients: u16, clients_per_server: u16, interval: Duration) -> Self {
        let mut cells = Self { world: World::new(1), clients: Vec::new() };
        let mut left = clients;
        for cell in 0.. {
            let here = left.min(CLIENTS_PER_CELL);
            if here == 0 {
                break;
            }
            cells.add_cell(cell, here, clients_per_server, interval);
            left -= here;
        }
        let has_colors = |cells: &Self| cells.clients.iter().all(|client| cells.board(*client).color().is_some());
        while !has_colors(&cells) {
            assert!(cells.world.now().as_micros() < 120_000_000, "a client gets nothing");
            cells.world.run_for(Duration::from_millis(100));
        }
        cells
    }

    /// An access point with its router, servers and clients.
    fn add_cell(&mut self, cell: u16, clients: u16, clients_per_server: u16, interval: Duration) {
        let ssid = format!("cell-{cell}");
        let channel = 1 + (cell % 14) as u8;
        let config = AccessPointConfig { ssid: ssid.clone(), channel, ..AccessPointConfig::default() };
        let access_point = self.world.air_mut().add_access_point(config);
        let hardware_address = |host: u16| {
            let ([a, b], [c, d]) = (cell.to_be_bytes(), host.to_be_bytes());
            [2, 0, a, b, c, d]
        };
        let interval = format!("{interval:?}");
        let servers = clients.div_ceil(clients_per_server);
        let address = |server: u16| Ipv4Addr::new(192, 168, 1, 10 + server as u8);
        let reservations = (0..servers).map(|server| (hardware_address(1 + server), address(server))).collect();
        let router = Router::new(RouterConfig { reservations, ..RouterConfig::default() });
        self.world.add_wired(hardware_address(0), access_point, router.into());
        for host in 0..servers + clients {
            let (name, server) = (format!("board-{host}"), address(host % servers).to_string());
            let mut draft = SettingsDraft::new();
            let role = if host < servers { "server" } else { "client" };
            let fields = [
                ("name", &*name),
                ("role", role),
                ("ssid", &ssid),
                ("passphrase", "correct horse"),
                ("server", &server),
                ("interval", &interval),
            ];
            for (field, value) in fields {
                draft.set(field, value).expect("a good setting");
            }
            let board = Board::new(draft.finish().expect("good settings"), host.into());
            let placement = Placement { position_m: 3.0 };
            let node = self.world.add_station(hardware_address(1 + host), placement, board.into());
            if host >= servers {
                self.clients.push(node);
            }
        }
    }

    fn board(&self, node: NodeId) -> &Board {
        self.world.host(node).as_board().expect("a board")
    }

    /// How many there have been.
    pub(crate) fn exchanges(&self) -> u64 {
        self.clients.iter().map(|client| self.board(*client).counts().exchanges).sum()
    }

    /// Those of a span of the world's time, and how many.
    pub(crate) fn exchanges_within(&mut self, span: Duration) -> u64 {
        let before = self.exchanges();
        self.world.run_for(span);
        self.exchanges() - before
    }
}

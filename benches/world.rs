//! What `rgb_sim::world` costs next to a bare loop of smoltcp stacks: the same TCP connections through the same stacks, joined
//! in memory, with no radio, no protocol, no time-outs, no names, no DHCP and no fingerprint.
//!
//! Each round runs both in turn, in changing order, so that a noisy machine disturbs both alike; what counts are the ratios
//! within a round. The last figures tell how much faster than the clock on the wall a big world runs.

mod bare;

use std::env;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use bare::Bare;
use rgb_proto::settings::SettingsDraft;
use rgb_sim::world::{AccessPointConfig, Board, Machine, NodeId, Placement, Router, RouterConfig, World};

const CLIENTS: [u16; 3] = [1, 10, 100];
/// So many clients share one server, which has four sockets.
const CLIENTS_PER_SERVER: u16 = 3;

/// The least that the world may reach of what the bare loop does.
const TARGET: f64 = 0.5;
/// How much faster than the clock on the wall a thousand boards must be.
const SPEED_TARGET: f64 = 5.0;

/// Rounds of one table row, and how long each candidate runs in one.
const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(100);
/// Enough to see that a candidate works.
const SMOKE_ROUND: Duration = Duration::from_millis(10);

fn main() {
    // What `cargo bench` passes, unless it only lists or tests.
    let timed = env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    let (rounds, round) = if timed { (ROUNDS, ROUND) } else { (1, SMOKE_ROUND) };
    let verdict = |is_reached: bool| match is_reached {
        _ if !timed => "",
        true => "PASS",
        false => "FAIL",
    };

    println!("exchanges a second: the median of {rounds} interleaved rounds of {round:?}, on one core\n");
    println!("clients     world  bare stacks  to bare stacks");
    for clients in CLIENTS {
        let (mut world, mut bare) = (Full::new(clients), Bare::new(clients, CLIENTS_PER_SERVER));
        let mut rows = Vec::new();
        for number in 0..rounds {
            let (ours, theirs);
            if number % 2 == 0 {
                ours = rate(round, || world.exchanges_of_a_while());
                theirs = rate(round, || bare.exchanges_of_a_while());
            } else {
                theirs = rate(round, || bare.exchanges_of_a_while());
                ours = rate(round, || world.exchanges_of_a_while());
            }
            rows.push([ours, theirs, ours / theirs]);
        }
        let [ours, theirs, ratio] = [0, 1, 2].map(|column| median(rows.iter().map(|row| row[column]).collect()));
        let verdict = verdict(ratio >= TARGET);
        println!("{clients:7}  {ours:8.0}  {theirs:11.0}  {ratio:.2} (at least {TARGET}) {verdict}");
    }

    let (boards, span) = if timed { (1000, Duration::from_secs(20)) } else { (50, Duration::from_millis(500)) };
    let mut crowd = Full::with_interval(boards - boards / 10, 9, "200ms");
    let before = crowd.exchanges();
    let started = Instant::now();
    crowd.world.run_for(span);
    let speed = span.as_secs_f64() / started.elapsed().as_secs_f64();
    let exchanges = (crowd.exchanges() - before) as f64 / span.as_secs_f64();
    let verdict = verdict(speed >= SPEED_TARGET);
    println!("\n{boards} boards that ask every 200 ms, {exchanges:.0} exchanges a second of theirs:");
    println!("{speed:.1} times as fast as the clock on the wall (at least {SPEED_TARGET}) {verdict}");
}

/// How many a second.
fn rate(round: Duration, mut some: impl FnMut() -> u64) -> f64 {
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < round {
        count += some();
    }
    count as f64 / started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The world: boards with everything that they have, ten or so at each access point.
struct Full {
    world: World<Machine>,
    clients: Vec<NodeId>,
}

impl Full {
    /// Access points share their channels' time with others in reach; here each has one of its own, as far as there are any.
    const CLIENTS_PER_CELL: u16 = 9;

    fn new(clients: u16) -> Self {
        Self::with_interval(clients, CLIENTS_PER_SERVER, "1ms")
    }

    /// A world in which every client has got a colour.
    fn with_interval(clients: u16, clients_per_server: u16, interval: &str) -> Self {
        let mut full = Self { world: World::new(1), clients: Vec::new() };
        let mut left = clients;
        for cell in 0.. {
            let here = left.min(Self::CLIENTS_PER_CELL);
            if here == 0 {
                break;
            }
            full.add_cell(cell, here, clients_per_server, interval);
            left -= here;
        }
        let has_colors = |full: &Self| full.clients.iter().all(|client| full.board(*client).color().is_some());
        while !has_colors(&full) {
            assert!(full.world.now().as_micros() < 120_000_000, "a client gets nothing");
            full.world.run_for(Duration::from_millis(100));
        }
        full
    }

    /// An access point with its router, servers and clients.
    fn add_cell(&mut self, cell: u16, clients: u16, clients_per_server: u16, interval: &str) {
        let ssid = format!("cell-{cell}");
        let channel = 1 + (cell % 14) as u8;
        let config = AccessPointConfig { ssid: ssid.clone(), channel, ..AccessPointConfig::default() };
        let access_point = self.world.air_mut().add_access_point(config);
        let hardware_address = |host: u16| {
            let ([a, b], [c, d]) = (cell.to_be_bytes(), host.to_be_bytes());
            [2, 0, a, b, c, d]
        };
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
                ("interval", interval),
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

    fn exchanges(&self) -> u64 {
        self.clients.iter().map(|client| self.board(*client).counts().exchanges).sum()
    }

    fn exchanges_of_a_while(&mut self) -> u64 {
        let before = self.exchanges();
        self.world.run_for(Duration::from_millis(50));
        self.exchanges() - before
    }
}

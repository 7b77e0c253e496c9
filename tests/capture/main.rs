//! A world's frames, read by tshark with every checksum verified. Without tshark this test says so and is skipped.

mod pinger;

use std::collections::BTreeMap;
use std::io::{BufWriter, ErrorKind};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pinger::Pinger;
use rgb_proto::Instant;
use rgb_proto::settings::SettingsDraft;
use rgb_sim::world::{
    AccessPointConfig, Board, ConnectionState, Host, Machine, NodeId, Pcap, Placement, Router, RouterConfig, Tap, World,
};

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 7);
const PINGER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 2);

/// What tshark makes of a frame; the names are its own.
const FIELDS: [&str; 9] = [
    "frame.protocols",
    "ip.ttl",
    "ip.checksum.status",
    "tcp.checksum.status",
    "udp.checksum.status",
    "icmp.checksum.status",
    "igmp.checksum.status",
    "_ws.expert.severity",
    "_ws.expert.message",
];
/// A `checksum.status` that was verified and found right.
const GOOD: &str = "1";
/// The `_ws.expert.severity` of an error.
const ERROR: &str = "8388608";

struct Counter(Arc<AtomicUsize>);

impl Tap for Counter {
    fn frame(&mut self, _at: Instant, _from: NodeId, _frame: &[u8]) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn board(fields: &[(&str, &str)], seed: u64) -> Machine<Box<dyn Host>> {
    let mut settings = SettingsDraft::new();
    for (field, value) in [("ssid", "Home"), ("passphrase", "correct horse")].iter().chain(fields) {
        settings.set(field, value).expect("a good setting");
    }
    let board = Board::new(settings.finish().expect("good settings"), seed);
    Machine::Board(Box::new(Box::new(board)))
}

/// Writes the frames of a network in which all is spoken that a world speaks; how many frames.
fn write_capture(path: &Path) -> usize {
    let mut world = World::new(1);
    let count = Arc::new(AtomicUsize::new(0));
    let file = BufWriter::new(std::fs::File::create(path).expect("temporary files can be written"));
    let taps: Vec<Box<dyn Tap>> = vec![Box::new(Pcap::new(file)), Box::new(Counter(Arc::clone(&count)))];
    world.air_mut().set_tap(Box::new(taps));

    let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
    let hardware_address = |number| [2, 0, 0, 0, 0, number];
    let config = RouterConfig {
        reservations: BTreeMap::from([(hardware_address(3), SERVER)]),
        lease_time: Duration::from_secs(60),
        names: BTreeMap::from([("colours.lan".into(), SERVER)]),
        ..Default::default()
    };
    let router = world.add_wired(hardware_address(1), access_point, Machine::Router(Box::new(Router::new(config))));
    let pinger: Box<dyn Host> = Box::new(Pinger::new(PINGER, [ROUTER, SERVER]));
    world.add_wired(hardware_address(2), access_point, Machine::Board(Box::new(pinger)));
    let boards = [
        board(&[("role", "server"), ("name", "lamp")], 3),
        board(&[("role", "client")], 4),
        board(&[("role", "client"), ("server", "lamp.local")], 5),
        board(&[("role", "client"), ("server", "colours.lan")], 6),
        board(&[("role", "client"), ("server", "nobody.lan")], 7),
    ];
    for (number, board) in (3..).zip(boards) {
        world.add_station(hardware_address(number), Placement { position_m: 3.0 }, board);
    }
    world.run_for(Duration::from_secs(15));
    get_page(&mut world, router);
    // Leases and known hardware addresses are renewed within it.
    world.run_for(Duration::from_secs(60));
    world.air_mut().take_tap().expect("it was set").finish().expect("temporary files can be written");
    count.load(Ordering::Relaxed)
}

/// Asks the server for its page, from the router.
fn get_page(world: &mut World<Machine<Box<dyn Host>>>, router: NodeId) {
    fn router_of(world: &mut World<Machine<Box<dyn Host>>>, router: NodeId) -> &mut Router {
        world.host_mut(router).as_router_mut().expect("a router")
    }
    let id = router_of(world, router).connect(SocketAddrV4::new(SERVER, 80));
    let mut rest = &b"GET / HTTP/1.1\r\nHost: lamp.local\r\nAccept: text/html\r\n\r\n"[..];
    let mut len = 0;
    while router_of(world, router).connection_state(id) != ConnectionState::PeerFinished {
        let sent = router_of(world, router).send(id, |room| {
            room[..rest.len()].copy_from_slice(rest);
            rest.len()
        });
        rest = &rest[sent..];
        world.run_for(Duration::from_millis(1));
        len += router_of(world, router).receive(id, <[u8]>::len);
    }
    assert!(len > rgb_proto::http::PAGE.len());
    router_of(world, router).finish(id);
    router_of(world, router).close(id);
}

/// What tshark prints of a file, a line for each frame; nothing where there is no tshark.
fn tshark(path: &Path) -> Option<String> {
    let mut command = Command::new("tshark");
    command.args("-n -T fields -E separator=/t -E occurrence=a -E aggregator=;".split(' '));
    for layer in ["ip", "tcp", "udp"] {
        command.args(["-o", &format!("{layer}.check_checksum:TRUE")]);
    }
    command.args(FIELDS.iter().flat_map(|field| ["-e", field]));
    let output = match command.arg("-r").arg(path).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: tshark is not installed");
            return None;
        }
        output => output.expect("tshark runs"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("tshark prints text"))
}

#[test]
fn tshark_reads_every_frame_and_finds_every_checksum_right() {
    let directory = tempfile::tempdir().expect("temporary files can be written");
    let path = directory.path().join("world.pcap");
    let count = write_capture(&path);
    let Some(output) = tshark(&path) else { return };
    let mut layers = BTreeMap::<&str, usize>::new();
    let mut frames = 0;
    for line in output.lines() {
        frames += 1;
        let fields: Vec<_> = line.split('\t').collect();
        let [protocols, ttl, ip, tcp, udp, icmp, igmp, severities, messages] = fields[..] else {
            panic!("frame {frames}: {line}")
        };
        let is_sound = !protocols.contains("_ws.malformed") && severities.split(';').all(|severity| severity != ERROR);
        assert!(is_sound, "frame {frames}: {protocols}: {messages}");
        for (layer, status) in [("ip", ip), ("tcp", tcp), ("udp", udp), ("icmp", icmp), ("igmp", igmp)] {
            let expected = if protocols.split(':').any(|protocol| protocol == layer) { GOOD } else { "" };
            assert_eq!(status, expected, "frame {frames}: {layer} of {protocols}");
        }
        // RFC 6762, section 11.
        assert!(ttl == "255" || !protocols.ends_with(":mdns"), "frame {frames}: time to live {ttl} of {protocols}");
        for layer in protocols.split(':') {
            *layers.entry(layer).or_default() += 1;
        }
    }
    assert_eq!(frames, count);
    for layer in ["arp", "dhcp", "dns", "mdns", "igmp", "icmp", "http", "data"] {
        assert!(layers.contains_key(layer), "no {layer}: {layers:?}");
    }
}

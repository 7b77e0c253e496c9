//! A board that is the access point: no router, no other network.

use std::net::Ipv4Addr;

use embassy_time::{Duration, Instant};
use pico_fw::access_point::ADDRESS;
use pico_fw::board::Board;
use pico_fw::led::Indication;
use pico_fw::source::Sweep;
use rgb_proto::Rgb;
use rgb_proto::http::AccessPointStatus;
use serde_json::{Value, json};
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress};

use crate::lab::{Lab, Pico};

const LAMPS: &str = "wifi=access_point;ssid=Lamps;passphrase=lamps and more;";
const SOON: Duration = Duration::from_secs(10);

fn access_point(lab: &Lab, color: Rgb) -> Pico {
    lab.pico(&format!("{LAMPS}name=lamp;role=server"), move || color)
}

/// A board that joins the access point.
fn station(lab: &Lab, settings: &str) -> Pico {
    lab.pico(&format!("ssid=Lamps;passphrase=lamps and more;{settings}"), Sweep::new())
}

fn client(lab: &Lab, name: &str) -> Pico {
    station(lab, &format!("name={name};role=client;server={ADDRESS}"))
}

/// The addresses that the access point has given.
fn leases(access_point: Pico) -> Vec<Ipv4Addr> {
    let status = access_point.board.status(rgb_proto::Instant::ORIGIN).access_point.expect("an open access point");
    status.leases().map(|lease| lease.address).collect()
}

fn with_last(last: u8) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::new(192, 168, 4, last))
}

#[test]
fn two_boards_that_get_power_together_need_no_router() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::new(12, 0, 255));
    let client = client(&lab, "kitchen");
    assert_eq!(lamp.board.indication(), Indication::Joining);
    lab.run_until(Duration::from_secs(2), "the first colour", || client.board.color() == Some(Rgb::new(12, 0, 255)));
    assert_eq!((lamp.board.address(), client.board.address()), (Some(ADDRESS), with_last(2)));
    assert_eq!((lamp.board.indication(), client.board.indication()), (Indication::Working, Indication::Working));
    assert!(!lab.ethernet.is_link_up(lamp.port), "the driver never says so");
    lab.run_for(Duration::from_secs(10));
    assert!(client.said("Received: 12,0,255") >= 50, "{:?}", client.lines());
    assert_eq!(lab.calls(), ["join"]);
    assert_eq!(lab.router.config.borrow().clients, []);
}

#[test]
fn the_board_says_how_to_join_and_who_has() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::BLACK);
    let client = client(&lab, "kitchen");
    lab.run_until(SOON, "the first colour", || client.board.color().is_some());
    let beginning = [
        "opening the access point \"Lamps\", channel 6, WPA2",
        "ip = 192.168.4.1",
        "listening on 192.168.4.1:80",
        "the access point is open: join the network \"Lamps\" with its passphrase, and open http://192.168.4.1/ or set a \
         client's \"server\" to 192.168.4.1",
    ];
    assert_eq!(lamp.lines()[..4], beginning);
    let address = lamp.lines().iter().find(|line| line.starts_with("gave")).cloned();
    assert_eq!(address.as_deref(), Some("gave 192.168.4.2 to 02:00:00:00:00:03, \"kitchen\""));
    lab.run_for(Duration::from_secs(2));
    assert_eq!(lamp.said("stations: 1"), 1);
    assert!(!lamp.lines().concat().contains("lamps and more"));
}

#[test]
fn an_open_network_needs_no_passphrase() {
    let lab = Lab::new();
    let lamp = lab.pico(
        "wifi=access_point;ssid=Open;passphrase=;channel=11;role=both;port=8080;server=192.168.4.9",
        Sweep::new(),
    );
    let client = lab.pico("ssid=Open;passphrase=;role=client;port=8080;server=192.168.4.1", Sweep::new());
    lab.run_until(SOON, "the first colour", || client.board.color().is_some());
    let beginning = [
        "opening the access point \"Open\", channel 11, open to everybody",
        "ip = 192.168.4.1",
        "listening on 192.168.4.1:8080",
        "asking 192.168.4.9 on port 8080",
        "the access point is open: join the network \"Open\", and open http://192.168.4.1:8080/ or set a client's \
         \"server\" to 192.168.4.1",
    ];
    assert_eq!(lamp.lines()[..5], beginning);
}

#[test]
fn an_access_point_need_not_serve() {
    let lab = Lab::new();
    let lamp = lab.pico(&format!("{LAMPS}role=client;server=192.168.4.2"), Sweep::new());
    station(&lab, "role=server");
    lab.run_until(SOON, "the first colour", || lamp.board.color().is_some());
    assert_eq!(lamp.said("the access point is open: join the network \"Lamps\" with its passphrase"), 1);
}

#[test]
fn a_wrong_passphrase_is_told_and_no_station_counted() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::BLACK);
    let board = lab.pico("ssid=Lamps;passphrase=lamps and less;role=server", Sweep::new());
    lab.run_for(Duration::from_secs(10));
    assert!(board.said("network connection failed: the access point refused the passphrase") > 0);
    assert_eq!(board.board.indication(), Indication::WrongPassphrase);
    assert!(leases(lamp).is_empty());
    assert!(!lamp.lines().iter().any(|line| line.starts_with("stations") || line.starts_with("gave")));
}

#[test]
fn four_clients_that_get_power_together_have_an_address_each() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::new(1, 2, 3));
    let clients = ["attic", "bath", "cellar", "den"].map(|name| client(&lab, name));
    lab.run_until(Duration::from_secs(4), "colours for all", || {
        clients.iter().all(|client| client.board.color() == Some(Rgb::new(1, 2, 3)))
    });
    let mut addresses = clients.map(|client| client.board.address());
    addresses.sort_unstable();
    assert_eq!(addresses, [2, 3, 4, 5].map(with_last));
    let before = clients.map(|client| client.colors("Received:").len());
    lab.run_for(Duration::from_secs(20));
    for (client, before) in clients.iter().zip(before) {
        assert!(client.colors("Received:").len() - before >= 98, "{:?}", client.lines());
    }
    assert_eq!(lamp.said("stations: 4"), 1);
}

#[test]
fn who_comes_again_keeps_the_address() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::BLACK);
    let boards = ["attic", "bath"].map(|name| client(&lab, name));
    lab.run_until(SOON, "colours", || boards.iter().all(|board| board.board.color().is_some()));
    let addresses = boards.map(|board| board.board.address());
    lab.run_for(Duration::from_secs(1));
    for board in boards {
        lab.ethernet.set_link(board.port, false);
    }
    lab.run_until(Duration::from_secs(2), "they are missed", || lamp.said("stations: 0") == 1);
    lab.run_until(SOON, "they are back", || boards.iter().all(|board| board.board.address().is_some()));
    assert_eq!(boards.map(|board| board.board.address()), addresses);
    lab.run_for(Duration::from_secs(2));
    assert_eq!((lamp.said("stations: 2"), leases(lamp).len()), (2, 2));
}

#[test]
fn a_phone_reads_the_status_over_the_boards_own_network() {
    let lab = Lab::new();
    let lamp = lab.pico(&LAMPS.replace("Lamps", "\"Lamps\" \\ \u{7}"), Sweep::new());
    lab.run_for(Duration::from_secs(1));
    let phone = lab.computer_with(lamp, Ipv4Addr::new(192, 168, 4, 99));
    lab.pico("ssid=\"Lamps\" \\ \u{7};passphrase=lamps and more;role=server", Sweep::new());
    lab.run_for(Duration::from_secs(4));
    let response = lab.run(phone.ask(ADDRESS, b"GET /status HTTP/1.1\r\n\r\n"));
    let body = response.split(|byte| *byte == b'\n').next_back().unwrap();
    let status: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        status["access_point"],
        json!({
            "ssid": "\"Lamps\" \\ \u{7}", "channel": 6, "stations": 2,
            "leases": [{"address": "192.168.4.2", "hardware_address": "02:00:00:00:00:04"}],
        })
    );
    assert_eq!((&status["address"], &status["rssi_dbm"]), (&json!("192.168.4.1"), &Value::Null));
}

#[test]
fn both_boards_can_be_both() {
    let lab = Lab::new();
    let lamp = lab.pico(&format!("{LAMPS}role=both;server=192.168.4.2"), || Rgb::new(1, 1, 1));
    let other = lab.pico("ssid=Lamps;passphrase=lamps and more;role=both;server=192.168.4.1", || Rgb::new(2, 2, 2));
    lab.run_for(Duration::from_secs(20));
    assert_eq!((lamp.board.color(), other.board.color()), (Some(Rgb::new(2, 2, 2)), Some(Rgb::new(1, 1, 1))));
    assert_eq!((lamp.board.indication(), other.board.indication()), (Indication::Working, Indication::Working));
    assert!(lamp.said("Sent: 1,1,1") > 50 && other.said("Sent: 2,2,2") > 50);
}

#[test]
fn with_all_addresses_given_the_next_station_gets_none_until_one_expires() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::BLACK);
    lab.run_for(Duration::from_secs(1));
    let stations: Vec<_> = (0..AccessPointStatus::LEASES_MAX)
        .map(|_| {
            lab.run_for(Duration::from_millis(17));
            station(&lab, "role=server")
        })
        .collect();
    lab.run_until(SOON, "all addresses are given", || leases(lamp).len() == stations.len());
    assert_eq!((leases(lamp).first().copied(), leases(lamp).last().copied()), (with_last(2), with_last(11)));
    assert_eq!(lamp.lines().iter().filter(|line| line.starts_with("a station has joined, but")).count(), 0);
    let late = station(&lab, "role=server");
    lab.run_until(Duration::from_secs(20), "it gets none", || late.board.indication() == Indication::NoAddress);
    let line = "a station has joined, but all addresses are given; switch another one off";
    assert!(lamp.said(line) > 0);

    // One goes for good. The others are asleep for half of their leases, and awake again before those end.
    let gone = stations[4].board.address();
    lab.switch_off(stations[4]);
    lab.skip(Duration::from_secs(65 * 60));
    lab.run_for(Duration::from_secs(20));
    assert_eq!(leases(lamp).len(), stations.len());
    lab.skip(Duration::from_secs(56 * 60));
    lab.run_until(Duration::from_secs(60), "the address of the one that is gone", || late.board.address() == gone);
    assert_eq!((gone, leases(lamp).len()), (with_last(6), stations.len()));
}

/// A station that keeps its address for longer is answered there (RFC 2131, section 4.1), which needs its hardware address.
#[test]
fn a_station_that_is_gone_keeps_nobody_else_from_an_address() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::BLACK);
    lab.run_for(Duration::from_secs(1));
    let address = Ipv4Addr::new(192, 168, 4, 9);
    let phone = lab.computer_with(lamp, address);
    // It has had no answer to its renewals, and asks all servers.
    let rebinding = DhcpRepr {
        message_type: DhcpMessageType::Request,
        transaction_id: 1,
        secs: 0,
        client_hardware_address: EthernetAddress([2, 0, 0, 0, 0, 99]),
        client_ip: address,
        your_ip: Ipv4Addr::UNSPECIFIED,
        server_ip: Ipv4Addr::UNSPECIFIED,
        router: None,
        subnet_mask: None,
        relay_agent_ip: Ipv4Addr::UNSPECIFIED,
        broadcast: false,
        requested_ip: None,
        client_identifier: None,
        server_identifier: None,
        parameter_request_list: None,
        dns_servers: None,
        max_size: None,
        lease_duration: None,
        renew_duration: None,
        rebind_duration: None,
        additional_options: &[],
    };
    let mut message = vec![0; rebinding.buffer_len()];
    rebinding.emit(&mut DhcpPacket::new_unchecked(&mut message)).unwrap();
    lab.run(phone.tell(68, &message, (Ipv4Addr::BROADCAST, 67)));
    lab.ethernet.cut(phone.port);
    lab.run_for(Duration::from_secs(1));
    assert!(lab.ethernet.searches_for(address.octets()) > 0, "there is an answer for it");
    let client = client(&lab, "kitchen");
    lab.run_until(SOON, "an address", || client.board.address().is_some());
}

#[test]
fn an_access_point_that_starts_anew_gets_its_stations_back() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::new(1, 1, 1));
    let client = client(&lab, "kitchen");
    lab.run_until(SOON, "the first colour", || client.board.color() == Some(Rgb::new(1, 1, 1)));
    lab.switch_off(lamp);
    lab.run_for(Duration::from_secs(5));
    assert_eq!((client.board.color(), client.board.address()), (Some(Rgb::new(1, 1, 1)), None));
    assert_eq!(client.board.indication(), Indication::NetworkNotFound);
    let lamp = access_point(&lab, Rgb::new(2, 2, 2));
    lab.run_until(SOON, "colours again", || client.board.color() == Some(Rgb::new(2, 2, 2)));
    assert_eq!(leases(lamp), [client.board.address().unwrap()]);
}

/// The watchdog's supervisor needs this.
#[test]
fn progress_goes_on_with_and_without_stations() {
    let lab = Lab::new();
    let lamp = lab.pico(&format!("{LAMPS}role=both;server=192.168.4.2;interval=3600000ms"), || Rgb::BLACK);
    let stays_alive = |span| {
        let end = Instant::now() + span;
        while Instant::now() < end {
            let before = lamp.board.progress();
            lab.run_until(Board::PROGRESS_SPAN_MAX / 4, "progress", || lamp.board.progress() != before);
        }
    };
    stays_alive(Duration::from_secs(60));
    client(&lab, "kitchen");
    stays_alive(Duration::from_secs(60));
}

#[test]
fn people_can_read_how_the_board_is_doing() {
    let lab = Lab::new();
    let lamp = access_point(&lab, Rgb::new(1, 2, 3));
    assert_eq!(lamp.status()[..3], ["name: lamp", "role: server", "address: none"]);
    let client = client(&lab, "kitchen");
    lab.run_until(SOON, "some colours", || client.said("Received: 1,2,3") == 4);
    lab.run_for(Duration::from_secs(5));
    let lines = lamp.status();
    let expected = [
        "name: lamp",
        "role: server",
        "access point: \"Lamps\", channel 6",
        "stations: 1",
        "lease: 192.168.4.2 for 02:00:00:00:00:03",
        "address: 192.168.4.1",
        "colour: 1,2,3",
        "uptime: 0 h 0 min 6 s",
        "started by: power_on",
    ];
    assert_eq!(lines[..expected.len()], expected);
    assert!(lines[expected.len()].starts_with("served: "), "{lines:?}");
    let lines = client.status();
    assert_eq!(
        lines[..5],
        ["name: kitchen", "role: client", "network: \"Lamps\"", "address: 192.168.4.2", "signal: -55 dBm"]
    );
    assert_eq!(lines.last().unwrap(), "failures: connect 0 timeout 0 reset 0 closed 0 decode 0 resolve 0");
}

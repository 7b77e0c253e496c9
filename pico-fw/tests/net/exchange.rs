//! Boards with boards.

use std::net::Ipv4Addr;

use embassy_time::Duration;
use pico_fw::led::Indication;
use pico_fw::source::{Random, Source, Sweep};
use rgb_proto::{Name, Rgb};

use crate::lab::{Lab, Segment, answer_to};

// POL-1, REP-1
#[test]
fn a_client_shows_the_colours_that_the_server_sends_five_times_a_second() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let client = lab.pico(&format!("name=kitchen;role=client;server={address}"), Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.board.color().is_some());
    lab.run_for(Duration::from_secs(4));

    let received = client.colors("Received:");
    assert!((20..=22).contains(&received.len()), "{}", received.len());
    lab.run_until(Duration::from_secs(1), "the last one is accounted for", || {
        server.colors("Sent:").len() >= received.len()
    });
    assert_eq!(received, server.colors("Sent:")[..received.len()]);
    let mut sweep = Sweep::new();
    assert_eq!(received, received.iter().map(|_| sweep.next_color()).collect::<Vec<_>>());
    assert_eq!(client.board.color(), received.last().copied());
    assert_eq!(server.board.color(), server.colors("Sent:").last().copied());
    assert_eq!(client.board.indication(), Indication::Working);
    assert_eq!(server.board.indication(), Indication::Working);
}

#[test]
fn boards_say_what_the_tutorials_programs_say() {
    let lab = Lab::new();
    let (server, address) = lab.server(|| Rgb::new(12, 0, 255));
    let client = lab.pico(&format!("role=client;server={address}"), Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.said("Received: 12,0,255") > 0);
    let beginning = [
        "joining the network \"Home\"",
        "connected",
        "ip = 192.168.1.100",
        "listening on 192.168.1.100:80",
        "signal: -55 dBm",
    ];
    assert_eq!(server.lines()[..5], beginning);
    lab.run_until(Duration::from_secs(1), "the server has closed", || server.said("Sent: 12,0,255") > 0);
    let port = server.lines()[5].strip_prefix("client connected from 192.168.1.101:").map(str::parse::<u16>);
    assert!(matches!(port, Some(Ok(_))), "{:?}", server.lines());
    assert_eq!(client.lines()[3..5], ["asking 192.168.1.100 on port 80", "Received: 12,0,255"]);
}

// REQ-4, SRV-5
#[test]
fn four_clients_at_once_get_the_streams_of_their_names() {
    let lab = Lab::new();
    let (_, address) = lab.server(Random::new(7));
    let names = ["attic", "bath", "cellar", "den"];
    let clients = names.map(|name| lab.pico(&format!("name={name};role=client;server={address}"), Sweep::new()));
    lab.run_for(Duration::from_secs(10));
    for (name, client) in names.into_iter().zip(clients) {
        let received = client.colors("Received:");
        assert!(received.len() > 35, "{name}: {}", received.len());
        let name: Name = name.parse().unwrap();
        let mut own = Random::new(7).stream_for(&name).unwrap();
        assert_eq!(received, received.iter().map(|_| own.next_color()).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn no_ordinary_exchange_ends_in_a_reset() {
    let lab = Lab::new();
    let (_, address) = lab.server(Sweep::new());
    lab.pico(&format!("role=client;server={address}"), Sweep::new());
    lab.run_for(Duration::from_secs(10));
    let mut segments = Segment::all(&lab.ethernet.take_frames());
    // The router refuses probes by resets.
    segments.retain(|segment| [segment.from, segment.to].contains(&80));
    assert!(segments.iter().filter(|segment| segment.syn).count() > 60);
    assert_eq!(segments.iter().find(|segment| segment.rst).map(|segment| &segment.sent), None);
}

// DSC-5
#[test]
fn a_name_is_looked_up_again_when_its_address_stops_working_and_not_before() {
    let lab = Lab::new();
    let (first, first_address) = lab.server(|| Rgb::new(1, 1, 1));
    let (_, second_address) = lab.server(|| Rgb::new(2, 2, 2));
    assert_ne!(first_address, second_address);
    lab.router.config.borrow_mut().names.insert("lamp.example", first_address);
    let client = lab.pico("role=client;server=lamp.example", Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.board.color() == Some(Rgb::new(1, 1, 1)));
    lab.router.config.borrow_mut().names.insert("lamp.example", second_address);
    let lookups = lab.router.config.borrow().lookups;
    lab.run_for(Duration::from_secs(5));
    assert_eq!(client.board.color(), Some(Rgb::new(1, 1, 1)));
    assert_eq!(lab.router.config.borrow().lookups, lookups, "an address that works is kept");
    lab.switch_off(first);
    // The first exchange with another host may be lost: smoltcp asks for one hardware address a second.
    lab.run_until(Duration::from_secs(5), "the other one's", || client.board.color() == Some(Rgb::new(2, 2, 2)));
    assert!(client.said("network connection failed: no sign of life through this link; joining again") == 0);
}

// DSC-5, POL-4
#[test]
fn a_name_without_an_address_is_told_and_the_last_colour_stays() {
    let lab = Lab::new();
    let (server, address) = lab.server(|| Rgb::new(2, 2, 2));
    lab.router.config.borrow_mut().names.insert("lamp.example", address);
    let client = lab.pico("role=client;server=lamp.example", Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.board.color() == Some(Rgb::new(2, 2, 2)));
    lab.router.config.borrow_mut().names.clear();
    lab.switch_off(server);
    lab.run_until(Duration::from_secs(10), "no such name", || {
        client.said(
            "no colour: the server's name was not found: check its spelling and that this board is on the network",
        ) > 2
    });
    assert_eq!(client.board.indication(), Indication::ServerNotFound);
    assert_eq!(client.board.color(), Some(Rgb::new(2, 2, 2)));
}

/// Without any name server: whose name it is answers itself (RFC 6762).
#[test]
fn a_local_name_is_asked_of_everybody() {
    let lab = Lab::new();
    let (_, address) = lab.server(|| Rgb::new(3, 3, 3));
    let laptop = lab.computer(50);
    lab.spawn(answer_to(laptop, "lamp.local", address));
    let client = lab.pico("role=client;server=lamp.local", Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.board.color() == Some(Rgb::new(3, 3, 3)));
    assert_eq!(lab.router.config.borrow().lookups, 0);
}

#[test]
fn boards_can_serve_and_ask_at_once() {
    let lab = Lab::new();
    let left = lab.pico("name=left;role=both;server=192.168.1.101", || Rgb::new(1, 1, 1));
    lab.run_for(Duration::from_secs(2));
    let right = lab.pico("name=right;role=both;server=192.168.1.100", || Rgb::new(2, 2, 2));
    lab.run_for(Duration::from_secs(20));
    assert_eq!(left.board.address(), Some(Ipv4Addr::new(192, 168, 1, 100)));
    assert_eq!((left.board.color(), right.board.color()), (Some(Rgb::new(2, 2, 2)), Some(Rgb::new(1, 1, 1))));
    assert!(left.said("Sent: 1,1,1") > 20 && right.said("Sent: 2,2,2") > 20);
}

#[test]
fn a_board_that_is_to_ask_itself_says_so_and_stays_on_the_network() {
    let lab = Lab::new();
    let board = lab.pico("role=both;server=192.168.1.100", Sweep::new());
    lab.run_for(Duration::from_secs(120));
    let hint = "the server in the settings is this board itself; set \"server\" to the other board's address";
    assert!(board.said(hint) > 10);
    assert_eq!(lab.calls(), ["join"]);
}

#[test]
fn of_several_colours_the_led_task_gets_the_last() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    lab.run(async {
        for _ in 0..3 {
            laptop.ask(address, b"GET Data").await;
        }
        embassy_time::Timer::after_millis(100).await;
        assert_eq!(Some(server.board.color_changed().await), server.colors("Sent:").last().copied());
    });
}

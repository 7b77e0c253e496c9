//! Onto the network and back onto it (STA clauses).

use std::cell::RefCell;
use std::rc::Rc;

use embassy_net::tcp::Error;
use embassy_time::{Duration, Instant};
use pico_fw::board::Board;
use pico_fw::led::Indication;
use pico_fw::source::Sweep;
use rgb_proto::Rgb;

use crate::lab::{Lab, Pico, Segment};

const SOON: Duration = Duration::from_secs(10);

fn working_client(lab: &Lab) -> (Pico, Pico) {
    let (server, address) = lab.server(Sweep::new());
    let client = lab.pico(&format!("role=client;server={address}"), Sweep::new());
    lab.run_until(SOON, "the first colour", || client.board.color().is_some());
    (server, client)
}

/// Colours come again within so long.
fn recovers(lab: &Lab, client: Pico, limit: Duration) {
    let before = client.colors("Received:").len();
    lab.run_until(limit, "colours again", || client.colors("Received:").len() > before + 2);
    assert_eq!(client.board.indication(), Indication::Working);
}

// STA-2, STA-4
#[test]
fn a_wrong_passphrase_is_told_and_tried_again_until_it_is_right() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().passphrase = "battery staple".into();
    let board = lab.pico("role=server", Sweep::new());
    lab.run_for(Duration::from_secs(20));
    assert!(board.said("network connection failed: the access point refused the passphrase") >= 3);
    assert_eq!(board.board.indication(), Indication::WrongPassphrase);
    let calls = lab.calls();
    assert_eq!(calls[..5], ["join", "leave", "join", "leave", "join"]);
    assert!((8..=14).contains(&calls.len()), "{calls:?}");
    lab.access_point.borrow_mut().passphrase = "correct horse".into();
    lab.run_until(Duration::from_secs(35), "an address", || board.board.address().is_some());
    assert_eq!(board.board.indication(), Indication::Working);
}

#[test]
fn a_network_that_is_not_there_is_told() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().ssid = "Neighbour".into();
    let board = lab.pico("role=server", Sweep::new());
    assert_eq!(board.board.indication(), Indication::Joining);
    lab.run_for(Duration::from_secs(3));
    assert!(board.said("network connection failed: network not found: check its name, and that it has 2.4 GHz") > 0);
    assert_eq!(board.board.indication(), Indication::NetworkNotFound);
}

// STA-1
#[test]
fn a_join_that_never_ends_is_given_up_and_tried_again() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().hangs = true;
    let board = lab.pico("role=server", Sweep::new());
    lab.run_for(Duration::from_millis(14_900));
    assert_eq!(lab.calls(), ["join"]);
    lab.run_for(Duration::from_millis(200));
    assert_eq!(lab.calls(), ["join", "leave"]);
    lab.access_point.borrow_mut().hangs = false;
    lab.run_until(SOON, "an address", || board.board.address().is_some());
}

// STA-3
#[test]
fn a_network_without_addresses_is_told_and_left() {
    let lab = Lab::new();
    lab.router.config.borrow_mut().gives_addresses = false;
    let board = lab.pico("role=server", Sweep::new());
    lab.run_until(Duration::from_secs(17), "no address", || {
        board.said(
            "network connection failed: joined, but the network gave this board no address; is there a router with DHCP?",
        ) > 0
    });
    assert_eq!(board.board.indication(), Indication::NoAddress);
    lab.router.config.borrow_mut().gives_addresses = true;
    lab.run_until(Duration::from_secs(20), "an address", || board.board.address().is_some());
    assert_eq!(lab.calls(), ["join", "leave", "join"]);
}

#[test]
fn a_lost_link_is_joined_again() {
    let lab = Lab::new();
    let (_, client) = working_client(&lab);
    let color = client.board.color();
    lab.ethernet.set_link(client.port, false);
    lab.run_until(Duration::from_millis(10), "it knows", || client.board.address().is_none());
    assert_eq!(client.said("network connection failed: the link to the access point was lost"), 1);
    assert_eq!((client.board.color(), client.board.indication()), (color, Indication::Joining));
    recovers(&lab, client, SOON);
}

#[test]
fn a_server_that_lost_its_link_is_found_again() {
    let lab = Lab::new();
    let (server, client) = working_client(&lab);
    lab.ethernet.set_link(server.port, false);
    lab.run_for(Duration::from_secs(5));
    recovers(&lab, client, SOON);
    assert_eq!(server.said("listening on 192.168.1.100:80"), 2);
}

// STA-3
#[test]
fn another_address_is_taken_without_joining_again() {
    let lab = Lab::new();
    lab.router.config.borrow_mut().lease_s = 60;
    let board = lab.pico("role=server", Sweep::new());
    let laptop = lab.computer(50);
    lab.run_until(SOON, "an address", || board.said("listening on 192.168.1.100:80") == 1);
    lab.router.config.borrow_mut().first_host = 150;
    lab.run_until(Duration::from_secs(60), "another address", || board.said("listening on 192.168.1.150:80") == 1);
    assert_eq!(lab.calls(), ["join"]);
    let reply = lab.run(laptop.ask([192, 168, 1, 150].into(), b"GET Data"));
    assert_eq!(reply, b"255,0,0");
}

// STA-5
#[test]
fn a_dead_link_that_says_it_is_up_is_left_and_joined_again() {
    let lab = Lab::new();
    let (_, client) = working_client(&lab);
    lab.ethernet.set_dead(client.port, true);
    lab.run_until(Duration::from_secs(60), "it is found out", || {
        client.said("network connection failed: no sign of life through this link; joining again") > 0
    });
    recovers(&lab, client, SOON);
    assert_eq!(lab.calls().iter().filter(|call| **call == "leave").count(), 1);
}

// STA-8
#[test]
fn a_server_whose_link_has_died_joins_again_long_before_its_lease_ends() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    // Its first probe is answered by a refusal.
    lab.run_for(Duration::from_secs(15));
    lab.ethernet.set_dead(server.port, true);
    // By the next probe and two more.
    lab.run_until(Duration::from_secs(60), "it is found out", || {
        server.said("network connection failed: no sign of life through this link; joining again") == 1
    });
    lab.run_until(SOON, "an address again", || server.said("listening on 192.168.1.100:80") == 2);
    assert_eq!(lab.calls(), ["join", "leave", "join"]);
    assert_eq!(lab.run(lab.computer(50).ask(address, b"GET Data")), b"255,0,0");
    lab.run_for(Duration::from_secs(300));
    assert_eq!(lab.calls().len(), 3);
}

// STA-8
#[test]
fn a_gateway_that_answers_no_probe_keeps_nobody_off_the_network() {
    let lab = Lab::new();
    let (server, _) = lab.server(Sweep::new());
    lab.ethernet.set_dead(lab.router.computer.port, true);
    lab.run_for(Duration::from_secs(600));
    assert_eq!(lab.calls(), ["join"]);
    assert_eq!(server.board.indication(), Indication::Working);
}

// STA-8
#[test]
fn a_gateway_that_takes_the_connection_of_a_probe_is_rid_of_it_at_once() {
    let lab = Lab::new();
    let (server, _) = lab.server(Sweep::new());
    let ends = Rc::new(RefCell::new(Vec::new()));
    let (router, told) = (lab.router.computer, Rc::clone(&ends));
    lab.spawn(async move {
        let mut socket = router.socket();
        loop {
            socket.accept(53).await.expect("the port is free");
            let end = socket.read(&mut [0]).await;
            told.borrow_mut().push(end);
        }
    });
    lab.run_for(Duration::from_secs(15));
    assert_eq!(*ends.borrow(), [Err(Error::ConnectionReset)]);
    // It was a sign of life, and so the link is known to be dead when there is none.
    lab.ethernet.set_dead(server.port, true);
    lab.run_until(Duration::from_secs(60), "it is found out", || lab.calls().contains(&"leave"));
}

// STA-8
#[test]
fn a_gateway_is_probed_once_and_from_then_on_in_silence_alone() {
    /// Such as the router's refusals.
    fn answers(lab: &Lab) -> usize {
        Segment::all(&lab.ethernet.take_frames()).iter().filter(|segment| segment.from == 53).count()
    }
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    for _ in 0..10 {
        lab.run_for(Duration::from_secs(25));
        lab.run(laptop.ask(address, b"GET Data"));
    }
    assert_eq!(answers(&lab), 1);
    lab.run_for(Duration::from_secs(310));
    assert_eq!(answers(&lab), 10);
    assert_eq!(server.said("network connection failed: no sign of life through this link; joining again"), 0);
}

// POL-4, STA-5
#[test]
fn a_server_that_is_switched_off_is_found_when_it_comes_back() {
    let lab = Lab::new();
    let (server, client) = working_client(&lab);
    let color = client.board.color();
    lab.ethernet.set_dead(server.port, true);
    lab.run_for(Duration::from_secs(20));
    assert_eq!((client.board.color().is_some(), color.is_some()), (true, true));
    assert_eq!(client.board.indication(), Indication::ServerNotFound);
    lab.run_for(Duration::from_secs(100));
    lab.ethernet.set_dead(server.port, false);
    recovers(&lab, client, Duration::from_secs(15));
    // It is not the client's link: joining again becomes ever rarer.
    assert!(lab.calls().len() < 2 + 2 * 4, "{:?}", lab.calls());
}

#[test]
fn a_refusing_host_keeps_nobody_off_the_network() {
    let lab = Lab::new();
    lab.computer(50);
    let client = lab.pico("role=client;server=192.168.1.50", Sweep::new());
    lab.run_for(Duration::from_secs(120));
    let line = "no colour: connection refused: the host is there, but no server listens on that port; start the server or \
        check the port";
    assert!(client.said(line) > 15, "{:?}", client.lines());
    assert_eq!(client.board.indication(), Indication::Failing);
    assert_eq!(lab.calls(), ["join"]);
}

/// The watchdog's supervisor needs this.
#[test]
fn progress_goes_on_whatever_happens() {
    fn stays_alive(lab: &Lab, board: Pico, span: Duration) {
        let end = Instant::now() + span;
        while Instant::now() < end {
            let before = board.board.progress();
            lab.run_until(Board::PROGRESS_SPAN_MAX, "progress", || board.board.progress() != before);
        }
    }
    let lab = Lab::new();
    lab.access_point.borrow_mut().hangs = true;
    let board = lab.pico("role=both;server=192.168.1.50;interval=3600000ms", || Rgb::BLACK);
    stays_alive(&lab, board, Duration::from_secs(100));
    lab.access_point.borrow_mut().hangs = false;
    lab.router.config.borrow_mut().gives_addresses = false;
    stays_alive(&lab, board, Duration::from_secs(100));
    lab.router.config.borrow_mut().gives_addresses = true;
    stays_alive(&lab, board, Duration::from_secs(100));
    assert!(board.board.address().is_some());
}

#[test]
fn nothing_that_a_board_says_holds_its_passphrase() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().passphrase = "battery staple".into();
    let board = lab.pico("role=both;server=192.168.1.50", Sweep::new());
    lab.run_for(Duration::from_secs(10));
    lab.access_point.borrow_mut().passphrase = "correct horse".into();
    lab.run_for(Duration::from_secs(60));
    let said = board.lines().concat() + &format!("{:?}", board.board.settings());
    assert!(board.board.address().is_some());
    assert!(!said.contains("correct horse"));
}

#[test]
fn the_signals_strength_is_told_when_it_has_changed() {
    let lab = Lab::new();
    let board = lab.pico("role=server", Sweep::new());
    lab.run_until(SOON, "the first reading", || board.said("signal: -55 dBm") == 1);
    lab.access_point.borrow_mut().rssi_dbm = -59;
    lab.run_for(Duration::from_secs(30));
    assert_eq!(board.lines().iter().filter(|line| line.starts_with("signal:")).count(), 1, "4 dB are noise");
    lab.access_point.borrow_mut().rssi_dbm = -60;
    lab.run_for(Duration::from_secs(30));
    assert_eq!(board.said("signal: -60 dBm"), 1);
}

const TWO_NETWORKS: &str = "role=server;ssid2=Garden;passphrase2=under the apple tree";

// STA-7
#[test]
fn the_second_network_is_joined_where_the_first_one_is_not() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().ssid = "Neighbour".into();
    lab.add_access_point("Garden", "under the apple tree");
    let board = lab.pico(TWO_NETWORKS, Sweep::new());
    lab.run_until(Duration::from_secs(4), "an address", || board.board.address().is_some());
    assert_eq!(lab.calls(), ["join", "leave", "join"]);
    let beginning = [
        "joining the network \"Home\"",
        "network connection failed: network not found: check its name, and that it has 2.4 GHz",
        "joining the network \"Garden\"",
        "connected",
        "ip = 192.168.1.100",
    ];
    assert_eq!(board.lines()[..5], beginning);
    assert_eq!(board.status()[2..4], ["network: \"Garden\"", "address: 192.168.1.100"]);

    // The preferred one is back: it is taken once there is a reason to join at all.
    lab.access_point.borrow_mut().ssid = "Home".into();
    lab.run_for(Duration::from_secs(30));
    assert_eq!(board.said("joining the network \"Home\""), 1);
    lab.ethernet.set_link(board.port, false);
    lab.run_until(SOON, "the preferred one", || board.said("joining the network \"Home\"") == 2);
    lab.run_until(SOON, "an address", || board.board.address().is_some());
    assert_eq!(board.status()[2], "network: \"Home\"");
    assert_eq!(board.said("joining the network \"Garden\""), 1);
}

// STA-7
#[test]
fn of_several_networks_each_failure_is_told() {
    let lab = Lab::new();
    lab.access_point.borrow_mut().ssid = "Neighbour".into();
    let garden = lab.add_access_point("Garden", "under the pear tree");
    let board = lab.pico(TWO_NETWORKS, Sweep::new());
    lab.run_for(Duration::from_secs(20));
    let lines = board.lines();
    for round in lines.chunks_exact(4).take(2) {
        let expected = [
            "joining the network \"Home\"",
            "network connection failed: network not found: check its name, and that it has 2.4 GHz",
            "joining the network \"Garden\"",
            "network connection failed: the access point refused the passphrase",
        ];
        assert_eq!(round, expected);
    }
    assert_eq!(board.status()[3], "address: none");
    assert!(board.status()[4].starts_with("last failure: "), "{:?}", board.status());
    garden.borrow_mut().passphrase = "under the apple tree".into();
    lab.run_until(Duration::from_secs(40), "an address", || board.board.address().is_some());
    assert_eq!(board.board.indication(), Indication::Working);
}

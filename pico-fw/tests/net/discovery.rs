//! Boards that find each other (DSC clauses), on a network with a router and on one without.

use embassy_net::Ipv4Address;
use embassy_time::Duration;
use pico_fw::led::Indication;
use pico_fw::source::Sweep;
use rgb_proto::Rgb;

use crate::lab::{Lab, Pico};

const SOON: Duration = Duration::from_secs(10);

fn shows(lab: &Lab, client: Pico, color: Rgb, limit: Duration) {
    lab.run_until(limit, "the server's colour", || client.board.color() == Some(color));
}

// DSC-1, DSC-3
#[test]
fn a_server_is_found_by_its_name() {
    let lab = Lab::new();
    let server = lab.pico("name=Living_Room;role=server", || Rgb::new(3, 2, 1));
    lab.run_until(SOON, "the name", || server.said("announced as living-room.local") == 1);
    let client = lab.pico("role=client;server=living-room.local", Sweep::new());
    shows(&lab, client, Rgb::new(3, 2, 1), SOON);
    assert_eq!(lab.router.config.borrow().lookups, 0, "no name server knows it");
}

// DSC-3
#[test]
fn a_server_without_a_name_is_found_as_rgb_server() {
    let lab = Lab::new();
    let server = lab.pico("role=server", || Rgb::new(3, 2, 1));
    let client = lab.pico("role=client;server=rgb-server.local", Sweep::new());
    shows(&lab, client, Rgb::new(3, 2, 1), SOON);
    assert_eq!(server.said("announced as rgb-server.local"), 1);
}

// DSC-6
#[test]
fn a_client_that_knows_no_server_takes_the_announced_one_and_says_which() {
    let lab = Lab::new();
    let (_, address) = lab.server(|| Rgb::new(1, 2, 3));
    let client = lab.pico("role=client", Sweep::new());
    shows(&lab, client, Rgb::new(1, 2, 3), SOON);
    assert_eq!(client.said(&format!("found the server server at {address}:80")), 1);
    lab.run_for(SOON);
    assert_eq!(client.lines().iter().filter(|line| line.starts_with("found")).count(), 1, "{:?}", client.lines());
}

// DSC-6
#[test]
fn a_server_that_starts_later_is_found_then() {
    let lab = Lab::new();
    let client = lab.pico("role=client", Sweep::new());
    lab.run_for(Duration::from_secs(20));
    assert_eq!(client.board.indication(), Indication::ServerNotFound);
    lab.pico("role=server;port=8080", || Rgb::new(1, 2, 3));
    shows(&lab, client, Rgb::new(1, 2, 3), SOON);
    assert_eq!(client.said("found the server rgb-server at 192.168.1.101:8080"), 1);
}

// DSC-6
#[test]
fn another_server_is_taken_when_the_first_is_gone() {
    let lab = Lab::new();
    let first = lab.pico("name=first;role=server", || Rgb::new(1, 1, 1));
    let client = lab.pico("role=client", Sweep::new());
    shows(&lab, client, Rgb::new(1, 1, 1), SOON);
    let second = lab.pico("name=second;role=server", || Rgb::new(2, 2, 2));
    lab.run_until(SOON, "it is there", || second.said("announced as second.local") == 1);
    assert_eq!(client.board.color(), Some(Rgb::new(1, 1, 1)));
    lab.switch_off(first);
    shows(&lab, client, Rgb::new(2, 2, 2), SOON);
}

// DSC-6
#[test]
fn a_server_whose_address_has_changed_is_found_again() {
    let lab = Lab::new();
    lab.router.config.borrow_mut().lease_s = 60;
    let server = lab.pico("role=server", || Rgb::new(1, 2, 3));
    lab.run_until(SOON, "an address", || server.said("listening on 192.168.1.100:80") == 1);
    let by_name = lab.pico("role=client;server=rgb-server.local", Sweep::new());
    let by_service = lab.pico("role=client", Sweep::new());
    shows(&lab, by_name, Rgb::new(1, 2, 3), SOON);
    shows(&lab, by_service, Rgb::new(1, 2, 3), SOON);
    lab.router.config.borrow_mut().first_host = 150;
    lab.run_until(Duration::from_secs(60), "another address", || server.said("listening on 192.168.1.150:80") == 1);
    let received = |client: Pico| client.said("Received: 1,2,3");
    let before = (received(by_name), received(by_service));
    lab.run_until(Duration::from_secs(45), "both again", || {
        received(by_name) > before.0 + 5 && received(by_service) > before.1 + 5
    });
}

// DSC-6
#[test]
fn a_board_of_both_roles_does_not_find_itself() {
    let lab = Lab::new();
    let both = lab.pico("name=left;role=both", || Rgb::new(1, 1, 1));
    lab.run_for(Duration::from_secs(20));
    assert_eq!(both.board.color(), None);
    assert_eq!(both.said("announced as left.local"), 1);
    let other = lab.pico("name=right;role=both", || Rgb::new(2, 2, 2));
    shows(&lab, both, Rgb::new(2, 2, 2), SOON);
    shows(&lab, other, Rgb::new(1, 1, 1), SOON);
}

// DSC-4
#[test]
fn the_second_board_of_a_name_takes_another_and_keeps_its_own() {
    let lab = Lab::new();
    let first = lab.pico("name=lamp;role=server", || Rgb::new(1, 1, 1));
    lab.run_until(SOON, "its name", || first.said("announced as lamp.local") == 1);
    let second = lab.pico("name=lamp;role=server", || Rgb::new(2, 2, 2));
    lab.run_until(SOON, "another name", || second.said("announced as lamp-2.local") == 1);
    assert_eq!(second.said("another board has this name already; trying lamp-2.local"), 1);
    assert_eq!((first.said("announced as lamp.local"), second.board.settings().name().as_str()), (1, "lamp"));
    let client = lab.pico("role=client;server=lamp-2.local", Sweep::new());
    shows(&lab, client, Rgb::new(2, 2, 2), SOON);
}

// DSC-6
#[test]
fn a_client_on_an_access_points_network_needs_no_address_of_its_server() {
    let lab = Lab::new();
    let lamps = "ssid=Lamps;passphrase=lamps and more;";
    lab.pico(&format!("{lamps}wifi=access_point;name=lamp;role=server"), || Rgb::new(7, 7, 7));
    let client = lab.pico(&format!("{lamps}name=kitchen;role=client"), Sweep::new());
    shows(&lab, client, Rgb::new(7, 7, 7), SOON);
    assert_eq!(client.said("found the server lamp at 192.168.4.1:80"), 1);
}

// DSC-7
#[test]
fn a_board_that_says_goodbye_is_not_found_any_more() {
    let lab = Lab::new();
    let (server, address) = lab.server(|| Rgb::new(1, 2, 3));
    lab.run_until(SOON, "its name", || server.said("announced as server.local") == 1);
    lab.run(server.finder.say_goodbye());
    let client = lab.pico("role=client", Sweep::new());
    lab.run_for(SOON);
    assert_eq!(client.board.color(), None);
    // Who knows where it is still gets colours.
    let friend = lab.pico(&format!("role=client;server={address}"), Sweep::new());
    shows(&lab, friend, Rgb::new(1, 2, 3), SOON);
}

/// Whoever asks from a port of its own gets its answer there (RFC 6762, section 6.7), which needs its hardware address.
#[test]
fn an_asker_that_is_gone_keeps_nobody_else_from_an_answer() {
    let lab = Lab::new();
    let server = lab.pico("name=lamp;role=server", || Rgb::new(1, 2, 3));
    lab.run_until(SOON, "its name", || server.said("announced as lamp.local") == 1);
    lab.run_for(Duration::from_secs(3));
    let asker = lab.computer(9);
    // One question: type A, class IN.
    let question = b"\x00\x07\0\0\0\x01\0\0\0\0\0\0\x04lamp\x05local\0\0\x01\0\x01";
    lab.run(asker.tell(5000, question, (Ipv4Address::new(224, 0, 0, 251), 5353)));
    lab.ethernet.cut(asker.port);
    lab.run_for(Duration::from_secs(1));
    assert!(lab.ethernet.searches_for([192, 168, 1, 9]) > 0, "there is an answer for it");
    let client = lab.pico("role=client", Sweep::new());
    shows(&lab, client, Rgb::new(1, 2, 3), SOON);
}

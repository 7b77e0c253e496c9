//! Finding a server (DSC clauses).

use std::net::SocketAddrV4;

use rgb_proto::ErrorKind;
use rgb_sim::world::{BoardEventKind, RouterConfig};

use crate::lab::{Lab, hardware_address, secs, sent, shown};

// DSC-6
#[test]
fn a_client_without_a_server_takes_the_one_that_is_announced() {
    let mut lab = Lab::new(60);
    let server = lab.board(&[("role", "server"), ("port", "8080")]);
    let client = lab.board(&[("role", "client")]);
    lab.works(client, secs(30));
    let address = lab.address(server).unwrap();
    assert!(lab.events(client).contains(&BoardEventKind::Found(SocketAddrV4::new(address, 8080))));
    assert!(lab.events(server).iter().any(|kind| matches!(kind, BoardEventKind::Announced(_))));
}

// DSC-5
#[test]
fn a_client_finds_a_server_by_its_local_name() {
    let mut lab = Lab::new(61);
    lab.board(&[("role", "server"), ("name", "Kitchen")]);
    let client = lab.board(&[("role", "client"), ("server", "kitchen.local")]);
    lab.works(client, secs(30));
}

#[test]
fn a_client_finds_a_server_by_a_name_that_the_router_knows() {
    let mut config = RouterConfig::default();
    config.reservations.insert(hardware_address(2), [192, 168, 1, 7].into());
    config.names.insert("colours.lan".into(), [192, 168, 1, 7].into());
    let mut lab = Lab::with_router(62, config);
    lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client"), ("server", "colours.lan")]);
    lab.works(client, secs(30));
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let mut lab = Lab::new(63);
    let client = lab.board(&[("role", "client"), ("server", "nobody.lan")]);
    lab.run(20);
    let place = ErrorKind::ALL.iter().position(|kind| *kind == ErrorKind::Resolve).unwrap();
    assert!(lab.counts(client).failures[place] >= 3, "{:?}", lab.counts(client));
}

// DSC-4
#[test]
fn of_two_servers_with_one_name_the_second_takes_another() {
    let mut lab = Lab::new(64);
    let first = lab.board(&[("role", "server"), ("name", "lamp")]);
    lab.run(10);
    let second = lab.board(&[("role", "server"), ("name", "lamp")]);
    lab.run(10);
    let labels = |events: Vec<BoardEventKind>| {
        let labels = events.into_iter().filter_map(|kind| match kind {
            BoardEventKind::Announced(label) => Some(label.to_string()),
            _ => None,
        });
        labels.collect::<Vec<_>>()
    };
    assert_eq!(labels(lab.events(first)), ["lamp"]);
    assert_eq!(labels(lab.events(second)), ["lamp-2"]);
}

#[test]
fn a_client_follows_its_server_to_another_address() {
    let mut lab = Lab::new(65);
    let server = lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client")]);
    lab.works(client, secs(30));
    let mut config = lab.router_mut().config().clone();
    config.reservations.insert(hardware_address(2), [192, 168, 1, 9].into());
    lab.router_mut().configure(config);
    lab.board_mut(server).reboot();
    lab.works(client, secs(60));
    assert_eq!(lab.address(server), Some([192, 168, 1, 9].into()));
}

#[test]
fn two_boards_with_both_roles_ask_each_other() {
    let mut lab = Lab::new(66);
    let boards = [1, 2].map(|_| lab.board(&[("role", "both")]));
    for board in boards {
        lab.works(board, secs(60));
    }
    lab.run(10);
    let [one, other] = boards.map(|board| lab.events(board));
    for (asker, server) in [(&one, &other), (&other, &one)] {
        let (shown, sent) = (shown(asker), sent(server));
        assert!(shown.len() > 20);
        assert_eq!(shown[..], sent[..shown.len()]);
    }
}

#[test]
fn a_board_that_is_set_to_ask_itself_says_so() {
    let mut config = RouterConfig::default();
    config.reservations.insert(hardware_address(2), [192, 168, 1, 7].into());
    let mut lab = Lab::with_router(67, config);
    let board = lab.board(&[("role", "both"), ("server", "192.168.1.7")]);
    lab.run(60);
    assert!(lab.events(board).contains(&BoardEventKind::AsksItself));
    assert_eq!(lab.counts(board).network_failures, 0);
}

//! Onto the network, and back onto it (STA clauses).

use rgb_proto::{JoinError, StationFailure};
use rgb_sim::world::{AccessPointConfig, BoardEventKind, JoinFault, Placement, Refusal, RouterConfig};

use crate::lab::{Lab, secs, sent, shown};

fn failures(events: &[BoardEventKind]) -> Vec<StationFailure> {
    let failures = events.iter().filter_map(|kind| match kind {
        BoardEventKind::NetworkFailed(failure) => Some(*failure),
        _ => None,
    });
    failures.collect()
}

#[test]
fn the_first_colour_comes_by_a_join_dhcp_arp_and_tcp() {
    let mut lab = Lab::new(1);
    let (server, client) = lab.working_pair();
    let events = lab.events(client);
    let what = |kind: &BoardEventKind| match kind {
        BoardEventKind::Started => "started",
        BoardEventKind::Joining(_) => "joining",
        BoardEventKind::Joined => "joined",
        BoardEventKind::Address(_) => "address",
        BoardEventKind::Exchange { outcome: Ok(_), .. } => "colour",
        _ => "other",
    };
    let order: Vec<_> = events.iter().map(what).take(5).collect();
    assert_eq!(order, ["started", "joining", "joined", "address", "colour"]);
    assert_eq!(lab.peek(client).color(), shown(&events).last().copied());
    let server_status = lab.peek(server).status();
    assert_eq!(u64::from(server_status.served), lab.counts(server).served);
    assert!((-70..-10).contains(&server_status.rssi_dbm.unwrap()));
}

#[test]
fn colours_shown_are_colours_sent() {
    let mut lab = Lab::new(2);
    let (server, client) = lab.working_pair();
    lab.run(60);
    let (shown, sent) = (shown(&lab.events(client)), sent(&lab.events(server)));
    assert!(shown.len() > 250, "{} colours", shown.len());
    // The last one may be on its way.
    assert_eq!(shown[..], sent[..shown.len()]);
    assert!(sent.len() - shown.len() <= 1);
}

// STA-2, STA-4
#[test]
fn a_wrong_passphrase_is_told_until_it_is_right() {
    let mut lab = Lab::new(3);
    lab.world.air_mut().set_passphrase(lab.access_point, Some("battery staple".into()));
    let board = lab.board(&[("role", "server")]);
    lab.run(30);
    let events = lab.events(board);
    let failures = failures(&events);
    assert!(failures.len() >= 3);
    assert!(failures.iter().all(|failure| *failure == StationFailure::Join(JoinError::WrongPassphrase)));
    let access_point = lab.access_point;
    lab.world.air_mut().set_passphrase(access_point, Some("correct horse".into()));
    lab.run_until(secs(45), "an address", |lab| lab.address(board).is_some());
}

#[test]
fn a_network_that_is_missing_is_told_until_it_is_there() {
    let mut lab = Lab::new(4);
    let board = lab.board(&[("role", "server"), ("ssid", "Office")]);
    lab.run(30);
    let failures = failures(&lab.events(board));
    assert!(failures.len() >= 3);
    assert!(failures.iter().all(|failure| *failure == StationFailure::Join(JoinError::NetworkNotFound)));
    lab.add_network(AccessPointConfig { ssid: "Office".into(), ..Default::default() }, RouterConfig::default());
    lab.run_until(secs(45), "an address", |lab| lab.address(board).is_some());
}

// STA-1
#[test]
fn a_join_that_never_ends_is_given_up_after_15_s() {
    let mut lab = Lab::new(5);
    let board = lab.board(&[("role", "server")]);
    lab.world.air_mut().add_join_fault(board, JoinFault::Hang);
    lab.world.air_mut().add_join_fault(board, JoinFault::Fail(Refusal::Failed));
    lab.run(15);
    let events = lab.timed_events(board);
    let [.., last] = &events[..] else { panic!("nothing happened") };
    assert_eq!(last.kind, BoardEventKind::NetworkFailed(StationFailure::JoinTimedOut));
    assert_eq!(last.at.as_micros(), 15_000_000);
    lab.run_until(secs(20), "an address", |lab| lab.address(board).is_some());
    assert_eq!(failures(&lab.events(board)), [StationFailure::Join(JoinError::Other)]);
}

/// What knows the spare network, too.
const SPARE_TOO: [(&str, &str); 3] = [("role", "server"), ("ssid2", "Spare"), ("passphrase2", "correct horse")];

/// The spare network's.
fn spare_router() -> RouterConfig {
    RouterConfig {
        address: [10, 0, 0, 1].into(),
        pool: [[10, 0, 0, 10].into(), [10, 0, 0, 20].into()],
        ..Default::default()
    }
}

// STA-7
#[test]
fn the_second_network_is_joined_where_the_first_is_down() {
    let mut lab = Lab::new(6);
    lab.add_network(AccessPointConfig { ssid: "Spare".into(), channel: 1, ..Default::default() }, spare_router());
    let access_point = lab.access_point;
    lab.world.air_mut().access_point_down(access_point);
    let board = lab.board(&SPARE_TOO);
    lab.run_until(secs(20), "an address", |lab| lab.address(board).is_some());
    assert_eq!(lab.address(board).unwrap().octets()[0], 10);
}

#[test]
fn an_access_point_that_goes_down_and_up_is_joined_again() {
    let mut lab = Lab::new(7);
    let (_, client) = lab.working_pair();
    let access_point = lab.access_point;
    lab.world.air_mut().access_point_down(access_point);
    lab.is_silent(client, 20);
    assert_eq!(lab.address(client), None);
    lab.world.air_mut().access_point_up(access_point);
    lab.works(client, secs(60));
    assert_eq!(failures(&lab.events(client))[0], StationFailure::LinkLost);
}

#[test]
fn a_board_that_is_sent_away_comes_back() {
    let mut lab = Lab::new(8);
    let (_, client) = lab.working_pair();
    lab.world.air_mut().deauthenticate(client);
    assert!(lab.works(client, secs(15)) > secs(1));
    assert_eq!(failures(&lab.events(client)), [StationFailure::LinkLost]);
}

// STA-5
#[test]
fn a_dead_link_is_found_out_by_its_silence() {
    let mut lab = Lab::new(9);
    let (_, client) = lab.working_pair();
    lab.world.air_mut().kill_link(client);
    lab.is_silent(client, 10);
    assert!(lab.address(client).is_some(), "the link claims to be up");
    lab.works(client, secs(60));
    assert_eq!(failures(&lab.events(client)), [StationFailure::LinkDead]);
}

// STA-8
#[test]
fn a_server_finds_out_a_dead_link_long_before_its_lease_ends() {
    let mut lab = Lab::new(13);
    let server = lab.board(&[("role", "server")]);
    // Its router refuses the first probe.
    lab.run(20);
    lab.world.air_mut().kill_link(server);
    lab.run(20);
    assert!(lab.address(server).is_some(), "the link claims to be up");
    // The next probe comes 30 s after the last, and it and two more take 23 s.
    lab.run_until(secs(40), "it has joined again", |lab| lab.counts(server).joins == 2);
    lab.run_until(secs(5), "an address", |lab| lab.address(server).is_some());
    assert_eq!(failures(&lab.events(server)), [StationFailure::LinkDead]);
    lab.run(600);
    assert_eq!(lab.counts(server).joins, 2);
}

// STA-8
#[test]
fn a_server_that_was_asked_all_the_time_finds_out_a_dead_link_by_the_silence() {
    let mut lab = Lab::new(17);
    let (server, client) = lab.working_pair();
    lab.run(60);
    lab.world.air_mut().kill_link(server);
    // 30 s of silence, and three probes in 23 s.
    lab.run_until(secs(60), "it has joined again", |lab| lab.counts(server).joins == 2);
    lab.works(client, secs(15));
    assert_eq!(failures(&lab.events(server)), [StationFailure::LinkDead]);
}

// STA-8
#[test]
fn a_router_that_answers_no_probe_is_no_reason_to_join_again() {
    let mut lab = Lab::new(14);
    let server = lab.board(&[("role", "server")]);
    lab.run_until(secs(30), "an address", |lab| lab.address(server).is_some());
    let router = lab.router;
    lab.world.air_mut().partition(router, server);
    lab.run(1200);
    assert_eq!((lab.counts(server).joins, lab.counts(server).network_failures), (1, 0));
}

// STA-7
#[test]
fn a_network_whose_links_do_not_hold_is_followed_by_the_next() {
    let mut lab = Lab::new(15);
    lab.add_network(AccessPointConfig { ssid: "Spare".into(), channel: 1, ..Default::default() }, spare_router());
    let board = lab.board(&SPARE_TOO);
    lab.run_until(secs(20), "an address", |lab| lab.address(board).is_some());
    lab.run(5);
    lab.world.air_mut().deauthenticate(board);
    lab.run_until(secs(5), "an address of the other one", |lab| {
        lab.address(board).is_some_and(|address| address.octets()[0] == 10)
    });
    // This one holds. Behind it, the first one's turn is next.
    lab.run(40);
    lab.world.air_mut().deauthenticate(board);
    lab.run_until(secs(5), "an address of the first one", |lab| {
        lab.address(board).is_some_and(|address| address.octets()[0] == 192)
    });
}

// STA-4
#[test]
fn a_link_that_is_lost_again_and_again_is_joined_ever_more_rarely() {
    let mut lab = Lab::new(16);
    let board = lab.board(&[("role", "server")]);
    let ten_minutes = lab.world.now() + secs(600);
    while lab.world.now() < ten_minutes {
        lab.run_until(secs(40), "an address", |lab| lab.address(board).is_some());
        lab.run(5);
        lab.world.air_mut().deauthenticate(board);
        lab.run(1);
    }
    // Waits of 15 s to 30 s, and the 6 s of the link with its join.
    let joins = lab.counts(board).joins;
    assert!((600 / 38..600 / 21 + 6).contains(&joins), "{joins} joins");
}

#[test]
fn a_board_that_is_carried_away_and_back_works_again() {
    let mut lab = Lab::new(10);
    let (_, client) = lab.working_pair();
    lab.world.air_mut().place(client, Placement { position_m: 5000.0 });
    lab.is_silent(client, 30);
    assert_eq!(lab.address(client), None);
    lab.world.air_mut().place(client, Placement { position_m: 4.0 });
    lab.works(client, secs(60));
    let failures = failures(&lab.events(client));
    assert_eq!(failures[0], StationFailure::LinkLost);
    assert!(failures[1..].iter().all(|failure| *failure == StationFailure::Join(JoinError::NetworkNotFound)));
}

#[test]
fn a_step_out_of_reach_and_back_loses_nothing_but_time() {
    let mut lab = Lab::new(11);
    let (_, client) = lab.working_pair();
    lab.world.air_mut().place(client, Placement { position_m: 5000.0 });
    lab.run(2);
    lab.world.air_mut().place(client, Placement { position_m: 3.0 });
    lab.works(client, secs(10));
    assert_eq!(lab.counts(client).network_failures, 0);
}

#[test]
fn a_network_without_dhcp_gives_no_address() {
    let mut lab = Lab::with_router(12, RouterConfig { pool: [[192, 168, 1, 1].into(); 2], ..Default::default() });
    let board = lab.board(&[("role", "server")]);
    lab.run(20);
    assert_eq!(failures(&lab.events(board)), [StationFailure::NoAddress]);
}

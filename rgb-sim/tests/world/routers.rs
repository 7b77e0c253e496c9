//! Routers, and boards that take their place.

use rgb_sim::world::{BoardEventKind, RouterConfig};

use crate::lab::{Lab, hardware_address, secs, sent, shown};

#[test]
fn boards_follow_a_router_with_another_network() {
    let config = RouterConfig { lease_time: secs(60), ..Default::default() };
    let mut lab = Lab::with_router(50, config.clone());
    let server = lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client")]);
    lab.works(client, secs(30));
    let old = lab.address(client).unwrap();
    lab.router_mut().configure(RouterConfig {
        address: [10, 0, 0, 1].into(),
        pool: [[10, 0, 0, 10].into(), [10, 0, 0, 20].into()],
        ..config
    });
    lab.run_until(secs(90), "both have moved", |lab| {
        [server, client].iter().all(|board| lab.address(*board).is_some_and(|address| address.octets()[0] == 10))
    });
    lab.works(client, secs(30));
    let events = lab.events(client);
    assert!(events.contains(&BoardEventKind::Address(old)));
    assert!(lab.counts(client).joins == 1, "the link has nothing to do with it");
}

#[test]
fn a_lease_that_nobody_renews_ends_and_a_new_one_follows() {
    let mut lab = Lab::with_router(51, RouterConfig { lease_time: secs(40), ..Default::default() });
    let (server, client) = lab.working_pair();
    // With the router away, the lease cannot be renewed.
    let router = lab.router;
    for board in [server, client] {
        lab.world.air_mut().partition(router, board);
    }
    lab.works(client, secs(2));
    lab.run_until(secs(45), "the lease has ended", |lab| lab.address(client).is_none());
    for board in [server, client] {
        lab.world.air_mut().repair(router, board);
    }
    lab.works(client, secs(90));
}

#[test]
fn leases_are_renewed_in_time() {
    let mut lab = Lab::with_router(52, RouterConfig { lease_time: secs(40), ..Default::default() });
    let (_, client) = lab.working_pair();
    lab.run(300);
    let lost = lab.events(client).into_iter().filter(|kind| *kind == BoardEventKind::AddressLost).count();
    assert_eq!(lost, 0);
}

#[test]
fn a_router_that_forgets_lets_boards_keep_their_addresses() {
    let mut lab = Lab::with_router(53, RouterConfig { lease_time: secs(40), ..Default::default() });
    let (server, client) = lab.working_pair();
    let before = [server, client].map(|board| lab.address(board));
    lab.router_mut().forget_leases();
    lab.run(100);
    assert_eq!([server, client].map(|board| lab.address(board)), before);
    let now = lab.world.now();
    assert_eq!(lab.router_mut().dhcp().leases(now).count(), 2);
}

#[test]
fn a_reserved_address_is_where_the_client_asks() {
    let mut config = RouterConfig::default();
    config.reservations.insert(hardware_address(2), [192, 168, 1, 7].into());
    let mut lab = Lab::with_router(54, config);
    lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client"), ("server", "192.168.1.7")]);
    lab.works(client, secs(30));
}

#[test]
fn boards_need_no_router_where_one_of_them_is_the_access_point() {
    let mut lab = Lab::new(55);
    let network = [("ssid", "Colours"), ("passphrase", "red green blue")];
    let server = lab.board(&[&[("role", "server"), ("wifi", "access_point")], &network[..]].concat());
    let clients =
        [1, 2, 3].map(|_| lab.board(&[&[("role", "client"), ("server", "192.168.4.1")], &network[..]].concat()));
    for client in clients {
        lab.works(client, secs(30));
        assert_eq!(lab.address(client).unwrap().octets()[..3], [192, 168, 4]);
    }
    let status = lab.peek(server).status().access_point.unwrap();
    assert_eq!((status.stations, status.leases().count()), (3, 3));
    lab.run(20);
    let all_sent = sent(&lab.events(server));
    let all_shown: usize = clients.iter().map(|client| shown(&lab.events(*client)).len()).sum();
    assert!(all_shown > 250 && all_sent.len() - all_shown <= 3);
    // Nobody leads out of this network, so nobody is probed, and a board that is never asked is content with it (STA-8).
    let idle = lab.board(&[&[("role", "server"), ("name", "idle")], &network[..]].concat());
    lab.run(300);
    assert_eq!((lab.counts(idle).joins, lab.counts(idle).network_failures), (1, 0));
    // Without the access point there is no network; with it again all work again.
    lab.board_mut(server).power_off();
    for client in clients {
        lab.is_silent(client, 10);
    }
    lab.board_mut(server).power_on();
    for client in clients {
        lab.works(client, secs(90));
    }
}

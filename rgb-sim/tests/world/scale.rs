//! Many boards.

use rgb_sim::world::{NodeId, RouterConfig};

use crate::lab::{Lab, hardware_address, secs};

/// Servers with fixed addresses, and clients that ask them in turn.
fn crowd(seed: u64, servers: u16, clients: u16) -> (Lab, Vec<NodeId>) {
    let address = |number: u16| [192, 168, 1, 2 + number as u8];
    let mut config = RouterConfig::default();
    for number in 0..servers {
        config.reservations.insert(hardware_address(2 + number), address(number).into());
    }
    let mut lab = Lab::with_router(seed, config);
    for number in 0..servers {
        lab.board(&[("role", "server"), ("name", &format!("server-{number}"))]);
    }
    let clients = (0..clients).map(|number| {
        let server = std::net::Ipv4Addr::from(address(number % servers)).to_string();
        let name = format!("client-{number}");
        lab.board_at(f64::from(1 + number % 20), &[("role", "client"), ("name", &name), ("server", &server)])
    });
    let clients = clients.collect();
    (lab, clients)
}

#[test]
fn fifty_boards_all_get_their_colours() {
    let (mut lab, clients) = crowd(90, 12, 38);
    lab.run(60);
    for client in &clients {
        assert!(lab.counts(*client).exchanges > 100, "{:?}", lab.counts(*client));
    }
}

#[test]
fn fifty_boards_all_work_again_when_their_access_point_does() {
    let (mut lab, clients) = crowd(91, 12, 38);
    lab.run(40);
    let access_point = lab.access_point;
    lab.world.air_mut().access_point_down(access_point);
    lab.run(30);
    assert!(clients.iter().all(|client| lab.address(*client).is_none()));
    lab.world.air_mut().access_point_up(access_point);
    let from = lab.world.now();
    for client in clients {
        lab.works(client, secs(90));
    }
    assert!(lab.world.now() < from + secs(90));
}

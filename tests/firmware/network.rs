//! What goes wrong with a network, and what boards make of it.

use std::net::Ipv4Addr;

use harness::Firmware;
use rgb_sim::scenario::ScenarioBoard;

use crate::blink;
use crate::lab::{Lab, ONLINE_MAX, hardware_address, secs};

pub(crate) fn a_wrong_passphrase_is_said_in_words_and_blinked(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let node = lab.board(&[("passphrase", "battery staple")]);
    lab.says(node, "network connection failed: the access point refused the passphrase", ONLINE_MAX);
    // The LED is dark during a join, which cuts rounds short; the pauses between joins grow.
    let rounds = blink::rounds(&lab.watch(node, secs(60)));
    assert!(rounds.windows(2).any(|pair| pair == [3, 3]), "{rounds:?}");
    assert!(!lab.texts(node).contains("ip = "));
}

pub(crate) fn boards_recover_when_their_access_point_starts_again(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let (server, client) = lab.working_pair(&[]);
    let access_point = lab.access_point;
    lab.world.air_mut().access_point_down(access_point);
    for node in [server, client] {
        lab.says(node, "network connection failed: the link to the access point was lost", secs(30));
    }
    lab.says(client, "network connection failed: network not found", secs(30));
    lab.world.air_mut().access_point_up(access_point);
    for node in [server, client] {
        lab.says(node, "ip = 192.168.1.", secs(60));
    }
    lab.says(client, "Received: ", secs(20));
    lab.says(server, "Sent: ", secs(1));
}

pub(crate) fn a_server_with_a_new_address_is_found_again_by_its_name(firmware: &Firmware) {
    const NEW: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 177);
    let mut lab = Lab::new(firmware);
    let (server, client) = lab.working_pair(&[("server", "rgb-server.local")]);
    let mut config = lab.router_mut().config().clone();
    config.reservations.insert(hardware_address(1), NEW);
    lab.router_mut().configure(config);
    lab.board_mut(server).reboot();
    lab.says(client, "no colour: ", secs(20));
    lab.says(server, &format!("ip = {NEW}"), ONLINE_MAX);
    lab.says(client, "Received: ", secs(20));
    lab.says(server, "Sent: ", secs(1));
}

//! Who is where, and who asks whom.

use std::net::Ipv4Addr;

use crate::scenario::{BoardSpec, NetworkSpec, Scenario};

/// Where a board that is a network has its own address, as in the firmware.
pub(super) const ADDRESS_OF_BOARD: Ipv4Addr = Ipv4Addr::new(192, 168, 4, 1);

/// The networks that a board knows: their places in its settings' order of preference, names and passphrases.
pub(super) fn known_to(board: &BoardSpec) -> impl Iterator<Item = (&str, Option<&str>)> {
    [("ssid", "passphrase"), ("ssid2", "passphrase2"), ("ssid3", "passphrase3"), ("ssid4", "passphrase4")]
        .into_iter()
        .filter_map(|(ssid, passphrase)| Some((setting(board, ssid)?, setting(board, passphrase))))
}

/// A board's setting.
pub(super) fn setting<'a>(board: &'a BoardSpec, field: &str) -> Option<&'a str> {
    board.settings.get(field).map(String::as_str)
}

/// Whether a board is a network.
pub(super) fn is_access_point(board: &BoardSpec) -> bool {
    setting(board, "wifi") == Some("access_point")
}

/// Whether a board hands out colours.
pub(super) fn serves(board: &BoardSpec) -> bool {
    setting(board, "role") != Some("client")
}

/// Whether a board asks for colours.
pub(super) fn asks(board: &BoardSpec) -> bool {
    matches!(setting(board, "role"), Some("client" | "both"))
}

/// The networks with a router that a board can join.
pub(super) fn networks_of<'a>(board: &'a BoardSpec, scenario: &'a Scenario) -> impl Iterator<Item = &'a NetworkSpec> {
    known_to(board).filter_map(|(ssid, passphrase)| {
        let mut networks = scenario.networks.iter();
        networks.find(|spec| spec.ssid() == ssid && spec.access_point.passphrase.as_deref() == passphrase)
    })
}

/// The names of all networks that a board can join, or is.
pub(super) fn places_of<'a>(board: &'a BoardSpec, scenario: &'a Scenario) -> Vec<&'a str> {
    let of_boards = known_to(board).filter(|known| {
        let mut others = scenario.boards.iter().filter(|other| is_access_point(other));
        others.any(|other| known_to(other).next() == Some(*known))
    });
    networks_of(board, scenario).map(NetworkSpec::ssid).chain(of_boards.map(|(ssid, _)| ssid)).collect()
}

/// Whether a board is one that another one asks, where both are on this network.
pub(super) fn is_asked_by(server: &BoardSpec, client: &BoardSpec, place: &str, scenario: &Scenario) -> bool {
    if server.name == client.name || !serves(server) || places_of(server, scenario) != [place] {
        return false;
    }
    let Some(host) = setting(client, "server") else { return true };
    match host.parse::<Ipv4Addr>() {
        Ok(address) if is_access_point(server) => address == ADDRESS_OF_BOARD,
        Ok(address) => {
            let mut networks = scenario.networks.iter().filter(|network| network.ssid() == place);
            networks.any(|network| network.reservations.get(&server.name) == Some(&address))
        }
        Err(_) => host.strip_suffix(".local") == Some(&server.name),
    }
}

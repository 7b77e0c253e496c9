//! Who is there: networks, and boards that ask each other.

use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::settings::Role;

use super::dice::Dice;
use super::relations::ADDRESS_OF_BOARD;
use crate::scenario::{BoardSpec, NetworkSpec, Scenario, Spread};
use crate::world::{AccessPointConfig, RouterConfig};

/// The most boards of a drawn scenario.
const BOARDS_MAX: usize = 12;

/// The names of networks. There is none of the last name.
const SSIDS: [&str; 3] = ["Home", "Office", "Garden"];
const SSID_NOWHERE: &str = "Elsewhere";
/// The name of the network that a board is.
const SSID_OF_BOARD: &str = "Pocket";

/// Networks and boards without anything that happens to them.
///
/// Each board that serves is the only one that some other board asks, so that its work shows. A board that knows several
/// networks has, on each of them that works, a server that it takes.
pub(super) fn draw(dice: &mut Dice) -> Scenario {
    let mut town = Town { dice, scenario: Scenario::default(), named: 0 };
    town.add_networks();
    for network in 0..town.scenario.networks.len() {
        town.settle(network);
    }
    if town.room() > 1 && town.dice.happens(25) {
        town.add_access_point();
    }
    while town.room() > 0 && town.dice.happens(40) {
        town.add_finder();
    }
    town.scenario
}

struct Town<'a> {
    dice: &'a mut Dice,
    scenario: Scenario,
    /// How many names have been given.
    named: usize,
}

impl Town<'_> {
    fn room(&self) -> usize {
        BOARDS_MAX.saturating_sub(self.scenario.boards.len())
    }

    fn add_networks(&mut self) {
        let count = self.dice.pick(&[1, 1, 1, 2, 2, 3]);
        for (index, ssid) in SSIDS.into_iter().enumerate().take(count) {
            let access_point = AccessPointConfig {
                ssid: ssid.to_owned(),
                passphrase: self.dice.happens(70).then(|| format!("the key of {ssid}")),
                channel: self.dice.pick(&[1, 6, 6, 11]),
                position_m: self.dice.below(10) as f64,
                interference: self.dice.pick(&[0.0, 0.01, 0.01, 0.05]),
                ..AccessPointConfig::default()
            };
            let third = index as u8 + 1;
            let router = RouterConfig {
                address: Ipv4Addr::new(192, 168, third, 1),
                pool: [50, 249].map(|last| Ipv4Addr::new(192, 168, third, last)),
                lease_time: Duration::from_secs(self.dice.pick(&[24 * 60 * 60, 24 * 60 * 60, 30, 60, 120])),
                ..RouterConfig::default()
            };
            self.scenario.networks.push(NetworkSpec { access_point, router: Some(router), ..NetworkSpec::default() });
        }
    }

    /// Boards that serve on a network, each with somebody who asks that one: in a row of which some ask the one before them,
    /// or in a ring.
    fn settle(&mut self, network: usize) {
        let count = 1 + self.dice.below(4 - self.scenario.networks.len());
        let is_ring = count > 1 && self.dice.happens(30);
        let asks: Vec<_> = (0..count).map(|place| is_ring || place > 0 && self.dice.happens(50)).collect();
        let roles = asks.iter().map(|asks| if *asks { Role::Both } else { Role::Server });
        let servers: Vec<_> = roles.map(|role| (self.next_name(role), role)).collect();
        for (place, (name, role)) in servers.iter().enumerate() {
            let mut board = self.board(name, *role);
            if role.asks() {
                self.let_ask(&mut board, &servers[(place + count - 1) % count].0, network);
            }
            self.place(board, &[network]);
        }
        for (place, (name, _)) in servers.iter().enumerate() {
            if !asks[(place + 1) % count] {
                let client = self.next_name(Role::Client);
                let mut board = self.board(&client, Role::Client);
                self.let_ask(&mut board, name, network);
                self.place(board, &[network]);
            }
        }
    }

    /// A board that is a network, and others on it.
    fn add_access_point(&mut self) {
        let name = self.next_name(Role::Server);
        let passphrase = self.dice.happens(70).then_some("a small key");
        let channel = self.dice.pick(&["1", "6", "11"]);
        let mut board = self.board(&name, Role::Server);
        set(&mut board, "wifi", "access_point");
        set(&mut board, "channel", channel);
        join(&mut board, 1, SSID_OF_BOARD, passphrase);
        self.scenario.boards.push(board);
        for _ in 0..1 + self.dice.below(self.room().min(3)) {
            let client = self.next_name(Role::Client);
            let mut board = self.board(&client, Role::Client);
            join(&mut board, 1, SSID_OF_BOARD, passphrase);
            match self.dice.below(3) {
                0 => {}
                1 => set(&mut board, "server", &ADDRESS_OF_BOARD.to_string()),
                _ => set(&mut board, "server", &format!("{name}.local")),
            }
            self.scenario.boards.push(board);
        }
    }

    /// A client that takes the first server which it finds, on any network that it knows.
    fn add_finder(&mut self) {
        let name = self.next_name(Role::Client);
        let board = self.board(&name, Role::Client);
        let count = self.scenario.networks.len();
        let first = self.dice.below(count);
        let second = (first + 1) % count;
        let knows = if count > 1 && self.dice.happens(60) { &[first, second][..] } else { &[first] };
        self.place(board, knows);
    }

    /// A name that says the role, in the order of boards.
    fn next_name(&mut self, role: Role) -> String {
        self.named += 1;
        format!("{}{}", role.as_str(), self.named)
    }

    fn board(&mut self, name: &str, role: Role) -> BoardSpec {
        let mut board = BoardSpec {
            name: name.to_owned(),
            distance_m: Spread::all(self.dice.below(26) as f64),
            start: Spread::all(if self.dice.happens(50) { Duration::ZERO } else { self.dice.millis([0, 10_000]) }),
            ..BoardSpec::default()
        };
        set(&mut board, "role", role.as_str());
        if role.asks() {
            let interval = self.dice.pick(&["100ms", "200ms", "200ms", "500ms", "1000ms"]);
            set(&mut board, "interval", interval);
        }
        match self.dice.below(3) {
            0 if role.serves() => set(&mut board, "source", "sweep"),
            1 if role.serves() => board.colors = "fixed:255,128,0".parse().ok(),
            _ => {}
        }
        board
    }

    /// Lets a board ask that one alone, by its name or an address that is kept for it.
    fn let_ask(&mut self, board: &mut BoardSpec, server: &str, network: usize) {
        let NetworkSpec { router, reservations, .. } = &mut self.scenario.networks[network];
        let Some(router) = router else { return };
        if self.dice.happens(25) {
            let [a, b, c, _] = router.address.octets();
            let free = Ipv4Addr::new(a, b, c, 10 + reservations.len() as u8);
            let address = reservations.entry(server.to_owned()).or_insert(free);
            set(board, "server", &address.to_string());
        } else {
            set(board, "server", &format!("{server}.local"));
        }
    }

    /// Lets a board know these networks, and perhaps one more, which does not work.
    fn place(&mut self, mut board: BoardSpec, networks: &[usize]) {
        let mut known: Vec<(String, Option<String>)> = Vec::new();
        for network in networks {
            let AccessPointConfig { ssid, passphrase, .. } = &self.scenario.networks[*network].access_point;
            known.push((ssid.clone(), passphrase.clone()));
        }
        if self.dice.happens(15) {
            let useless = match self.scenario.networks.last() {
                Some(NetworkSpec { access_point: AccessPointConfig { ssid, .. }, .. })
                    if self.dice.happens(50) && known.iter().all(|(known, _)| known != ssid) =>
                {
                    (ssid.clone(), Some("not the key of this".to_owned()))
                }
                _ => (SSID_NOWHERE.to_owned(), None),
            };
            known.insert(self.dice.below(known.len() + 1), useless);
        }
        for (place, (ssid, passphrase)) in (1..).zip(&known) {
            join(&mut board, place, ssid, passphrase.as_deref());
        }
        self.scenario.boards.push(board);
    }
}

fn set(board: &mut BoardSpec, field: &str, value: &str) {
    board.settings.insert(field.to_owned(), value.to_owned());
}

/// Lets a board know a network, at this place in the order of preference, from 1.
fn join(board: &mut BoardSpec, place: usize, ssid: &str, passphrase: Option<&str>) {
    let place = if place == 1 { String::new() } else { place.to_string() };
    set(board, &format!("ssid{place}"), ssid);
    if let Some(passphrase) = passphrase {
        set(board, &format!("passphrase{place}"), passphrase);
    }
}

//! The virtual network as a radio chip has it.

use std::time::Duration;

use pico_emu::cyw43439::{AccessPointConfig, Farewell, JoinFailure, LinkEvent, Medium, Security};
use rgb_proto::Instant;
use rgb_sim::emulated::NicMedium;
use rgb_sim::world::{self, Host, JoinFault, Nic, NodeId, Placement, Refusal, World};

const ADDRESSES: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];

type Order = Box<dyn FnOnce(&mut dyn Medium)>;

/// A chip that does what it is told, and keeps what comes.
#[derive(Default)]
struct Chip {
    order: Option<Order>,
    events: Vec<LinkEvent>,
    received: Vec<Vec<u8>>,
    /// The frames that were seen leaving.
    seen: Vec<Vec<u8>>,
}

impl Host for Chip {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let Self { order, events, received, seen } = self;
        let mut medium = NicMedium::new(nic, |frame: &[u8]| seen.push(frame.to_vec()));
        assert_eq!((medium.take_event(), medium.receive()), (None, None), "nothing comes before it listens");
        medium.listen();
        if let Some(order) = order.take() {
            order(&mut medium);
        }
        events.extend(std::iter::from_fn(|| medium.take_event()));
        received.extend(std::iter::from_fn(|| medium.receive()));
        None
    }
}

/// Two chips near the access point of a home.
struct Home {
    world: World<Chip>,
    access_point: world::AccessPointId,
    chips: [NodeId; 2],
}

impl Home {
    fn new() -> Self {
        let mut world = World::new(1);
        let access_point = world.air_mut().add_access_point(world::AccessPointConfig::default());
        let chips = ADDRESSES.map(|address| world.add_station(address, Placement { position_m: 3.0 }, Chip::default()));
        Self { world, access_point, chips }
    }

    fn order(&mut self, chip: usize, order: impl FnOnce(&mut dyn Medium) + 'static) {
        self.world.host_mut(self.chips[chip]).order = Some(Box::new(order));
        self.world.run_for(Duration::ZERO);
    }

    fn join(&mut self, chip: usize, passphrase: &'static str) {
        self.order(chip, move |medium| medium.join(b"Home", Some(passphrase)));
    }

    /// What a chip hears of within ten seconds.
    fn events(&mut self, chip: usize) -> Vec<LinkEvent> {
        self.world.run_for(Duration::from_secs(10));
        std::mem::take(&mut self.world.host_mut(self.chips[chip]).events)
    }

    #[track_caller]
    fn joined(&mut self, chip: usize) -> [u8; 6] {
        self.join(chip, "correct horse");
        let events = self.events(chip);
        let [LinkEvent::Joined { bssid, channel: 6 }] = events[..] else { panic!("{events:?}") };
        bssid
    }
}

#[test]
fn a_chip_hears_the_networks_in_reach() {
    let mut home = Home::new();
    let bssid = home.joined(0);
    home.order(1, move |medium| {
        let networks = medium.networks();
        let [network] = &networks[..] else { panic!("{networks:?}") };
        assert_eq!((network.ssid.as_slice(), network.bssid), (b"Home".as_slice(), bssid));
        assert_eq!((network.channel, network.security), (6, Security::Wpa2));
        assert!((-70..-10).contains(&network.rssi_dbm));
        assert_eq!(medium.rssi_dbm(), None);
    });
    home.order(0, |medium| assert!((-70..-10).contains(&medium.rssi_dbm().expect("it has joined"))));
}

#[test]
fn each_way_in_which_a_join_fails_is_told() {
    let mut home = Home::new();
    home.join(0, "battery staple");
    assert_eq!(home.events(0), [LinkEvent::JoinFailed(JoinFailure::WrongPassphrase)]);
    home.order(0, |medium| medium.join(b"Home\xff", Some("correct horse")));
    assert_eq!(home.events(0), [LinkEvent::JoinFailed(JoinFailure::NotFound)]);
    for (refusal, failure) in [(Refusal::Full, JoinFailure::Refused), (Refusal::Failed, JoinFailure::NoAnswer)] {
        home.world.air_mut().add_join_fault(home.chips[0], JoinFault::Fail(refusal));
        home.join(0, "correct horse");
        assert_eq!(home.events(0), [LinkEvent::JoinFailed(failure)]);
    }
    home.world.air_mut().add_join_fault(home.chips[0], JoinFault::Hang);
    home.join(0, "correct horse");
    assert_eq!(home.events(0), []);
}

#[test]
fn each_end_of_a_link_is_told() {
    let mut home = Home::new();
    home.joined(0);
    home.world.air_mut().deauthenticate(home.chips[0]);
    assert!(matches!(home.events(0)[..], [LinkEvent::SentAway(Farewell::Deauthenticated(_))]));
    home.joined(0);
    home.world.air_mut().access_point_down(home.access_point);
    assert_eq!(home.events(0), [LinkEvent::LinkLost]);
    home.world.air_mut().access_point_up(home.access_point);
    home.joined(0);
    home.order(0, |medium| medium.leave());
    home.order(0, |medium| assert_eq!(medium.rssi_dbm(), None));
    assert_eq!(home.events(0), []);
}

/// A frame to the other chip.
fn frame(from: usize, payload: u8) -> Vec<u8> {
    [&ADDRESSES[1 - from][..], &ADDRESSES[from], &[0x88, 0xb5], &[payload; 46]].concat()
}

#[test]
fn frames_go_both_ways_and_are_seen_leaving() {
    let mut home = Home::new();
    home.joined(0);
    home.joined(1);
    for from in [0, 1] {
        home.order(from, move |medium| medium.send(frame(from, 7)));
        home.world.run_for(Duration::from_secs(1));
        assert_eq!(home.world.host(home.chips[from]).seen, [frame(from, 7)]);
        assert_eq!(home.world.host(home.chips[1 - from]).received, [frame(from, 7)]);
    }
}

#[test]
fn a_chip_can_be_the_access_point_and_end_being_it() {
    let mut home = Home::new();
    let (ssid, passphrase) = (b"Lamp".to_vec(), Some("battery staple".to_owned()));
    home.order(0, |medium| medium.start_access_point(&AccessPointConfig { ssid, passphrase, channel: 11 }));
    home.order(1, |medium| medium.join(b"Lamp", Some("battery staple")));
    assert_eq!(home.events(1), [LinkEvent::Joined { bssid: ADDRESSES[0], channel: 11 }]);
    home.order(1, |medium| medium.leave());
    let left = LinkEvent::StationLeft(ADDRESSES[1], Farewell::Disassociated(8));
    assert_eq!(home.events(0), [LinkEvent::StationJoined(ADDRESSES[1]), left]);
    home.order(1, |medium| medium.join(b"Lamp", Some("battery staple")));
    home.events(0);
    home.order(0, |medium| medium.leave());
    assert!(home.events(1).contains(&LinkEvent::LinkLost));
}

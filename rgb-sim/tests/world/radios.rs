//! What radios hear, and what they report.

use std::time::Duration;

use rgb_proto::Instant;
use rgb_sim::world::{
    AccessPointConfig, AccessPointId, Departure, HeardNetwork, Host, Nic, NicEvent, NodeId, Placement, Refusal, World,
};

use crate::lab::{hardware_address, secs};

type Order = Box<dyn FnOnce(&mut Nic<'_>)>;

/// A radio that does what it is told, and keeps what it reports.
#[derive(Default)]
struct Radio {
    order: Option<Order>,
    events: Vec<NicEvent>,
    heard: Vec<HeardNetwork>,
}

impl Host for Radio {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        if let Some(order) = self.order.take() {
            order(nic);
            self.heard = nic.scan();
        }
        self.events.extend(std::iter::from_fn(|| nic.take_event()));
        None
    }
}

struct Place {
    world: World<Radio>,
    hosts: u16,
}

impl Place {
    fn new(seed: u64) -> Self {
        Self { world: World::new(seed), hosts: 0 }
    }

    fn access_point(&mut self, ssid: &str, config: AccessPointConfig) -> AccessPointId {
        self.world.air_mut().add_access_point(AccessPointConfig { ssid: ssid.into(), ..config })
    }

    fn radio(&mut self) -> NodeId {
        self.hosts += 1;
        let address = hardware_address(self.hosts);
        self.world.add_station(address, Placement { position_m: 3.0 }, Radio::default())
    }

    fn order(&mut self, radio: NodeId, order: impl FnOnce(&mut Nic<'_>) + 'static) {
        self.world.host_mut(radio).order = Some(Box::new(order));
        self.world.run_for(Duration::ZERO);
    }

    fn join(&mut self, radio: NodeId, ssid: &'static str, passphrase: Option<&'static str>) {
        self.order(radio, move |nic| nic.join(ssid, passphrase));
    }

    fn open_access_point(&mut self, radio: NodeId) {
        let config = AccessPointConfig { ssid: "Board".into(), passphrase: None, ..Default::default() };
        self.order(radio, |nic| nic.start_access_point(config));
    }

    /// What a radio hears now.
    fn heard(&mut self, radio: NodeId) -> Vec<HeardNetwork> {
        self.order(radio, |_| {});
        self.world.host(radio).heard.clone()
    }

    /// What a radio reports within so long.
    fn reported(&mut self, radio: NodeId, seconds: u64) -> Vec<NicEvent> {
        self.world.run_for(secs(seconds));
        std::mem::take(&mut self.world.host_mut(radio).events)
    }
}

fn leave(nic: &mut Nic<'_>) {
    nic.leave();
}

fn power_off(nic: &mut Nic<'_>) {
    nic.power_off();
}

#[test]
fn a_radio_hears_what_is_in_reach_and_on() {
    let mut place = Place::new(1);
    let open = AccessPointConfig { passphrase: None, channel: 1, position_m: 30.0, ..Default::default() };
    place.access_point("Cafe", open);
    place.access_point("Home", AccessPointConfig::default());
    let off = place.access_point("Off", AccessPointConfig::default());
    place.world.air_mut().access_point_down(off);
    place.access_point("Far", AccessPointConfig { position_m: 5_000.0, ..Default::default() });
    let radio = place.radio();
    let heard = place.heard(radio);
    let [cafe, home] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((cafe.ssid.as_str(), cafe.channel, cafe.is_secure), ("Cafe", 1, false));
    assert_eq!((home.ssid.as_str(), home.channel, home.is_secure), ("Home", 6, true));
    assert!(cafe.rssi_dbm < home.rssi_dbm && (-70..-10).contains(&home.rssi_dbm), "{heard:?}");
    assert_ne!(cafe.bssid, home.bssid);
    place.world.air_mut().place(radio, Placement { position_m: 5_000.0 });
    assert_eq!(place.heard(radio).iter().map(|heard| heard.ssid.as_str()).collect::<Vec<_>>(), ["Far"]);
}

#[test]
fn a_board_that_is_a_network_is_heard_by_others_under_its_own_address() {
    let mut place = Place::new(2);
    let [host, guest] = [place.radio(), place.radio()];
    place.open_access_point(host);
    assert_eq!(place.heard(host), []);
    let heard = place.heard(guest);
    assert_eq!(
        heard.iter().map(|heard| (heard.ssid.as_str(), heard.bssid)).collect::<Vec<_>>(),
        [("Board", hardware_address(1))]
    );
    place.order(host, power_off);
    assert_eq!(place.heard(guest), []);
}

#[test]
fn whoever_has_joined_knows_which_access_point() {
    let mut place = Place::new(3);
    place.access_point("Home", AccessPointConfig { channel: 11, position_m: 60.0, ..Default::default() });
    place.access_point("Home", AccessPointConfig { channel: 3, ..Default::default() });
    let radio = place.radio();
    let bssid = place.heard(radio)[1].bssid;
    place.join(radio, "Home", Some("correct horse"));
    assert_eq!(place.reported(radio, 5), [NicEvent::Joined { bssid, channel: 3 }]);
}

#[test]
fn a_full_access_point_says_so() {
    let mut place = Place::new(4);
    place.access_point("Home", AccessPointConfig { stations_max: 1, ..Default::default() });
    let [first, second] = [place.radio(), place.radio()];
    // One refusal in four is never heard of.
    let mut refusals = Vec::new();
    place.join(first, "Home", Some("correct horse"));
    assert!(matches!(place.reported(first, 5)[..], [NicEvent::Joined { .. }]));
    for _ in 0..8 {
        place.join(second, "Home", Some("correct horse"));
        refusals.extend(place.reported(second, 5));
    }
    assert_eq!(refusals, [NicEvent::JoinFailed(Refusal::Full); 8]);
}

#[test]
fn a_network_that_is_secured_differently_is_another_one() {
    let mut place = Place::new(5);
    place.access_point("Home", AccessPointConfig::default());
    place.access_point("Cafe", AccessPointConfig { passphrase: None, ..Default::default() });
    let radio = place.radio();
    for (ssid, passphrase) in [("Home", None), ("Cafe", Some("correct horse"))] {
        place.join(radio, ssid, passphrase);
        assert_eq!(place.reported(radio, 5), [NicEvent::JoinFailed(Refusal::NetworkNotFound)], "{ssid}");
    }
    place.join(radio, "Home", Some("battery staple"));
    assert_eq!(place.reported(radio, 6), [NicEvent::JoinFailed(Refusal::WrongPassphrase)]);
}

#[test]
fn being_sent_away_is_not_the_loss_of_a_link() {
    let mut place = Place::new(6);
    let home = place.access_point("Home", AccessPointConfig::default());
    let radio = place.radio();
    place.join(radio, "Home", Some("correct horse"));
    place.reported(radio, 5);
    place.world.air_mut().deauthenticate(radio);
    assert_eq!(place.reported(radio, 10), [NicEvent::SentAway]);
    place.join(radio, "Home", Some("correct horse"));
    place.reported(radio, 5);
    place.world.air_mut().access_point_down(home);
    assert_eq!(place.reported(radio, 10), [NicEvent::LinkLost]);
}

#[test]
fn an_access_point_knows_how_its_stations_went() {
    type Go = fn(&mut Place, NodeId);
    let ways: [(Go, Departure); 5] = [
        (|place, radio| place.order(radio, leave), Departure::Left),
        (|place, radio| place.world.air_mut().deauthenticate(radio), Departure::SentAway),
        (|place, radio| place.world.air_mut().kill_link(radio), Departure::Vanished),
        (|place, radio| place.world.air_mut().place(radio, Placement { position_m: 5_000.0 }), Departure::Vanished),
        (|place, radio| place.order(radio, power_off), Departure::Vanished),
    ];
    for (seed, (go, departure)) in (7..).zip(ways) {
        let mut place = Place::new(seed);
        let [host, guest] = [place.radio(), place.radio()];
        place.open_access_point(host);
        place.reported(host, 0);
        place.join(guest, "Board", None);
        assert_eq!(place.reported(host, 5), [NicEvent::StationJoined(hardware_address(2))]);
        go(&mut place, guest);
        assert_eq!(place.reported(host, 10), [NicEvent::StationLeft(hardware_address(2), departure)]);
    }
}

//! A radio chip on the virtual network.

use pico_emu::cyw43439::{AccessPointConfig, Farewell, JoinFailure, LinkEvent, Medium, Network, Security};

use crate::world::{self, Departure, HeardNetwork, Nic, NicEvent, Refusal};

/// How many stations the radio takes as an access point: the `maxassoc` of its firmware.
const STATIONS_MAX: usize = 10;

/// Reason codes (IEEE 802.11-2020, table 9-49): no particular one, nothing heard of the station, and the station leaves.
const UNSPECIFIED: u16 = 1;
const INACTIVITY: u16 = 4;
const STATION_LEAVES: u16 = 8;

/// A host's network card as the air around a CYW43439.
///
/// `sent` sees each frame that the chip sends. Nothing reaches the chip before [`listen`](Self::listen): what the card has
/// is there at the time of the host's poll, and a chip that catches up with that time must not have it before.
pub struct NicMedium<'a, 'air, F> {
    nic: &'a mut Nic<'air>,
    sent: F,
    listens: bool,
}

impl<'a, 'air, F: FnMut(&[u8])> NicMedium<'a, 'air, F> {
    /// The air at this card.
    pub const fn new(nic: &'a mut Nic<'air>, sent: F) -> Self {
        Self { nic, sent, listens: false }
    }

    /// From now on the chip gets what the card has.
    pub const fn listen(&mut self) {
        self.listens = true;
    }
}

impl<F: FnMut(&[u8])> Medium for NicMedium<'_, '_, F> {
    fn networks(&mut self) -> Vec<Network> {
        self.nic.scan().into_iter().map(network).collect()
    }

    fn join(&mut self, ssid: &[u8], passphrase: Option<&str>) {
        // All names on the virtual network are text, and one that is not is like none of them.
        self.nic.join(&String::from_utf8_lossy(ssid), passphrase);
    }

    fn leave(&mut self) {
        self.nic.leave();
        // An access point ends with its radio's power alone.
        self.nic.power_off();
    }

    fn start_access_point(&mut self, config: &AccessPointConfig) {
        self.nic.start_access_point(world::AccessPointConfig {
            ssid: String::from_utf8_lossy(&config.ssid).into_owned(),
            passphrase: config.passphrase.clone(),
            channel: config.channel,
            stations_max: STATIONS_MAX,
            ..world::AccessPointConfig::default()
        });
    }

    fn send(&mut self, frame: Vec<u8>) {
        (self.sent)(&frame);
        self.nic.send(frame);
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        if self.listens { self.nic.receive() } else { None }
    }

    fn take_event(&mut self) -> Option<LinkEvent> {
        if self.listens { self.nic.take_event().map(link_event) } else { None }
    }

    fn rssi_dbm(&self) -> Option<i16> {
        self.nic.rssi_dbm().map(decibels)
    }
}

fn network(heard: HeardNetwork) -> Network {
    Network {
        ssid: heard.ssid.into_bytes(),
        bssid: heard.bssid,
        channel: heard.channel,
        rssi_dbm: decibels(heard.rssi_dbm),
        security: if heard.is_secure { Security::Wpa2 } else { Security::Open },
    }
}

const fn link_event(event: NicEvent) -> LinkEvent {
    match event {
        NicEvent::Joined { bssid, channel } => LinkEvent::Joined { bssid, channel },
        NicEvent::JoinFailed(refusal) => LinkEvent::JoinFailed(match refusal {
            Refusal::NetworkNotFound => JoinFailure::NotFound,
            Refusal::WrongPassphrase => JoinFailure::WrongPassphrase,
            Refusal::Full => JoinFailure::Refused,
            Refusal::Failed => JoinFailure::NoAnswer,
        }),
        NicEvent::LinkLost => LinkEvent::LinkLost,
        NicEvent::SentAway => LinkEvent::SentAway(Farewell::Deauthenticated(UNSPECIFIED)),
        NicEvent::StationJoined(address) => LinkEvent::StationJoined(address),
        NicEvent::StationLeft(address, departure) => LinkEvent::StationLeft(
            address,
            match departure {
                Departure::Left => Farewell::Disassociated(STATION_LEAVES),
                Departure::SentAway => Farewell::Deauthenticated(UNSPECIFIED),
                Departure::Vanished => Farewell::Deauthenticated(INACTIVITY),
            },
        ),
    }
}

/// Signals are weaker than 20 dBm and stronger than what anybody hears.
fn decibels(dbm: i32) -> i16 {
    dbm.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

//! An air in memory: access points that are there, one peer, and whatever a test says happens.

use std::collections::VecDeque;

use pico_emu::cyw43439::{AccessPointConfig, JoinFailure, LinkEvent, Medium, Network, Security};

/// The air around one radio.
#[derive(Clone, Debug, Default)]
pub(crate) struct Air {
    /// The networks, with their passphrases.
    pub(crate) networks: Vec<(Network, Option<String>)>,
    /// How the next join fails, whatever the networks are like.
    pub(crate) join_failure: Option<JoinFailure>,
    /// Nothing ever comes of a join.
    pub(crate) is_silent: bool,
    /// What the radio has not heard of yet.
    pub(crate) events: VecDeque<LinkEvent>,
    /// Frames on their way to the radio.
    pub(crate) arriving: VecDeque<Vec<u8>>,
    /// Frames that the radio sent.
    pub(crate) sent: Vec<Vec<u8>>,
    /// The peer sends each frame back to whoever sent it.
    pub(crate) echoes: bool,
    /// The network that the radio is on.
    pub(crate) joined: Option<usize>,
    /// The network that the radio makes.
    pub(crate) access_point: Option<AccessPointConfig>,
    /// How often the radio got off the air.
    pub(crate) leaves: u32,
}

impl Air {
    /// An air with these networks: name, passphrase, channel, signal in dBm.
    pub(crate) fn with(networks: &[(&str, Option<&str>, u8, i16)]) -> Self {
        let networks = networks.iter().zip(1..).map(|(&(ssid, passphrase, channel, rssi_dbm), number)| {
            let security = if passphrase.is_some() { Security::Wpa2 } else { Security::Open };
            let bssid = bssid(number);
            (Network { ssid: ssid.into(), bssid, channel, rssi_dbm, security }, passphrase.map(str::to_owned))
        });
        Self { networks: networks.collect(), ..Self::default() }
    }

    /// A network without a passphrase, and one with.
    pub(crate) fn of_two() -> Self {
        Self::with(&[("Cafe", None, 1, -60), ("Home", Some("correct horse"), 6, -47)])
    }

    fn outcome(&self, ssid: &[u8], passphrase: Option<&str>) -> Result<usize, JoinFailure> {
        if let Some(failure) = self.join_failure {
            return Err(failure);
        }
        let found = self
            .networks
            .iter()
            .position(|(network, key)| network.ssid == ssid && key.is_some() == passphrase.is_some());
        let index = found.ok_or(JoinFailure::NotFound)?;
        if self.networks[index].1.as_deref() == passphrase { Ok(index) } else { Err(JoinFailure::WrongPassphrase) }
    }
}

/// The address of the access point with this number.
pub(crate) const fn bssid(number: u8) -> [u8; 6] {
    [0x02, 0xab, 0, 0, 0, number]
}

impl Medium for Air {
    fn networks(&mut self) -> Vec<Network> {
        self.networks.iter().map(|(network, _)| network.clone()).collect()
    }

    fn join(&mut self, ssid: &[u8], passphrase: Option<&str>) {
        self.joined = None;
        if self.is_silent {
            return;
        }
        self.events.push_back(match self.outcome(ssid, passphrase) {
            Ok(index) => {
                self.joined = Some(index);
                let network = &self.networks[index].0;
                LinkEvent::Joined { bssid: network.bssid, channel: network.channel }
            }
            Err(failure) => LinkEvent::JoinFailed(failure),
        });
    }

    fn leave(&mut self) {
        self.joined = None;
        self.access_point = None;
        self.leaves += 1;
    }

    fn start_access_point(&mut self, config: &AccessPointConfig) {
        self.access_point = Some(config.clone());
    }

    fn send(&mut self, frame: Vec<u8>) {
        if self.echoes {
            let mut echo = frame.clone();
            echo[..12].rotate_left(6);
            self.arriving.push_back(echo);
        }
        self.sent.push(frame);
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        self.arriving.pop_front()
    }

    fn take_event(&mut self) -> Option<LinkEvent> {
        self.events.pop_front()
    }

    fn rssi_dbm(&self) -> Option<i16> {
        self.joined.map(|index| self.networks[index].0.rssi_dbm)
    }
}

//! Which networks a radio hears.

use super::Air;
use super::access_point::AccessPointId;
use super::association::BEACON_MIN_DBM;
use super::node::{Attachment, NodeId};

/// A network that a radio hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardNetwork {
    /// Its name.
    pub ssid: String,
    /// The access point's address.
    pub bssid: [u8; 6],
    /// Its channel in the 2.4 GHz band, 1 to 14.
    pub channel: u8,
    /// How strong its beacons arrive, in dBm.
    pub rssi_dbm: i32,
    /// Whether it has a passphrase.
    pub is_secure: bool,
}

impl Air {
    pub(super) fn scan(&mut self, node: NodeId) -> Vec<HeardNetwork> {
        let own = match self.node(node).attachment {
            Attachment::AccessPoint(id) => Some(id),
            _ => None,
        };
        let others = (0..self.access_points.len() as u32).map(AccessPointId).filter(|id| Some(*id) != own);
        others
            .filter_map(|id| {
                let strength_dbm = self.heard(node, id)?;
                let config = &self.access_point(id).config;
                Some(HeardNetwork {
                    ssid: config.ssid.clone(),
                    bssid: self.bssid(id),
                    channel: config.channel,
                    rssi_dbm: strength_dbm as i32,
                    is_secure: config.passphrase.is_some(),
                })
            })
            .collect()
    }

    /// The access point of this name and kind that is heard best.
    pub(super) fn strongest(&mut self, node: NodeId, ssid: &str, is_secure: bool) -> Option<AccessPointId> {
        let candidates = (0..self.access_points.len() as u32).map(AccessPointId);
        let named: Vec<_> = candidates
            .filter(|id| {
                let config = &self.access_point(*id).config;
                config.ssid == ssid && config.passphrase.is_some() == is_secure
            })
            .collect();
        let heard = named.into_iter().filter_map(|id| Some((self.heard(node, id)?, id)));
        heard.reduce(|best, other| if other.0 > best.0 { other } else { best }).map(|(_, id)| id)
    }

    /// How strong a station hears the beacons of an access point, in dBm, if it does.
    fn heard(&mut self, node: NodeId, id: AccessPointId) -> Option<f64> {
        let is_up = self.access_point(id).is_up;
        is_up.then(|| self.strength(node, id)).filter(|dbm| *dbm >= BEACON_MIN_DBM)
    }

    /// An access point's address: that of the host which it is, or else one of its own, locally administered (IEEE 802,
    /// section 8.2).
    pub(super) fn bssid(&self, id: AccessPointId) -> [u8; 6] {
        let is_it = |host: &&NodeId| matches!(self.node(**host).attachment, Attachment::AccessPoint(own) if own == id);
        match self.access_point(id).wired.iter().find(is_it) {
            Some(host) => self.node(*host).hardware_address,
            None => {
                let [a, b, c, d] = (id.index() as u32).to_be_bytes();
                [0x06, 0, a, b, c, d]
            }
        }
    }
}

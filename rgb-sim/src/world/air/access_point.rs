//! Access points.

use super::node::NodeId;

/// An access point's number in its world, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessPointId(pub(super) u32);

impl AccessPointId {
    /// The number, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an access point is set to.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessPointConfig {
    /// The network's name.
    pub ssid: String,
    /// The WPA2 passphrase; an open network has none.
    pub passphrase: Option<String>,
    /// The channel in the 2.4 GHz band, 1 to 14. Networks on one channel share its time.
    pub channel: u8,
    /// In metres along the line on which the stations stand.
    pub position_m: f64,
    /// Whether stations reach only what is wired, and not each other.
    pub isolates: bool,
    /// How many stations it takes at most.
    pub stations_max: usize,
    /// The share of transmissions that is lost however strong the signal is: neighbours, microwave ovens. 0 to 1.
    pub interference: f64,
}

impl Default for AccessPointConfig {
    fn default() -> Self {
        Self {
            ssid: "Home".into(),
            passphrase: Some("correct horse".into()),
            channel: 6,
            position_m: 0.0,
            isolates: false,
            stations_max: 2007,
            interference: 0.01,
        }
    }
}

pub(super) struct AccessPoint {
    pub(super) config: AccessPointConfig,
    pub(super) is_up: bool,
    /// The hosts that are wired to it, or the one that it is.
    pub(super) wired: Vec<NodeId>,
    /// In the order in which they joined.
    pub(super) members: Vec<NodeId>,
}

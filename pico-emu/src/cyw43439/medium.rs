//! The seam between the radio and the air around it.

/// The air, as one radio has it. Whatever implements it decides what networks there are, who may join them, what gets lost,
/// and how long all of that takes; the radio makes of it what its firmware would tell the driver.
///
/// A radio is on one network at a time, as a station or as the access point.
pub trait Medium {
    /// Every network that the radio can hear.
    fn networks(&mut self) -> Vec<Network>;

    /// Joins the network of this name, with this passphrase unless it is to be open, and leaves any other.
    ///
    /// What comes of it is an event. Where nothing ever comes of it, the radio gives up by itself and leaves.
    fn join(&mut self, ssid: &[u8], passphrase: Option<&str>);

    /// Gets off the air: leaves the network, gives a join up, or ends the access point.
    fn leave(&mut self);

    /// Becomes an access point.
    fn start_access_point(&mut self, config: &AccessPointConfig);

    /// Sends an Ethernet frame.
    fn send(&mut self, frame: Vec<u8>);

    /// Takes the next Ethernet frame that has arrived.
    fn receive(&mut self) -> Option<Vec<u8>>;

    /// Takes what happened next.
    fn take_event(&mut self) -> Option<LinkEvent>;

    /// How strong the access point's signal arrives, in dBm, where the radio has joined one.
    fn rssi_dbm(&self) -> Option<i16>;
}

/// A network that can be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name, at most 32 bytes.
    pub ssid: Vec<u8>,
    /// The access point's address.
    pub bssid: [u8; 6],
    /// The channel in the 2.4 GHz band, 1 to 14.
    pub channel: u8,
    /// How strong its signal arrives, in dBm.
    pub rssi_dbm: i16,
    /// How it is secured.
    pub security: Security,
}

/// How a network is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Security {
    /// Not at all.
    Open,
    /// By a passphrase: WPA2 with AES.
    Wpa2,
}

/// The network that a radio makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPointConfig {
    /// Its name, 1 to 32 bytes.
    pub ssid: Vec<u8>,
    /// The WPA2 passphrase; an open network has none.
    pub passphrase: Option<String>,
    /// The channel in the 2.4 GHz band, 1 to 14.
    pub channel: u8,
}

/// Something that happens to a radio's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The join succeeded.
    Joined {
        /// The access point's address.
        bssid: [u8; 6],
        /// Its channel, 1 to 14.
        channel: u8,
    },
    /// The join failed.
    JoinFailed(JoinFailure),
    /// The access point's beacons stay away, or it does not answer any more.
    LinkLost,
    /// The access point sent the radio away.
    SentAway(Farewell),
    /// As the access point: this station has come.
    StationJoined([u8; 6]),
    /// As the access point: this station has gone.
    StationLeft([u8; 6], Farewell),
}

/// Why a join fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinFailure {
    /// There is no network of this name and security in reach.
    NotFound,
    /// The access point does not answer.
    NoAnswer,
    /// The access point takes no more stations.
    Refused,
    /// The passphrase is wrong: the access point gave the key handshake up and sent the radio away.
    WrongPassphrase,
    /// The key handshake did not begin in time.
    HandshakeTimedOut,
}

/// How one side ends a link, with the reason code of IEEE 802.11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Farewell {
    /// By a deauthentication.
    Deauthenticated(u16),
    /// By a disassociation.
    Disassociated(u16),
}

//! A host's network card: all that it has of the world.

use rgb_proto::Instant;
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};

use super::association::{Departure, Refusal};
use super::node::{Attachment, NodeId};
use super::scan::HeardNetwork;
use super::{AccessPointConfig, Air};

/// Something that a radio reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NicEvent {
    /// The join succeeded.
    Joined {
        /// The access point's address.
        bssid: [u8; 6],
        /// Its channel in the 2.4 GHz band, 1 to 14.
        channel: u8,
    },
    /// The join failed.
    JoinFailed(Refusal),
    /// The link that worked is gone: the access point's beacons stay away.
    LinkLost,
    /// The link that worked is gone: the access point has sent the station away.
    SentAway,
    /// As an access point: this station has come.
    StationJoined([u8; 6]),
    /// As an access point: this station has gone.
    StationLeft([u8; 6], Departure),
}

impl NicEvent {
    /// For the trace.
    pub(super) const fn number(self) -> u64 {
        const fn with(kind: u8, [a, b, c, d, e, f]: [u8; 6]) -> u64 {
            u64::from_le_bytes([a, b, c, d, e, f, kind, 0])
        }
        match self {
            Self::Joined { .. } => 1,
            Self::JoinFailed(Refusal::NetworkNotFound) => 2,
            Self::JoinFailed(Refusal::WrongPassphrase) => 3,
            Self::JoinFailed(Refusal::Failed) => 4,
            Self::LinkLost => 5,
            Self::JoinFailed(Refusal::Full) => 6,
            Self::SentAway => 7,
            Self::StationJoined(address) => with(1, address),
            Self::StationLeft(address, Departure::Left) => with(2, address),
            Self::StationLeft(address, Departure::SentAway) => with(3, address),
            Self::StationLeft(address, Departure::Vanished) => with(4, address),
        }
    }
}

/// A host's network card, as long as the host is polled.
///
/// A card without a network takes frames and drops them, as radios do. For a host that runs smoltcp it is a
/// [`Device`] for Ethernet frames.
pub struct Nic<'a> {
    air: &'a mut Air,
    node: NodeId,
    /// The frame that is read, or was last, through [`Device`].
    reading: Vec<u8>,
}

impl<'a> Nic<'a> {
    /// The largest frame, in bytes: 1500 of payload behind an Ethernet header.
    pub const FRAME_LEN_MAX: usize = 1514;

    pub(super) const fn new(air: &'a mut Air, node: NodeId) -> Self {
        Self { air, node, reading: Vec::new() }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.air.now()
    }

    /// The card's own address.
    #[must_use]
    pub fn hardware_address(&self) -> [u8; 6] {
        self.air.node(self.node).hardware_address
    }

    /// The networks that the radio hears, in the order of their access points.
    pub fn scan(&mut self) -> Vec<HeardNetwork> {
        self.air.scan(self.node)
    }

    /// Joins the network of this name, with this passphrase unless it is open. What comes of it is an event; sometimes
    /// nothing ever comes of it.
    pub fn join(&mut self, ssid: &str, passphrase: Option<&str>) {
        self.air.join(self.node, ssid, passphrase);
    }

    /// Leaves the network, or gives a join up.
    pub fn leave(&mut self) {
        self.air.leave(self.node);
    }

    /// Becomes an access point where the radio stands.
    pub fn start_access_point(&mut self, config: AccessPointConfig) {
        self.air.start_access_point(self.node, config);
    }

    /// Takes the radio's power: it is on no network, and if it was an access point, that one is gone.
    pub fn power_off(&mut self) {
        self.air.power_off(self.node);
    }

    /// Whether the card believes that it is on a network.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.air.node(self.node).access_point().is_some()
    }

    /// How strong the access point's signal arrives, in dBm.
    #[must_use]
    pub fn rssi_dbm(&self) -> Option<i32> {
        self.air.rssi_dbm(self.node)
    }

    /// As an access point: how many stations have joined.
    #[must_use]
    pub fn stations(&self) -> usize {
        match self.air.node(self.node).attachment {
            Attachment::AccessPoint(id) => self.air.access_point(id).members.len(),
            _ => 0,
        }
    }

    /// What the radio has to report next.
    pub fn take_event(&mut self) -> Option<NicEvent> {
        self.air.node_mut(self.node).events.pop_front()
    }

    /// The next frame that has arrived, to look at.
    #[must_use]
    pub fn arrived(&self) -> Option<&[u8]> {
        self.air.node(self.node).inbox.front().map(Vec::as_slice)
    }

    /// Takes the next frame that has arrived.
    pub fn receive(&mut self) -> Option<Vec<u8>> {
        self.air.node_mut(self.node).inbox.pop_front()
    }

    /// Takes everything that has arrived and was reported, and forgets it.
    pub fn discard(&mut self) {
        while let Some(frame) = self.receive() {
            self.air.recycle(frame);
        }
        self.air.node_mut(self.node).events.clear();
    }

    /// Sends an Ethernet frame.
    pub fn send(&mut self, frame: Vec<u8>) {
        self.air.transmit(self.node, frame);
    }

    /// A uniformly drawn number.
    pub fn random(&mut self) -> u32 {
        self.air.random()
    }
}

impl Drop for Nic<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Nic<'_> {
    /// The room of the frame that was read is used again.
    fn put_back(&mut self) {
        if self.reading.capacity() > 0 {
            let frame = std::mem::take(&mut self.reading);
            self.air.recycle(frame);
        }
    }
}

/// A frame that has arrived.
pub struct Received<'a>(&'a [u8]);

/// Room for a frame.
pub struct Sending<'a> {
    air: &'a mut Air,
    node: NodeId,
}

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let mut frame = self.air.spare_frame(len);
        let result = write(&mut frame);
        self.air.transmit(self.node, frame);
        result
    }
}

impl Device for Nic<'_> {
    type RxToken<'t>
        = Received<'t>
    where
        Self: 't;
    type TxToken<'t>
        = Sending<'t>
    where
        Self: 't;

    fn receive(&mut self, _now: smoltcp::time::Instant) -> Option<(Received<'_>, Sending<'_>)> {
        self.put_back();
        self.reading = self.receive()?;
        Some((Received(&self.reading), Sending { air: self.air, node: self.node }))
    }

    fn transmit(&mut self, _now: smoltcp::time::Instant) -> Option<Sending<'_>> {
        Some(Sending { air: self.air, node: self.node })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = Self::FRAME_LEN_MAX;
        capabilities
    }
}

//! A network card and where it hangs.

use std::collections::VecDeque;

use super::access_point::AccessPointId;
use super::association::JoinFault;
use super::faults::ActiveRule;
use super::nic::NicEvent;
use super::signal::Hop;

/// A host's number in its world, in the order in which hosts were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The number, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a radio stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Placement {
    /// In metres along a line on which access points stand too, at 0 unless placed.
    pub position_m: f64,
}

pub(super) struct Node {
    pub(super) hardware_address: [u8; 6],
    pub(super) placement: Placement,
    pub(super) attachment: Attachment,
    /// Counts joins and their ends: what belongs to an earlier one comes too late.
    pub(super) association: u32,
    pub(super) inbox: VecDeque<Vec<u8>>,
    pub(super) events: VecDeque<NicEvent>,
    pub(super) rules: Vec<ActiveRule>,
    pub(super) is_held: bool,
    /// What the next joins suffer.
    pub(super) join_faults: VecDeque<JoinFault>,
    /// What stands between the station and each access point, in dB, drawn when it is first of interest.
    pub(super) shadowing_db: Vec<f64>,
}

/// What a card hangs on.
pub(super) enum Attachment {
    /// A wire to this access point.
    Wire(AccessPointId),
    /// Nothing: a radio without a network.
    Idle,
    /// Nothing yet: a join goes on.
    Joining,
    /// This access point.
    Joined(Box<Link>),
    /// Itself: it is this access point.
    AccessPoint(AccessPointId),
}

/// A station's link to its access point.
pub(super) struct Link {
    pub(super) access_point: AccessPointId,
    pub(super) strength_dbm: f64,
    /// The access point's, as an index.
    pub(super) channel: usize,
    pub(super) up: Hop,
    pub(super) down: Hop,
    /// Whether the access point knows the station. The station believes it until it is told.
    pub(super) is_alive: bool,
}

impl Node {
    pub(super) fn new(hardware_address: [u8; 6], placement: Placement, attachment: Attachment) -> Self {
        Self {
            hardware_address,
            placement,
            attachment,
            association: 0,
            inbox: VecDeque::new(),
            events: VecDeque::new(),
            rules: Vec::new(),
            is_held: false,
            join_faults: VecDeque::new(),
            shadowing_db: Vec::new(),
        }
    }

    pub(super) fn link(&self) -> Option<&Link> {
        match &self.attachment {
            Attachment::Joined(link) => Some(link),
            _ => None,
        }
    }

    /// Whether it is with an access point by radio.
    pub(super) const fn is_station(&self) -> bool {
        matches!(self.attachment, Attachment::Joined(_))
    }

    /// The access point that the card reaches or is, if any.
    pub(super) fn access_point(&self) -> Option<AccessPointId> {
        match &self.attachment {
            Attachment::Wire(access_point) | Attachment::AccessPoint(access_point) => Some(*access_point),
            Attachment::Joined(link) => Some(link.access_point),
            Attachment::Idle | Attachment::Joining => None,
        }
    }
}

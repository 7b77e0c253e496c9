//! The medium: who is where, who is with whom, and what becomes of a frame.

mod access_point;
mod addresses;
mod association;
mod faults;
mod nic;
mod node;
mod scan;
mod signal;
mod transfer;

use rand::Rng;
use rgb_proto::Instant;

pub use access_point::{AccessPointConfig, AccessPointId};
pub use association::{Departure, JoinFault, Refusal};
pub use faults::{Direction, LinkRule, LinkRuleId};
pub use nic::{Nic, NicEvent};
pub use node::{NodeId, Placement};
pub use scan::HeardNetwork;

use super::random::Random;
use super::schedule::{Next, Schedule};
use super::tap::Tap;
use super::trace::{Trace, What};
use crate::source::named_rng;
use access_point::AccessPoint;
use addresses::Addresses;
use faults::HeldFrame;
use node::{Attachment, Node};

/// The medium between the hosts.
pub struct Air {
    now: Instant,
    /// The alarms are the hosts', by number: when each is polled next, unless something arrives before.
    schedule: Schedule<Due>,
    nodes: Vec<Node>,
    access_points: Vec<AccessPoint>,
    addresses: Addresses,
    /// Until when each channel is taken.
    channels: Channels,
    random: Random,
    /// Frames whose room is used again.
    spare: Vec<Vec<u8>>,
    partitions: Vec<[NodeId; 2]>,
    held: Vec<HeldFrame>,
    rules_made: u64,
    trace: Trace,
    tap: Option<Box<dyn Tap>>,
}

/// The channels of the 2.4 GHz band, from 1; there is no channel 0.
type Channels = [Instant; 15];

/// What happens at a time. What belongs to an association that is over does not happen.
enum Due {
    /// A frame arrives.
    Arrival { to: NodeId, association: u32, frame: Vec<u8> },
    /// A frame that was late comes to an access point.
    Forward { from: NodeId, access_point: AccessPointId, frame: Vec<u8> },
    /// A join is over.
    JoinEnd { node: NodeId, association: u32, outcome: Result<AccessPointId, Refusal> },
    /// A station has waited long enough for beacons.
    BeaconLoss { node: NodeId, association: u32 },
}

impl Air {
    /// How many frames' room is kept.
    const SPARE_MAX: usize = 256;

    pub(super) fn new(seed: u64) -> Self {
        Self {
            now: Instant::ORIGIN,
            schedule: Schedule::new(),
            nodes: Vec::new(),
            access_points: Vec::new(),
            addresses: Addresses::default(),
            channels: Channels::default(),
            random: Random::new(named_rng(seed, b"air").next_u64()),
            spare: Vec::new(),
            partitions: Vec::new(),
            held: Vec::new(),
            rules_made: 0,
            trace: Trace::new(),
            tap: None,
        }
    }

    pub(super) const fn now(&self) -> Instant {
        self.now
    }

    pub(super) fn add_station(&mut self, hardware_address: [u8; 6], placement: Placement) -> NodeId {
        self.add(Node::new(hardware_address, placement, Attachment::Idle))
    }

    pub(super) fn add_wired(&mut self, hardware_address: [u8; 6], id: AccessPointId) -> NodeId {
        let node = self.add(Node::new(hardware_address, Placement::default(), Attachment::Wire(id)));
        self.access_points[id.index()].wired.push(node);
        node
    }

    fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.addresses.insert(node.hardware_address, id);
        self.nodes.push(node);
        self.wake(id);
        id
    }

    pub(super) fn nic(&mut self, node: NodeId) -> Nic<'_> {
        Nic::new(self, node)
    }

    /// The next host to poll of those that are due by then.
    pub(super) fn next_due(&mut self, until: Instant) -> Option<NodeId> {
        loop {
            let (at, next) = self.schedule.pop_until(until)?;
            // What is late is due now: time never goes back.
            self.now = self.now.max(at);
            let node = match next {
                Next::Alarm(number) => Some(NodeId(number as u32)),
                Next::Thing(due) => self.happen(due),
            };
            if node.is_some() {
                return node;
            }
        }
    }

    /// Lets something happen; whom it concerns.
    fn happen(&mut self, due: Due) -> Option<NodeId> {
        match due {
            Due::Arrival { to, association, frame } => {
                let card = self.node_mut(to);
                if card.association != association {
                    self.recycle(frame);
                    return None;
                }
                let len = frame.len();
                card.inbox.push_back(frame);
                self.trace.event(self.now, What::Arrived, to.0);
                self.trace.word(len as u64);
                Some(to)
            }
            Due::Forward { from, access_point, frame } => {
                self.forward(from, access_point, self.now, frame);
                None
            }
            Due::JoinEnd { node, association, outcome } => (self.node(node).association == association).then(|| {
                self.end_join(node, outcome);
                node
            }),
            Due::BeaconLoss { node, association } => {
                (self.node(node).association == association && self.check_beacons(node)).then_some(node)
            }
        }
    }

    /// A host was polled. It is polled again then, if nothing arrives before.
    pub(super) fn sleep(&mut self, node: NodeId, until: Option<Instant>) {
        self.schedule.set_alarm(node.index(), until.map(|until| until.max(self.now)));
    }

    /// A host is polled as soon as all that is due already has happened.
    pub(super) fn wake(&mut self, node: NodeId) {
        self.schedule.bring_alarm_forward(node.index(), self.now);
    }

    /// A radio reports something to its host.
    fn report(&mut self, node: NodeId, event: NicEvent) {
        self.trace.event(self.now, What::Reported, node.0);
        self.trace.word(event.number());
        self.node_mut(node).events.push_back(event);
        self.wake(node);
    }

    pub(super) fn advance(&mut self, until: Instant) {
        self.now = self.now.max(until);
    }

    fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    fn node_mut(&mut self, node: NodeId) -> &mut Node {
        &mut self.nodes[node.index()]
    }

    fn access_point(&self, id: AccessPointId) -> &AccessPoint {
        &self.access_points[id.index()]
    }

    fn random(&mut self) -> u32 {
        self.random.next_u32()
    }

    /// Room for a frame.
    fn spare_frame(&mut self, len: usize) -> Vec<u8> {
        let mut frame = self.spare.pop().unwrap_or_default();
        frame.resize(len, 0);
        frame
    }

    fn copy_of(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(frame);
        copy
    }

    fn recycle(&mut self, frame: Vec<u8>) {
        if self.spare.len() < Self::SPARE_MAX {
            self.spare.push(frame);
        }
    }

    /// A frame leaves a card.
    fn observe(&mut self, from: NodeId, frame: &[u8]) {
        self.trace.event(self.now, What::Sent, from.0);
        self.trace.bytes(frame);
        if let Some(tap) = &mut self.tap {
            tap.frame(self.now, from, frame);
        }
    }

    /// How strong a station hears its access point, in dBm.
    #[must_use]
    pub fn rssi_dbm(&self, node: NodeId) -> Option<i32> {
        self.node(node).link().map(|link| link.strength_dbm as i32)
    }

    /// Lets someone listen in, instead of whoever did before.
    pub fn set_tap(&mut self, tap: Box<dyn Tap>) {
        self.tap = Some(tap);
    }

    /// Takes the one away who listens in.
    pub fn take_tap(&mut self) -> Option<Box<dyn Tap>> {
        self.tap.take()
    }

    pub(super) const fn trace_hash(&self) -> u64 {
        self.trace.hash()
    }
}

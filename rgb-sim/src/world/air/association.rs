//! Joining an access point, and being with one no longer.

use std::time::Duration;

use super::access_point::{AccessPoint, AccessPointConfig, AccessPointId};
use super::nic::NicEvent;
use super::node::{Attachment, Link, NodeId, Placement};
use super::signal::{ACCESS_POINT_POWER_DBM, BOARD_POWER_DBM, Hop, strength_dbm};
use super::transfer::TRANSMISSIONS_MAX;
use super::{Air, Due};

/// Why a join fails, as a radio reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No access point of this name in reach that has a passphrase where the station has one, and none where it has none.
    NetworkNotFound,
    /// The handshake over the passphrase failed.
    WrongPassphrase,
    /// The access point takes no more stations.
    Full,
    /// Anything else: a frame of the handshake got lost too often, or the access point is gone by then.
    Failed,
}

/// How an access point comes to have a station no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The station has left.
    Left,
    /// The access point has sent it away.
    SentAway,
    /// Nothing is heard of it any more.
    Vanished,
}

/// What a join suffers on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinFault {
    /// It fails, whatever the network is like.
    Fail(Refusal),
    /// It never ends, as with drivers that do not return from a handshake that timed out.
    Hang,
}

/// Weaker than this a station does not hear an access point's beacons, in dBm.
pub(super) const BEACON_MIN_DBM: f64 = -96.0;
/// How much stands between two places varies by so much (standard deviation), in dB: one wall more or less.
const SHADOWING_DB: f64 = 4.0;

/// How long a radio looks for a network: so long on all channels.
const SCAN_MS: [u32; 2] = [350, 900];
/// How often it looks before it reports that the network is not there.
const SCANS: u32 = 3;
/// Authentication, association, and the handshake over the keys.
const HANDSHAKE_MS: [u32; 2] = [40, 160];
/// The frames of those.
const HANDSHAKE_FRAMES: u32 = 8;
/// How long the access point waits for a right answer from a station with a wrong passphrase.
const WRONG_PASSPHRASE_MS: [u32; 2] = [1000, 4000];
/// How long a station goes on without beacons.
const BEACON_LOSS_MS: [u32; 2] = [4000, 8000];
/// One handshake in so many that fail never comes to an end for the station.
const HANGING_HANDSHAKES: u32 = 4;

impl Air {
    /// Adds an access point, switched on.
    pub fn add_access_point(&mut self, config: AccessPointConfig) -> AccessPointId {
        let id = AccessPointId(self.access_points.len() as u32);
        self.access_points.push(AccessPoint { config, is_up: true, wired: Vec::new(), members: Vec::new() });
        id
    }

    /// Switches an access point off. Its stations find out when its beacons do not come any more.
    pub fn access_point_down(&mut self, id: AccessPointId) {
        self.access_points[id.index()].is_up = false;
        for member in std::mem::take(&mut self.access_points[id.index()].members) {
            self.forget(member);
        }
    }

    /// Switches an access point on again. It knows none of its stations.
    pub fn access_point_up(&mut self, id: AccessPointId) {
        self.access_points[id.index()].is_up = true;
    }

    /// Whether an access point keeps its stations apart.
    pub fn set_isolation(&mut self, id: AccessPointId, isolates: bool) {
        self.access_points[id.index()].config.isolates = isolates;
    }

    /// Changes a network's passphrase. Stations that have joined stay.
    pub fn set_passphrase(&mut self, id: AccessPointId, passphrase: Option<String>) {
        self.access_points[id.index()].config.passphrase = passphrase;
    }

    /// The access point sends a station away. The station is told, if the signal is good enough.
    pub fn deauthenticate(&mut self, node: NodeId) {
        let Some(link) = self.node(node).link() else { return };
        let loss = link.down.loss(26);
        self.drop_member(node, Departure::SentAway);
        if self.random.next_u32() >= loss {
            self.lose_link(node, NicEvent::SentAway);
        } else {
            self.forget(node);
        }
    }

    /// The access point forgets a station, which goes on to believe in the link until it gives up by itself.
    pub fn kill_link(&mut self, node: NodeId) {
        self.drop_member(node, Departure::Vanished);
        if let Attachment::Joined(link) = &mut self.node_mut(node).attachment {
            link.is_alive = false;
        }
    }

    /// Moves a radio.
    pub fn place(&mut self, node: NodeId, placement: Placement) {
        self.node_mut(node).placement = placement;
        if let Some(link) = self.node(node).link() {
            let (id, is_alive) = (link.access_point, link.is_alive);
            let link = Link { is_alive, ..self.link_between(node, id) };
            let is_heard = link.strength_dbm >= BEACON_MIN_DBM;
            self.node_mut(node).attachment = Attachment::Joined(Box::new(link));
            if !is_heard {
                self.expect_beacon_loss(node);
            }
        }
        if let Attachment::AccessPoint(id) = self.node(node).attachment {
            self.access_points[id.index()].config.position_m = placement.position_m;
        }
    }

    /// The next joins of a station suffer these.
    pub fn add_join_fault(&mut self, node: NodeId, fault: JoinFault) {
        self.node_mut(node).join_faults.push_back(fault);
    }

    pub(super) fn join(&mut self, node: NodeId, ssid: &str, passphrase: Option<&str>) {
        self.leave(node);
        let association = self.node(node).association;
        self.node_mut(node).attachment = Attachment::Joining;
        let fault = self.node_mut(node).join_faults.pop_front();
        let scan = self.millis(SCAN_MS);
        let (span, outcome) = match fault {
            Some(JoinFault::Hang) => return,
            Some(JoinFault::Fail(refusal)) => (scan, Err(refusal)),
            None => match self.strongest(node, ssid, passphrase.is_some()) {
                None => (scan * SCANS, Err(Refusal::NetworkNotFound)),
                Some(id) if self.access_point(id).config.passphrase.as_deref() != passphrase => {
                    (scan + self.millis(WRONG_PASSPHRASE_MS), Err(Refusal::WrongPassphrase))
                }
                Some(id) => {
                    let span = scan + self.millis(HANDSHAKE_MS);
                    let is_full = self.access_point(id).members.len() >= self.access_point(id).config.stations_max;
                    if !is_full && self.handshake_succeeds(node, id) {
                        (span, Ok(id))
                    } else if !is_full && self.random.next_u32().is_multiple_of(HANGING_HANDSHAKES) {
                        return;
                    } else {
                        (span, Err(if is_full { Refusal::Full } else { Refusal::Failed }))
                    }
                }
            },
        };
        self.schedule.push(self.now + span, Due::JoinEnd { node, association, outcome });
    }

    /// A join is over. The access point may be gone by now.
    pub(super) fn end_join(&mut self, node: NodeId, outcome: Result<AccessPointId, Refusal>) {
        let outcome = outcome.and_then(|id| if self.access_point(id).is_up { Ok(id) } else { Err(Refusal::Failed) });
        let event = match outcome {
            Ok(id) => {
                let link = self.link_between(node, id);
                self.node_mut(node).attachment = Attachment::Joined(Box::new(link));
                self.access_points[id.index()].members.push(node);
                self.tell_owner(id, NicEvent::StationJoined(self.node(node).hardware_address));
                NicEvent::Joined { bssid: self.bssid(id), channel: self.access_point(id).config.channel }
            }
            Err(refusal) => {
                self.node_mut(node).attachment = Attachment::Idle;
                NicEvent::JoinFailed(refusal)
            }
        };
        self.report(node, event);
    }

    pub(super) fn leave(&mut self, node: NodeId) {
        self.drop_member(node, Departure::Left);
        let card = self.node_mut(node);
        match card.attachment {
            Attachment::Joined(_) | Attachment::Joining => card.attachment = Attachment::Idle,
            Attachment::Idle | Attachment::Wire(_) | Attachment::AccessPoint(_) => {}
        }
        card.association += 1;
        card.inbox.clear();
        card.events.clear();
    }

    pub(super) fn start_access_point(&mut self, node: NodeId, config: AccessPointConfig) {
        self.leave(node);
        let position_m = self.node(node).placement.position_m;
        let id = self.add_access_point(AccessPointConfig { position_m, ..config });
        self.access_points[id.index()].wired.push(node);
        self.node_mut(node).attachment = Attachment::AccessPoint(id);
    }

    /// A radio without power: it is on no network, and if it was one, that one is gone.
    pub fn power_off(&mut self, node: NodeId) {
        if let Attachment::AccessPoint(id) = self.node(node).attachment {
            self.access_point_down(id);
            self.node_mut(node).attachment = Attachment::Idle;
        }
        self.drop_member(node, Departure::Vanished);
        self.leave(node);
    }

    /// The access point does not know the station any more, and the station does not know that yet.
    fn forget(&mut self, node: NodeId) {
        if let Attachment::Joined(link) = &mut self.node_mut(node).attachment {
            link.is_alive = false;
            self.expect_beacon_loss(node);
        }
    }

    fn expect_beacon_loss(&mut self, node: NodeId) {
        let association = self.node(node).association;
        let at = self.now + self.millis(BEACON_LOSS_MS);
        self.schedule.push(at, Due::BeaconLoss { node, association });
    }

    /// So long without beacons: the link is lost, unless they come again.
    pub(super) fn check_beacons(&mut self, node: NodeId) -> bool {
        let is_heard = self.node(node).link().is_some_and(|link| {
            link.is_alive && link.strength_dbm >= BEACON_MIN_DBM && self.access_point(link.access_point).is_up
        });
        if !is_heard {
            self.drop_member(node, Departure::Vanished);
            self.lose_link(node, NicEvent::LinkLost);
        }
        !is_heard
    }

    fn lose_link(&mut self, node: NodeId, event: NicEvent) {
        let card = self.node_mut(node);
        card.attachment = Attachment::Idle;
        card.association += 1;
        card.inbox.clear();
        self.report(node, event);
    }

    fn drop_member(&mut self, node: NodeId, departure: Departure) {
        let Some(id) = self.node(node).link().map(|link| link.access_point) else { return };
        let members = &mut self.access_points[id.index()].members;
        if let Some(place) = members.iter().position(|member| *member == node) {
            members.remove(place);
            self.tell_owner(id, NicEvent::StationLeft(self.node(node).hardware_address, departure));
        }
    }

    /// A board that is an access point hears who comes and goes.
    fn tell_owner(&mut self, id: AccessPointId, event: NicEvent) {
        for index in 0..self.access_point(id).wired.len() {
            let owner = self.access_point(id).wired[index];
            if matches!(self.node(owner).attachment, Attachment::AccessPoint(_)) {
                self.report(owner, event);
            }
        }
    }

    fn handshake_succeeds(&mut self, node: NodeId, id: AccessPointId) -> bool {
        let link = self.link_between(node, id);
        (0..HANDSHAKE_FRAMES).all(|number| {
            let loss = if number % 2 == 0 { link.up.loss(150) } else { link.down.loss(150) };
            (0..TRANSMISSIONS_MAX).any(|_| self.random.next_u32() >= loss)
        })
    }

    fn link_between(&mut self, node: NodeId, id: AccessPointId) -> Link {
        let strength_dbm = self.strength(node, id);
        let config = &self.access_point(id).config;
        let (interference, channel) = (config.interference, usize::from(config.channel) % self.channels.len());
        Link {
            access_point: id,
            strength_dbm,
            channel,
            up: Hop::new(strength_dbm - ACCESS_POINT_POWER_DBM + BOARD_POWER_DBM, interference),
            down: Hop::new(strength_dbm, interference),
            is_alive: true,
        }
    }

    /// How strong a station hears an access point, in dBm.
    pub(super) fn strength(&mut self, node: NodeId, id: AccessPointId) -> f64 {
        while self.node(node).shadowing_db.len() <= id.index() {
            let drawn = self.normal() * SHADOWING_DB;
            self.node_mut(node).shadowing_db.push(drawn);
        }
        let distance_m = (self.node(node).placement.position_m - self.access_point(id).config.position_m).abs();
        strength_dbm(ACCESS_POINT_POWER_DBM, distance_m, self.node(node).shadowing_db[id.index()])
    }

    /// Of the standard normal distribution, near enough: the sum of twelve evenly drawn numbers (Irwin and Hall).
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| f64::from(self.random.next_u32()) / 4_294_967_296.0).sum::<f64>() - 6.0
    }

    /// Evenly drawn from a span.
    fn millis(&mut self, [least, most]: [u32; 2]) -> Duration {
        let micros = (u64::from(most - least) * 1000 * u64::from(self.random.next_u32())) >> 32;
        Duration::from_millis(least.into()) + Duration::from_micros(micros)
    }
}

//! From one card to another: air time, losses, and what access points do with frames.

use std::time::Duration;

use rgb_proto::Instant;

use super::access_point::AccessPointId;
use super::faults::{Direction, Effect, HeldFrame};
use super::node::{Attachment, NodeId};
use super::signal::Hop;
use super::{Air, Due};
use crate::world::random::Random;

/// Before each transmission: DIFS with the short slot (IEEE 802.11-2020, 10.3.2.3.5).
const DIFS_US: u64 = 28;
/// One slot of the wait before a transmission.
const SLOT_US: u64 = 9;
/// Behind a frame: SIFS and the acknowledgement at a basic rate.
const ACK_US: u64 = 10 + 32;
/// The wait is drawn from so many slots at first, twice as many with each further transmission, and at most so many.
const SLOTS_MIN: u64 = 16;
const SLOTS_MAX: u64 = 1024;
/// A frame is transmitted at most so often (IEEE 802.11-2020, dot11ShortRetryLimit).
pub(super) const TRANSMISSIONS_MAX: u32 = 7;
/// Through the access point, and along a wire behind it.
const FORWARDING_US: u64 = 100;

/// Over which end of its link a frame leaves it, and what that end has to know.
#[derive(Clone, Copy)]
enum Way {
    Up { access_point: AccessPointId },
    Down { from: NodeId },
}

const fn forwarded(at: Instant) -> Instant {
    Instant::from_micros(at.as_micros() + FORWARDING_US)
}

impl Air {
    /// Takes a frame from a card.
    pub(super) fn transmit(&mut self, from: NodeId, frame: Vec<u8>) {
        self.observe(from, &frame);
        let card = &self.nodes[from.index()];
        match &card.attachment {
            Attachment::Wire(id) => self.forward(from, *id, forwarded(self.now), frame),
            Attachment::AccessPoint(id) => self.forward(from, *id, self.now, frame),
            Attachment::Joined(link) => {
                let (id, is_alive, has_rules) = (link.access_point, link.is_alive, !card.rules.is_empty());
                let channel = &mut self.channels[link.channel];
                let crossing = cross(&link.up, channel, self.now, frame.len(), &mut self.random);
                match crossing.filter(|_| is_alive) {
                    None => self.recycle(frame),
                    Some(at) if has_rules => self.bend(from, Way::Up { access_point: id }, at, frame),
                    Some(at) => self.forward(from, id, forwarded(at), frame),
                }
            }
            Attachment::Idle | Attachment::Joining => self.recycle(frame),
        }
    }

    /// From the access point to whom it may concern.
    pub(super) fn forward(&mut self, from: NodeId, id: AccessPointId, at: Instant, frame: Vec<u8>) {
        if !self.access_point(id).is_up {
            return self.recycle(frame);
        }
        match frame.first_chunk::<6>() {
            Some([first, ..]) if first & 1 == 1 => {
                self.forward_to_all(from, id, at, &frame);
                self.recycle(frame);
            }
            Some(address) => match self.addresses.get(*address) {
                Some(to) if self.is_forwarded(from, to, id) => self.forward_to(from, to, at, frame),
                _ => self.recycle(frame),
            },
            None => self.recycle(frame),
        }
    }

    /// Whether the access point hands frames of one host to another.
    fn is_forwarded(&self, from: NodeId, to: NodeId, id: AccessPointId) -> bool {
        let isolates = self.access_point(id).config.isolates;
        from != to
            && self.node(to).access_point() == Some(id)
            && !(isolates && self.node(from).is_station() && self.node(to).is_station())
            && (self.partitions.is_empty() || !self.is_partitioned(from, to))
    }

    /// To one host behind the access point.
    fn forward_to(&mut self, from: NodeId, to: NodeId, at: Instant, frame: Vec<u8>) {
        let card = &self.nodes[to.index()];
        match &card.attachment {
            Attachment::Joined(link) if link.is_alive => {
                let has_rules = !card.rules.is_empty();
                let channel = &mut self.channels[link.channel];
                match cross(&link.down, channel, at, frame.len(), &mut self.random) {
                    None => self.recycle(frame),
                    Some(at) if has_rules => self.bend(to, Way::Down { from }, at, frame),
                    Some(at) => self.deliver(from, to, at, frame),
                }
            }
            Attachment::Wire(_) | Attachment::AccessPoint(_) => self.deliver(from, to, at, frame),
            Attachment::Joined(_) | Attachment::Idle | Attachment::Joining => self.recycle(frame),
        }
    }

    /// To every host behind the access point, with one transmission for all stations, which nobody acknowledges.
    fn forward_to_all(&mut self, from: NodeId, id: AccessPointId, at: Instant, frame: &[u8]) {
        for index in 0..self.access_point(id).wired.len() {
            let to = self.access_point(id).wired[index];
            if self.is_forwarded(from, to, id) {
                let copy = self.copy_of(frame);
                self.deliver(from, to, at, copy);
            }
        }
        let mut sent = None;
        for index in 0..self.access_point(id).members.len() {
            let to = self.access_point(id).members[index];
            if !self.is_forwarded(from, to, id) {
                continue;
            }
            let Some(link) = self.node(to).link().filter(|link| link.is_alive) else { continue };
            let (loss, airtime_us) = (link.down.loss(frame.len()), Hop::group_airtime_us(frame.len()));
            let at = match sent {
                Some(at) => at,
                None => *sent.insert(occupy(&mut self.channels[link.channel], at, DIFS_US + airtime_us, 0)),
            };
            if self.random.next_u32() >= loss {
                let copy = self.copy_of(frame);
                self.bend(to, Way::Down { from }, at, copy);
            }
        }
    }

    /// What the rules of a station's link make of a frame that has crossed it.
    fn bend(&mut self, station: NodeId, way: Way, at: Instant, mut frame: Vec<u8>) {
        let direction = match way {
            Way::Up { .. } => Direction::Up,
            Way::Down { .. } => Direction::Down,
        };
        let Effect { delay, is_lost, copies, corrupt } = self.apply_rules(station, direction, at, frame.len());
        if is_lost {
            return self.recycle(frame);
        }
        if let Some(drawn) = corrupt {
            let bit = drawn as usize % (frame.len() * 8).max(1);
            if let Some(byte) = frame.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        }
        for _ in 1..copies {
            let copy = self.copy_of(&frame);
            self.leave_link(station, way, at, delay, copy);
        }
        self.leave_link(station, way, at, delay, frame);
    }

    fn leave_link(&mut self, station: NodeId, way: Way, at: Instant, delay: Duration, frame: Vec<u8>) {
        match way {
            // The channel is taken for the way on at once, unless the frame is not there for long.
            Way::Up { access_point } if delay.is_zero() => self.forward(station, access_point, forwarded(at), frame),
            Way::Up { access_point } => {
                self.schedule.push(forwarded(at) + delay, Due::Forward { from: station, access_point, frame });
            }
            Way::Down { from } => self.deliver(from, station, at + delay, frame),
        }
    }

    /// Lets a frame arrive, unless its link is held.
    fn deliver(&mut self, from: NodeId, to: NodeId, at: Instant, frame: Vec<u8>) {
        if self.node(from).is_held || self.node(to).is_held {
            return self.held.push(HeldFrame { from, to, frame });
        }
        self.arrive_at(at, to, frame);
    }

    pub(super) fn arrive_at(&mut self, at: Instant, to: NodeId, frame: Vec<u8>) {
        let association = self.node(to).association;
        self.schedule.push(at, Due::Arrival { to, association, frame });
    }
}

/// Over the air between a station and its access point; when the frame is there, if it gets there.
fn cross(hop: &Hop, channel: &mut Instant, from: Instant, len: usize, random: &mut Random) -> Option<Instant> {
    let (loss, airtime_us) = (hop.loss(len), hop.airtime_us(len));
    let mut at = from;
    for transmission in 0..TRANSMISSIONS_MAX {
        let drawn = random.next_u64();
        let slots = (SLOTS_MIN << transmission).min(SLOTS_MAX);
        let wait_us = DIFS_US + (drawn & (slots - 1)) * SLOT_US;
        at = occupy(channel, at, wait_us + airtime_us, ACK_US);
        if (drawn >> 32) as u32 >= loss {
            return Some(at);
        }
    }
    None
}

/// Takes a channel for so many microseconds as soon as it is free, and for some behind them; when the former are over.
fn occupy(channel: &mut Instant, from: Instant, span_us: u64, then_us: u64) -> Instant {
    let end_us = (*channel).max(from).as_micros() + span_us;
    *channel = Instant::from_micros(end_us + then_us);
    Instant::from_micros(end_us)
}

//! From one card to another: air time, losses, and what access points do with frames.

use std::time::Duration;

use rand::Rng;
use rgb_proto::Instant;

use super::access_point::AccessPointId;
use super::faults::{Direction, Effect, HeldFrame};
use super::node::{Attachment, NodeId};
use super::signal::Hop;
use super::{Air, Due};

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

/// A frame that got over a link.
#[derive(Clone, Copy)]
struct Crossing {
    /// When its transmission was over.
    at: Instant,
    /// How much later it comes out of the link, by a rule.
    delay: Duration,
    copies: u32,
}

impl Crossing {
    /// Over a link that has no rules.
    const fn at(at: Instant) -> Self {
        Self { at, delay: Duration::ZERO, copies: 1 }
    }
}

const fn forwarded(at: Instant) -> Instant {
    Instant::from_micros(at.as_micros() + FORWARDING_US)
}

impl Air {
    /// Takes a frame from a card.
    pub(super) fn transmit(&mut self, from: NodeId, mut frame: Vec<u8>) {
        self.observe(from, &frame);
        let heard = match &self.node(from).attachment {
            Attachment::Wire(id) => Some((*id, Crossing::at(forwarded(self.now)))),
            Attachment::AccessPoint(id) => Some((*id, Crossing::at(self.now))),
            Attachment::Joined(link) => {
                let (id, is_alive) = (link.access_point, link.is_alive);
                let crossing = self.cross(from, Direction::Up, self.now, &mut frame);
                crossing.filter(|_| is_alive).map(|crossing| (id, Crossing { at: forwarded(crossing.at), ..crossing }))
            }
            Attachment::Idle | Attachment::Joining => None,
        };
        let Some((id, Crossing { at, delay, copies })) = heard else { return self.recycle(frame) };
        for _ in 1..copies {
            let copy = self.copy_of(&frame);
            self.reach(from, id, at, delay, copy);
        }
        self.reach(from, id, at, delay, frame);
    }

    /// A frame comes to the access point. The channel is taken for its way on at once, unless it is not there for long.
    fn reach(&mut self, from: NodeId, id: AccessPointId, at: Instant, delay: Duration, frame: Vec<u8>) {
        if delay.is_zero() {
            self.forward(from, id, at, frame);
        } else {
            self.schedule.push(at + delay, Due::Forward { from, access_point: id, frame });
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
    fn forward_to(&mut self, from: NodeId, to: NodeId, at: Instant, mut frame: Vec<u8>) {
        let crossing = match &self.node(to).attachment {
            Attachment::Joined(link) if link.is_alive => self.cross(to, Direction::Down, at, &mut frame),
            Attachment::Wire(_) | Attachment::AccessPoint(_) => Some(Crossing::at(at)),
            _ => None,
        };
        self.deliver(from, to, crossing, frame);
    }

    /// To every host behind the access point, with one transmission for all stations, which nobody acknowledges.
    fn forward_to_all(&mut self, from: NodeId, id: AccessPointId, at: Instant, frame: &[u8]) {
        for index in 0..self.access_point(id).wired.len() {
            let to = self.access_point(id).wired[index];
            if self.is_forwarded(from, to, id) {
                let copy = self.copy_of(frame);
                self.deliver(from, to, Some(Crossing::at(at)), copy);
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
                None => *sent.insert(self.occupy(id, at, DIFS_US + airtime_us, 0)),
            };
            if self.rng.next_u32() >= loss {
                let mut copy = self.copy_of(frame);
                let crossing = self.bend(to, Direction::Down, at, &mut copy);
                self.deliver(from, to, crossing, copy);
            }
        }
    }

    /// Over the air between a station and its access point; when and how often the frame is there, if it gets there.
    fn cross(&mut self, station: NodeId, direction: Direction, from: Instant, frame: &mut [u8]) -> Option<Crossing> {
        let link = self.node(station).link()?;
        let hop = match direction {
            Direction::Up => &link.up,
            Direction::Down => &link.down,
        };
        let (id, loss, airtime_us) = (link.access_point, hop.loss(frame.len()), hop.airtime_us(frame.len()));
        let mut at = from;
        for transmission in 0..TRANSMISSIONS_MAX {
            let drawn = self.rng.next_u64();
            let slots = (SLOTS_MIN << transmission).min(SLOTS_MAX);
            let wait_us = DIFS_US + (drawn & (slots - 1)) * SLOT_US;
            at = self.occupy(id, at, wait_us + airtime_us, ACK_US);
            if (drawn >> 32) as u32 >= loss {
                return self.bend(station, direction, at, frame);
            }
        }
        None
    }

    /// Takes the channel for so many microseconds as soon as it is free, and for some behind them; when the former are over.
    fn occupy(&mut self, id: AccessPointId, from: Instant, span_us: u64, then_us: u64) -> Instant {
        let channel = usize::from(self.access_point(id).config.channel) % Self::CHANNELS;
        let end_us = self.channels[channel].max(from).as_micros() + span_us;
        self.channels[channel] = Instant::from_micros(end_us + then_us);
        Instant::from_micros(end_us)
    }

    /// What the rules of a station's link make of a frame.
    fn bend(&mut self, station: NodeId, direction: Direction, at: Instant, frame: &mut [u8]) -> Option<Crossing> {
        if self.node(station).rules.is_empty() {
            return Some(Crossing::at(at));
        }
        let Effect { delay, is_lost, copies, corrupt } = self.apply_rules(station, direction, at, frame.len());
        if is_lost {
            return None;
        }
        if let Some(drawn) = corrupt {
            let bit = drawn as usize % (frame.len() * 8).max(1);
            if let Some(byte) = frame.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        }
        Some(Crossing { at, delay, copies })
    }

    /// Lets a frame arrive, unless it got lost.
    fn deliver(&mut self, from: NodeId, to: NodeId, crossing: Option<Crossing>, frame: Vec<u8>) {
        let Some(Crossing { at, delay, copies }) = crossing else { return self.recycle(frame) };
        let at = if delay.is_zero() { at } else { at + delay };
        for _ in 1..copies {
            let copy = self.copy_of(&frame);
            self.deliver_one(from, to, at, copy);
        }
        self.deliver_one(from, to, at, frame);
    }

    fn deliver_one(&mut self, from: NodeId, to: NodeId, at: Instant, frame: Vec<u8>) {
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

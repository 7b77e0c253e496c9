//! What goes wrong on purpose.

use std::time::Duration;

use rgb_proto::Instant;

use super::Air;
use super::node::NodeId;
use crate::world::random::Random;

/// Which way a frame goes, seen from a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the station to its access point.
    Up,
    /// From the access point to the station.
    Down,
}

/// What a station's link does to frames besides what the air does to them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkRule {
    /// Only this way; both unless set.
    pub direction: Option<Direction>,
    /// The share of frames that is lost, 0 to 1.
    pub loss: f64,
    /// How much later each frame arrives.
    pub latency: Duration,
    /// Up to how much later still, drawn evenly for each frame; frames may overtake each other.
    pub jitter: Duration,
    /// The share of frames that arrives twice, 0 to 1.
    pub duplicate: f64,
    /// The share of frames of which one bit arrives wrong, 0 to 1.
    pub corrupt: f64,
    /// The most that gets through, in bits a second; 0 is no limit.
    pub rate_bps: u64,
}

/// A rule's number, to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRuleId(u64);

/// A rule that holds.
pub(super) struct ActiveRule {
    id: LinkRuleId,
    rule: LinkRule,
    /// Until when the limited rate is used up.
    busy_until: Instant,
}

/// A frame that waits until its link is released.
pub(super) struct HeldFrame {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) frame: Vec<u8>,
}

/// What becomes of one frame on one link.
#[derive(Clone, Copy, Default)]
pub(super) struct Effect {
    pub(super) delay: Duration,
    pub(super) is_lost: bool,
    pub(super) copies: u32,
    /// A drawn number that says which bit is wrong.
    pub(super) corrupt: Option<u32>,
}

impl Air {
    /// Nothing gets through between two hosts any more.
    pub fn partition(&mut self, one: NodeId, other: NodeId) {
        if !self.is_partitioned(one, other) {
            self.partitions.push([one, other]);
        }
    }

    /// Ends a partition.
    pub fn repair(&mut self, one: NodeId, other: NodeId) {
        self.partitions.retain(|pair| *pair != [one, other] && *pair != [other, one]);
    }

    pub(super) fn is_partitioned(&self, one: NodeId, other: NodeId) -> bool {
        self.partitions.iter().any(|pair| *pair == [one, other] || *pair == [other, one])
    }

    /// What goes to a host and comes from it waits.
    pub fn hold(&mut self, node: NodeId) {
        self.node_mut(node).is_held = true;
    }

    /// What has waited arrives now, in order.
    pub fn release(&mut self, node: NodeId) {
        self.node_mut(node).is_held = false;
        let (free, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| !self.node(held.from).is_held && !self.node(held.to).is_held);
        self.held = held;
        for HeldFrame { to, frame, .. } in free {
            self.arrive_at(self.now, to, frame);
        }
    }

    /// A station's link follows this rule from now on, besides those that hold already.
    pub fn add_link_rule(&mut self, node: NodeId, rule: LinkRule) -> LinkRuleId {
        self.rules_made += 1;
        let id = LinkRuleId(self.rules_made);
        self.node_mut(node).rules.push(ActiveRule { id, rule, busy_until: Instant::ORIGIN });
        id
    }

    /// Takes a rule back.
    pub fn remove_link_rule(&mut self, node: NodeId, id: LinkRuleId) {
        self.node_mut(node).rules.retain(|rule| rule.id != id);
    }

    /// What a station's rules do to a frame that comes to its link then.
    pub(super) fn apply_rules(&mut self, node: NodeId, direction: Direction, at: Instant, len: usize) -> Effect {
        let mut effect = Effect { copies: 1, ..Effect::default() };
        let Self { nodes, random, .. } = self;
        let happens =
            |random: &mut Random, share: f64| share > 0.0 && f64::from(random.next_u32()) < share * 4_294_967_296.0;
        for ActiveRule { rule, busy_until, .. } in &mut nodes[node.index()].rules {
            if rule.direction.is_some_and(|only| only != direction) {
                continue;
            }
            effect.is_lost |= happens(random, rule.loss);
            effect.copies += u32::from(happens(random, rule.duplicate));
            if happens(random, rule.corrupt) {
                effect.corrupt = Some(random.next_u32());
            }
            effect.delay += rule.latency;
            if !rule.jitter.is_zero() {
                let micros = (rule.jitter.as_micros() as u64 * u64::from(random.next_u32())) >> 32;
                effect.delay += Duration::from_micros(micros);
            }
            if let Some(span_us) = (len as u64 * 8_000_000).checked_div(rule.rate_bps) {
                *busy_until = (*busy_until).max(at) + Duration::from_micros(span_us);
                effect.delay += busy_until.saturating_duration_since(at);
            }
        }
        effect
    }
}

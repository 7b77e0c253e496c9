//! Both directions of a connection, and what one does to the other.

use rgb_proto::Instant;

use super::flow::{Fate, Flow};
use super::lane::{Ending, Intake, Lane, Output};
use super::rules::{Direction, LinkRules};
use super::summary::LinkEnd;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Whether both sockets are to be reset, rather than closed.
    pub(super) is_reset: bool,
    pub(super) kind: LinkEnd,
}

/// A connection, without its sockets: it is told what they give, and says what they are to do.
pub(super) struct Relay {
    up: Lane,
    down: Lane,
    /// Whether a cut takes the other direction with it.
    cuts_both: bool,
    is_cut: bool,
    /// The directions that have passed a FIN on.
    finished: [bool; 2],
    /// The directions that cannot send any more: their receiver has broken off.
    failed: [bool; 2],
    end: Option<End>,
}

impl Relay {
    pub(super) fn new(rules: &LinkRules, fate: Fate, seed: u64, connection: u64) -> Self {
        let lane = |direction| Lane::new(Flow::new(rules, fate, seed, connection, direction));
        Self {
            up: lane(Direction::Up),
            down: lane(Direction::Down),
            cuts_both: rules.direction.is_none(),
            is_cut: false,
            finished: [false; 2],
            failed: [false; 2],
            end: None,
        }
    }

    pub(super) const fn lane(&self, direction: Direction) -> &Lane {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    const fn lane_mut(&mut self, direction: Direction) -> &mut Lane {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }

    /// Whether a rule has made it fall silent.
    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How it ended, if it has.
    pub(super) fn end(&self) -> Option<End> {
        let end = self.end?;
        // Whatever its peers make of the silence comes from the cut.
        Some(if self.is_cut && end.kind != LinkEnd::Reset { End { kind: LinkEnd::Cut, ..end } } else { end })
    }

    pub(super) fn handle_received(&mut self, direction: Direction, bytes: &[u8], now: Instant) {
        let has_cut = self.lane_mut(direction).take(bytes, now);
        self.handle_input(direction, has_cut);
    }

    pub(super) fn handle_eof(&mut self, direction: Direction, now: Instant) {
        let has_cut = self.lane_mut(direction).end(Ending::Fin, now);
        self.handle_input(direction, has_cut);
    }

    /// Nothing more can be received: the sender has broken off.
    pub(super) fn handle_receive_error(&mut self, direction: Direction, now: Instant) {
        let has_cut = self.lane_mut(direction).end(Ending::Broken, now);
        self.handle_input(direction, has_cut);
    }

    fn handle_input(&mut self, direction: Direction, has_cut: bool) {
        if has_cut {
            self.is_cut = true;
            let cuts_both = self.cuts_both;
            let other = self.lane_mut(direction.other());
            if cuts_both && other.intake == Intake::Open {
                other.intake = Intake::Silent;
            }
        }
        self.look_for_end();
    }

    /// What is to go out next, and when.
    pub(super) fn next(&self, direction: Direction) -> Option<(Instant, Output<'_>)> {
        let (due, output) = self.lane(direction).next()?;
        // Who does not receive any more has not ended its stream in order either.
        let is_broken = output == Output::Ending(Ending::Fin) && self.failed[direction.other() as usize];
        Some((due, if is_broken { Output::Ending(Ending::Broken) } else { output }))
    }

    /// So many bytes of it have gone out now, or the ending has.
    pub(super) fn handle_sent(&mut self, direction: Direction, len: usize, now: Instant) {
        match self.next(direction) {
            Some((_, Output::Ending(Ending::Reset))) => self.reset(LinkEnd::Reset),
            Some((_, Output::Ending(Ending::Broken))) => self.reset(LinkEnd::Broken),
            Some((_, Output::Ending(Ending::Fin))) => self.finished[direction as usize] = true,
            Some((_, Output::Bytes(_))) | None => {}
        }
        self.lane_mut(direction).handle_sent(len, now);
        self.look_for_end();
    }

    /// Nothing more can be sent: the receiver has broken off.
    pub(super) fn handle_send_error(&mut self, direction: Direction) {
        self.failed[direction as usize] = true;
        self.lane_mut(direction).block();
        // Where the receiver has not ended its own stream, that will be broken off behind what it still holds.
        if self.finished[direction.other() as usize] {
            self.reset(LinkEnd::Broken);
        }
        self.look_for_end();
    }

    const fn reset(&mut self, kind: LinkEnd) {
        self.end = Some(End { is_reset: true, kind });
    }

    fn look_for_end(&mut self) {
        if self.end.is_none() && self.up.is_done() && self.down.is_done() {
            self.end = Some(End { is_reset: false, kind: LinkEnd::Closed });
        }
    }
}

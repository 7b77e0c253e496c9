//! One direction of a connection: what has come in, until it is due.

use std::collections::VecDeque;
use std::time::Duration;

use rgb_proto::Instant;

use super::flow::{Flow, Verdict};
use super::rules::LinkRules;

/// What has come in and not gone out, in order.
pub(super) struct Lane {
    flow: Flow,
    queue: VecDeque<Item>,
    /// What the queue takes of [`COST_MAX`](Self::COST_MAX).
    cost: usize,
    pub(super) intake: Intake,
    /// When the pause behind the last piece is over.
    free_at: Instant,
    pub(super) sent_bytes: u64,
    pub(super) corrupted: u64,
}

/// What happens to what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intake {
    /// It is to go out.
    Open,
    /// It goes nowhere.
    Silent,
    /// Nothing comes any more.
    Ended,
}

struct Item {
    due: Instant,
    what: What,
}

enum What {
    Piece { bytes: Vec<u8>, sent: usize, pause: Duration },
    Ending(Ending),
}

/// How a direction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With a FIN.
    Fin,
    /// The sender has broken the connection off.
    Broken,
    /// By a rule.
    Reset,
}

/// What is to go out next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output<'a> {
    Bytes(&'a [u8]),
    Ending(Ending),
}

impl Lane {
    /// The most that waits, so that a slow reader costs no more memory. Also what a long latency lets through: so much in
    /// each span of it.
    pub(super) const COST_MAX: usize = 256 * 1024;

    /// Of a piece besides its bytes.
    const PIECE_COST: usize = size_of::<Item>() + 32;

    pub(super) const fn new(flow: Flow) -> Self {
        Self {
            flow,
            queue: VecDeque::new(),
            cost: 0,
            intake: Intake::Open,
            free_at: Instant::ORIGIN,
            sent_bytes: 0,
            corrupted: 0,
        }
    }

    /// How many bytes there is room for; none means not to read.
    pub(super) fn room(&self, now: Instant) -> usize {
        match self.intake {
            Intake::Open => {
                let piece = self.flow.piece_max(now);
                let pieces = (Self::COST_MAX - self.cost.min(Self::COST_MAX)) / (piece + Self::PIECE_COST);
                (pieces * piece).min(LinkRules::PIECE_MAX)
            }
            Intake::Silent => LinkRules::PIECE_MAX,
            Intake::Ended => 0,
        }
    }

    /// Takes what has come, piece by piece. Tells whether the rules cut the direction on the way.
    pub(super) fn take(&mut self, mut bytes: &[u8], now: Instant) -> bool {
        while !bytes.is_empty() && self.intake == Intake::Open {
            let (piece, rest) = bytes.split_at(self.flow.piece_max(now).min(bytes.len()));
            bytes = rest;
            let mut piece = piece.to_vec();
            match self.flow.judge(&mut piece, now) {
                Verdict::Pass { due, is_corrupted, pause } => {
                    self.corrupted += u64::from(is_corrupted);
                    self.cost += piece.len() + Self::PIECE_COST;
                    self.queue.push_back(Item { due, what: What::Piece { bytes: piece, sent: 0, pause } });
                }
                Verdict::Reset { due } => self.close(Ending::Reset, due),
                Verdict::Cut => {
                    self.intake = Intake::Silent;
                    return true;
                }
            }
        }
        false
    }

    /// Takes the end of what comes. Tells whether the rules cut the direction instead.
    pub(super) fn end(&mut self, ending: Ending, now: Instant) -> bool {
        let is_open = self.intake == Intake::Open;
        self.intake = Intake::Ended;
        if !is_open {
            return false;
        }
        match self.flow.judge(&mut [], now) {
            Verdict::Pass { due, .. } => self.close(ending, due),
            Verdict::Reset { due } => self.close(Ending::Reset, due),
            Verdict::Cut => return true,
        }
        false
    }

    fn close(&mut self, ending: Ending, due: Instant) {
        self.intake = Intake::Ended;
        self.queue.push_back(Item { due, what: What::Ending(ending) });
    }

    /// What is to go out next, and when.
    pub(super) fn next(&self) -> Option<(Instant, Output<'_>)> {
        let Item { due, what } = self.queue.front()?;
        let output = match what {
            What::Piece { bytes, sent, .. } => Output::Bytes(&bytes[*sent..]),
            What::Ending(ending) => Output::Ending(*ending),
        };
        Some(((*due).max(self.free_at), output))
    }

    /// So many bytes of the next piece have gone out now, or the ending has.
    pub(super) fn handle_sent(&mut self, len: usize, now: Instant) {
        if let Some(Item { what: What::Piece { bytes, sent, pause }, .. }) = self.queue.front_mut() {
            *sent += len;
            self.sent_bytes += len as u64;
            if *sent < bytes.len() {
                return;
            }
            self.free_at = now + *pause;
            self.cost -= bytes.len() + Self::PIECE_COST;
        }
        self.queue.pop_front();
    }

    /// Nothing can go out any more; what comes still has to be read to its end.
    pub(super) fn block(&mut self) {
        self.queue.clear();
        self.cost = 0;
        if self.intake == Intake::Open {
            self.intake = Intake::Silent;
        }
    }

    /// Whether nothing comes and nothing is left to go out.
    pub(super) fn is_done(&self) -> bool {
        self.intake == Intake::Ended && self.queue.is_empty()
    }
}

//! What the rules and the seed decide. Nothing here reads a clock or touches a socket.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rgb_proto::Instant;

use super::rules::{Direction, LinkRules};

/// What is decided of a connection when it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) is_refused: bool,
    is_cut: bool,
    is_reset: bool,
}

impl Fate {
    /// The fate of the connection of this number, which opens now.
    pub(super) fn draw(rules: &LinkRules, seed: u64, connection: u64, now: Instant) -> Self {
        let mut rng = rng(seed, connection, Part::Connection);
        // Everything is drawn for every connection, so that no rule changes what becomes of another one.
        let [refuse, cut, reset] = std::array::from_fn(|_| rng.next_u32());
        Self {
            is_refused: rules.refuse.has(refuse) && rules.hold_at(now),
            is_cut: rules.cut.has(cut),
            is_reset: rules.reset.has(reset),
        }
    }
}

/// What becomes of a piece, or of the end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes out then.
    Pass { due: Instant, is_corrupted: bool, pause: Duration },
    /// Neither this nor anything behind it goes out.
    Cut,
    /// The connection is reset then.
    Reset { due: Instant },
}

/// One direction of one connection, as the rules see it.
pub(super) struct Flow {
    /// None where they do not concern the direction.
    rules: Option<LinkRules>,
    cut_after: Option<u64>,
    reset_after: Option<u64>,
    rng: ChaCha8Rng,
    passed: u64,
    /// Until when the limited rate is used up, in nanoseconds.
    busy_until: u64,
    last_due: Instant,
}

impl Flow {
    pub(super) fn new(rules: &LinkRules, fate: Fate, seed: u64, connection: u64, direction: Direction) -> Self {
        let concerned = rules.concern(direction);
        Self {
            rules: concerned.then_some(*rules),
            cut_after: (concerned && fate.is_cut).then_some(rules.cut_after),
            reset_after: (concerned && fate.is_reset).then_some(rules.reset_after),
            rng: rng(seed, connection, direction.into()),
            passed: 0,
            busy_until: 0,
            last_due: Instant::ORIGIN,
        }
    }

    /// The most bytes that the next piece may have, at least 1.
    pub(super) fn piece_max(&self, now: Instant) -> usize {
        let slice = self.rules_at(now).and_then(|rules| rules.slice).map(|slice| usize::from(slice.get()));
        // A piece ends where something happens behind it.
        let ends = [self.cut_after, self.reset_after].into_iter().flatten();
        let left =
            ends.filter_map(|after| usize::try_from(after.checked_sub(self.passed)?).ok()).filter(|&left| left > 0);
        left.chain(slice).fold(LinkRules::PIECE_MAX, usize::min)
    }

    /// Decides about a piece no longer than [`piece_max`](Self::piece_max), which is changed where a bit flips; an empty one
    /// is the end of the stream.
    pub(super) fn judge(&mut self, piece: &mut [u8], now: Instant) -> Verdict {
        // Drawn whether needed or not: what becomes of a piece depends on its number alone.
        let [corrupt, bit, jitter] = std::array::from_fn(|_| self.rng.next_u32());
        let Some(rules) = self.rules_at(now) else {
            self.passed += piece.len() as u64;
            self.last_due = self.last_due.max(now);
            return Verdict::Pass { due: self.last_due, is_corrupted: false, pause: Duration::ZERO };
        };
        let reached = |after: Option<u64>| after.is_some_and(|after| self.passed >= after);
        let (is_reset, is_cut) = (reached(self.reset_after), reached(self.cut_after));
        if is_cut && !is_reset {
            return Verdict::Cut;
        }
        let due = self.due(&rules, piece.len(), jitter, now);
        if is_reset {
            return Verdict::Reset { due };
        }
        let is_corrupted = !piece.is_empty() && rules.corrupt.has(corrupt);
        if is_corrupted {
            let bit = scaled(bit, piece.len() as u64 * 8) as usize;
            piece[bit / 8] ^= 1 << (bit % 8);
        }
        self.passed += piece.len() as u64;
        let pause = if rules.slice.is_some() { LinkRules::SLICE_PAUSE } else { Duration::ZERO };
        Verdict::Pass { due, is_corrupted, pause }
    }

    fn due(&mut self, rules: &LinkRules, len: usize, jitter: u32, now: Instant) -> Instant {
        let mut due = now;
        if let Some(rate) = rules.rate {
            let start = self.busy_until.max(now.as_micros().saturating_mul(1_000));
            self.busy_until = start.saturating_add(rate.nanos_for(len));
            due = Instant::from_micros(self.busy_until.div_ceil(1_000));
        }
        let jitter = Duration::from_micros(scaled(jitter, rules.jitter.as_micros() as u64));
        self.last_due = self.last_due.max(due + rules.latency + jitter);
        self.last_due
    }

    fn rules_at(&self, now: Instant) -> Option<LinkRules> {
        self.rules.filter(|rules| rules.hold_at(now))
    }
}

/// An evenly drawn number, below `end` instead of below 2^32.
fn scaled(drawn: u32, end: u64) -> u64 {
    ((u128::from(end) * u128::from(drawn)) >> 32) as u64
}

/// Who draws: each has a stream of its own, so that nothing depends on which direction is quicker.
#[derive(Clone, Copy)]
enum Part {
    Connection,
    Up,
    Down,
}

impl From<Direction> for Part {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Up => Self::Up,
            Direction::Down => Self::Down,
        }
    }
}

fn rng(seed: u64, connection: u64, part: Part) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(connection << 2 | part as u64);
    rng
}

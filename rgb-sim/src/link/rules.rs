//! What a link does to the connections that pass it.

use std::num::NonZeroU16;
use std::time::Duration;

use rgb_proto::Instant;

use super::units::{BitRate, Share};

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the upstream.
    Up,
    /// From the upstream to the client.
    Down,
}

impl Direction {
    pub(super) const BOTH: [Self; 2] = [Self::Up, Self::Down];

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// What a link does to connections. The default does nothing: bytes pass as they come.
///
/// A *piece* is what one read of a connection gives, no longer than [`PIECE_MAX`](Self::PIECE_MAX) nor than `slice`. It goes
/// out in one write.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkRules {
    /// Only this way; both unless set. To refuse a connection has no direction.
    pub direction: Option<Direction>,
    /// How much later each piece, and the end of the stream, goes out. To open a connection takes no longer.
    pub latency: Duration,
    /// Up to how much later still, drawn evenly for each piece; none overtakes another.
    pub jitter: Duration,
    /// The most that gets through; no limit unless set.
    pub rate: Option<BitRate>,
    /// The most bytes of a piece. Where it is set, a pause behind each piece lets the peer read it by itself.
    pub slice: Option<NonZeroU16>,
    /// The share of pieces of which one bit is flipped.
    pub corrupt: Share,
    /// The share of connections that fall silent: nothing gets through any more, not even an end, but they stay open. With
    /// both directions, one that falls silent takes the other with it.
    pub cut: Share,
    /// How many bytes of each direction get through before.
    pub cut_after: u64,
    /// The share of connections that are reset, on both sides. It comes before a cut at the same place.
    pub reset: Share,
    /// How many bytes of each direction get through before.
    pub reset_after: u64,
    /// The share of connections that are closed as soon as they are opened.
    pub refuse: Share,
    /// When the rules begin to hold, from the start of the link.
    pub from: Duration,
    /// When they end to; never unless set. What was cut stays so.
    pub until: Option<Duration>,
}

impl LinkRules {
    /// The most bytes of a piece: as many as fit into one segment of TCP over Ethernet or WiFi.
    pub const PIECE_MAX: usize = 1460;

    /// Behind a piece of a `slice`: long enough for a busy peer to read it before the next one comes.
    pub const SLICE_PAUSE: Duration = Duration::from_millis(5);

    /// Whether the rules hold then, by a clock that was started with the link.
    pub(super) fn hold_at(&self, now: Instant) -> bool {
        let run = now.saturating_duration_since(Instant::ORIGIN);
        self.from <= run && self.until.is_none_or(|until| run < until)
    }

    pub(super) fn concern(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|only| only == direction)
    }
}

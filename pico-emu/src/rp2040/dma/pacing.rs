//! What paces a channel: requests from the blocks of the chip, and the DMA's own timers (RP2040 datasheet, 2.5.3).

use crate::rp2040::edges::Rate;

/// The numbers of `TREQ_SEL` behind those of the chip's blocks: the timers, and no pacing at all.
pub(super) const TIMER0: u32 = 0x3b;
pub(super) const TIMER3: u32 = 0x3e;
pub(super) const PERMANENT: u32 = 0x3f;

/// A transfer request, as it is at some cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rp2040) enum Dreq {
    /// A FIFO.
    Level {
        /// How many transfers it takes or gives now.
        ready: u32,
        /// The first cycle in which that may be different by itself, without an access or a PIO program;
        /// [`u64::MAX`] if there is none.
        until: u64,
    },
    /// Something that asks for one transfer each time that it happens.
    Pulses {
        /// How often it has happened.
        count: u64,
        /// The cycle in which it happens next; [`u64::MAX`] if there is none.
        next: u64,
    },
}

impl Dreq {
    /// Nobody asks.
    pub(in crate::rp2040) const NONE: Self = Self::Level { ready: 0, until: u64::MAX };

    /// So many transfers, until somebody changes that.
    pub(in crate::rp2040) const fn ready(count: usize) -> Self {
        Self::Level { ready: count as u32, until: u64::MAX }
    }

    /// When to look at it again.
    pub(super) const fn next(self) -> u64 {
        match self {
            Self::Level { until, .. } => until,
            Self::Pulses { next, .. } => next,
        }
    }
}

/// The rate that a timer's register asks for: X requests in Y cycles, and at most one a cycle.
pub(super) fn rate(register: u32) -> Rate {
    let (x, y) = (u64::from(register >> 16), u64::from(register & 0xffff));
    if y == 0 { Rate::STOPPED } else { Rate { edges: x.min(y), cycles: y } }
}

//! The line to the receiver: the levels that somebody puts on it.

use std::collections::VecDeque;

use super::format::UartFormat;

/// The clock of a receiver ticks so often in a bit.
pub(super) const TICKS_PER_BIT: u64 = 16;

/// How long a sender's bits last, by the receiver's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitTime {
    ticks: u64,
    /// In so many bits.
    bits: u64,
}

impl BitTime {
    /// The sender has the receiver's clock.
    pub(super) const OWN: Self = Self { ticks: TICKS_PER_BIT, bits: 1 };

    /// The sender has another baud rate, while the receiver's ticks come at `tick_rate.0` in `tick_rate.1` seconds.
    pub(super) fn at(baud: u32, tick_rate: (u64, u64)) -> Self {
        Self { ticks: tick_rate.0, bits: tick_rate.1 * u64::from(baud) }
    }

    /// The ticks until so many bits have passed, rounded up.
    fn ticks(self, bits: u64) -> u64 {
        let ticks = (u128::from(bits) * u128::from(self.ticks)).div_ceil(u128::from(self.bits));
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    /// The bit in which a tick is.
    fn bit(self, ticks: u64) -> u64 {
        let bit = u128::from(ticks) * u128::from(self.bits) / u128::from(self.ticks);
        u64::try_from(bit).unwrap_or(u64::MAX)
    }
}

/// Bits that follow each other without a gap.
#[derive(Clone, Debug)]
struct Burst {
    start: u64,
    bit_time: BitTime,
    bits: Vec<bool>,
}

impl Burst {
    fn end(&self) -> u64 {
        self.start + self.bit_time.ticks(self.bits.len() as u64)
    }

    fn bit_at(&self, tick: u64) -> usize {
        usize::try_from(self.bit_time.bit(tick.saturating_sub(self.start))).unwrap_or(usize::MAX)
    }

    /// The tick of the first falling edge that is not before a tick. The line is high before the burst.
    fn falling_edge(&self, from: u64) -> Option<u64> {
        let high_before = |bit: usize| bit == 0 || self.bits[bit - 1];
        let falls = (self.bit_at(from)..self.bits.len()).filter(|&bit| !self.bits[bit] && high_before(bit));
        falls.map(|bit| self.start + self.bit_time.ticks(bit as u64)).find(|&tick| tick >= from)
    }
}

/// What is on the line, and will be. It is high in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    bursts: VecDeque<Burst>,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self { bursts: VecDeque::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bursts.is_empty()
    }

    /// Appends characters, from a tick on if the line is free by then.
    pub(super) fn send(&mut self, from: u64, characters: &[u8], format: &UartFormat, bit_time: BitTime) {
        let bits = characters.iter().flat_map(|&character| format.levels(character)).collect();
        self.append(from, bits, bit_time);
    }

    /// Appends a time in which the line is low.
    pub(super) fn send_break(&mut self, from: u64, bits: u64, bit_time: BitTime) {
        let low = usize::try_from(bits).expect("a break lasts two characters");
        // It ends with the line being high, so that what comes next begins with an edge.
        let bits = std::iter::repeat_n(false, low).chain([true]).collect();
        self.append(from, bits, bit_time);
    }

    fn append(&mut self, from: u64, bits: Vec<bool>, bit_time: BitTime) {
        let start = self.bursts.back().map_or(from, |last| last.end().max(from));
        self.bursts.push_back(Burst { start, bit_time, bits });
    }

    /// The tick of the first falling edge that is not before a tick.
    pub(super) fn falling_edge(&self, from: u64) -> Option<u64> {
        self.bursts.iter().find_map(|burst| burst.falling_edge(from))
    }

    pub(super) fn level(&self, tick: u64) -> bool {
        let burst = self.bursts.iter().rev().find(|burst| burst.start <= tick);
        burst.and_then(|burst| burst.bits.get(burst.bit_at(tick)).copied()).unwrap_or(true)
    }

    /// Forgets what ended before a tick.
    pub(super) fn forget(&mut self, tick: u64) {
        while self.bursts.front().is_some_and(|burst| burst.end() <= tick) {
            self.bursts.pop_front();
        }
    }
}

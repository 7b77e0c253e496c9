//! Chance, from a seed.

use std::time::Duration;

use rand::Rng;
use rand::rngs::ChaCha8Rng;

use crate::source::named_rng;

/// What is left to chance in one part of a scenario. What one part draws changes nothing in the others.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, part: &str) -> Self {
        Self(named_rng(seed, part.as_bytes()))
    }

    /// A number below so many, each equally likely.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.0.next_u32()) * count as u64) >> 32) as usize
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub(super) fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    /// A span from one to the other, in milliseconds.
    pub(super) fn millis(&mut self, [least, most]: [usize; 2]) -> Duration {
        Duration::from_millis((least + self.below(most - least + 1)) as u64)
    }
}

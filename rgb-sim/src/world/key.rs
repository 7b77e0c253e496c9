//! The order of things in one number.

use rgb_proto::Instant;

/// A time, a place among things of the same time, and whose it is: compared in this order, at the cost of one comparison.
///
/// There is room for 142 years, 2^50 events and 2^26 things or hosts at a time. What is due later than that never happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    const SEQUENCE_BITS: u32 = 50;
    const INDEX_BITS: u32 = 26;
    const MICROS_MAX: u64 = (1 << (128 - Self::SEQUENCE_BITS - Self::INDEX_BITS)) - 1;

    /// Behind every other one.
    pub(super) const NEVER: Self = Self(u128::MAX);

    pub(super) const fn new(at: Instant, sequence: u64, index: usize) -> Self {
        assert!(index < 1 << Self::INDEX_BITS, "more things at a time than any memory holds");
        let micros = if at.as_micros() < Self::MICROS_MAX { at.as_micros() } else { Self::MICROS_MAX };
        let place = (sequence as u128) << Self::INDEX_BITS | index as u128;
        Self((micros as u128) << (Self::SEQUENCE_BITS + Self::INDEX_BITS) | place)
    }

    pub(super) const fn at(self) -> Instant {
        Instant::from_micros((self.0 >> (Self::SEQUENCE_BITS + Self::INDEX_BITS)) as u64)
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize & ((1 << Self::INDEX_BITS) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_before_sequence_and_sequence_before_index() {
        let key = |micros, sequence, index| Key::new(Instant::from_micros(micros), sequence, index);
        let keys = [
            key(0, 0, 7),
            key(0, 1, 3),
            key(1, 0, (1 << 26) - 1),
            key(1, (1 << 50) - 1, 0),
            key(2, 0, 0),
            key(u64::MAX, 0, 0),
            Key::NEVER,
        ];
        assert!(keys.is_sorted_by(|one, other| one < other));
        assert_eq!((keys[2].at(), keys[2].index()), (Instant::from_micros(1), (1 << 26) - 1));
    }
}

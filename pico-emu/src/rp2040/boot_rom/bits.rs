//! The bit functions, with the cycles that the datasheet gives for them (RP2040 datasheet, 2.8.3.1.1).

use super::Duration;

pub(super) const fn popcount32(value: u32) -> (u32, Duration) {
    (value.count_ones(), Duration::Cycles(18))
}

pub(super) const fn reverse32(value: u32) -> (u32, Duration) {
    (value.reverse_bits(), Duration::Cycles(21))
}

pub(super) const fn clz32(value: u32) -> (u32, Duration) {
    (value.leading_zeros(), Duration::Cycles(13))
}

pub(super) const fn ctz32(value: u32) -> (u32, Duration) {
    (value.trailing_zeros(), Duration::Cycles(12))
}

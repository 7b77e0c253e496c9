//! Shares and bit rates, which cannot be out of their range.

use std::fmt;
use std::str::FromStr;

/// A share, from none to all: `0.05`, `5%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

/// A number or a text that is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a share from 0 to 1 or from 0% to 100%, such as 0.05 or 5%")]
pub struct ShareError;

impl Share {
    /// None of them.
    pub const NONE: Self = Self(0.0);
    /// All of them.
    pub const ALL: Self = Self(1.0);

    /// This part of one.
    ///
    /// # Errors
    ///
    /// [`ShareError`] when it is not from 0 to 1.
    pub fn new(share: f64) -> Result<Self, ShareError> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(ShareError) }
    }

    /// The share as a number from 0 to 1.
    #[must_use]
    pub const fn of_one(self) -> f64 {
        self.0
    }

    /// Whether an evenly drawn number falls into the share.
    pub(super) fn has(self, drawn: u32) -> bool {
        f64::from(drawn) < self.0 * 4_294_967_296.0
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let (number, whole) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), 100.0),
            None => (text, 1.0),
        };
        let number: f64 = number.parse().map_err(|_| ShareError)?;
        Self::new(number / whole)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0 * 100.0)
    }
}

/// How fast a link is, in bits a second: `9600`, `64k`, `1.5M`, `1G`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BitRate(u64);

/// A number or a text that is no bit rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be from 100 to 10G bits a second, such as 9600, 64k or 1.5M")]
pub struct BitRateError;

impl BitRate {
    const MIN: u64 = 100;
    const MAX: u64 = 10_000_000_000;

    /// So many bits a second.
    ///
    /// # Errors
    ///
    /// [`BitRateError`] below 100 and above ten thousand million.
    pub const fn new(bits_per_s: u64) -> Result<Self, BitRateError> {
        match bits_per_s {
            Self::MIN..=Self::MAX => Ok(Self(bits_per_s)),
            _ => Err(BitRateError),
        }
    }

    /// How many bits a second.
    #[must_use]
    pub const fn bits_per_s(self) -> u64 {
        self.0
    }

    /// How long so many bytes take, in nanoseconds.
    pub(super) const fn nanos_for(self, bytes: usize) -> u64 {
        (bytes as u64 * 8).saturating_mul(1_000_000_000).div_ceil(self.0)
    }
}

impl FromStr for BitRate {
    type Err = BitRateError;

    fn from_str(text: &str) -> Result<Self, BitRateError> {
        let (number, unit) = match text.char_indices().last() {
            Some((at, 'k' | 'K')) => (&text[..at], 1e3),
            Some((at, 'M')) => (&text[..at], 1e6),
            Some((at, 'G')) => (&text[..at], 1e9),
            _ => (text, 1.0),
        };
        let number: f64 = number.parse().map_err(|_| BitRateError)?;
        // What is no number of bits becomes 0 or the largest one, and neither is in the range.
        Self::new((number * unit).round() as u64)
    }
}

impl fmt::Display for BitRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bit/s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_parts_and_as_percentages() {
        for (text, share) in [("0", 0.0), ("1", 1.0), ("0.05", 0.05), ("5%", 0.05), ("100%", 1.0), ("2.5 %", 0.025)] {
            assert_eq!(text.parse(), Share::new(share), "{text}");
        }
        for text in ["", "%", "-0.1", "1.01", "101%", "5 percent", "NaN", "inf"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError), "{text}");
        }
    }

    #[test]
    fn none_has_no_number_and_all_has_each() {
        for drawn in [0, 1, u32::MAX] {
            assert!(!Share::NONE.has(drawn) && Share::ALL.has(drawn), "{drawn}");
        }
        let half = Share(0.5);
        assert!(half.has(u32::MAX / 2) && !half.has(u32::MAX / 2 + 1));
    }

    #[test]
    fn bit_rates_are_read_with_and_without_a_unit() {
        for (text, rate) in [("100", 100), ("9600", 9_600), ("64k", 64_000), ("1.5M", 1_500_000), ("10G", BitRate::MAX)]
        {
            assert_eq!(text.parse(), Ok(BitRate(rate)), "{text}");
        }
        for text in ["", "k", "0", "99", "-64k", "10.1G", "64 kbit", "64m", "NaN", "inf", "é"] {
            assert_eq!(text.parse::<BitRate>(), Err(BitRateError), "{text}");
        }
    }

    #[test]
    fn a_byte_takes_eight_bits_of_the_rate() {
        assert_eq!(BitRate(8_000).nanos_for(1), 1_000_000);
        assert_eq!(BitRate(BitRate::MAX).nanos_for(1460), 1_168);
        assert_eq!(BitRate(BitRate::MIN).nanos_for(usize::MAX / 8), u64::MAX.div_ceil(100));
    }
}

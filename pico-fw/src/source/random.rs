//! Random colours.

use rgb_proto::{Name, Rgb};

use super::Source;

/// Each component drawn evenly from 0 to 255, as in the tutorial. The same seed gives the same colours.
///
/// The generator is PCG32 (O'Neill, HMC-CS-2014-0905), in which every odd increment is a sequence of its own.
#[derive(Clone, Debug)]
pub struct Random {
    seed: u64,
    state: u64,
    increment: u64,
}

impl Random {
    const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

    /// The colours of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self::with_sequence(seed, 0)
    }

    const fn with_sequence(seed: u64, sequence: u64) -> Self {
        let increment = (sequence << 1) | 1;
        let state = increment.wrapping_add(seed).wrapping_mul(Self::MULTIPLIER).wrapping_add(increment);
        Self { seed, state, increment }
    }

    fn next_u32(&mut self) -> u32 {
        let state = self.state;
        self.state = state.wrapping_mul(Self::MULTIPLIER).wrapping_add(self.increment);
        let xor_shifted = (((state >> 18) ^ state) >> 27) as u32;
        xor_shifted.rotate_right((state >> 59) as u32)
    }
}

impl Source for Random {
    fn next_color(&mut self) -> Rgb {
        let [r, g, b, _] = self.next_u32().to_le_bytes();
        Rgb::new(r, g, b)
    }

    fn stream_for(&self, client: &Name) -> Option<Self> {
        // FNV-1a; sequence 0 is the shared stream's, and no short name's.
        let sequence = client.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Some(Self::with_sequence(self.seed, sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The demonstration that comes with the generator's reference implementation: seed 42, sequence 54.
    #[test]
    fn the_generator_is_pcg32() {
        let mut random = Random::with_sequence(42, 54);
        let numbers = [(); 6].map(|()| random.next_u32());
        assert_eq!(numbers, [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293, 0xbfa4_784b, 0xcbed_606e]);
    }
}

//! Numbers that nobody can foresee.

use embassy_rp::clocks::RoscRng;

/// A seed from the jitter of the ring oscillator.
///
/// Its single bits are neither even nor independent (RP2040 data sheet, 2.17), so many of them make one.
pub(crate) fn seed() -> u64 {
    (0..128).fold(0, |seed: u64, _| mixed(seed ^ u64::from(RoscRng::next_u8())))
}

/// A generator of uniformly drawn numbers.
#[derive(Clone, Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) const fn draw(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mixed(self.0) >> 32) as u32
    }
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
const fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

//! Numbers from a seed: `SplitMix64`.

/// A stream of numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// The bit `place`, or nothing.
    pub(crate) fn bit(&mut self, place: u32) -> u16 {
        (self.below(2) as u16) << place
    }

    /// Any word, but often one at an edge.
    pub(crate) fn interesting_word(&mut self) -> u32 {
        let word = self.next() as u32;
        match self.below(8) {
            0 => 0,
            1 => u32::MAX,
            2 => 1 << 31,
            3 => u32::MAX >> 1,
            // What shifts by a register are interested in.
            4 => word % 70,
            5 => word & 0xff,
            _ => word,
        }
    }
}

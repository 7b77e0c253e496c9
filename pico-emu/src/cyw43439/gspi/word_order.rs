//! The order of a word's bytes on the wire.

/// In which order the four bytes of a word are clocked, each with its highest bit first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordOrder {
    /// The lower half first, each half with its high byte first: words of 16 bits, little endian. So it is after power-up.
    HalvesSwapped,
    /// The highest byte first: words of 32 bits, little endian.
    HighestFirst,
    /// The lowest byte first, as the word lies in the host's memory: big endian.
    LowestFirst,
}

impl WordOrder {
    /// The value of a word whose first bit on the wire is its highest here, and the other way around.
    pub(crate) const fn convert(self, word: u32) -> u32 {
        match self {
            Self::HalvesSwapped => word.rotate_left(16),
            Self::HighestFirst => word,
            Self::LowestFirst => word.swap_bytes(),
        }
    }
}

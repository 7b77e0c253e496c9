//! What a history does to its networks.

use rgb_proto::Instant;

/// What a network does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    Fine,
    NotFound,
    WrongPassphrase,
    /// The driver's join never returns.
    JoinHangs,
    NoAddress,
    /// The link claims to be up, and nothing comes through.
    Dead,
    /// The link is lost again and again.
    LinkFlaps,
    /// Addresses are taken away again and again.
    AddressFlaps,
    ServerOff,
}

impl Weather {
    pub(crate) const FOUL: [Self; 8] = [
        Self::NotFound,
        Self::WrongPassphrase,
        Self::JoinHangs,
        Self::NoAddress,
        Self::Dead,
        Self::LinkFlaps,
        Self::AddressFlaps,
        Self::ServerOff,
    ];
}

/// A small generator, so that a history is its seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u32 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit
    }
}

/// One network of a history, with its own weather.
pub(crate) struct Air {
    pub(crate) weather: Weather,
    /// When another weather comes.
    pub(crate) changes: Instant,
    /// Whether its gateway answers probes. Some drop all that they do not expect.
    pub(crate) gateway_answers: bool,
}

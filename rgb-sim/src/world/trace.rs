//! A fingerprint of everything that happened.

use rgb_proto::Instant;

/// Grows with each event. Two runs with the same fingerprint did the same, but for a chance of about 2^-64.
///
/// Each event goes in as words of 64 bits: the time in microseconds; the kind of the event times 2^32, plus the host's
/// number; and what belongs to it. Bytes go in as their number, and then eight at a time, the first one lowest, with zeros
/// behind the last. A word is mixed in by an exclusive or and a multiplication with an odd number (Knuth's, 2^64 divided by
/// the golden ratio); before each event the upper half is added to the lower one by an exclusive or. Each of these can be
/// undone, so two traces that differ in one word never have the same fingerprint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace(u64);

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// A frame left a card; its bytes follow.
    Sent = 1,
    /// A frame arrived at a card; its length follows.
    Arrived = 2,
    /// A radio reported something; its number follows.
    Reported = 3,
}

impl Trace {
    pub(super) const fn new() -> Self {
        Self(0)
    }

    /// The fingerprint so far.
    pub(super) const fn hash(self) -> u64 {
        self.0
    }

    pub(super) const fn event(&mut self, at: Instant, what: What, node: u32) {
        self.0 ^= self.0 >> 32;
        self.word(at.as_micros());
        self.word((what as u64) << 32 | node as u64);
    }

    pub(super) const fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(bytes: &[u8]) -> u64 {
        let mut trace = Trace::new();
        trace.event(Instant::from_millis(1), What::Sent, 7);
        trace.bytes(bytes);
        trace.hash()
    }

    /// Fingerprints are compared between machines and written down: a change here breaks all of them.
    #[test]
    fn this_event_has_this_fingerprint_on_every_machine() {
        assert_eq!(hash(b"0123456789"), 0xa06c_b29c_15ec_2af5);
    }

    #[test]
    fn every_bit_counts() {
        let bytes = [0x5a; 19];
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes;
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(hash(&other), hash(&bytes), "bit {bit}");
        }
        assert_ne!(hash(&[0; 19]), hash(&[0; 20]));
    }
}

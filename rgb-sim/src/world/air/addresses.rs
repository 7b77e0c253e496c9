//! Whose a hardware address is.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::node::NodeId;

/// Hosts by their hardware addresses. It is asked for each frame, and never walked through, so it needs no order.
#[derive(Default)]
pub(super) struct Addresses(HashMap<u64, NodeId, BuildHasherDefault<Multiply>>);

impl Addresses {
    /// Of hosts with the same address the last one has it.
    pub(super) fn insert(&mut self, address: [u8; 6], node: NodeId) {
        self.0.insert(number(address), node);
    }

    pub(super) fn get(&self, address: [u8; 6]) -> Option<NodeId> {
        self.0.get(&number(address)).copied()
    }
}

const fn number([a, b, c, d, e, f]: [u8; 6]) -> u64 {
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
}

/// Hashes one number, by a multiplication with 2^64 divided by the golden ratio.
#[derive(Default)]
struct Multiply(u64);

impl Hasher for Multiply {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, number: u64) {
        let product = u128::from(number) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_is_found_by_its_address() {
        let address = |number: u32| {
            let [a, b, c, d] = number.to_be_bytes();
            [2, 0, a, b, c, d]
        };
        let mut addresses = Addresses::default();
        for number in 0..1000 {
            addresses.insert(address(number), NodeId(number));
        }
        assert!((0..1000).all(|number| addresses.get(address(number)) == Some(NodeId(number))));
        assert_eq!(addresses.get(address(1000)), None);
    }
}

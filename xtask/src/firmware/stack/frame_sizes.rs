//! The section `.stack_sizes`, which the compiler writes with `-Z emit-stack-sizes`.

use std::collections::BTreeMap;

/// The sizes of frames by the functions' addresses: of each function a word, and a number in LEB128.
pub(super) fn parse(mut section: &[u8]) -> BTreeMap<u32, u64> {
    let mut sizes = BTreeMap::new();
    while let Some((&address, rest)) = section.split_first_chunk() {
        let Some(len) = rest.iter().position(|byte| byte & 0x80 == 0) else { break };
        let (number, rest) = rest.split_at(len + 1);
        let size = number.iter().rev().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
        // The lowest bit of the address tells Thumb code. Of merged functions the largest counts.
        let largest = sizes.entry(u32::from_le_bytes(address) & !1).or_insert(0);
        *largest = size.max(*largest);
        section = rest;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_have_several_bytes() {
        let section = [0x01, 0x01, 0, 0x10, 0x08, 0x21, 0x01, 0, 0x10, 0xe5, 0x8e, 0x26];
        assert_eq!(parse(&section), [(0x1000_0100, 8), (0x1000_0120, 624_485)].into());
    }

    #[test]
    fn incomplete_record_ends_the_section() {
        assert_eq!(parse(&[1, 0, 0, 0x10, 0x80]), [].into());
        assert_eq!(parse(&[1, 0, 0]), [].into());
    }
}

//! What is written is what is read, here and by a reader of others.

use std::collections::BTreeMap;

use pico_uf2::{Chip, FLASH_START, PAGE_LEN, Segment};
use proptest::prelude::*;

/// Gaps and bytes: segments that lie one behind the other.
fn parts() -> impl Strategy<Value = Vec<(u32, Vec<u8>)>> {
    prop::collection::vec((0..9000_u32, prop::collection::vec(any::<u8>(), 1..700)), 1..6)
}

fn segments(parts: &[(u32, Vec<u8>)]) -> Vec<Segment<'_>> {
    let mut at = FLASH_START;
    let mut segments = Vec::new();
    for (gap, bytes) in parts {
        segments.push(Segment { address: at + gap, bytes });
        at += gap + u32::try_from(bytes.len()).expect("parts are short");
    }
    segments
}

proptest! {
    #[test]
    fn what_is_written_is_read(parts in parts(), chip in prop::sample::select(Chip::ALL.as_slice())) {
        let segments = segments(&parts);
        let image = pico_uf2::decode(&pico_uf2::encode(&segments, chip).unwrap()).unwrap();
        prop_assert_eq!(image.chip(), Some(chip));
        let read: BTreeMap<u32, u8> = image.pages().flat_map(|(address, page)| (address..).zip(page.iter().copied())).collect();
        let mut written = BTreeMap::new();
        for segment in &segments {
            written.extend((segment.address..).zip(segment.bytes.iter().copied()));
        }
        for (address, byte) in &read {
            prop_assert_eq!(*byte, written.remove(address).unwrap_or(0), "at {:#x}", address);
        }
        prop_assert!(written.is_empty());
    }

    #[test]
    fn both_readers_read_the_same(parts in parts(), chip in prop::sample::select(Chip::ALL.as_slice())) {
        let file = pico_uf2::encode(&segments(&parts), chip).unwrap();
        let image = pico_uf2::decode(&file).unwrap();
        let (theirs, families) = uf2_decode::convert_from_uf2(&file).unwrap();
        prop_assert_eq!(families.into_keys().collect::<Vec<_>>(), [image.family()]);
        let (first, _) = image.pages().next().unwrap();
        let (last, _) = image.pages().last().unwrap();
        prop_assert_eq!(theirs.len(), (last - first) as usize + PAGE_LEN);
        for (address, page) in image.pages() {
            prop_assert_eq!(&theirs[(address - first) as usize..][..PAGE_LEN], page);
        }
    }

    #[test]
    fn the_order_of_the_blocks_does_not_matter(parts in parts(), order in any::<prop::sample::Index>()) {
        let file = pico_uf2::encode(&segments(&parts), Chip::Rp2040).unwrap();
        let mut blocks: Vec<&[u8]> = file.chunks(512).collect();
        let middle = order.index(blocks.len());
        blocks.rotate_left(middle);
        prop_assert_eq!(pico_uf2::decode(&blocks.concat()), pico_uf2::decode(&file));
    }

    #[test]
    fn every_cut_is_noticed(parts in parts(), cut in any::<prop::sample::Index>()) {
        let file = pico_uf2::encode(&segments(&parts), Chip::Rp2040).unwrap();
        prop_assert!(pico_uf2::decode(&file[..cut.index(file.len())]).is_err());
    }

    #[test]
    fn no_bytes_are_too_strange(mut file in prop::collection::vec(any::<u8>(), 0..2000), blocks in 0..4_usize) {
        // Magic numbers let the rest of a block be looked at.
        file.resize(file.len().max(blocks * 512), 0x20);
        for block in file.chunks_exact_mut(512).take(blocks) {
            block[..8].copy_from_slice(b"UF2\n\x57\x51\x5d\x9e");
            block[508..].copy_from_slice(b"\x30\x6f\xb1\x0a");
        }
        let _ = pico_uf2::decode(&file);
    }
}

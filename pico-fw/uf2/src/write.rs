//! An image as a file.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::block::{BLOCK_LEN, Block, Page};
use crate::{Chip, PAGE_LEN};

/// The flash memory is erased in sectors of this many bytes.
const SECTOR_LEN: u32 = 4096;

const PAGE_LEN_U32: u32 = PAGE_LEN as u32;

/// Bytes of an image, and where in flash memory they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Where the first byte lies, for the processor.
    pub address: u32,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// An image that cannot be a UF2 file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A segment that the flash memory has no place for.
    #[error(
        "{length} bytes at {address:#010x} lie outside the {chip}'s flash memory, {:#010x} to {:#010x}; \
         check memory.x and that the image is for this chip",
        flash.start, flash.end - 1
    )]
    OutsideFlash {
        /// The chip.
        chip: Chip,
        /// Where the segment begins.
        address: u32,
        /// Its length in bytes.
        length: usize,
        /// The chip's flash memory.
        flash: Range<u32>,
    },
    /// Two segments with a byte for the same address.
    #[error("two segments of the image hold the byte at {address:#010x}; check memory.x and the linker scripts")]
    Overlap {
        /// The first such address.
        address: u32,
    },
    /// No segment, or none with a byte.
    #[error("the image holds nothing to write")]
    Empty,
}

/// Makes a UF2 file of an image's segments.
///
/// Holes in a page are zeros. A sector that the image begins in is written up to its end or the image's: by its erratum
/// E14 the RP2040's loader may mix up sectors of which pages are missing before or between others.
///
/// The RP2350's erratum E10, that its first revision takes no such file when the flash memory holds a partition table,
/// is left alone. The block which picotool writes against it would be written near the end of a smaller flash memory
/// too, where the board may keep its settings; a board without a partition table does not need it.
///
/// # Errors
///
/// [`WriteError`] when the segments do not fit into the chip's flash memory, or not beside each other.
pub fn encode(segments: &[Segment<'_>], chip: Chip) -> Result<Vec<u8>, WriteError> {
    let pages = pages(segments, chip)?;
    let count = u32::try_from(pages.len()).expect("flash memory is smaller than the address space");
    let mut file = Vec::with_capacity(pages.len() * BLOCK_LEN);
    for (number, (address, page)) in (0..).zip(pages) {
        let block = Block {
            flags: Block::FLAG_FAMILY_ID,
            address,
            payload_len: PAGE_LEN_U32,
            number,
            count,
            family: chip.uf2_family(),
            page,
            tag: 0,
        };
        file.extend(block.to_bytes());
    }
    Ok(file)
}

/// The pages to write, by address.
fn pages(segments: &[Segment<'_>], chip: Chip) -> Result<BTreeMap<u32, Page>, WriteError> {
    let flash = chip.flash();
    let mut segments: Vec<_> = segments.iter().filter(|segment| !segment.bytes.is_empty()).collect();
    segments.sort_by_key(|segment| segment.address);
    let mut pages = BTreeMap::new();
    let mut previous_end = 0;
    for &Segment { address, bytes } in segments {
        let end = u64::from(address) + bytes.len() as u64;
        if address < flash.start || end > u64::from(flash.end) {
            return Err(WriteError::OutsideFlash { chip, address, length: bytes.len(), flash });
        }
        if u64::from(address) < previous_end {
            return Err(WriteError::Overlap { address });
        }
        previous_end = end;
        for (at, byte) in (address..).zip(bytes) {
            let page: &mut Page = pages.entry(at - at % PAGE_LEN_U32).or_insert([0; PAGE_LEN]);
            page[at as usize % PAGE_LEN] = *byte;
        }
    }
    fill_sectors(&mut pages)?;
    Ok(pages)
}

/// Adds the pages that a sector lacks before the image's last one.
fn fill_sectors(pages: &mut BTreeMap<u32, Page>) -> Result<(), WriteError> {
    let (&last, _) = pages.last_key_value().ok_or(WriteError::Empty)?;
    let sectors: Vec<u32> = pages.keys().map(|address| address - address % SECTOR_LEN).collect();
    for sector in sectors {
        for address in (sector..(sector + SECTOR_LEN).min(last)).step_by(PAGE_LEN) {
            pages.entry(address).or_insert([0; PAGE_LEN]);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: u32 = 0x1000_0000;

    fn segment(address: u32, bytes: &[u8]) -> Segment<'_> {
        Segment { address, bytes }
    }

    #[derive(Debug, PartialEq)]
    struct Block<'a> {
        number: u32,
        count: u32,
        family: u32,
        address: u32,
        payload: &'a [u8],
    }

    /// Takes a file apart, and checks what is the same in every block.
    fn blocks(file: &[u8]) -> Vec<Block<'_>> {
        assert_eq!(file.len() % 512, 0);
        file.chunks(512).map(block).collect()
    }

    fn block(bytes: &[u8]) -> Block<'_> {
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(bytes[..8], *b"UF2\n\x57\x51\x5d\x9e");
        assert_eq!(word(8), 0x2000, "flags");
        assert_eq!(word(16), 256, "payload's length");
        assert!(bytes[32 + 256..508].iter().all(|&byte| byte == 0), "padding");
        assert_eq!(word(508), 0x0ab1_6f30, "magic at the end");
        let payload = &bytes[32..32 + 256];
        Block { number: word(20), count: word(24), family: word(28), address: word(12), payload }
    }

    fn addresses(segments: &[Segment<'_>]) -> Vec<u32> {
        blocks(&encode(segments, Chip::Rp2040).unwrap()).iter().map(|block| block.address).collect()
    }

    #[test]
    fn block_is_laid_out_as_specified() {
        let file = encode(&[segment(START, &[0xa5; 256])], Chip::Rp2040).unwrap();
        let block = Block { number: 0, count: 1, family: 0xe48b_ff56, address: START, payload: &[0xa5; 256] };
        assert_eq!(blocks(&file), [block]);
    }

    #[test]
    fn each_chip_has_its_own_family() {
        let families = Chip::ALL.map(|chip| blocks(&encode(&[segment(START, &[1])], chip).unwrap())[0].family);
        assert_eq!(families, [0xe48b_ff56, 0xe48b_ff59]);
    }

    #[test]
    fn independent_reader_sees_the_image_and_the_family() {
        let image: Vec<u8> = (0..5000_u32).map(|i| (i % 251) as u8).collect();
        for chip in Chip::ALL {
            let file = encode(&[segment(START, &image)], chip).unwrap();
            let (read, families) = uf2_decode::convert_from_uf2(&file).unwrap();
            assert_eq!(read[..image.len()], image);
            assert!(read[image.len()..].iter().all(|&byte| byte == 0));
            assert_eq!(families.into_iter().collect::<Vec<_>>(), [(chip.uf2_family(), u64::from(START))]);
        }
    }

    #[test]
    fn blocks_are_numbered_and_counted() {
        let file = encode(&[segment(START, &[7; 600])], Chip::Rp2350).unwrap();
        let numbers: Vec<_> = blocks(&file).iter().map(|block| (block.number, block.count, block.address)).collect();
        assert_eq!(numbers, [(0, 3, START), (1, 3, START + 256), (2, 3, START + 512)]);
    }

    #[test]
    fn segment_that_starts_within_a_page_is_padded_in_front() {
        let file = encode(&[segment(START + 0x0c, &[9; 4])], Chip::Rp2040).unwrap();
        let mut page = [0; 256];
        page[0x0c..0x10].fill(9);
        let block = Block { number: 0, count: 1, family: 0xe48b_ff56, address: START, payload: &page };
        assert_eq!(blocks(&file), [block]);
    }

    #[test]
    fn segments_may_share_a_page() {
        let file = encode(&[segment(START + 4, &[2; 252]), segment(START, &[1; 4])], Chip::Rp2040).unwrap();
        let blocks = blocks(&file);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].payload[..6], [1, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn gap_is_filled_within_a_sector_and_left_out_between_sectors() {
        // The first sector has its first page, the fourth one its third.
        let found = addresses(&[segment(START, &[1; 256]), segment(START + 0x3200, &[1; 8])]);
        let mut expected: Vec<u32> = (START..START + 0x1000).step_by(256).collect();
        expected.extend([START + 0x3000, START + 0x3100, START + 0x3200]);
        assert_eq!(found, expected);
    }

    #[test]
    fn image_need_not_fill_its_last_sector() {
        assert_eq!(addresses(&[segment(START + 0x1000, &[1; 257])]), [START + 0x1000, START + 0x1100]);
    }

    #[test]
    fn overlapping_segments_are_refused() {
        let overlap = [segment(START, &[1; 257]), segment(START + 256, &[2; 4])];
        assert_eq!(encode(&overlap, Chip::Rp2040), Err(WriteError::Overlap { address: START + 256 }));
        let adjacent = [segment(START, &[1; 256]), segment(START + 256, &[2; 4])];
        assert!(encode(&adjacent, Chip::Rp2040).is_ok());
    }

    #[test]
    fn addresses_outside_flash_are_refused() {
        let end = Chip::Rp2040.flash().end;
        assert!(encode(&[segment(end - 4, &[1; 4])], Chip::Rp2040).is_ok());
        for address in [end - 3, START - 1, 0x2000_0000, u32::MAX - 1, 0] {
            let error = encode(&[segment(address, &[1; 4])], Chip::Rp2040).unwrap_err();
            assert!(matches!(error, WriteError::OutsideFlash { address: at, .. } if at == address), "{error}");
        }
    }

    #[test]
    fn nothing_is_no_image() {
        assert_eq!(encode(&[], Chip::Rp2040), Err(WriteError::Empty));
        assert_eq!(encode(&[segment(START, &[])], Chip::Rp2040), Err(WriteError::Empty));
    }

    proptest! {
        #[test]
        fn every_byte_comes_back_at_its_address(
            gaps in prop::collection::vec((0..9000_u32, prop::collection::vec(1..=u8::MAX, 1..700)), 1..6),
            chip in prop::sample::select(Chip::ALL.as_slice()),
        ) {
            let mut at = START;
            let mut segments = Vec::new();
            for (gap, bytes) in &gaps {
                segments.push(segment(at + gap, bytes));
                at += gap + u32::try_from(bytes.len()).unwrap();
            }
            let file = encode(&segments, chip).unwrap();
            let blocks = blocks(&file);
            let mut expected = BTreeMap::new();
            for segment in &segments {
                expected.extend((segment.address..).zip(segment.bytes.iter().copied()));
            }
            let mut previous = None;
            for Block { address, payload, .. } in blocks {
                prop_assert_eq!(address % 256, 0);
                prop_assert!(previous < Some(address));
                previous = Some(address);
                for (at, &byte) in (address..).zip(payload) {
                    prop_assert_eq!(expected.remove(&at).unwrap_or(0), byte, "at {:#x}", at);
                }
            }
            prop_assert!(expected.is_empty());
            // The other reader fills the gaps, so it is compared from the first address on.
            let (read, families) = uf2_decode::convert_from_uf2(&file).unwrap();
            let first = u32::try_from(families[&chip.uf2_family()]).unwrap();
            for segment in &segments {
                let at = (segment.address - first) as usize;
                prop_assert_eq!(&read[at..at + segment.bytes.len()], segment.bytes);
            }
        }
    }
}

//! One block, as bytes and as fields.

/// What one block carries: the flash memory is written in pages of this many bytes.
pub const PAGE_LEN: usize = 256;

pub(crate) const BLOCK_LEN: usize = 512;

/// The image's part in a block.
pub(crate) type Page = [u8; PAGE_LEN];

const MAGIC_START_0: u32 = 0x0a32_4655;
const MAGIC_START_1: u32 = 0x9e5d_5157;
const MAGIC_END: u32 = 0x0ab1_6f30;

/// Where the payload begins.
const HEADER_LEN: usize = 32;
/// Where the last word begins.
const MAGIC_END_AT: usize = BLOCK_LEN - 4;

/// The block's fields, without the magic numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) flags: u32,
    pub(crate) address: u32,
    /// Of the bytes behind the header, how many belong to the image.
    pub(crate) payload_len: u32,
    /// Its place among the blocks of its family, from 0.
    pub(crate) number: u32,
    /// How many blocks its family has.
    pub(crate) count: u32,
    pub(crate) family: u32,
    pub(crate) page: Page,
    /// The word behind the page: its first extension tag, if the flags say that there are any.
    pub(crate) tag: u32,
}

impl Block {
    /// For a computer, not for the board's flash memory.
    pub(crate) const FLAG_NOT_MAIN_FLASH: u32 = 0x0001;
    /// The block is a part of a file in a file system.
    pub(crate) const FLAG_FILE_CONTAINER: u32 = 0x1000;
    /// The last word of the header holds a family.
    pub(crate) const FLAG_FAMILY_ID: u32 = 0x2000;
    /// Behind the payload there are tags.
    pub(crate) const FLAG_EXTENSION_TAGS: u32 = 0x8000;
    /// A tag that makes a board pass over the block: picotool's way around the RP2350's erratum E10.
    pub(crate) const TAG_IGNORE_BLOCK: u32 = 0x9957_e304;

    pub(crate) fn to_bytes(&self) -> [u8; BLOCK_LEN] {
        let mut bytes = [0; BLOCK_LEN];
        let Self { flags, address, payload_len, number, count, family, ref page, tag } = *self;
        let header = [MAGIC_START_0, MAGIC_START_1, flags, address, payload_len, number, count, family];
        let words = header.into_iter().flat_map(u32::to_le_bytes);
        let payload = words.chain(page.iter().copied()).chain(tag.to_le_bytes());
        bytes.iter_mut().zip(payload).for_each(|(place, byte)| *place = byte);
        bytes[MAGIC_END_AT..].copy_from_slice(&MAGIC_END.to_le_bytes());
        bytes
    }

    /// None when the magic numbers are others.
    pub(crate) fn of_bytes(bytes: &[u8; BLOCK_LEN]) -> Option<Self> {
        let (words, _) = bytes.as_chunks();
        let word = |at: usize| u32::from_le_bytes(words[at / 4]);
        if !begins_with_magic(bytes) || word(MAGIC_END_AT) != MAGIC_END {
            return None;
        }
        let (page, behind) = bytes[HEADER_LEN..].split_first_chunk().expect("a block is longer than a page");
        let tag = behind.first_chunk().expect("there is padding behind the page");
        Some(Self {
            flags: word(8),
            address: word(12),
            payload_len: word(16),
            number: word(20),
            count: word(24),
            family: word(28),
            page: *page,
            tag: u32::from_le_bytes(*tag),
        })
    }

    /// Whether a board passes over it, whatever else it says.
    pub(crate) const fn is_ignored(&self) -> bool {
        self.flags & Self::FLAG_NOT_MAIN_FLASH != 0
            || self.flags & Self::FLAG_EXTENSION_TAGS != 0 && self.tag == Self::TAG_IGNORE_BLOCK
    }
}

/// Whether this is a UF2 file's beginning.
pub(crate) fn begins_with_magic(file: &[u8]) -> bool {
    let [a, b] = [MAGIC_START_0, MAGIC_START_1].map(u32::to_le_bytes);
    file.starts_with(&[a, b].concat())
}

//! What a file would write to a board.

use std::collections::{BTreeMap, BTreeSet};

use crate::block::{BLOCK_LEN, Block, Page, begins_with_magic};
use crate::{Chip, PAGE_LEN};

/// What a file writes to the boards of one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    family: u32,
    pages: BTreeMap<u32, Page>,
}

impl Image {
    /// The family, as the file says it.
    #[must_use]
    pub const fn family(&self) -> u32 {
        self.family
    }

    /// The family's chip, if it is one of [`Chip::ALL`].
    #[must_use]
    pub fn chip(&self) -> Option<Chip> {
        Chip::of_uf2_family(self.family)
    }

    /// The pages to write, by address. An address is a multiple of [`PAGE_LEN`]; whether it lies in the
    /// [flash memory](Chip::flash) is not checked, as a board runs programs from its RAM too.
    pub fn pages(&self) -> impl ExactSizeIterator<Item = (u32, &[u8; PAGE_LEN])> {
        self.pages.iter().map(|(&address, page)| (address, page))
    }
}

/// A file that a board would not take, or not as a whole. Blocks are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The beginning is not a UF2 file's.
    #[error("this is no UF2 file; give one that could be copied to a board's drive")]
    NotUf2,
    /// The length is no multiple of a block's 512 bytes.
    #[error("the file ends within a block, after {len} bytes; it was cut short, so copy or make it again")]
    Truncated {
        /// The file's length in bytes.
        len: usize,
    },
    /// A block does not begin or end as it should.
    #[error("block {block}, at byte {}, is damaged; copy or make the file again", offset(*block))]
    Magic {
        /// The block's place in the file.
        block: usize,
    },
    /// A block that does not say for which chips it is, so that a Pico passes over it.
    #[error("block {block} names no family of chips, and a board would pass over it; make the file for a chip")]
    NoFamily {
        /// The block's place in the file.
        block: usize,
    },
    /// A block of a file for a board with a file system.
    #[error("block {block} is for a board with a file system, which a Pico's loader has not; make the file for a chip")]
    FileContainer {
        /// The block's place in the file.
        block: usize,
    },
    /// A block that does not carry a whole page.
    #[error(
        "block {block} carries {len} bytes, and a board takes {PAGE_LEN} alone; make the file again with blocks of those"
    )]
    PayloadLen {
        /// The block's place in the file.
        block: usize,
        /// How many bytes it carries.
        len: u32,
    },
    /// A block whose page would lie across two pages of the flash memory.
    #[error("block {block} is for address {address:#010x}, which is no multiple of {PAGE_LEN}; make the file again")]
    Unaligned {
        /// The block's place in the file.
        block: usize,
        /// The address that it names.
        address: u32,
    },
    /// Two blocks of a family that disagree on how many there are.
    #[error(
        "block {block} is one of {count} of its family, and an earlier one of {expected}; this is a mixture of files, so \
         make it again"
    )]
    Count {
        /// The block's place in the file.
        block: usize,
        /// The count that it names.
        count: u32,
        /// The count that the blocks before it name.
        expected: u32,
    },
    /// A block whose number is not below the count.
    #[error("block {block} has the number {number}, but its family only {count} blocks, from 0; make the file again")]
    Number {
        /// The block's place in the file.
        block: usize,
        /// The number that it has.
        number: u32,
        /// How many blocks it says that there are.
        count: u32,
    },
    /// A number that an earlier block of the family has.
    #[error("block {block} has the number {number}, as an earlier one has; make the file again")]
    NumberTwice {
        /// The block's place in the file.
        block: usize,
        /// The number.
        number: u32,
    },
    /// An address that an earlier block of the family has.
    #[error("block {block} is for address {address:#010x}, as an earlier one is; make the file again")]
    AddressTwice {
        /// The block's place in the file.
        block: usize,
        /// The address.
        address: u32,
    },
    /// A number that no block of the family has.
    #[error(
        "of the {count} blocks for family {family:#010x}, number {number} is not there; the file was cut short, so copy \
         or make it again"
    )]
    Missing {
        /// The family.
        family: u32,
        /// The first number that is missing.
        number: u32,
        /// How many blocks there should be.
        count: u32,
    },
    /// Not one block that a board would write.
    #[error("the file holds nothing to write to a board")]
    Empty,
    /// Blocks for several families where one was asked for.
    #[error(
        "the file is for several families of chips, {first:#010x} and {other:#010x}; give one that is for one alone"
    )]
    Families {
        /// The family of the first block.
        first: u32,
        /// Another one.
        other: u32,
    },
}

/// Where a block begins in the file.
const fn offset(block: usize) -> usize {
    block * BLOCK_LEN
}

/// Reads a file that is for one family of chips.
///
/// The blocks may come in any order, as a board takes them in any order. A block that says of itself that boards pass
/// over it is passed over.
///
/// # Errors
///
/// [`ReadError`] says which block is wrong, and what to do.
pub fn decode(file: &[u8]) -> Result<Image, ReadError> {
    let mut images = decode_families(file)?;
    match &*images {
        [first, other, ..] => Err(ReadError::Families { first: first.family, other: other.family }),
        _ => images.pop().ok_or(ReadError::Empty),
    }
}

/// Reads a file that may be for several families of chips, each with blocks and numbers of its own: a board ignores those
/// of others. Gives at least one image, and each in the place of its first block.
///
/// # Errors
///
/// [`ReadError`] says which block is wrong, and what to do.
pub fn decode_families(file: &[u8]) -> Result<Vec<Image>, ReadError> {
    if !begins_with_magic(file) {
        return Err(ReadError::NotUf2);
    }
    let (blocks, []) = file.as_chunks() else {
        return Err(ReadError::Truncated { len: file.len() });
    };
    let mut families: Vec<Family> = Vec::new();
    for (place, bytes) in blocks.iter().enumerate() {
        let block = Block::of_bytes(bytes).ok_or(ReadError::Magic { block: place })?;
        if block.is_ignored() {
            continue;
        }
        check(&block, place)?;
        let index = families.iter().position(|family| family.image.family == block.family).unwrap_or_else(|| {
            families.push(Family::new(&block));
            families.len() - 1
        });
        families[index].add(&block, place)?;
    }
    if families.is_empty() {
        return Err(ReadError::Empty);
    }
    families.into_iter().map(Family::finish).collect()
}

/// What can be said of a block without the others.
fn check(block: &Block, place: usize) -> Result<(), ReadError> {
    if block.flags & Block::FLAG_FILE_CONTAINER != 0 {
        return Err(ReadError::FileContainer { block: place });
    }
    if block.flags & Block::FLAG_FAMILY_ID == 0 {
        return Err(ReadError::NoFamily { block: place });
    }
    if block.payload_len as usize != PAGE_LEN {
        return Err(ReadError::PayloadLen { block: place, len: block.payload_len });
    }
    if !(block.address as usize).is_multiple_of(PAGE_LEN) {
        return Err(ReadError::Unaligned { block: place, address: block.address });
    }
    Ok(())
}

/// An image on its way.
struct Family {
    image: Image,
    count: u32,
    numbers: BTreeSet<u32>,
}

impl Family {
    /// Of a family's first block, which is still to be added.
    const fn new(block: &Block) -> Self {
        let image = Image { family: block.family, pages: BTreeMap::new() };
        Self { image, count: block.count, numbers: BTreeSet::new() }
    }

    fn add(&mut self, block: &Block, place: usize) -> Result<(), ReadError> {
        let Block { number, count, address, page, .. } = *block;
        if count != self.count {
            return Err(ReadError::Count { block: place, count, expected: self.count });
        }
        if number >= count {
            return Err(ReadError::Number { block: place, number, count });
        }
        if !self.numbers.insert(number) {
            return Err(ReadError::NumberTwice { block: place, number });
        }
        if self.image.pages.insert(address, page).is_some() {
            return Err(ReadError::AddressTwice { block: place, address });
        }
        Ok(())
    }

    fn finish(self) -> Result<Image, ReadError> {
        let Self { image, count, numbers } = self;
        match (0..count).zip(numbers.iter().map(Some).chain([None])).find(|(expected, found)| *found != Some(expected))
        {
            Some((number, _)) => Err(ReadError::Missing { family: image.family, number, count }),
            None => Ok(image),
        }
    }
}

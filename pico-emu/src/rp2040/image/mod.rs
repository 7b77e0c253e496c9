//! Files that hold what is to be in the flash memory.

mod elf;
mod uf2;

use super::flash::LEN;

/// Where the flash memory is.
const XIP_BASE: u32 = 0x1000_0000;

/// Why a file cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// A block of a UF2 file is not one.
    #[error("the UF2 file's block at byte {offset} is broken")]
    BrokenUf2 {
        /// Where in the file it begins.
        offset: usize,
    },
    /// A UF2 file is for another chip.
    #[error("the UF2 file is for the chip family {family:#010x}, not for the RP2040 (0xe48bff56)")]
    OtherFamily {
        /// Which.
        family: u32,
    },
    /// An ELF file cannot be read.
    #[error("the ELF file cannot be read: {reason}")]
    BrokenElf {
        /// What the parser says.
        reason: String,
    },
    /// Something is to be loaded where there is no flash memory.
    #[error("{len} bytes are to be loaded to {address:#010x}, which is not in the flash memory")]
    OutsideFlash {
        /// Where.
        address: u32,
        /// How much.
        len: usize,
    },
}

/// The pieces of an image, each with its offset in the flash memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    pieces: Vec<(u32, Vec<u8>)>,
}

impl Image {
    /// Reads a UF2 or ELF file; anything else is what lies at the beginning of the flash memory.
    pub(super) fn parse(file: &[u8]) -> Result<Self, ImageError> {
        let mut image = Self { pieces: Vec::new() };
        if uf2::is_uf2(file) {
            uf2::read(file, &mut image)?;
        } else if elf::is_elf(file) {
            elf::read(file, &mut image)?;
        } else {
            image.add(XIP_BASE, file)?;
        }
        Ok(image)
    }

    pub(super) fn pieces(&self) -> &[(u32, Vec<u8>)] {
        &self.pieces
    }

    fn add(&mut self, address: u32, bytes: &[u8]) -> Result<(), ImageError> {
        let offset = address.wrapping_sub(XIP_BASE);
        if (offset as usize).saturating_add(bytes.len()) > LEN {
            return Err(ImageError::OutsideFlash { address, len: bytes.len() });
        }
        self.pieces.push((offset, bytes.to_vec()));
        Ok(())
    }
}

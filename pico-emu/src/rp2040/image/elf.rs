//! ELF files: what their program headers load.

use object::elf::{FileHeader32, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

use super::{Image, ImageError};

pub(super) fn is_elf(file: &[u8]) -> bool {
    file.starts_with(&elf::ELFMAG)
}

pub(super) fn read(file: &[u8], image: &mut Image) -> Result<(), ImageError> {
    let broken = |error: object::Error| ImageError::BrokenElf { reason: error.to_string() };
    let header = FileHeader32::<Endianness>::parse(file).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    for segment in header.program_headers(endian, file).map_err(broken)? {
        if segment.p_type(endian) != PT_LOAD || segment.p_filesz(endian) == 0 {
            continue;
        }
        let truncated = || ImageError::BrokenElf { reason: String::from("a segment lies beyond the file's end") };
        let bytes = segment.data(endian, file).map_err(|()| truncated())?;
        image.add(segment.p_paddr(endian), bytes)?;
    }
    Ok(())
}

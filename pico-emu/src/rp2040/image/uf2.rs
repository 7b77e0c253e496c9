//! UF2 files (microsoft/uf2: blocks of 512 bytes, each with an address).

use super::{Image, ImageError};

const BLOCK_LEN: usize = 512;
const HEADER_LEN: usize = 32;
const PAYLOAD_LEN_MAX: usize = 476;
const MAGIC_START: [u32; 2] = [0x0a32_4655, 0x9e5d_5157];
const MAGIC_END: u32 = 0x0ab1_6f30;
const NOT_MAIN_FLASH: u32 = 1 << 0;
const FAMILY_ID_PRESENT: u32 = 1 << 13;
const FAMILY_RP2040: u32 = 0xe48b_ff56;

pub(super) fn is_uf2(file: &[u8]) -> bool {
    file.starts_with(&MAGIC_START[0].to_le_bytes())
}

pub(super) fn read(file: &[u8], image: &mut Image) -> Result<(), ImageError> {
    for (number, block) in file.chunks(BLOCK_LEN).enumerate() {
        let broken = ImageError::BrokenUf2 { offset: number * BLOCK_LEN };
        if block.len() != BLOCK_LEN {
            return Err(broken);
        }
        let word = |index: usize| {
            let bytes = block[4 * index..4 * index + 4].try_into().expect("a word has four bytes");
            u32::from_le_bytes(bytes)
        };
        let (flags, address, len, family) = (word(2), word(3), word(4) as usize, word(7));
        let magics = [word(0), word(1), word(BLOCK_LEN / 4 - 1)];
        if magics != [MAGIC_START[0], MAGIC_START[1], MAGIC_END] || len > PAYLOAD_LEN_MAX {
            return Err(broken);
        }
        if flags & NOT_MAIN_FLASH != 0 {
            continue;
        }
        if flags & FAMILY_ID_PRESENT != 0 && family != FAMILY_RP2040 {
            return Err(ImageError::OtherFamily { family });
        }
        image.add(address, &block[HEADER_LEN..HEADER_LEN + len])?;
    }
    Ok(())
}

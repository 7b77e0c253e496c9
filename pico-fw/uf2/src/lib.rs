//! UF2, the format of the files that one copies to a board's USB drive, for the Pico W and the Pico 2 W.
//!
//! <https://github.com/microsoft/uf2>: blocks of 512 bytes, each with an address and 256 bytes of the image.
//!
//! | to | use |
//! |---|---|
//! | make a file of an image | [`encode`] |
//! | read a file that is for one chip | [`decode`] |
//! | read a file that may be for several chips | [`decode_families`] |
//!
//! ```
//! use pico_uf2::{Chip, FLASH_START, Segment};
//!
//! let file = pico_uf2::encode(&[Segment { address: FLASH_START, bytes: &[1, 2, 3] }], Chip::Rp2040)?;
//! let image = pico_uf2::decode(&file)?;
//! assert_eq!(image.chip(), Some(Chip::Rp2040));
//! let (address, page) = image.pages().next().expect("the image has a page");
//! assert_eq!((address, &page[..4]), (FLASH_START, &[1, 2, 3, 0][..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod chip;
mod read;
mod write;

pub use block::PAGE_LEN;
pub use chip::{Chip, FLASH_START, UnknownChip};
pub use read::{Image, ReadError, decode, decode_families};
pub use write::{Segment, WriteError, encode};

//! What the host uploads for the WLAN processor: the firmware from address 0 on, and the board's data at the end of memory.
//!
//! The model does not run the firmware: it behaves as it does. But a real processor would not start with a broken upload, so
//! neither does this one.

use thiserror::Error;

/// Why the processor cannot run what lies in its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImageProblem {
    /// The second word of an ARMv7-M vector table is the address of the first instruction, with its lowest bit set.
    #[error(
        "the reset vector at 0x4 is {0:#010x}, which is no address of code in its memory: upload the firmware to 0 first"
    )]
    ResetVector(u32),
    /// The last word of the memory holds the length of the board's data in words, and in its upper half the complement.
    #[error(
        "the last word of its memory is {0:#010x}, which is no length with its complement: write it after the NVRAM data"
    )]
    NvramLength(u32),
    /// The board's data are lines of the form `key=value`, each ended by a NUL.
    #[error("the {0} bytes before the last word of its memory are no lines key=value: upload the NVRAM data there")]
    Nvram(usize),
}

/// # Errors
///
/// The first thing that is wrong with what lies in memory.
pub(super) fn check(memory: &[u8]) -> Result<(), ImageProblem> {
    let reset_vector = word(memory, 4);
    if reset_vector & 1 == 0 || reset_vector as usize >= memory.len() {
        return Err(ImageProblem::ResetVector(reset_vector));
    }
    let end = memory.len() - 4;
    let token = word(memory, end);
    let words = token & 0xffff;
    if words == 0 || token >> 16 != !words & 0xffff {
        return Err(ImageProblem::NvramLength(token));
    }
    let len = 4 * words as usize;
    let lines = &memory[end - len..end];
    let first = lines.split(|&byte| byte == 0).next().unwrap_or_default();
    let is_line = first.is_ascii() && first.iter().position(|&byte| byte == b'=').is_some_and(|at| at > 0);
    if is_line { Ok(()) } else { Err(ImageProblem::Nvram(len)) }
}

fn word(memory: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|byte| memory[at + byte]))
}

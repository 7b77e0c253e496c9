//! The firmware's console: a log in its memory, which the host finds by a pointer that the firmware leaves there when it
//! starts (`brcmf_sdio_readshared` of Linux, with `sdpcm_shared_le` and `rte_console`).
//!
//! The firmware as it is modelled says nothing there, so the log is empty and stays so.

/// Where the pointer lies: in the last word below the 64 KiB that keep their content while the chip sleeps.
const POINTER: usize = 448 * 1024 - 4;
/// Where the firmware has what it shares with the host, between its code and the pointer.
const SHARED: usize = POINTER - 0x7fc;
const CONSOLE: usize = SHARED + 0x40;
const LOG: usize = SHARED + 0x100;
const LOG_LEN: usize = 1024;
/// The version of the shared structure, in its flags.
const VERSION: usize = 3;

/// Lets the host find a log with nothing in it.
pub(super) fn open(memory: &mut [u8]) {
    memory[SHARED..POINTER].fill(0);
    // In the structure: the flags and, behind where the firmware failed, the console's address. In the console: behind the
    // words of a virtual one, the log's address and size, and how far it has been written.
    for (address, word) in [
        (POINTER, SHARED),
        (SHARED, VERSION),
        (SHARED + 0x14, CONSOLE),
        (CONSOLE + 0x08, LOG),
        (CONSOLE + 0x0c, LOG_LEN),
    ] {
        memory[address..address + 4].copy_from_slice(&(word as u32).to_le_bytes());
    }
}

//! What the board said when it panicked: kept in RAM that no start clears, read at the next start.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use embassy_rp::pac;
use panic_persist::{get_panic_message_bytes, report_panic_info};
use pico_fw::log::Log;

use super::watchdog::reset_chip;

/// Whether a panic is under way; a second one would be about the first.
static IS_PANICKING: AtomicBool = AtomicBool::new(false);

/// Ends the run. Whoever panics has no business with the radio or the network any more: the chip starts again.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    if !IS_PANICKING.load(Ordering::Relaxed) {
        IS_PANICKING.store(true, Ordering::Relaxed);
        report_panic_info(info);
        // Reading the words back takes them away.
        if let Some(words) = get_panic_message_bytes() {
            set_checksum(checksum(words));
            report_panic_info(info);
        }
    }
    reset_chip()
}

/// Whether the last run left words, not yet taken.
pub(crate) fn are_kept() -> bool {
    pac::WATCHDOG.scratch1().read() != 0
}

/// Takes the last run's words to the log, if they are whole. RAM holds anything after power on, and the checksum's register
/// nothing.
pub(crate) fn tell(log: &dyn Log) {
    let expected = pac::WATCHDOG.scratch1().read();
    let words = get_panic_message_bytes();
    set_checksum(0);
    if let Some(words) = words.filter(|words| expected != 0 && checksum(words) == expected) {
        for chunk in words.utf8_chunks() {
            for line in chunk.valid().lines() {
                log.line(format_args!("the last run ended: {line}"));
            }
        }
    }
}

fn set_checksum(checksum: u32) {
    pac::WATCHDOG.scratch1().write_value(checksum);
}

/// FNV-1a, 32 bits, and never 0.
fn checksum(words: &[u8]) -> u32 {
    let hash = words.iter().fold(0x811c_9dc5_u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.max(1)
}

//! An image that can panic: the check that finds no panic in the codec's image must find one here.
#![no_std]
#![no_main]

// The panic handler.
use probe as _;

/// Panics when `index` is out of bounds.
// SAFETY: no other symbol of the image has this name.
#[unsafe(no_mangle)]
pub fn control_index(bytes: &[u8], index: usize) -> u8 {
    bytes[index]
}

//! The board's hardware, one file a block, and the boot that brings it up.

mod analog;
mod board_led;
mod boot;
mod desk;
mod entropy;
mod interrupts;
mod last_words;
mod pins;
mod radio;
mod rgb_led;
mod serial;
mod watchdog;

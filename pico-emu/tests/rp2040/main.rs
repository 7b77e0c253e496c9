//! The RP2040 around its processors: block by block, and programs that start on it.

mod chip;
mod program;

mod boot;
mod boot_rom;
mod bus_fabric;
mod clocks;
mod cores;
mod images;
mod pins;
mod sio;
mod ssi;
mod system;
mod timer;
mod watchdog;

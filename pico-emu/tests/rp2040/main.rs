//! The RP2040 around its processors: block by block, and programs that start on it.

mod chip;
mod program;

mod adc;
mod boot;
mod boot_rom;
mod bus_fabric;
mod clocks;
mod cores;
mod dma;
mod images;
mod pacing;
mod pins;
mod pio;
mod pwm;
mod rtc;
mod sio;
mod ssi;
mod system;
mod timer;
mod uart;
mod usb;
mod watchdog;

//! The RP2040, one module per block of its datasheet.
//!
//! [`Machine`] is the chip with its two processors and its flash memory, which loads images and runs. [`Rp2040`] is what
//! is around the processors.
//!
//! ```
//! use std::time::Duration;
//!
//! use pico_emu::rp2040::{Config, Machine, Stop};
//!
//! let mut machine = Machine::new(Config::default());
//! // Not much of a program: the chip does not find a second stage of the boot in it.
//! machine.load(&[0; 256])?;
//! assert_eq!(machine.run_until(Duration::from_millis(1)), Stop::NoProgram);
//! # Ok::<(), pico_emu::rp2040::ImageError>(())
//! ```
//!
//! # What is there
//!
//! Both cores, SIO, ROM, SRAM, flash memory with its SSI, SYSINFO, SYSCFG, CLOCKS, RESETS, PSM, the banks of pins and their
//! pads, XOSC, ROSC, both PLLs, BUSCTRL's priorities, TIMER, WATCHDOG, the regulator's registers, TBMAN. An access to
//! anything else that the chip has ends the run with a [`Stop::Fault`] that names it.
//!
//! # Choices
//!
//! What the datasheet leaves open, or what is simpler here than on the chip:
//!
//! - Time is counted in cycles of `clk_sys`. What counts by another clock is exact to the cycle, also while either clock
//!   changes. A clock source has its frequency as soon as it is enabled; STABLE and LOCK come when they should.
//! - The cores run in turns of 64 cycles, core 0 first. What one does to the other's interrupts and events is seen at its
//!   cycle; what it does to memory or a register, within such a turn. While core 1 sleeps, core 0 goes on until it may
//!   have woken it, or for 10,000 cycles, so that a sleeping core 1's own system timer can be that late.
//! - Masters of the bus do not contend, and neither the flash memory nor its cache has wait states.
//! - A peripheral that is held in reset does not answer: that ends the run.
//! - A function of a pin whose peripheral is not there drives nothing.
//! - SYSRESETREQ resets the processor that asks for it and nothing else.
//! - The dormant modes, clocks to and from pins, and resuscitation are not modelled.

mod address_map;
mod block;
mod boot_rom;
mod bus;
mod busctrl;
mod chip;
mod clock_tree;
mod clocks;
mod edges;
mod flash;
mod image;
mod interrupts;
mod io_bank;
mod machine;
mod pads;
pub mod pio;
mod pll;
mod psm;
mod reset;
mod resets;
mod rosc;
mod sio;
mod sram;
mod ssi;
mod syscfg;
mod sysinfo;
mod tbman;
mod timer;
mod vreg_and_chip_reset;
mod watchdog;
mod xip;
mod xosc;

pub use boot_rom::RomFunction;
pub use chip::{Config, GPIO_COUNT, Rp2040};
pub use image::ImageError;
pub use machine::{Machine, Stop};

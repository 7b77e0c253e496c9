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
//! pads, XOSC, ROSC, both PLLs, BUSCTRL's priorities, DMA, both PIOs, UART, PWM, TIMER, WATCHDOG, RTC, ADC, the regulator's
//! registers, TBMAN, USB as a device. An access to anything else that the chip has ends the run with a [`Stop::Fault`] that names it.
//!
//! What hangs on the pins is [`Wires`], a parameter of the machine, which is [`Unconnected`] if nothing does.
//!
//! # Choices
//!
//! What the datasheet leaves open, or what is simpler here than on the chip:
//!
//! - Time is counted in cycles of `clk_sys`. What counts by another clock is exact to the cycle, also while either clock
//!   changes. A clock source has its frequency as soon as it is enabled; STABLE and LOCK come when they should.
//! - The cores run in turns of 64 cycles, core 0 first. What one does to the other's interrupts and events is seen at its
//!   cycle; what it does to memory or a register, within such a turn. While core 1 sleeps, core 0 goes on until something
//!   may have woken it.
//! - PIO and DMA go on beside the processors, and are where a processor is whenever it asks for anything but memory. What
//!   they do to memory, and their interrupts, are seen in their cycles.
//! - Masters of the bus do not contend, and neither the flash memory nor its cache has wait states.
//! - The SSI is a master on one wire each way; its interrupt and its requests to the DMA cannot be enabled. The flash
//!   memory has its new content as soon as it is BUSY, for its typical times. Execution in place reads it whatever it
//!   has been told.
//! - A peripheral that is held in reset does not answer: that ends the run.
//! - A function of a pin whose peripheral is not there drives nothing.
//! - SYSRESETREQ resets the processor that asks for it and nothing else.
//! - UARTs carry characters as wholes: their bits are not on the pins. The levels of PWM are there when a processor or
//!   whoever holds the chip looks at them, and edges that an interrupt is enabled for come in time; a PIO program sees
//!   the level of the last event or access.
//! - The converter is exact: it has no noise and no errors.
//! - The dormant modes, clocks to and from pins, and resuscitation are not modelled.

mod adc;
mod address_map;
mod block;
mod boot_rom;
mod bus;
mod busctrl;
mod chip;
mod clock_tree;
mod clocks;
mod dma;
mod dreq;
mod edges;
mod flash;
mod image;
mod interrupts;
mod io_bank;
mod machine;
mod outside;
mod pads;
mod pin_interrupts;
pub mod pio;
mod pll;
mod progress;
mod psm;
mod pwm;
mod reset;
mod resets;
mod rosc;
mod rtc;
mod sio;
mod sram;
mod ssi;
mod syscfg;
mod sysinfo;
mod tbman;
mod timer;
mod uart;
pub mod usb;
mod vreg_and_chip_reset;
mod watchdog;
mod wires;
mod xip;
mod xosc;

pub use adc::ADC_INPUTS;
pub use boot_rom::RomFunction;
pub use chip::{Config, GPIO_COUNT, Rp2040};
pub use image::ImageError;
pub use io_bank::Drive;
pub use machine::{Machine, Stop};
pub use progress::PeripheralFault;
pub use pwm::PwmDuty;
pub use uart::{UART_COUNT, UartFormat, UartOutput, UartParity, UartSymbol};
pub use wires::{Unconnected, Wires};

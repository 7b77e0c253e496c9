//! An emulated Raspberry Pi Pico W that runs unmodified firmware, deterministically: its processors, the blocks of its
//! microcontroller, and its radio chip. [`Board`] is all of it; each part can be had by itself.
//!
//! [`cpu::Cpu`] is one processor, with all that ARM puts into it: the instructions of ARMv6-M, exceptions, interrupt
//! controller, system timer, cycle counts. What surrounds it implements [`bus::Bus`]; [`memory::Memory`] is what ROM,
//! RAM and flash are made of. [`cyw43439`] is the radio, a chip of its own. Nothing here reads a clock or draws a
//! number: the same image on the same bus does the same in every run, to the cycle.
//!
//! | for | start here |
//! |---|---|
//! | a Pico W that runs images | [`Board`] |
//! | running a program | [`cpu::Cpu::run`], [`cpu::Stop`] |
//! | building a chip around it | [`bus::Bus`], [`bus::Signals`], [`memory::Memory`] |
//! | seeing what it does | [`cpu::Tracer`], [`cpu::Instruction::disassemble`], [`cpu::Registers`] |
//! | backtraces, names, traces of instructions | [`debug`] |
//! | what was decided where the manuals leave it open | [`cpu`] |
//! | the radio | [`cyw43439`] |
//! | an RP2040 that runs images | [`rp2040::Machine`] |
//! | what hangs on the chip's pins | [`rp2040::Wires`] |
//! | programmable I/O | [`rp2040::pio`] |
//! | a computer at the USB connector | [`usb_host`] |
//!
//! # The contract of a run
//!
//! > **[`Cpu::run`](cpu::Cpu::run) executes until a cycle, and everything that the program can notice happens at the
//! > cycle at which it would happen if each instruction were run by itself.**
//!
//! Memory is reached at once. Any other access is told its cycle, so that a device can catch up with it before it
//! answers, and behind the instruction the processor asks for the interrupt lines and for the next cycle at which the
//! chip has something to do. It begins no instruction from that cycle on. A caller with two processors runs them in
//! turns, each to the same cycle.
//!
//! # Example
//!
//! A chip that is nothing but RAM:
//!
//! ```
//! use pico_emu::bus::{Access, Bus, BusFault, CoreId, Signals, StaleCode, Stored, Timing, Unit};
//! use pico_emu::cpu::{Cpu, Register, Stop};
//! use pico_emu::memory::Memory;
//!
//! const RAM: u32 = 0x2000_0000;
//! const RAM_LEN: usize = 0x1000;
//!
//! struct Chip(Memory<RAM_LEN>);
//!
//! impl Bus for Chip {
//!     fn load<U: Unit>(&self, address: u32) -> Option<U> {
//!         (address.wrapping_sub(RAM) < RAM_LEN as u32).then(|| self.0.load(address))
//!     }
//!
//!     fn store<U: Unit>(&mut self, address: u32, value: U) -> Option<Stored> {
//!         (address.wrapping_sub(RAM) < RAM_LEN as u32).then(|| self.0.store(address, value))
//!     }
//!
//!     fn read(&mut self, access: Access) -> Result<(u32, Timing), BusFault> {
//!         Err(access.not_modelled())
//!     }
//!
//!     fn write(&mut self, access: Access, _: u32) -> Result<Timing, BusFault> {
//!         Err(access.not_modelled())
//!     }
//!
//!     fn fetch(&mut self, access: Access) -> Result<u16, BusFault> {
//!         if access.address.wrapping_sub(RAM) < RAM_LEN as u32 {
//!             Ok(self.0.fetch(access.core, access.address))
//!         } else {
//!             Err(access.bus_error())
//!         }
//!     }
//!
//!     fn take_stale_code(&mut self, core: CoreId) -> Option<StaleCode> {
//!         self.0.take_stale_code(core, RAM)
//!     }
//!
//!     fn signals(&mut self, _: CoreId, _: u64) -> Signals {
//!         Signals { interrupts: 0, nmi: false, event: false, next_event: u64::MAX }
//!     }
//!
//!     fn send_event(&mut self, _: CoreId) {}
//! }
//!
//! let mut chip = Chip(Memory::new());
//! // movs r0, #6; movs r1, #7; muls r0, r1, r0; str r0, [r2, #0]; b .
//! let code = [0x2006_u16, 0x2107, 0x4348, 0x6010, 0xe7fe];
//! chip.0.write(0, &code.map(u16::to_le_bytes).concat());
//!
//! let mut cpu = Cpu::new(CoreId::Core0);
//! cpu.start(RAM, RAM + RAM_LEN as u32, RAM | 1);
//! cpu.registers_mut().write(Register::R2, RAM + 0x100);
//! assert_eq!(cpu.run(&mut chip, 5), Stop::Deadline);
//! assert_eq!(cpu.cycle(), 5);
//! assert_eq!(chip.0.load::<u32>(0x100), 42);
//!
//! // Nobody has modelled what is at this address, and the emulator says so.
//! cpu.registers_mut().write(Register::R2, 0x4000_0000);
//! cpu.registers_mut().write(Register::Pc, RAM + 6);
//! let Stop::Fault(fault) = cpu.run(&mut chip, 100) else { panic!("it does not stop") };
//! assert_eq!(
//!     fault.to_string(),
//!     "at 0x20000006 (str r0, [r2, #0]): writing a word to 0x40000000 is not modelled by this emulator"
//! );
//! ```

pub mod board;
pub mod bus;
pub mod cpu;
pub mod cyw43439;
pub mod debug;
pub mod memory;
pub mod rp2040;
pub mod usb_host;

pub use board::{Board, BoardConfig};

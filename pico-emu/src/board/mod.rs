//! A Raspberry Pi Pico W: the microcontroller, its flash memory, the radio, and what can be plugged into the board.
//!
//! A [`Board`] has a time of its own, which goes on while the power is off. It is run until a time, and sleeps through
//! what nothing happens in. The air around its radio is a [`Medium`], which is told what to do while the board runs and
//! may have something for the radio at the beginning of each run.
//!
//! ```
//! use std::time::Duration;
//!
//! use pico_emu::cyw43439::{AccessPointConfig, LinkEvent, Medium, Network};
//! use pico_emu::rp2040::Stop;
//! use pico_emu::{Board, BoardConfig};
//!
//! /// Nothing is in the air.
//! struct Silence;
//!
//! impl Medium for Silence {
//!     fn networks(&mut self) -> Vec<Network> {
//!         Vec::new()
//!     }
//!     fn join(&mut self, _: &[u8], _: Option<&str>) {}
//!     fn leave(&mut self) {}
//!     fn start_access_point(&mut self, _: &AccessPointConfig) {}
//!     fn send(&mut self, _: Vec<u8>) {}
//!     fn receive(&mut self) -> Option<Vec<u8>> {
//!         None
//!     }
//!     fn take_event(&mut self) -> Option<LinkEvent> {
//!         None
//!     }
//!     fn rssi_dbm(&self) -> Option<i16> {
//!         None
//!     }
//! }
//!
//! let mut board = Board::new(BoardConfig { radio_address: Some([0x28, 0xcd, 0xc1, 0, 0, 1]), ..BoardConfig::default() });
//! // Not much of a program: the chip does not find a second stage of the boot in it.
//! board.load(&[0; 256])?;
//! assert_eq!(board.run_until(Duration::from_millis(1), &mut Silence), Stop::NoProgram);
//! # Ok::<(), pico_emu::rp2040::ImageError>(())
//! ```

mod connectors;
mod trace;
mod wiring;

use std::time::Duration;

use crate::cpu::Tracer;
use crate::cyw43439::{Medium, Report};
use crate::rp2040::{Config, ImageError, Machine, Stop, Wires};
use connectors::Inputs;
use wiring::Wiring;

/// How often a condition is looked at, at least.
const CONDITION_INTERVAL: Duration = Duration::from_micros(50);

/// What is particular to one board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardConfig {
    /// Where the randomness of the ring oscillator comes from.
    pub seed: u64,
    /// The unique number of the flash memory.
    pub unique_id: [u8; 8],
    /// The radio's Ethernet address; `None` is a plain Pico.
    pub radio_address: Option<[u8; 6]>,
}

/// A Raspberry Pi Pico W, or without a radio a Pico.
#[derive(Debug)]
pub struct Board {
    config: BoardConfig,
    machine: Machine<Wiring>,
    is_powered: bool,
    /// The board's time at the last power-up.
    powered_at: Duration,
    /// The board's time, while it has no power.
    time: Duration,
    /// How often it has got power.
    starts: u64,
    inputs: Inputs,
    has_usb: bool,
    /// Where runs are to stop.
    stops: Vec<u32>,
}

impl Board {
    /// A board that has power, with erased flash memory.
    #[must_use]
    pub fn new(config: BoardConfig) -> Self {
        let machine = Self::new_machine(&config, 0, Wiring::new(config.radio_address));
        let time = Duration::ZERO;
        Self {
            config,
            machine,
            is_powered: true,
            powered_at: time,
            time,
            starts: 0,
            inputs: Inputs::default(),
            has_usb: false,
            stops: Vec::new(),
        }
    }

    fn new_machine(config: &BoardConfig, starts: u64, wiring: Wiring) -> Machine<Wiring> {
        // The ring oscillator does not begin with the same bits each time.
        let seed = config.seed.wrapping_add(starts.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Machine::with_wires(Config { seed, unique_id: config.unique_id }, wiring)
    }

    /// Puts an image into the flash memory: a UF2 or ELF file, or else the bytes from the beginning of the memory on.
    /// What it does not cover stays, so that several can be loaded.
    ///
    /// # Errors
    ///
    /// [`ImageError`] if the file is broken, or not for this chip. Then the flash memory is as before.
    pub fn load(&mut self, file: &[u8]) -> Result<(), ImageError> {
        self.machine.load(file)
    }

    /// Whether the board has power.
    #[must_use]
    pub const fn is_powered(&self) -> bool {
        self.is_powered
    }

    /// Takes the power away. What is in the flash memory stays, and so does what is connected.
    pub fn power_off(&mut self) {
        if !self.is_powered {
            return;
        }
        self.time = self.time();
        self.is_powered = false;
        self.starts += 1;
        let wiring = self.machine.chip_mut().change_wires(Wiring::power_off);
        let next = Self::new_machine(&self.config, self.starts, wiring);
        let before = std::mem::replace(&mut self.machine, next);
        self.machine.chip_mut().write_flash(0, before.chip().flash());
        self.stops.iter().for_each(|address| self.machine.stop_at(*address));
        self.inputs.clone().connect(self);
    }

    /// Gives it power, if it has none.
    pub fn power_on(&mut self) {
        if !self.is_powered {
            self.is_powered = true;
            self.powered_at = self.time;
            self.plug_usb();
        }
    }

    /// The time since the board was made. It goes on while the power is off.
    #[must_use]
    pub fn time(&self) -> Duration {
        if self.is_powered { self.powered_at + self.machine.time() } else { self.time }
    }

    /// Has runs stop with [`Stop::Reached`] before either core executes the instruction at an address, whenever the power
    /// comes. The program cannot notice.
    pub fn stop_at(&mut self, address: u32) {
        self.stops.push(address);
        self.machine.stop_at(address);
    }

    /// Runs until a time.
    pub fn run_until(&mut self, time: Duration, medium: &mut dyn Medium) -> Stop {
        self.run_traced(time, medium, &mut ())
    }

    /// [`run_until`](Self::run_until), and tells of each instruction.
    pub fn run_traced<T: Tracer>(&mut self, time: Duration, medium: &mut dyn Medium, tracer: &mut T) -> Stop {
        loop {
            self.poll_radio(medium);
            let now = self.time();
            if now >= time {
                return Stop::Deadline;
            }
            if !self.is_powered {
                self.time = time;
                return Stop::Deadline;
            }
            // A radio that is due again at once is so in the next microsecond, wherever this run ends.
            let next_us = micros(now) + 1;
            let planned_us = self.machine.chip().wires().planned_us();
            let until = planned_us.map_or(time, |planned_us| Duration::from_micros(planned_us.max(next_us)).min(time));
            match self.machine.run_traced(until - self.powered_at, tracer) {
                Stop::Deadline | Stop::Wires => {}
                stop => return stop,
            }
        }
    }

    /// Runs until a condition is met, which is looked at every 50 microseconds and when the processor stops, or until a
    /// time.
    pub fn run_until_condition(
        &mut self,
        time: Duration,
        medium: &mut dyn Medium,
        mut condition: impl FnMut(&Self) -> bool,
    ) -> Stop {
        loop {
            if condition(self) {
                return Stop::Condition;
            }
            let until = time.min(self.time() + CONDITION_INTERVAL);
            let stop = self.run_until(until, medium);
            if stop != Stop::Deadline || until == time {
                return if condition(self) { Stop::Condition } else { stop };
            }
        }
    }

    /// When the board does something next, if nothing comes from the air: now while a processor is awake. `None` if it
    /// never does.
    #[must_use]
    pub fn next_event(&self) -> Option<Duration> {
        let chip = self.machine.next_event().filter(|_| self.is_powered).map(|time| self.powered_at + time);
        let radio = self.machine.chip().wires().planned_us().map(Duration::from_micros);
        let next = chip.into_iter().chain(radio).min()?;
        Some(next.max(self.time()))
    }

    /// The microcontroller, to be looked at.
    #[must_use]
    pub const fn machine(&self) -> &Machine<impl Wires + use<>> {
        &self.machine
    }

    /// A hash over what can be seen of the board, each with its cycle: levels at pins, what the radio sends and gets, what
    /// has been taken from serial ports. Two boards that were treated the same have the same.
    #[must_use]
    pub fn trace_hash(&self) -> u64 {
        self.machine.chip().wires().trace.hash()
    }

    /// Takes what the radio has to report next.
    pub fn take_report(&mut self) -> Option<Report> {
        self.machine.chip_mut().change_wires(|wiring| wiring.radio_mut()?.take_report())
    }

    fn poll_radio(&mut self, medium: &mut dyn Medium) {
        let chip = self.machine.chip();
        let due_since = chip.wires().due_since().filter(|_| self.is_powered);
        let cycle = due_since.unwrap_or(self.machine.cycle());
        let time =
            due_since.map_or_else(|| self.time(), |cycle| self.powered_at + Duration::from_nanos(chip.time_ns(cycle)));
        let now_us = micros(time);
        self.machine.chip_mut().change_wires(|wiring| wiring.poll(cycle, now_us, medium));
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

//! How the chip goes on from cycle to cycle: what its blocks have planned, PIO programs, and DMA.
//!
//! While a core is awake, the chip follows it: whenever the core asks for something outside memory, everything up to
//! that cycle happens first. While both cores sleep, the chip goes on by itself until something may wake one.

use super::chip::Rp2040;
use super::io_bank::{Drive, Function, IoBank};
use super::pads::Pads;
use super::pio::{Levels, Outputs, Pins, Pio, ReservedInstruction, Stop};
use super::wires::Wires;
use crate::bus::{BusFault, CoreId};

/// The registers of DMA and PIO: a transfer there can let a PIO program go on, or begin another transfer that does.
const ENGINES: std::ops::Range<u32> = 0x5000_0000..0x5040_0000;

/// A block has come upon something by itself that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeripheralFault {
    /// A channel of the DMA.
    #[error("channel {channel} of the DMA: {fault}")]
    Dma {
        /// The channel, 0 to 11.
        channel: usize,
        /// What it needs.
        fault: BusFault,
    },
    /// A PIO program.
    #[error("PIO{pio}: {fault}")]
    Pio {
        /// The block, 0 or 1.
        pio: usize,
        /// The instruction.
        fault: ReservedInstruction,
    },
}

impl<W: Wires> Rp2040<W> {
    /// Lets happen what is to happen until a cycle.
    pub(super) fn advance(&mut self, cycle: u64) {
        loop {
            if self.cycle >= self.next_event {
                self.advance_blocks(self.cycle);
            }
            if self.cycle >= cycle {
                return;
            }
            self.run_engines(cycle.min(self.next_event.max(self.cycle + 1)));
        }
    }

    /// The first cycle in which anything happens if nothing comes from outside: the present one while a core is awake.
    pub(super) fn next_event(&self) -> u64 {
        let cores = [CoreId::Core0, CoreId::Core1];
        if cores.iter().any(|&core| !self.sleeps(core) || self.interrupts.may_wake(core)) {
            return self.cycle;
        }
        let next = self.next_event.min(self.next_transfer());
        self.pios.iter().filter_map(Pio::next_change).fold(next, u64::min)
    }

    /// Goes on while both cores sleep: until a cycle, or until there is something to tell one of them. Returns the
    /// cycle that it has come to.
    pub(super) fn run_ahead(&mut self, until: u64) -> u64 {
        loop {
            if self.cycle >= self.next_event {
                self.advance_blocks(self.cycle);
            }
            if self.note_lines(self.cycle) || self.cycle >= until || self.needs_processors() {
                return self.cycle;
            }
            self.run_engines(until.min(self.next_event.max(self.cycle + 1)));
        }
    }

    /// Notes the lines of both cores as they are at a cycle. Returns whether there is something to tell.
    pub(super) fn note_lines(&mut self, cycle: u64) -> bool {
        for (core, lines) in [CoreId::Core0, CoreId::Core1].into_iter().zip(self.lines()) {
            self.interrupts.set_lines(core, lines, cycle);
        }
        self.interrupts.has_news()
    }

    /// The first cycle in which a core that is awake may have to be told of what PIO or DMA have done.
    pub(super) fn horizon(&self) -> u64 {
        let mut horizon = u64::MAX;
        // Both go by memory, and the end of a sequence can begin another one or interrupt.
        for request in self.dma.outstanding() {
            horizon = horizon.min(self.cycle.saturating_add(self.cycles_to_request(request)));
        }
        if self.io_bank0.can_pio_be_seen() || self.pios.iter().any(Pio::can_interrupt) {
            // What the DMA feeds a program with can make it go on at any time.
            let next = match self.dma.serves(&ENGINES) {
                false => self.pios.iter().filter_map(Pio::next_change).min(),
                true => Some(self.cycle),
            };
            horizon = horizon.min(next.map_or(u64::MAX, |next| next.max(self.cycle + 1)));
        }
        horizon
    }

    /// PIO and DMA go on: until a cycle, or until they have done something that a core may see.
    fn run_engines(&mut self, until: u64) {
        while self.cycle < until {
            let turn = self.run_dma();
            // What the DMA has written may have planned something earlier.
            let signals = self.run_pios(until.min(turn.next).min(self.next_event.max(self.cycle + 1)));
            if turn.completed || signals || self.fault.is_some() || self.cycle >= self.next_event {
                return;
            }
        }
    }

    /// PIO goes on: until a cycle, or until a FIFO or a flag has changed. Returns whether a core may see something of
    /// it.
    fn run_pios(&mut self, until: u64) -> bool {
        match [self.pios[0].is_off(), self.pios[1].is_off()] {
            [true, true] => {
                self.cycle = until;
                false
            }
            [false, true] => self.run_pio(0, until),
            [true, false] => self.run_pio(1, until),
            [false, false] => self.run_both_pios(until),
        }
    }

    /// One block goes on while the other does nothing.
    fn run_pio(&mut self, index: usize, until: u64) -> bool {
        self.catch_up_pios();
        if self.pios[index].rest_until(until) {
            self.cycle = until;
            return false;
        }
        let (pio, function) = (&mut self.pios[index], FUNCTIONS[index]);
        let lines = pio.interrupts();
        self.bank0.set(function, Drive::NONE);
        let mut pins = PioPins {
            selected: self.io_bank0.selected(function),
            others: self.io_bank0.selection(&self.bank0),
            seen: self.io_bank0.seen_pins(),
            io_bank: &mut self.io_bank0,
            pads: &mut self.pads_bank0,
            wires: &mut self.wires,
            is_seen: false,
        };
        let stop = pio.run(until, &mut pins);
        let is_seen = pins.is_seen;
        self.bank0.set(function, pio.outputs().into());
        self.cycle = pio.cycle();
        self.sio.set_inputs(self.io_bank0.inputs(), self.io_qspi.inputs());
        if is_seen {
            self.update_pins();
        }
        self.signals(index, stop, lines) || is_seen
    }

    /// Both blocks go on. They do each cycle by the same levels.
    fn run_both_pios(&mut self, until: u64) -> bool {
        self.catch_up_pios();
        let next = self.pios.iter().filter_map(Pio::next_change).min().unwrap_or(u64::MAX);
        let until = until.min(next.max(self.cycle + 1));
        let mut pins = HeldPins(self.io_bank0.inputs());
        let before = [self.pios[0].outputs(), self.pios[1].outputs()];
        let lines = [self.pios[0].interrupts(), self.pios[1].interrupts()];
        let stops = [0, 1].map(|index| self.pios[index].run(until, &mut pins));
        self.cycle = until;
        if before != [self.pios[0].outputs(), self.pios[1].outputs()] {
            self.update_pins();
        }
        let [first, second] = stops;
        self.signals(0, first, lines[0]) | self.signals(1, second, lines[1])
    }

    /// Whether a core may see something of what a block has done, whose interrupt lines were these before.
    fn signals(&mut self, index: usize, stop: Result<Stop, ReservedInstruction>, lines: [bool; 2]) -> bool {
        match stop {
            Ok(Stop::Deadline) => false,
            Ok(Stop::Signal) => self.pios[index].interrupts() != lines,
            Err(fault) => {
                self.fault.get_or_insert(PeripheralFault::Pio { pio: index, fault });
                true
            }
        }
    }

    /// Brings blocks that do nothing to the present cycle.
    pub(super) fn catch_up_pios(&mut self) {
        for pio in &mut self.pios {
            pio.idle_until(self.cycle, self.io_bank0.inputs());
        }
    }
}

const FUNCTIONS: [Function; 2] = [Function::Pio0, Function::Pio1];

/// The pins as a PIO block moves them while nobody else does.
struct PioPins<'a, W> {
    /// The pins that are the block's, and what drives the others.
    selected: u32,
    others: Drive,
    /// The pins that others than the block look at.
    seen: u32,
    io_bank: &'a mut IoBank,
    pads: &'a mut Pads,
    wires: &'a mut W,
    /// One of them has changed.
    is_seen: bool,
}

impl<W: Wires> Pins for PioPins<'_, W> {
    fn levels(&mut self, _: u64) -> Levels {
        Levels { pins: self.io_bank.inputs(), until: u64::MAX }
    }

    fn drive(&mut self, cycle: u64, outputs: Outputs) {
        let before = self.io_bank.inputs();
        let drive = self.others | Drive::from(outputs) & self.selected;
        self.io_bank.update(drive, self.pads, self.wires, cycle);
        self.is_seen |= (self.io_bank.inputs() ^ before) & self.seen != 0 || self.wires.wants_attention();
    }

    fn ends_run(&self) -> bool {
        self.is_seen
    }
}

/// Levels that stay.
struct HeldPins(u32);

impl Pins for HeldPins {
    fn levels(&mut self, _: u64) -> Levels {
        Levels { pins: self.0, until: u64::MAX }
    }

    fn drive(&mut self, _: u64, _: Outputs) {}
}

impl From<Outputs> for Drive {
    fn from(outputs: Outputs) -> Self {
        Self { out: outputs.levels, enable: outputs.enables }
    }
}

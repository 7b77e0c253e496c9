//! PWM: eight slices with two channels each (RP2040 datasheet, 4.5).
//!
//! A slice counts when somebody looks at it. Its wraps are events only where their interrupt is enabled or a DMA channel is
//! paced by them, and its edges only where an interrupt of the pin is enabled: without that, INTR of the bank misses
//! those between two looks at the pins. A PIO sees the level that its pin had at the last event or access.
//!
//! Where the datasheet leaves it open: the divider keeps its phase while a slice is off. A counter that is set beyond TOP
//! goes on to 65535, or turns at once in phase-correct mode, which both end with a wrap. Pin B is looked at without the
//! delay of its synchroniser.

mod duty;
mod slice;

pub use self::duty::PwmDuty;
use self::slice::Slice;
use super::block::{Block, Now};
use super::dma::Dreq;
use super::io_bank::Drive;

const SLICES: usize = 8;
const ALL: u32 = (1 << SLICES) - 1;
/// The pins repeat after those of all channels.
const CHANNELS: usize = 2 * SLICES;

/// The registers of a slice.
const CSR: u32 = 0x00;
const DIV: u32 = 0x04;
const CTR: u32 = 0x08;
const CC: u32 = 0x0c;
/// The last one is TOP.
const SLICE_LEN: u32 = 0x14;

const EN: u32 = 0xa0;
const INTR: u32 = 0xa4;
const INTE: u32 = 0xa8;
const INTF: u32 = 0xac;
const INTS: u32 = 0xb0;

#[derive(Clone, Debug)]
pub(super) struct Pwm {
    slices: [Slice; SLICES],
    raw: u32,
    enabled: u32,
    forced: u32,
    /// The levels at pins B, a bit for each channel.
    inputs: u32,
}

impl Pwm {
    pub(super) const fn new() -> Self {
        Self { slices: [Slice::new(); SLICES], raw: 0, enabled: 0, forced: 0, inputs: 0 }
    }

    /// The interrupt line.
    pub(super) const fn interrupt(&self) -> bool {
        self.status() != 0
    }

    /// The requests of a slice, which come with its wraps.
    pub(super) fn dreq(&self, slice: usize, cycle: u64) -> Dreq {
        let mut slice = self.slices[slice];
        slice.advance(cycle);
        Dreq::Pulses { count: slice.wraps(), next: slice.next_wrap().unwrap_or(u64::MAX) }
    }

    /// Counts up to a cycle.
    pub(super) fn advance(&mut self, cycle: u64) {
        for slice in 0..SLICES {
            let wraps = self.slices[slice].advance(cycle);
            self.raw |= u32::from(wraps) << slice;
        }
    }

    /// The cycle of the next wrap of a slice that has an interrupt, or of the next edge at one of the `watched` pins, or
    /// a cycle before.
    pub(super) fn next_event(&self, watched: u32) -> Option<u64> {
        let wraps = self.enabled & !self.raw;
        let edges = channels_of(watched);
        if wraps == 0 && edges == 0 {
            return None;
        }
        let slices = self.slices.iter().enumerate();
        let next = slices.flat_map(|(number, slice)| {
            let wrap = if wraps & 1 << number != 0 { slice.next_wrap() } else { None };
            let edge = if edges & 0b11 << (2 * number) != 0 { slice.next_change() } else { None };
            [wrap, edge]
        });
        next.flatten().min()
    }

    /// What it does to pins that select it, as of the cycle up to which it has counted.
    pub(super) fn drive(&self) -> Drive {
        let mut drive = Drive::NONE;
        for (number, slice) in self.slices.iter().enumerate() {
            drive.out |= u32::from(slice.output(0)) << (2 * number) | u32::from(slice.output(1)) << (2 * number + 1);
            drive.enable |= 1 << (2 * number) | u32::from(slice.drives_b()) << (2 * number + 1);
        }
        Drive { out: drive.out | drive.out << CHANNELS, enable: drive.enable | drive.enable << CHANNELS }
    }

    /// Tells the levels at the pins that select it, from a cycle on.
    pub(super) fn set_inputs(&mut self, pins: u32, cycle: u64) {
        let channels = channels_of(pins);
        if channels == self.inputs {
            return;
        }
        self.inputs = channels;
        self.advance(cycle);
        for slice in 0..SLICES {
            let wraps = self.slices[slice].set_input(channels & 0b10 << (2 * slice) != 0);
            self.raw |= u32::from(wraps) << slice;
        }
    }

    /// The level of a pin that selects it, at a cycle.
    pub(super) fn level(&self, pin: usize, cycle: u64) -> bool {
        self.at(pin, cycle).output(pin % 2)
    }

    /// The duty of a pin that selects it, at a cycle.
    pub(super) fn duty(&self, pin: usize, cycle: u64) -> PwmDuty {
        PwmDuty::of(&self.at(pin, cycle), pin % 2)
    }

    /// The slice of a pin, at a cycle.
    fn at(&self, pin: usize, cycle: u64) -> Slice {
        let mut slice = self.slices[pin % CHANNELS / 2];
        slice.advance(cycle);
        slice
    }

    const fn status(&self) -> u32 {
        self.raw & self.enabled | self.forced
    }

    fn enables(&self) -> u32 {
        (0..SLICES).map(|slice| u32::from(self.slices[slice].is_enabled()) << slice).sum()
    }
}

/// The pins as channels: a bit is set if either of a channel's pins is.
const fn channels_of(pins: u32) -> u32 {
    (pins | pins >> CHANNELS) & ((1 << CHANNELS) - 1)
}

impl Block for Pwm {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        self.advance(now.cycle);
        if let Some(slice) = self.slices.get((offset / SLICE_LEN) as usize) {
            return Some(match offset % SLICE_LEN {
                CSR => slice.csr(),
                DIV => slice.div(),
                CTR => slice.counter().into(),
                CC => slice.cc(),
                _ => slice.written_top(),
            });
        }
        match offset {
            EN => Some(self.enables()),
            INTR => Some(self.raw),
            INTE => Some(self.enabled),
            INTF => Some(self.forced),
            INTS => Some(self.status()),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.cycle);
        if let Some(slice) = self.slices.get_mut((offset / SLICE_LEN) as usize) {
            match offset % SLICE_LEN {
                CSR => slice.set_csr(value),
                DIV => slice.set_div(value),
                CTR => slice.set_ctr(value),
                CC => slice.set_cc(value),
                _ => slice.set_top(value),
            }
            return Some(());
        }
        match offset {
            EN => {
                for (number, slice) in self.slices.iter_mut().enumerate() {
                    slice.set_enabled(value & 1 << number != 0);
                }
            }
            INTR => self.raw &= !value,
            INTE => self.enabled = value & ALL,
            INTF => self.forced = value & ALL,
            INTS => {}
            _ => return None,
        }
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        offset == INTR
    }
}

//! DMA: twelve channels that move data over the bus by themselves (RP2040 datasheet, 2.5).
//!
//! What the datasheet leaves open is decided so:
//!
//! - All channels together do a transfer a cycle, the read and the write both in that cycle, and wait for the slower of
//!   the two where one has wait states. Nothing is in flight between two cycles, so that an abort is done at once and
//!   `FIFO_LEVELS` reads zero.
//! - A sequence of no transfers takes a cycle in which nothing is transferred, and then completes as any other.
//! - A write to a channel's address while it is busy counts from its next transfer on.
//! - An address that is not aligned to the size of a transfer is a fault of the emulator.
//! - The sniffer takes the bits of a transfer from the highest on, or with reversed data from the lowest on.

mod channel;
mod master;
mod pacing;
mod schedule;
mod sniffer;

pub(super) use pacing::Dreq;

use std::ops::Range;

use super::block::{Block, Now};
use super::edges::Edges;
use channel::Channel;
use schedule::Schedule;
use sniffer::Sniffer;

pub(super) const CHANNELS: usize = 12;
const ALL: u32 = (1 << CHANNELS) - 1;
const TIMERS: usize = 4;

const CHANNELS_END: u32 = 0x40 * CHANNELS as u32;
const INTR: u32 = 0x400;
const INTE0: u32 = 0x404;
const INTF0: u32 = 0x408;
const INTS0: u32 = 0x40c;
const INTE1: u32 = 0x414;
const INTF1: u32 = 0x418;
const INTS1: u32 = 0x41c;
const TIMER0: u32 = 0x420;
const TIMER3: u32 = 0x42c;
const MULTI_CHAN_TRIGGER: u32 = 0x430;
const SNIFF_CTRL: u32 = 0x434;
const SNIFF_DATA: u32 = 0x438;
const FIFO_LEVELS: u32 = 0x440;
const CHAN_ABORT: u32 = 0x444;
const N_CHANNELS: u32 = 0x448;
const DEBUG: u32 = 0x800;
const DEBUG_END: u32 = DEBUG + CHANNELS_END;

#[derive(Clone, Debug)]
pub(super) struct Dma {
    channels: [Channel; CHANNELS],
    /// What TIMER0 to TIMER3 hold, and the requests that they make.
    timers: [(u32, Edges); TIMERS],
    sniffer: Sniffer,
    raw: u32,
    enabled: [u32; 2],
    forced: [u32; 2],
    schedule: Schedule,
    /// The channels that are active, and those of high priority.
    active: u32,
    high: u32,
    /// The cycle in which the next transfer can begin.
    free_at: u64,
}

impl Dma {
    pub(super) fn new() -> Self {
        Self {
            channels: std::array::from_fn(|_| Channel::default()),
            timers: [(0, Edges::new(pacing::rate(0))); TIMERS],
            sniffer: Sniffer::default(),
            raw: 0,
            enabled: [0; 2],
            forced: [0; 2],
            schedule: Schedule::default(),
            active: 0,
            high: 0,
            free_at: 0,
        }
    }

    /// The lines of `DMA_IRQ_0` and `DMA_IRQ_1`.
    pub(super) const fn interrupts(&self) -> [bool; 2] {
        [self.status(0) != 0, self.status(1) != 0]
    }

    /// The channels that transfer as soon as they are requested to: a bit for each.
    pub(super) const fn active(&self) -> u32 {
        self.active
    }

    /// What paces the active channels. A channel that has nothing to transfer is paced by nothing.
    pub(super) fn outstanding(&self) -> impl Iterator<Item = u32> {
        Bits(self.active).map(|index| match &self.channels[index] {
            channel if channel.remaining() == 0 => pacing::PERMANENT,
            channel => channel.control.request(),
        })
    }

    /// Whether an active channel, or one that is to follow it, reads or writes there.
    pub(super) fn serves(&self, addresses: &Range<u32>) -> bool {
        let mut reached = self.active;
        loop {
            let followers = Bits(reached).fold(0, |mask, index| mask | 1 << self.channels[index].control.chain_to());
            if followers & !reached == 0 {
                return Bits(reached).any(|index| self.channels[index].touches(addresses));
            }
            reached |= followers;
        }
    }

    fn note_active(&mut self) {
        self.active = self.mask_of(Channel::is_active);
        self.high = self.mask_of(|channel| channel.control.is_high_priority());
    }

    fn mask_of(&self, of: impl Fn(&Channel) -> bool) -> u32 {
        self.channels.iter().rev().fold(0, |mask, channel| mask << 1 | u32::from(of(channel)))
    }

    const fn status(&self, line: usize) -> u32 {
        self.raw & self.enabled[line] | self.forced[line]
    }

    /// A channel has come to the end of its sequence.
    fn complete(&mut self, index: usize) {
        let channel = &mut self.channels[index];
        channel.stop();
        if !channel.control.is_quiet() {
            self.raw |= 1 << index;
        }
        let next = channel.control.chain_to();
        if next != index
            && let Some(next) = self.channels.get_mut(next)
        {
            next.trigger();
        }
        self.note_active();
    }

    /// A write to a channel's registers. Those that stand last in each of the four orders trigger it, unless zero is
    /// written, which tells the end of a chain (2.5.2.3).
    fn write_channel(&mut self, index: usize, register: usize, value: u32) {
        let channel = &mut self.channels[index];
        let is_quiet = channel.control.is_quiet();
        channel.write(register, value);
        if !Channel::is_trigger(register) {
            return;
        }
        if value != 0 {
            channel.trigger();
        } else if is_quiet {
            self.raw |= 1 << index;
        }
    }
}

impl Block for Dma {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        Some(match offset {
            0..CHANNELS_END => self.channels[(offset / 0x40) as usize].read((offset / 4 % 16) as usize),
            INTR => self.raw,
            INTE0 => self.enabled[0],
            INTF0 => self.forced[0],
            INTS0 => self.status(0),
            INTE1 => self.enabled[1],
            INTF1 => self.forced[1],
            INTS1 => self.status(1),
            TIMER0..=TIMER3 => self.timers[(offset - TIMER0) as usize / 4].0,
            SNIFF_CTRL => self.sniffer.control(),
            SNIFF_DATA => self.sniffer.result(),
            MULTI_CHAN_TRIGGER | FIFO_LEVELS | CHAN_ABORT => 0,
            N_CHANNELS => CHANNELS as u32,
            DEBUG..DEBUG_END => {
                let channel = &self.channels[((offset - DEBUG) / 0x40) as usize];
                match offset % 0x40 {
                    0 => channel.requests(),
                    4 => channel.reload(),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        match offset {
            0..CHANNELS_END => self.write_channel((offset / 0x40) as usize, (offset / 4 % 16) as usize, value),
            INTR | INTS0 | INTS1 => self.raw &= !value,
            INTE0 => self.enabled[0] = value & ALL,
            INTF0 => self.forced[0] = value & ALL,
            INTE1 => self.enabled[1] = value & ALL,
            INTF1 => self.forced[1] = value & ALL,
            TIMER0..=TIMER3 => {
                let (register, requests) = &mut self.timers[(offset - TIMER0) as usize / 4];
                *register = value;
                requests.set_rate(now.cycle, pacing::rate(value));
            }
            MULTI_CHAN_TRIGGER => self.each(value, Channel::trigger),
            SNIFF_CTRL => self.sniffer.set_control(value)?,
            SNIFF_DATA => self.sniffer.seed(value),
            CHAN_ABORT => self.each(value, Channel::abort),
            FIFO_LEVELS | N_CHANNELS => {}
            DEBUG..DEBUG_END => match offset % 0x40 {
                0 => self.channels[((offset - DEBUG) / 0x40) as usize].forget_requests(),
                4 => {}
                _ => return None,
            },
            _ => return None,
        }
        self.note_active();
        Some(())
    }

    fn cleared_by_ones(&self, offset: u32) -> bool {
        matches!(offset, INTR | INTS0 | INTS1)
    }
}

impl Dma {
    /// Does something to the channels that have a bit.
    fn each(&mut self, mask: u32, change: impl Fn(&mut Channel)) {
        for (index, channel) in self.channels.iter_mut().enumerate() {
            if mask & 1 << index != 0 {
                change(channel);
            }
        }
    }
}

/// The numbers of the bits that are set.
#[derive(Clone, Copy)]
struct Bits(u32);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

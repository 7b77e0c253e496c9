//! The DMA as a master of the bus, and what it is paced by.

use super::{Bits, Dma, Dreq, pacing};
use crate::bus::{Access, Bus, BusFault, BusFaultKind, CoreId, Operation, Timing, Unit, Width};
use crate::rp2040::chip::Rp2040;
use crate::rp2040::progress::PeripheralFault;
use crate::rp2040::wires::Wires;

/// What only the processors reach.
const PROCESSORS: std::ops::Range<u32> = 0xd000_0000..0xe010_0000;

/// What came of the present cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rp2040) struct Turn {
    /// The first cycle in which there may be something to do again, if no FIFO changes before.
    pub(in crate::rp2040) next: u64,
    /// A sequence has come to its end.
    pub(in crate::rp2040) completed: bool,
}

impl<W: Wires> Rp2040<W> {
    /// Does what the DMA does in the present cycle.
    pub(in crate::rp2040) fn run_dma(&mut self) -> Turn {
        let cycle = self.cycle;
        let active = self.dma.active();
        if active == 0 || cycle < self.dma.free_at {
            return Turn { next: if active == 0 { u64::MAX } else { self.dma.free_at }, completed: false };
        }
        let mut ready = 0;
        let mut next = u64::MAX;
        for index in Bits(active) {
            let dreq = self.request(self.dma.channels[index].control.request());
            let channel = &mut self.dma.channels[index];
            if channel.see(dreq) {
                ready |= 1 << index;
            }
            next = next.min(dreq.next());
        }
        let Some(index) = self.dma.schedule.pick(ready, self.dma.high) else {
            return Turn { next: next.max(cycle + 1), completed: false };
        };
        let wait_cycles = match self.transfer(index) {
            Ok(wait_cycles) => wait_cycles,
            Err(fault) => {
                self.fault = Some(PeripheralFault::Dma { channel: index, fault });
                0
            }
        };
        self.dma.free_at = cycle + 1 + u64::from(wait_cycles);
        Turn { next: self.dma.free_at, completed: !self.dma.channels[index].is_active() }
    }

    /// The first cycle in which a channel may have something to do, if no FIFO of PIO changes before.
    pub(in crate::rp2040) fn next_transfer(&self) -> u64 {
        let channels = Bits(self.dma.active()).map(|index| &self.dma.channels[index]);
        let next = channels.map(|channel| channel.next(self.request(channel.control.request()), self.cycle)).min();
        next.map_or(u64::MAX, |next| next.max(self.dma.free_at))
    }

    /// What paces a channel, by the number of `TREQ_SEL`.
    fn request(&self, number: u32) -> Dreq {
        match number {
            pacing::TIMER0..=pacing::TIMER3 => {
                let (_, requests) = &self.dma.timers[(number - pacing::TIMER0) as usize];
                let count = requests.count(self.cycle);
                Dreq::Pulses { count, next: requests.cycle_of(count + 1) }
            }
            pacing::PERMANENT => Dreq::ready(1),
            _ => self.dreq(number),
        }
    }

    /// Does one transfer of a channel. Returns the wait states that it takes.
    ///
    /// # Errors
    ///
    /// What is not modelled.
    fn transfer(&mut self, index: usize) -> Result<u32, BusFault> {
        let channel = &self.dma.channels[index];
        if channel.remaining() == 0 {
            self.dma.complete(index);
            return Ok(0);
        }
        let (read, write) = channel.addresses();
        let control = channel.control;
        let access =
            |operation, address, width| Access { core: CoreId::Core0, cycle: self.cycle, address, width, operation };
        // The size is looked at first, because the reserved one cannot be told by a fault's width.
        let Some(width) = control.width() else {
            return Err(access(Operation::Read, read, Width::Word).not_modelled());
        };
        let (reading, writing) = (access(Operation::Read, read, width), access(Operation::Write, write, width));
        let (data, read_timing) = match self.dma_read(reading) {
            Ok(read) => read,
            Err(fault) => return self.dma.handle_fault(index, fault),
        };
        let data = control.swap(data, width);
        if control.is_sniffed() && self.dma.sniffer.observes(index) {
            self.dma.sniffer.pass(data, width);
        }
        let write_timing = match self.dma_write(writing, data) {
            Ok(timing) => timing,
            Err(fault) => return self.dma.handle_fault(index, fault),
        };
        if self.dma.channels[index].pass(width) {
            self.dma.complete(index);
        }
        Ok(wait_cycles(read_timing).max(wait_cycles(write_timing)))
    }

    fn dma_read(&mut self, access: Access) -> Result<(u32, Timing), BusFault> {
        check(access)?;
        let memory = match access.width {
            Width::Byte => self.load::<u8>(access.address).map(Unit::zero_extend),
            Width::Halfword => self.load::<u16>(access.address).map(Unit::zero_extend),
            Width::Word => self.load::<u32>(access.address),
        };
        memory.map_or_else(|| self.answer_read(access), |value| Ok((value, Timing::NO_WAIT)))
    }

    fn dma_write(&mut self, access: Access, value: u32) -> Result<Timing, BusFault> {
        check(access)?;
        let stored = match access.width {
            Width::Byte => self.store(access.address, u8::truncate(value)),
            Width::Halfword => self.store(access.address, u16::truncate(value)),
            Width::Word => self.store(access.address, value),
        };
        stored.map_or_else(|| self.answer_write(access, value), |_| Ok(Timing::NO_WAIT))
    }
}

impl Dma {
    /// A transfer failed.
    ///
    /// # Errors
    ///
    /// The fault itself, if it is not one that the chip answers with too.
    fn handle_fault(&mut self, index: usize, fault: BusFault) -> Result<u32, BusFault> {
        self.channels[index].fail(fault.operation == Operation::Write);
        self.note_active();
        match fault.kind {
            BusFaultKind::BusError => {
                self.raw |= 1 << index;
                Ok(0)
            }
            BusFaultKind::NotModelled => Err(fault),
        }
    }
}

fn check(access: Access) -> Result<(), BusFault> {
    if PROCESSORS.contains(&access.address) {
        Err(access.bus_error())
    } else if access.address.is_multiple_of(access.width.bytes()) {
        Ok(())
    } else {
        Err(access.not_modelled())
    }
}

const fn wait_cycles(timing: Timing) -> u32 {
    match timing {
        Timing::SingleCycle | Timing::Quiet => 0,
        Timing::Ahb { wait_cycles } => wait_cycles,
    }
}

//! One channel: its registers, and the sequence of transfers that it is at (RP2040 datasheet, 2.5.1 and 2.5.2).

use std::ops::Range;

use super::pacing::Dreq;
use crate::bus::Width;
use crate::rp2040::block::flag;

const WRITE_ERROR: u32 = 1 << 29;
const READ_ERROR: u32 = 1 << 30;
const AHB_ERROR: u32 = 1 << 31;
const BUSY: u32 = 1 << 24;

/// The most requests that a channel counts.
const REQUESTS_MAX: u32 = 0x3f;

#[derive(Clone, Copy)]
enum Register {
    ReadAddress,
    WriteAddress,
    Count,
    Control,
}

/// The registers of a channel in their four orders (2.5.2.1).
const ORDERS: [[Register; 4]; 4] = {
    use Register::{Control, Count, ReadAddress, WriteAddress};
    [
        [ReadAddress, WriteAddress, Count, Control],
        [Control, ReadAddress, WriteAddress, Count],
        [Control, Count, ReadAddress, WriteAddress],
        [Control, WriteAddress, Count, ReadAddress],
    ]
};

#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    read_address: u32,
    write_address: u32,
    remaining: u32,
    /// How many transfers the next sequence has.
    reload: u32,
    pub(super) control: Control,
    is_busy: bool,
    /// Those of the flags `WRITE_ERROR` and `READ_ERROR` that are set.
    errors: u32,
    /// The requests that are not yet followed, as last seen.
    requests: u32,
    /// Of a source that only counts its requests: those that this sequence has followed or was too late for.
    followed: Option<u64>,
}

/// CTRL without its flags.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Control(u32);

impl Control {
    const MASK: u32 = 0x00ff_ffff;

    const fn is_enabled(self) -> bool {
        self.0 & 1 != 0
    }

    pub(super) const fn is_high_priority(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// `None` if the size is the reserved one.
    pub(super) const fn width(self) -> Option<Width> {
        match self.0 >> 2 & 3 {
            0 => Some(Width::Byte),
            1 => Some(Width::Halfword),
            2 => Some(Width::Word),
            _ => None,
        }
    }

    const fn increments_read(self) -> bool {
        self.0 & 1 << 4 != 0
    }

    const fn increments_write(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    /// The bits of an address that change, of a read and of a write.
    const fn address_bits(self) -> (u32, u32) {
        let size = self.0 >> 6 & 0xf;
        let ring = if size == 0 { u32::MAX } else { (1 << size) - 1 };
        if self.0 & 1 << 10 == 0 { (ring, u32::MAX) } else { (u32::MAX, ring) }
    }

    pub(super) const fn chain_to(self) -> usize {
        (self.0 >> 11 & 0xf) as usize
    }

    /// The number of the transfer request that paces it.
    pub(super) const fn request(self) -> u32 {
        self.0 >> 15 & 0x3f
    }

    pub(super) const fn is_quiet(self) -> bool {
        self.0 & 1 << 21 != 0
    }

    /// The data with its bytes swapped, if that is asked for.
    pub(super) const fn swap(self, data: u32, width: Width) -> u32 {
        if self.0 & 1 << 22 == 0 { data } else { swap_bytes(data, width) }
    }

    pub(super) const fn is_sniffed(self) -> bool {
        self.0 & 1 << 23 != 0
    }
}

/// The bytes of one transfer in reverse order.
pub(super) const fn swap_bytes(data: u32, width: Width) -> u32 {
    data.swap_bytes() >> (32 - 8 * width.bytes())
}

impl Channel {
    fn register(register: usize) -> Register {
        ORDERS.as_flattened()[register]
    }

    /// Whether a register triggers the channel.
    pub(super) const fn is_trigger(register: usize) -> bool {
        register % 4 == 3
    }

    pub(super) fn read(&self, register: usize) -> u32 {
        match Self::register(register) {
            Register::ReadAddress => self.read_address,
            Register::WriteAddress => self.write_address,
            Register::Count => self.remaining,
            Register::Control => {
                self.control.0 | self.errors | flag(self.is_busy, BUSY) | flag(self.errors != 0, AHB_ERROR)
            }
        }
    }

    pub(super) fn write(&mut self, register: usize, value: u32) {
        match Self::register(register) {
            Register::ReadAddress => self.read_address = value,
            Register::WriteAddress => self.write_address = value,
            Register::Count => self.reload = value,
            Register::Control => {
                let control = Control(value & Control::MASK);
                if control.request() != self.control.request() {
                    self.forget_requests();
                }
                self.control = control;
                self.errors &= !value;
            }
        }
    }

    /// Begins a sequence, unless the channel is at one or takes no triggers.
    pub(super) const fn trigger(&mut self) {
        if self.control.is_enabled() && !self.is_busy {
            self.is_busy = true;
            self.remaining = self.reload;
            self.forget_requests();
        }
    }

    /// Ends the sequence early, without an interrupt.
    pub(super) const fn abort(&mut self) {
        self.stop();
        self.remaining = 0;
    }

    /// Ends the sequence.
    pub(super) const fn stop(&mut self) {
        self.is_busy = false;
        self.requests = 0;
    }

    /// Whether it is at a sequence and not paused.
    pub(super) const fn is_active(&self) -> bool {
        self.is_busy && self.control.is_enabled()
    }

    pub(super) const fn remaining(&self) -> u32 {
        self.remaining
    }

    pub(super) const fn reload(&self) -> u32 {
        self.reload
    }

    pub(super) const fn requests(&self) -> u32 {
        self.requests
    }

    pub(super) const fn addresses(&self) -> (u32, u32) {
        (self.read_address, self.write_address)
    }

    /// Whether one of its addresses lies there.
    pub(super) fn touches(&self, addresses: &Range<u32>) -> bool {
        addresses.contains(&self.read_address) || addresses.contains(&self.write_address)
    }

    /// Requests from before count no longer.
    pub(super) const fn forget_requests(&mut self) {
        self.requests = 0;
        self.followed = None;
    }

    /// Looks at what paces the channel. Returns whether it has something to do.
    pub(super) fn see(&mut self, dreq: Dreq) -> bool {
        self.requests = self.unfollowed(dreq);
        if let Dreq::Pulses { count, .. } = dreq {
            self.followed = Some(count - u64::from(self.requests));
        }
        self.requests != 0 || self.remaining == 0
    }

    /// The cycle in which the channel has something to do, of which `cycle` is the present one.
    pub(super) fn next(&self, dreq: Dreq, cycle: u64) -> u64 {
        if self.unfollowed(dreq) != 0 || self.remaining == 0 { cycle } else { dreq.next() }
    }

    /// The requests that the channel has not followed yet.
    fn unfollowed(&self, dreq: Dreq) -> u32 {
        match dreq {
            Dreq::Level { ready, .. } => ready.min(REQUESTS_MAX),
            Dreq::Pulses { count, .. } => {
                let requests = count - self.followed.unwrap_or(count);
                u32::try_from(requests).map_or(REQUESTS_MAX, |requests| requests.min(REQUESTS_MAX))
            }
        }
    }

    /// A transfer is done. Returns whether it was the last one.
    pub(super) const fn pass(&mut self, width: Width) -> bool {
        let (read_bits, write_bits) = self.control.address_bits();
        if self.control.increments_read() {
            self.read_address = advanced(self.read_address, width, read_bits);
        }
        if self.control.increments_write() {
            self.write_address = advanced(self.write_address, width, write_bits);
        }
        self.requests = self.requests.saturating_sub(1);
        if let Some(followed) = &mut self.followed {
            *followed += 1;
        }
        self.remaining -= 1;
        self.remaining == 0
    }

    /// The bus answered with an error, so that the channel halts.
    pub(super) const fn fail(&mut self, is_write: bool) {
        self.errors |= if is_write { WRITE_ERROR } else { READ_ERROR };
        self.stop();
    }
}

/// The address of the next transfer, of which only these bits change.
const fn advanced(address: u32, width: Width, bits: u32) -> u32 {
    address & !bits | address.wrapping_add(width.bytes()) & bits
}

//! The SRAM: six banks, of which four are striped word by word (RP2040 datasheet, 2.6.2).

use crate::bus::{CoreId, StaleCode, Stored, Unit};
use crate::memory::Memory;

const STRIPED: u32 = 0x2000_0000;
const STRIPED_LEN: u32 = 0x4_0000;
/// Banks 4 and 5, one behind the other.
const SMALL: u32 = 0x2004_0000;
const SMALL_LEN: u32 = 0x2000;
/// Banks 0 to 3 again, each for itself.
const UNSTRIPED: u32 = 0x2100_0000;
const BANK_LEN_LOG2: u32 = 16;

#[derive(Clone)]
pub(super) struct Sram {
    striped: Memory<{ STRIPED_LEN as usize }>,
    small: Memory<{ SMALL_LEN as usize }>,
    /// Whether code was fetched by the addresses that are not striped, where a line lies elsewhere.
    fetched_unstriped: bool,
}

impl Sram {
    pub(super) fn new() -> Self {
        Self { striped: Memory::new(), small: Memory::new(), fetched_unstriped: false }
    }

    #[inline(always)]
    pub(super) fn load<U: Unit>(&self, address: u32) -> Option<U> {
        if address.wrapping_sub(STRIPED) < STRIPED_LEN {
            Some(self.striped.load(address))
        } else if address.wrapping_sub(SMALL) < SMALL_LEN {
            Some(self.small.load(address))
        } else {
            unstriped(address).map(|offset| self.striped.load(offset))
        }
    }

    #[inline(always)]
    pub(super) fn store<U: Unit>(&mut self, address: u32, value: U) -> Option<Stored> {
        if address.wrapping_sub(STRIPED) < STRIPED_LEN {
            Some(self.striped.store(address, value))
        } else if address.wrapping_sub(SMALL) < SMALL_LEN {
            Some(self.small.store(address, value))
        } else {
            unstriped(address).map(|offset| self.striped.store(offset, value))
        }
    }

    pub(super) fn fetch(&mut self, core: CoreId, address: u32) -> Option<u16> {
        if address.wrapping_sub(STRIPED) < STRIPED_LEN {
            Some(self.striped.fetch(core, address))
        } else if address.wrapping_sub(SMALL) < SMALL_LEN {
            Some(self.small.fetch(core, address))
        } else {
            let offset = unstriped(address)?;
            self.fetched_unstriped = true;
            Some(self.striped.fetch(core, offset))
        }
    }

    pub(super) fn take_stale_code(&mut self, core: CoreId) -> Option<StaleCode> {
        if let Some(stale) = self.small.take_stale_code(core, SMALL) {
            return Some(stale);
        }
        let stale = self.striped.take_stale_code(core, STRIPED)?;
        Some(if self.fetched_unstriped { StaleCode::All } else { stale })
    }
}

/// Where in the striped banks an address of the other view lies.
const fn unstriped(address: u32) -> Option<u32> {
    let offset = address.wrapping_sub(UNSTRIPED);
    let bank = offset >> BANK_LEN_LOG2;
    if bank >= 4 {
        return None;
    }
    let within = offset & ((1 << BANK_LEN_LOG2) - 1);
    Some((within >> 2) << 4 | bank << 2 | within & 3)
}

//! A region of the memory protection unit (DDI 0419, B3.5.8 and B3.5.9).

use crate::bus::Operation;

/// `MPU_RBAR`: the address.
const ADDRESS: u32 = 0xffff_ff00;
/// `MPU_RASR`: the fields that exist.
const ATTRIBUTES: u32 = 0x1707_ff3f;
/// `MPU_RASR`: the region counts.
const ENABLE: u32 = 1;
/// `MPU_RASR`: nothing in it may be executed.
const EXECUTE_NEVER: u32 = 1 << 28;
/// The smallest SIZE, which is 256 bytes. A smaller one is UNPREDICTABLE: here, it is this one.
const SIZE_MIN: u32 = 7;
/// Each region has eight parts that can be left out.
const SUBREGIONS_LOG2: u32 = 3;

#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    base_address: u32,
    attributes: u32,
}

impl Region {
    pub(super) const NONE: Self = Self { base_address: 0, attributes: 0 };

    /// `MPU_RBAR`, but for the region's number.
    pub(super) const fn base_address(&self) -> u32 {
        self.base_address
    }

    pub(super) const fn write_base_address(&mut self, value: u32) {
        self.base_address = value & ADDRESS;
    }

    /// `MPU_RASR`.
    pub(super) const fn attributes(&self) -> u32 {
        self.attributes
    }

    pub(super) const fn write_attributes(&mut self, value: u32) {
        self.attributes = value & ATTRIBUTES;
    }

    /// Whether the region decides about an address.
    pub(super) const fn contains(&self, address: u32) -> bool {
        let offset = address.wrapping_sub(self.first());
        let subregion = offset >> self.subregion_len_log2();
        offset <= self.span() && self.enabled_subregions() >> subregion & 1 != 0
    }

    /// The first and the last address that it decides about, if any.
    pub(super) fn bounds(&self) -> Option<(u32, u32)> {
        let subregions = self.enabled_subregions();
        let first = self.first() + (subregions.trailing_zeros() << self.subregion_len_log2());
        let last = subregions.checked_ilog2()? << self.subregion_len_log2();
        Some((first, self.first() + last + (self.span() >> SUBREGIONS_LOG2)))
    }

    /// Whether privileged or unprivileged code may do this to the addresses that it decides about.
    pub(super) const fn permits(&self, operation: Operation, privileged: bool) -> bool {
        let permission = self.attributes >> 24 & 7;
        // What is left of the eight is for no access at all, and the reserved 4 counts as that.
        let reads = match permission {
            1 | 5 => privileged,
            2 | 3 | 6 | 7 => true,
            _ => false,
        };
        match operation {
            Operation::Read => reads,
            Operation::Fetch => reads && self.attributes & EXECUTE_NEVER == 0,
            Operation::Write => permission == 3 || privileged && matches!(permission, 1 | 2),
        }
    }

    /// A bit for each part of the region that it decides about.
    const fn enabled_subregions(&self) -> u32 {
        if self.attributes & ENABLE != 0 { !self.attributes >> 8 & 0xff } else { 0 }
    }

    /// The address at which the region begins, which is a multiple of its size.
    const fn first(&self) -> u32 {
        self.base_address & !self.span()
    }

    /// The region's size less one, so that the whole address space has one too.
    const fn span(&self) -> u32 {
        u32::MAX >> (31 - self.size())
    }

    const fn subregion_len_log2(&self) -> u32 {
        self.size() + 1 - SUBREGIONS_LOG2
    }

    /// The logarithm of the region's size, less one.
    const fn size(&self) -> u32 {
        let size = self.attributes >> 1 & 0x1f;
        if size < SIZE_MIN { SIZE_MIN } else { size }
    }
}

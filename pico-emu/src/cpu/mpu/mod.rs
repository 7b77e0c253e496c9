//! The memory protection unit (DDI 0419, B3.5), and what may be executed without it.
//!
//! Most programs forbid a few addresses and leave the rest alone, so the unit keeps the range outside which all data
//! may be read and written. The processor asks for nothing else as long as it stays there.

mod region;

use self::region::Region;
use crate::bus::Operation;

/// How many regions the RP2040's processors have.
const REGIONS: usize = 8;

/// `MPU_RBAR`: the region number in the low bits counts.
const VALID: u32 = 1 << 4;
/// `MPU_CTRL`: the unit is on.
const ENABLE: u32 = 1 << 0;
/// `MPU_CTRL`: it is on for NMI and `HardFault` too.
const HFNMIENA: u32 = 1 << 1;
/// `MPU_CTRL`: privileged code may reach what is in no region.
const PRIVDEFENA: u32 = 1 << 2;

/// Which eighths of the address space hold nothing that may be executed (DDI 0419, table B3-1): bit n from n times 512
/// MiB on.
const EXECUTE_NEVER: u8 = 0b1110_0100;
/// From here on that is so whatever a region says.
const SYSTEM: u32 = 0xe000_0000;

/// On whose behalf memory is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// Of code to which the unit does not apply.
    Unprotected,
    Privileged,
    Unprivileged,
}

#[derive(Clone, Debug)]
pub(super) struct Mpu {
    control: u32,
    region: usize,
    regions: [Region; REGIONS],
    domain: Domain,
    /// All data that the present domain may not read and write lies here: from an address on so many bytes, and one.
    guarded_from: u32,
    guarded_span: u32,
    /// A register has changed since the domain was last [entered](Self::enter).
    changed: bool,
    /// What has been fetched may be code that may no longer be executed.
    code_is_stale: bool,
}

impl Mpu {
    /// `MPU_TYPE`: as many regions, for instructions and data together.
    pub(super) const TYPE: u32 = (REGIONS as u32) << 8;

    pub(super) const fn new() -> Self {
        Self {
            control: 0,
            region: 0,
            regions: [Region::NONE; REGIONS],
            domain: Domain::Unprotected,
            guarded_from: u32::MAX,
            guarded_span: 0,
            changed: false,
            code_is_stale: true,
        }
    }

    /// The domain of code of a privilege, also of a negative priority: that of NMI or `HardFault`.
    pub(super) const fn domain(&self, privileged: bool, negative_priority: bool) -> Domain {
        if self.control & ENABLE == 0 || negative_priority && self.control & HFNMIENA == 0 {
            Domain::Unprotected
        } else if privileged {
            Domain::Privileged
        } else {
            Domain::Unprivileged
        }
    }

    /// From here on memory is reached on behalf of this domain.
    pub(super) fn enter(&mut self, domain: Domain) {
        if self.domain == domain && !self.changed {
            return;
        }
        self.domain = domain;
        self.changed = false;
        self.code_is_stale = true;
        let (first, last) = self.guarded();
        self.guarded_from = first;
        self.guarded_span = last - first;
    }

    /// Whether code has to be fetched anew, because it was when other code might be executed. Telling so withdraws it.
    pub(super) const fn take_stale_code(&mut self) -> bool {
        std::mem::replace(&mut self.code_is_stale, false)
    }

    /// Whether an address has to be asked about before data is read from it or written to it.
    #[inline(always)]
    pub(super) const fn guards(&self, address: u32) -> bool {
        address.wrapping_sub(self.guarded_from) <= self.guarded_span
    }

    /// Whether the present domain may do this to an address outside the private peripheral bus.
    pub(super) fn permits(&self, operation: Operation, address: u32) -> bool {
        let by_default = operation != Operation::Fetch || EXECUTE_NEVER >> (address >> 29) & 1 == 0;
        if self.domain == Domain::Unprotected {
            return by_default;
        }
        // Where regions overlap, the one with the highest number decides.
        match self.regions.iter().rev().find(|region| region.contains(address)) {
            Some(region) => {
                let executed = operation == Operation::Fetch && address >= SYSTEM;
                !executed && region.permits(operation, self.domain == Domain::Privileged)
            }
            None => by_default && self.permits_background(),
        }
    }

    /// Whether what is in no region may be reached.
    fn permits_background(&self) -> bool {
        self.domain == Domain::Privileged && self.control & PRIVDEFENA != 0
    }

    /// The first and the last address between which lies all that the present domain may not read and write. There is
    /// one at least: at the last address of all, where there is no memory, asking costs nobody anything.
    fn guarded(&self) -> (u32, u32) {
        if self.domain == Domain::Unprotected {
            return (u32::MAX, u32::MAX);
        }
        if !self.permits_background() {
            return (0, u32::MAX);
        }
        let forbids = |region: &&Region| {
            let may = |operation| region.permits(operation, self.domain == Domain::Privileged);
            !(may(Operation::Read) && may(Operation::Write))
        };
        let bounds = self.regions.iter().filter(forbids).filter_map(Region::bounds);
        let hull = bounds.reduce(|hull, bounds| (hull.0.min(bounds.0), hull.1.max(bounds.1)));
        hull.unwrap_or((u32::MAX, u32::MAX))
    }

    /// `MPU_CTRL`.
    pub(super) const fn control(&self) -> u32 {
        self.control
    }

    pub(super) const fn write_control(&mut self, value: u32) {
        self.control = value & (ENABLE | HFNMIENA | PRIVDEFENA);
        self.changed = true;
    }

    /// `MPU_RNR`.
    pub(super) const fn region(&self) -> u32 {
        self.region as u32
    }

    pub(super) const fn write_region(&mut self, value: u32) {
        self.region = value as usize % REGIONS;
    }

    /// `MPU_RBAR`.
    pub(super) const fn base_address(&self) -> u32 {
        self.regions[self.region].base_address() | self.region()
    }

    pub(super) const fn write_base_address(&mut self, value: u32) {
        if value & VALID != 0 {
            self.write_region(value & 0xf);
        }
        self.regions[self.region].write_base_address(value);
        self.changed = true;
    }

    /// `MPU_RASR`.
    pub(super) const fn attributes(&self) -> u32 {
        self.regions[self.region].attributes()
    }

    pub(super) const fn write_attributes(&mut self, value: u32) {
        self.regions[self.region].write_attributes(value);
        self.changed = true;
    }
}

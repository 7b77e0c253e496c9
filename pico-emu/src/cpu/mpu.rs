//! The registers of the memory protection unit (DDI 0419, B3.5). The unit itself is not modelled: enabling it is a
//! fault.

/// How many regions the RP2040's processors have.
const REGIONS: usize = 8;

/// `MPU_RBAR`: the region number in the low bits counts.
const VALID: u32 = 1 << 4;
/// `MPU_RBAR`: the address; a region has 256 bytes at least.
const ADDRESS: u32 = 0xffff_ff00;
/// `MPU_RASR`: the fields that exist.
const ATTRIBUTES: u32 = 0x1707_ff3f;
/// `MPU_CTRL`: PRIVDEFENA and HFNMIENA.
const CONTROL: u32 = 0b110;
/// `MPU_CTRL`: the unit is on.
pub(super) const ENABLE: u32 = 1;

#[derive(Clone, Debug)]
pub(super) struct Mpu {
    control: u32,
    region: usize,
    regions: [Region; REGIONS],
}

#[derive(Clone, Copy, Debug)]
struct Region {
    base_address: u32,
    attributes: u32,
}

impl Mpu {
    /// `MPU_TYPE`: as many regions, for instructions and data together.
    pub(super) const TYPE: u32 = (REGIONS as u32) << 8;

    pub(super) const fn new() -> Self {
        Self { control: 0, region: 0, regions: [Region { base_address: 0, attributes: 0 }; REGIONS] }
    }

    /// `MPU_CTRL`.
    pub(super) const fn control(&self) -> u32 {
        self.control
    }

    /// The unit stays off.
    pub(super) const fn write_control(&mut self, value: u32) {
        self.control = value & CONTROL;
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
        self.regions[self.region].base_address | self.region()
    }

    pub(super) const fn write_base_address(&mut self, value: u32) {
        if value & VALID != 0 {
            self.write_region(value & 0xf);
        }
        self.regions[self.region].base_address = value & ADDRESS;
    }

    /// `MPU_RASR`.
    pub(super) const fn attributes(&self) -> u32 {
        self.regions[self.region].attributes
    }

    pub(super) const fn write_attributes(&mut self, value: u32) {
        self.regions[self.region].attributes = value & ATTRIBUTES;
    }
}

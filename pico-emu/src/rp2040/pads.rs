//! `PADS_BANK0` and `PADS_QSPI`: what connects a signal to the world (RP2040 datasheet, 2.19.4 and 2.19.6).

use super::block::{Block, Now};
use super::io_bank::Drive;
use super::wires::Wires;

/// `OD`, `IE`, `PUE` and `PDE`: output disable, input enable, pull-up and pull-down enable. The others do not matter to
/// levels.
const OUTPUT_DISABLE: u32 = 1 << 7;
const INPUT_ENABLE: u32 = 1 << 6;
const PULL_UP: u32 = 1 << 3;
const PULL_DOWN: u32 = 1 << 2;

/// A bit for each pin.
#[derive(Clone, Copy, Debug, Default)]
struct Fields {
    output_disable: u32,
    input_enable: u32,
    pull_up: u32,
    pull_down: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Pads {
    voltage_select: u32,
    /// The registers behind `VOLTAGE_SELECT`.
    controls: Vec<u32>,
    /// The register of each pin, by the bank's order.
    registers: Vec<usize>,
    /// The same fields for all pins.
    fields: Fields,
    /// What is driven from outside, for the pins of `external.enable`.
    external: Drive,
    /// The levels at the pins.
    levels: u32,
    to_pad: Drive,
}

impl Pads {
    /// Those of the 30 general-purpose pins, and of the debug port.
    pub(super) fn bank0() -> Self {
        let mut controls = vec![0x56; 30];
        controls.extend([0xda, 0x5a]);
        Self::new(controls, (0..30).collect())
    }

    /// Those of the flash memory: SCLK, SD0 to SD3, SS, where the bank has SS behind SCLK.
    pub(super) fn qspi() -> Self {
        Self::new(vec![0x56, 0x52, 0x52, 0x52, 0x52, 0x5a], vec![0, 5, 1, 2, 3, 4])
    }

    fn new(controls: Vec<u32>, registers: Vec<usize>) -> Self {
        let (external, to_pad, fields) = (Drive::NONE, Drive::NONE, Fields::default());
        let mut pads = Self { voltage_select: 0, controls, registers, fields, external, levels: 0, to_pad };
        pads.gather();
        pads
    }

    fn gather(&mut self) {
        let pins = |field: u32| {
            let set = self.registers.iter().enumerate().filter(|(_, register)| self.controls[**register] & field != 0);
            set.map(|(pin, _)| 1 << pin).sum()
        };
        self.fields = Fields {
            output_disable: pins(OUTPUT_DISABLE),
            input_enable: pins(INPUT_ENABLE),
            pull_up: pins(PULL_UP),
            pull_down: pins(PULL_DOWN),
        };
    }

    /// Everything after reset but what is outside.
    pub(super) fn reset(&mut self, to: Self) {
        *self = Self { external: self.external, ..to };
    }

    /// Drives a pin from outside, or lets go of it.
    pub(super) const fn set_external(&mut self, pin: usize, level: Option<bool>) {
        let bit = 1 << pin;
        self.external.enable &= !bit;
        self.external.out &= !bit;
        if let Some(level) = level {
            self.external.enable |= bit;
            self.external.out |= (level as u32) << pin;
        }
    }

    /// Drives the pins by what comes from the bank. Returns what the bank gets. The chip wins against what is outside;
    /// without a driver a pull decides, two pulls keep the level, and none is low.
    pub(super) fn update(&mut self, to_pad: Drive, modulated: u32, wires: &mut impl Wires, cycle: u64) -> u32 {
        self.to_pad = to_pad;
        let Fields { output_disable, input_enable, pull_up, pull_down } = self.fields;
        let driven = to_pad.enable & !output_disable;
        let floating = pull_up & (!pull_down | self.levels);
        let wired = wires.connect(cycle, Drive { out: to_pad.out & driven & !modulated, enable: driven });
        let external = self.external.enable;
        let outside = self.external.out | (wired.out & wired.enable | floating & !wired.enable) & !external;
        self.levels = to_pad.out & driven | outside & !driven;
        self.levels & input_enable
    }

    /// The levels at all pins.
    pub(super) const fn levels(&self) -> u32 {
        self.levels
    }

    /// The level at a pin.
    pub(super) const fn level(&self, pin: usize) -> bool {
        self.levels & 1 << pin != 0
    }

    /// Whether the chip drives a pin.
    pub(super) const fn is_output(&self, pin: usize) -> bool {
        self.to_pad.enable & !self.fields.output_disable & 1 << pin != 0
    }
}

impl Block for Pads {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match (offset as usize / 4).checked_sub(1) {
            None => Some(self.voltage_select),
            Some(register) => self.controls.get(register).copied(),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match (offset as usize / 4).checked_sub(1) {
            None => self.voltage_select = value & 1,
            Some(register) => {
                *self.controls.get_mut(register)? = value & 0xff;
                self.gather();
            }
        }
        Some(())
    }
}

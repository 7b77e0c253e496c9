//! CLOCKS: the clock generators and the frequency counter (RP2040 datasheet, 2.15).
//!
//! Frequencies are in hertz, rounded down. A multiplexer switches at once. A `clk_sys` that stands still would be a chip
//! that does nothing for ever, so that is not modelled, nor its resuscitation.

mod frequency_counter;
mod generator;

use self::frequency_counter::FrequencyCounter;
use self::generator::Generator;
use super::block::{Block, Now};

const CLK_RESUS_CTRL: u32 = 0x78;
const CLK_RESUS_STATUS: u32 = 0x7c;
const FC0: std::ops::RangeInclusive<u32> = 0x80..=0x9c;
const WAKE_EN0: u32 = 0xa0;
const SLEEP_EN1: u32 = 0xac;
const ENABLED0: u32 = 0xb0;
const ENABLED1: u32 = 0xb4;
const INTR: u32 = 0xb8;
const INTE: u32 = 0xbc;
const INTF: u32 = 0xc0;
const INTS: u32 = 0xc4;

/// `CLK_SYS_RESUS_CTRL.FRCE`.
const RESUS_FORCE: u32 = 1 << 12;
const RESUS_MASK: u32 = 0x1_01ff;
/// The gates of `WAKE_EN1` and `SLEEP_EN1`.
const ENABLES1: u32 = 0x7fff;

/// Where clocks come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Oscillators {
    pub(super) xosc_hz: u64,
    pub(super) rosc_hz: u64,
    pub(super) pll_sys_hz: u64,
    pub(super) pll_usb_hz: u64,
}

/// The generators that matter to the chip itself; before them are the four whose clocks go to pins, where they are not
/// driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
enum Output {
    Ref = 4,
    Sys,
    Peri,
    Usb,
    Adc,
    Rtc,
}

const GENERATORS: usize = 10;

#[derive(Clone, Debug)]
pub(super) struct Clocks {
    oscillators: Oscillators,
    generators: [Generator; GENERATORS],
    counter: FrequencyCounter,
    resus_control: u32,
    /// `WAKE_EN0`, `WAKE_EN1`, `SLEEP_EN0`, `SLEEP_EN1`.
    gates: [u32; 4],
    interrupt_enable: u32,
    interrupt_force: u32,
}

impl Clocks {
    pub(super) fn new() -> Self {
        Self {
            oscillators: Oscillators::default(),
            generators: generator::all(),
            counter: FrequencyCounter::new(),
            resus_control: 0xff,
            gates: [u32::MAX, ENABLES1, u32::MAX, ENABLES1],
            interrupt_enable: 0,
            interrupt_force: 0,
        }
    }

    /// Tells what the oscillators do now.
    pub(super) const fn set_oscillators(&mut self, oscillators: Oscillators) {
        self.oscillators = oscillators;
    }

    /// The frequency of `clk_ref`, by which the watchdog counts.
    pub(super) fn ref_hz(&self) -> u64 {
        self.hz(Output::Ref)
    }

    /// The frequency of `clk_sys`, by which the processors run.
    pub(super) fn sys_hz(&self) -> u64 {
        self.hz(Output::Sys)
    }

    /// The frequency of `clk_usb`, by which the USB controller runs.
    pub(super) fn usb_hz(&self) -> u64 {
        self.hz(Output::Usb)
    }

    /// The frequency of `clk_peri`, from which the UARTs make their baud rates.
    pub(super) fn peri_hz(&self) -> u64 {
        self.hz(Output::Peri)
    }

    /// The frequency of `clk_adc`, by which the converter runs.
    pub(super) fn adc_hz(&self) -> u64 {
        self.hz(Output::Adc)
    }

    /// The frequency of `clk_rtc`, by which the calendar runs.
    pub(super) fn rtc_hz(&self) -> u64 {
        self.hz(Output::Rtc)
    }

    /// The interrupt line, which only a resuscitation or INTF raises.
    pub(super) const fn interrupt(&self) -> bool {
        self.interrupt_force != 0
    }

    fn hz(&self, output: Output) -> u64 {
        let generator = &self.generators[output as usize];
        generator.divide(self.source_hz(output, generator))
    }

    /// The frequency before the divider. The numbers are those of CTRL.SRC and CTRL.AUXSRC (2.15.7).
    fn source_hz(&self, output: Output, generator: &Generator) -> u64 {
        let Oscillators { xosc_hz, rosc_hz, pll_sys_hz, pll_usb_hz } = self.oscillators;
        let auxiliary = generator.auxiliary_source();
        match (output, generator.glitchless_source()) {
            (Output::Ref, Some(0)) => rosc_hz,
            (Output::Ref, Some(2)) => xosc_hz,
            (Output::Ref, Some(1)) => [pll_usb_hz].get(auxiliary).copied().unwrap_or(0),
            (Output::Ref, _) => 0,
            (Output::Sys, Some(0)) => self.hz(Output::Ref),
            (Output::Sys, _) => [pll_sys_hz, pll_usb_hz, rosc_hz, xosc_hz].get(auxiliary).copied().unwrap_or(0),
            (Output::Peri, _) => {
                let sources = [self.hz(Output::Sys), pll_sys_hz, pll_usb_hz, rosc_hz, xosc_hz];
                sources.get(auxiliary).copied().unwrap_or(0)
            }
            (Output::Usb | Output::Adc | Output::Rtc, _) => {
                [pll_usb_hz, pll_sys_hz, rosc_hz, xosc_hz].get(auxiliary).copied().unwrap_or(0)
            }
        }
    }

    /// What the frequency counter measures: the numbers are those of `FC0_SRC`. The inputs from pins are still.
    fn measured_hz(&self, source: u32) -> u64 {
        let Oscillators { xosc_hz, rosc_hz, pll_sys_hz, pll_usb_hz } = self.oscillators;
        match source {
            1 => pll_sys_hz,
            2 => pll_usb_hz,
            3 | 4 => rosc_hz,
            5 => xosc_hz,
            8 => self.hz(Output::Ref),
            9 => self.hz(Output::Sys),
            10 => self.hz(Output::Peri),
            11 => self.hz(Output::Usb),
            12 => self.hz(Output::Adc),
            13 => self.hz(Output::Rtc),
            _ => 0,
        }
    }
}

impl Block for Clocks {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        let register = offset as usize / 4;
        match offset {
            0..CLK_RESUS_CTRL => Some(self.generators[register / 3].read(offset % 12)),
            CLK_RESUS_CTRL => Some(self.resus_control),
            CLK_RESUS_STATUS | INTR => Some(0),
            _ if FC0.contains(&offset) => self.counter.read(offset, now),
            WAKE_EN0..=SLEEP_EN1 => Some(self.gates[(offset - WAKE_EN0) as usize / 4]),
            ENABLED0 | ENABLED1 => Some(self.gates[(offset - ENABLED0) as usize / 4]),
            INTE => Some(self.interrupt_enable),
            INTF | INTS => Some(self.interrupt_force),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        let register = offset as usize / 4;
        match offset {
            0..CLK_RESUS_CTRL => self.generators[register / 3].write(offset % 12, value),
            CLK_RESUS_CTRL if value & RESUS_FORCE == 0 => self.resus_control = value & RESUS_MASK,
            _ if FC0.contains(&offset) => {
                let measured_hz = self.measured_hz(value & 0xff);
                let ref_hz = self.ref_hz();
                self.counter.write(offset, value, measured_hz, ref_hz, now);
            }
            WAKE_EN0..=SLEEP_EN1 => {
                let gate = (offset - WAKE_EN0) as usize / 4;
                self.gates[gate] = if gate.is_multiple_of(2) { value } else { value & ENABLES1 };
            }
            CLK_RESUS_STATUS | ENABLED0 | ENABLED1 | INTR | INTS => {}
            INTE => self.interrupt_enable = value & 1,
            INTF => self.interrupt_force = value & 1,
            _ => return None,
        }
        Some(())
    }
}

//! ADC and temperature sensor (RP2040 datasheet, 4.9).
//!
//! A conversion gives the exact value of what is at the input as it begins, and never fails: noise, the peaks of the
//! differential non-linearity at 512, 1536, 2560 and 3584 (4.9.4), and conversion errors are not modelled, so that ERR
//! and `ERR_STICKY` stay clear. An input that nothing is applied to is at 3.3 V if its pin is high, because it is driven
//! or pulled up, and otherwise at 0 V.
//!
//! Where the datasheet leaves it open: READY comes four cycles of `clk_adc` behind EN. The pacing timer starts with
//! `START_MANY`, together with the first conversion. `START_ONCE` is ignored during a conversion.

mod inputs;
mod samples;

use self::inputs::Inputs;
use self::samples::Samples;
use super::block::{Block, Now, flag};
use super::dma::Dreq;
use super::edges::{Edges, Rate};

/// How many inputs are on pins: those of GPIO 26 to 29.
pub const ADC_INPUTS: usize = inputs::INPUTS - 1;

const CS: u32 = 0x00;
const RESULT: u32 = 0x04;
const FCS: u32 = 0x08;
const FIFO: u32 = 0x0c;
const DIV: u32 = 0x10;
const INTR: u32 = 0x14;
const INTE: u32 = 0x18;
const INTF: u32 = 0x1c;
const INTS: u32 = 0x20;

/// The bits of CS.
const ENABLE: u32 = 1 << 0;
const SENSOR: u32 = 1 << 1;
const START_ONCE: u32 = 1 << 2;
const START_MANY: u32 = 1 << 3;
const READY: u32 = 1 << 8;
const INPUT_SHIFT: u32 = 12;
const INPUT: u32 = 0b111 << INPUT_SHIFT;
const ROUND_ROBIN_SHIFT: u32 = 16;
const ROUND_ROBIN: u32 = 0x1f << ROUND_ROBIN_SHIFT;

/// GPIO 26 to 29.
const PINS: u32 = 0xf << 26;

/// In cycles of `clk_adc`.
const CONVERSION: u64 = 96;
const POWER_UP: u64 = 4;
/// The divisor has so many fractional parts.
const FRACTION: u64 = 256;

/// What the converter does, until a cycle of `clk_adc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Off,
    PowersUp {
        until: u64,
    },
    Ready,
    Converts {
        until: u64,
        result: u16,
    },
    /// It waits for the pacing timer.
    Waits {
        until: u64,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Adc {
    inputs: Inputs,
    samples: Samples,
    clock: Edges,
    state: State,
    control: u32,
    divisor: u32,
    /// When the pacing timer was started.
    paced_from: u64,
    result: u16,
    enabled: bool,
    forced: bool,
}

impl Adc {
    pub(super) const fn new() -> Self {
        Self {
            inputs: Inputs::new(),
            samples: Samples::new(),
            clock: Edges::new(Rate::STOPPED),
            state: State::Off,
            control: 0,
            divisor: 0,
            paced_from: 0,
            result: 0,
            enabled: false,
            forced: false,
        }
    }

    /// Everything after reset but its clock and what is outside.
    pub(super) fn reset(&mut self) {
        *self = Self { inputs: self.inputs, clock: self.clock, ..Self::new() };
    }

    /// Tells the frequencies of `clk_adc` and `clk_sys`.
    pub(super) fn set_clocks(&mut self, cycle: u64, adc_hz: u64, sys_hz: u64) {
        self.clock.set_rate(cycle, Rate { edges: adc_hz, cycles: sys_hz });
    }

    /// Applies a voltage to an input, or nothing.
    pub(super) fn set_volts(&mut self, cycle: u64, channel: usize, volts: Option<f64>) {
        self.advance(cycle);
        self.inputs.set_volts(channel, volts);
    }

    /// Changes the temperature of the chip.
    pub(super) fn set_celsius(&mut self, cycle: u64, celsius: f64) {
        self.advance(cycle);
        self.inputs.set_celsius(celsius);
    }

    /// Tells the digital levels of all pins, from a cycle on.
    pub(super) fn set_levels(&mut self, levels: u32, cycle: u64) {
        let levels = levels & PINS;
        if self.inputs.levels() != levels {
            self.advance(cycle);
            self.inputs.set_levels(levels);
        }
    }

    /// The interrupt line.
    pub(super) fn interrupt(&self) -> bool {
        self.enabled && self.samples.is_due() || self.forced
    }

    /// What it asks the DMA to read.
    pub(super) fn dreq(&self) -> Dreq {
        let until = self.next_event().unwrap_or(u64::MAX);
        Dreq::Level { ready: self.samples.requested(), until }
    }

    /// The cycle at which it has something to do that somebody waits for.
    pub(super) fn next_event(&self) -> Option<u64> {
        let awaited = self.enabled || self.samples.has_requests();
        self.state_end().filter(|_| awaited).map(|end| self.clock.cycle_of(end))
    }

    /// Converts until a cycle.
    pub(super) fn advance(&mut self, cycle: u64) {
        let now = self.clock.count(cycle);
        while let Some(end) = self.state_end().filter(|&end| end <= now) {
            match self.state {
                State::Converts { result, .. } => self.complete(result, end),
                State::Waits { .. } => self.convert(end),
                State::PowersUp { .. } => self.start_many(end),
                State::Off | State::Ready => {}
            }
        }
    }

    const fn state_end(&self) -> Option<u64> {
        match self.state {
            State::PowersUp { until } | State::Converts { until, .. } | State::Waits { until } => Some(until),
            State::Off | State::Ready => None,
        }
    }

    const fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready | State::Waits { .. })
    }

    const fn input(&self) -> u32 {
        (self.control & INPUT) >> INPUT_SHIFT
    }

    fn convert(&mut self, start: u64) {
        let result = self.inputs.convert(self.input() as usize, self.control & SENSOR != 0);
        self.state = State::Converts { until: start + CONVERSION, result };
    }

    fn complete(&mut self, result: u16, end: u64) {
        self.result = result;
        self.samples.push(result);
        self.select_next();
        self.state = match self.control & START_MANY != 0 {
            true => State::Waits { until: self.next_trigger(end) },
            false => State::Ready,
        };
    }

    /// Goes on to the next input whose bit is set in RROBIN.
    fn select_next(&mut self) {
        let chosen = (self.control & ROUND_ROBIN) >> ROUND_ROBIN_SHIFT;
        let inputs = inputs::INPUTS as u32;
        let behind = (1..=inputs).map(|step| (self.input() + step) % inputs);
        if let Some(input) = behind.into_iter().find(|input| chosen & 1 << input != 0) {
            self.control = self.control & !INPUT | input << INPUT_SHIFT;
        }
    }

    /// When the pacing timer, a first-order delta-sigma divider, comes first, from an edge on.
    fn next_trigger(&self, from: u64) -> u64 {
        if self.divisor == 0 {
            return from;
        }
        let period = FRACTION + u64::from(self.divisor);
        let periods = ((from - self.paced_from) * FRACTION).div_ceil(period);
        self.paced_from + periods * period / FRACTION
    }

    /// The converter is free: it starts if it is to start again and again.
    fn start_many(&mut self, edge: u64) {
        self.state = State::Ready;
        if self.control & START_MANY != 0 {
            self.convert(edge);
        }
    }

    fn set_control(&mut self, value: u32, cycle: u64) {
        let edge = self.clock.count(cycle);
        if value & !self.control & START_MANY != 0 {
            self.paced_from = edge;
        }
        self.control = value & (ENABLE | SENSOR | START_MANY | INPUT | ROUND_ROBIN);
        match self.state {
            _ if value & ENABLE == 0 => self.state = State::Off,
            State::Off => self.state = State::PowersUp { until: edge + POWER_UP },
            State::Ready if value & START_MANY != 0 => self.start_many(edge),
            State::Ready if value & START_ONCE != 0 => self.convert(edge),
            State::Waits { .. } if value & START_MANY == 0 => self.state = State::Ready,
            _ => {}
        }
    }

    /// The pacing timer starts again.
    fn set_divisor(&mut self, value: u32, cycle: u64) {
        let edge = self.clock.count(cycle);
        self.divisor = value & 0xff_ffff;
        self.paced_from = edge;
        if let State::Waits { .. } = self.state {
            self.state = State::Waits { until: self.next_trigger(edge + 1) };
        }
    }
}

impl Block for Adc {
    fn read(&mut self, offset: u32, now: Now) -> Option<u32> {
        self.advance(now.cycle);
        match offset {
            CS => Some(self.control | flag(self.is_ready(), READY)),
            RESULT => Some(self.result.into()),
            FCS => Some(self.samples.status()),
            FIFO => Some(self.samples.pop().into()),
            DIV => Some(self.divisor),
            INTR => Some(self.samples.is_due().into()),
            INTE => Some(self.enabled.into()),
            INTF => Some(self.forced.into()),
            INTS => Some(self.interrupt().into()),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, now: Now) -> Option<()> {
        self.advance(now.cycle);
        match offset {
            // There is nothing at the last three of the eight inputs.
            CS if (value & INPUT) >> INPUT_SHIFT >= inputs::INPUTS as u32 => return None,
            CS => self.set_control(value, now.cycle),
            FCS => self.samples.set_control(value),
            DIV => self.set_divisor(value, now.cycle),
            INTE => self.enabled = value & 1 != 0,
            INTF => self.forced = value & 1 != 0,
            RESULT | FIFO | INTR | INTS => {}
            _ => return None,
        }
        Some(())
    }
}

//! What the converter measures.

/// How many inputs there are: those of GPIO 26 to 29, and the temperature sensor.
pub(super) const INPUTS: usize = 5;
const TEMPERATURE: usize = 4;
/// The first pin that is an input.
const FIRST_PIN: usize = 26;

/// The reference, which is the supply of a Pico, in volts.
const REFERENCE_VOLTS: f64 = 3.3;
const CODES: f64 = 4096.0;

/// The temperature at which a chip starts, in degrees Celsius.
const START_CELSIUS: f64 = 27.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs {
    /// What is applied from outside to the pins.
    volts: [Option<f64>; TEMPERATURE],
    /// The digital levels of the pins, by which an input that nothing is applied to is at the supply or at ground.
    levels: u32,
    celsius: f64,
}

impl Inputs {
    pub(super) const fn new() -> Self {
        Self { volts: [None; TEMPERATURE], levels: 0, celsius: START_CELSIUS }
    }

    pub(super) const fn set_volts(&mut self, channel: usize, volts: Option<f64>) {
        self.volts[channel] = volts;
    }

    pub(super) const fn set_celsius(&mut self, celsius: f64) {
        self.celsius = celsius;
    }

    pub(super) const fn levels(&self) -> u32 {
        self.levels
    }

    pub(super) const fn set_levels(&mut self, levels: u32) {
        self.levels = levels;
    }

    /// The result for an input. Without its bias the temperature sensor is at ground.
    pub(super) fn convert(&self, channel: usize, sensor_is_on: bool) -> u16 {
        let volts = match self.volts.get(channel) {
            Some(volts) => volts.unwrap_or(if self.is_high(channel) { REFERENCE_VOLTS } else { 0.0 }),
            None if sensor_is_on => sensor_volts(self.celsius),
            None => 0.0,
        };
        // The conversion rounds towards zero and ends at the limits of the type.
        ((volts / REFERENCE_VOLTS * CODES) as u16).min(0xfff)
    }

    const fn is_high(&self, channel: usize) -> bool {
        self.levels & 1 << (FIRST_PIN + channel) != 0
    }
}

/// The voltage of the temperature sensor (RP2040 datasheet, 4.9.5).
fn sensor_volts(celsius: f64) -> f64 {
    0.706 - (celsius - 27.0) * 0.001_721
}

//! The analogue inputs: three potentiometers, or the chip's thermometer.

use embassy_rp::Peri;
use embassy_rp::adc::{Adc, Blocking, Channel, Config};
use embassy_rp::gpio::Pull;
use embassy_rp::peripherals::{ADC, ADC_TEMP_SENSOR, PIN_26, PIN_27, PIN_28};
use pico_fw::source::AdcReadings;

/// Three potentiometers on ADC 0, 1 and 2.
pub(crate) struct Knobs {
    adc: Adc<'static, Blocking>,
    channels: [Channel<'static>; 3],
}

impl Knobs {
    /// Takes the converter and the pins.
    pub(crate) fn new(
        adc: Peri<'static, ADC>,
        red: Peri<'static, PIN_26>,
        green: Peri<'static, PIN_27>,
        blue: Peri<'static, PIN_28>,
    ) -> Self {
        Self {
            adc: Adc::new_blocking(adc, Config::default()),
            channels: [
                Channel::new_pin(red, Pull::None),
                Channel::new_pin(green, Pull::None),
                Channel::new_pin(blue, Pull::None),
            ],
        }
    }
}

impl AdcReadings for Knobs {
    fn read(&mut self) -> [u16; 3] {
        // A conversion takes 2 microseconds; one that failed gives what it has, and the next ones outvote it.
        self.channels.each_mut().map(|channel| self.adc.blocking_read(channel).unwrap_or_default())
    }
}

/// The thermometer: its raw readings.
pub(crate) fn thermometer(adc: Peri<'static, ADC>, sensor: Peri<'static, ADC_TEMP_SENSOR>) -> impl FnMut() -> u16 {
    let mut adc = Adc::new_blocking(adc, Config::default());
    let mut channel = Channel::new_temp_sensor(sensor);
    let mut last = 0;
    move || {
        if let Ok(raw) = adc.blocking_read(&mut channel) {
            last = raw;
        }
        last
    }
}

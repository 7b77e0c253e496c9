//! The chip's own thermometer.

use rgb_proto::Rgb;

use super::Source;

/// The temperature that a raw 12-bit reading of the chip's sensor means, in thousandths of a degree Celsius.
///
/// `T = 27 - (V - 0.706) / 0.001721`, with readings from 0 to 4095 for voltages up to 3.3 (RP2040 datasheet, 4.9.5). A chip's
/// own error can be several degrees; changes are truer than values.
#[must_use]
pub const fn millicelsius(raw: u16) -> i32 {
    let microvolts = (raw as i64 * 3_300_000 / 4096) as i32;
    // 1721 microvolts a degree.
    27_000 - ((microvolts - 706_000) as i64 * 1_000 / 1_721) as i32
}

/// The chip's temperature as a colour: blue at 15 °C and below, red at 45 °C and above, mixed between.
#[derive(Debug)]
pub struct Temperature<R> {
    reading: R,
    /// In thousandths of a degree; the mean of the readings so far, the newer the weightier.
    smoothed: Option<i32>,
}

impl<R: FnMut() -> u16> Temperature<R> {
    /// Where the colour is all blue, in thousandths of a degree Celsius.
    pub const COLD: i32 = 15_000;
    /// Where the colour is all red, in thousandths of a degree Celsius.
    pub const HOT: i32 = 45_000;

    /// One step of the converter is half a degree, so several readings are needed for finer ones.
    const READINGS: i32 = 16;

    /// A thermometer whose raw 12-bit reading, 0 to 4095, comes from `reading`.
    pub const fn new(reading: R) -> Self {
        Self { reading, smoothed: None }
    }
}

impl<R: FnMut() -> u16> Source for Temperature<R> {
    fn next_color(&mut self) -> Rgb {
        let sum: i32 = (0..Self::READINGS).map(|_| millicelsius((self.reading)())).sum();
        let mean = sum / Self::READINGS;
        let smoothed = self.smoothed.map_or(mean, |smoothed| smoothed + (mean - smoothed) / 8);
        self.smoothed = Some(smoothed);
        let above = smoothed.clamp(Self::COLD, Self::HOT) - Self::COLD;
        let red = (above * 255 / (Self::HOT - Self::COLD)) as u8;
        Rgb::new(red, 0, 255 - red)
    }
}

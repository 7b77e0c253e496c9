//! Three knobs.

use rgb_proto::Rgb;

use super::Source;

/// Reads three analogue inputs at once. Closures do.
pub trait AdcReadings {
    /// A raw 12-bit reading, 0 to 4095, of each input.
    fn read(&mut self) -> [u16; 3];
}

impl<F: FnMut() -> [u16; 3]> AdcReadings for F {
    fn read(&mut self) -> [u16; 3] {
        self()
    }
}

/// Three potentiometers, one a component. A knob that stands still gives one value, and its ends give exactly 0 and 255.
///
/// Each colour takes the median of five readings, against single outliers, and a value changes only when its knob has
/// clearly left it, against noise: the RP2040's converter has fewer than 9 effective bits (RP2040 datasheet, 4.9.3).
#[derive(Debug)]
pub struct Potentiometers<R> {
    readings: R,
    knobs: [Knob; 3],
}

impl<R: AdcReadings> Potentiometers<R> {
    const READINGS: usize = 5;

    /// Knobs that are read by `readings`.
    pub const fn new(readings: R) -> Self {
        Self { readings, knobs: [Knob { value: None }; 3] }
    }
}

impl<R: AdcReadings> Source for Potentiometers<R> {
    fn next_color(&mut self) -> Rgb {
        let mut taken = [[0; 5]; 3];
        const { assert!(Self::READINGS == 5) };
        for index in 0..Self::READINGS {
            for (row, raw) in taken.iter_mut().zip(self.readings.read()) {
                row[index] = raw;
            }
        }
        let mut values = [0; 3];
        for ((value, knob), row) in values.iter_mut().zip(&mut self.knobs).zip(&mut taken) {
            row.sort_unstable();
            *value = knob.turned_to(row[Self::READINGS / 2]);
        }
        let [r, g, b] = values;
        Rgb::new(r, g, b)
    }
}

#[derive(Clone, Copy, Debug)]
struct Knob {
    value: Option<u8>,
}

impl Knob {
    /// So much at either end of the range counts as the end: the converter's offset and the knob's own resistance keep
    /// readings away from it.
    const END: u16 = 32;
    /// The rest of the range.
    const SPAN: u16 = 4095 - 2 * Self::END;
    /// How far behind the border of its value a knob must stand before the value changes.
    const MARGIN: u16 = 12;

    fn turned_to(&mut self, raw: u16) -> u8 {
        let place = raw.saturating_sub(Self::END).min(Self::SPAN);
        let nearest = ((u32::from(place) * 255 + u32::from(Self::SPAN) / 2) / u32::from(Self::SPAN)) as u8;
        let value = match self.value {
            Some(value) if place > 0 && place < Self::SPAN => {
                let center = (u32::from(value) * u32::from(Self::SPAN) / 255) as u16;
                let half_step = Self::SPAN / 255 / 2;
                if center.abs_diff(place) <= half_step + Self::MARGIN { value } else { nearest }
            }
            // The first reading, or an end, which is always reached.
            _ => nearest,
        };
        self.value = Some(value);
        value
    }
}

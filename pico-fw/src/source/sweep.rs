//! The colour wheel.

use rgb_proto::{Name, Rgb};

use super::Source;

/// Once around the colour wheel in 96 steps, at full brightness and saturation, for ever.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    step: u16,
}

impl Sweep {
    /// The number of colours in one turn.
    pub const STEPS: u16 = 96;

    /// A sweep that starts at red.
    #[must_use]
    pub const fn new() -> Self {
        Self { step: 0 }
    }
}

impl Source for Sweep {
    fn next_color(&mut self) -> Rgb {
        const SECTOR_STEPS: u16 = Sweep::STEPS / 6;
        let (sector, within) = (self.step / SECTOR_STEPS, self.step % SECTOR_STEPS);
        self.step = (self.step + 1) % Self::STEPS;
        let rising = (within * 255 / SECTOR_STEPS) as u8;
        let falling = 255 - rising;
        match sector {
            0 => Rgb::new(255, rising, 0),
            1 => Rgb::new(falling, 255, 0),
            2 => Rgb::new(0, 255, rising),
            3 => Rgb::new(0, falling, 255),
            4 => Rgb::new(rising, 0, 255),
            _ => Rgb::new(255, 0, falling),
        }
    }

    fn stream_for(&self, _client: &Name) -> Option<Self> {
        Some(Self::new())
    }
}

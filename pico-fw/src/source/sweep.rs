//! The colour wheel.

use rgb_proto::{Name, Rgb};

use super::Source;

/// Once around the colour wheel in 96 steps, at full brightness and saturation, for ever.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    step: u16,
}

impl Sweep {
    /// A sweep that starts at red.
    #[must_use]
    pub const fn new() -> Self {
        Self { step: 0 }
    }
}

impl Source for Sweep {
    fn next_color(&mut self) -> Rgb {
        let color = Rgb::on_wheel(self.step);
        self.step = (self.step + 1) % Rgb::WHEEL_STEPS;
        color
    }

    fn stream_for(&self, _client: &Name) -> Option<Self> {
        Some(Self::new())
    }
}

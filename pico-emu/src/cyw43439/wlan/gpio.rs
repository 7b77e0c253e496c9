//! The radio's own pins.

/// Pins 0 to 2, as the driver switches them and as the board connects them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gpio {
    /// Which of them the driver drives.
    driven: u32,
    outputs: u32,
    inputs: u32,
}

impl Gpio {
    pub(super) const fn drive(&mut self, mask: u32, levels: u32) {
        self.driven |= mask;
        self.outputs = self.outputs & !mask | levels & mask;
    }

    /// The level of each pin.
    pub(super) const fn levels(self) -> u32 {
        self.outputs & self.driven | self.inputs & !self.driven
    }

    pub(crate) const fn level(self, pin: u8) -> bool {
        self.levels() >> pin & 1 != 0
    }

    pub(crate) const fn set_input(&mut self, pin: u8, level: bool) {
        let bit = 1 << pin;
        self.inputs = if level { self.inputs | bit } else { self.inputs & !bit };
    }
}

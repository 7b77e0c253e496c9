//! The pins that the settings choose from.

use embassy_rp::Peri;
use embassy_rp::gpio::{AnyPin, Input, Pin as _, Pull};

/// Pins that nothing uses yet.
pub(crate) struct FreePins {
    digital: [Option<Peri<'static, AnyPin>>; 22],
    analog: [Option<Peri<'static, AnyPin>>; 3],
}

impl FreePins {
    /// GPIO 1 to 22, and those of 26 to 28 that no converter reads.
    pub(crate) fn new(digital: [Peri<'static, AnyPin>; 22], analog: [Option<Peri<'static, AnyPin>>; 3]) -> Self {
        Self { digital: digital.map(Some), analog }
    }

    /// Takes three pins by their GPIO numbers.
    ///
    /// # Panics
    ///
    /// If one is not free: settings name none twice, and none that the board needs itself.
    pub(crate) fn take(&mut self, numbers: [u8; 3]) -> [Peri<'static, AnyPin>; 3] {
        numbers.map(|number| {
            let mut places = self.digital.iter_mut().chain(&mut self.analog);
            let place = places.find(|place| place.as_ref().is_some_and(|pin| pin.pin() == number));
            place.and_then(Option::take).expect("settings name no pin twice and none that the board needs itself")
        })
    }
}

/// Three buttons to ground: whether each is pressed.
pub(crate) fn buttons(pins: [Peri<'static, AnyPin>; 3]) -> impl FnMut() -> [bool; 3] {
    let inputs = pins.map(|pin| Input::new(pin, Pull::Up));
    move || inputs.each_ref().map(Input::is_low)
}

//! Three buttons.

use embassy_time::{Duration, Instant};
use rgb_proto::Rgb;

use super::Source;

/// Three buttons, one a component: 255 while pressed, else 0. With three LEDs at the client, its lamps mirror the buttons.
///
/// A press shows at once. For a moment after each change further ones are ignored, since contacts bounce for some
/// milliseconds.
#[derive(Debug)]
pub struct Buttons<R> {
    pressed: R,
    buttons: [Button; 3],
}

#[derive(Clone, Copy, Debug)]
struct Button {
    pressed: bool,
    changed: Option<Instant>,
}

impl<R: FnMut() -> [bool; 3]> Buttons<R> {
    /// How long a change is the last one.
    pub const BOUNCE: Duration = Duration::from_millis(20);

    /// Buttons whose present states `pressed` reads.
    pub const fn new(pressed: R) -> Self {
        Self { pressed, buttons: [Button { pressed: false, changed: None }; 3] }
    }
}

impl<R: FnMut() -> [bool; 3]> Source for Buttons<R> {
    fn next_color(&mut self) -> Rgb {
        let now = Instant::now();
        let mut values = [0; 3];
        for ((value, button), pressed) in values.iter_mut().zip(&mut self.buttons).zip((self.pressed)()) {
            let is_settled = button.changed.is_none_or(|changed| now >= changed + Self::BOUNCE);
            if pressed != button.pressed && is_settled {
                *button = Button { pressed, changed: Some(now) };
            }
            *value = if button.pressed { 255 } else { 0 };
        }
        let [r, g, b] = values;
        Rgb::new(r, g, b)
    }
}

//! The RGB LED: three PWM channels.

use embassy_rp::Peri;
use embassy_rp::gpio::{AnyPin, Pin as _};
use embassy_rp::pac;
use pico_fw::board::Board;
use pico_fw::led::levels;
use rgb_proto::Rgb;
use rgb_proto::settings::LedPolarity;

/// The level of a pin that is always high. The counter wraps behind one less (RP2040 data sheet, 4.5.2.2), at some 2 kHz:
/// no eye and hardly a camera sees that.
const TOP: u16 = u16::MAX;

/// GPIO function 4 is PWM, on both chips (RP2040 data sheet, 2.19.2; RP2350 data sheet, 9.4).
const FUNCTION_PWM: u8 = 4;

/// An RGB LED on any three pins.
///
/// The HAL wants to know pins and channels when it is compiled, and here they are settings: so this speaks to the PWM block
/// itself.
pub(crate) struct RgbLed {
    channels: [Channel; 3],
    polarity: LedPolarity,
}

/// The output of one pin.
struct Channel {
    slice: usize,
    is_b: bool,
}

impl RgbLed {
    /// An LED that is dark, on the pins of its red, green and blue.
    pub(crate) fn new(pins: [Peri<'static, AnyPin>; 3], polarity: LedPolarity) -> Self {
        let numbers = pins.each_ref().map(|pin| usize::from(pin.pin()));
        // Sixteen channels, A and B of eight slices, come around twice (RP2040 data sheet, 4.5.2).
        let channels = numbers.map(|number| Channel { slice: number / 2 % 8, is_b: number % 2 == 1 });
        let this = Self { channels, polarity };
        for channel in &this.channels {
            let slice = pac::PWM.ch(channel.slice);
            slice.div().write(|w| w.set_int(1));
            slice.top().write(|w| w.set_top(TOP - 1));
        }
        this.show(Rgb::new(0, 0, 0));
        for channel in &this.channels {
            pac::PWM.ch(channel.slice).csr().write(|w| w.set_en(true));
        }
        for number in numbers {
            pac::IO_BANK0.gpio(number).ctrl().write(|w| w.set_funcsel(FUNCTION_PWM));
            // A pad of the RP2350 is cut off until it is told otherwise (RP2350 data sheet, 9.7).
            #[cfg(feature = "rp2350")]
            pac::PADS_BANK0.gpio(number).modify(|w| w.set_iso(false));
        }
        this
    }

    /// Shows this colour.
    pub(crate) fn show(&self, color: Rgb) {
        for (channel, level) in self.channels.iter().zip(levels(color, TOP, self.polarity)) {
            pac::PWM.ch(channel.slice).cc().modify(|w| if channel.is_b { w.set_b(level) } else { w.set_a(level) });
        }
    }
}

/// Shows the board's colours.
#[embassy_executor::task]
pub(crate) async fn show_colors(led: RgbLed, board: &'static Board) -> ! {
    loop {
        led.show(board.color_changed().await);
    }
}

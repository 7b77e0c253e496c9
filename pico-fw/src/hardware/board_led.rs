//! The LED on the board, which tells how the board is doing.

use embassy_rp::Peri;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::PIN_25;
use embassy_time::{Duration, Timer, with_timeout};
use pico_fw::board::Board;
use pico_fw::led::Blink;

use super::radio::{LED, SharedControl};

/// How long the radio may take to carry out the simplest command. It needs less than a millisecond.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// So many commands in a row without an answer mean that the radio has stopped.
const SILENCES_MAX: u8 = 5;

/// What the LED tells of a board whose radio is missing: 7 flashes. Only a Pico without a radio has its LED on a pin of the
/// chip's own.
const NO_RADIO: Blink = Blink::flashes(7);

/// What the LED tells of a board without settings: 8 flashes.
const NO_SETTINGS: Blink = Blink::flashes(8);

/// Blinks what the board indicates, or without one that there are no settings. While the radio joins a network, which takes all of it, the LED stays dark.
///
/// The radio carries the LED out, so this also finds a radio that has stopped: then the board starts again.
#[embassy_executor::task]
pub(crate) async fn blink(control: &'static SharedControl, board: Option<&'static Board>) -> ! {
    let mut silences = 0;
    loop {
        let blink = board.map_or(NO_SETTINGS, |board| board.indication().blink());
        for (is_lit, time) in blink.phases() {
            if let Ok(mut control) = control.try_lock() {
                silences = match with_timeout(ANSWER_TIMEOUT, control.gpio_set(LED, is_lit)).await {
                    Ok(()) => 0,
                    Err(_) => silences + 1,
                };
            }
            assert!(silences < SILENCES_MAX, "the radio stopped answering");
            Timer::after_micros(time.as_micros() as u64).await;
        }
    }
}

/// One round of the LED of a Pico without a radio.
pub(crate) async fn blink_no_radio(pin: Peri<'_, PIN_25>) {
    let mut led = Output::new(pin, Level::Low);
    for (is_lit, time) in NO_RADIO.phases() {
        led.set_level(Level::from(is_lit));
        Timer::after_micros(time.as_micros() as u64).await;
    }
}

//! Whether there is a radio at all.

use embassy_rp::gpio::{Flex, Level, Output};
use embassy_time::{Timer, block_for};

use super::RadioPins;

/// A read of four bytes from the bus's register 0x14, its two halves swapped as the radio expects it before it is configured.
const READ_TEST_REGISTER: u32 = (1_u32 << 30 | 0x14 << 11 | 4).rotate_left(16);

/// What that register holds, its halves swapped likewise.
const TEST_PATTERN: u32 = 0xfeed_bead_u32.rotate_left(16);

/// How often the register is read. A radio answers at once; a supply that comes up slowly may need some of them.
const READS: u32 = 20;

/// Half a clock of the bus, far slower than any radio needs it.
const HALF_CLOCK: embassy_time::Duration = embassy_time::Duration::from_micros(1);

/// Powers the radio up and asks it for its test pattern.
///
/// The driver asks for ever: on a board without a radio it would hang. There the pins have other functions, which bear this
/// (Pico data sheet, 2.1): 23 sets the regulator's mode, 24 senses the USB voltage and 29 the supply's, both through
/// resistors, and 25 is the LED.
pub(crate) async fn finds_radio(pins: &mut RadioPins) -> bool {
    let mut power = Output::new(pins.power.reborrow(), Level::Low);
    let mut select = Output::new(pins.select.reborrow(), Level::High);
    let mut clock = Output::new(pins.clock.reborrow(), Level::Low);
    // Low while the power comes up: this chooses the serial bus (CYW43439 data sheet, SDIO and gSPI strapping).
    let mut data = Flex::new(pins.data.reborrow());
    data.set_low();
    data.set_as_output();

    // The times that the driver takes, too.
    Timer::after_millis(20).await;
    power.set_high();
    Timer::after_millis(250).await;

    for _ in 0..READS {
        select.set_low();
        data.set_as_output();
        for bit in (0..u32::BITS).rev() {
            if READ_TEST_REGISTER >> bit & 1 == 1 {
                data.set_high();
            } else {
                data.set_low();
            }
            pulse(&mut clock);
        }
        data.set_as_input();
        // The radio shifts a bit out with each clock, the first one with the command's last.
        let mut pattern = 0;
        for _ in 0..u32::BITS {
            block_for(HALF_CLOCK);
            pattern = pattern << 1 | u32::from(data.is_high());
            pulse(&mut clock);
        }
        select.set_high();
        if pattern == TEST_PATTERN {
            return true;
        }
        Timer::after_millis(5).await;
    }
    false
}

fn pulse(clock: &mut Output<'_>) {
    block_for(HALF_CLOCK);
    clock.set_high();
    block_for(HALF_CLOCK);
    clock.set_low();
}

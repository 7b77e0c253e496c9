//! When a board stops.

use std::time::Duration;

use pico_emu::rp2040::Stop;

use crate::air::Air;
use crate::script::{CLR, GPIO_OE_SET, GPIO_OUT_CLR, GPIO_OUT_XOR, IO_BANK0, RESETS, WAIT, board};

#[test]
fn a_condition_ends_a_run_within_50_microseconds() {
    let mut board = board(&[
        (RESETS + CLR, 1 << 5 | 1 << 8),
        (IO_BANK0 + 4, 5),
        (GPIO_OE_SET, 1),
        (GPIO_OUT_XOR, 1),
        (WAIT, 500),
        (GPIO_OUT_CLR, 1),
    ]);
    let mut air = Air::default();
    let limit = Duration::from_millis(5);
    assert_eq!(board.run_until_condition(limit, &mut air, |board| board.gpio_level(0)), Stop::Condition);
    let high = board.time();
    assert_eq!(board.run_until_condition(limit, &mut air, |board| !board.gpio_level(0)), Stop::Condition);
    // 500 rounds of three cycles at 6.5 MHz, and some.
    let length = board.time() - high;
    assert!((Duration::from_micros(180)..Duration::from_micros(290)).contains(&length), "{length:?}");
    assert_eq!(board.run_until_condition(limit, &mut air, |board| board.gpio_level(0)), Stop::Deadline);
}

#[test]
fn a_fault_ends_a_run_and_is_told_again() {
    let mut board = board(&[(0x4004_4000, 1)]);
    let stop = board.run_until(Duration::from_millis(1), &mut Air::default());
    assert!(matches!(stop, Stop::Fault { .. }), "{stop}");
    assert_eq!(board.run_until(Duration::from_millis(2), &mut Air::default()), stop);
}

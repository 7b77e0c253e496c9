//! Power and what stays without it.

use std::time::Duration;

use pico_emu::bus::CoreId;
use pico_emu::rp2040::Stop;
use pico_emu::{Board, BoardConfig};

use crate::air::Air;
use crate::program::CODE;
use crate::script::{CLR, GPIO_OE_SET, GPIO_OUT_SET, IO_BANK0, RESETS, WAIT, board, run};

/// GPIO 3 is high from about 0.5 ms on.
const PIN_3: [(u32, u32); 5] = [
    (RESETS + CLR, 1 << 5 | 1 << 8),
    (IO_BANK0 + 8 * 3 + 4, 5),
    (GPIO_OE_SET, 1 << 3),
    (WAIT, 1_000),
    (GPIO_OUT_SET, 1 << 3),
];

#[test]
fn the_program_starts_again_when_the_power_comes_back() {
    let mut board = board(&PIN_3);
    run(&mut board, 2);
    assert!(board.gpio_level(3));
    board.power_off();
    assert!(!board.is_powered());
    assert!(!board.gpio_level(3));
    assert_eq!(board.next_event(), None);
    run(&mut board, 10);
    assert!(!board.gpio_level(3));
    board.power_on();
    let high = board.run_until_condition(Duration::from_millis(20), &mut Air::default(), |board| board.gpio_level(3));
    assert_eq!(high, Stop::Condition);
    assert!(
        (Duration::from_micros(10_400)..Duration::from_micros(10_700)).contains(&board.time()),
        "{:?}",
        board.time()
    );
}

#[test]
fn time_goes_on_without_power() {
    let mut board = board(&PIN_3);
    run(&mut board, 1);
    board.power_off();
    run(&mut board, 7);
    assert_eq!(board.time(), Duration::from_millis(7));
    board.power_on();
    run(&mut board, 8);
    assert!(board.time() - Duration::from_millis(8) < Duration::from_micros(1));
}

#[test]
fn a_board_that_sleeps_has_nothing_to_do() {
    let mut board = board(&PIN_3);
    assert_eq!(board.next_event(), Some(Duration::ZERO));
    run(&mut board, 2);
    assert_eq!(board.next_event(), None);
}

#[test]
fn a_transfer_that_nobody_asks_for_is_nothing_to_do() {
    // Channel 0 waits for SPI0.
    let mut board = board(&[(RESETS + CLR, 1 << 2), (0x5000_0008, 1), (0x5000_000c, 1 | 16 << 15)]);
    run(&mut board, 2);
    assert_eq!(board.next_event(), None);
}

#[test]
fn what_can_be_seen_of_two_boards_is_the_same_if_they_were_treated_the_same() {
    let hash = |writes: &[(u32, u32)]| {
        let mut board = board(writes);
        run(&mut board, 2);
        board.trace_hash()
    };
    assert_eq!(hash(&PIN_3), hash(&PIN_3));
    let mut later = PIN_3;
    later[3].1 += 1;
    assert_ne!(hash(&PIN_3), hash(&later));
}

#[test]
fn how_often_a_run_is_divided_cannot_be_seen() {
    let hash = |steps: u64| {
        let mut board = board(&PIN_3);
        for step in 1..=steps {
            let until = Duration::from_micros(2_000 * step / steps);
            assert_eq!(board.run_until(until, &mut Air::default()), Stop::Deadline);
        }
        board.trace_hash()
    };
    assert_eq!(hash(1), hash(7));
    assert_eq!(hash(1), hash(1_000));
}

#[test]
fn the_led_of_a_plain_pico_is_gpio_25() {
    let mut board = Board::new(BoardConfig::default());
    let writes = PIN_3.map(|(address, value)| match address {
        GPIO_OE_SET | GPIO_OUT_SET => (address, 1 << 25),
        _ if address == IO_BANK0 + 8 * 3 + 4 => (IO_BANK0 + 8 * 25 + 4, 5),
        _ => (address, value),
    });
    board.load(&crate::script::script(&writes)).expect("it fits");
    assert!(!board.led());
    run(&mut board, 2);
    assert!(board.led());
}

#[test]
fn what_is_connected_stays_connected_without_power() {
    let mut board = board(&PIN_3);
    board.set_gpio_input(10, Some(true));
    board.power_off();
    board.power_on();
    assert!(board.gpio_level(10));
}

#[test]
fn a_run_stops_at_its_address_whenever_the_power_comes() {
    let mut board = board(&PIN_3);
    board.stop_at(CODE);
    for end_ms in [1, 2] {
        let stop = board.run_until(Duration::from_millis(end_ms), &mut Air::default());
        assert_eq!(stop, Stop::Reached { core: CoreId::Core0, address: CODE });
        run(&mut board, end_ms);
        board.power_off();
        board.power_on();
    }
}

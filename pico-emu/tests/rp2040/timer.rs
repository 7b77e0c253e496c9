//! TIMER (RP2040 datasheet, 4.6), by a tick each twelve cycles.

use pico_emu::bus::CoreId;

use crate::chip::{CLR, Chip, SET, TIMER};

const US: u64 = 12;

/// A chip whose timer is at 0 now.
fn chip() -> Chip {
    let mut chip = Chip::with_ticks();
    chip.write(TIMER + 0x04, 0);
    chip.write(TIMER, 0);
    chip
}

#[test]
fn it_counts_microseconds() {
    let mut chip = chip();
    chip.cycle += 1_000 * US - 1;
    assert_eq!(chip.read(TIMER + 0x28), 999);
    chip.cycle += 1;
    assert_eq!(chip.read(TIMER + 0x28), 1_000);
}

#[test]
fn reading_the_low_half_latches_the_high_half() {
    let mut chip = chip();
    chip.write(TIMER + 0x04, u32::MAX);
    chip.write(TIMER, 6);
    assert_eq!(chip.read(TIMER + 0x0c), u32::MAX);
    chip.cycle += US;
    assert_eq!(chip.read(TIMER + 0x08), 6);
    assert_eq!(chip.read(TIMER + 0x24), 7);
    assert_eq!(chip.read(TIMER + 0x0c), 0);
    assert_eq!(chip.read(TIMER + 0x08), 7);
}

#[test]
fn the_time_is_set_when_its_high_half_is_written() {
    let mut chip = chip();
    chip.write(TIMER + 0x04, 5);
    assert_eq!(chip.read(TIMER + 0x28), 0);
    chip.write(TIMER, 9);
    assert_eq!((chip.read(TIMER + 0x24), chip.read(TIMER + 0x28)), (9, 5));
}

#[test]
fn an_alarm_rings_at_its_time_and_not_before() {
    for alarm in 0..4 {
        let mut chip = chip();
        let start = chip.cycle;
        chip.write(TIMER + 0x38, 1 << alarm);
        chip.write(TIMER + 0x10 + 4 * alarm, 100);
        assert_eq!(chip.read(TIMER + 0x20), 1 << alarm);
        let rings = chip.next_event();
        assert_eq!(rings, start + 100 * US);
        chip.cycle = rings - 1;
        assert_eq!(chip.interrupts(CoreId::Core0), 0);
        chip.cycle = rings;
        assert_eq!(chip.interrupts(CoreId::Core0), 1 << alarm);
        assert_eq!(chip.interrupts(CoreId::Core1), 1 << alarm);
        assert_eq!(chip.read(TIMER + 0x20), 0);
        assert_eq!(chip.read(TIMER + 0x34), 1 << alarm);
        chip.write(TIMER + 0x34, 1 << alarm);
        assert_eq!(chip.interrupts(CoreId::Core0), 0);
        assert_eq!(chip.next_event(), u64::MAX);
    }
}

#[test]
fn an_alarm_in_the_past_rings_when_the_low_half_comes_round() {
    let mut chip = chip();
    chip.cycle += 10 * US;
    let start = chip.cycle;
    chip.write(TIMER + 0x10, 9);
    assert_eq!(chip.next_event(), start + u64::from(u32::MAX) * US);
}

#[test]
fn an_alarm_can_be_disarmed() {
    let mut chip = chip();
    chip.write(TIMER + 0x10, 100);
    chip.write(TIMER + 0x20, 1);
    chip.cycle += 200 * US;
    assert_eq!((chip.read(TIMER + 0x20), chip.read(TIMER + 0x34)), (0, 0));
}

#[test]
fn a_forced_interrupt_is_seen_without_its_alarm() {
    let mut chip = chip();
    chip.write(TIMER + 0x3c, 0b1000);
    assert_eq!((chip.read(TIMER + 0x34), chip.read(TIMER + 0x40)), (0, 0b1000));
    assert_eq!(chip.interrupts(CoreId::Core0), 0b1000);
}

#[test]
fn a_paused_timer_stands_still_and_goes_on() {
    let mut chip = chip();
    chip.write(TIMER + 0x10, 100);
    chip.write(TIMER + 0x30, 1);
    chip.cycle += 500 * US;
    assert_eq!((chip.read(TIMER + 0x28), chip.next_event()), (0, u64::MAX));
    chip.write(TIMER + 0x30, 0);
    assert_eq!(chip.next_event(), chip.cycle + 100 * US);
}

#[test]
fn alarms_that_have_rung_are_cleared_one_by_one_by_any_alias() {
    let mut chip = Chip::with_ticks();
    chip.write(TIMER + 0x10, 1);
    chip.write(TIMER + 0x14, 1);
    chip.cycle += 12 * 3;
    assert_eq!(chip.read(TIMER + 0x34), 0b11);
    chip.write(TIMER + 0x34 + SET, 0b01);
    assert_eq!(chip.read(TIMER + 0x34), 0b10);
    chip.write(TIMER + 0x34 + CLR, 0b10);
    assert_eq!(chip.read(TIMER + 0x34), 0);
}

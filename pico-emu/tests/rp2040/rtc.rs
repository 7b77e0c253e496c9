//! RTC (RP2040 datasheet, 4.8), by 12 MHz and 46,875 Hz.

use pico_emu::bus::CoreId;
use proptest::prelude::*;

use crate::chip::{CLOCKS, CLR, Chip, SET, XOSC_HZ};

const RTC: u32 = 0x4005_c000;
const SETUP_0: u32 = RTC + 0x04;
const SETUP_1: u32 = RTC + 0x08;
const CTRL: u32 = RTC + 0x0c;
const IRQ_SETUP_0: u32 = RTC + 0x10;
const IRQ_SETUP_1: u32 = RTC + 0x14;
const RTC_1: u32 = RTC + 0x18;
const RTC_0: u32 = RTC + 0x1c;
const INTR: u32 = RTC + 0x20;
const INTE: u32 = RTC + 0x24;

const ENABLE: u32 = 1;
const ACTIVE: u32 = 1 << 1;
const LOAD: u32 = 1 << 4;
const NOT_LEAP_YEAR: u32 = 1 << 8;
const MATCH_ENABLE: u32 = 1 << 28;
const MATCH_ACTIVE: u32 = 1 << 29;

const RTC_INTERRUPT: u32 = 1 << 25;
/// The cycles of `clk_sys` in one of `clk_rtc`.
const EDGE: u64 = 256;

const fn date(year: u32, month: u32, day: u32) -> u32 {
    year << 12 | month << 8 | day
}

const fn time(weekday: u32, hour: u32, minute: u32, second: u32) -> u32 {
    weekday << 24 | hour << 16 | minute << 8 | second
}

fn with_clock() -> Chip {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    chip.write(CLOCKS + 0x70, 256 << 8);
    chip.write(CLOCKS + 0x6c, 1 << 11 | 3 << 5);
    chip.write(RTC, 46_874);
    chip
}

/// A chip whose time has just been loaded.
fn chip(date: u32, time: u32, control: u32) -> Chip {
    let mut chip = with_clock();
    chip.write(SETUP_0, date);
    chip.write(SETUP_1, time);
    chip.write(CTRL, LOAD | control);
    chip.write(CTRL, ENABLE | control);
    while chip.read(CTRL) & ACTIVE == 0 {
        chip.cycle += 1;
    }
    chip
}

fn now(chip: &mut Chip) -> (u32, u32) {
    let time = chip.read(RTC_0);
    (chip.read(RTC_1), time)
}

/// An alarm at 11:00:00 on Mondays, of which the processor is told.
fn set_alarm(chip: &mut Chip) {
    chip.write(IRQ_SETUP_0, date(1, 2, 3));
    chip.write(IRQ_SETUP_1, 0xf << 28 | time(1, 11, 0, 0));
    chip.write(IRQ_SETUP_0 + SET, MATCH_ENABLE);
    chip.write(INTE, 1);
}

/// Lets time go from event to event until the interrupt is there or not.
fn wait_for(chip: &mut Chip, lines: u32) {
    for _ in 0..100 {
        if chip.interrupts(CoreId::Core0) == lines {
            return;
        }
        chip.cycle = chip.next_event();
    }
    panic!("the interrupt does not come or go");
}

#[test]
fn it_counts_seconds_by_its_clock() {
    let mut chip = chip(date(2024, 5, 6), time(1, 7, 8, 9), 0);
    assert_eq!(now(&mut chip), (date(2024, 5, 6), time(1, 7, 8, 9)));
    chip.cycle += XOSC_HZ - 1;
    assert_eq!(now(&mut chip).1, time(1, 7, 8, 9));
    chip.cycle += 1;
    assert_eq!(now(&mut chip).1, time(1, 7, 8, 10));
}

#[test]
fn what_is_written_takes_two_cycles_of_its_clock_to_arrive() {
    let mut chip = with_clock();
    chip.write(CTRL, ENABLE);
    let start = chip.cycle;
    while chip.read(CTRL) != ENABLE | ACTIVE {
        chip.cycle += 1;
    }
    assert!((EDGE + 1..=2 * EDGE).contains(&(chip.cycle - start)));
    chip.write(CTRL, 0);
    assert_eq!(chip.read(CTRL), ACTIVE);
    chip.cycle += 2 * EDGE;
    assert_eq!(chip.read(CTRL), 0);
}

#[test]
fn without_its_clock_nothing_arrives() {
    let mut chip = Chip::new();
    chip.write(CTRL, ENABLE);
    chip.cycle += 1_000_000_000;
    assert_eq!(chip.read(CTRL), ENABLE);
}

#[test]
fn a_year_ends_and_the_day_of_the_week_goes_round() {
    let mut chip = chip(date(2023, 12, 31), time(6, 23, 59, 59), 0);
    chip.cycle += XOSC_HZ;
    assert_eq!(now(&mut chip), (date(2024, 1, 1), time(0, 0, 0, 0)));
}

#[test]
fn leap_years_are_those_that_can_be_divided_by_four_unless_that_is_forced_off() {
    for (year, control, next) in [
        (2023, 0, date(2023, 3, 1)),
        (2024, 0, date(2024, 2, 29)),
        (2100, 0, date(2100, 2, 29)),
        (2100, NOT_LEAP_YEAR, date(2100, 3, 1)),
    ] {
        let mut chip = chip(date(year, 2, 28), time(0, 23, 59, 59), control);
        chip.cycle += XOSC_HZ;
        assert_eq!(now(&mut chip), (next, time(1, 0, 0, 0)));
    }
}

#[test]
fn reading_the_time_latches_the_date() {
    let mut chip = chip(date(2024, 1, 31), time(3, 23, 59, 59), 0);
    chip.read(RTC_0);
    chip.cycle += XOSC_HZ;
    assert_eq!(chip.read(RTC_1), date(2024, 1, 31));
    assert_eq!(now(&mut chip), (date(2024, 2, 1), time(4, 0, 0, 0)));
}

#[test]
fn it_can_be_loaded_while_it_runs() {
    let mut chip = chip(date(2024, 1, 31), time(3, 1, 2, 3), 0);
    chip.cycle += XOSC_HZ / 2;
    chip.write(SETUP_1, time(4, 5, 6, 7));
    assert_eq!(now(&mut chip).1, time(3, 1, 2, 3), "it is not loaded");
    chip.write(CTRL, ENABLE | LOAD);
    assert_eq!(chip.read(CTRL), ENABLE | ACTIVE, "the bit clears itself");
    chip.cycle += 2 * EDGE;
    assert_eq!(now(&mut chip).1, time(4, 5, 6, 7));
}

#[test]
fn an_alarm_lasts_for_its_second_and_repeats_by_the_fields_it_leaves_out() {
    // Sunday.
    let mut chip = chip(date(2024, 5, 5), time(0, 10, 59, 59), 0);
    let start = chip.cycle;
    set_alarm(&mut chip);
    let day = 86_400 * XOSC_HZ;
    for week in 0..2 {
        wait_for(&mut chip, RTC_INTERRUPT);
        assert_eq!(chip.cycle, start + XOSC_HZ + day + 7 * week * day);
        assert_eq!((chip.read(INTR), now(&mut chip).1), (1, time(1, 11, 0, 0)));
        wait_for(&mut chip, 0);
        assert_eq!(chip.cycle, start + 2 * XOSC_HZ + day + 7 * week * day);
    }
}

#[test]
fn an_alarm_that_is_disabled_is_silent_at_once() {
    let mut chip = chip(date(2024, 5, 6), time(1, 10, 59, 59), 0);
    set_alarm(&mut chip);
    assert_eq!(chip.read(IRQ_SETUP_0) & MATCH_ACTIVE, 0);
    chip.cycle += XOSC_HZ;
    assert_eq!(chip.read(IRQ_SETUP_0) & MATCH_ACTIVE, MATCH_ACTIVE);
    assert_eq!(chip.interrupts(CoreId::Core1), RTC_INTERRUPT);
    chip.write(IRQ_SETUP_0 + CLR, MATCH_ENABLE);
    assert_eq!((chip.interrupts(CoreId::Core1), chip.read(INTR)), (0, 0));
    chip.cycle += 2 * EDGE;
    assert_eq!(chip.read(IRQ_SETUP_0) & MATCH_ACTIVE, 0);
    chip.cycle += 7 * 86_400 * XOSC_HZ;
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
}

#[test]
fn without_its_interrupt_time_costs_no_events() {
    let mut chip = chip(date(2024, 5, 6), time(1, 10, 59, 59), 0);
    set_alarm(&mut chip);
    chip.write(INTE, 0);
    assert_eq!(chip.next_event(), u64::MAX);
}

/// The days since a date of the years from 2000 to 2099, counted from January 2000.
fn days(year: u32, month: u32, day: u32) -> u32 {
    // March is the first month of a year here, so that the day that may be missing is the last one.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    year * 365 + year / 4 + (153 * month + 2) / 5 + day
}

proptest! {
    #[test]
    fn any_time_later_is_the_day_that_a_calendar_says(
        (year, month, day) in (2000_u32..2098, 1_u32..13, 1_u32..29),
        second in 0_u64..86_400,
        passed in 0_u64..40_000_000,
    ) {
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        let start = time(0, hour as u32, minute as u32, (second % 60) as u32);
        let mut chip = chip(date(year, month, day), start, 0);
        chip.cycle += passed * XOSC_HZ;
        let (date, time) = now(&mut chip);
        let (now_days, now_second) = ((second + passed) / 86_400, (second + passed) % 86_400);
        let days_passed = days(date >> 12, date >> 8 & 0xf, date & 0x1f) - days(year, month, day);
        prop_assert_eq!(u64::from(days_passed), now_days);
        let of_day = (time >> 16 & 0x1f) * 3_600 + (time >> 8 & 0x3f) * 60 + (time & 0x3f);
        prop_assert_eq!(u64::from(of_day), now_second);
        prop_assert_eq!(u64::from(time >> 24), now_days % 7);
    }
}

//! Start, pins and power with the C driver.

use pico_emu::cyw43439::Kind;

use crate::air::Air;
use crate::board::{ADDRESS, Way};
use crate::c_driver::CDriver;

#[test]
fn the_radio_starts_over_the_wires() {
    let mut driver = CDriver::new(Way::Wires, Air::of_two());
    driver.start_bus();
    driver.upload();
    driver.finish_start();
    driver.set_up();
    driver.join("Home", "correct horse");
    driver.listen();
    assert_eq!(driver.air.joined, Some(1));
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn the_address_is_the_boards() {
    let mut driver = CDriver::started(Air::default());
    assert_eq!(driver.variable("cur_etheraddr", &[0; 6])[..6], ADDRESS);
    // Setting it to what it is changes nothing.
    driver.set_variable("cur_etheraddr", &ADDRESS, 0);
}

#[test]
fn pins_are_driven_and_read() {
    let mut driver = CDriver::started(Air::default());
    let levels = |driver: &mut CDriver| driver.variable("ccgpioin", &[])[0];
    assert_eq!(levels(&mut driver), 0);
    driver.set_words("gpioout", 1, 1);
    driver.chip.set_gpio(2, true);
    assert_eq!(levels(&mut driver), 0b101);
    assert!(driver.chip.gpio(0) && driver.chip.gpio(2));
    driver.set_words("gpioout", 1, 0);
    assert_eq!(levels(&mut driver), 0b100);
}

#[test]
fn without_power_everything_is_forgotten() {
    let mut driver = CDriver::started(Air::of_two());
    driver.chip.set_gpio(2, true);
    driver.set_words("gpioout", 1, 1);
    driver.join("Cafe", "");
    driver.listen();
    assert_eq!(driver.air.joined, Some(0));
    driver.chip.set_power(false);
    assert_eq!(driver.chip.data(), None);
    assert!(!driver.chip.gpio(0) && driver.chip.gpio(2));
    // The air hears of it as soon as the radio may act.
    assert!(driver.chip.deadline_us().is_some());
    driver.chip.poll(driver.now_us, &mut driver.air);
    assert_eq!((driver.air.joined, driver.air.leaves), (None, 1));
    assert_eq!(driver.chip.deadline_us(), None);

    let mut again = CDriver::new(Way::Bulk, std::mem::take(&mut driver.air));
    again.chip = driver.chip;
    again.start_bus();
    again.upload();
    again.finish_start();
    again.set_up();
    again.join("Cafe", "");
    again.listen();
    assert_eq!(again.air.joined, Some(0));
}

#[test]
fn an_answer_comes_after_a_millisecond_and_a_countrys_after_32() {
    let mut driver = CDriver::started(Air::default());
    let country = b"country\0XX\0\0\xff\xff\xff\xffXX\0\0";
    for (kind, command, data, span_us) in
        [(Kind::Get, 85, &[0; 4][..], 1_000), (Kind::Set, 263, country, 32_000), (Kind::Get, 262, country, 1_000)]
    {
        driver.send_request(kind, command, 0, data);
        let due_us = driver.chip.deadline_us().unwrap();
        // The frame took some time on the bus.
        assert!((span_us - 50..=span_us).contains(&(due_us - driver.now_us)));
        driver.pass_us(due_us - 1 - driver.now_us);
        assert_eq!(driver.chip.data(), Some(false));
        driver.pass_us(1);
        assert_eq!(driver.chip.data(), Some(true));
        driver.take_answer();
    }
}

#[test]
fn regulatory_data_that_is_not_whole_is_none() {
    let status = |pieces: &[(u8, u8)]| {
        let mut driver = CDriver::started(Air::default());
        for &(flags, len) in pieces {
            let piece = [flags, 0x10, 2, 0, len, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
            // What is wrong with a piece is its answer's status as well.
            let _ = driver.attempt_variable(Kind::Set, "clmload", &piece);
        }
        driver.variable("clmload_status", &[0; 4])[0]
    };
    const BEGIN: u8 = 2;
    const END: u8 = 4;
    assert_eq!(status(&[(BEGIN | END, 4)]), 0);
    assert_eq!(status(&[(BEGIN, 4), (0, 4), (END, 4)]), 0);
    assert_eq!(status(&[(BEGIN, 4), (0, 4)]), 1);
    assert_eq!(status(&[(END, 4)]), 1);
    assert_eq!(status(&[(BEGIN | END, 5)]), 1);
    assert_eq!(status(&[(BEGIN | END, 0)]), 1);
}

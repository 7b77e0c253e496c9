//! DMA that is paced by UART, PWM and ADC (RP2040 datasheet, 2.5.3.1).

use pico_emu::bus::Bus;

use crate::chip::{CLOCKS, Chip};
use crate::program::RESULTS;

const UART1: u32 = 0x4003_8000;
const ADC: u32 = 0x4004_c000;
const PWM: u32 = 0x4005_0000;
const CHANNEL0: u32 = 0x5000_0000;

const ENABLE: u32 = 1;
const BYTES: u32 = 0 << 2;
const HALFWORDS: u32 = 1 << 2;
const WORDS: u32 = 2 << 2;
const FROM_MEMORY: u32 = 1 << 4;
const TO_MEMORY: u32 = 1 << 5;

fn chip() -> Chip {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    chip
}

fn start(chip: &mut Chip, from: u32, to: u32, count: u32, request: u32, control: u32) {
    chip.write(CHANNEL0, from);
    chip.write(CHANNEL0 + 4, to);
    chip.write(CHANNEL0 + 8, count);
    chip.write(CHANNEL0 + 0xc, ENABLE | request << 15 | control);
}

fn remaining(chip: &mut Chip) -> u32 {
    chip.read(CHANNEL0 + 8)
}

/// 12 MHz, 16 cycles a bit, with requests to the DMA.
fn start_uart1(chip: &mut Chip, control: u32) {
    chip.write(CLOCKS + 0x48, 1 << 11);
    for (register, value) in [(0x24, 1), (0x2c, 0x70), (0x48, 0b11), (0x30, control)] {
        chip.write(UART1 + register, value);
    }
}

#[test]
fn a_uart_is_fed_as_fast_as_it_sends() {
    let mut chip = chip();
    for byte in 0..100_u8 {
        chip.rp2040.store(RESULTS + u32::from(byte), byte);
    }
    start_uart1(&mut chip, 0x301);
    start(&mut chip, RESULTS, UART1, 100, 22, BYTES | FROM_MEMORY);
    chip.cycle += 50 * 160;
    // 32 in the FIFO, and one is being sent.
    assert!((16..=18).contains(&remaining(&mut chip)));
    chip.cycle += 51 * 160;
    assert_eq!(remaining(&mut chip), 0);
    let sent = chip.rp2040.take_uart_output(1, chip.cycle);
    assert_eq!(sent.len(), 100);
    assert!(sent.windows(2).all(|pair| pair[1].cycle - pair[0].cycle == 160));
}

#[test]
fn what_a_uart_gets_is_taken_away_when_it_is_there() {
    let mut chip = chip();
    start_uart1(&mut chip, 0x301);
    start(&mut chip, UART1, RESULTS, 50, 23, BYTES | TO_MEMORY);
    let message: Vec<u8> = (50..100).collect();
    chip.rp2040.send_uart(1, &message, None, chip.cycle);
    chip.cycle += 10 * 160;
    assert!((40..=41).contains(&remaining(&mut chip)));
    chip.cycle += 41 * 160;
    assert_eq!(remaining(&mut chip), 0);
    let memory: Vec<u8> = (0..50).filter_map(|byte| chip.rp2040.load(RESULTS + byte)).collect();
    assert_eq!(memory, message);
}

#[test]
fn an_error_stops_the_requests_if_that_is_asked_for() {
    let mut chip = chip();
    start_uart1(&mut chip, 0x301);
    chip.write(UART1 + 0x48, 0b101);
    chip.write(UART1 + 0x38, 0xf << 7);
    chip.rp2040.send_uart_break(1, chip.cycle);
    start(&mut chip, UART1, RESULTS, 1, 23, WORDS | TO_MEMORY);
    chip.cycle += 3 * 160;
    assert_eq!(remaining(&mut chip), 1);
    chip.write(UART1 + 0x44, 0xf << 7);
    chip.cycle += 10;
    assert_eq!(remaining(&mut chip), 0);
}

#[test]
fn a_wrap_of_pwm_is_one_request() {
    let mut chip = chip();
    chip.write(PWM + 0x14 * 3 + 0x10, 999);
    chip.write(PWM + 0x14 * 3, 1);
    let began = chip.cycle;
    for level in 0..4_u32 {
        chip.rp2040.store(RESULTS + 4 * level, level + 1);
    }
    start(&mut chip, RESULTS, PWM + 0x14 * 3 + 0xc, 4, 24 + 3, WORDS | FROM_MEMORY);
    for wraps in 1..=4 {
        chip.cycle = began + 1_000 * wraps - 1;
        assert_eq!(remaining(&mut chip), 5 - wraps as u32);
        chip.cycle = began + 1_000 * wraps + 10;
        assert_eq!((remaining(&mut chip), chip.read(PWM + 0x14 * 3 + 0xc)), (4 - wraps as u32, wraps as u32));
    }
}

#[test]
fn samples_of_the_adc_are_taken_away_when_they_are_there() {
    let mut chip = chip();
    chip.write(CLOCKS + 0x60, 1 << 11 | 3 << 5);
    chip.rp2040.set_adc_input(2, Some(1.65), chip.cycle);
    chip.write(ADC, 1);
    chip.cycle += 10;
    chip.write(ADC + 8, 1 << 24 | 1 << 3 | 1);
    start(&mut chip, ADC + 0xc, RESULTS, 20, 36, HALFWORDS | TO_MEMORY);
    chip.write(ADC, 1 | 1 << 3 | 2 << 12);
    chip.cycle += 19 * 96 + 50;
    assert_eq!(remaining(&mut chip), 1);
    chip.cycle += 96;
    assert_eq!((remaining(&mut chip), chip.read(ADC + 8) & 1 << 11), (0, 0));
    let memory: Vec<u16> = (0..20).filter_map(|sample| chip.rp2040.load(RESULTS + 2 * sample)).collect();
    assert_eq!(memory, [2048; 20]);
}

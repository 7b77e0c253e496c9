//! ADC and temperature sensor (RP2040 datasheet, 4.9), by 12 MHz.

use pico_emu::bus::{BusFaultKind, CoreId};

use crate::chip::{CLOCKS, Chip, PADS_BANK0, SET};

const ADC: u32 = 0x4004_c000;
const RESULT: u32 = ADC + 0x04;
const FCS: u32 = ADC + 0x08;
const FIFO: u32 = ADC + 0x0c;
const DIV: u32 = ADC + 0x10;
const INTR: u32 = ADC + 0x14;
const INTE: u32 = ADC + 0x18;
const INTF: u32 = ADC + 0x1c;

const ENABLE: u32 = 1 << 0;
const SENSOR: u32 = 1 << 1;
const START_ONCE: u32 = 1 << 2;
const START_MANY: u32 = 1 << 3;
const READY: u32 = 1 << 8;

const ADC_INTERRUPT: u32 = 1 << 22;
const CONVERSION: u64 = 96;

/// A chip whose converter is ready, with a cycle of `clk_adc` in each of `clk_sys`.
fn chip() -> Chip {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    chip.write(CLOCKS + 0x60, 1 << 11 | 3 << 5);
    chip.write(ADC, ENABLE);
    assert_eq!(chip.read(ADC), ENABLE, "it is not ready at once");
    chip.cycle += 10;
    assert_eq!(chip.read(ADC), ENABLE | READY);
    chip
}

/// One conversion of an input.
fn sample(chip: &mut Chip, control: u32) -> u32 {
    chip.write(ADC, control | START_ONCE | ENABLE);
    chip.cycle += CONVERSION;
    assert_eq!(chip.read(ADC) & READY, READY);
    chip.read(RESULT)
}

/// A chip that samples again and again into its FIFO.
fn streaming(fcs: u32, divisor: u32) -> Chip {
    let mut chip = chip();
    chip.rp2040.set_adc_input(0, Some(1.65), chip.cycle);
    chip.write(DIV, divisor);
    chip.write(FCS, 1 | fcs);
    chip.write(ADC, ENABLE | START_MANY);
    chip
}

fn level(chip: &mut Chip) -> u32 {
    chip.read(FCS) >> 16 & 0xf
}

#[test]
fn a_conversion_takes_96_cycles_and_gives_the_voltage_as_it_began() {
    let mut chip = chip();
    chip.rp2040.set_adc_input(0, Some(1.0), chip.cycle);
    chip.write(ADC, ENABLE | START_ONCE);
    chip.rp2040.set_adc_input(0, Some(3.0), chip.cycle);
    chip.cycle += CONVERSION - 1;
    assert_eq!((chip.read(ADC) & READY, chip.read(RESULT)), (0, 0));
    chip.cycle += 1;
    assert_eq!((chip.read(ADC), chip.read(RESULT)), (ENABLE | READY, 1241));
}

#[test]
fn voltages_are_parts_of_the_reference_and_end_at_the_limits() {
    let mut chip = chip();
    for (volts, result) in [(0.0, 0), (0.000_9, 1), (1.65, 2048), (3.299_9, 4095), (3.3, 4095), (5.0, 4095), (-1.0, 0)]
    {
        chip.rp2040.set_adc_input(3, Some(volts), chip.cycle);
        assert_eq!(sample(&mut chip, 3 << 12), result, "{volts} V");
    }
}

#[test]
fn an_input_that_nothing_is_applied_to_follows_its_pin() {
    let mut chip = chip();
    assert_eq!(sample(&mut chip, 1 << 12), 0, "it is pulled down after reset");
    chip.write(PADS_BANK0 + 4 + 4 * 27, 0x88);
    assert_eq!(sample(&mut chip, 1 << 12), 4095, "it is pulled up");
    chip.rp2040.set_adc_input(1, Some(0.5), chip.cycle);
    assert_eq!(sample(&mut chip, 1 << 12), 620);
    chip.rp2040.set_adc_input(1, None, chip.cycle);
    assert_eq!(sample(&mut chip, 1 << 12), 4095);
}

#[test]
fn the_temperature_sensor_follows_its_formula_while_it_has_its_bias() {
    let mut chip = chip();
    let celsius = |result: u32| 27.0 - (f64::from(result) * 3.3 / 4096.0 - 0.706) / 0.001_721;
    assert_eq!(sample(&mut chip, 4 << 12), 0, "it has no bias");
    for temperature in [-20.0, 27.0, 85.0] {
        chip.rp2040.set_temperature(temperature, chip.cycle);
        let measured = celsius(sample(&mut chip, 4 << 12 | SENSOR));
        // A step of the converter is 0.47 degrees.
        assert!((measured - temperature).abs() < 0.5, "{measured}");
    }
    chip.rp2040.set_temperature(20.1, chip.cycle);
    assert_eq!(sample(&mut chip, 4 << 12 | SENSOR), 891, "as the datasheet says");
}

#[test]
fn there_are_five_inputs() {
    assert_eq!(chip().write_fault(ADC, ENABLE | 5 << 12), BusFaultKind::NotModelled);
}

#[test]
fn without_its_clock_it_is_never_ready() {
    let mut chip = Chip::new();
    chip.write(ADC, ENABLE);
    chip.cycle += 1_000_000;
    assert_eq!(chip.read(ADC), ENABLE);
}

#[test]
fn a_change_of_its_clock_during_a_conversion_is_carried_over() {
    let mut chip = chip();
    chip.write(ADC, ENABLE | START_ONCE);
    chip.cycle += CONVERSION / 2;
    chip.write(CLOCKS + 0x64, 2 << 8);
    chip.cycle += CONVERSION - 1;
    assert_eq!(chip.read(ADC) & READY, 0);
    chip.cycle += 1;
    assert_eq!(chip.read(ADC) & READY, READY);
}

#[test]
fn free_running_conversions_follow_each_other_or_the_pacing_timer() {
    // In the first cycles, until the fourth conversion ends: back to back, each 200 cycles, each 200.5, and each 96
    // because the timer is faster.
    let cases = [(0, 4 * 96), (199 << 8, 3 * 200 + 96), (199 << 8 | 0x80, 601 + 96), (47 << 8, 4 * 96)];
    for (divisor, fourth) in cases {
        let mut chip = streaming(0, divisor);
        chip.cycle += fourth - 1;
        assert_eq!(level(&mut chip), 3, "{divisor:#x}");
        chip.cycle += 1;
        assert_eq!(level(&mut chip), 4, "{divisor:#x}");
    }
}

#[test]
fn clearing_start_many_lets_the_last_conversion_end() {
    let mut chip = streaming(0, 0);
    chip.cycle += 96 + 10;
    chip.write(ADC, ENABLE);
    assert_eq!(chip.read(ADC) & READY, 0);
    chip.cycle += 1_000;
    assert_eq!((chip.read(ADC) & READY, level(&mut chip)), (READY, 2));
}

#[test]
fn round_robin_begins_with_the_selected_input_and_goes_through_the_chosen_ones() {
    let mut chip = chip();
    for input in 0..4 {
        chip.rp2040.set_adc_input(input, Some(3.3 / 4096.0 * (f64::from(input as u32) + 0.5)), chip.cycle);
    }
    chip.write(FCS, 1);
    chip.write(ADC, ENABLE | START_MANY | 0b0110 << 16);
    chip.cycle += 6 * CONVERSION;
    let samples: Vec<u32> = (0..6).map(|_| chip.read(FIFO)).collect();
    assert_eq!(samples, [0, 1, 2, 1, 2, 1]);
    assert_eq!(chip.read(ADC) >> 12 & 7, 2);
}

#[test]
fn the_fifo_has_eight_entries_and_tells_when_it_was_too_full_or_empty() {
    let mut chip = streaming(0, 0);
    assert_eq!(chip.read(FCS), 1 | 1 << 8);
    chip.cycle += 8 * CONVERSION;
    assert_eq!(chip.read(FCS), 1 | 8 << 16 | 1 << 9);
    chip.cycle += CONVERSION;
    assert_eq!(chip.read(FCS), 1 | 8 << 16 | 1 << 9 | 1 << 11);
    chip.write(ADC, ENABLE);
    chip.cycle += CONVERSION;
    for _ in 0..8 {
        assert_eq!(chip.read(FIFO), 2048);
    }
    chip.read(FIFO);
    assert_eq!(chip.read(FCS), 1 | 1 << 8 | 1 << 10 | 1 << 11);
    chip.write(FCS, 1 | 1 << 10);
    assert_eq!(chip.read(FCS), 1 | 1 << 8 | 1 << 11);
}

#[test]
fn samples_are_shifted_to_bytes_in_the_fifo_alone() {
    let mut chip = streaming(1 << 1, 0);
    chip.cycle += CONVERSION;
    assert_eq!((chip.read(FIFO), chip.read(RESULT)), (128, 2048));
}

#[test]
fn the_interrupt_comes_with_the_threshold_and_goes_below_it() {
    let mut chip = streaming(3 << 24, 0);
    assert_eq!(chip.next_event(), u64::MAX, "nobody waits");
    let start = chip.cycle;
    chip.write(INTE, 1);
    while chip.interrupts(CoreId::Core0) == 0 {
        chip.cycle = chip.next_event();
    }
    assert_eq!((chip.interrupts(CoreId::Core0), chip.cycle), (ADC_INTERRUPT, start + 3 * CONVERSION));
    assert_eq!(chip.read(INTR), 1);
    chip.read(FIFO);
    assert_eq!((chip.interrupts(CoreId::Core0), chip.read(INTR)), (0, 0));
    chip.write(INTF + SET, 1);
    assert_eq!(chip.interrupts(CoreId::Core1), ADC_INTERRUPT);
}

#[test]
fn a_threshold_of_zero_is_reached_without_a_sample() {
    let mut chip = chip();
    assert_eq!(chip.read(INTR), 1);
    chip.write(INTE, 1);
    assert_eq!(chip.interrupts(CoreId::Core0), ADC_INTERRUPT);
    chip.write(FCS, 1 << 24);
    assert_eq!((chip.interrupts(CoreId::Core0), chip.read(INTR)), (0, 0));
}

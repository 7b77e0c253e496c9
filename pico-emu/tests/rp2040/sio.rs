//! SIO (RP2040 datasheet, 2.3.1).

use pico_emu::bus::CoreId;
use proptest::prelude::*;

use crate::chip::{Chip, SIO};

const CORES: [CoreId; 2] = [CoreId::Core0, CoreId::Core1];
const DIVIDER: u32 = SIO + 0x60;

/// Divides and waits the eight cycles. The registers are those of unsigned or signed operands.
fn divide(chip: &mut Chip, registers: u32, dividend: u32, divisor: u32) -> (u32, u32) {
    chip.write(registers, dividend);
    chip.write(registers + 4, divisor);
    chip.cycle += 8;
    let remainder = chip.read(DIVIDER + 0x14);
    (chip.read(DIVIDER + 0x10), remainder)
}

proptest! {
    #[test]
    fn division_is_exact(dividend: u32, divisor in 1_u32..) {
        let mut chip = Chip::new();
        prop_assert_eq!(divide(&mut chip, DIVIDER, dividend, divisor), (dividend / divisor, dividend % divisor));
        let (n, d) = (dividend.cast_signed(), divisor.cast_signed());
        let signed = (n.wrapping_div(d).cast_unsigned(), n.wrapping_rem(d).cast_unsigned());
        prop_assert_eq!(divide(&mut chip, DIVIDER + 8, dividend, divisor), signed);
    }

    #[test]
    fn an_interpolator_shifts_masks_and_adds(accumulator: u32, base: u32, shift in 0_u32..32, low in 0_u32..32, width in 0_u32..32) {
        let mut chip = Chip::new();
        let high = (low + width).min(31);
        chip.write(SIO + 0x80, accumulator);
        chip.write(SIO + 0x88, base);
        chip.write(SIO + 0xac, high << 10 | low << 5 | shift);
        let mask = (low..=high).map(|bit| 1 << bit).sum::<u32>();
        prop_assert_eq!(chip.read(SIO + 0xa0), base.wrapping_add(accumulator >> shift & mask));
    }
}

#[test]
fn a_division_takes_eight_cycles() {
    let mut chip = Chip::new();
    chip.write(DIVIDER, 100);
    chip.write(DIVIDER + 4, 7);
    assert_eq!(chip.read(DIVIDER + 0x18), 0b10);
    chip.cycle += 7;
    assert_eq!(chip.read(DIVIDER + 0x18), 0b10);
    chip.cycle += 1;
    assert_eq!(chip.read(DIVIDER + 0x18), 0b11);
    assert_eq!((chip.read(DIVIDER + 0x14), chip.read(DIVIDER + 0x10)), (2, 14));
    assert_eq!(chip.read(DIVIDER + 0x18), 0b01, "reading the quotient cleans it");
}

#[test]
fn division_by_zero_and_overflow_have_their_documented_results() {
    let mut chip = Chip::new();
    assert_eq!(divide(&mut chip, DIVIDER, 5, 0), (u32::MAX, 5));
    assert_eq!(divide(&mut chip, DIVIDER + 8, 5, 0), (u32::MAX, 5));
    assert_eq!(divide(&mut chip, DIVIDER + 8, -5_i32 as u32, 0), (1, -5_i32 as u32));
    assert_eq!(divide(&mut chip, DIVIDER + 8, 0x8000_0000, u32::MAX), (0x8000_0000, 0));
}

#[test]
fn each_core_has_its_number_and_its_divider() {
    let mut chip = Chip::new();
    for core in CORES {
        assert_eq!(chip.read_as(core, SIO), core.index() as u32);
        chip.write_as(core, DIVIDER + 0x10, 7 + core.index() as u32);
    }
    assert_eq!(CORES.map(|core| chip.read_as(core, DIVIDER + 0x10)), [7, 8]);
}

#[test]
fn a_spinlock_is_claimed_by_a_read_and_released_by_a_write() {
    let mut chip = Chip::new();
    assert_eq!(chip.read_as(CoreId::Core0, SIO + 0x17c), 1 << 31);
    assert_eq!(chip.read_as(CoreId::Core1, SIO + 0x17c), 0);
    assert_eq!(chip.read(SIO + 0x5c), 1 << 31);
    chip.write_as(CoreId::Core0, SIO + 0x17c, 0);
    assert_eq!(chip.read_as(CoreId::Core1, SIO + 0x17c), 1 << 31);
}

#[test]
fn eight_words_fit_between_the_cores_and_the_ninth_is_lost() {
    let mut chip = Chip::new();
    for word in 0..8 {
        assert_eq!(chip.read(SIO + 0x50), 0b0010);
        chip.write(SIO + 0x54, word);
    }
    assert_eq!(chip.read(SIO + 0x50), 0b0000);
    chip.write(SIO + 0x54, 8);
    assert_eq!(chip.read(SIO + 0x50), 0b0100);
    for word in 0..8 {
        assert_eq!(chip.interrupts(CoreId::Core1), 1 << 16);
        assert_eq!(chip.read_as(CoreId::Core1, SIO + 0x58), word);
    }
    assert_eq!(chip.interrupts(CoreId::Core1), 0);
    chip.read_as(CoreId::Core1, SIO + 0x58);
    assert_eq!(chip.read_as(CoreId::Core1, SIO + 0x50), 0b1010);
    assert_eq!(CORES.map(|core| chip.interrupts(core)), [1 << 15, 1 << 16], "errors interrupt");
    chip.write(SIO + 0x50, 0);
    chip.write_as(CoreId::Core1, SIO + 0x50, 0);
    assert_eq!(CORES.map(|core| chip.interrupts(core)), [0, 0]);
}

#[test]
fn popping_a_lane_feeds_results_back() {
    let mut chip = Chip::new();
    // All bits, the raw accumulator plus the base: a counter by 3.
    chip.write(SIO + 0xac, 31 << 10);
    chip.write(SIO + 0x88, 3);
    assert_eq!([0; 3].map(|_| chip.read(SIO + 0x94)), [3, 6, 9]);
    assert_eq!(chip.read(SIO + 0xa0), 12, "peeking changes nothing");
    assert_eq!(chip.read(SIO + 0x80), 9);
}

#[test]
fn lanes_cross_their_inputs_and_results() {
    let mut chip = Chip::new();
    chip.write(SIO + 0x80, 0x10);
    chip.write(SIO + 0x84, 0x20);
    chip.write(SIO + 0xac, 31 << 10 | 1 << 16);
    chip.write(SIO + 0xb0, 31 << 10);
    assert_eq!((chip.read(SIO + 0xa0), chip.read(SIO + 0xa4)), (0x20, 0x20));
    assert_eq!(chip.read(SIO + 0xa8), 0x40, "the full result is of both lanes");
    chip.write(SIO + 0xac, 31 << 10 | 1 << 17);
    chip.read(SIO + 0x94);
    assert_eq!((chip.read(SIO + 0x80), chip.read(SIO + 0x84)), (0x20, 0x20));
}

#[test]
fn the_first_interpolator_blends() {
    let mut chip = Chip::new();
    chip.write(SIO + 0xac, 31 << 10 | 1 << 21);
    chip.write(SIO + 0xb0, 31 << 10);
    chip.write(SIO + 0xbc, 2_000 << 16 | 1_000);
    for (alpha, blended) in [(0, 1_000), (128, 1_500), (255, 1_996)] {
        chip.write(SIO + 0x84, alpha);
        assert_eq!((chip.read(SIO + 0xa0), chip.read(SIO + 0xa4)), (alpha, blended));
    }
}

#[test]
fn the_second_interpolator_clamps() {
    let mut chip = Chip::new();
    chip.write(SIO + 0xec, 31 << 10 | 1 << 15 | 1 << 22);
    chip.write(SIO + 0xc8, -10_i32 as u32);
    chip.write(SIO + 0xcc, 10);
    for (value, clamped) in [(-20, -10), (-10, -10), (3, 3), (10, 10), (11, 10)] {
        chip.write(SIO + 0xc0, value as u32);
        assert_eq!(chip.read(SIO + 0xe0) as i32, clamped);
    }
}

#[test]
fn bits_that_a_mask_cuts_off_are_noted_and_a_field_can_be_signed() {
    let mut chip = Chip::new();
    chip.write(SIO + 0xac, 3 << 10 | 1 << 15);
    chip.write(SIO + 0x80, 0x0c);
    assert_eq!(chip.read(SIO + 0xa0) as i32, -4);
    assert_eq!(chip.read(SIO + 0xac) >> 23 & 7, 0);
    chip.write(SIO + 0x80, 0x1c);
    assert_eq!(chip.read(SIO + 0xac) >> 23 & 7, 0b101);
}

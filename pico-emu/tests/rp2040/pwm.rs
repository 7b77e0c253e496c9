//! PWM (RP2040 datasheet, 4.5).

use pico_emu::bus::CoreId;
use pico_emu::rp2040::PwmDuty;
use proptest::prelude::*;

use crate::chip::{Chip, IO_BANK0};

const PWM: u32 = 0x4005_0000;
const CSR: u32 = 0x00;
const DIV: u32 = 0x04;
const CTR: u32 = 0x08;
const CC: u32 = 0x0c;
const TOP: u32 = 0x10;
const EN: u32 = PWM + 0xa0;
const INTR: u32 = PWM + 0xa4;
const INTE: u32 = PWM + 0xa8;
const INTF: u32 = PWM + 0xac;
const INTS: u32 = PWM + 0xb0;

const ENABLE: u32 = 1 << 0;
const PHASE_CORRECT: u32 = 1 << 1;
const A_INVERTED: u32 = 1 << 2;
const B_HIGH: u32 = 1 << 4;
const B_RISES: u32 = 2 << 4;
const B_FALLS: u32 = 3 << 4;
const RETARD: u32 = 1 << 6;
const ADVANCE: u32 = 1 << 7;

const PWM_INTERRUPT: u32 = 1 << 4;
const BANK_INTERRUPT: u32 = 1 << 13;

fn slice(number: u32) -> u32 {
    PWM + 0x14 * number
}

fn give_to_pwm(chip: &mut Chip, pin: u32) {
    chip.write(IO_BANK0 + 8 * pin + 4, 4);
}

/// A chip whose slice 0 counts from 0 to 3, with its pins.
fn counting_to_3(csr: u32) -> Chip {
    let mut chip = Chip::new();
    give_to_pwm(&mut chip, 0);
    give_to_pwm(&mut chip, 1);
    chip.write(PWM + TOP, 3);
    chip.write(PWM + CC, 3 << 16 | 1);
    chip.write(PWM + CSR, csr | ENABLE);
    chip
}

/// The counter in the next cycles.
fn counts(chip: &mut Chip, cycles: usize) -> Vec<u32> {
    let mut count = || {
        chip.cycle += 1;
        chip.read(PWM + CTR)
    };
    (0..cycles).map(|_| count()).collect()
}

/// The levels at a pin in the next cycles, as ones and zeros.
fn levels(chip: &mut Chip, pin: u32, cycles: usize) -> Vec<u32> {
    let mut level = || {
        chip.cycle += 1;
        chip.read(0xd000_0004) >> pin & 1
    };
    (0..cycles).map(|_| level()).collect()
}

#[test]
fn after_reset_it_stands_still_with_the_widest_period() {
    let mut chip = Chip::new();
    for number in 0..8 {
        let registers = [CSR, DIV, CTR, CC, TOP].map(|register| chip.read(slice(number) + register));
        assert_eq!(registers, [0, 0x10, 0, 0, 0xffff]);
    }
    chip.cycle += 1_000;
    assert_eq!([PWM + CTR, EN, INTR, INTE, INTF, INTS].map(|register| chip.read(register)), [0; 6]);
}

#[test]
fn a_slice_counts_to_top_and_its_outputs_are_high_below_their_levels() {
    assert_eq!(counts(&mut counting_to_3(0), 9), [1, 2, 3, 0, 1, 2, 3, 0, 1]);
    assert_eq!(levels(&mut counting_to_3(0), 0, 8), [0, 0, 0, 1, 0, 0, 0, 1]);
    assert_eq!(levels(&mut counting_to_3(0), 1, 8), [1, 1, 0, 1, 1, 1, 0, 1]);
    assert_eq!(levels(&mut counting_to_3(A_INVERTED), 0, 4), [1, 1, 1, 0]);
}

#[test]
fn in_phase_correct_mode_it_stands_for_two_counts_at_both_ends() {
    assert_eq!(counts(&mut counting_to_3(PHASE_CORRECT), 12), [1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 3]);
    assert_eq!(levels(&mut counting_to_3(PHASE_CORRECT), 0, 9), [0, 0, 0, 0, 0, 0, 1, 1, 0]);
}

#[test]
fn levels_of_0_and_above_top_are_toggle_free() {
    for (level, high) in [(0, 0), (4, 1), (0xffff, 1)] {
        let mut chip = counting_to_3(0);
        chip.write(PWM + CC, level);
        chip.cycle += 4;
        assert_eq!(levels(&mut chip, 0, 8), [high; 8]);
    }
}

#[test]
fn a_channel_is_on_every_sixteenth_pin() {
    let mut chip = counting_to_3(0);
    give_to_pwm(&mut chip, 16);
    assert_eq!(levels(&mut chip, 16, 4), [0, 0, 0, 1]);
    assert!(chip.rp2040.gpio_is_output(16));
}

#[test]
fn the_divider_has_a_fraction_of_sixteenths_and_0_is_256() {
    let mut chip = Chip::new();
    chip.write(PWM + DIV, 2 << 4 | 8);
    chip.write(PWM + CSR, ENABLE);
    assert_eq!(counts(&mut chip, 10), [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]);
    let mut chip = Chip::new();
    chip.write(PWM + DIV, 0);
    chip.write(PWM + CSR, ENABLE);
    chip.cycle += 256 * 7 - 1;
    assert_eq!(chip.read(PWM + CTR), 6);
    chip.cycle += 1;
    assert_eq!(chip.read(PWM + CTR), 7);
}

#[test]
fn cc_and_top_take_effect_when_the_counter_wraps() {
    let mut chip = counting_to_3(0);
    chip.cycle += 1;
    chip.write(PWM + CC, 2);
    chip.write(PWM + TOP, 1);
    assert_eq!((chip.read(PWM + CC), chip.read(PWM + TOP)), (2, 1));
    assert_eq!(levels(&mut chip, 0, 5), [0, 0, 1, 1, 1]);
    assert_eq!(counts(&mut chip, 4), [1, 0, 1, 0]);
}

#[test]
fn while_a_slice_is_off_they_take_effect_at_once_and_its_outputs_stay() {
    let mut chip = counting_to_3(0);
    chip.cycle += 2;
    chip.write(PWM + CSR, 0);
    assert_eq!(counts(&mut chip, 2), [2, 2]);
    chip.write(PWM + CC, 3);
    assert_eq!(levels(&mut chip, 0, 2), [1, 1]);
}

#[test]
fn en_starts_slices_together_and_mirrors_their_csr() {
    let mut chip = Chip::new();
    chip.write(slice(5) + CSR, ENABLE | A_INVERTED);
    assert_eq!(chip.read(EN), 1 << 5);
    chip.write(EN, 0b1001);
    chip.cycle += 100;
    assert_eq!([0, 3, 5].map(|number| chip.read(slice(number) + CTR)), [100, 100, 0]);
    assert_eq!(chip.read(slice(5) + CSR), A_INVERTED);
}

#[test]
fn a_wrap_interrupts_if_that_is_enabled_and_otherwise_costs_no_event() {
    let mut chip = counting_to_3(0);
    assert_eq!(chip.next_event(), u64::MAX);
    chip.write(INTE, 1);
    let wraps = chip.next_event();
    assert_eq!(wraps, chip.cycle + 4);
    chip.cycle = wraps - 1;
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
    chip.cycle = wraps;
    assert_eq!(chip.interrupts(CoreId::Core0), PWM_INTERRUPT);
    assert_eq!((chip.read(INTR), chip.read(INTS)), (1, 1));
    assert_eq!(chip.next_event(), u64::MAX);
    chip.write(INTR, 1);
    assert_eq!((chip.interrupts(CoreId::Core0), chip.next_event()), (0, wraps + 4));
    chip.write(INTE, 0);
    chip.write(INTF, 1 << 7);
    assert_eq!((chip.interrupts(CoreId::Core0), chip.read(INTS)), (PWM_INTERRUPT, 1 << 7));
}

#[test]
fn a_pulse_is_inserted_into_the_next_gap_or_the_next_one_is_deleted() {
    let with = |csr: u32, divisor: u32| {
        let mut chip = Chip::new();
        chip.write(PWM + DIV, divisor);
        chip.write(PWM + CSR, ENABLE | csr);
        (counts(&mut chip, 6), chip.read(PWM + CSR))
    };
    assert_eq!(with(0, 2 << 4), (vec![0, 1, 1, 2, 2, 3], ENABLE));
    assert_eq!(with(ADVANCE, 2 << 4), (vec![1, 2, 2, 3, 3, 4], ENABLE));
    assert_eq!(with(RETARD, 2 << 4), (vec![0, 0, 0, 1, 1, 2], ENABLE));
    // At full speed there is no gap.
    assert_eq!(with(ADVANCE, 1 << 4), (vec![1, 2, 3, 4, 5, 6], ENABLE | ADVANCE));
}

#[test]
fn pin_b_gates_the_counter_or_its_edges_count() {
    for (mode, expected) in [(B_HIGH, 50), (B_RISES, 2), (B_FALLS, 1)] {
        let mut chip = Chip::new();
        give_to_pwm(&mut chip, 3);
        chip.write(slice(1) + CSR, ENABLE | mode);
        assert!(!chip.rp2040.gpio_is_output(3), "it is an input");
        for (cycle, level) in [(100, true), (120, false), (200, true)] {
            chip.cycle = cycle;
            chip.read(EN);
            chip.rp2040.set_gpio_input(3, Some(level));
        }
        chip.cycle = 230;
        assert_eq!(chip.read(slice(1) + CTR), expected, "mode {mode:#x}");
    }
}

#[test]
fn edges_are_divided_and_wrap_the_counter() {
    let mut chip = Chip::new();
    give_to_pwm(&mut chip, 1);
    chip.write(PWM + DIV, 3 << 4);
    chip.write(PWM + TOP, 1);
    chip.write(INTE, 1);
    chip.write(PWM + CSR, ENABLE | B_RISES);
    let mut toggle = |times: u32| {
        for _ in 0..times {
            chip.rp2040.set_gpio_input(1, Some(true));
            chip.rp2040.set_gpio_input(1, Some(false));
        }
        (chip.read(PWM + CTR), chip.interrupts(CoreId::Core1))
    };
    assert_eq!(toggle(5), (1, 0));
    assert_eq!(toggle(1), (0, PWM_INTERRUPT));
}

#[test]
fn an_edge_interrupt_of_a_pin_comes_with_the_edge_that_pwm_makes() {
    let mut chip = counting_to_3(0);
    chip.write(PWM + DIV, 10 << 4);
    // Pin 1 falls behind its third count.
    chip.write(IO_BANK0 + 0xf0, u32::MAX);
    chip.write(IO_BANK0 + 0x100, 1 << 6);
    let start = chip.cycle;
    while chip.interrupts(CoreId::Core0) == 0 {
        let next = chip.next_event();
        assert!(next > chip.cycle && next <= start + 30, "{next}");
        chip.cycle = next;
    }
    assert_eq!((chip.interrupts(CoreId::Core0), chip.cycle), (BANK_INTERRUPT, start + 30));
}

#[test]
fn the_duty_of_a_pin_is_told_without_looking_at_its_levels() {
    let mut chip = counting_to_3(A_INVERTED);
    let duty = |chip: &Chip, pin| chip.rp2040.pwm_duty(pin, chip.cycle);
    let expected = PwmDuty { level: 1, top: 3, counter: 0, phase_correct: false, inverted: true, enabled: true };
    assert_eq!(duty(&chip, 0), Some(expected));
    assert_eq!(duty(&chip, 0).map(|duty| duty.fraction()), Some(0.75));
    assert_eq!(duty(&chip, 1).map(|duty| duty.fraction()), Some(0.75));
    assert_eq!(duty(&chip, 2), None, "PWM does not have the pin");
    chip.write(PWM + CC, 0);
    assert_eq!(duty(&chip, 0).map(|duty| duty.level), Some(1), "it is not in effect");
    chip.cycle += 4;
    assert_eq!(duty(&chip, 0).map(|duty| duty.fraction()), Some(1.0));
    chip.write(PWM + CSR, 0);
    assert_eq!(duty(&chip, 0).map(|duty| duty.fraction()), Some(0.0));
}

/// A slice that counts cycle by cycle.
#[derive(Default)]
struct Model {
    registers: [u32; 5],
    counter: u32,
    down: bool,
    latched: (u32, u32),
    phase: u32,
    wrapped: bool,
}

impl Model {
    fn new() -> Self {
        Self { registers: [0, 0x10, 0, 0, 0xffff], latched: (0, 0xffff), ..Self::default() }
    }

    fn write(&mut self, register: u32, value: u32) {
        match register {
            CSR => self.registers[0] = value & 0xff | self.registers[0] & (ADVANCE | RETARD),
            CTR => self.counter = value,
            _ => self.registers[register as usize / 4] = value,
        }
        self.down &= self.registers[0] & PHASE_CORRECT != 0;
        self.phase = self.phase.min(self.divisor() - 1);
        if self.registers[0] & ENABLE == 0 {
            self.latched = (self.registers[3], self.registers[4]);
        }
    }

    fn divisor(&self) -> u32 {
        if self.registers[1] < 16 { 4096 + self.registers[1] } else { self.registers[1] }
    }

    fn step(&mut self, b: bool) {
        let csr = self.registers[0];
        if csr & ENABLE == 0 {
            return;
        }
        let mut pulse = false;
        if csr & B_FALLS == 0 || csr & B_FALLS == B_HIGH && b {
            self.phase += 16;
            pulse = self.phase >= self.divisor();
            self.phase -= if pulse { self.divisor() } else { 0 };
        }
        if csr & ADVANCE != 0 && !pulse {
            pulse = true;
            self.registers[0] &= !ADVANCE;
        }
        if csr & RETARD != 0 && pulse {
            pulse = false;
            self.registers[0] &= !RETARD;
        }
        if pulse {
            self.count();
        }
    }

    fn count(&mut self) {
        let top = self.latched.1;
        let wraps = match (self.registers[0] & PHASE_CORRECT != 0, self.down) {
            (false, _) => self.counter == top || self.counter == 0xffff,
            (true, false) if self.counter >= top => {
                self.down = true;
                return;
            }
            (true, false) => false,
            (true, true) => self.counter == 0,
        };
        if wraps {
            (self.counter, self.down, self.wrapped) = (0, false, true);
            self.latched = (self.registers[3], self.registers[4]);
        } else if self.down {
            self.counter -= 1;
        } else {
            self.counter += 1;
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write(u32, u32),
    PinB(bool),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let small = || prop_oneof![0_u32..12, Just(0xffff)];
    // All of CSR, while the edge modes are for other tests.
    let csr = (0_u32..256).prop_map(|csr| csr & !B_RISES | csr >> 5 & ENABLE);
    prop_oneof![
        csr.prop_map(|csr| Step::Write(CSR, csr)),
        (0_u32..80).prop_map(|div| Step::Write(DIV, div)),
        small().prop_map(|counter| Step::Write(CTR, counter)),
        (small(), small()).prop_map(|(a, b)| Step::Write(CC, b << 16 | a)),
        small().prop_map(|top| Step::Write(TOP, top)),
        any::<bool>().prop_map(Step::PinB),
        (0_u64..400).prop_map(Step::Wait),
        (0_u64..400).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn what_is_looked_at_now_and_then_is_as_counted_cycle_by_cycle(steps in prop::collection::vec(step(), 1..40)) {
        let mut chip = Chip::new();
        give_to_pwm(&mut chip, 0);
        give_to_pwm(&mut chip, 1);
        let (mut model, mut b) = (Model::new(), false);
        for step in steps {
            match step {
                Step::Write(register, value) => {
                    chip.write(PWM + register, value);
                    model.write(register, value);
                }
                Step::PinB(level) => {
                    chip.rp2040.set_gpio_input(1, Some(level));
                    b = level;
                }
                Step::Wait(cycles) => {
                    chip.cycle += cycles;
                    for _ in 0..cycles {
                        model.step(b);
                    }
                }
            }
            prop_assert_eq!(chip.read(PWM + CTR), model.counter);
            prop_assert_eq!(chip.read(PWM + CSR), model.registers[0]);
            prop_assert_eq!(chip.read(INTR) & 1 != 0, model.wrapped);
            let inverted = model.registers[0] & A_INVERTED != 0;
            prop_assert_eq!(chip.read(0xd000_0004) & 1 != 0, (model.counter < model.latched.0 & 0xffff) != inverted);
        }
    }

    #[test]
    fn the_event_of_a_wrap_is_its_cycle(
        csr in 0_u32..4,
        divisor in 0_u32..0x100,
        top in 0_u32..20,
        counter in 0_u32..25,
    ) {
        let mut chip = Chip::new();
        for (register, value) in [(DIV, divisor), (TOP, top), (CTR, counter), (CSR, csr & PHASE_CORRECT | ENABLE)] {
            chip.write(PWM + register, value);
        }
        chip.write(INTE, 1);
        let wraps = chip.next_event();
        chip.cycle = wraps - 1;
        prop_assert_eq!(chip.interrupts(CoreId::Core0), 0);
        chip.cycle = wraps;
        prop_assert_eq!(chip.interrupts(CoreId::Core0), PWM_INTERRUPT);
    }
}

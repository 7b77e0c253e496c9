//! Interrupts of channels, and when the processors see them.

use proptest::prelude::*;

use super::*;
use crate::chip::{CLR, SET};

const INTF0: u32 = DMA + 0x408;
const INTS0: u32 = DMA + 0x40c;
const INTE1: u32 = DMA + 0x414;
const INTS1: u32 = DMA + 0x41c;
/// The processors' interrupts.
const DMA_IRQ_0: u32 = 1 << 11;
const DMA_IRQ_1: u32 = 1 << 12;

#[test]
fn each_line_has_its_channels() {
    let mut chip = Chip::new();
    chip.write(INTE0, 1 << 2);
    chip.write(INTE1, 1 << 3);
    chip.start(2, 1, COPY | chain_to(2));
    chip.pass(1);
    assert_eq!(chip.interrupts(CoreId::Core0), DMA_IRQ_0);
    chip.start(3, 1, COPY | chain_to(3));
    chip.pass(1);
    assert_eq!(chip.interrupts(CoreId::Core1), DMA_IRQ_0 | DMA_IRQ_1);
    assert_eq!([INTR, INTS0, INTS1].map(|register| chip.read(register)), [0xc, 0x4, 0x8]);
    // Any of the three is cleared by writing ones, by whichever alias, and the others' bits stay.
    chip.write(INTS1 + CLR, 1 << 3);
    assert_eq!(chip.read(INTR), 0x4);
    chip.write(INTR + SET, 1 << 2);
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
}

#[test]
fn an_interrupt_can_be_forced() {
    let mut chip = Chip::new();
    chip.write(INTF0, 1 << 9);
    assert_eq!(chip.read(INTS0), 1 << 9);
    assert_eq!(chip.interrupts(CoreId::Core0), DMA_IRQ_0);
    assert_eq!(chip.read(INTR), 0);
}

#[test]
fn the_processor_asks_again_in_the_cycle_in_which_the_interrupt_comes() {
    let mut chip = Chip::new();
    chip.write(INTE0, 1);
    chip.start(0, 10, COPY);
    let mut asked = 0;
    while chip.interrupts(CoreId::Core0) == 0 {
        chip.cycle = chip.next_event();
        asked += 1;
        assert!(asked < 100, "it never comes");
    }
    assert_eq!(chip.cycle, 10);
}

/// State machine 0 of PIO0, with these bits a shift, empties a FIFO that channel 0 fills and fills one that channel 1
/// empties. Returns the cycles at which interrupts were seen by a core that looks again `step` cycles later or when it is
/// told to.
fn seen_interrupts(shift_bits: u32, threshold: u32, divider: u32, words: u32, step: u64) -> Vec<(u64, u32)> {
    const PIO0: u32 = 0x5020_0000;
    let mut chip = Chip::new();
    // out x, bits; in x, bits
    for (address, instruction) in
        (PIO0 + 0x48..).step_by(4).zip([0x6020 | (shift_bits % 32), 0x4020 | (shift_bits % 32)])
    {
        chip.write(address, instruction);
    }
    chip.write(PIO0 + 0xc8, divider);
    chip.write(PIO0 + 0xcc, 1 << 12);
    // Autopull and autopush at the threshold.
    chip.write(PIO0 + 0xd0, (threshold % 32) << 25 | (threshold % 32) << 20 | 1 << 17 | 1 << 16);
    chip.write(PIO0, 1);
    chip.write(INTE0, 0b11);
    chip.prepare(0, words);
    chip.write(channel(0) + WRITE_ADDR, PIO0 + 0x10);
    chip.write(channel(0) + CTRL_TRIG, COPY & !(PERMANENT | INCR_WRITE) | paced_by(0));
    chip.prepare(1, words / 2);
    chip.write(channel(1) + READ_ADDR, PIO0 + 0x20);
    chip.write(channel(1) + CTRL_TRIG, COPY & !(PERMANENT | INCR_READ) | paced_by(4) | chain_to(1));
    let mut seen = Vec::new();
    let mut raised = 0;
    while chip.cycle < 20_000 {
        chip.interrupts(CoreId::Core0);
        let now = chip.read(INTR);
        if now != raised {
            seen.push((chip.cycle, now));
            raised = now;
        }
        chip.cycle = chip.next_event().min(chip.cycle + step);
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_core_that_goes_on_as_far_as_it_may_sees_them_in_the_same_cycles(
        shift_bits in 1_u32..=32,
        threshold in 1_u32..=32,
        divider in prop_oneof![Just(1_u32 << 16), 1_u32 << 16..8 << 16],
        words in 2_u32..40,
    ) {
        let all = seen_interrupts(shift_bits, threshold, divider, words, 1);
        prop_assert_eq!(seen_interrupts(shift_bits, threshold, divider, words, u64::MAX >> 1), all);
    }
}

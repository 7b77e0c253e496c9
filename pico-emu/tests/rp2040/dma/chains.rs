//! What begins behind the end of a sequence.

use super::*;

#[test]
fn a_channel_triggers_the_one_that_it_is_chained_to() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3, 4]);
    chip.prepare(4, 2);
    chip.write(channel(4) + WRITE_ADDR, TO + 0x100);
    chip.write(channel(4) + 0x10, COPY | chain_to(4));
    chip.start(2, 3, COPY | chain_to(4));
    chip.pass(3);
    assert!(!chip.is_busy(2));
    assert!(chip.is_busy(4));
    chip.pass(2);
    assert!(!chip.is_busy(4));
    assert_eq!(chip.words(TO + 0x100, 3), [1, 2, 0]);
    assert_eq!(chip.read(INTR), 1 << 2 | 1 << 4);
}

#[test]
fn a_channel_that_is_busy_or_not_enabled_is_not_triggered_by_a_chain() {
    let mut chip = Chip::new();
    chip.prepare(1, 2);
    chip.write(channel(1) + 0x10, (COPY & !EN) | chain_to(1));
    chip.start(0, 1, COPY | chain_to(1));
    chip.pass(2);
    assert!(!chip.is_busy(1));
}

/// Channel 1 writes blocks of length and address into channel 0, which copies and chains back, until a null block.
#[test]
fn control_blocks_are_gathered_until_a_null_trigger() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3, 4, 5, 6]);
    let blocks = TO + 0x800;
    chip.store_words(blocks, &[2, FROM + 16, 1, FROM, 3, FROM + 4, 0, 0]);
    chip.write(channel(0) + WRITE_ADDR, TO);
    chip.write(channel(0) + 0x10, COPY | IRQ_QUIET | chain_to(1));
    chip.write(channel(1) + READ_ADDR, blocks);
    // AL3_TRANS_COUNT and AL3_READ_ADDR_TRIG of channel 0, in a ring of two words.
    chip.write(channel(1) + WRITE_ADDR, channel(0) + 0x38);
    chip.write(channel(1) + TRANS_COUNT, 2);
    chip.write(channel(1) + CTRL_TRIG, COPY | IRQ_QUIET | ring(3, true) | chain_to(1));
    let cycles = (1..).find(|_| {
        chip.pass(1);
        chip.read(INTR) != 0
    });
    assert_eq!(chip.words(TO, 7), [5, 6, 1, 2, 3, 4, 0]);
    assert_eq!(cycles, Some(4 * 2 + 2 + 1 + 3));
    assert_eq!(chip.read(INTR), 1 << 0, "the one that the null was written to");
}

#[test]
fn a_null_trigger_of_a_channel_that_is_not_quiet_does_nothing() {
    let mut chip = Chip::new();
    chip.prepare(0, 1);
    chip.write(channel(0) + 0x10, COPY);
    chip.write(channel(0) + 0x3c, 0);
    assert!(!chip.is_busy(0));
    assert_eq!(chip.read(INTR), 0);
}

#[test]
fn a_sequence_of_no_transfers_completes() {
    let mut chip = Chip::new();
    chip.prepare(1, 1);
    chip.write(channel(1) + 0x10, COPY | chain_to(1));
    chip.start(0, 0, COPY & !PERMANENT | chain_to(1));
    chip.pass(1);
    assert_eq!(chip.read(INTR), 1);
    assert!(chip.is_busy(1));
}

#[test]
fn several_channels_are_triggered_at_once() {
    let mut chip = Chip::new();
    for index in [0, 3, 7] {
        chip.prepare(index, 2);
        chip.write(channel(index) + 0x10, COPY | chain_to(index));
    }
    chip.write(DMA + 0x430, 1 << 3 | 1 << 7);
    assert_eq!([0, 3, 7].map(|index| chip.is_busy(index)), [false, true, true]);
    chip.pass(3);
    assert_eq!([3, 7].map(|index| chip.remaining(index)), [0, 1], "they take turns");
}

#[test]
fn a_channel_of_high_priority_goes_between_the_others() {
    let mut chip = Chip::new();
    for index in [1, 2] {
        chip.prepare(index, 10);
        chip.write(channel(index) + 0x10, COPY | chain_to(index));
    }
    chip.prepare(5, 10);
    chip.write(channel(5) + 0x10, COPY | HIGH_PRIORITY | chain_to(5));
    chip.write(DMA + 0x430, 1 << 1 | 1 << 2 | 1 << 5);
    chip.pass(8);
    assert_eq!([1, 2, 5].map(|index| chip.remaining(index)), [8, 8, 6]);
}

//! One channel: what it copies, in which steps, and when.

use super::*;

const ABORT: u32 = DMA + 0x444;

#[test]
fn a_copy_takes_a_cycle_for_each_transfer() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3, 4, 5]);
    chip.start(0, 4, COPY);
    chip.pass(3);
    assert_eq!(chip.words(TO, 5), [1, 2, 3, 0, 0]);
    assert!(chip.is_busy(0));
    assert_eq!(chip.remaining(0), 1);
    chip.pass(1);
    assert_eq!(chip.words(TO, 5), [1, 2, 3, 4, 0]);
    assert!(!chip.is_busy(0));
    assert_eq!(chip.remaining(0), 0);
    assert_eq!(chip.read(channel(0) + READ_ADDR), FROM + 16);
    assert_eq!(chip.read(channel(0) + WRITE_ADDR), TO + 16);
}

#[test]
fn the_last_register_of_each_order_triggers() {
    // The offsets of READ_ADDR, WRITE_ADDR, TRANS_COUNT and CTRL in the four orders.
    for offsets in
        [[0x00, 0x04, 0x08, 0x0c], [0x14, 0x18, 0x1c, 0x10], [0x28, 0x2c, 0x24, 0x20], [0x3c, 0x34, 0x38, 0x30]]
    {
        let mut chip = Chip::new();
        chip.store_words(FROM, &[7, 8]);
        let mut writes: Vec<_> = offsets.into_iter().zip([FROM, TO, 2, COPY | chain_to(5)]).collect();
        writes.sort_by_key(|(offset, _)| *offset);
        for (offset, value) in writes {
            assert!(!chip.is_busy(5), "before {offset:#x}");
            chip.write(channel(5) + offset, value);
        }
        assert!(chip.is_busy(5), "{offsets:x?}");
        chip.pass(2);
        assert_eq!(chip.words(TO, 2), [7, 8]);
    }
}

#[test]
fn a_count_that_is_not_written_again_is_used_again() {
    let mut chip = Chip::new();
    chip.start(3, 6, COPY);
    assert_eq!(chip.read(DMA + 0x804 + 3 * 0x40), 6);
    chip.pass(6);
    assert_eq!(chip.remaining(3), 0);
    chip.write(channel(3) + 0x3c, FROM);
    assert_eq!(chip.remaining(3), 6);
    chip.pass(6);
    assert!(!chip.is_busy(3));
}

#[test]
fn a_count_that_is_written_during_a_sequence_is_for_the_next() {
    let mut chip = Chip::new();
    chip.start(0, 4, COPY);
    chip.write(channel(0) + TRANS_COUNT, 9);
    assert_eq!(chip.remaining(0), 4);
    assert_eq!(chip.read(DMA + 0x804), 9);
    chip.pass(4);
    assert!(!chip.is_busy(0));
}

#[test]
fn a_channel_that_is_not_enabled_takes_no_trigger() {
    let mut chip = Chip::new();
    chip.start(0, 4, COPY & !EN);
    assert!(!chip.is_busy(0));
}

#[test]
fn clearing_the_enable_bit_pauses() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3]);
    chip.start(0, 3, COPY);
    chip.pass(1);
    chip.write(channel(0) + 0x10, COPY & !EN);
    chip.pass(10);
    assert!(chip.is_busy(0));
    assert_eq!(chip.words(TO, 3), [1, 0, 0]);
    chip.write(channel(0) + 0x10, COPY);
    chip.pass(2);
    assert!(!chip.is_busy(0));
    assert_eq!(chip.words(TO, 3), [1, 2, 3]);
}

#[test]
fn an_aborted_sequence_stops_without_an_interrupt() {
    let mut chip = Chip::new();
    chip.start(1, 10, COPY);
    chip.pass(3);
    chip.write(ABORT, 1 << 1);
    assert_eq!(chip.read(ABORT), 0);
    assert!(!chip.is_busy(1));
    assert_eq!(chip.remaining(1), 0);
    assert_eq!(chip.read(INTR), 0);
    assert_eq!(chip.read(channel(1) + WRITE_ADDR), TO + 12);
}

#[test]
fn narrow_transfers_step_by_their_size() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[0x4433_2211, 0x8877_6655]);
    chip.start(0, 3, COPY & !WORD);
    chip.pass(3);
    assert_eq!(chip.words(TO, 1), [0x0033_2211]);
    chip.start(0, 3, COPY & !WORD | HALFWORD);
    chip.pass(3);
    assert_eq!(chip.words(TO, 2), [0x4433_2211, 0x0000_6655]);
}

#[test]
fn an_address_stays_that_is_not_incremented() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2]);
    chip.start(0, 2, COPY & !INCR_READ);
    chip.pass(2);
    assert_eq!(chip.words(TO, 2), [1, 1]);
    chip.start(0, 2, COPY & !INCR_WRITE);
    chip.pass(2);
    assert_eq!(chip.words(TO, 2), [2, 1]);
}

#[test]
fn a_ring_keeps_the_upper_bits_of_one_of_the_addresses() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3, 4]);
    chip.start(0, 5, COPY | ring(3, false));
    chip.pass(5);
    assert_eq!(chip.words(TO, 5), [1, 2, 1, 2, 1]);
    assert_eq!(chip.read(channel(0) + READ_ADDR), FROM + 4);
    chip.store_words(TO, &[0; 5]);
    chip.start(0, 4, COPY | ring(3, true));
    chip.pass(4);
    assert_eq!(chip.words(TO, 5), [3, 4, 0, 0, 0]);
    assert_eq!(chip.read(channel(0) + WRITE_ADDR), TO);
}

#[test]
fn bytes_are_swapped_within_a_transfer() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[0x4433_2211]);
    for (size, swapped) in [(WORD, 0x1122_3344), (HALFWORD, 0x3344_1122), (0, 0x4433_2211)] {
        let count = if size == WORD { 1 } else { 8 / (size + 2).min(4) };
        chip.start(0, count, COPY & !WORD | size | BSWAP);
        chip.pass(8);
        assert_eq!(chip.words(TO, 1), [swapped], "{size:#x}");
    }
}

#[test]
fn flash_memory_and_registers_are_in_reach() {
    let mut chip = Chip::new();
    chip.rp2040.write_flash(0, &[1, 2, 3, 4]);
    chip.prepare(0, 1);
    chip.write(channel(0) + READ_ADDR, 0x1000_0000);
    chip.write(channel(0) + CTRL_TRIG, COPY);
    chip.pass(1);
    assert_eq!(chip.words(TO, 1), [0x0403_0201]);
    // SYSINFO.CHIP_ID, by the APB, whose bridge takes two more cycles.
    chip.prepare(1, 1);
    chip.write(channel(1) + READ_ADDR, 0x4000_0000);
    chip.write(channel(1) + CTRL_TRIG, COPY | chain_to(1));
    chip.prepare(2, 1);
    chip.write(channel(2) + WRITE_ADDR, TO + 4);
    chip.write(channel(2) + CTRL_TRIG, COPY | chain_to(2));
    chip.pass(3);
    assert_eq!(chip.words(TO, 1), [chip.read(0x4000_0000)]);
    assert!(chip.is_busy(2));
    chip.pass(1);
    assert!(!chip.is_busy(2));
}

#[test]
fn all_channels_are_there_and_are_as_after_reset_when_they_come_out_of_it() {
    let mut chip = Chip::new();
    assert_eq!(chip.read(DMA + 0x448), 12);
    chip.start(11, 5, COPY | chain_to(11));
    chip.write(crate::chip::RESETS, 1 << 2);
    chip.write(crate::chip::RESETS, 0);
    assert_eq!([0, 4, 8, 12].map(|offset| chip.read(channel(11) + offset)), [0; 4]);
}

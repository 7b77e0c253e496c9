//! What paces a channel: timers, and the FIFOs of PIO. Those of other blocks are tested with them.

use super::*;

const TIMER0: u32 = DMA + 0x420;
const CTDREQ0: u32 = DMA + 0x800;
const PIO0: u32 = 0x5020_0000;
const TXF1: u32 = PIO0 + 0x14;
const RXF1: u32 = PIO0 + 0x24;
const FLEVEL: u32 = PIO0 + 0x0c;

#[test]
fn a_timer_asks_for_so_many_transfers_in_so_many_cycles() {
    let mut chip = Chip::new();
    chip.write(TIMER0 + 4, 2 << 16 | 7);
    chip.start(0, 100, COPY & !PERMANENT | paced_by(0x3c));
    let mut transfers = Vec::new();
    for cycle in 1..=21 {
        let before = chip.remaining(0);
        chip.pass(1);
        if chip.remaining(0) != before {
            transfers.push(cycle);
        }
    }
    // The requests come in the cycles that begin 3.5, 7, 10.5, 14, 17.5 and 21 cycles later.
    assert_eq!(transfers, [5, 8, 12, 15, 19]);
    chip.pass(1);
    assert_eq!(chip.remaining(0), 100 - 6);
}

#[test]
fn a_timer_asks_once_a_cycle_at_most_and_not_at_all_without_a_divisor() {
    let mut chip = Chip::new();
    chip.write(TIMER0, 9 << 16 | 2);
    chip.start(0, 100, COPY & !PERMANENT | paced_by(0x3b));
    chip.pass(11);
    assert_eq!(chip.remaining(0), 90);
    chip.write(TIMER0, 9 << 16);
    let left = chip.remaining(0);
    chip.pass(11);
    assert!(left - chip.remaining(0) <= 1, "one request was left");
}

#[test]
fn requests_from_before_a_trigger_do_not_count_and_later_ones_wait() {
    let mut chip = Chip::new();
    chip.write(TIMER0, 1 << 16 | 10);
    chip.pass(95);
    chip.start(0, 100, COPY & !PERMANENT | paced_by(0x3b));
    chip.pass(4);
    assert_eq!(chip.remaining(0), 100);
    // While a channel of high priority has the bus, the other one's requests add up, to 63 at most.
    chip.start(1, 2_000, COPY & !(INCR_READ | INCR_WRITE) | HIGH_PRIORITY | chain_to(1));
    chip.start(2, 2_000, COPY & !(INCR_READ | INCR_WRITE) | HIGH_PRIORITY | chain_to(2));
    chip.pass(6);
    let left = chip.remaining(0);
    chip.pass(30);
    assert_eq!(left - chip.remaining(0), 3, "one a round");
}

#[test]
fn a_transmit_fifo_is_filled_and_no_further() {
    let mut chip = Chip::new();
    chip.store_words(FROM, &[1, 2, 3, 4, 5, 6]);
    chip.prepare(0, 6);
    chip.write(channel(0) + WRITE_ADDR, TXF1);
    chip.write(channel(0) + CTRL_TRIG, COPY & !(PERMANENT | INCR_WRITE) | paced_by(1));
    assert_eq!(chip.read(CTDREQ0), 0, "nothing has been asked yet");
    chip.pass(1);
    assert_eq!(chip.read(CTDREQ0), 3);
    chip.pass(20);
    assert_eq!(chip.remaining(0), 2);
    assert_eq!(chip.read(CTDREQ0), 0);
    assert_eq!(chip.read(FLEVEL), 4 << 8);
    // pull block, written to SM1_INSTR, takes a word; the next one follows in the cycle in which there is room.
    chip.write(PIO0 + 0xf0, 0x80a0);
    chip.pass(2);
    assert_eq!(chip.remaining(0), 1);
}

#[test]
fn a_receive_fifo_is_emptied_and_no_further() {
    let mut chip = Chip::new();
    chip.prepare(0, 3);
    chip.write(channel(0) + READ_ADDR, RXF1);
    chip.write(channel(0) + CTRL_TRIG, COPY & !(PERMANENT | INCR_READ) | paced_by(5));
    chip.pass(20);
    assert_eq!(chip.remaining(0), 3);
    for value in [5, 6] {
        // set x, value; mov isr, x; push
        for instruction in [0xe020 | value, 0xa0c1, 0x8000] {
            chip.write(PIO0 + 0xf0, instruction);
            chip.pass(1);
        }
    }
    chip.pass(1);
    assert_eq!(chip.remaining(0), 1);
    assert_eq!(chip.words(TO, 3), [5, 6, 0]);
}

#[test]
fn a_block_that_nobody_has_modelled_asks_for_nothing() {
    let mut chip = Chip::new();
    // SPI0.
    chip.start(0, 1, COPY & !PERMANENT | paced_by(16));
    chip.pass(1_000);
    assert_eq!(chip.remaining(0), 1);
}

//! Autopush (RP2040 datasheet, section 3.5.4.1).

use crate::block::{AUTOPUSH, Block, FDEBUG, FSTAT, IN_RIGHT, RXF0, SHIFTCTRL, of, one, program, thresholds};

fn with_threshold(push: u32) -> Block {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), AUTOPUSH | thresholds(32, push));
    block.force(0, one!("set x, 31"));
    block
}

#[test]
fn the_in_that_reaches_the_threshold_pushes_and_clears() {
    let mut block = with_threshold(12);
    block.force(0, one!("in x, 11"));
    assert!(!block.pio.is_rx_ready(0));
    block.force(0, one!("in null, 1"));
    assert!(block.pio.is_rx_ready(0));
    assert_eq!((block.read(RXF0), block.isr()), (62, 0));
    // The count starts from zero.
    block.force(0, one!("in x, 11"));
    assert!(!block.pio.is_rx_ready(0));
}

#[test]
fn more_than_the_threshold_is_pushed_as_a_whole() {
    let mut block = with_threshold(8);
    block.force(0, one!("in x, 7"));
    block.force(0, one!("in x, 7"));
    assert_eq!(block.read(RXF0), 31 << 7 | 31);
}

#[test]
fn a_threshold_of_zero_is_32() {
    let mut block = with_threshold(32);
    block.force(0, one!("in x, 31"));
    assert!(!block.pio.is_rx_ready(0));
    block.force(0, one!("in null, 1"));
    assert_eq!(block.read(RXF0), 62);
}

#[test]
fn to_the_right_the_data_is_left_justified() {
    let mut block = with_threshold(8);
    block.write(of(0, SHIFTCTRL), AUTOPUSH | IN_RIGHT | thresholds(32, 8));
    block.force(0, one!("in x, 8"));
    assert_eq!(block.read(RXF0), 31 << 24);
}

#[test]
fn an_in_that_finds_no_room_stalls_and_shifts_once() {
    let mut block = Block::with(&program!("set x, 5" "again:" "in x, 4" "jmp x--, again" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPUSH | thresholds(32, 4));
    block.enable(1);
    block.run(30);
    assert_eq!((block.pc(0), block.read(FSTAT) & 1, block.read(FDEBUG)), (1, 1, 1));
    let mut words = Vec::new();
    for _ in 0..6 {
        words.push(block.read(RXF0));
        block.run(5);
    }
    assert_eq!(words, [5, 4, 3, 2, 1, 0]);
    assert_eq!(block.pc(0), 3);
}

#[test]
fn a_stalled_in_goes_on_in_the_cycle_in_which_there_is_room() {
    let mut block = Block::with(&program!("again:" "in null, 32" "jmp again"));
    block.write(of(0, SHIFTCTRL), AUTOPUSH);
    block.enable(1);
    block.run(30);
    assert_eq!(block.pc(0), 0);
    block.read(RXF0);
    block.run(1);
    assert_eq!((block.pc(0), block.read(FSTAT) & 1), (1, 1));
}

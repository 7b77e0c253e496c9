//! The FIFOs as the system sees them (RP2040 datasheet, sections 3.2.3, 3.5.3 and 3.7).

use pico_emu::rp2040::pio::Stop;

use crate::block::{Block, FDEBUG, FJOIN_RX, FJOIN_TX, FLEVEL, FSTAT, RXF0, SHIFTCTRL, TXF0, of, one, program};

#[test]
fn out_of_reset_they_are_empty() {
    let mut block = Block::default();
    assert_eq!((block.read(FSTAT), block.read(FLEVEL), block.read(FDEBUG)), (0x0f00_0f00, 0, 0));
}

#[test]
fn each_keeps_four_words_in_order() {
    let mut block = Block::default();
    for machine in 0..4 {
        for word in 0..4 {
            assert!(block.pio.is_tx_ready(machine as usize));
            block.write(TXF0 + 4 * machine, 10 * machine + word);
        }
        assert!(!block.pio.is_tx_ready(machine as usize));
    }
    assert_eq!((block.read(FSTAT), block.read(FLEVEL)), (0x000f_0f00, 0x0404_0404));
    for word in 0..4 {
        block.force(3, one!("pull"));
        block.force(3, one!("mov isr, osr"));
        block.force(3, one!("push"));
        assert!(block.pio.is_rx_ready(3));
        assert_eq!(block.read(RXF0 + 12), 30 + word);
    }
    assert_eq!(block.read(FLEVEL), 0x0004_0404);
}

#[test]
fn a_word_too_many_is_lost_and_told() {
    let mut block = Block::default();
    for word in 0..5 {
        block.write(TXF0 + 4, word);
    }
    assert_eq!((block.read(FLEVEL), block.read(FDEBUG)), (0x400, 1 << 17));
    block.write(FDEBUG, !(1 << 17));
    assert_eq!(block.read(FDEBUG), 1 << 17, "only a one clears");
    block.write(FDEBUG, 1 << 17);
    assert_eq!(block.read(FDEBUG), 0);
}

#[test]
fn reading_an_empty_one_is_told() {
    let mut block = Block::default();
    assert_eq!((block.read(RXF0 + 8), block.read(FDEBUG)), (0, 1 << 10));
    assert_eq!(block.read(FSTAT), 0x0f00_0f00);
}

#[test]
fn a_stall_is_told_again_while_it_lasts() {
    let mut block = Block::with(&program!("pull"));
    block.enable(1);
    block.run(5);
    block.write(FDEBUG, u32::MAX);
    assert_eq!(block.read(FDEBUG), 0);
    block.run(1);
    assert_eq!(block.read(FDEBUG), 1 << 24);
}

#[test]
fn joined_for_tx_it_has_eight_words_and_rx_none() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), FJOIN_TX);
    // RX is both full and empty.
    assert_eq!(block.read(FSTAT), 0x0f00_0f01);
    for word in 0..9 {
        block.write(TXF0, word);
    }
    assert_eq!((block.read(FLEVEL), block.read(FDEBUG)), (8, 1 << 16));
    assert!(!block.pio.is_tx_ready(0) && !block.pio.is_rx_ready(0));
    block.force(0, one!("push noblock"));
    assert_eq!(block.read(FLEVEL), 8);
}

#[test]
fn joined_for_rx_it_has_eight_words_and_tx_none() {
    let mut block = Block::with(&program!("push block"));
    block.write(of(0, SHIFTCTRL), FJOIN_RX);
    assert_eq!(block.read(FSTAT), 0x0f01_0f00);
    block.enable(1);
    block.run(20);
    assert_eq!((block.read(FLEVEL), block.read(FDEBUG)), (0x80, 1));
    block.write(TXF0, 1);
    assert_eq!(block.read(FDEBUG), 1 | 1 << 16);
}

#[test]
fn joined_both_ways_neither_has_any() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), FJOIN_RX | FJOIN_TX);
    assert_eq!(block.read(FSTAT), 0x0f01_0f01);
}

#[test]
fn changing_a_join_empties_both_and_other_changes_do_not() {
    let mut block = Block::default();
    block.write(TXF0, 1);
    block.force(0, one!("push"));
    block.write(of(0, SHIFTCTRL), 0);
    assert_eq!(block.read(FLEVEL), 0x11);
    block.write(of(0, SHIFTCTRL), FJOIN_RX);
    assert_eq!(block.read(FLEVEL), 0);
    block.write(of(0, SHIFTCTRL), 0);
    assert_eq!(block.read(FLEVEL), 0);
}

#[test]
fn a_run_ends_where_one_becomes_ready_for_the_system() {
    let mut block = Block::with(&program!("nop [9]" "push" "nop [9]" "push" "pull" "pull" "stop:" "jmp stop"));
    for word in 0..4 {
        block.pio.push_tx(0, word);
    }
    block.enable(1);
    // The first push makes RX readable, the second changes nothing; the first pull makes TX writable.
    for cycle in [11, 23] {
        assert_eq!(block.pio.run(100, &mut block.wires), Ok(Stop::Signal));
        assert_eq!(block.pio.cycle(), cycle);
    }
    assert_eq!(block.pio.run(100, &mut block.wires), Ok(Stop::Deadline));
    assert_eq!((block.pio.pop_rx(0), block.pio.pop_rx(0), block.pio.is_rx_ready(0)), (0, 0, false));
}

//! Autopull (RP2040 datasheet, section 3.5.4.2).

use crate::block::{AUTOPULL, Block, FDEBUG, FLEVEL, OUT_RIGHT, PinMap, SHIFTCTRL, TXF0, of, one, program, thresholds};

const TXSTALL: u32 = 1 << 24;

#[test]
fn an_out_finds_the_osr_empty_stalls_and_goes_on_in_the_cycle_behind_the_refill() {
    let mut block = Block::with(&program!("out x, 32" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.enable(1);
    block.run(10);
    assert_eq!((block.pc(0), block.read(FDEBUG)), (0, TXSTALL));
    block.write(TXF0, 77);
    // The hardware cannot fill the OSR and shift out of it in one cycle.
    block.run(1);
    assert_eq!((block.pc(0), block.read(FLEVEL)), (0, 0));
    block.run(1);
    assert_eq!((block.pc(0), block.x()), (1, 77));
}

#[test]
fn the_out_that_empties_the_osr_refills_it_for_free() {
    let mut block = Block::with(&program!(".wrap_target" "out pins, 16" ".wrap"));
    block.map(PinMap { out: (0, 16), ..PinMap::default() });
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.write(TXF0, 0x0002_0001);
    block.write(TXF0, 0x0004_0003);
    block.enable(1);
    block.run(20);
    let levels: Vec<_> = block.trace().iter().map(|&(cycle, outputs)| (cycle, outputs.levels)).collect();
    assert_eq!(levels, [(2, 1), (3, 2), (4, 3), (5, 4)]);
}

#[test]
fn a_word_takes_two_clocks_out_and_in_again() {
    // The datasheet's loopback: both registers, one word per two clocks.
    let mut block = Block::with(&program!(".wrap_target" "out x, 32" "in x, 32" ".wrap"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | crate::block::AUTOPUSH);
    for word in 1..=4 {
        block.write(TXF0, word);
    }
    block.enable(1);
    // One cycle to fill the OSR.
    block.run(9);
    let words: Vec<_> = (0..4).map(|_| block.read(crate::block::RXF0)).collect();
    assert_eq!(words, [1, 2, 3, 4]);
}

#[test]
fn the_threshold_counts_bits_and_discards_the_rest() {
    let mut block = Block::with(&program!(".wrap_target" "out x, 4" ".wrap"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT | thresholds(8, 32));
    block.write(TXF0, 0xfff21);
    block.write(TXF0, 0xfff43);
    block.enable(1);
    let mut values = Vec::new();
    block.run(1);
    for _ in 0..4 {
        block.run(1);
        values.push(block.x());
    }
    assert_eq!(values, [1, 2, 3, 4]);
}

#[test]
fn the_osr_is_refilled_while_the_program_does_something_else() {
    let mut block = Block::with(&program!("wait 1 gpio 3" "out x, 32" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.enable(1);
    block.run(5);
    block.write(TXF0, 5);
    block.run(1);
    assert_eq!((block.read(FLEVEL), block.osr()), (0, 5));
}

#[test]
fn the_osr_is_refilled_during_a_delay() {
    let mut block = Block::with(&program!("nop [20]" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.enable(1);
    block.run(5);
    block.write(TXF0, 5);
    block.run(1);
    assert_eq!((block.read(FLEVEL), block.osr()), (0, 5));
}

#[test]
fn a_state_machine_that_is_off_does_not_refill() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.write(TXF0, 5);
    block.run(10);
    assert_eq!(block.read(FLEVEL), 1);
}

#[test]
fn what_is_moved_to_the_osr_is_not_overwritten() {
    let mut block = Block::with(&program!("mov osr, ~null" "nop" "nop" "out x, 32" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.write(TXF0, 5);
    block.enable(1);
    block.run(4);
    assert_eq!(block.x(), u32::MAX);
}

#[test]
fn pull_does_nothing_while_the_osr_is_full() {
    let mut block = Block::with(&program!("pull" "out x, 32" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.write(TXF0, 5);
    block.write(TXF0, 6);
    block.force(0, one!("nop"));
    assert_eq!(block.read(FLEVEL), 1, "the first word is in the OSR");
    block.enable(1);
    block.run(1);
    assert_eq!((block.pc(0), block.read(FLEVEL)), (1, 1));
    block.run(1);
    assert_eq!(block.x(), 5);
}

#[test]
fn pull_waits_for_data_while_the_osr_is_empty() {
    let mut block = Block::with(&program!("pull" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.enable(1);
    block.run(10);
    assert_eq!((block.pc(0), block.read(FDEBUG)), (0, TXSTALL));
    block.write(TXF0, 5);
    block.run(1);
    assert_eq!((block.pc(0), block.osr()), (1, 5));
}

#[test]
fn an_out_stalled_with_a_word_at_hand_is_no_txstall() {
    let mut block = Block::with(&program!("out x, 32" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), AUTOPULL | OUT_RIGHT);
    block.write(TXF0, 5);
    block.enable(1);
    block.run(5);
    assert_eq!((block.pc(0), block.read(FDEBUG)), (1, 0));
}

//! PUSH and PULL (RP2040 datasheet, sections 3.4.6 and 3.4.7).

use crate::block::{Block, FDEBUG, FLEVEL, OUT_RIGHT, RXF0, SHIFTCTRL, TXF0, of, one, program, thresholds};

const RXSTALL: u32 = 1;
const TXSTALL: u32 = 1 << 24;

#[test]
fn push_moves_the_isr_to_the_fifo_and_clears_it() {
    let mut block = Block::default();
    block.force(0, one!("mov isr, ~null"));
    block.force(0, one!("push"));
    assert_eq!((block.read(RXF0), block.isr()), (u32::MAX, 0));
}

#[test]
fn push_iffull_does_nothing_below_the_threshold() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), thresholds(32, 5));
    block.force(0, one!("set x, 15"));
    block.force(0, one!("in x, 4"));
    block.force(0, one!("push iffull"));
    assert_eq!((block.read(FLEVEL), block.isr()), (0, 15));
    block.force(0, one!("in null, 1"));
    block.force(0, one!("push iffull"));
    assert_eq!((block.read(FLEVEL), block.isr()), (0x10, 0));
}

#[test]
fn push_block_stalls_while_the_fifo_is_full() {
    let mut block = Block::with(&program!("again:" "push block" "jmp again"));
    block.enable(1);
    block.run(20);
    assert_eq!((block.pc(0), block.read(FLEVEL), block.read(FDEBUG)), (0, 0x40, RXSTALL));
    block.read(RXF0);
    block.run(1);
    assert_eq!((block.pc(0), block.read(FLEVEL)), (1, 0x40));
}

#[test]
fn push_noblock_drops_the_isr_when_the_fifo_is_full() {
    let mut block = Block::default();
    for word in [one!("set x, 1"), one!("set x, 2"), one!("set x, 3"), one!("set x, 4"), one!("set x, 5")] {
        block.force(0, word);
        block.force(0, one!("mov isr, x"));
        assert_eq!(block.read(FDEBUG), 0);
        block.force(0, one!("push noblock"));
    }
    assert_eq!((block.isr(), block.read(FDEBUG)), (0, RXSTALL));
    let words: Vec<_> = (0..4).map(|_| block.read(RXF0)).collect();
    assert_eq!(words, [1, 2, 3, 4]);
}

#[test]
fn pull_loads_the_osr() {
    let mut block = Block::default();
    block.write(TXF0, 9);
    block.force(0, one!("pull"));
    assert_eq!((block.osr(), block.read(FLEVEL)), (9, 0));
    // It counts as full.
    block.force(0, one!("jmp !osre, 7"));
    assert_eq!(block.pc(0), 7);
}

#[test]
fn pull_ifempty_does_nothing_below_the_threshold() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), OUT_RIGHT | thresholds(6, 32));
    block.write(TXF0, 0x1000);
    block.write(TXF0, 7);
    block.force(0, one!("pull"));
    block.force(0, one!("out null, 5"));
    block.force(0, one!("pull ifempty"));
    assert_eq!(block.osr(), 0x1000 >> 5);
    block.force(0, one!("out null, 1"));
    block.force(0, one!("pull ifempty"));
    assert_eq!(block.osr(), 7);
}

#[test]
fn pull_without_ifempty_discards_what_is_left() {
    let mut block = Block::default();
    block.write(TXF0, 1);
    block.write(TXF0, 2);
    block.force(0, one!("pull"));
    block.force(0, one!("pull"));
    assert_eq!(block.osr(), 2);
}

#[test]
fn pull_block_stalls_while_the_fifo_is_empty() {
    let mut block = Block::with(&program!("pull block" "stop:" "jmp stop"));
    block.enable(1);
    block.run(20);
    assert_eq!((block.pc(0), block.read(FDEBUG)), (0, TXSTALL));
    block.write(TXF0, 3);
    block.run(1);
    assert_eq!((block.pc(0), block.osr()), (1, 3));
}

#[test]
fn pull_noblock_takes_x_when_the_fifo_is_empty() {
    let mut block = Block::default();
    block.force(0, one!("set x, 19"));
    block.force(0, one!("pull noblock"));
    assert_eq!((block.osr(), block.read(FDEBUG)), (19, 0));
    block.force(0, one!("jmp !osre, 7"));
    assert_eq!(block.pc(0), 7);
}

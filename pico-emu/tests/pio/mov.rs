//! MOV (RP2040 datasheet, section 3.4.8).

use crate::block::{Block, EXECCTRL, IRQ, OUT_RIGHT, PinMap, RXF0, SHIFTCTRL, TXF0, of, one, program, thresholds};

/// A block with `0x1234_5678` in X.
fn with_x() -> Block {
    let mut block = Block::default();
    block.write(TXF0, 0x1234_5678);
    block.force(0, one!("pull"));
    block.force(0, one!("mov x, osr"));
    block
}

#[test]
fn copies_inverts_and_reverses() {
    for (instruction, expected) in [
        (one!("mov y, x"), 0x1234_5678),
        (one!("mov y, ~x"), 0xedcb_a987),
        (one!("mov y, !x"), 0xedcb_a987),
        (one!("mov y, ::x"), 0x1e6a_2c48),
    ] {
        let mut block = with_x();
        block.force(0, instruction);
        assert_eq!(block.y(), expected, "{instruction:#06x}");
    }
}

#[test]
fn takes_from_each_source() {
    let mut block = with_x();
    block.map(PinMap { input: 4, ..PinMap::default() });
    block.wires.script = vec![(0, 0xff)];
    block.run(3);
    block.force(0, one!("set y, 7"));
    block.force(0, one!("mov isr, ~null"));
    for (instruction, expected) in [
        (one!("mov x, x"), 0x1234_5678),
        (one!("mov x, y"), 7),
        (one!("mov x, null"), 0),
        (one!("mov x, isr"), u32::MAX),
        (one!("mov x, osr"), 0x1234_5678),
        (one!("mov x, pins"), 0xf000_000f),
    ] {
        block.force(0, instruction);
        assert_eq!(block.x(), expected, "{instruction:#06x}");
    }
}

#[test]
fn status_compares_the_level_of_a_fifo() {
    for (select, level_of_tx) in [(0, true), (1 << 4, false)] {
        let mut block = Block::default();
        block.write(of(0, EXECCTRL), select | 2);
        let status = |block: &mut Block| {
            block.force(0, one!("mov x, status"));
            block.x()
        };
        let mut found = vec![status(&mut block)];
        for _ in 0..2 {
            if level_of_tx {
                block.write(TXF0, 0);
            } else {
                block.force(0, one!("push"));
            }
            found.push(status(&mut block));
        }
        assert_eq!(found, [u32::MAX, u32::MAX, 0]);
    }
}

#[test]
fn to_pins_uses_the_out_mapping() {
    let mut block = with_x();
    block.map(PinMap { out: (8, 12), set: (0, 5), ..PinMap::default() });
    block.force(0, one!("mov pins, x"));
    assert_eq!(block.pio.outputs().levels, 0x0006_7800);
}

#[test]
fn to_pc_jumps() {
    let mut block = with_x();
    block.force(0, one!("mov pc, x"));
    assert_eq!(block.pc(0), 0x18);
}

#[test]
fn to_isr_sets_its_shift_count_to_zero() {
    let mut block = with_x();
    block.write(of(0, SHIFTCTRL), thresholds(32, 1));
    block.force(0, one!("in null, 5"));
    block.force(0, one!("mov isr, x"));
    block.force(0, one!("push iffull"));
    assert!(!block.pio.is_rx_ready(0));
    block.force(0, one!("push"));
    assert_eq!(block.read(RXF0), 0x1234_5678);
}

#[test]
fn to_osr_sets_its_shift_count_to_zero() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), OUT_RIGHT | thresholds(1, 32));
    block.force(0, one!("mov osr, ~null"));
    block.force(0, one!("jmp !osre, 3"));
    assert_eq!((block.pc(0), block.osr()), (3, u32::MAX));
}

#[test]
fn to_exec_executes_in_the_next_cycle_and_ignores_its_own_delay() {
    let mut block = Block::with(&program!("mov exec, x [15]" "irq 7" "stop:" "jmp stop"));
    block.write(TXF0, one!("irq 1 [2]").into());
    block.force(0, one!("pull"));
    block.force(0, one!("mov x, osr"));
    block.enable(1);
    let start = block.pio.cycle();
    let mut found = Vec::new();
    while block.pc(0) != 2 {
        block.run(1);
        found.push(block.read(IRQ));
    }
    // MOV, the instruction in X, its two cycles of delay, and the next one of the program.
    assert_eq!(found, [0, 2, 2, 2, 0x82]);
    assert_eq!(block.pio.cycle() - start, 5);
}

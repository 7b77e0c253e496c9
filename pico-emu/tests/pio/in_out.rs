//! IN and OUT without autopush and autopull (RP2040 datasheet, sections 3.4.4 and 3.4.5).

use crate::block::{Block, IN_RIGHT, OUT_RIGHT, PinMap, SHIFTCTRL, TXF0, of, one, program, thresholds};

/// A block whose OSR holds `osr`.
fn with_osr(shiftctrl: u32, osr: u32) -> Block {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), shiftctrl);
    block.write(TXF0, osr);
    block.force(0, one!("pull"));
    block
}

#[test]
fn in_to_the_left_enters_at_the_low_end() {
    let mut block = with_osr(OUT_RIGHT, 0xabcd_1234);
    block.force(0, one!("in osr, 8"));
    assert_eq!(block.isr(), 0x34);
    block.force(0, one!("in osr, 4"));
    assert_eq!(block.isr(), 0x344);
}

#[test]
fn in_to_the_right_enters_at_the_high_end() {
    let mut block = with_osr(OUT_RIGHT | IN_RIGHT, 0xabcd_1234);
    block.force(0, one!("in osr, 8"));
    assert_eq!(block.isr(), 0x3400_0000);
    block.force(0, one!("in osr, 4"));
    assert_eq!(block.isr(), 0x4340_0000);
}

#[test]
fn in_takes_32_bits_in_either_direction() {
    for direction in [0, IN_RIGHT] {
        let mut block = with_osr(direction, 0xabcd_1234);
        block.force(0, one!("in osr, 32"));
        assert_eq!(block.isr(), 0xabcd_1234);
    }
}

#[test]
fn in_takes_from_each_source() {
    let mut block = with_osr(OUT_RIGHT, 0x89ab_cdef);
    block.wires.script = vec![(0, 0x1234_5678)];
    block.map(PinMap { input: 8, ..PinMap::default() });
    block.run(3);
    block.force(0, one!("set x, 21"));
    block.force(0, one!("set y, 22"));
    for (instruction, expected) in [
        // GPIO 0 follows upon 31, and 30 and 31 read as zero.
        (one!("in pins, 32"), 0x7812_3456),
        (one!("in x, 32"), 21),
        (one!("in y, 32"), 22),
        (one!("in osr, 32"), 0x89ab_cdef),
        (one!("in isr, 32"), 0x89ab_cdef),
        (one!("in isr, 8"), 0xabcd_efef),
        (one!("in null, 4"), 0xbcde_fef0),
    ] {
        block.force(0, instruction);
        assert_eq!(block.isr(), expected, "{instruction:#06x}");
    }
}

#[test]
fn out_to_the_right_leaves_from_the_low_end() {
    let mut block = with_osr(OUT_RIGHT, 0x1234_5678);
    block.force(0, one!("out x, 8"));
    assert_eq!((block.x(), block.osr()), (0x78, 0x0012_3456));
}

#[test]
fn out_to_the_left_leaves_from_the_high_end() {
    let mut block = with_osr(0, 0x1234_5678);
    block.force(0, one!("out x, 8"));
    assert_eq!((block.x(), block.osr()), (0x12, 0x3456_7800));
}

#[test]
fn out_gives_32_bits_in_either_direction_and_leaves_zeros() {
    for direction in [0, OUT_RIGHT] {
        let mut block = with_osr(direction, 0x1234_5678);
        block.force(0, one!("out y, 32"));
        assert_eq!((block.y(), block.osr()), (0x1234_5678, 0));
    }
}

#[test]
fn out_pins_and_pindirs_write_what_the_out_mapping_says() {
    let mut block = with_osr(OUT_RIGHT, 0xffff_ffff);
    block.map(PinMap { out: (28, 5), ..PinMap::default() });
    block.force(0, one!("out pins, 5"));
    // GPIO 28 and 29, no 30 and 31, and around to 0.
    assert_eq!(block.pio.outputs().levels, 0x3000_0001);
    block.force(0, one!("out pindirs, 2"));
    assert_eq!(block.pio.outputs().enables, 0x3000_0000);
}

#[test]
fn out_writes_zeros_to_the_pins_beyond_its_count() {
    let mut block = with_osr(OUT_RIGHT, 0xffff_ffff);
    block.map(PinMap { out: (0, 8), ..PinMap::default() });
    block.force(0, one!("out pins, 8"));
    block.force(0, one!("out pins, 3"));
    assert_eq!(block.pio.outputs().levels, 0x07);
}

#[test]
fn out_pc_jumps() {
    let mut block = with_osr(OUT_RIGHT, 0xffff_ff35);
    block.force(0, one!("out pc, 8"));
    assert_eq!(block.pc(0), 0x15);
}

#[test]
fn out_isr_sets_the_shift_count_as_well() {
    let mut block = with_osr(OUT_RIGHT | thresholds(32, 8), 0x1ff);
    block.force(0, one!("out isr, 7"));
    assert_eq!(block.isr(), 0x7f);
    block.force(0, one!("push iffull"));
    assert!(!block.pio.is_rx_ready(0), "seven bits are below the threshold");
    block.force(0, one!("in null, 1"));
    block.force(0, one!("push iffull"));
    assert!(block.pio.is_rx_ready(0));
}

#[test]
fn the_shift_counts_stay_at_32() {
    let mut block = with_osr(OUT_RIGHT | thresholds(32, 32), 0);
    for _ in 0..20 {
        block.force(0, one!("in null, 31"));
        block.force(0, one!("out null, 31"));
    }
    block.force(0, one!("push iffull"));
    assert!(block.pio.is_rx_ready(0));
    block.force(0, one!("jmp !osre, 7"));
    assert_eq!(block.pc(0), 0);
}

#[test]
fn in_pins_reads_the_levels_of_two_cycles_before() {
    let mut block = Block::with(&program!("in pins, 1" "in pins, 1" "in pins, 1" "in pins, 1" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), 0);
    block.wires.script = vec![(0, 0), (1, 1), (2, 0)];
    block.enable(1);
    block.run(5);
    // Cycle 3 reads what was there in cycle 1.
    assert_eq!(block.isr(), 0b0001);
}

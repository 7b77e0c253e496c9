//! SET, and how writes reach the pads (RP2040 datasheet, sections 3.2.5, 3.4.10, 3.5.1 and 3.5.6).

use crate::block::{Block, CTRL, EXECCTRL, OUT_RIGHT, PINCTRL, PinMap, SHIFTCTRL, TXF0, of, one, program};

const SIDE_EN: u32 = 1 << 30;
const SIDE_PINDIR: u32 = 1 << 29;
const INLINE_OUT_EN: u32 = 1 << 18;
const OUT_STICKY: u32 = 1 << 17;

/// The one bit of side-set.
const SIDE_1: u16 = 1 << 12;

/// A block with one bit of side-set at GPIO 0 in each state machine, and SET on the same pin.
fn overlapping() -> Block {
    let mut block = Block::default();
    for machine in 0..4 {
        block.write(of(machine, PINCTRL), PinMap { set: (0, 1), ..PinMap::default() }.word(1));
    }
    block
}

#[test]
fn set_writes_pins_directions_x_and_y() {
    let mut block = Block::default();
    block.map(PinMap { set: (10, 5), ..PinMap::default() });
    block.force(0, one!("set pins, 21"));
    block.force(0, one!("set pindirs, 31"));
    block.force(0, one!("set x, 30"));
    block.force(0, one!("set y, 29"));
    let outputs = block.pio.outputs();
    assert_eq!((outputs.levels, outputs.enables, block.x(), block.y()), (21 << 10, 31 << 10, 30, 29));
    block.force(0, one!("set x, 1"));
    assert_eq!(block.x(), 1, "the high bits are cleared");
}

#[test]
fn set_leaves_the_pins_beyond_its_count() {
    let mut block = Block::default();
    block.map(PinMap { set: (0, 5), ..PinMap::default() });
    block.force(0, one!("set pins, 31"));
    block.map(PinMap { set: (1, 2), ..PinMap::default() });
    block.force(0, one!("set pins, 0"));
    assert_eq!(block.pio.outputs().levels, 0b11001);
}

#[test]
fn a_mapping_goes_around_from_gpio_31_to_0() {
    let mut block = Block::default();
    block.map(PinMap { set: (29, 5), ..PinMap::default() });
    block.force(0, one!("set pins, 31"));
    // GPIO 29, no 30 and 31, then 0 and 1.
    assert_eq!(block.pio.outputs().levels, 0x2000_0003);
}

#[test]
fn an_out_count_of_32_is_all_pins_and_one_of_0_is_none() {
    for (count, levels) in [(32, 0x3fff_ffff), (0, 0)] {
        let mut block = Block::default();
        block.map(PinMap { out: (7, count), ..PinMap::default() });
        block.force(0, one!("mov pins, ~null"));
        assert_eq!(block.pio.outputs().levels, levels);
    }
}

#[test]
fn a_pin_changes_in_the_cycle_behind_the_instruction() {
    let mut block = Block::with(&program!("nop" "set pindirs, 1" "set pins, 1" "set pins, 0" "stop:" "jmp stop"));
    block.map(PinMap { set: (0, 1), ..PinMap::default() });
    block.enable(1);
    block.run(8);
    assert_eq!(block.wave(0, 0..8), ".._#____");
}

#[test]
fn side_set_takes_the_high_bits_and_leaves_the_rest_to_the_delay() {
    let mut block = Block::with(&program!(".side_set 2" "nop side 2 [7]" "nop side 1" "stop:" "jmp stop side 0"));
    block.map(PinMap { side_set: 3, ..PinMap::default() });
    block.enable(1);
    block.run(20);
    let changes: Vec<_> = block.trace().iter().map(|&(cycle, outputs)| (cycle, outputs.levels >> 3)).collect();
    assert_eq!(changes, [(1, 2), (9, 1), (10, 0)]);
}

#[test]
fn five_bits_of_side_set_leave_no_delay() {
    let mut block = Block::with(&program!(".side_set 5" "nop side 31" "nop side 21" "stop:" "jmp stop side 0"));
    block.enable(1);
    block.run(20);
    let changes: Vec<_> = block.trace().iter().map(|&(cycle, outputs)| (cycle, outputs.levels)).collect();
    assert_eq!(changes, [(1, 31), (2, 21), (3, 0)]);
}

#[test]
fn without_side_set_all_five_bits_are_delay() {
    for side_en in [0, SIDE_EN] {
        let mut block = Block::with(&program!("nop [31]" "set pins, 1" "stop:" "jmp stop"));
        block.map(PinMap { set: (0, 1), ..PinMap::default() });
        // An enable bit is one of the bits of the side-set, and there are none.
        block.set(of(0, EXECCTRL), side_en);
        block.enable(1);
        block.run(40);
        assert_eq!(block.trace().iter().map(|&(cycle, _)| cycle).collect::<Vec<_>>(), [33]);
    }
}

#[test]
fn an_optional_side_set_happens_only_where_it_is_enabled() {
    let mut block =
        Block::with(&program!(".side_set 1 opt" "nop side 1 [1]" "nop [3]" "nop side 0" "stop:" "jmp stop"));
    block.map(PinMap { side_set: 6, ..PinMap::default() });
    block.enable(1);
    block.run(20);
    let changes: Vec<_> = block.trace().iter().map(|&(cycle, outputs)| (cycle, outputs.levels)).collect();
    assert_eq!(changes, [(1, 1 << 6), (7, 0)]);
}

#[test]
fn side_set_can_be_for_directions() {
    let mut block = Block::with(&program!(".side_set 1 pindirs" "nop side 1" "stop:" "jmp stop side 0"));
    block.map(PinMap { side_set: 6, ..PinMap::default() });
    assert_eq!(block.read(of(0, EXECCTRL)) & SIDE_PINDIR, SIDE_PINDIR);
    block.enable(1);
    block.run(5);
    assert_eq!(block.wave(6, 0..5), "._...");
}

#[test]
fn side_set_wins_over_set_in_one_instruction() {
    let mut block = overlapping();
    block.force(0, one!("set pins, 1"));
    assert_eq!(block.pio.outputs().levels, 0);
    block.force(0, one!("set pins, 0") | SIDE_1);
    assert_eq!(block.pio.outputs().levels, 1);
}

#[test]
fn levels_and_directions_are_written_separately() {
    let mut block = overlapping();
    block.set(of(0, EXECCTRL), SIDE_PINDIR);
    block.force(0, one!("set pins, 1") | SIDE_1);
    let outputs = block.pio.outputs();
    assert_eq!((outputs.levels, outputs.enables), (1, 1));
}

#[test]
fn the_highest_numbered_state_machine_wins() {
    for (low, high, winner) in [(0, 1, 1), (1, 2, 2), (0, 3, 3)] {
        for level in [0, 1] {
            let mut block = Block::with(&program!("set pins, 0" "stop:" "jmp stop" "set pins, 1" "there:" "jmp there"));
            for machine in 0..4 {
                block.map_for(machine, PinMap { set: (0, 1), ..PinMap::default() });
            }
            let other = if winner == high { low } else { high };
            block.force(winner, if level == 1 { one!("jmp 2") } else { one!("jmp 0") });
            block.force(other, if level == 1 { one!("jmp 0") } else { one!("jmp 2") });
            block.enable(1 << low | 1 << high);
            block.run(1);
            assert_eq!(block.pio.outputs().levels, level, "state machines {low} and {high}");
        }
    }
}

#[test]
fn a_sticky_write_is_asserted_again_in_every_cycle() {
    let mut block = overlapping();
    for machine in 0..4 {
        block.write(of(machine, PINCTRL), PinMap { set: (0, 2), ..PinMap::default() }.word(0));
    }
    block.set(of(1, EXECCTRL), OUT_STICKY);
    block.force(1, one!("set pins, 1"));
    // State machine 0 cannot change the pins, state machine 2 can, for one cycle.
    block.force(0, one!("set pins, 2"));
    assert_eq!(block.pio.outputs().levels, 1);
    block.force(2, one!("set pins, 2"));
    assert_eq!(block.pio.outputs().levels, 2);
    block.run(1);
    assert_eq!(block.pio.outputs().levels, 1);
    // Without it, or restarted, the last write stays.
    block.write(CTRL, 1 << 5);
    block.force(0, one!("set pins, 2"));
    block.run(5);
    assert_eq!(block.pio.outputs().levels, 2);
}

#[test]
fn without_out_sticky_nothing_is_asserted_again() {
    let mut block = overlapping();
    for machine in 0..4 {
        block.write(of(machine, PINCTRL), PinMap { set: (0, 2), ..PinMap::default() }.word(0));
    }
    block.set(of(1, EXECCTRL), OUT_STICKY);
    block.force(1, one!("set pins, 1"));
    let execctrl = block.read(of(1, EXECCTRL));
    block.write(of(1, EXECCTRL), execctrl & !OUT_STICKY);
    block.force(0, one!("set pins, 2"));
    block.run(5);
    assert_eq!(block.pio.outputs().levels, 2);
}

#[test]
fn an_inline_enable_decides_about_the_write_of_an_out() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), OUT_RIGHT);
    block.map(PinMap { out: (0, 2), ..PinMap::default() });
    // Bit 5 of the data is the enable.
    block.set(of(0, EXECCTRL), INLINE_OUT_EN | 5 << 19);
    block.write(TXF0, 0b00_0001 << 6 | 0b10_0010);
    block.force(0, one!("pull"));
    block.force(0, one!("out pins, 6"));
    assert_eq!(block.pio.outputs().levels, 0b10);
    block.force(0, one!("out pins, 6"));
    assert_eq!(block.pio.outputs().levels, 0b10);
}

#[test]
fn a_write_without_its_enable_ends_a_sticky_one() {
    let mut block = Block::default();
    block.write(of(1, SHIFTCTRL), OUT_RIGHT);
    block.map(PinMap { set: (0, 2), ..PinMap::default() });
    block.map_for(1, PinMap { out: (0, 2), ..PinMap::default() });
    block.set(of(1, EXECCTRL), OUT_STICKY | INLINE_OUT_EN | 5 << 19);
    block.write(TXF0 + 4, 0b10_0010);
    block.force(1, one!("pull"));
    block.force(1, one!("out pins, 6"));
    block.force(0, one!("set pins, 1"));
    assert_eq!(block.pio.outputs().levels, 0b10);
    block.force(1, one!("out pins, 6"));
    block.force(0, one!("set pins, 1"));
    assert_eq!(block.pio.outputs().levels, 0b01);
}

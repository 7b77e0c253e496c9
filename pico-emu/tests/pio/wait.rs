//! WAIT (RP2040 datasheet, section 3.4.3), and what stalling means (section 3.2.4).

use crate::block::{Block, INPUT_SYNC_BYPASS, IRQ, IRQ_FORCE, PINCTRL, PinMap, of, one, program};

/// Runs a program in state machine 0 until it has jumped to itself at the end; in which cycle it got there.
fn cycle_of_arrival(block: &mut Block, address: u32) -> u64 {
    block.enable(1);
    while block.pc(0) != address {
        assert!(block.pio.cycle() < 1000, "it does not arrive");
        block.run(1);
    }
    block.pio.cycle()
}

#[test]
fn for_a_gpio_whatever_in_base_says() {
    let high = (program!("wait 1 gpio 9" "stop:" "jmp stop"), 0, 1 << 9);
    let low = (program!("wait 0 gpio 9" "stop:" "jmp stop"), u32::MAX, !(1 << 9));
    for (program, before, after) in [high, low] {
        let mut block = Block::with(&program);
        block.map(PinMap { input: 3, ..PinMap::default() });
        block.wires.script = vec![(0, before), (20, after)];
        block.run(2);
        // Two cycles through the synchroniser, and one for the instruction.
        assert_eq!(cycle_of_arrival(&mut block, 1), 23);
    }
}

#[test]
fn for_a_pin_counted_from_in_base_and_around_32() {
    let program = program!("wait 1 pin 12" "stop:" "jmp stop");
    for (input, gpio) in [(0, 12), (5, 17), (25, 5)] {
        let mut block = Block::with(&program);
        block.map(PinMap { input, ..PinMap::default() });
        block.wires.script = vec![(0, 0), (20, 1 << gpio)];
        assert_eq!(cycle_of_arrival(&mut block, 1), 23);
    }
}

#[test]
fn a_pin_whose_synchroniser_is_bypassed_is_seen_two_cycles_earlier() {
    let mut block = Block::with(&program!("wait 1 pin 0" "stop:" "jmp stop"));
    block.write(INPUT_SYNC_BYPASS, 1);
    block.wires.script = vec![(0, 0), (20, 1)];
    assert_eq!(cycle_of_arrival(&mut block, 1), 21);
}

#[test]
fn a_pulse_of_one_cycle_is_not_missed() {
    let mut block = Block::with(&program!("wait 1 pin 0" "stop:" "jmp stop"));
    block.wires.script = vec![(0, 0), (20, 1), (21, 0)];
    assert_eq!(cycle_of_arrival(&mut block, 1), 23);
}

#[test]
fn gpios_30_and_31_do_not_exist_and_are_low() {
    let mut block = Block::with(&program!("wait 0 gpio 30" "wait 0 gpio 31" "stop:" "jmp stop"));
    block.wires.script = vec![(0, u32::MAX)];
    assert_eq!(cycle_of_arrival(&mut block, 2), 2);
}

#[test]
fn the_delay_begins_behind_the_wait() {
    let mut block = Block::with(&program!("wait 1 pin 0 [4]" "set pins, 1" "stop:" "jmp stop"));
    block.map(PinMap { set: (0, 1), ..PinMap::default() });
    block.wires.script = vec![(0, 0), (20, 1)];
    // Met in cycle 22, delay in 23 to 26.
    assert_eq!(cycle_of_arrival(&mut block, 2), 28);
}

#[test]
fn for_an_irq_flag_to_be_set_and_clears_it() {
    let mut block = Block::with(&program!("wait 1 irq 6" "stop:" "jmp stop"));
    block.enable(1);
    block.run(10);
    assert_eq!(block.pc(0), 0);
    block.write(IRQ_FORCE, 1 << 6);
    block.run(1);
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 0));
}

#[test]
fn for_an_irq_flag_to_be_cleared_and_leaves_it() {
    let mut block = Block::with(&program!("wait 0 irq 2" "stop:" "jmp stop"));
    block.write(IRQ_FORCE, 0xff);
    block.enable(1);
    block.run(10);
    assert_eq!(block.pc(0), 0);
    block.write(IRQ, 1 << 2);
    block.run(1);
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 0xfb));
}

#[test]
fn a_relative_flag_adds_the_state_machine_to_its_two_lowest_bits() {
    // The datasheet's examples: state machine 2 waits with 0x11 on flag 3, with 0x13 on flag 1.
    for (instruction, machine, flag) in [
        (one!("wait 1 irq 1 rel"), 2, 3),
        (one!("wait 1 irq 3 rel"), 2, 1),
        (one!("wait 1 irq 7 rel"), 1, 4),
        (one!("wait 1 irq 4 rel"), 0, 4),
    ] {
        let mut block = Block::default();
        block.write(IRQ_FORCE, 1 << flag);
        block.force(machine, instruction);
        assert_eq!(block.read(IRQ), 0, "{instruction:#06x}");
    }
}

#[test]
fn side_set_is_made_in_the_first_cycle_of_a_stalled_instruction() {
    let mut block = Block::with(&program!(".side_set 1" "wait 1 pin 0 side 1" "stop:" "jmp stop side 0"));
    block.map(PinMap { side_set: 4, ..PinMap::default() });
    block.wires.script = vec![(0, 0), (20, 1)];
    block.enable(1);
    block.run(30);
    let changes: Vec<_> = block.trace().iter().map(|&(cycle, outputs)| (cycle, outputs.levels)).collect();
    assert_eq!(changes, [(1, 1 << 4), (24, 0)]);
}

#[test]
fn side_set_is_not_made_again_while_the_instruction_stalls() {
    let mut block = Block::with(&program!(".side_set 1" "wait 1 pin 0 side 1" "stop:" "jmp stop side 0"));
    block.map_for(1, PinMap { side_set: 4, ..PinMap::default() });
    block.enable(0b10);
    block.run(10);
    assert_eq!(block.pio.outputs().levels, 1 << 4);
    // State machine 0 has the lower priority, and writes to the same pin while the other one stalls.
    block.write(of(0, PINCTRL), PinMap { set: (4, 1), ..PinMap::default() }.word(0));
    block.force(0, one!("set pins, 0"));
    block.write(IRQ_FORCE, 1);
    block.run(10);
    assert_eq!(block.pio.outputs().levels, 0);
}

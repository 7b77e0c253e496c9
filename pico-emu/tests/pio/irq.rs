//! IRQ (RP2040 datasheet, section 3.4.9).

use crate::block::{Block, IRQ, IRQ_FORCE, one, program};

#[test]
fn sets_a_flag_and_goes_on() {
    for (instruction, flags) in [(one!("irq 0"), 1), (one!("irq set 5"), 1 << 5), (one!("irq nowait 7"), 1 << 7)] {
        let mut block = Block::default();
        block.force(0, instruction);
        assert_eq!(block.read(IRQ), flags);
    }
}

#[test]
fn clears_a_flag() {
    let mut block = Block::default();
    block.write(IRQ_FORCE, 0xff);
    block.force(0, one!("irq clear 4"));
    assert_eq!(block.read(IRQ), 0xef);
}

#[test]
fn clear_makes_wait_ineffective() {
    let mut block = Block::default();
    block.write(IRQ_FORCE, 1 << 3);
    block.force(0, one!("irq clear 3") | 0x20);
    block.force(0, one!("jmp 5"));
    assert_eq!((block.read(IRQ), block.pc(0)), (0, 5));
}

#[test]
fn a_relative_flag_adds_the_state_machine_to_its_two_lowest_bits() {
    for (instruction, machine, flag) in
        [(one!("irq 1 rel"), 2, 3), (one!("irq 3 rel"), 2, 1), (one!("irq 6 rel"), 3, 5), (one!("irq 0 rel"), 0, 0)]
    {
        let mut block = Block::default();
        block.force(machine, instruction);
        assert_eq!(block.read(IRQ), 1 << flag, "{instruction:#06x}");
    }
}

#[test]
fn wait_stalls_until_the_flag_is_cleared_and_delays_behind_that() {
    let mut block = Block::with(&program!("irq wait 2 [3]" "stop:" "jmp stop"));
    block.enable(1);
    block.run(50);
    assert_eq!((block.pc(0), block.read(IRQ)), (0, 1 << 2));
    block.write(IRQ, 1 << 2);
    block.run(1);
    // It goes on, and does not set the flag again.
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 0));
}

#[test]
fn wait_stalls_also_if_the_flag_has_been_set_before() {
    let mut block = Block::with(&program!("irq wait 2" "stop:" "jmp stop"));
    block.write(IRQ_FORCE, 1 << 2);
    block.enable(1);
    block.run(50);
    assert_eq!(block.pc(0), 0);
    block.write(IRQ, 1 << 2);
    block.run(1);
    assert_eq!(block.pc(0), 1);
}

#[test]
fn each_wait_sets_its_flag_anew() {
    let mut block = Block::with(&program!("irq wait 0" "irq wait 1" "stop:" "jmp stop"));
    block.enable(1);
    block.run(5);
    block.write(IRQ, 1);
    block.run(5);
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 2));
}

#[test]
fn another_state_machine_sees_a_flag_in_the_next_cycle() {
    // State machine 0 sets the flag in cycle 0; state machine 1 waits since cycle 0 and clears it in cycle 1.
    let mut block = Block::with(&program!("irq 4" "stop:" "jmp stop" "wait 1 irq 4" "there:" "jmp there"));
    block.force(1, one!("jmp 2"));
    block.enable(0b11);
    block.run(1);
    assert_eq!((block.pc(1), block.read(IRQ)), (2, 1 << 4));
    block.run(1);
    assert_eq!((block.pc(1), block.read(IRQ)), (3, 0));
}

#[test]
fn setting_wins_over_clearing_in_one_cycle() {
    let mut block = Block::with(&program!("irq 4" "stop:" "jmp stop" "irq clear 4" "there:" "jmp there"));
    block.force(1, one!("jmp 2"));
    block.write(IRQ_FORCE, 1 << 4);
    block.enable(0b11);
    block.run(1);
    assert_eq!(block.read(IRQ), 1 << 4);
}

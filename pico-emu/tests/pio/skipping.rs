//! When nothing can change, and that time is skipped then.

use crate::block::{Block, CLKDIV, INPUT_SYNC_BYPASS, IRQ_FORCE, OUT_RIGHT, PinMap, SHIFTCTRL, TXF0, of, one, program};

/// Beyond what could be gone through cycle by cycle.
const LONG: u64 = 1 << 60;

#[test]
fn nothing_changes_while_all_are_off() {
    let mut block = Block::default();
    assert_eq!(block.pio.next_change(), None);
    block.run(LONG);
    assert_eq!(block.pio.next_change(), None);
}

#[test]
fn something_changes_now_while_one_runs_at_full_speed() {
    let mut block = Block::with(&program!("nop"));
    block.enable(1);
    block.run(5);
    assert_eq!(block.pio.next_change(), Some(5));
}

#[test]
fn something_changes_when_a_divided_clock_runs_next() {
    let mut block = Block::with(&program!("nop"));
    block.write(of(2, CLKDIV), 1000 << 16);
    block.enable(1 << 2);
    block.run(1);
    // Out of reset the divisor is one, and its period ended in cycle 0.
    assert_eq!(block.pio.next_change(), Some(1000));
    block.run_to(1001);
    assert_eq!(block.pio.next_change(), Some(2000));
}

#[test]
fn nothing_changes_while_all_are_stalled_until_what_they_wait_for() {
    type Event = fn(&mut Block);
    let cases: [(_, Event); 5] = [
        (program!("pull" "stop:" "jmp stop"), |block| block.pio.push_tx(0, 1)),
        (program!("wait 1 irq 0" "stop:" "jmp stop"), |block| block.write(IRQ_FORCE, 1)),
        (program!("irq wait 1" "stop:" "jmp stop"), |block| block.write(crate::block::IRQ, 2)),
        (program!("push" "push" "push" "push" "push" "stop:" "jmp stop"), |block| {
            block.pio.pop_rx(0);
        }),
        (program!("wait 1 gpio 4" "stop:" "jmp stop"), |block| {
            block.wires.script.push((block.pio.cycle(), 1 << 4));
            block.pio.inputs_changed();
        }),
    ];
    for (program, event) in cases {
        let last = program.code.len() as u32 - 1;
        let mut block = Block::with(&program);
        block.enable(1);
        block.run(20);
        assert_eq!(block.pio.next_change(), None);
        block.run(LONG);
        assert_eq!((block.pio.next_change(), block.pc(0)), (None, last - 1));
        let now = block.pio.cycle();
        event(&mut block);
        assert_eq!(block.pio.next_change(), Some(now));
        block.run(3);
        assert_eq!(block.pc(0), last);
    }
}

#[test]
fn a_level_that_is_foreseen_is_waited_for() {
    let mut block = Block::with(&program!("wait 1 gpio 4" "stop:" "jmp stop"));
    block.wires.script = vec![(0, 0), (1 << 40, 1 << 4)];
    block.enable(1);
    block.run(10);
    assert_eq!(block.pio.next_change(), Some(1 << 40));
    block.run_to((1 << 40) + 2);
    assert_eq!(block.pc(0), 0);
    block.run(1);
    assert_eq!(block.pc(0), 1);
    assert!(block.wires.samples < 10);
}

#[test]
fn a_state_machine_sees_its_own_pin_two_cycles_after_it_has_changed() {
    for (bypass, cycles) in [(0, 4), (1, 2)] {
        let mut block = Block::with(&program!("set pins, 1" "wait 1 pin 0" "stop:" "jmp stop"));
        block.map(PinMap { set: (0, 1), ..PinMap::default() });
        block.write(INPUT_SYNC_BYPASS, bypass);
        block.force(0, one!("set pindirs, 1"));
        block.enable(1);
        // The pin is high from the cycle behind SET on.
        block.run(cycles - 1);
        assert_eq!(block.pc(0), 1);
        block.run(1);
        assert_eq!(block.pc(0), 2);
    }
}

#[test]
fn the_levels_are_asked_for_only_when_they_may_have_changed() {
    let mut block = Block::with(&program!(".wrap_target" "in pins, 1" "out pins, 1" ".wrap"));
    block.map(PinMap { out: (3, 1), ..PinMap::default() });
    block.write(of(0, SHIFTCTRL), OUT_RIGHT);
    block.write(TXF0, 0b11_0000);
    block.force(0, one!("pull"));
    block.enable(1);
    let before = block.wires.samples;
    block.run(1000);
    // Once at the start, and each time that the pin has changed: up and down.
    assert_eq!(block.wires.samples - before, 3);
}

#[test]
fn the_past_is_no_time() {
    let mut block = Block::with(&program!("nop"));
    block.enable(1);
    block.run_to(10);
    block.run_to(3);
    assert_eq!(block.pio.cycle(), 10);
}

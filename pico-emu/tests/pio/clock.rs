//! Clock dividers, and what starts and stops a state machine (RP2040 datasheet, sections 3.5.5 and 3.7).

use proptest::prelude::*;

use crate::block::{Block, CLKDIV, CTRL, PinMap, of, one, program};

const fn divisor(integer: u32, fraction: u32) -> u32 {
    integer << 16 | fraction << 8
}

/// A program that counts in X how often it has run.
fn counter() -> Block {
    Block::with(&program!(".wrap_target" "jmp x--, 0" ".wrap"))
}

fn counted(block: &Block) -> u32 {
    block.x().wrapping_neg()
}

proptest! {
    #[test]
    fn n_cycles_hold_as_many_pulses_as_the_divisor_says(
        integer in 1_u32..300,
        fraction in 0_u32..256,
        cycles in 0_u64..20_000,
    ) {
        let mut block = counter();
        block.write(of(0, CLKDIV), divisor(integer, fraction));
        block.write(CTRL, 1 << 8 | 1);
        block.run_to(cycles);
        // Nothing is carried into the first period, which is the phase here.
        let phase = 255 + u64::from(fraction);
        let pulses = (256 * cycles + phase) / u64::from(256 * integer + fraction);
        prop_assert_eq!(u64::from(counted(&block)), pulses);
    }
}

#[test]
fn a_divisor_of_0_is_65536() {
    let mut block = counter();
    block.write(of(0, CLKDIV), 0);
    block.write(CTRL, 1 << 8 | 1);
    block.run_to(65535);
    assert_eq!(counted(&block), 0);
    block.run_to(65536);
    assert_eq!(counted(&block), 1);
}

#[test]
fn the_phase_goes_on_while_the_state_machine_is_off() {
    let mut block = counter();
    block.write(of(0, CLKDIV), divisor(10, 0));
    block.write(CTRL, 1 << 8);
    block.run_to(27);
    block.write(CTRL, 1);
    // The periods end in cycles 9, 19 and 29.
    block.run_to(29);
    assert_eq!(counted(&block), 0);
    block.run_to(30);
    assert_eq!(counted(&block), 1);
}

#[test]
fn restarted_together_two_run_in_lockstep() {
    let mut block = Block::with(&program!(".side_set 1" "nop side 1" "nop side 0"));
    block.map_for(0, PinMap { side_set: 0, ..PinMap::default() });
    block.map_for(1, PinMap { side_set: 1, ..PinMap::default() });
    block.write(of(0, CLKDIV), divisor(7, 77));
    block.run_to(100);
    block.write(of(1, CLKDIV), divisor(7, 77));
    block.run_to(123);
    block.write(CTRL, 0x303);
    block.run_to(1000);
    assert_eq!(block.wave(0, 130..1000), block.wave(1, 130..1000));
    assert!(block.trace().len() > 100);
    assert!(block.trace().iter().all(|(_, outputs)| outputs.levels == 0 || outputs.levels == 3));
}

#[test]
fn the_delay_counts_periods_of_the_divided_clock() {
    let mut block = Block::with(&program!(".side_set 1" "nop side 1 [2]" "nop side 0"));
    block.write(of(0, CLKDIV), divisor(4, 0));
    block.write(CTRL, 0x101);
    block.run_to(40);
    let changes: Vec<_> = block.trace().iter().map(|&(cycle, _)| cycle).collect();
    assert_eq!(changes, [4, 16, 20, 32, 36]);
}

#[test]
fn a_disabled_state_machine_stands_still_and_goes_on_where_it_was() {
    let mut block = Block::with(&program!("nop [5]" "stop:" "jmp stop"));
    block.enable(1);
    block.run(3);
    block.enable(0);
    block.run(100);
    block.enable(1);
    block.run(3);
    block.force(0, one!("set x, 1"));
    block.enable(0);
    // The delay is over, and the next instruction is the one at address 1.
    assert_eq!(block.pc(0), 1);
}

#[test]
fn enabling_takes_effect_in_the_cycle_of_the_write() {
    let mut block = counter();
    block.run_to(50);
    block.enable(1);
    block.run_to(51);
    assert_eq!(counted(&block), 1);
    block.enable(0);
    block.run_to(60);
    assert_eq!(counted(&block), 1);
}

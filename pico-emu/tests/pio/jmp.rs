//! JMP (RP2040 datasheet, section 3.4.2).

use crate::block::{ADDR, Block, EXECCTRL, OUT_RIGHT, SHIFTCTRL, TXF0, of, one, thresholds};

/// Where state machine 0 goes with `jmp CONDITION 7` after these instructions.
fn goes_to(setup: &[u16], jmp: u16) -> u32 {
    let mut block = Block::default();
    for &instruction in setup {
        block.force(0, instruction);
    }
    block.force(0, jmp);
    block.read(of(0, ADDR))
}

const JUMPED: u32 = 7;
const STAYED: u32 = 0;

#[test]
fn always() {
    assert_eq!(goes_to(&[], one!("jmp 7")), JUMPED);
}

#[test]
fn if_x_is_zero() {
    assert_eq!(goes_to(&[one!("set x, 0")], one!("jmp !x, 7")), JUMPED);
    assert_eq!(goes_to(&[one!("set x, 1")], one!("jmp !x, 7")), STAYED);
}

#[test]
fn if_y_is_zero() {
    assert_eq!(goes_to(&[one!("set y, 0")], one!("jmp !y, 7")), JUMPED);
    assert_eq!(goes_to(&[one!("set y, 1")], one!("jmp !y, 7")), STAYED);
}

#[test]
fn if_x_is_not_y() {
    assert_eq!(goes_to(&[one!("set x, 3"), one!("set y, 4")], one!("jmp x!=y, 7")), JUMPED);
    assert_eq!(goes_to(&[one!("set x, 4"), one!("set y, 4")], one!("jmp x!=y, 7")), STAYED);
}

#[test]
fn x_is_decremented_always_and_compared_before() {
    let mut block = Block::default();
    block.force(0, one!("set x, 1"));
    block.force(0, one!("jmp x--, 7"));
    assert_eq!((block.pc(0), block.x()), (7, 0));
    block.force(0, one!("jmp x--, 9"));
    assert_eq!((block.pc(0), block.x()), (7, u32::MAX));
    block.force(0, one!("jmp x--, 9"));
    assert_eq!((block.pc(0), block.x()), (9, u32::MAX - 1));
}

#[test]
fn y_is_decremented_always_and_compared_before() {
    let mut block = Block::default();
    block.force(0, one!("set y, 1"));
    block.force(0, one!("jmp y--, 7"));
    assert_eq!((block.pc(0), block.y()), (7, 0));
    block.force(0, one!("jmp y--, 9"));
    assert_eq!((block.pc(0), block.y()), (7, u32::MAX));
}

#[test]
fn if_the_pin_of_execctrl_is_high_whatever_in_base_says() {
    for (levels, expected) in [(1 << 11, JUMPED), (!(1 << 11), STAYED)] {
        let mut block = Block::default();
        block.write(of(0, EXECCTRL), 11 << 24);
        block.wires.script = vec![(0, levels)];
        block.run(2);
        block.force(0, one!("jmp pin, 7"));
        assert_eq!(block.pc(0), expected);
    }
}

#[test]
fn if_less_has_been_shifted_out_than_the_pull_threshold() {
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), OUT_RIGHT | thresholds(10, 32));
    // Out of reset the OSR counts as empty.
    block.force(0, one!("jmp !osre, 7"));
    assert_eq!(block.pc(0), STAYED);
    block.write(TXF0, 0);
    block.force(0, one!("pull"));
    block.force(0, one!("out null, 9"));
    block.force(0, one!("jmp !osre, 7"));
    assert_eq!(block.pc(0), JUMPED);
    block.force(0, one!("out null, 1"));
    block.force(0, one!("jmp !osre, 9"));
    assert_eq!(block.pc(0), JUMPED);
}

#[test]
fn a_delay_follows_whether_the_jump_is_taken_or_not() {
    for jmp in ["taken", "not taken"] {
        let program = if jmp == "taken" {
            crate::block::program!("jmp 1 [3]" "set pins, 1" "stop:" "jmp stop")
        } else {
            crate::block::program!("jmp !osre, 0 [3]" "set pins, 1" "stop:" "jmp stop")
        };
        let mut block = Block::with(&program);
        block.map(crate::block::PinMap { set: (0, 1), ..Default::default() });
        block.enable(1);
        block.run(10);
        // One cycle of the jump, three of delay, one that sets the pin.
        assert_eq!(block.trace().iter().map(|&(cycle, _)| cycle).collect::<Vec<_>>(), [5], "{jmp}");
    }
}

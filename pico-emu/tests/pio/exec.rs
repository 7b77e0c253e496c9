//! Instructions from elsewhere than the instruction memory: `SMx_INSTR`, OUT EXEC and MOV EXEC (RP2040 datasheet,
//! section 3.5.7), restarting, the program counter, and what is reserved.

use pico_emu::rp2040::pio::ReservedInstruction;

use crate::block::{
    AUTOPULL, Block, CLKDIV, CTRL, EXECCTRL, INSTR, INSTR_MEM0, IRQ, OUT_RIGHT, SHIFTCTRL, TXF0, of, one, program,
    thresholds,
};

const EXEC_STALLED: u32 = 1 << 31;

#[test]
fn a_forced_instruction_leaves_the_program_counter_unless_it_jumps() {
    let mut block = Block::with(&program!("nop" "nop" "nop" "stop:" "jmp stop"));
    block.enable(1);
    block.run(2);
    block.force(0, one!("set x, 5"));
    assert_eq!((block.pc(0), block.x()), (2, 5));
    block.force(0, one!("jmp 0"));
    assert_eq!(block.pc(0), 0);
    block.run(1);
    assert_eq!(block.pc(0), 1);
}

#[test]
fn a_forced_instruction_gets_a_program_out_of_a_stall() {
    let mut block = Block::with(&program!("pull" "nop" "stop:" "jmp stop"));
    block.enable(1);
    block.run(20);
    assert_eq!(block.pc(0), 0);
    block.force(0, one!("jmp 1"));
    block.run(1);
    assert_eq!(block.pc(0), 2);
}

#[test]
fn a_forced_instruction_makes_its_side_set_and_the_stalled_one_makes_its_own_again() {
    let mut block = Block::with(&program!(".side_set 1" "pull side 1" "nop side 0"));
    block.enable(1);
    block.run(20);
    assert_eq!(block.pio.outputs().levels, 1);
    let side_0 = one!("nop");
    block.force(0, side_0);
    assert_eq!(block.pio.outputs().levels, 0);
    block.run(1);
    assert_eq!(block.pio.outputs().levels, 1);
}

#[test]
fn a_forced_instruction_ignores_the_clock_divider_and_its_own_delay() {
    let mut block = Block::with(&program!("nop" "nop" "stop:" "jmp stop"));
    block.write(of(0, CLKDIV), 1000 << 16);
    block.force(0, one!("set x, 5 [31]"));
    block.force(0, one!("set y, 6"));
    assert_eq!((block.x(), block.y()), (5, 6));
}

#[test]
fn a_delay_of_the_program_goes_on_behind_a_forced_instruction() {
    let mut block = Block::with(&program!("nop [5]" "irq 0" "stop:" "jmp stop"));
    block.enable(1);
    block.run(3);
    block.force(0, one!("set x, 5"));
    block.run(3);
    assert_eq!(block.read(IRQ), 0);
    block.run(1);
    assert_eq!(block.read(IRQ), 1);
}

#[test]
fn a_stalled_forced_instruction_is_latched_and_completes_also_while_disabled() {
    let mut block = Block::default();
    block.force(0, one!("pull"));
    assert_eq!(block.read(of(0, EXECCTRL)) & EXEC_STALLED, EXEC_STALLED);
    block.run(10);
    block.write(TXF0, 4);
    block.run(1);
    assert_eq!((block.read(of(0, EXECCTRL)) & EXEC_STALLED, block.osr()), (0, 4));
}

#[test]
fn a_stalled_forced_instruction_holds_the_program_up() {
    let mut block = Block::with(&program!("nop" "nop" "stop:" "jmp stop"));
    block.force(0, one!("pull"));
    block.enable(1);
    block.run(10);
    assert_eq!(block.pc(0), 0);
    block.write(TXF0, 4);
    block.run(2);
    assert_eq!(block.pc(0), 1);
}

#[test]
fn another_forced_instruction_or_a_restart_ends_a_stalled_one() {
    for way in [(of(0, INSTR), u32::from(one!("nop"))), (CTRL, 1 << 4)] {
        let mut block = Block::default();
        block.force(0, one!("pull"));
        block.write(way.0, way.1);
        block.run(1);
        assert_eq!(block.read(of(0, EXECCTRL)) & EXEC_STALLED, 0);
    }
}

#[test]
fn an_autopulling_machine_that_is_off_is_given_x_and_y() {
    // As drivers do it: a word into the FIFO, then OUT, and again.
    let mut block = Block::default();
    block.write(of(0, SHIFTCTRL), AUTOPULL);
    for (word, out) in [(0x1234, one!("out x, 32")), (0x5678, one!("out y, 32"))] {
        block.write(TXF0, word);
        block.write(of(0, INSTR), out.into());
        block.run(2);
    }
    assert_eq!((block.x(), block.y()), (0x1234, 0x5678));
}

#[test]
fn out_exec_executes_in_the_next_cycle_without_its_own_delay() {
    let mut block = Block::with(&program!("out exec, 16 [9]" "irq 7" "stop:" "jmp stop"));
    block.write(TXF0, one!("irq 2 [1]").into());
    block.force(0, one!("pull"));
    block.enable(1);
    let mut found = Vec::new();
    while block.pc(0) != 2 {
        block.run(1);
        found.push(block.read(IRQ));
    }
    assert_eq!(found, [0, 4, 4, 0x84]);
}

#[test]
fn an_executee_may_jump() {
    let mut block = Block::with(&program!("out exec, 16" "nop" "nop" "stop:" "jmp stop"));
    block.write(TXF0, one!("jmp 3").into());
    block.force(0, one!("pull"));
    block.enable(1);
    block.run(2);
    assert_eq!(block.pc(0), 3);
}

#[test]
fn an_executee_may_be_another_out_exec() {
    let mut block = Block::with(&program!("out exec, 16" "stop:" "jmp stop"));
    block.write(TXF0, u32::from(one!("out exec, 16")) | u32::from(one!("irq 3")) << 16);
    block.force(0, one!("pull"));
    block.enable(1);
    // The low half is an OUT EXEC again, which hands over the high half.
    block.run(2);
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 0));
    block.run(1);
    assert_eq!((block.pc(0), block.read(IRQ)), (1, 8));
}

#[test]
fn an_executee_that_stalls_is_kept_until_it_completes() {
    let mut block = Block::with(&program!("out exec, 16" "stop:" "jmp stop"));
    block.write(TXF0, one!("pull").into());
    block.force(0, one!("pull"));
    block.enable(1);
    block.run(20);
    assert_eq!(block.read(of(0, EXECCTRL)) & EXEC_STALLED, 0, "it was not written to SM0_INSTR");
    block.write(TXF0, 99);
    block.run(1);
    assert_eq!(block.osr(), 99);
}

#[test]
fn restart_clears_counters_isr_delay_and_waiting_but_not_pc_osr_x_and_y() {
    let mut block = Block::with(&program!("irq wait 0" "stop:" "jmp stop"));
    block.write(of(0, SHIFTCTRL), OUT_RIGHT | thresholds(32, 4));
    block.write(TXF0, 0xffff);
    for instruction in [one!("pull"), one!("set x, 1"), one!("set y, 2"), one!("in x, 8")] {
        block.force(0, instruction);
    }
    block.enable(1);
    block.run(5);
    block.write(IRQ, 1);
    block.write(CTRL, 1 << 4);
    assert_eq!((block.pc(0), block.osr(), block.x(), block.y(), block.isr()), (0, 0xffff, 1, 2, 0));
    block.force(0, one!("push iffull"));
    assert!(!block.pio.is_rx_ready(0), "the input shift count is zero");
    block.force(0, one!("jmp !osre, 9"));
    assert_eq!(block.pc(0), 0, "the output shift count is 32");
    block.enable(1);
    block.run(1);
    assert_eq!(block.read(IRQ), 1, "it waits anew");
}

#[test]
fn restart_ends_a_delay() {
    let mut block = Block::with(&program!("nop [31]" "irq 5" "stop:" "jmp stop"));
    block.enable(1);
    block.run(2);
    block.write(CTRL, 1 << 4 | 1);
    block.run(1);
    assert_eq!(block.read(IRQ), 1 << 5, "the next instruction comes at once");
}

#[test]
fn wrap_goes_from_top_to_bottom_unless_a_jump_is_taken() {
    let mut block = Block::with(&program!("nop" ".wrap_target" "nop" "jmp !x, 4" ".wrap" "nop" "stop:" "jmp stop"));
    block.force(0, one!("set x, 1"));
    block.enable(1);
    let mut path = Vec::new();
    for _ in 0..5 {
        block.run(1);
        path.push(block.pc(0));
    }
    assert_eq!(path, [1, 2, 1, 2, 1]);
    block.force(0, one!("set x, 0"));
    block.run(2);
    assert_eq!(block.pc(0), 4);
}

#[test]
fn the_program_counter_goes_from_31_to_0() {
    let mut block = Block::default();
    for address in 0..32 {
        block.write(INSTR_MEM0 + 4 * address, one!("nop").into());
    }
    // The wrap is elsewhere.
    block.write(of(0, EXECCTRL), 5 << 12 | 5 << 7);
    block.force(0, one!("jmp 31"));
    block.enable(1);
    block.run(1);
    assert_eq!(block.pc(0), 0);
}

#[test]
fn what_is_reserved_ends_the_run_when_it_is_executed_and_only_then() {
    for (instruction, what) in [
        (0x2060, "WAIT source 3"),
        (0x20c8, "WAIT for a flag of another block"),
        (0x4080, "IN source 4"),
        (0x40a0, "IN source 5"),
        (0x8010, "MOV to RX of the RP2350"),
        (0x8090, "MOV from RX of the RP2350"),
        (0xa060, "MOV destination 3"),
        (0xa004, "MOV source 4"),
        (0xa018, "MOV operation 3"),
        (0xc080, "IRQ with bit 7"),
        (0xc008, "IRQ of another block"),
        (0xe060, "SET destination 3"),
        (0xe0a0, "SET destination 5"),
        (0xe0c0, "SET destination 6"),
        (0xe0e0, "SET destination 7"),
    ] {
        let mut block = Block::with(&program!("nop" "nop"));
        block.write(INSTR_MEM0 + 4, instruction.into());
        block.enable(1);
        let reserved = |cycle| Err(ReservedInstruction { machine: 0, pc: 1, instruction, cycle });
        assert_eq!(block.pio.run(10, &mut block.wires), reserved(1), "{what}");
        // It does not get over it by itself.
        assert_eq!(block.pio.run(10, &mut block.wires), reserved(2), "{what}");
        block.write(INSTR_MEM0 + 4, one!("irq 1").into());
        block.run(1);
        assert_eq!(block.read(IRQ), 2, "{what}");
    }
}

#[test]
fn what_is_reserved_says_who_where_and_what() {
    let mut block = Block::default();
    block.write(of(2, INSTR), 0xa060);
    let error = block.pio.run(10, &mut block.wires).unwrap_err();
    assert_eq!(
        error.to_string(),
        "state machine 2 of a PIO block, program counter 0: the instruction 0xa060 in cycle 0 is reserved on the RP2040"
    );
}

#[test]
fn the_instruction_at_the_program_counter_can_be_read() {
    let mut block = Block::with(&program!("nop" "set x, 9"));
    assert_eq!(block.read(of(0, INSTR)), one!("nop").into());
    block.force(0, one!("jmp 1"));
    assert_eq!(block.read(of(0, INSTR)), one!("set x, 9").into());
}

//! Stack frames, stacks, and the way back.

use pico_emu::cpu::{Flags, Register, Stop};

use super::{ISPR, NMI, STACK, SV_CALL, VTOR, enter, machine};
use crate::code::{COUNT, NOP, RETURN, SVC};
use crate::machine::{Machine, RAM, handler};

/// Sets the registers of a frame to the numbers 10 to 15.
fn fill(machine: &mut Machine) {
    let frame = [Register::R0, Register::R1, Register::R2, Register::R3, Register::R12, Register::Lr];
    for (register, value) in frame.into_iter().zip(10..) {
        machine.write(register, value);
    }
}

#[test]
fn an_exception_pushes_eight_words() {
    let mut machine = machine(&[NOP, SVC]);
    machine.steps(1);
    fill(&mut machine);
    machine.cpu.registers_mut().set_flags(Flags::from_apsr(0xa000_0000));
    assert_eq!(enter(&mut machine), SV_CALL);
    let frame: Vec<u32> = (0..8).map(|word| machine.word(STACK - 32 + 4 * word)).collect();
    assert_eq!(frame, [10, 11, 12, 13, 14, 15, RAM + 4, 0xa100_0000]);
    assert_eq!(machine.read(Register::Sp), STACK - 32);
}

#[test]
fn the_handler_begins_at_its_vector_with_exc_return_in_the_link_register() {
    let mut machine = machine(&[SVC]);
    assert_eq!(enter(&mut machine), SV_CALL);
    assert_eq!(machine.pc(), handler(SV_CALL));
    assert_eq!(machine.read(Register::Lr), 0xffff_fff9);
}

#[test]
fn a_return_restores_what_was_pushed() {
    let mut machine = machine(&[SVC]);
    // movs r0, #0; movs r1, #0; bx lr
    machine.set_handler(SV_CALL, &[0x2000, 0x2100, RETURN]);
    fill(&mut machine);
    machine.cpu.registers_mut().set_flags(Flags::from_apsr(0x9000_0000));
    let mut before = machine.cpu.registers().clone();
    enter(&mut machine);
    machine.steps(3);
    before.write(Register::Pc, RAM + 2);
    assert_eq!(machine.cpu.registers(), &before);
}

#[test]
fn the_frame_is_aligned_to_eight_bytes_and_the_stack_pointer_restored() {
    let mut machine = machine(&[SVC]);
    machine.set_handler(SV_CALL, &[RETURN]);
    for (before, frame, xpsr) in [(STACK - 12, STACK - 48, 0x0100_0200), (STACK - 8, STACK - 40, 0x0100_0000)] {
        machine.write(Register::Pc, RAM);
        machine.write(Register::Sp, before);
        enter(&mut machine);
        assert_eq!(machine.read(Register::Sp), frame);
        assert_eq!(machine.word(frame + 28), xpsr, "xPSR with bit 9 where it was moved");
        machine.steps(1);
        assert_eq!(machine.read(Register::Sp), before);
    }
}

/// Has Thread mode use the process stack.
fn use_process_stack(machine: &mut Machine, psp: u32) {
    machine.cpu.registers_mut().set_psp(psp);
    machine.write(Register::R0, 2);
    // msr control, r0
    let place = RAM + 0x100;
    machine.chip.ram.write(0x100, &[0x80, 0xf3, 0x14, 0x88]);
    machine.write(Register::Pc, place);
    machine.steps(1);
    machine.write(Register::Pc, RAM);
}

#[test]
fn thread_mode_gets_its_process_stack_back() {
    let mut machine = machine(&[SVC]);
    machine.set_handler(SV_CALL, &[RETURN]);
    use_process_stack(&mut machine, RAM + 0x8000);
    assert_eq!(machine.read(Register::Sp), RAM + 0x8000);
    enter(&mut machine);
    assert_eq!(machine.read(Register::Lr), 0xffff_fffd);
    assert_eq!(machine.cpu.registers().psp(), RAM + 0x8000 - 32);
    assert_eq!(machine.read(Register::Sp), STACK, "handlers use the main stack");
    assert_eq!(machine.cpu.registers().control(), 0, "and CONTROL says so");
    machine.steps(1);
    assert_eq!(machine.read(Register::Sp), RAM + 0x8000);
    assert_eq!(machine.cpu.registers().control(), 2);
}

#[test]
fn a_handler_cannot_select_the_process_stack() {
    let mut machine = machine(&[SVC]);
    // movs r0, #2; msr control, r0
    machine.set_handler(SV_CALL, &[0x2002, 0xf380, 0x8814]);
    enter(&mut machine);
    machine.steps(2);
    assert_eq!(machine.cpu.registers().control(), 0);
}

#[test]
fn a_nested_handler_returns_to_a_handler() {
    let mut machine = machine(&[SVC]);
    machine.set_handler(SV_CALL, &[NOP, COUNT, RETURN]);
    machine.set_handler(NMI, &[RETURN]);
    enter(&mut machine);
    machine.chip.nmi = true;
    assert_eq!(enter(&mut machine), NMI);
    assert_eq!(machine.read(Register::Lr), 0xffff_fff1);
    machine.chip.nmi = false;
    machine.steps(1);
    assert_eq!((machine.ipsr(), machine.pc()), (SV_CALL, handler(SV_CALL)));
    machine.steps(3);
    assert_eq!((machine.ipsr(), machine.pc(), machine.read(Register::R2)), (0, RAM + 2, 0));
}

#[test]
fn a_pop_of_the_program_counter_returns_too() {
    let mut machine = machine(&[SVC]);
    // push {lr}; pop {pc}
    machine.set_handler(SV_CALL, &[0xb500, 0xbd00]);
    enter(&mut machine);
    machine.steps(2);
    assert_eq!((machine.ipsr(), machine.pc(), machine.read(Register::Sp)), (0, RAM + 2, STACK));
}

#[test]
fn the_vector_table_can_be_moved() {
    let mut machine = machine(&[SVC]);
    machine.store(VTOR, RAM + 0x17f);
    machine.set_word(RAM + 0x100 + 4 * u32::from(SV_CALL), (RAM + 0x200) | 1);
    assert_eq!(machine.load(VTOR), RAM + 0x100, "it is aligned to 256 bytes");
    enter(&mut machine);
    assert_eq!(machine.pc(), RAM + 0x200);
}

#[test]
fn a_reset_takes_stack_and_entry_from_address_zero() {
    let mut machine = machine(&[NOP]);
    machine.store(VTOR, RAM);
    machine.store(ISPR, 1);
    machine.chip.rom.write(0, &0x2000_8003_u32.to_le_bytes());
    machine.chip.rom.write(4, &0x0000_0201_u32.to_le_bytes());
    let cycle = machine.cpu.cycle();
    machine.cpu.reset(&mut machine.chip);
    assert_eq!((machine.read(Register::Sp), machine.pc(), machine.ipsr()), (0x2000_8000, 0x200, 0));
    assert_eq!(machine.cpu.cycle(), cycle, "cycles are counted on");
    assert_eq!((machine.load(VTOR), machine.load(ISPR)), (0, 0));
}

#[test]
fn a_breakpoint_waits_for_what_is_to_become_of_it() {
    let mut machine = machine(&[crate::code::BKPT_5, NOP]);
    assert_eq!(machine.run(100), Stop::Breakpoint { imm: 5 });
    assert_eq!(machine.run(100), Stop::Breakpoint { imm: 5 });
    assert_eq!(machine.pc(), RAM);
    let mut faulted = machine.clone();
    machine.cpu.skip_breakpoint();
    machine.steps(1);
    assert_eq!(machine.pc(), RAM + 4);
    faulted.cpu.fault_at_breakpoint();
    assert_eq!(enter(&mut faulted), super::HARD_FAULT);
    assert_eq!(faulted.word(STACK - 32 + 24), RAM, "the address of the instruction");
}

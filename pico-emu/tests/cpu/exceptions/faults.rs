//! What is a fault, what a lockup, and what stops the emulator.

use pico_emu::bus::{BusFaultKind, Operation, Width};
use pico_emu::cpu::{Register, Stop};

use super::{HARD_FAULT, INTERRUPT_0, ISPR, NMI, STACK, SV_CALL, enter, machine};
use crate::code::{BX_R0, LOAD, NOP, RETURN, STORE, SVC, UDF};
use crate::machine::{ALIAS, HOLE, Machine, RAM, STAY, TIMER, UNKNOWN};

/// The instruction at the beginning of RAM is a `HardFault`, with this return address.
fn faults(machine: &mut Machine, return_address: u32) {
    assert_eq!(enter(machine), HARD_FAULT);
    assert_eq!(machine.word(machine.read(Register::Sp) + 24), return_address);
}

#[test]
fn undefined_instructions_fault() {
    faults(&mut machine(&[UDF]), RAM);
    faults(&mut machine(&[0xf7f0, 0xa000]), RAM);
    faults(&mut machine(&[NOP, 0xb100]), RAM + 2);
}

#[test]
fn an_access_that_the_chip_refuses_faults() {
    for instruction in [LOAD, STORE] {
        let mut machine = machine(&[NOP, instruction]);
        machine.write(Register::R0, HOLE);
        faults(&mut machine, RAM + 2);
    }
}

#[test]
fn a_load_that_faults_leaves_its_register() {
    // ldr r0, [r0]
    let mut machine = machine(&[0x6800]);
    machine.write(Register::R0, HOLE);
    faults(&mut machine, RAM);
    assert_eq!(machine.word(STACK - 32), HOLE);
}

#[test]
fn a_list_that_faults_half_way_leaves_its_base() {
    // ldm r1!, {r0, r2}; ldm r1, {r0, r1, r2}; stm r1!, {r0, r2}
    for instruction in [0xc905, 0xc907, 0xc105] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R1, STACK - 4);
        machine.write(Register::Sp, RAM + 0x1000);
        faults(&mut machine, RAM);
        assert_eq!(machine.read(Register::R1), STACK - 4, "{instruction:04x}");
    }
    // pop {r0, r2}
    let mut machine = machine(&[0xbc05]);
    machine.write(Register::Sp, STACK - 4);
    faults(&mut machine, RAM);
    assert_eq!(machine.read(Register::Sp), STACK - 40, "a frame below it, aligned");
}

#[test]
fn what_lies_in_a_region_for_devices_cannot_be_executed() {
    for address in [TIMER, 0xa000_0000, 0xd000_0000, 0xe000_e100] {
        let mut machine = machine(&[BX_R0]);
        machine.write(Register::R0, address | 1);
        faults(&mut machine, address);
    }
}

#[test]
fn what_is_not_there_cannot_be_executed() {
    let mut machine = machine(&[BX_R0]);
    machine.write(Register::R0, HOLE | 1);
    faults(&mut machine, HOLE);
}

#[test]
fn code_that_runs_into_nothing_faults_there_and_not_before() {
    let mut machine = machine(&[BX_R0]);
    machine.chip.ram.write(0x3_fffe, &NOP.to_le_bytes());
    machine.write(Register::R0, 0x2003_ffff);
    machine.write(Register::Sp, RAM + 0x1000);
    machine.steps(2);
    assert_eq!(machine.pc(), 0x2004_0000);
    faults(&mut machine, 0x2004_0000);
}

#[test]
fn a_branch_without_the_thumb_bit_faults_at_its_target() {
    // bx r0; blx r0; pop {pc}
    for instruction in [BX_R0, 0x4780, 0xbd00] {
        let mut machine = machine(&[instruction]);
        machine.write(Register::R0, RAM + 0x100);
        machine.write(Register::Sp, RAM + 0x1000);
        machine.set_word(RAM + 0x1000, RAM + 0x100);
        faults(&mut machine, RAM + 0x100);
        let xpsr = machine.word(machine.read(Register::Sp) + 28);
        assert_eq!(xpsr & 1 << 24, 0, "EPSR.T is clear in the frame");
    }
}

#[test]
fn a_vector_without_the_thumb_bit_faults_at_the_handler() {
    let mut machine = machine(&[SVC]);
    machine.chip.rom.write(4 * u32::from(SV_CALL), &0x1000_u32.to_le_bytes());
    enter(&mut machine);
    faults(&mut machine, 0x1000);
}

#[test]
fn a_vector_that_cannot_be_read_faults() {
    let mut machine = machine(&[SVC]);
    machine.store(super::VTOR, HOLE);
    assert_eq!(machine.run(200), Stop::Lockup, "nor can that of the HardFault");
    assert_eq!(machine.pc(), 0xffff_fffe);
}

#[test]
fn a_frame_that_cannot_be_pushed_faults() {
    let mut machine = machine(&[SVC]);
    machine.write(Register::Sp, HOLE);
    assert_eq!(enter(&mut machine), HARD_FAULT);
}

#[test]
fn a_fault_in_a_fault_handler_is_a_lockup() {
    for handler in [[UDF], [SVC]] {
        let mut machine = machine(&[UDF]);
        machine.set_handler(HARD_FAULT, &handler);
        assert_eq!(machine.run(200), Stop::Lockup);
        assert_eq!(machine.run(300), Stop::Lockup, "and stays one");
        assert_eq!((machine.pc(), machine.ipsr()), (0xffff_fffe, HARD_FAULT));
    }
}

#[test]
fn a_fault_in_the_nmi_handler_is_a_lockup() {
    let mut machine = machine(&[NOP]);
    machine.set_handler(NMI, &[UDF]);
    machine.chip.nmi = true;
    assert_eq!(machine.run(200), Stop::Lockup);
}

#[test]
fn an_nmi_leaves_a_lockup_of_a_hard_fault() {
    let mut machine = machine(&[UDF]);
    machine.set_handler(HARD_FAULT, &[UDF]);
    assert_eq!(machine.run(200), Stop::Lockup);
    machine.chip.nmi = true;
    assert_eq!(enter(&mut machine), NMI);
    assert_eq!(machine.word(machine.read(Register::Sp) + 24), 0xffff_fffe);
}

#[test]
fn a_reset_without_vectors_is_a_lockup() {
    let mut machine = Machine::new(&[]);
    machine.chip.rom_len = 0;
    machine.cpu.reset(&mut machine.chip);
    assert_eq!(machine.run(100), Stop::Lockup);
}

#[test]
fn exc_return_that_does_not_fit_faults() {
    // To a handler that is not active, and reserved values.
    for value in [0xffff_fff1, 0xffff_fff0, 0xffff_ff09, 0xf000_0009] {
        let mut machine = machine(&[SVC]);
        machine.set_handler(SV_CALL, &[BX_R0]);
        enter(&mut machine);
        machine.write(Register::R0, value);
        faults(&mut machine, crate::machine::handler(SV_CALL));
    }
}

#[test]
fn exc_return_in_thread_mode_is_an_address() {
    let mut machine = machine(&[BX_R0]);
    machine.write(Register::R0, 0xffff_fff9);
    faults(&mut machine, 0xffff_fff8);
}

#[test]
fn a_frame_on_the_main_stack_that_cannot_be_popped_is_a_lockup() {
    let mut machine = machine(&[SVC]);
    machine.set_handler(SV_CALL, &[RETURN]);
    enter(&mut machine);
    machine.write(Register::Sp, HOLE);
    assert_eq!(machine.run(1000), Stop::Lockup);
}

#[test]
fn a_frame_on_the_process_stack_that_cannot_be_popped_is_a_hard_fault() {
    let mut machine = machine(&[SVC]);
    // movs r0, #2; mvns r0, r0 gives the EXC_RETURN for the process stack; bx r0
    machine.set_handler(SV_CALL, &[0x2002, 0x43c0, BX_R0]);
    enter(&mut machine);
    machine.cpu.registers_mut().set_psp(HOLE);
    assert_eq!(enter(&mut machine), HARD_FAULT);
    assert_eq!(machine.read(Register::Lr), 0xffff_fffd);
}

#[test]
fn what_is_not_modelled_stops_the_emulator() {
    let mut machine = machine(&[NOP, LOAD]);
    machine.write(Register::R0, UNKNOWN + 0x124);
    let stop = machine.run(100);
    let Stop::Fault(fault) = &stop else { panic!("{stop:?}") };
    assert_eq!(fault.bus.kind, BusFaultKind::NotModelled);
    assert_eq!((fault.bus.operation, fault.bus.address, fault.bus.width), (Operation::Read, 0x5000_0124, Width::Word));
    assert_eq!((fault.pc, machine.pc()), (RAM + 2, RAM + 2));
    assert_eq!(
        fault.to_string(),
        "at 0x20000002 (ldr r1, [r0, #0]): reading a word from 0x50000124 is not modelled by this emulator"
    );
    assert_eq!(machine.run(100), stop, "again and again");
}

#[test]
fn a_stack_that_is_not_modelled_stops_the_emulator() {
    let mut machine = machine(&[SVC]);
    machine.write(Register::Sp, UNKNOWN + 0x100);
    let stop = machine.run(100);
    let Stop::Fault(fault) = &stop else { panic!("{stop:?}") };
    assert_eq!((fault.bus.operation, fault.bus.address, fault.pc), (Operation::Write, UNKNOWN + 0xe0, RAM + 2));
    assert_eq!(machine.run(100), stop, "again and again");
    machine.cpu.start(0, STACK, RAM | 1);
    assert_eq!(enter(&mut machine), SV_CALL, "until a reset");
}

#[test]
fn code_that_is_not_modelled_stops_the_emulator() {
    let mut machine = machine(&[BX_R0]);
    machine.write(Register::R0, ALIAS | 1);
    let stop = machine.run(100);
    let Stop::Fault(fault) = &stop else { panic!("{stop:?}") };
    assert_eq!((fault.bus.operation, fault.bus.address, fault.instruction), (Operation::Fetch, ALIAS, None));
    assert_eq!(fault.to_string(), "at 0x21000000: executing a halfword at 0x21000000 is not modelled by this emulator");
}

#[test]
fn unprivileged_code_cannot_reach_system_registers() {
    // movs r2, #1; msr control, r2; ldr r1, [r0]
    let mut machine = machine(&[0x2201, 0xf382, 0x8814, LOAD, STAY]);
    machine.write(Register::R0, super::VTOR);
    machine.steps(2);
    assert_eq!(machine.cpu.registers().control(), 1);
    faults(&mut machine, RAM + 6);
    assert_eq!(machine.load(super::VTOR), 0, "a handler can");
}

#[test]
fn unprivileged_code_cannot_change_what_is_privileged() {
    // movs r2, #1; msr control, r2; movs r2, #0; msr control, r2; msr primask, r0; cpsid i; msr msp, r0; mrs r3, msp
    let mut machine = machine(&[
        0x2201, 0xf382, 0x8814, 0x2200, 0xf382, 0x8814, 0xf380, 0x8810, 0xb672, 0xf380, 0x8808, 0xf3ef, 0x8308,
    ]);
    machine.write(Register::R0, 0x2000_0001);
    machine.write(Register::R3, 5);
    machine.steps(8);
    assert_eq!(machine.cpu.registers().control(), 1);
    assert!(!machine.cpu.registers().primask());
    assert_eq!((machine.read(Register::Sp), machine.read(Register::R3)), (STACK, 0));
}

#[test]
fn a_pending_interrupt_goes_before_the_next_instruction() {
    let mut machine = machine(&[UDF]);
    machine.store(super::ICER, 1);
    machine.store(ISPR, 1);
    machine.store(super::ISER, 1);
    assert_eq!(enter(&mut machine), INTERRUPT_0);
    assert_eq!(machine.word(STACK - 32 + 24), RAM, "the undefined one is still to come");
}

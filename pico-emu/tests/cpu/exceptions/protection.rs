//! The memory protection unit (DDI 0419, B3.5).

use pico_emu::cpu::{Register, Stop};
use proptest::prelude::*;

use super::{HARD_FAULT, INTERRUPT_0, NMI, STACK, SV_CALL, enter, machine};
use crate::code::{BX_R0, LOAD, NOP, RETURN, STORE, SVC, UDF};
use crate::machine::{Machine, PORT, RAM, SLOW, STAY, handler};

const CTRL: u32 = 0xe000_ed94;
const RNR: u32 = 0xe000_ed98;
const RBAR: u32 = 0xe000_ed9c;
const RASR: u32 = 0xe000_eda0;

/// The bits of `MPU_CTRL`; the first is that of `MPU_RASR` too.
const ENABLE: u32 = 1;
const HFNMIENA: u32 = 2;
const PRIVDEFENA: u32 = 4;
/// On, for a few regions in what privileged code may reach anyway.
const IN_BACKGROUND: u32 = ENABLE | PRIVDEFENA;

/// Access permissions as `MPU_RASR` has them, and its other fields.
const NO_ACCESS: u32 = 0;
const PRIVILEGED: u32 = 1 << 24;
const FULL_ACCESS: u32 = 3 << 24;
const READ_ONLY: u32 = 6 << 24;
const EXECUTE_NEVER: u32 = 1 << 28;
const BYTES_256: u32 = 7 << 1;
const KIB_4: u32 = 11 << 1;
const GIB_4: u32 = 31 << 1;

/// What the tests protect.
const PLACE: u32 = RAM + 0x1_0000;

/// `msr control, r2`
const MSR_CONTROL: [u16; 2] = [0xf382, 0x8814];

/// What code may do with an address: read, write, execute.
type Rights = [bool; 3];
const ALL: Rights = [true; 3];
const DATA: Rights = [true, true, false];
const READ: Rights = [true, false, false];
const NOTHING: Rights = [false; 3];

/// Switches the unit on with these regions, each a base address and attributes.
fn protect(machine: &mut Machine, control: u32, regions: &[(u32, u32)]) {
    for (number, (base, attributes)) in (0..).zip(regions) {
        machine.store(RNR, number);
        machine.store(RBAR, base & !0x1f);
        machine.store(RASR, attributes | ENABLE);
    }
    machine.store(CTRL, control);
}

/// A machine with these regions.
fn protected(control: u32, regions: &[(u32, u32)]) -> Machine {
    let mut machine = machine(&[NOP]);
    protect(&mut machine, control, regions);
    machine
}

/// What code in ROM may do with an address in RAM, in Thread mode.
fn rights(machine: &Machine, privileged: bool, address: u32) -> Rights {
    const PROBE: u32 = 0x3_0000;
    [LOAD, STORE, BX_R0].map(|instruction| {
        let mut machine = machine.clone();
        let code = [MSR_CONTROL[0], MSR_CONTROL[1], instruction, STAY];
        machine.chip.rom.write(PROBE, &code.map(u16::to_le_bytes).concat());
        machine.chip.ram.write(address - RAM, &STAY.to_le_bytes());
        machine.write(Register::R0, if instruction == BX_R0 { address | 1 } else { address });
        machine.write(Register::R2, u32::from(!privileged));
        machine.write(Register::Pc, PROBE);
        // To the fetch at the address, and two steps to enter the handler of a fault.
        machine.steps(5);
        machine.ipsr() != HARD_FAULT
    })
}

fn both(machine: &Machine, address: u32) -> [Rights; 2] {
    [true, false].map(|privileged| rights(machine, privileged, address))
}

#[test]
fn a_region_has_the_rights_that_its_attributes_say() {
    let executable = [true, false, true];
    for (permission, privileged, unprivileged) in [
        (0, NOTHING, NOTHING),
        (1, ALL, NOTHING),
        (2, ALL, executable),
        (3, ALL, ALL),
        (4, NOTHING, NOTHING),
        (5, executable, NOTHING),
        (6, executable, executable),
        (7, executable, executable),
    ] {
        let attributes = permission << 24 | BYTES_256;
        let machine = protected(ENABLE, &[(0, FULL_ACCESS | GIB_4), (PLACE, attributes)]);
        assert_eq!(both(&machine, PLACE), [privileged, unprivileged], "{permission}");
        let machine = protected(ENABLE, &[(0, FULL_ACCESS | GIB_4), (PLACE, attributes | EXECUTE_NEVER)]);
        let data = [privileged, unprivileged].map(|[read, write, _]| [read, write, false]);
        assert_eq!(both(&machine, PLACE), data, "{permission}");
    }
}

#[test]
fn what_is_in_no_region_is_for_privileged_code_if_at_all() {
    let rom = (0, READ_ONLY | 17 << 1);
    assert_eq!(both(&protected(ENABLE, &[rom]), PLACE), [NOTHING, NOTHING]);
    assert_eq!(both(&protected(IN_BACKGROUND, &[rom]), PLACE), [ALL, NOTHING]);
}

#[test]
fn without_the_unit_regions_do_nothing() {
    let mut machine = protected(ENABLE, &[(0, GIB_4)]);
    machine.cpu.start(0, STACK, RAM | 1);
    assert_eq!(both(&machine, PLACE), [ALL, ALL], "it is off after a reset");
    protect(&mut machine, IN_BACKGROUND, &[(PLACE, BYTES_256)]);
    assert_eq!(rights(&machine, true, PLACE), NOTHING);
    machine.store(CTRL, PRIVDEFENA);
    assert_eq!(both(&machine, PLACE), [ALL, ALL]);
    assert_eq!(machine.load(CTRL), PRIVDEFENA);
}

#[test]
fn a_region_reaches_from_a_multiple_of_its_size_to_the_next() {
    // The smallest size there is, a reserved one that counts as that, and a larger one whose base is in its middle.
    for (base, attributes, len) in [(PLACE, BYTES_256, 0x100), (PLACE, 3 << 1, 0x100), (PLACE + 0x300, KIB_4, 0x1000)] {
        let machine = protected(IN_BACKGROUND, &[(base, attributes)]);
        for (address, expected) in [(PLACE - 4, ALL), (PLACE, NOTHING), (PLACE + len - 4, NOTHING), (PLACE + len, ALL)]
        {
            assert_eq!(rights(&machine, true, address), expected, "{len:#x}, {address:08x}");
        }
    }
}

#[test]
fn an_eighth_of_a_region_can_be_left_out() {
    // As a stack guard of 32 bytes is made.
    let machine = protected(IN_BACKGROUND, &[(PLACE, EXECUTE_NEVER | 0xfb << 8 | BYTES_256)]);
    for (address, expected) in
        [(PLACE + 0x3c, ALL), (PLACE + 0x40, NOTHING), (PLACE + 0x5c, NOTHING), (PLACE + 0x60, ALL)]
    {
        assert_eq!(rights(&machine, true, address), expected, "{address:08x}");
    }
    let machine = protected(IN_BACKGROUND, &[(PLACE, 0xff << 8 | BYTES_256)]);
    assert_eq!(rights(&machine, true, PLACE), ALL, "all of them can");
}

#[test]
fn where_regions_overlap_the_highest_number_decides() {
    let below = (PLACE, FULL_ACCESS | EXECUTE_NEVER | KIB_4);
    let above = (PLACE, READ_ONLY | EXECUTE_NEVER | 0xfe << 8 | BYTES_256);
    let machine = protected(IN_BACKGROUND, &[below, above]);
    assert_eq!(rights(&machine, true, PLACE), READ);
    assert_eq!(rights(&machine, true, PLACE + 0x20), DATA, "a part that is left out shows what is below");
    let machine = protected(IN_BACKGROUND, &[above, below]);
    assert_eq!(rights(&machine, true, PLACE), DATA);
}

#[test]
fn devices_are_protected_and_system_registers_are_not() {
    let mut machine = protected(ENABLE, &[(0, FULL_ACCESS | 29 << 1), (RAM, FULL_ACCESS | 28 << 1)]);
    assert_eq!(machine.load(RNR), 1);
    for device in [SLOW, PORT] {
        let mut machine = machine.clone();
        machine.chip.ram.write(0, &[LOAD, STAY].map(u16::to_le_bytes).concat());
        machine.write(Register::R0, device);
        assert_eq!(enter(&mut machine), HARD_FAULT, "{device:08x}");
    }
    protect(&mut machine, IN_BACKGROUND, &[(0, READ_ONLY | GIB_4)]);
    machine.store(RNR, 5);
    assert_eq!(machine.load(RNR), 5);
}

#[test]
fn an_access_that_is_forbidden_faults_where_it_is() {
    // str r3, [r2]; ldm r1!, {r0, r2}; stm r1!, {r0, r2}
    for instruction in [0x6013, 0xc905, 0xc105] {
        let mut machine = machine(&[NOP, instruction, STAY]);
        protect(&mut machine, IN_BACKGROUND, &[(PLACE, BYTES_256)]);
        machine.write(Register::R0, 5);
        machine.write(Register::R1, PLACE - 4);
        machine.write(Register::R2, PLACE);
        assert_eq!(enter(&mut machine), HARD_FAULT);
        assert_eq!(machine.word(machine.read(Register::Sp) + 24), RAM + 2);
        assert_eq!(machine.read(Register::R1), PLACE - 4, "{instruction:04x}: the base is as before");
        assert_eq!(machine.word(PLACE), 0);
    }
}

#[test]
fn handlers_of_faults_are_free_of_the_unit_unless_they_want_it() {
    for (number, instruction) in [(HARD_FAULT, UDF), (NMI, NOP)] {
        for (control, end) in [(IN_BACKGROUND, PLACE), (IN_BACKGROUND | HFNMIENA, 0xffff_fffe)] {
            let mut machine = machine(&[instruction, STAY]);
            // str r1, [r2]; bx r0
            machine.set_handler(number, &[0x6011, BX_R0]);
            protect(&mut machine, control, &[(PLACE, BYTES_256)]);
            machine.chip.nmi = number == NMI;
            machine.write(Register::R0, PLACE | 1);
            machine.write(Register::R1, u32::from(STAY));
            machine.write(Register::R2, PLACE);
            machine.run(1000);
            assert_eq!(machine.pc(), end, "{number}, {control}");
        }
    }
}

#[test]
fn other_handlers_are_privileged_and_protected() {
    let mut machine = machine(&[MSR_CONTROL[0], MSR_CONTROL[1], SVC, STAY]);
    machine.set_handler(SV_CALL, &[LOAD, STORE, STAY]);
    protect(&mut machine, ENABLE, &[(0, FULL_ACCESS | GIB_4), (PLACE, 5 << 24 | BYTES_256)]);
    machine.write(Register::R0, PLACE);
    machine.write(Register::R2, 1);
    assert_eq!(enter(&mut machine), SV_CALL);
    machine.steps(1);
    assert_eq!(enter(&mut machine), HARD_FAULT);
    assert_eq!(machine.word(machine.read(Register::Sp) + 24), handler(SV_CALL) + 2, "it may read and not write");
}

#[test]
fn a_stack_that_runs_into_its_guard_is_a_hard_fault() {
    let mut machine = machine(&[SVC]);
    protect(&mut machine, IN_BACKGROUND, &[(PLACE, EXECUTE_NEVER | NO_ACCESS | BYTES_256)]);
    machine.write(Register::Sp, PLACE + 0x110);
    assert_eq!(enter(&mut machine), HARD_FAULT);
    assert_eq!(machine.read(Register::Sp), PLACE + 0xf0);
    assert_eq!(machine.word(PLACE + 0xf0), 0, "what lies in the guard is as before");
}

#[test]
fn a_frame_is_pushed_and_popped_with_the_rights_of_what_is_interrupted() {
    // msr control, r2: unprivileged, on the process stack
    let run = |permission: u32| {
        let mut machine = machine(&[MSR_CONTROL[0], MSR_CONTROL[1], NOP, NOP, STAY]);
        machine.set_handler(INTERRUPT_0, &[RETURN]);
        protect(&mut machine, ENABLE, &[(0, FULL_ACCESS | GIB_4), (PLACE, permission | BYTES_256)]);
        machine.cpu.registers_mut().set_psp(PLACE + 0x100);
        machine.write(Register::R2, 3);
        machine.steps(2);
        machine
    };
    let mut pushed = run(PRIVILEGED);
    pushed.chip.lines = 1;
    assert_eq!(enter(&mut pushed), HARD_FAULT, "an unprivileged program may not write there");

    let mut popped = run(FULL_ACCESS);
    popped.chip.lines = 1;
    assert_eq!(enter(&mut popped), INTERRUPT_0);
    popped.chip.lines = 0;
    popped.store(RASR, PRIVILEGED | BYTES_256 | ENABLE);
    assert_eq!(enter(&mut popped), HARD_FAULT, "nor read, although the handler may");
    assert_eq!(popped.read(Register::Lr), 0xffff_fffd);
}

#[test]
fn vectors_are_read_whatever_the_regions_say() {
    let mut machine = machine(&[SVC]);
    protect(&mut machine, IN_BACKGROUND, &[(0, BYTES_256)]);
    assert_eq!(enter(&mut machine), SV_CALL);
}

/// The code calls r3, does something, and calls r3 again.
const CALL_R3: u16 = 0x4798;

#[test]
fn code_that_was_executed_is_not_once_it_is_forbidden() {
    // blx r3; str r1, [r0]; blx r3
    let mut machine = machine(&[CALL_R3, STORE, CALL_R3, STAY]);
    machine.chip.ram.write(PLACE - RAM, &RETURN.to_le_bytes());
    protect(&mut machine, IN_BACKGROUND, &[(PLACE, READ_ONLY | BYTES_256)]);
    machine.write(Register::R0, RASR);
    machine.write(Register::R1, READ_ONLY | EXECUTE_NEVER | BYTES_256 | ENABLE);
    machine.write(Register::R3, PLACE | 1);
    machine.run(1000);
    assert_eq!(machine.ipsr(), HARD_FAULT);
    assert_eq!(machine.word(machine.read(Register::Sp) + 24), PLACE);
    assert_eq!(machine.word(machine.read(Register::Sp) + 20), RAM + 7, "by the second call");
}

#[test]
fn code_that_privileged_code_has_executed_stays_forbidden_for_other() {
    // blx r3; msr control, r2; blx r3
    let mut machine = machine(&[CALL_R3, MSR_CONTROL[0], MSR_CONTROL[1], CALL_R3, STAY]);
    machine.chip.ram.write(PLACE - RAM, &RETURN.to_le_bytes());
    protect(&mut machine, ENABLE, &[(0, FULL_ACCESS | GIB_4), (PLACE, PRIVILEGED | BYTES_256)]);
    machine.write(Register::R2, 1);
    machine.write(Register::R3, PLACE | 1);
    machine.run(1000);
    assert_eq!(machine.ipsr(), HARD_FAULT);
    assert_eq!(machine.word(machine.read(Register::Sp) + 20), RAM + 9, "by the second call");
}

#[test]
fn a_handler_may_execute_again_what_was_forbidden_to_a_program() {
    let mut machine = machine(&[CALL_R3, STAY]);
    machine.chip.ram.write(PLACE - RAM, &STAY.to_le_bytes());
    machine.set_handler(HARD_FAULT, &[0x4718]);
    protect(&mut machine, IN_BACKGROUND, &[(PLACE, READ_ONLY | EXECUTE_NEVER | BYTES_256)]);
    machine.write(Register::R3, PLACE | 1);
    // bx r3 in the HardFault handler, to which the unit does not apply.
    assert_eq!(machine.run(1000), Stop::Deadline);
    assert_eq!((machine.pc(), machine.ipsr()), (PLACE, HARD_FAULT));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_regions_do_what_the_manual_says(
        control in 0..8_u32,
        regions in prop::collection::vec((0..8_u32, 6..18_u32, any::<u8>(), 0..8_u32, any::<bool>()), 7),
        offset in 0..0x200_u32,
        privileged in any::<bool>(),
    ) {
        let address = PLACE + 4 * offset;
        let mut machine = machine(&[NOP]);
        // The last region is for the code and the stack.
        let regions: Vec<(u32, u32)> = regions
            .iter()
            .map(|&(base, size, left_out, permission, never)| {
                let never = if never { EXECUTE_NEVER } else { 0 };
                (PLACE + 0x100 * base, never | permission << 24 | u32::from(left_out) << 8 | size << 1)
            })
            .chain([(0, FULL_ACCESS | 18 << 1)])
            .collect();
        protect(&mut machine, control, &regions);

        let region = regions.iter().rev().find(|&&(base, attributes)| {
            let len = 1_u64 << ((attributes >> 1 & 31).max(7) + 1);
            let base = u64::from(base) / len * len;
            let Some(offset) = u64::from(address).checked_sub(base) else { return false };
            offset < len && attributes >> 8 >> (offset * 8 / len) & 1 == 0
        });
        let expected = match region {
            _ if control & ENABLE == 0 => ALL,
            Some((_, attributes)) => {
                let level = |of: [u32; 8]| of[(attributes >> 24 & 7) as usize];
                // 2 for all code, 1 for privileged code.
                let needed = if privileged { 1 } else { 2 };
                let read = level([0, 1, 2, 2, 0, 1, 2, 2]) >= needed;
                let write = level([0, 1, 1, 2, 0, 0, 0, 0]) >= needed;
                [read, write, read && attributes & EXECUTE_NEVER == 0]
            }
            None if privileged && control & PRIVDEFENA != 0 => ALL,
            None => NOTHING,
        };
        prop_assert_eq!(rights(&machine, privileged, address), expected);
    }
}

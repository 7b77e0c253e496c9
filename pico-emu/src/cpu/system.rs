//! The instructions that concern more than registers and data: exceptions, special registers, hints (DDI 0419, A6.7 and
//! B4.2).

use super::core::Core;
use super::exception::{HARD_FAULT_PRIORITY, SV_CALL};
use super::{Flags, Instruction, Sleep, Stop};
use crate::bus::Bus;

/// MRS, MSR and the barriers (DDI 0484, table 3-1).
const SPECIAL_CYCLES: u64 = 3;
/// WFE and WFI, before they sleep.
const WAIT_CYCLES: u64 = 2;

/// Executes the instruction at the program counter.
///
/// # Errors
///
/// The reason to stop.
pub(super) fn execute<B: Bus>(core: &mut Core, bus: &mut B, instruction: Instruction) -> Result<(), Stop> {
    let cycles = match instruction {
        Instruction::Svc { .. } => {
            supervisor_call(core, &instruction);
            return Ok(());
        }
        Instruction::Bkpt { imm } => return Err(Stop::Breakpoint { imm }),
        Instruction::Cps { disable } => {
            if core.registers.privileged() {
                core.registers.primask = disable;
            }
            1
        }
        Instruction::Sev => {
            core.event = true;
            core.signals = None;
            bus.send_event(core.id);
            1
        }
        Instruction::Wfe => {
            if !std::mem::take(&mut core.event) {
                core.sleep = Some(Sleep::Event);
            }
            WAIT_CYCLES
        }
        Instruction::Wfi => {
            core.sleep = Some(Sleep::Interrupt);
            WAIT_CYCLES
        }
        Instruction::Mrs { d, sysm } => {
            let value = read_special(core, sysm);
            core.registers.write(d, value);
            SPECIAL_CYCLES
        }
        Instruction::Msr { n, sysm } => {
            write_special(core, sysm, core.registers.read(n));
            SPECIAL_CYCLES
        }
        Instruction::Barrier(_) => SPECIAL_CYCLES,
        _ => {
            core.fault();
            return Ok(());
        }
    };
    complete(core, &instruction, cycles);
    Ok(())
}

/// Goes on behind an instruction.
pub(super) fn complete(core: &mut Core, instruction: &Instruction, cycles: u64) {
    core.registers.pc = core.registers.pc.wrapping_add(instruction.size());
    core.cycle += cycles;
    core.instructions += 1;
}

/// An `SVC` that cannot be taken is a `HardFault`, which returns behind it all the same (B1.5.6); where that cannot be
/// taken either, the instruction counts as undefined.
fn supervisor_call(core: &mut Core, instruction: &Instruction) {
    if core.execution_priority() <= HARD_FAULT_PRIORITY {
        core.lock_up();
        return;
    }
    complete(core, instruction, 0);
    if core.priority_of(SV_CALL) < core.execution_priority() {
        core.pend(SV_CALL);
    } else {
        core.fault();
    }
}

/// `MRS`: what is not there, or not for unprivileged code, reads as zero.
fn read_special(core: &Core, sysm: u8) -> u32 {
    let registers = &core.registers;
    match sysm {
        0..=7 => {
            let apsr = if sysm & 4 == 0 { registers.flags.apsr() } else { 0 };
            let ipsr = if sysm & 1 == 0 { 0 } else { u32::from(registers.ipsr) };
            apsr | ipsr
        }
        20 => registers.control(),
        _ if !registers.privileged() => 0,
        8 => registers.msp(),
        9 => registers.psp(),
        16 => u32::from(registers.primask),
        _ => 0,
    }
}

/// `MSR`: what is not there, or not for unprivileged code, is not written.
fn write_special(core: &mut Core, sysm: u8, value: u32) {
    let registers = &mut core.registers;
    match sysm {
        0..=3 => registers.flags = Flags::from_apsr(value),
        _ if !registers.privileged() => {}
        8 => registers.set_msp(value),
        9 => registers.set_psp(value),
        16 => registers.primask = value & 1 != 0,
        20 => {
            if !registers.in_handler_mode() {
                registers.select_stack(value & 2 != 0);
            }
            registers.unprivileged_thread = value & 1 != 0;
        }
        _ => {}
    }
}

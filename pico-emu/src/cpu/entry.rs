//! Exception entry and return (DDI 0419, B1.5.6 to B1.5.12).
//!
//! An entry has two parts, so that an exception of higher priority that arrives during the first one gets in front: the
//! context is pushed, which takes [`STACKING_CYCLES`]; then, of all that is pending by that time, the vector is chosen.

use super::access::{self, AccessError};
use super::core::Core;
use super::exception::{self, HARD_FAULT, HARD_FAULT_PRIORITY};
use super::{Fault, Flags, Register, Sleep, Stop};
use crate::bus::Bus;

/// From the decision to take an exception to its handler's first instruction, without wait states (DDI 0484, 3.6.1),
/// and how it is divided.
const ENTRY_CYCLES: u64 = 15;
const VECTOR_CYCLES: u64 = 1;
const STACKING_CYCLES: u64 = ENTRY_CYCLES - VECTOR_CYCLES;

/// The words of a stack frame, and the cycles to read them back. That a return takes these cycles on top of those of
/// the instruction, and that a tail-chained entry is one without them, is this emulator's choice: DDI 0484 tells
/// neither.
const FRAME_WORDS: u32 = 8;
const RETURN_CYCLES: u64 = FRAME_WORDS as u64;
const TAIL_CHAIN_CYCLES: u64 = STACKING_CYCLES - FRAME_WORDS as u64;

const FRAME_LEN: u32 = FRAME_WORDS * 4;
/// What a frame holds from its lowest address on, before the return address and the xPSR.
const FRAME: [Register; 6] = [Register::R0, Register::R1, Register::R2, Register::R3, Register::R12, Register::Lr];
/// xPSR in a frame: the stack pointer was moved by a word to align it.
const REALIGNED: u32 = 1 << 9;
/// xPSR: EPSR.T.
const THUMB: u32 = 1 << 24;

/// `EXC_RETURN` to Handler mode, and to Thread mode with either stack.
const TO_HANDLER: u32 = 0xffff_fff1;
const TO_THREAD_MAIN: u32 = 0xffff_fff9;
const TO_THREAD_PROCESS: u32 = 0xffff_fffd;

/// Begins to take what is pending: pushes the context onto the stack in use.
///
/// # Errors
///
/// The reason to stop.
pub(super) fn begin<B: Bus>(core: &mut Core, bus: &mut B) -> Result<(), Stop> {
    let registers = &mut core.registers;
    let sp = registers.read(Register::Sp);
    let realigned = if sp & 4 == 0 { 0 } else { REALIGNED };
    let frame = sp.wrapping_sub(FRAME_LEN) & !7;
    let exc_return = match (registers.in_handler_mode(), registers.process_stack) {
        (true, _) => TO_HANDLER,
        (false, false) => TO_THREAD_MAIN,
        (false, true) => TO_THREAD_PROCESS,
    };
    registers.write(Register::Sp, frame);
    let (pc, xpsr) = (registers.pc, registers.xpsr());
    let pushed = push(core, bus, frame, pc, xpsr | realigned);
    core.cycle += STACKING_CYCLES;
    core.entering = Some(exc_return);
    derived(core, pushed)
}

fn push<B: Bus>(core: &mut Core, bus: &mut B, frame: u32, pc: u32, xpsr: u32) -> Result<(), AccessError> {
    let words = FRAME.map(|register| core.registers.read(register)).into_iter().chain([pc, xpsr]);
    for (offset, word) in (0..FRAME_LEN).step_by(4).zip(words) {
        access::store::<B, u32>(core, bus, frame.wrapping_add(offset), word, core.cycle)?;
    }
    Ok(())
}

/// Enters the handler of the pending exception that comes first by now.
///
/// # Errors
///
/// The reason to stop.
pub(super) fn finish<B: Bus>(core: &mut Core, bus: &mut B, exc_return: u32) -> Result<(), Stop> {
    core.entering = None;
    core.cycle += VECTOR_CYCLES;
    let Some(number) = core.preempting() else {
        // What was pending has been withdrawn from outside, which the architecture leaves open: back to where it was.
        return unstack(core, bus, exc_return);
    };
    let vector = core.vector_table.wrapping_add(4 * u32::from(number));
    let handler = match access::load_vector(core, bus, vector) {
        Ok(handler) => handler,
        Err(error) => {
            if core.priority_of(number) <= HARD_FAULT_PRIORITY {
                core.nvic.activate(number);
                core.registers.ipsr = number;
                core.lock_up();
            } else {
                core.pend(HARD_FAULT);
                core.entering = Some(exc_return);
            }
            return not_modelled(core, error);
        }
    };
    core.nvic.activate(number);
    let registers = &mut core.registers;
    registers.select_stack(false);
    registers.ipsr = number;
    registers.write(Register::Lr, exc_return);
    registers.thumb = handler & 1 != 0;
    registers.pc = handler & !1;
    core.event = true;
    Ok(())
}

/// Returns from the handler by the instruction at the program counter. An `EXC_RETURN` that is none, or does not fit
/// what is active, is UNPREDICTABLE: here, a fault of that instruction.
///
/// # Errors
///
/// The reason to stop.
pub(super) fn exception_return<B: Bus>(core: &mut Core, bus: &mut B, exc_return: u32) -> Result<(), Stop> {
    let returning = core.registers.ipsr;
    let nested = core.nvic.active_count() > 1;
    let fits = match exc_return {
        TO_HANDLER => nested,
        TO_THREAD_MAIN | TO_THREAD_PROCESS => !nested,
        _ => false,
    };
    if !fits || !core.nvic.is_active(returning) {
        core.fault();
        return Ok(());
    }
    core.nvic.deactivate(returning);
    if core.preempting().is_some() {
        core.cycle += TAIL_CHAIN_CYCLES;
        core.entering = Some(exc_return);
        return Ok(());
    }
    core.cycle += RETURN_CYCLES;
    unstack(core, bus, exc_return)
}

/// Takes the context from the stack.
fn unstack<B: Bus>(core: &mut Core, bus: &mut B, exc_return: u32) -> Result<(), Stop> {
    let process_stack = exc_return == TO_THREAD_PROCESS;
    let frame = if process_stack { core.registers.psp() } else { core.registers.msp() };
    // It is read on behalf of what is returned to.
    core.follow_protection(exc_return == TO_HANDLER || !core.registers.unprivileged_thread);
    let words = match pop(core, bus, frame) {
        Ok(words) => words,
        // A lockup at the priority of HardFault if it was the main stack, else a HardFault instead of the return
        // (B1.5.8).
        Err(error) => {
            core.pend(HARD_FAULT);
            if process_stack {
                core.entering = Some(exc_return);
            } else {
                core.nvic.activate(HARD_FAULT);
                core.registers.ipsr = HARD_FAULT;
                core.lock_up();
            }
            return not_modelled(core, error);
        }
    };
    let [general @ .., pc, xpsr] = words;
    let registers = &mut core.registers;
    for (register, word) in FRAME.into_iter().zip(general) {
        registers.write(register, word);
    }
    registers.select_stack(process_stack);
    let realigned = if xpsr & REALIGNED == 0 { 0 } else { 4 };
    registers.write(Register::Sp, frame.wrapping_add(FRAME_LEN) | realigned);
    registers.flags = Flags::from_apsr(xpsr);
    registers.thumb = xpsr & THUMB != 0;
    registers.pc = pc & !1;
    registers.ipsr = 0;
    core.event = true;
    if exc_return == TO_HANDLER {
        resume_handler(core, xpsr);
    } else if core.system_control & Core::SLEEP_ON_EXIT != 0 {
        core.sleep = Some(Sleep::Interrupt);
    }
    Ok(())
}

/// A frame that names no active exception is UNPREDICTABLE in Handler mode: here, a fault of the instruction returned
/// to.
fn resume_handler(core: &mut Core, xpsr: u32) {
    let number = u8::try_from(xpsr & 0x3f).expect("six bits");
    core.registers.ipsr = number;
    if usize::from(number) >= exception::COUNT || !core.nvic.is_active(number) {
        core.fault();
    }
}

fn pop<B: Bus>(core: &mut Core, bus: &mut B, frame: u32) -> Result<[u32; FRAME_WORDS as usize], AccessError> {
    let mut words = [0; FRAME_WORDS as usize];
    for (offset, word) in (0..FRAME_LEN).step_by(4).zip(&mut words) {
        *word = access::load::<B, u32>(core, bus, frame.wrapping_add(offset), core.cycle)?.value;
    }
    Ok(words)
}

/// What a failed stack frame comes to: a `HardFault`, which takes the place of the exception, or lockup.
fn derived(core: &mut Core, result: Result<(), AccessError>) -> Result<(), Stop> {
    let Err(error) = result else { return Ok(()) };
    if core.execution_priority() <= HARD_FAULT_PRIORITY {
        core.entering = None;
        core.lock_up();
    } else {
        core.pend(HARD_FAULT);
    }
    not_modelled(core, error)
}

/// Stops if what failed does so because the emulator lacks it.
fn not_modelled(core: &Core, error: AccessError) -> Result<(), Stop> {
    match super::run::not_modelled(error) {
        Some(bus) => Err(Stop::Fault(Fault { pc: core.registers.pc, instruction: None, bus })),
        None => Ok(()),
    }
}

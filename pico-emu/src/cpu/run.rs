//! The loop that runs the processor.
//!
//! Between two blocks nothing is checked but the cycle. Whatever can change what comes next (an access outside memory,
//! a system instruction, a fault, a store over code) leaves the inner loop, and only there interrupts, events, timers
//! and stale code are looked at.

use super::access::AccessError;
use super::code_cache::{BLOCK_LEN_MAX, CodeCache};
use super::core::Core;
use super::entry;
use super::exception::{NMI, NMI_PRIORITY};
use super::execute::{self, Exit};
use super::system;
use super::{Cpu, Entry, Fault, Instruction, Sleep, Step, Stop, Tracer};
use crate::bus::{Access, Bus, BusFault, BusFaultKind, Operation, Signals, StaleCode, Width};

impl Cpu {
    /// Runs until the cycle count is `until` or more, or something ends the run before.
    ///
    /// An instruction begins only below that cycle, and is not broken off: the count can be beyond it by what one
    /// instruction or exception entry takes.
    pub fn run<B: Bus>(&mut self, bus: &mut B, until: u64) -> Stop {
        self.run_traced(bus, until, &mut ())
    }

    /// [`run`](Self::run), and tells of each instruction.
    pub fn run_traced<B: Bus, T: Tracer>(&mut self, bus: &mut B, until: u64, tracer: &mut T) -> Stop {
        if let Some(fault) = self.core.missing {
            return Stop::Fault(fault);
        }
        self.core.signals = None;
        loop {
            if let Err(stop) = self.proceed(bus, until, tracer) {
                if let Stop::Fault(fault) = stop {
                    self.core.missing = Some(fault);
                }
                return stop;
            }
        }
    }

    fn proceed<B: Bus, T: Tracer>(&mut self, bus: &mut B, until: u64, tracer: &mut T) -> Result<(), Stop> {
        match self.attend(bus, until, tracer)? {
            Some(deadline) => self.run_blocks(bus, deadline, tracer),
            None => Ok(()),
        }
    }

    /// Sees to all that does not come from the instructions themselves. Gives the cycle up to which instructions can be
    /// executed without looking again, if any can now.
    fn attend<B: Bus, T: Tracer>(&mut self, bus: &mut B, until: u64, tracer: &mut T) -> Result<Option<u64>, Stop> {
        let Self { core, cache } = self;
        if std::mem::take(&mut core.reset_requested) {
            return Err(Stop::ResetRequest);
        }
        let known = core.signals.filter(|signals| core.cycle < signals.next_event);
        let signals = known.unwrap_or_else(|| {
            let signals = bus.signals(core.id, core.cycle);
            while let Some(stale) = bus.take_stale_code(core.id) {
                cache.forget(stale);
            }
            signals
        });
        core.signals = Some(Signals { event: false, ..signals });
        core.follow_protection(core.registers.privileged());
        if core.mpu.take_stale_code() {
            cache.forget(StaleCode::All);
        }
        let transition = core.nvic.set_lines(signals.interrupts, signals.nmi);
        core.note_pending(transition);
        core.event |= signals.event;
        core.catch_up_systick();
        let deadline = until.min(signals.next_event);
        if core.locked_up.is_some() {
            leave_lockup(core)?;
        }
        if let Some(sleep) = core.sleep {
            return wake(core, bus, sleep, signals.next_event, until).map(|()| None);
        }
        if core.cycle >= deadline {
            return Err(Stop::Deadline);
        }
        if let Some(exc_return) = core.entering {
            entry::finish(core, bus, exc_return)?;
        } else if core.preempting().is_some() {
            if T::ENABLED {
                tracer.entry(&Entry { core: core.id, cycle: core.cycle, registers: &core.registers });
            }
            entry::begin(core, bus)?;
        } else if !core.registers.thumb {
            core.fault();
        } else {
            return Ok(Some(deadline.min(core.systick.next_exception())));
        }
        Ok(None)
    }

    /// Executes instructions up to the deadline, or until something needs attention.
    #[inline(never)]
    fn run_blocks<B: Bus, T: Tracer>(&mut self, bus: &mut B, deadline: u64, tracer: &mut T) -> Result<(), Stop> {
        let Self { core, cache } = self;
        while core.cycle < deadline {
            let pc = core.registers.pc;
            let fits = |cycle, max_cycles| cycle + u64::from(max_cycles) <= deadline;
            let exit = match cache.find(pc) {
                Some((instructions, max_cycles)) if !T::ENABLED && fits(core.cycle, max_cycles) => {
                    execute::execute(core, bus, instructions, |pc, cycle| {
                        let (instructions, max_cycles) = cache.find(pc)?;
                        fits(cycle, max_cycles).then_some(instructions)
                    })
                }
                Some((instructions, _)) => step(core, bus, instructions, deadline, tracer),
                None => match fetch_block(core, bus, cache) {
                    Ok((block, len)) if cache.is_stop(pc) => {
                        if core.stops_at(pc) {
                            return Err(Stop::Reached);
                        }
                        step(core, bus, &block[..len], deadline, tracer)
                    }
                    Ok((block, len)) => {
                        cache.insert(pc, &block[..len]);
                        continue;
                    }
                    Err(error) => return failed(core, None, error),
                },
            };
            match exit {
                Exit::End => {}
                Exit::Attention => {
                    core.signals = None;
                    return Ok(());
                }
                Exit::System(instruction) => return system::execute(core, bus, instruction),
                Exit::Return(exc_return) => return entry::exception_return(core, bus, exc_return),
                Exit::Failed(instruction, error) => return failed(core, Some(instruction), error),
            }
        }
        Ok(())
    }
}

/// Executes instructions one by one, up to the deadline.
#[inline(never)]
fn step<B: Bus, T: Tracer>(
    core: &mut Core,
    bus: &mut B,
    instructions: &[Instruction],
    deadline: u64,
    tracer: &mut T,
) -> Exit {
    for instruction in instructions {
        if core.cycle >= deadline {
            break;
        }
        if T::ENABLED {
            let (core, cycle, registers) = (core.id, core.cycle, &core.registers);
            tracer.instruction(&Step { core, cycle, instruction: *instruction, registers });
        }
        let exit = execute::execute(core, bus, std::slice::from_ref(instruction), |_, _| None);
        if !matches!(exit, Exit::End) {
            return exit;
        }
    }
    Exit::End
}

/// An NMI gets a processor out of a lockup in a `HardFault` handler (DDI 0419, B1.5.15).
fn leave_lockup(core: &mut Core) -> Result<(), Stop> {
    if core.nvic.is_pending(NMI) && core.execution_priority() > NMI_PRIORITY {
        core.locked_up = None;
        Ok(())
    } else {
        Err(Stop::Lockup)
    }
}

/// Wakes the processor, or lets it sleep until something may.
fn wake<B: Bus>(core: &mut Core, bus: &mut B, sleep: Sleep, next_event: u64, until: u64) -> Result<(), Stop> {
    let woken = match sleep {
        // Also by what PRIMASK keeps from being taken (DDI 0419, B1.5.19).
        Sleep::Interrupt => core.nvic.preempting(false).is_some(),
        Sleep::Event => std::mem::take(&mut core.event) || core.preempting().is_some(),
    };
    if woken {
        core.sleep = None;
        return Ok(());
    }
    if core.cycle >= until.min(next_event) {
        return Err(Stop::Sleeping(sleep));
    }
    core.signals = None;
    core.cycle = bus.sleep(core.id, next_event, until.min(core.systick.next_exception()));
    Ok(())
}

/// Decodes from the program counter on. That the first instruction cannot be fetched is a fault; that a later one
/// cannot ends the block, and so does the next address at which the run is to stop.
#[cold]
#[inline(never)]
fn fetch_block<B: Bus>(
    core: &Core,
    bus: &mut B,
    cache: &CodeCache,
) -> Result<([Instruction; BLOCK_LEN_MAX], usize), AccessError> {
    let mut block = [Instruction::Nop; BLOCK_LEN_MAX];
    let mut len = 0;
    let mut address = core.registers.pc;
    for place in &mut block {
        match fetch_instruction(core, bus, address) {
            Ok(instruction) => *place = instruction,
            Err(error) if len == 0 => return Err(error),
            Err(_) => break,
        }
        len += 1;
        address = address.wrapping_add(place.size());
        if place.ends_block() || cache.is_stop(address) {
            break;
        }
    }
    Ok((block, len))
}

fn fetch_instruction<B: Bus>(core: &Core, bus: &mut B, address: u32) -> Result<Instruction, AccessError> {
    let first = fetch(core, bus, address)?;
    let second = if Instruction::is_wide(first) { fetch(core, bus, address.wrapping_add(2))? } else { 0 };
    Ok(Instruction::decode(address, first, second))
}

fn fetch<B: Bus>(core: &Core, bus: &mut B, address: u32) -> Result<u16, AccessError> {
    let (width, operation) = (Width::Halfword, Operation::Fetch);
    if !core.mpu.permits(operation, address) {
        return Err(AccessError::Protected);
    }
    Ok(bus.fetch(Access { core: core.id, cycle: core.cycle, address, width, operation })?)
}

/// What is at the program counter could not be fetched, or was not allowed its access.
fn failed(core: &mut Core, instruction: Option<Instruction>, error: AccessError) -> Result<(), Stop> {
    match not_modelled(error) {
        Some(bus) => Err(Stop::Fault(Fault { pc: core.registers.pc, instruction, bus })),
        None => {
            // Part of a list may have been transferred.
            core.signals = None;
            core.fault();
            Ok(())
        }
    }
}

/// What stops the emulator, of the errors that a program can meet.
pub(super) fn not_modelled(error: AccessError) -> Option<BusFault> {
    match error {
        AccessError::Bus(fault) if fault.kind == BusFaultKind::NotModelled => Some(fault),
        _ => None,
    }
}

//! The chip with its two processors.

use std::time::Duration;

use super::boot_rom::{self, Boot, Done, RomFunction};
use super::chip::{Config, Rp2040};
use super::image::{Image, ImageError};
use super::progress::PeripheralFault;
use super::wires::{Unconnected, Wires};
use crate::bus::{BusFault, CoreId};
use crate::cpu::{self, Cpu, Register, Tracer};

/// How far core 0 runs ahead of core 1 while that one is awake.
const SLICE_CYCLES: u64 = 64;
/// The same at most, where somebody looks at a condition, while core 1 sleeps: then it can be woken by what ends the slice,
/// and by its own system timer, whose cycle is known.
const CONDITION_CYCLES: u64 = 10_000;

/// Why [`Machine::run_until`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The time has come.
    #[error("the time has come")]
    Deadline,
    /// The condition is met.
    #[error("the condition is met")]
    Condition,
    /// A core has come to an address at which the run was [to stop](Machine::stop_at). The next run goes on with the
    /// instruction there.
    #[error("core {} has come to {address:#010x}", core.index())]
    Reached {
        /// Which core.
        core: CoreId,
        /// The address.
        address: u32,
    },
    /// The program needs something that is not modelled.
    #[error("core {}: {fault}", core.index())]
    Fault {
        /// Which core runs it.
        core: CoreId,
        /// What it needs.
        fault: cpu::Fault,
    },
    /// The program has called a function of the boot ROM that is not modelled, or with which an access failed.
    #[error("core {}: {function} of the boot ROM, called from {caller:#010x}: {}", core.index(), RomFault(*fault))]
    RomFault {
        /// Which core runs it.
        core: CoreId,
        /// The function.
        function: RomFunction,
        /// Where it would return to.
        caller: u32,
        /// The access that failed, if one did.
        fault: Option<BusFault>,
    },
    /// A block has come upon something by itself that is not modelled.
    #[error(transparent)]
    Peripheral(PeripheralFault),
    /// What hangs on the pins [wants attention](Wires::wants_attention).
    #[error("what hangs on the pins wants attention")]
    Wires,
    /// A fault while a fault was handled, and no watchdog to end it.
    #[error("core {} is locked up at {pc:#010x}", core.index())]
    Lockup {
        /// Which core.
        core: CoreId,
        /// The program counter.
        pc: u32,
    },
    /// The watchdog has reset the chip in such a way that no clock runs it any longer.
    #[error("after a reset by the watchdog nothing drives clk_sys")]
    ClockStopped,
    /// The flash memory does not begin with a second stage whose checksum fits: the chip would go on with USB boot.
    #[error("there is no program in the flash memory, so the chip waits for one on USB, which is not modelled")]
    NoProgram,
    /// The program has asked for USB boot.
    #[error("the program has asked for USB boot, which is not modelled")]
    UsbBoot,
}

struct RomFault(Option<BusFault>);

impl std::fmt::Display for RomFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(fault) => fault.fmt(f),
            None => f.write_str("not modelled by this emulator"),
        }
    }
}

/// An RP2040 with its processors and its flash memory.
///
/// Two machines with the same configuration, images and inputs do the same at the same cycles.
#[derive(Clone, Debug)]
pub struct Machine<W = Unconnected> {
    chip: Rp2040<W>,
    cores: [Cpu; CoreId::COUNT],
}

impl Machine {
    /// A machine without its first instruction executed, with erased flash memory and nothing on its pins.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with_wires(config, Unconnected)
    }
}

impl<W: Wires> Machine<W> {
    /// A machine without its first instruction executed, with erased flash memory.
    #[must_use]
    pub fn with_wires(config: Config, wires: W) -> Self {
        let mut chip = Rp2040::with_wires(config, wires);
        let mut cores = [CoreId::Core0, CoreId::Core1].map(Cpu::new);
        for core in &mut cores {
            core.reset(&mut chip);
        }
        Self { chip, cores }
    }

    /// Puts an image into the flash memory: a UF2 or ELF file, or else the bytes from the beginning of the memory on.
    /// What it does not cover stays, so that several can be loaded.
    ///
    /// # Errors
    ///
    /// [`ImageError`] if the file is broken, or not for this chip. Then the flash memory is as before.
    pub fn load(&mut self, file: &[u8]) -> Result<(), ImageError> {
        for (offset, bytes) in Image::parse(file)?.pieces() {
            self.chip.write_flash(*offset, bytes);
        }
        Ok(())
    }

    /// The chip.
    #[must_use]
    pub const fn chip(&self) -> &Rp2040<W> {
        &self.chip
    }

    /// The chip, to drive its pins.
    pub const fn chip_mut(&mut self) -> &mut Rp2040<W> {
        &mut self.chip
    }

    /// A processor.
    #[must_use]
    pub const fn core(&self, core: CoreId) -> &Cpu {
        &self.cores[core.index()]
    }

    /// Has runs stop with [`Stop::Reached`] before either core executes the instruction at an address. The program cannot
    /// notice.
    pub fn stop_at(&mut self, address: u32) {
        for core in &mut self.cores {
            core.stop_at(address);
        }
    }

    /// The time since power-up.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.chip.time_ns(self.cycle()))
    }

    /// The cycle, by the clock of core 0.
    #[must_use]
    pub const fn cycle(&self) -> u64 {
        self.cores[0].cycle()
    }

    /// When something happens next by itself: now while a core is awake, or while PIO or DMA are at something. `None` if
    /// nothing ever does.
    #[must_use]
    pub fn next_event(&self) -> Option<Duration> {
        let systick = |core: CoreId| if self.chip.is_held(core) { u64::MAX } else { self.core(core).next_systick() };
        let next = self.chip.next_event().min(systick(CoreId::Core0)).min(systick(CoreId::Core1));
        (next != u64::MAX).then(|| Duration::from_nanos(self.chip.time_ns(next.max(self.cycle()))))
    }

    /// Runs until a time since power-up.
    pub fn run_until(&mut self, time: Duration) -> Stop {
        self.run_traced(time, &mut ())
    }

    /// [`run_until`](Self::run_until), and tells of each instruction.
    pub fn run_traced<T: Tracer>(&mut self, time: Duration, tracer: &mut T) -> Stop {
        self.run_slices(time, u64::MAX, |_| false, tracer)
    }

    /// Runs until a condition is met, which is looked at whenever the cores have been brought to the same cycle: at
    /// least every 10,000 cycles.
    pub fn run_until_condition(&mut self, time: Duration, condition: impl FnMut(&Rp2040<W>) -> bool) -> Stop {
        self.run_slices(time, CONDITION_CYCLES, condition, &mut ())
    }

    /// Lets the cores go on in turns, by so many cycles at most.
    fn run_slices<T: Tracer>(
        &mut self,
        time: Duration,
        slice_max_cycles: u64,
        mut condition: impl FnMut(&Rp2040<W>) -> bool,
        tracer: &mut T,
    ) -> Stop {
        let time_ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let mut core1_sleeps = false;
        loop {
            if condition(&self.chip) {
                return Stop::Condition;
            }
            // A program that changes the clocks changes the cycle of that time.
            let end = self.chip.cycle_of_time_ns(time_ns);
            let start = self.cycle();
            if start >= end {
                return Stop::Deadline;
            }
            let slice_end = if core1_sleeps {
                self.cores[1].next_systick().clamp(start + 1, start.saturating_add(slice_max_cycles))
            } else {
                start + SLICE_CYCLES
            };
            if let Err(stop) = self.run_core(CoreId::Core0, end.min(slice_end), tracer) {
                return stop;
            }
            match self.run_core1(tracer) {
                Ok(sleeps) => core1_sleeps = sleeps,
                Err(stop) => return stop,
            }
            if let Some(cycles) = self.chip.take_systick_reference() {
                for core in &mut self.cores {
                    core.set_systick_reference(cycles);
                }
            }
            if self.chip.stopped {
                return Stop::ClockStopped;
            }
            if let Some(fault) = self.chip.fault {
                return Stop::Peripheral(fault);
            }
            if self.chip.take_reset(CoreId::Core0) {
                self.cores[0].reset(&mut self.chip);
            }
            if self.chip.wires().wants_attention() {
                return Stop::Wires;
            }
        }
    }

    /// Brings core 1 to the cycle of core 0. Returns whether it sleeps.
    fn run_core1<T: Tracer>(&mut self, tracer: &mut T) -> Result<bool, Stop> {
        let cycle = self.cycle();
        let was_reset = self.chip.take_reset(CoreId::Core1);
        let core1 = &mut self.cores[1];
        if was_reset {
            core1.reset(&mut self.chip);
        }
        if self.chip.holds_core1() {
            core1.skip_to(cycle);
            return Ok(true);
        }
        while self.cores[1].cycle() < cycle || self.chip.interrupts.may_wake(CoreId::Core1) {
            let before = self.cores[1].cycle();
            let sleeps = self.run_core(CoreId::Core1, cycle, tracer)?;
            if self.cores[1].cycle() == before {
                return Ok(sleeps);
            }
        }
        Ok(self.chip.interrupts.sleeps(CoreId::Core1))
    }

    /// Runs a core until a cycle, or until the chip has to be looked at. Returns whether it sleeps.
    fn run_core<T: Tracer>(&mut self, id: CoreId, until: u64, tracer: &mut T) -> Result<bool, Stop> {
        let core = &mut self.cores[id.index()];
        let stop = core.run_traced(&mut self.chip, until, tracer);
        let sleeps = matches!(stop, cpu::Stop::Sleeping(_));
        self.chip.interrupts.set_sleeps(id, sleeps);
        match stop {
            cpu::Stop::Deadline | cpu::Stop::Sleeping(_) => {}
            cpu::Stop::Breakpoint { imm } => self.call_rom(id, imm)?,
            cpu::Stop::Reached => {
                return Err(Stop::Reached { core: id, address: core.registers().read(Register::Pc) });
            }
            cpu::Stop::Fault(fault) => return Err(Stop::Fault { core: id, fault }),
            // The watchdog may end it.
            cpu::Stop::Lockup if self.chip.watchdog.is_enabled() => {
                let next_event = self.chip.next_event.max(core.cycle() + 1);
                core.skip_to(until.min(next_event));
            }
            cpu::Stop::Lockup => return Err(Stop::Lockup { core: id, pc: core.registers().read(Register::Pc) }),
            // SYSRESETREQ resets the processor that asks for it, and nothing else of the chip.
            cpu::Stop::ResetRequest => core.reset(&mut self.chip),
        }
        Ok(sleeps)
    }

    /// A core has come to a `BKPT`. One in the ROM stands for a function; any other is a fault, because there is no
    /// debugger.
    fn call_rom(&mut self, id: CoreId, imm: u8) -> Result<(), Stop> {
        let core = &mut self.cores[id.index()];
        let pc = core.registers().read(Register::Pc);
        let Some(function) = boot_rom::function_at(pc, imm) else {
            core.fault_at_breakpoint();
            return Ok(());
        };
        let caller = core.registers().read(Register::Lr) & !1;
        match boot_rom::call(function, core, &mut self.chip) {
            Ok(Done::Jumped) => Ok(()),
            Ok(done @ (Done::Returned(duration) | Done::GoesOn(duration))) => {
                let cycle = core.cycle();
                let end = match duration {
                    boot_rom::Duration::Cycles(cycles) => cycle + cycles,
                    boot_rom::Duration::Nanoseconds(duration_ns) => {
                        self.chip.cycle_of_time_ns(self.chip.time_ns(cycle) + duration_ns)
                    }
                };
                core.skip_to(end);
                if let Done::Returned(_) = done {
                    core.skip_breakpoint();
                }
                Ok(())
            }
            Ok(Done::Boot(Boot::Usb)) => Err(Stop::UsbBoot),
            Ok(Done::Boot(Boot::NoSecondStage)) => Err(Stop::NoProgram),
            Err(fault) => Err(Stop::RomFault { core: id, function, caller, fault }),
        }
    }
}

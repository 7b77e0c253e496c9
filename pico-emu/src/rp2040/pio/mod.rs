//! A programmable I/O block, complete as in the RP2040 datasheet, chapter 3: registers, four state machines, FIFOs,
//! interrupts.
//!
//! | for | start here |
//! |---|---|
//! | letting time pass | [`Pio::run`], [`Stop`], [`Pio::next_change`] |
//! | the processors' side | [`Pio::read`], [`Pio::write`], [`Pio::interrupts`] |
//! | a DMA controller's side | [`Pio::is_tx_ready`], [`Pio::is_rx_ready`], [`Pio::push_tx`], [`Pio::pop_rx`] |
//! | the pads' side | [`Pins`], [`Pio::inputs_changed`] |
//!
//! # Time
//!
//! The unit is the system clock cycle. [`Pio::run`] goes up to the beginning of a cycle, so that an access to a
//! register in cycle n is made behind `run(n, ..)`, and the state machines see what it has done in cycle n already. A
//! pin that an instruction writes in cycle n is at that level from cycle n + 1 on. An instruction in cycle n reads the
//! levels that the pads had in cycle n - 2, or those of cycle n itself where `INPUT_SYNC_BYPASS` is set. All state
//! machines do a cycle at once: an IRQ flag that one sets is seen by the others in the next.
//!
//! What happens does not depend on how many calls the time is divided into. A state machine costs time only in the
//! cycles in which its clock runs, and none while it is off or stalled.
//!
//! # What was decided where the datasheet leaves it open
//!
//! - The clock dividers run from reset on. A changed divisor counts from the end of the period that has begun.
//! - With autopull, the OSR is refilled in every cycle in which the state machine's clock runs, also while it waits for
//!   something else or delays; and `PULL` does nothing unless the pull threshold is reached, as `PULL IFEMPTY`.
//! - A stalled instruction is executed again as a whole: `IN PINS` reads the pins in the cycle in which it succeeds.
//!   Its side-set is not made again, unless an instruction written to `SMx_INSTR` came between.
//! - An instruction written to `SMx_INSTR` is executed in the next system clock cycle and in every one until it
//!   completes, and a cycle of the program is skipped for each of these. A delay of the program's goes on behind it.
//!   One that is written while another has not completed replaces it.
//! - When one state machine sets an IRQ flag and another clears it in one cycle, it is set.
//! - `OUT_STICKY` asserts the last write by OUT, SET or MOV, to levels or to directions, in every system clock cycle,
//!   enabled or not. `INLINE_OUT_EN` applies to OUT.
//! - `SIDE_EN` has no effect while `SIDESET_COUNT` is zero.
//! - `PULL` that finds nothing and does not block leaves FDEBUG alone. Reading an empty RXF gives zero.
//! - Registers and bits that can only be written read as zero.
//! - Instructions that the RP2040 reserves end the run, with [`ReservedInstruction`], when they are executed. Field
//!   values that it gives no meaning are refused when they are written, with [`RegisterFault`].
//!
//! # Example
//!
//! A square wave on GPIO 5:
//!
//! ```
//! use pico_emu::rp2040::pio::{Levels, Outputs, Pins, Pio, Stop};
//!
//! struct Trace(Vec<(u64, bool)>);
//!
//! impl Pins for Trace {
//!     fn levels(&mut self, _: u64) -> Levels {
//!         Levels { pins: 0, until: u64::MAX }
//!     }
//!
//!     fn drive(&mut self, cycle: u64, outputs: Outputs) {
//!         self.0.push((cycle, outputs.levels & 1 << 5 != 0));
//!     }
//! }
//!
//! let mut pio = Pio::new();
//! // set pindirs, 1; high: set pins, 1; set pins, 0; jmp high
//! for (offset, instruction) in (0x48..).step_by(4).zip([0xe081, 0xe001, 0xe000, 0x0001]) {
//!     pio.write(offset, instruction)?;
//! }
//! pio.write(0xdc, 1 << 26 | 5 << 5)?; // SM0_PINCTRL: one pin for SET, the first is 5
//! pio.write(0x00, 1)?; // CTRL: enable state machine 0
//!
//! let mut trace = Trace(Vec::new());
//! assert_eq!(pio.run(8, &mut trace)?, Stop::Deadline);
//! assert_eq!(trace.0, [(1, false), (2, true), (3, false), (5, true), (6, false), (8, true)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod divider;
mod fault;
mod fifo;
mod forecast;
mod instruction;
mod machine;
mod pins;
mod registers;
mod system;

use std::array;

pub use fault::{RegisterFault, ReservedInstruction};
pub use pins::{GPIOS, Levels, Outputs, Pins};

use forecast::Shifts;
use instruction::Instruction;
use machine::{Effects, StateMachine, Surroundings};
use pins::Inputs;

/// How many state machines a block has.
pub const STATE_MACHINES: usize = 4;

/// Those of the IRQ flags that reach the processors.
const SYSTEM_IRQ_FLAGS: u8 = 0xf;

/// A PIO block.
#[derive(Clone, Debug)]
pub struct Pio {
    /// The cycle that comes next.
    cycle: u64,
    program: [Instruction; 32],
    shifts: Shifts,
    machines: [StateMachine; STATE_MACHINES],
    irq_flags: u8,
    inputs: Inputs,
    /// The inputs in the last cycle that was looked at.
    seen: u32,
    /// When the levels on the pads are to be asked for again.
    levels_until: u64,
    outputs: Outputs,
    interrupt_enable: [u32; 2],
    interrupt_force: [u32; 2],
}

/// Why [`Pio::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The cycle up to which it was to run is reached.
    Deadline,
    /// In the cycle before [`Pio::cycle`] a FIFO has become ready for the system, or one of the flags has changed that
    /// can interrupt a processor, or [`Pins::ends_run`] says so.
    Signal,
}

impl Pio {
    /// A block that comes out of reset in cycle 0.
    #[must_use]
    pub fn new() -> Self {
        Self::reset_at(0)
    }

    /// A block that comes out of reset in `cycle`.
    #[must_use]
    pub fn reset_at(cycle: u64) -> Self {
        Self {
            cycle,
            program: [Instruction::decode(0); 32],
            shifts: Shifts::default(),
            machines: array::from_fn(|index| StateMachine::new(index as u8, cycle)),
            irq_flags: 0,
            inputs: Inputs::default(),
            seen: 0,
            levels_until: cycle,
            outputs: Outputs::default(),
            interrupt_enable: [0; 2],
            interrupt_force: [0; 2],
        }
    }

    /// The cycle that comes next.
    #[must_use]
    pub const fn cycle(&self) -> u64 {
        self.cycle
    }

    /// What the block drives in that cycle.
    #[must_use]
    pub const fn outputs(&self) -> Outputs {
        self.outputs
    }

    /// Lets time pass up to the beginning of cycle `until`, or to the end of the first cycle that has something for the
    /// system. In the past, nothing happens.
    ///
    /// # Errors
    ///
    /// [`ReservedInstruction`], behind the cycle in which it was met.
    pub fn run(&mut self, until: u64, pins: &mut impl Pins) -> Result<Stop, ReservedInstruction> {
        if self.cycle < until {
            self.sample(pins);
        }
        while self.cycle < until {
            let next = self.next_activity();
            if next > self.cycle {
                self.pass(next.min(until));
                if self.cycle == self.levels_until {
                    self.sample(pins);
                    continue;
                }
                if self.cycle == until {
                    break;
                }
            }
            let before = self.outputs;
            let effects = self.step();
            let signals = self.apply(&effects);
            self.pass(self.cycle + 1);
            if self.outputs != before {
                pins.drive(self.cycle, self.outputs);
                self.sample(pins);
            } else if self.cycle >= self.levels_until {
                self.sample(pins);
            }
            if let Some(reserved) = effects.reserved {
                return Err(reserved);
            }
            if signals || pins.ends_run() {
                return Ok(Stop::Signal);
            }
        }
        Ok(Stop::Deadline)
    }

    /// The first cycle in which something may change that has not been told from outside: [`cycle`](Self::cycle) itself
    /// while a state machine runs at full speed, or a level is on its way in. `None` if all of them are off or stalled: then only an access to a
    /// register or FIFO, or a change of a level, can change anything.
    #[must_use]
    pub fn next_change(&self) -> Option<u64> {
        if self.is_off() {
            return None;
        }
        let next = if self.are_inputs_settled() { self.next_activity() } else { self.cycle };
        Some(next).filter(|&cycle| cycle != u64::MAX)
    }

    /// Whether all state machines are off, so that nothing happens until one is turned on.
    pub(super) fn is_off(&self) -> bool {
        self.are_outputs_settled() && self.machines.iter().all(StateMachine::is_off)
    }

    /// Goes on to a cycle while it [is off](Self::is_off), with these levels on the pads. In the past, nothing happens.
    pub(super) fn idle_until(&mut self, cycle: u64, levels: u32) {
        if self.cycle < cycle {
            self.inputs.levels = levels & GPIOS;
            self.pass(cycle);
        }
    }

    /// Goes on to a cycle if nothing happens in the block until then. Whether it did.
    pub(super) fn rest_until(&mut self, cycle: u64) -> bool {
        let rests = self.next_activity() >= cycle;
        if rests {
            self.pass(cycle);
        }
        rests
    }

    /// Says that a level may have changed in [`cycle`](Self::cycle) that [`Levels::until`] did not foresee, so that
    /// [`next_change`](Self::next_change) does not overlook it. [`run`](Self::run) up to that cycle comes before the
    /// change.
    pub const fn inputs_changed(&mut self) {
        self.levels_until = self.cycle;
    }

    /// The first cycle in which a state machine does something or the inputs may change; [`u64::MAX`] if there is none.
    fn next_activity(&self) -> u64 {
        let (mut next, mut waits, mut asserts) = (self.levels_until, false, false);
        for machine in &self.machines {
            next = next.min(machine.wake);
            waits |= machine.waits();
            asserts |= machine.asserted.is_some();
        }
        // Levels on their way in matter to those that wait for them.
        if waits && !self.are_inputs_settled() || asserts && !self.are_outputs_settled() {
            return self.cycle;
        }
        next
    }

    /// Whether the state machines have seen the levels that are on the pads.
    const fn are_inputs_settled(&self) -> bool {
        self.inputs.is_settled() && self.inputs.visible() == self.seen
    }

    /// Whether what `OUT_STICKY` asserts again in each cycle is there already.
    fn are_outputs_settled(&self) -> bool {
        let mut outputs = self.outputs;
        for write in self.machines.iter().filter_map(|machine| machine.asserted) {
            write.apply(&mut outputs);
        }
        outputs == self.outputs
    }

    /// Does the present cycle, but for what comes with its end.
    fn step(&mut self) -> Effects {
        let inputs = self.inputs.visible();
        if inputs != self.seen {
            self.seen = inputs;
            self.wake_waiting(self.cycle);
        }
        let surroundings = Surroundings { program: &self.program, irq_flags: self.irq_flags, inputs };
        let mut effects = Effects::default();
        for machine in self.machines.iter_mut().filter(|machine| machine.acts(self.cycle)) {
            machine.cycle(self.cycle, &surroundings, &mut effects, &mut self.outputs);
        }
        effects
    }

    /// Changes the IRQ flags, and says whether there is something for the system.
    fn apply(&mut self, effects: &Effects) -> bool {
        let flags = self.irq_flags & !effects.irq_clear | effects.irq_set;
        let changed = flags ^ self.irq_flags;
        if changed != 0 {
            self.irq_flags = flags;
            self.wake_waiting(self.cycle + 1);
        }
        effects.is_fifo_ready || changed & SYSTEM_IRQ_FLAGS != 0
    }

    /// Lets the state machines that stall look again at what they wait for.
    #[inline]
    fn wake_waiting(&mut self, cycle: u64) {
        for machine in self.machines.iter_mut().filter(|machine| machine.waits()) {
            machine.schedule(cycle);
        }
    }

    /// Goes on to a cycle, with the levels that are on the pads.
    fn pass(&mut self, cycle: u64) {
        self.inputs.clock(cycle - self.cycle);
        self.cycle = cycle;
    }

    fn sample(&mut self, pins: &mut impl Pins) {
        let levels = pins.levels(self.cycle);
        self.inputs.levels = levels.pins & GPIOS;
        self.levels_until = levels.until.max(self.cycle + 1);
    }
}

impl Default for Pio {
    fn default() -> Self {
        Self::new()
    }
}

//! A state machine, and what it does in one cycle.

mod control;
mod execute;

pub(super) use control::{ExecControl, PinControl, ShiftControl};

use super::divider::Divider;
use super::fault::ReservedInstruction;
use super::fifo::Fifo;
use super::instruction::Instruction;
use super::pins::{Outputs, PinWrite};
use execute::Outcome;

/// One of the four.
#[derive(Clone, Debug)]
pub(super) struct StateMachine {
    index: u8,
    is_enabled: bool,
    pub(super) divider: Divider,
    /// `SMx_CLKDIV`.
    pub(super) clkdiv: u32,
    pub(super) exec: ExecControl,
    pub(super) shift: ShiftControl,
    pub(super) pins: PinControl,
    pub(super) tx: Fifo,
    pub(super) rx: Fifo,
    pub(super) debug: FifoDebug,
    x: u32,
    y: u32,
    isr: ShiftRegister,
    osr: ShiftRegister,
    pub(super) pc: u8,
    /// Cycles left before the next instruction.
    delay: u8,
    /// Written to `SMx_INSTR` and not yet completed.
    forced: Option<Instruction>,
    /// Handed over by `OUT EXEC` or `MOV EXEC` and not yet completed.
    latched: Option<Instruction>,
    /// The present instruction has been through a cycle already, and stalled.
    is_stalled: bool,
    /// `IRQ WAIT` has set its flag.
    awaits_irq_clear: bool,
    /// What `OUT_STICKY` asserts again in every cycle.
    pub(super) asserted: Option<PinWrite>,
    /// The next cycle in which it does anything; [`u64::MAX`] if that takes a change outside of it.
    pub(super) wake: u64,
}

/// ISR or OSR with its shift counter.
#[derive(Clone, Copy, Debug, Default)]
struct ShiftRegister {
    bits: u32,
    /// How many bits have been shifted, 0 to 32.
    count: u8,
}

/// The sticky flags of FDEBUG.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FifoDebug {
    pub(super) tx_stall: bool,
    pub(super) tx_over: bool,
    pub(super) rx_under: bool,
    pub(super) rx_stall: bool,
}

/// What a state machine sees of the block in a cycle.
pub(super) struct Surroundings<'a> {
    pub(super) program: &'a [Instruction; 32],
    pub(super) irq_flags: u8,
    pub(super) inputs: u32,
}

/// What the state machines do to the block in a cycle.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) irq_set: u8,
    pub(super) irq_clear: u8,
    /// A FIFO has become readable or writable for the system.
    pub(super) is_fifo_ready: bool,
    pub(super) reserved: Option<ReservedInstruction>,
}

/// The writes of one state machine in one cycle.
#[derive(Debug, Default)]
struct Driven {
    /// By OUT, SET or MOV.
    out: Option<PinWrite>,
    side_set: Option<PinWrite>,
}

/// Where an instruction came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Forced,
    Latched,
    Program,
}

impl StateMachine {
    pub(super) fn new(index: u8, cycle: u64) -> Self {
        Self {
            index,
            is_enabled: false,
            divider: Divider::new(cycle),
            clkdiv: 1 << 16,
            exec: ExecControl::decode(ExecControl::RESET),
            shift: ShiftControl::decode(ShiftControl::RESET),
            pins: PinControl::decode(PinControl::RESET).expect("the reset value is in range"),
            tx: Fifo::new(Fifo::DEPTH),
            rx: Fifo::new(Fifo::DEPTH),
            debug: FifoDebug::default(),
            x: 0,
            y: 0,
            isr: ShiftRegister::default(),
            osr: ShiftRegister::EMPTY,
            pc: 0,
            delay: 0,
            forced: None,
            latched: None,
            is_stalled: false,
            awaits_irq_clear: false,
            asserted: None,
            wake: u64::MAX,
        }
    }

    pub(super) const fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Whether it executes nothing until it is told to.
    pub(super) const fn is_off(&self) -> bool {
        !self.is_enabled && self.forced.is_none()
    }

    /// Whether it goes on only when something outside of it changes.
    pub(super) const fn waits(&self) -> bool {
        self.wake == u64::MAX && !self.is_off()
    }

    /// Whether it does anything in a cycle.
    pub(super) const fn acts(&self, cycle: u64) -> bool {
        self.wake <= cycle || self.asserted.is_some()
    }

    /// Whether an instruction written to `SMx_INSTR` has not completed.
    pub(super) const fn is_exec_stalled(&self) -> bool {
        self.forced.is_some()
    }

    pub(super) const fn set_enabled(&mut self, is_enabled: bool) {
        self.is_enabled = is_enabled;
    }

    /// Whether an instruction comes next that is not from the program.
    pub(super) const fn has_foreign_instruction(&self) -> bool {
        self.forced.is_some() || self.latched.is_some()
    }

    /// How many bits have been shifted out of the OSR.
    pub(super) const fn osr_count(&self) -> u8 {
        self.osr.count
    }

    /// How many bits have been shifted into the ISR.
    pub(super) const fn isr_count(&self) -> u8 {
        self.isr.count
    }

    /// Executes an instruction next, before all else.
    pub(super) const fn force(&mut self, instruction: Instruction) {
        self.forced = Some(instruction);
        self.is_stalled = false;
    }

    /// `CTRL.SM_RESTART`.
    pub(super) const fn restart(&mut self) {
        self.isr = ShiftRegister::CLEARED;
        self.osr.count = ShiftRegister::EMPTY.count;
        self.delay = 0;
        self.forced = None;
        self.latched = None;
        self.is_stalled = false;
        self.awaits_irq_clear = false;
        self.asserted = None;
    }

    pub(super) fn set_shift_control(&mut self, shift: ShiftControl) {
        if shift.join != self.shift.join {
            let depth = |mine, other| match (mine, other) {
                (_, true) => 0,
                (true, false) => 2 * Fifo::DEPTH,
                (false, false) => Fifo::DEPTH,
            };
            self.tx = Fifo::new(depth(shift.join.tx, shift.join.rx));
            self.rx = Fifo::new(depth(shift.join.rx, shift.join.tx));
        }
        self.shift = shift;
    }

    pub(super) fn set_exec_control(&mut self, exec: ExecControl) {
        if !exec.out_sticky {
            self.asserted = None;
        }
        self.exec = exec;
    }

    /// Looks again, from `cycle` on, at what it has to do.
    pub(super) fn schedule(&mut self, cycle: u64) {
        self.wake = if self.forced.is_some() {
            cycle
        } else if self.is_enabled {
            self.divider.pulse_from(cycle)
        } else {
            u64::MAX
        };
    }

    /// Goes through `cycle`, and writes to the pads.
    #[inline]
    pub(super) fn cycle(
        &mut self,
        cycle: u64,
        surroundings: &Surroundings<'_>,
        effects: &mut Effects,
        outputs: &mut Outputs,
    ) {
        let driven = if self.wake <= cycle { self.clock(cycle, surroundings, effects) } else { Driven::default() };
        if driven.out.is_some() && self.exec.out_sticky {
            self.asserted = driven.out;
        }
        for write in [driven.out.or(self.asserted), driven.side_set].into_iter().flatten() {
            write.apply(outputs);
        }
    }

    /// A cycle in which its clock runs.
    fn clock(&mut self, cycle: u64, surroundings: &Surroundings<'_>, effects: &mut Effects) -> Driven {
        let mut driven = Driven::default();
        let is_ready = self.forced.is_some() || self.delay == 0;
        let is_blocked = is_ready && !self.step(cycle, surroundings, effects, &mut driven);
        if !is_ready {
            self.delay -= 1;
        }
        let is_refilled = self.refill(effects);
        if is_blocked && !is_refilled {
            self.wake = u64::MAX;
        } else {
            self.schedule(cycle + 1);
        }
        driven
    }

    /// Executes an instruction; false if it stalls until something outside of the state machine changes.
    fn step(
        &mut self,
        cycle: u64,
        surroundings: &Surroundings<'_>,
        effects: &mut Effects,
        driven: &mut Driven,
    ) -> bool {
        let (origin, instruction) = if let Some(forced) = self.forced {
            (Origin::Forced, forced)
        } else if let Some(latched) = self.latched.take() {
            (Origin::Latched, latched)
        } else {
            (Origin::Program, surroundings.program[usize::from(self.pc)])
        };
        let (side_set, delay) = self.pins.side_set_and_delay(&self.exec, instruction.delay_side_set);
        if !self.is_stalled {
            driven.side_set = side_set;
        }
        let outcome = self.execute(instruction.operation, surroundings, effects, &mut driven.out);
        self.is_stalled = matches!(outcome, Outcome::Stalled | Outcome::Reserved);
        if self.is_stalled {
            if origin == Origin::Latched {
                self.latched = Some(instruction);
            }
            if matches!(outcome, Outcome::Reserved) {
                let reserved =
                    ReservedInstruction { machine: self.index, pc: self.pc, instruction: instruction.word, cycle };
                effects.reserved.get_or_insert(reserved);
            }
            return matches!(outcome, Outcome::Reserved);
        }
        if origin == Origin::Forced {
            self.forced = None;
            return true;
        }
        if origin == Origin::Program && !matches!(outcome, Outcome::Jumped) {
            self.pc = if self.pc == self.exec.wrap_top { self.exec.wrap_bottom } else { (self.pc + 1) % 32 };
        }
        if !matches!(outcome, Outcome::Latched) {
            self.delay = delay;
        }
        true
    }

    /// The part of autopull that goes on beside the program; whether it took a word (RP2040 datasheet, section
    /// 3.5.4.2).
    fn refill(&mut self, effects: &mut Effects) -> bool {
        if !self.shift.autopull || self.osr.count < self.shift.pull_threshold {
            return false;
        }
        let Some(word) = self.take(effects) else { return false };
        self.osr = ShiftRegister::full(word);
        true
    }

    /// A word from the TX FIFO.
    fn take(&mut self, effects: &mut Effects) -> Option<u32> {
        effects.is_fifo_ready |= self.tx.is_full() && !self.tx.is_empty();
        self.tx.pop()
    }

    /// Moves ISR to the RX FIFO; whether there was room.
    fn give(&mut self, effects: &mut Effects) -> bool {
        let was_empty = self.rx.is_empty();
        let has_room = self.rx.push(self.isr.bits);
        if has_room {
            effects.is_fifo_ready |= was_empty;
            self.isr = ShiftRegister::CLEARED;
        } else {
            self.debug.rx_stall = true;
        }
        has_room
    }
}

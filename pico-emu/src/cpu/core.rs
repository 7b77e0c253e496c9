//! Everything that one processor is, but for what it has decoded.

use super::exception::{self, HARD_FAULT, HARD_FAULT_PRIORITY, NMI, Priority};
use super::mpu::Mpu;
use super::nvic::Nvic;
use super::registers::Registers;
use super::systick::SysTick;
use super::{Fault, Sleep};
use crate::bus::{CoreId, Signals};

/// The address at which a processor in lockup seems to execute (DDI 0419, B1.5.15).
pub(super) const LOCKUP_ADDRESS: u32 = 0xffff_fffe;

#[derive(Clone, Debug)]
pub(super) struct Core {
    pub(super) id: CoreId,
    pub(super) registers: Registers,
    pub(super) nvic: Nvic,
    pub(super) systick: SysTick,
    pub(super) mpu: Mpu,
    /// VTOR.
    pub(super) vector_table: u32,
    /// SCR.
    pub(super) system_control: u32,
    /// The event register of `WFE`.
    pub(super) event: bool,
    pub(super) sleep: Option<Sleep>,
    /// The context is on the stack and the handler is still to be chosen: the `EXC_RETURN` value for it.
    pub(super) entering: Option<u32>,
    /// The processor is in lockup: since the instruction at this address, or the one before which an exception was to be
    /// taken.
    pub(super) locked_up: Option<u32>,
    /// The address at which the run was to stop and did, until the instruction there is executed.
    stopped_at: Option<u32>,
    /// What the program needs and the emulator lacks.
    pub(super) missing: Option<Fault>,
    /// What the chip has told last, but for events, while nothing has happened that may have changed it.
    pub(super) signals: Option<Signals>,
    /// AIRCR.SYSRESETREQ has been written.
    pub(super) reset_requested: bool,
    pub(super) cycle: u64,
    pub(super) instructions: u64,
}

impl Core {
    /// SCR: sleep when the last handler returns.
    pub(super) const SLEEP_ON_EXIT: u32 = 1 << 1;
    /// SCR: sleep deeply.
    pub(super) const SLEEP_DEEP: u32 = 1 << 2;
    /// SCR: an exception that becomes pending is an event.
    pub(super) const EVENT_ON_PENDING: u32 = 1 << 4;

    pub(super) const fn new(id: CoreId) -> Self {
        Self {
            id,
            registers: Registers::new(),
            nvic: Nvic::new(),
            systick: SysTick::new(),
            mpu: Mpu::new(),
            vector_table: 0,
            system_control: 0,
            event: false,
            sleep: None,
            entering: None,
            locked_up: None,
            stopped_at: None,
            missing: None,
            signals: None,
            reset_requested: false,
            cycle: 0,
            instructions: 0,
        }
    }

    /// Back to how it is after a reset, but for what counts on and what lies outside.
    pub(super) fn reset(&mut self) {
        let mut systick = self.systick.clone();
        systick.reset();
        *self = Self { systick, cycle: self.cycle, instructions: self.instructions, ..Self::new(self.id) };
    }

    pub(super) const fn priority_of(&self, number: u8) -> Priority {
        self.nvic.priority(number)
    }

    pub(super) fn execution_priority(&self) -> Priority {
        self.nvic.execution_priority(self.registers.primask)
    }

    /// The exception that is to be taken now, if any.
    pub(super) fn preempting(&self) -> Option<u8> {
        self.nvic.preempting(self.registers.primask)
    }

    /// Makes an exception pending.
    pub(super) const fn pend(&mut self, number: u8) {
        let transition = self.nvic.set_pending(number);
        self.note_pending(transition);
    }

    /// An exception has become pending, which may be an event.
    pub(super) const fn note_pending(&mut self, transition: bool) {
        if transition && self.system_control & Self::EVENT_ON_PENDING != 0 {
            self.event = true;
        }
    }

    /// A fault: `HardFault`, or lockup where that cannot be taken.
    pub(super) fn fault(&mut self) {
        if self.execution_priority() <= HARD_FAULT_PRIORITY {
            self.lock_up();
        } else {
            self.pend(HARD_FAULT);
        }
    }

    pub(super) const fn lock_up(&mut self) {
        self.locked_up = Some(self.registers.pc);
        self.registers.pc = LOCKUP_ADDRESS;
    }

    /// Finds out what the memory protection unit forbids from here on to code of this privilege.
    pub(super) fn follow_protection(&mut self, privileged: bool) {
        let negative_priority = self.nvic.is_active(NMI) || self.nvic.is_active(HARD_FAULT);
        let domain = self.mpu.domain(privileged, negative_priority);
        self.mpu.enter(domain);
    }

    /// Whether the run stops at an address where it is to stop: it does unless that is where it goes on.
    pub(super) fn stops_at(&mut self, address: u32) -> bool {
        let goes_on = self.stopped_at.take() == Some(address);
        if !goes_on {
            self.stopped_at = Some(address);
        }
        !goes_on
    }

    /// Counts the system timer up to the present cycle.
    pub(super) fn catch_up_systick(&mut self) {
        if self.systick.catch_up(self.cycle) {
            self.pend(exception::SYS_TICK);
        }
    }
}

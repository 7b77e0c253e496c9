//! Which exceptions are pending, enabled and active, and which one comes next (DDI 0419, B1.5.4 and B3.4).
//!
//! The registers of the external interrupts and those of the system exceptions show parts of the same state, so it is
//! kept here for all of them: a bit for each exception number.

use super::exception::{
    self, HARD_FAULT, HARD_FAULT_PRIORITY, INTERRUPT_0, MASKED_PRIORITY, NMI, NMI_PRIORITY, Priority, THREAD_PRIORITY,
};

/// The exceptions that cannot be disabled: all but the external interrupts.
const ALWAYS_ENABLED: u64 = (1 << INTERRUPT_0) - 1;

#[derive(Clone, Debug)]
pub(super) struct Nvic {
    pending: u64,
    enabled: u64,
    active: u64,
    /// 0 to 3, of the exceptions whose priority is configurable.
    priorities: [u8; exception::COUNT],
    /// The external lines and that of the NMI, when they were last seen.
    lines: u64,
}

impl Nvic {
    pub(super) const fn new() -> Self {
        Self { pending: 0, enabled: ALWAYS_ENABLED, active: 0, priorities: [0; exception::COUNT], lines: 0 }
    }

    /// Sees the interrupt lines: one that rises makes its interrupt pending. Returns whether any did that was not
    /// pending.
    pub(super) const fn set_lines(&mut self, interrupts: u32, nmi: bool) -> bool {
        let lines = (interrupts as u64) << INTERRUPT_0 | (nmi as u64) << NMI;
        let risen = lines & !self.lines;
        self.lines = lines;
        let was_pending = self.pending;
        self.pending |= risen;
        self.pending != was_pending
    }

    /// Makes an exception pending. Returns whether it was not.
    pub(super) const fn set_pending(&mut self, number: u8) -> bool {
        let was_pending = self.is_pending(number);
        self.pending |= 1 << number;
        !was_pending
    }

    pub(super) const fn clear_pending(&mut self, number: u8) {
        self.pending &= !(1 << number);
    }

    pub(super) const fn is_pending(&self, number: u8) -> bool {
        self.pending & 1 << number != 0
    }

    pub(super) const fn is_active(&self, number: u8) -> bool {
        self.active & 1 << number != 0
    }

    pub(super) const fn active_count(&self) -> u32 {
        self.active.count_ones()
    }

    /// The exception is handled from now on.
    pub(super) const fn activate(&mut self, number: u8) {
        self.active |= 1 << number;
        self.clear_pending(number);
    }

    /// The exception has been handled. If it is an interrupt whose line is still asserted, it is pending again.
    pub(super) const fn deactivate(&mut self, number: u8) {
        self.active &= !(1 << number);
        self.pending |= self.lines & 1 << number;
    }

    pub(super) const fn priority(&self, number: u8) -> Priority {
        match number {
            NMI => NMI_PRIORITY,
            HARD_FAULT => HARD_FAULT_PRIORITY,
            number => self.configured_priority(number).cast_signed(),
        }
    }

    /// That of an exception whose priority is configurable, 0 to 3, and of any other 0.
    pub(super) const fn configured_priority(&self, number: u8) -> u8 {
        self.priorities[number as usize]
    }

    /// `priority` is 0 to 3.
    pub(super) const fn set_priority(&mut self, number: u8, priority: u8) {
        self.priorities[number as usize] = priority;
    }

    /// The priority of what runs now.
    pub(super) fn execution_priority(&self, primask: bool) -> Priority {
        let masked = if primask { MASKED_PRIORITY } else { THREAD_PRIORITY };
        numbers(self.active).map(|number| self.priority(number)).fold(masked, Priority::min)
    }

    /// Of the exceptions that are pending and enabled, the one to take first: that of the highest priority, and of
    /// several that of the lowest number.
    pub(super) fn highest_pending(&self) -> Option<u8> {
        numbers(self.pending & self.enabled).min_by_key(|&number| self.priority(number))
    }

    /// The exception that is to be taken now, if any.
    #[inline]
    pub(super) fn preempting(&self, primask: bool) -> Option<u8> {
        let number = self.highest_pending()?;
        (self.priority(number) < self.execution_priority(primask)).then_some(number)
    }

    /// The pending external interrupts, as `NVIC_ISPR` shows them.
    pub(super) const fn pending_interrupts(&self) -> u32 {
        external(self.pending)
    }

    /// Makes external interrupts pending. Returns whether any was not.
    pub(super) const fn set_pending_interrupts(&mut self, interrupts: u32) -> bool {
        let was_pending = self.pending;
        self.pending |= (interrupts as u64) << INTERRUPT_0;
        self.pending != was_pending
    }

    /// Withdraws external interrupts, but for those whose line is asserted.
    pub(super) const fn clear_pending_interrupts(&mut self, interrupts: u32) {
        self.pending &= !((interrupts as u64) << INTERRUPT_0 & !self.lines);
    }

    /// The enabled external interrupts, as `NVIC_ISER` shows them.
    pub(super) const fn enabled_interrupts(&self) -> u32 {
        external(self.enabled)
    }

    pub(super) const fn enable_interrupts(&mut self, interrupts: u32) {
        self.enabled |= (interrupts as u64) << INTERRUPT_0;
    }

    pub(super) const fn disable_interrupts(&mut self, interrupts: u32) {
        self.enabled &= !((interrupts as u64) << INTERRUPT_0);
    }
}

const fn external(exceptions: u64) -> u32 {
    (exceptions >> INTERRUPT_0 & 0xffff_ffff) as u32
}

/// The numbers of the bits that are set, from the lowest on.
fn numbers(mut bits: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let number = u8::try_from(bits.trailing_zeros()).expect("there are 64 bits");
        let next = bits.checked_sub(1)? & bits;
        bits = next;
        Some(number)
    })
}

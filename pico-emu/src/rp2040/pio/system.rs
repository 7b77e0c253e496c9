//! What a DMA controller and the processors have to do with the block, beside its registers.

use std::array;

use super::machine::StateMachine;
use super::registers::bits;
use super::{Pio, SYSTEM_IRQ_FLAGS};

/// The bits of INTR that tell of the FIFOs.
const FIFO_INTERRUPTS: u32 = 0xff;

impl Pio {
    /// The two interrupt lines: IRQ0 and IRQ1.
    #[must_use]
    pub fn interrupts(&self) -> [bool; 2] {
        // The FIFOs are seldom asked for, and this is often.
        let fifos = (self.interrupt_enable[0] | self.interrupt_enable[1]) & FIFO_INTERRUPTS != 0;
        let raw = if fifos { self.raw_interrupts() } else { u32::from(self.irq_flags & SYSTEM_IRQ_FLAGS) << 8 };
        array::from_fn(|line| self.interrupt_status(raw, line) != 0)
    }

    /// Whether an interrupt line can be raised by what a state machine does.
    pub(in crate::rp2040) const fn can_interrupt(&self) -> bool {
        self.interrupt_enable[0] | self.interrupt_enable[1] != 0
    }

    /// Whether the TX FIFO of a state machine has room: the level of its TX DREQ.
    ///
    /// # Panics
    ///
    /// If `machine` is not below [`STATE_MACHINES`](super::STATE_MACHINES).
    #[must_use]
    pub const fn is_tx_ready(&self, machine: usize) -> bool {
        !self.machines[machine].tx.is_full()
    }

    /// Whether the RX FIFO of a state machine holds something: the level of its RX DREQ.
    ///
    /// # Panics
    ///
    /// If `machine` is not below [`STATE_MACHINES`](super::STATE_MACHINES).
    #[must_use]
    pub const fn is_rx_ready(&self, machine: usize) -> bool {
        !self.machines[machine].rx.is_empty()
    }

    /// The words that the TX FIFO of a state machine has room for, and those that its RX FIFO holds.
    pub(in crate::rp2040) const fn fifo_levels(&self, machine: usize) -> (usize, usize) {
        let StateMachine { tx, rx, .. } = &self.machines[machine];
        (tx.room(), rx.level())
    }

    /// What writing to TXF does: puts a word into the TX FIFO of a state machine. If that is full the word is lost, and
    /// FDEBUG.TXOVER says so.
    ///
    /// # Panics
    ///
    /// If `machine` is not below [`STATE_MACHINES`](super::STATE_MACHINES).
    pub fn push_tx(&mut self, machine: usize, word: u32) {
        let machine = &mut self.machines[machine];
        if machine.tx.push(word) {
            machine.schedule(self.cycle);
        } else {
            machine.debug.tx_over = true;
        }
    }

    /// What reading RXF does: takes a word out of the RX FIFO of a state machine. If that is empty the word is zero,
    /// and FDEBUG.RXUNDER says so.
    ///
    /// # Panics
    ///
    /// If `machine` is not below [`STATE_MACHINES`](super::STATE_MACHINES).
    pub fn pop_rx(&mut self, machine: usize) -> u32 {
        let machine = &mut self.machines[machine];
        if let Some(word) = machine.rx.pop() {
            machine.schedule(self.cycle);
            word
        } else {
            machine.debug.rx_under = true;
            0
        }
    }

    /// INTR.
    pub(super) fn raw_interrupts(&self) -> u32 {
        self.fifo_interrupts() | u32::from(self.irq_flags & SYSTEM_IRQ_FLAGS) << 8
    }

    /// Those bits of INTR that tell of the FIFOs.
    fn fifo_interrupts(&self) -> u32 {
        bits(&self.machines, |machine| !machine.rx.is_empty())
            | bits(&self.machines, |machine| !machine.tx.is_full()) << 4
    }

    /// INTS of a line, from INTR.
    pub(super) const fn interrupt_status(&self, raw: u32, line: usize) -> u32 {
        raw & self.interrupt_enable[line] | self.interrupt_force[line]
    }
}

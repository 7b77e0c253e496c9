//! How frames go to the memory and come from it.
//!
//! When a frame is pushed it is known when it will be on the wires, and what the memory will answer: so it goes to the
//! memory at once. What is to be received behind it is found with a copy of the memory's state, which counts unless
//! another frame comes to be sent before.

use super::Ssi;
use super::frame::Mode;
use crate::rp2040::flash::Flash;

impl Ssi {
    /// Sends a frame. `None` if that transfer is not modelled.
    pub(super) fn send(&mut self, frame: u32, flash: &mut Flash, cycle: u64) -> Option<()> {
        if self.baud == 0 {
            return None;
        }
        if !self.control.is_standard() {
            return self.read_on_more_wires(frame, flash, cycle);
        }
        if !self.control.suits_memory() || (self.sent_until..self.busy_until).contains(&cycle) {
            return None;
        }
        if cycle >= self.busy_until {
            self.end_transfer(flash, self.busy_until);
        }
        let start = self.sent_until.max(cycle);
        self.transmit.take_at(start);
        let bits = self.control.bits();
        let end = start + self.frame_cycles();
        match self.control.mode() {
            Mode::Both => {
                let answer = flash.exchange(frame, bits, start)?;
                self.receive.expect(end, Some(answer));
                (self.sent_until, self.busy_until) = (end, end);
            }
            Mode::Transmit => {
                flash.exchange(frame, bits, start)?;
                (self.sent_until, self.busy_until) = (end, end);
            }
            // The frame begins the transfer, and is on the wire for all of it.
            Mode::Receive => {
                self.sent_until = start;
                self.receive_frames(frame, flash);
            }
            Mode::EepromRead => {
                if cycle < self.sent_until {
                    self.receive.cancel_behind(self.sent_until);
                }
                flash.exchange(frame, bits, start)?;
                self.sent_until = end;
                self.receive_frames(0, flash);
            }
        }
        Some(())
    }

    /// Receives CTRLR1's frames behind what has been sent.
    fn receive_frames(&mut self, sent: u32, flash: &Flash) {
        let mut device = flash.device.clone();
        let mut start = self.sent_until;
        for _ in 0..=self.last_frame {
            let answer = flash.foresee(&mut device, sent, self.control.bits(), start);
            start += self.frame_cycles();
            self.receive.expect(start, answer);
        }
        self.busy_until = start;
        self.foreseen = Some(device);
    }

    /// Two or four wires: the read with an instruction and an address that a second stage does before execution in
    /// place. Its frames take as long as they would on one wire.
    fn read_on_more_wires(&mut self, frame: u32, flash: &Flash, cycle: u64) -> Option<()> {
        if self.control.mode() != Mode::EepromRead || self.control.bits() != u32::BITS {
            return None;
        }
        if self.instruction.is_none() {
            self.instruction = Some(frame);
            return Some(());
        }
        self.instruction = None;
        let address = frame >> 8;
        for place in 0..=self.last_frame {
            self.busy_until = self.busy_until.max(cycle) + self.frame_cycles();
            let word: u32 = flash.memory.load(address + 4 * place);
            self.receive.expect(self.busy_until, Some(word.swap_bytes()));
        }
        Some(())
    }

    /// What was under way is over at a cycle, if the memory is not kept selected.
    pub(super) fn end_transfer(&mut self, flash: &mut Flash, cycle: u64) {
        if let Some(device) = self.foreseen.take() {
            flash.device = device;
        }
        if !self.selected {
            flash.deselect(cycle);
        }
    }

    /// A frame takes its bits times the divider.
    fn frame_cycles(&self) -> u64 {
        u64::from(self.control.bits()) * u64::from(self.baud)
    }
}

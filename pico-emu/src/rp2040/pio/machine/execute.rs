//! What each instruction does (RP2040 datasheet, section 3.4).

use super::control::StatusSource;
use super::{Effects, ShiftRegister, StateMachine, Surroundings};
use crate::rp2040::pio::instruction::{Condition, Destination, Flag, Instruction, Operation, Source, Transform};
use crate::rp2040::pio::pins::{PinWrite, Target};

/// How an instruction went.
pub(super) enum Outcome {
    Done,
    /// It has written the program counter.
    Jumped,
    /// It has handed over the next instruction.
    Latched,
    /// It has to be executed again.
    Stalled,
    Reserved,
}

impl ShiftRegister {
    pub(super) const CLEARED: Self = Self { bits: 0, count: 0 };
    /// An OSR from which everything has been shifted.
    pub(super) const EMPTY: Self = Self { bits: 0, count: 32 };

    /// An OSR from which nothing has been shifted.
    pub(super) const fn full(bits: u32) -> Self {
        Self { bits, count: 0 }
    }

    /// Shifts the low `bits` bits of `data` in; `bits` is 1 to 32.
    const fn shift_in(self, right: bool, data: u32, bits: u8) -> Self {
        let kept = 32 - bits as u32;
        let old = self.bits as u64;
        let new = (data as u64) & ((1 << bits) - 1);
        let shifted = if right { old >> bits | new << kept } else { old << bits | new };
        Self { bits: shifted as u32, count: self.counted(bits) }
    }

    /// Shifts `bits` bits out, 1 to 32: the rest, and these.
    const fn shift_out(self, right: bool, bits: u8) -> (Self, u32) {
        let kept = 32 - bits as u32;
        let old = self.bits as u64;
        let (rest, out) = if right { (old >> bits, old & ((1 << bits) - 1)) } else { (old << bits, old >> kept) };
        (Self { bits: rest as u32, count: self.counted(bits) }, out as u32)
    }

    const fn counted(self, bits: u8) -> u8 {
        let count = self.count + bits;
        if count > 32 { 32 } else { count }
    }
}

impl StateMachine {
    /// Executes an operation. One that stalls changes nothing, but for flags and counters that say so.
    #[inline]
    pub(super) fn execute(
        &mut self,
        operation: Operation,
        surroundings: &Surroundings<'_>,
        effects: &mut Effects,
        out: &mut Option<PinWrite>,
    ) -> Outcome {
        match operation {
            Operation::Jmp { condition, address } => {
                if !self.is_met(condition, surroundings.inputs) {
                    return Outcome::Done;
                }
                self.pc = address;
                Outcome::Jumped
            }
            Operation::WaitGpio { polarity, gpio } => wait(surroundings.inputs >> gpio & 1 != 0, polarity),
            Operation::WaitPin { polarity, index } => wait(self.input(surroundings.inputs) >> index & 1 != 0, polarity),
            Operation::WaitIrq { polarity, flag } => {
                let flag = flag.mask(self.index);
                let outcome = wait(surroundings.irq_flags & flag != 0, polarity);
                if polarity && matches!(outcome, Outcome::Done) {
                    effects.irq_clear |= flag;
                }
                outcome
            }
            Operation::In { source, bits } => self.shift_in(self.read(source, surroundings.inputs), bits, effects),
            Operation::Out { destination, bits } => self.shift_out(destination, bits, out),
            Operation::Push { if_full, block } => self.push(if_full, block, effects),
            Operation::Pull { if_empty, block } => self.pull(if_empty, block, effects),
            Operation::Mov { destination, transform, source } => {
                let value = self.read(source, surroundings.inputs);
                let value = match transform {
                    Transform::None => value,
                    Transform::Invert => !value,
                    Transform::BitReverse => value.reverse_bits(),
                };
                self.mov(destination, value, out)
            }
            Operation::IrqSet { flag, wait } => self.set_irq(flag, wait, surroundings.irq_flags, effects),
            Operation::IrqClear { flag } => {
                effects.irq_clear |= flag.mask(self.index);
                Outcome::Done
            }
            Operation::Set { destination, data } => {
                let data = data.into();
                match destination {
                    Destination::Pins => *out = Some(self.pins.set.write(Target::Levels, data)),
                    Destination::PinDirs => *out = Some(self.pins.set.write(Target::Enables, data)),
                    _ => return self.write(destination, data),
                }
                Outcome::Done
            }
            Operation::Reserved => Outcome::Reserved,
        }
    }

    fn is_met(&mut self, condition: Condition, inputs: u32) -> bool {
        let decrement = |register: &mut u32| {
            let before = *register;
            *register = before.wrapping_sub(1);
            before != 0
        };
        match condition {
            Condition::Always => true,
            Condition::XZero => self.x == 0,
            Condition::XNonZeroDecrement => decrement(&mut self.x),
            Condition::YZero => self.y == 0,
            Condition::YNonZeroDecrement => decrement(&mut self.y),
            Condition::XNotEqualY => self.x != self.y,
            Condition::Pin => inputs >> self.exec.jmp_pin & 1 != 0,
            Condition::OsrNotEmpty => self.osr.count < self.shift.pull_threshold,
        }
    }

    /// The pins as IN and MOV see them, the one at `IN_BASE` first.
    const fn input(&self, inputs: u32) -> u32 {
        inputs.rotate_right(self.pins.in_base)
    }

    fn read(&self, source: Source, inputs: u32) -> u32 {
        match source {
            Source::Pins => self.input(inputs),
            Source::X => self.x,
            Source::Y => self.y,
            Source::Null => 0,
            Source::Status => {
                let level = match self.exec.status_source {
                    StatusSource::TxLevel => self.tx.level(),
                    StatusSource::RxLevel => self.rx.level(),
                };
                if level < self.exec.status_level { u32::MAX } else { 0 }
            }
            Source::Isr => self.isr.bits,
            Source::Osr => self.osr.bits,
        }
    }

    fn shift_in(&mut self, data: u32, bits: u8, effects: &mut Effects) -> Outcome {
        let before = self.isr;
        self.isr = before.shift_in(self.shift.in_right, data, bits);
        if self.shift.autopush && self.isr.count >= self.shift.push_threshold && !self.give(effects) {
            self.isr = before;
            return Outcome::Stalled;
        }
        Outcome::Done
    }

    fn shift_out(&mut self, destination: Destination, bits: u8, out: &mut Option<PinWrite>) -> Outcome {
        if self.shift.autopull && self.osr.count >= self.shift.pull_threshold {
            // A word that is there gets into the OSR in this cycle, and out of it in the next at the earliest.
            self.debug.tx_stall |= self.tx.is_empty();
            return Outcome::Stalled;
        }
        let (rest, data) = self.osr.shift_out(self.shift.out_right, bits);
        self.osr = rest;
        let target = match destination {
            Destination::Pins => Target::Levels,
            Destination::PinDirs => Target::Enables,
            Destination::Isr => {
                self.isr = ShiftRegister { bits: data, count: bits };
                return Outcome::Done;
            }
            _ => return self.write(destination, data),
        };
        let mut write = self.pins.out.write(target, data);
        if self.exec.inline_out_enable.is_some_and(|enable| data & enable == 0) {
            write.mask = 0;
        }
        *out = Some(write);
        Outcome::Done
    }

    fn push(&mut self, if_full: bool, block: bool, effects: &mut Effects) -> Outcome {
        if if_full && self.isr.count < self.shift.push_threshold {
            return Outcome::Done;
        }
        if !self.give(effects) {
            if block {
                return Outcome::Stalled;
            }
            self.isr = ShiftRegister::CLEARED;
        }
        Outcome::Done
    }

    fn pull(&mut self, if_empty: bool, block: bool, effects: &mut Effects) -> Outcome {
        if (if_empty || self.shift.autopull) && self.osr.count < self.shift.pull_threshold {
            return Outcome::Done;
        }
        let word = match self.take(effects) {
            Some(word) => word,
            None if block => {
                self.debug.tx_stall = true;
                return Outcome::Stalled;
            }
            None => self.x,
        };
        self.osr = ShiftRegister::full(word);
        Outcome::Done
    }

    fn mov(&mut self, destination: Destination, value: u32, out: &mut Option<PinWrite>) -> Outcome {
        match destination {
            Destination::Pins => *out = Some(self.pins.out.write(Target::Levels, value)),
            Destination::Isr => self.isr = ShiftRegister { bits: value, count: 0 },
            Destination::Osr => self.osr = ShiftRegister::full(value),
            _ => return self.write(destination, value),
        }
        Outcome::Done
    }

    /// Writes to where OUT, MOV and SET all write in the same way.
    fn write(&mut self, destination: Destination, value: u32) -> Outcome {
        match destination {
            Destination::X => self.x = value,
            Destination::Y => self.y = value,
            Destination::Null => {}
            Destination::Pc => {
                self.pc = value as u8 % 32;
                return Outcome::Jumped;
            }
            Destination::Exec => {
                self.latched = Some(Instruction::decode(value as u16));
                return Outcome::Latched;
            }
            Destination::Pins | Destination::PinDirs | Destination::Isr | Destination::Osr => {
                unreachable!("each instruction writes these in its own way")
            }
        }
        Outcome::Done
    }

    fn set_irq(&mut self, flag: Flag, wait: bool, irq_flags: u8, effects: &mut Effects) -> Outcome {
        let flag = flag.mask(self.index);
        if !self.awaits_irq_clear {
            effects.irq_set |= flag;
            self.awaits_irq_clear = wait;
        } else if irq_flags & flag == 0 {
            self.awaits_irq_clear = false;
        }
        if self.awaits_irq_clear { Outcome::Stalled } else { Outcome::Done }
    }
}

const fn wait(level: bool, polarity: bool) -> Outcome {
    if level == polarity { Outcome::Done } else { Outcome::Stalled }
}

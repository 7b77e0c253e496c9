//! A core's integer divider (RP2040 datasheet, 2.3.1.5).

use crate::rp2040::block::flag;

const UDIVIDEND: u32 = 0x00;
const UDIVISOR: u32 = 0x04;
const SDIVIDEND: u32 = 0x08;
const SDIVISOR: u32 = 0x0c;
const QUOTIENT: u32 = 0x10;
const REMAINDER: u32 = 0x14;

const DIRTY: u32 = 1 << 1;
const READY: u32 = 1 << 0;

/// How long a division takes.
const CYCLES: u64 = 8;

#[derive(Clone, Debug)]
pub(super) struct Divider {
    dividend: u32,
    divisor: u32,
    quotient: u32,
    remainder: u32,
    /// The division that is under way: when it ends, and with what.
    running: Option<(u64, u32, u32)>,
    dirty: bool,
}

impl Divider {
    pub(super) const fn new() -> Self {
        Self { dividend: 0, divisor: 0, quotient: 0, remainder: 0, running: None, dirty: false }
    }

    /// Until the division ends, the results are those of the one before.
    pub(super) fn read(&mut self, offset: u32, cycle: u64) -> u32 {
        self.catch_up(cycle);
        match offset {
            UDIVIDEND | SDIVIDEND => self.dividend,
            UDIVISOR | SDIVISOR => self.divisor,
            QUOTIENT => {
                self.dirty = false;
                self.quotient
            }
            REMAINDER => self.remainder,
            _ => flag(self.dirty, DIRTY) | flag(self.running.is_none(), READY),
        }
    }

    pub(super) fn write(&mut self, offset: u32, value: u32, cycle: u64) {
        self.catch_up(cycle);
        match offset {
            UDIVIDEND | SDIVIDEND => self.dividend = value,
            UDIVISOR | SDIVISOR => self.divisor = value,
            // A program that saves and restores the divider puts the results back. That ends a division.
            QUOTIENT => (self.quotient, self.running) = (value, None),
            REMAINDER => (self.remainder, self.running) = (value, None),
            _ => return,
        }
        self.dirty = true;
        let (quotient, remainder) = match offset {
            UDIVIDEND | UDIVISOR => unsigned(self.dividend, self.divisor),
            SDIVIDEND | SDIVISOR => signed(self.dividend.cast_signed(), self.divisor.cast_signed()),
            _ => return,
        };
        self.running = Some((cycle + CYCLES, quotient, remainder));
    }

    fn catch_up(&mut self, cycle: u64) {
        if let Some((end, quotient, remainder)) = self.running
            && cycle >= end
        {
            (self.quotient, self.remainder, self.running) = (quotient, remainder, None);
        }
    }
}

fn unsigned(dividend: u32, divisor: u32) -> (u32, u32) {
    match dividend.checked_div(divisor) {
        Some(quotient) => (quotient, dividend % divisor),
        None => (u32::MAX, dividend),
    }
}

/// A division by zero gives -1 for a dividend of 0 or more and 1 for others, and leaves the dividend.
const fn signed(dividend: i32, divisor: i32) -> (u32, u32) {
    let (quotient, remainder) = match divisor {
        0 if dividend >= 0 => (-1, dividend),
        0 => (1, dividend),
        _ => (dividend.wrapping_div(divisor), dividend.wrapping_rem(divisor)),
    };
    (quotient.cast_unsigned(), remainder.cast_unsigned())
}

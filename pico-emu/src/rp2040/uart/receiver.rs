//! The receiver: it samples the line, and keeps what it has got (RP2040 datasheet, 4.2.3.2.2 to 4.2.3.2.4).

use std::collections::VecDeque;

use super::format::UartFormat;
use super::line::{BitTime, Line, TICKS_PER_BIT};

/// The bits of UARTDR beside the data.
pub(super) const FRAMING_ERROR: u32 = 1 << 8;
pub(super) const PARITY_ERROR: u32 = 1 << 9;
pub(super) const BREAK_ERROR: u32 = 1 << 10;
pub(super) const OVERRUN_ERROR: u32 = 1 << 11;

/// Without data for so many ticks behind the last character, there is a time-out.
const TIMEOUT_TICKS: u64 = 32 * TICKS_PER_BIT;

/// What a character that has come in has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// Its errors, and the overrun that it was.
    pub(super) errors: u32,
    /// Whether it is in the FIFO.
    pub(super) stored: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Receiver {
    fifo: VecDeque<u32>,
    line: Line,
    /// From which tick on the receiver looks for a start bit.
    idle_from: u64,
    /// It does not look for a start bit any longer.
    off_since: Option<u64>,
    /// A character has been lost, which the next one that is stored tells.
    overrun: bool,
    /// When there has been nothing for too long.
    timeout: Option<u64>,
}

impl Receiver {
    pub(super) const fn new() -> Self {
        Self {
            fifo: VecDeque::new(),
            line: Line::new(),
            idle_from: 0,
            off_since: Some(0),
            overrun: false,
            timeout: None,
        }
    }

    pub(super) fn level(&self) -> usize {
        self.fifo.len()
    }

    /// The next character, with its errors.
    pub(super) fn pop(&mut self) -> Option<u32> {
        let word = self.fifo.pop_front();
        if self.fifo.is_empty() {
            self.timeout = None;
        }
        word
    }

    /// Drops what has been received.
    pub(super) fn flush(&mut self) {
        self.fifo.clear();
        self.timeout = None;
    }

    /// Somebody sends characters.
    pub(super) fn send(&mut self, from: u64, characters: &[u8], format: &UartFormat, bit_time: BitTime) {
        self.line.send(from, characters, format, bit_time);
    }

    /// Somebody sends a break, which lasts so many bits.
    pub(super) fn send_break(&mut self, from: u64, bits: u64, bit_time: BitTime) {
        self.line.send_break(from, bits, bit_time);
    }

    /// Switches it on or off. A character that has begun before is completed, and one that has begun while it was off is
    /// missed.
    pub(super) fn set_on(&mut self, on: bool, tick: u64) {
        if on {
            self.idle_from = self.idle_from.max(tick);
            self.line.forget(tick);
        }
        self.off_since = (!on).then_some(tick);
    }

    /// The line goes to another sender.
    pub(super) fn reconnect(&mut self) {
        self.line = Line::new();
    }

    /// Whether nobody has sent anything that has not ended.
    pub(super) fn expects_nothing(&self) -> bool {
        self.line.is_empty()
    }

    /// The tick in which the character ends that comes next: that of the last reading of its stop bit.
    pub(super) fn next_character(&self, format: &UartFormat) -> Option<u64> {
        let start = self.line.falling_edge(self.idle_from)?;
        let begins = self.off_since.is_none_or(|off| start < off);
        begins.then_some(start + length(format))
    }

    /// Takes the character that comes next, which ends in a tick. `None` if its start bit was too short to be one.
    pub(super) fn receive(&mut self, end: u64, format: &UartFormat, depth: usize) -> Option<Received> {
        let start = end - length(format);
        let sample = |bit: u64| self.sample(start + middle(bit));
        if sample(0) {
            self.idle_from = start + middle(0);
            return None;
        }
        let data_bits = u64::from(format.data_bits);
        let character = (0..data_bits).map(|bit| u8::from(sample(1 + bit)) << bit).sum::<u8>();
        let parity = format.parity.bit(character).map(|expected| (expected, sample(1 + data_bits)));
        let stop = sample(stop_bit(format));
        let mut errors = 0;
        if parity.is_some_and(|(expected, bit)| bit != expected) {
            errors |= PARITY_ERROR;
        }
        if !stop {
            errors |= FRAMING_ERROR;
            if character == 0 && parity.is_none_or(|(_, bit)| !bit) {
                errors |= BREAK_ERROR;
            }
        }
        self.idle_from = end;
        self.line.forget(end);
        Some(self.store(u32::from(character) | errors, end, depth))
    }

    /// The majority of three readings around a tick.
    fn sample(&self, tick: u64) -> bool {
        (tick - 1..=tick + 1).filter(|&tick| self.line.level(tick)).count() >= 2
    }

    fn store(&mut self, word: u32, tick: u64, depth: usize) -> Received {
        self.timeout = Some(tick + TIMEOUT_TICKS);
        if self.fifo.len() >= depth {
            self.overrun = true;
            return Received { errors: OVERRUN_ERROR, stored: false };
        }
        let overrun = if std::mem::take(&mut self.overrun) { OVERRUN_ERROR } else { 0 };
        self.fifo.push_back(word | overrun);
        Received { errors: word & !0xff, stored: true }
    }

    /// The tick of the time-out.
    pub(super) const fn timeout(&self) -> Option<u64> {
        self.timeout
    }

    /// The time-out has been told.
    pub(super) const fn told_timeout(&mut self) {
        self.timeout = None;
    }

    /// The time-out has been cleared: it comes again if nothing is read.
    pub(super) fn restart_timeout(&mut self, tick: u64) {
        self.timeout = (!self.fifo.is_empty()).then_some(tick + TIMEOUT_TICKS);
    }
}

/// Which bit the first stop bit is. A second one is not looked at.
const fn stop_bit(format: &UartFormat) -> u64 {
    format.bits() - format.stop_bits as u64
}

/// The ticks from the beginning of a character to the middle of a bit.
const fn middle(bit: u64) -> u64 {
    bit * TICKS_PER_BIT + TICKS_PER_BIT / 2
}

/// The ticks from the beginning of a character to the last reading of its stop bit.
const fn length(format: &UartFormat) -> u64 {
    middle(stop_bit(format)) + 1
}

//! The transmitter: a FIFO and the shift register behind it (RP2040 datasheet, 4.2.3.2.2).

use std::collections::VecDeque;

use super::format::{UartFormat, UartSymbol};
use super::line::TICKS_PER_BIT;

/// What is on the line.
#[derive(Clone, Copy, Debug)]
struct Shifting {
    symbol: UartSymbol,
    format: UartFormat,
    start: u64,
}

impl Shifting {
    fn end(&self) -> u64 {
        self.start + self.format.bits() * TICKS_PER_BIT
    }
}

/// What has been sent, and the tick of its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) symbol: UartSymbol,
    pub(super) format: UartFormat,
    pub(super) end: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Transmitter {
    fifo: VecDeque<u8>,
    shifting: Option<Shifting>,
    /// The line is low, and the time of a character has passed.
    breaks: bool,
}

impl Transmitter {
    pub(super) const fn new() -> Self {
        Self { fifo: VecDeque::new(), shifting: None, breaks: false }
    }

    pub(super) fn level(&self) -> usize {
        self.fifo.len()
    }

    /// Appends a character, which is lost if there is no room.
    pub(super) fn push(&mut self, character: u8, depth: usize) {
        if self.fifo.len() < depth {
            self.fifo.push_back(character);
        }
    }

    /// Drops what has not been begun.
    pub(super) fn flush(&mut self) {
        self.fifo.clear();
    }

    /// Whether there is something to send, or being sent.
    pub(super) fn is_busy(&self) -> bool {
        !self.fifo.is_empty() || self.is_shifting()
    }

    /// Whether a character is being sent.
    pub(super) const fn is_shifting(&self) -> bool {
        matches!(self.shifting, Some(Shifting { symbol: UartSymbol::Character(_), .. }))
    }

    /// Whether the line is held low.
    pub(super) const fn is_break(&self) -> bool {
        self.breaks || matches!(self.shifting, Some(Shifting { symbol: UartSymbol::Break, .. }))
    }

    /// The tick in which it is done with what is on the line.
    pub(super) fn end(&self) -> Option<u64> {
        self.shifting.as_ref().map(Shifting::end)
    }

    /// Is done with what is on the line, if that ends by a tick.
    pub(super) fn finish(&mut self, tick: u64) -> Option<Sent> {
        let Shifting { symbol, format, .. } = self.shifting.filter(|shifting| shifting.end() <= tick)?;
        let end = self.end()?;
        self.shifting = None;
        self.breaks = symbol == UartSymbol::Break;
        Some(Sent { symbol, format, end })
    }

    /// Begins with the next character if the line is free. Returns it.
    pub(super) fn start(&mut self, start: u64, format: UartFormat) -> Option<u8> {
        if self.shifting.is_some() {
            return None;
        }
        let character = format.masked(self.fifo.pop_front()?);
        self.shifting = Some(Shifting { symbol: UartSymbol::Character(character), format, start });
        Some(character)
    }

    /// Begins with a break if the line is free. Returns whether it has.
    pub(super) fn start_break(&mut self, start: u64, format: UartFormat) -> bool {
        let begins = self.shifting.is_none() && !self.breaks;
        if begins {
            self.shifting = Some(Shifting { symbol: UartSymbol::Break, format, start });
        }
        begins
    }

    /// The line goes high again. One that was shorter than a character was no break.
    pub(super) fn end_break(&mut self) {
        if self.is_break() {
            self.shifting = None;
        }
        self.breaks = false;
    }
}

//! Which buffers are done, and which is next.

use super::endpoint::{Control, Index};

/// A bit for each [`Index`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Buffers {
    /// The second buffer of a double buffered endpoint is next.
    second_next: u32,
    /// `BUFF_STATUS`: a buffer is done, or two of them.
    done: u32,
    /// `BUFF_CPU_SHOULD_HANDLE`: it is the second one.
    done_second: u32,
    /// Behind the one that is done, the other one is done too.
    done_both: u32,
    /// One of two buffers is done, which is told of when both are.
    half: u32,
}

impl Buffers {
    pub(super) const fn new() -> Self {
        Self { second_next: 0, done: 0, done_second: 0, done_both: 0, half: 0 }
    }

    /// Whether the second buffer is the next one.
    pub(super) const fn is_second_next(&self, index: Index, control: Control) -> bool {
        control.is_double_buffered() && self.second_next & index.bit() != 0
    }

    /// A buffer has been sent or filled.
    pub(super) const fn finish(&mut self, index: Index, control: Control, second: bool) {
        let bit = index.bit();
        if control.is_double_buffered() {
            self.second_next = if second { self.second_next & !bit } else { self.second_next | bit };
        }
        if control.tells_of_each_buffer() {
            if self.done & bit == 0 {
                self.done |= bit;
                self.done_second = if second { self.done_second | bit } else { self.done_second & !bit };
            } else if control.is_double_buffered() {
                self.done_both |= bit;
            }
        } else if control.tells_of_two_buffers() {
            self.half ^= bit;
            self.done |= bit & !self.half;
        }
    }

    /// `BUFF_STATUS`.
    pub(super) const fn done(&self) -> u32 {
        self.done
    }

    /// `BUFF_CPU_SHOULD_HANDLE`.
    pub(super) const fn done_second(&self) -> u32 {
        self.done_second
    }

    /// Clears bits of `BUFF_STATUS`, which are set again where the other buffer is done too.
    pub(super) const fn clear(&mut self, bits: u32) {
        let again = self.done & self.done_both & bits;
        self.done = self.done & !bits | again;
        self.done_second ^= again;
        self.done_both &= !bits;
    }
}

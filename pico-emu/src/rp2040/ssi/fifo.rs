//! The two FIFOs, in which what is to come has its cycle.

use std::collections::VecDeque;

/// How many frames each holds.
pub(super) const DEPTH: usize = 16;

/// What is to be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Transmit {
    /// The frames that wait for the memory to be enabled.
    pub(super) waiting: VecDeque<u32>,
    /// When each of the others is taken out, to be sent.
    starts: VecDeque<u64>,
    /// A frame has been pushed for which there was no room.
    pub(super) has_overflown: bool,
}

impl Transmit {
    /// A frame is taken out at a cycle.
    pub(super) fn take_at(&mut self, cycle: u64) {
        self.starts.push_back(cycle);
    }

    pub(super) fn level(&mut self, cycle: u64) -> usize {
        while self.starts.front().is_some_and(|&start| start <= cycle) {
            self.starts.pop_front();
        }
        self.waiting.len() + self.starts.len()
    }
}

/// What has been received.
#[derive(Clone, Debug, Default)]
pub(super) struct Receive {
    /// Each with its word; `None` if what the memory would answer is not modelled.
    frames: VecDeque<Option<u32>>,
    /// The frames that are to come, each with the cycle of its end.
    coming: VecDeque<(u64, Option<u32>)>,
    /// A frame has come for which there was no room.
    pub(super) has_overflown: bool,
}

impl Receive {
    /// A frame comes whose end is at a cycle.
    pub(super) fn expect(&mut self, end: u64, frame: Option<u32>) {
        self.coming.push_back((end, frame));
    }

    /// What would end behind a cycle does not come.
    pub(super) fn cancel_behind(&mut self, cycle: u64) {
        while self.coming.back().is_some_and(|&(end, _)| end > cycle) {
            self.coming.pop_back();
        }
    }

    pub(super) fn level(&mut self, cycle: u64) -> usize {
        while let Some(&(end, frame)) = self.coming.front()
            && end <= cycle
        {
            self.coming.pop_front();
            if self.frames.len() < DEPTH {
                self.frames.push_back(frame);
            } else {
                self.has_overflown = true;
            }
        }
        self.frames.len()
    }

    /// Takes a frame; `None` if there is none, or none that is modelled.
    pub(super) fn pop(&mut self, cycle: u64) -> Option<u32> {
        self.level(cycle);
        self.frames.pop_front().flatten()
    }
}

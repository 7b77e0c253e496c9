//! The queues between the system and a state machine.

/// One FIFO: four words, or eight or none if it is joined (RP2040 datasheet, section 3.5.3).
#[derive(Clone, Debug)]
pub(super) struct Fifo {
    words: [u32; 2 * Self::DEPTH],
    first: usize,
    level: usize,
    depth: usize,
}

impl Fifo {
    /// The depth of one that is not joined.
    pub(super) const DEPTH: usize = 4;

    pub(super) const fn new(depth: usize) -> Self {
        Self { words: [0; 2 * Self::DEPTH], first: 0, level: 0, depth }
    }

    pub(super) const fn level(&self) -> usize {
        self.level
    }

    /// How many words it takes.
    pub(super) const fn room(&self) -> usize {
        self.depth - self.level
    }

    /// Without any depth it is empty and full.
    pub(super) const fn is_empty(&self) -> bool {
        self.level == 0
    }

    pub(super) const fn is_full(&self) -> bool {
        self.level == self.depth
    }

    /// Appends a word; whether there was room.
    pub(super) fn push(&mut self, word: u32) -> bool {
        if self.is_full() {
            return false;
        }
        self.words[(self.first + self.level) % self.words.len()] = word;
        self.level += 1;
        true
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        if self.is_empty() {
            return None;
        }
        let word = self.words[self.first];
        self.first = (self.first + 1) % self.words.len();
        self.level -= 1;
        Some(word)
    }
}

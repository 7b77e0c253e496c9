//! Instructions that have been decoded, in basic blocks: each is entered at its first instruction alone and leaves at
//! its last.
//!
//! No block holds an instruction at which the run is to stop, so that stopping costs nothing elsewhere.

use super::Instruction;
use crate::bus::StaleCode;
use crate::memory::LINE_LEN;

/// The most instructions of a block, so that it reaches into one further line at most.
pub(super) const BLOCK_LEN_MAX: usize = 32;

/// How many blocks can be kept, at first and at most: powers of two. A block is kept in the one place that its address leads
/// to. The most are enough for 256 KiB of code without two that want the same place.
const PLACES_MIN: usize = 1 << 10;
const PLACES_MAX: usize = 1 << 17;

/// How many instructions can be kept before all are forgotten.
const INSTRUCTIONS_MAX: usize = 1 << 18;

/// No block begins at an odd address.
const NOWHERE: u32 = 1;

/// A basic block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    address: u32,
    first: u32,
    len: u32,
    /// The most cycles that it takes while it reaches nothing but memory.
    pub(super) max_cycles: u32,
}

impl Block {
    const NONE: Self = Self { address: NOWHERE, first: 0, len: 0, max_cycles: 0 };
}

#[derive(Clone)]
pub(super) struct CodeCache {
    blocks: Box<[Block]>,
    instructions: Vec<Instruction>,
    /// Where the run is to stop.
    stops: Vec<u32>,
}

impl CodeCache {
    pub(super) fn new() -> Self {
        let blocks = vec![Block::NONE; PLACES_MIN].into_boxed_slice();
        Self { blocks, instructions: Vec::new(), stops: Vec::new() }
    }

    /// The block at an address.
    #[inline(always)]
    pub(super) fn find(&self, address: u32) -> Option<(&[Instruction], u32)> {
        let block = &self.blocks[self.place(address)];
        if block.address != address {
            return None;
        }
        let first = block.first as usize;
        Some((&self.instructions[first..first + block.len as usize], block.max_cycles))
    }

    /// Keeps a block.
    pub(super) fn insert(&mut self, address: u32, instructions: &[Instruction]) {
        if self.instructions.len() + instructions.len() > INSTRUCTIONS_MAX {
            self.forget_all();
        }
        let count = |len: usize| u32::try_from(len).expect("there is room for 65,536 instructions");
        while self.blocks.len() < PLACES_MAX && ![NOWHERE, address].contains(&self.blocks[self.place(address)].address)
        {
            self.grow();
        }
        let place = self.place(address);
        self.blocks[place] = Block {
            address,
            first: count(self.instructions.len()),
            len: count(instructions.len()),
            max_cycles: instructions.iter().map(Instruction::max_cycles).sum(),
        };
        self.instructions.extend_from_slice(instructions);
    }

    /// Makes twice as many places.
    fn grow(&mut self) {
        let places = 2 * self.blocks.len();
        for block in std::mem::replace(&mut self.blocks, vec![Block::NONE; places].into_boxed_slice()) {
            if block.address != NOWHERE {
                let place = self.place(block.address);
                self.blocks[place] = block;
            }
        }
    }

    /// From here on the run is to stop at an address.
    pub(super) fn add_stop(&mut self, address: u32) {
        self.stops.push(address);
        self.forget_all();
    }

    /// Whether the run is to stop at an address.
    pub(super) fn is_stop(&self, address: u32) -> bool {
        self.stops.contains(&address)
    }

    /// Forgets what is stale.
    pub(super) fn forget(&mut self, stale: StaleCode) {
        match stale {
            StaleCode::All => self.forget_all(),
            StaleCode::Line(address) => self.forget_line(address),
        }
    }

    fn forget_all(&mut self) {
        self.blocks.fill(Block::NONE);
        self.instructions.clear();
    }

    /// Forgets the blocks that begin in a line or in the one before it, from which they may reach into it.
    fn forget_line(&mut self, line: u32) {
        for offset in (0..2 * LINE_LEN).step_by(2) {
            let address = line.wrapping_sub(LINE_LEN).wrapping_add(offset);
            let place = self.place(address);
            if self.blocks[place].address == address {
                self.blocks[place] = Block::NONE;
            }
        }
    }

    #[inline(always)]
    const fn place(&self, address: u32) -> usize {
        (address >> 1) as usize & (self.blocks.len() - 1)
    }
}

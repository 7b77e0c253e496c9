//! What passes between the block and the pads.

/// The pads of the chip, with whatever drives them.
pub trait Pins {
    /// The levels on the pads in `cycle`.
    fn levels(&mut self, cycle: u64) -> Levels;

    /// From `cycle` on the block drives `outputs`, which it did not before. It asks for the [`levels`](Self::levels)
    /// in that cycle next.
    fn drive(&mut self, cycle: u64, outputs: Outputs);

    /// Whether [`Pio::run`](super::Pio::run) is to end behind the present cycle.
    fn ends_run(&self) -> bool {
        false
    }
}

/// The levels on the pads, for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Bit n is GPIO n, 1 is high. Those above [`GPIOS`] do not count.
    pub pins: u32,
    /// The first cycle in which they may be others though the block drives no others; [`u64::MAX`] if that is not
    /// foreseen.
    pub until: u64,
}

/// What the block drives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// Bit n is the level for GPIO n.
    pub levels: u32,
    /// Bit n is set if GPIO n is an output.
    pub enables: u32,
}

/// The GPIOs that there are, one bit each: 0 to 29.
pub const GPIOS: u32 = 0x3fff_ffff;

/// Which of the two registers behind a pad is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Levels,
    Enables,
}

/// A write to some of the pads.
#[derive(Clone, Copy, Debug)]
pub(super) struct PinWrite {
    pub(super) target: Target,
    pub(super) mask: u32,
    pub(super) value: u32,
}

impl PinWrite {
    pub(super) const fn apply(&self, outputs: &mut Outputs) {
        let register = match self.target {
            Target::Levels => &mut outputs.levels,
            Target::Enables => &mut outputs.enables,
        };
        *register = *register & !self.mask | self.value & self.mask & GPIOS;
    }
}

/// The input levels on their way through the synchroniser: two flip-flops for each GPIO.
#[derive(Clone, Debug, Default)]
pub(super) struct Inputs {
    pub(super) levels: u32,
    first: u32,
    second: u32,
    /// `INPUT_SYNC_BYPASS`.
    pub(super) bypass: u32,
}

impl Inputs {
    /// What the state machines see.
    pub(super) const fn visible(&self) -> u32 {
        self.second & !self.bypass | self.levels & self.bypass
    }

    /// Whether the flip-flops hold what is on the pads.
    pub(super) const fn is_settled(&self) -> bool {
        self.first == self.levels && self.second == self.levels
    }

    /// So many clock edges, with these levels on the pads.
    pub(super) const fn clock(&mut self, cycles: u64) {
        match cycles {
            0 => {}
            1 => {
                self.second = self.first;
                self.first = self.levels;
            }
            _ => {
                self.second = self.levels;
                self.first = self.levels;
            }
        }
    }
}

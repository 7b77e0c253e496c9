//! The interrupts of a bank's pins: INTR, INTE, INTF and INTS (RP2040 datasheet, 2.19.3).
//!
//! In the registers each pin has four bits; here each of the four kinds of interrupt has a bit for each pin, so that all pins
//! are looked at together.

/// INTE and INTF of core 0, of core 1, and of the wake-up from the dormant mode.
pub(super) const DESTINATIONS: usize = 3;
const PINS_IN_WORD: usize = 8;
/// The kinds, in the order of a pin's bits: the levels as they are, low and high, and the edges that are latched, down and up.
const KINDS: usize = 4;
const EDGE_LOW: usize = 2;
const EDGE_HIGH: usize = 3;

/// For each kind a bit for each pin.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds([u32; KINDS]);

impl Kinds {
    /// What a register says of eight pins.
    fn word(&self, word: usize) -> u32 {
        let mut value = 0;
        for pin in 0..PINS_IN_WORD {
            for (kind, pins) in self.0.iter().enumerate() {
                value |= (pins >> (word * PINS_IN_WORD + pin) & 1) << (pin * KINDS + kind);
            }
        }
        value
    }

    fn set_word(&mut self, word: usize, value: u32) {
        for pin in 0..PINS_IN_WORD {
            let bit = 1 << (word * PINS_IN_WORD + pin);
            for (kind, pins) in self.0.iter_mut().enumerate() {
                let is_set = value >> (pin * KINDS + kind) & 1 != 0;
                *pins = *pins & !bit | if is_set { bit } else { 0 };
            }
        }
    }

    /// The pins of which anything is set.
    fn pins(&self) -> u32 {
        self.0.iter().fold(0, |all, pins| all | pins)
    }

    fn limit(&mut self, pins: u32) {
        self.0 = self.0.map(|kind| kind & pins);
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Masks {
    enabled: Kinds,
    forced: Kinds,
}

/// The interrupts of the pins of one bank.
#[derive(Clone, Debug)]
pub(super) struct PinInterrupts {
    /// A bit for each pin that there is.
    pins: u32,
    /// INTR.
    raw: Kinds,
    masks: [Masks; DESTINATIONS],
}

impl PinInterrupts {
    /// Those of a bank of so many pins, all low.
    pub(super) fn new(pins: usize) -> Self {
        let mut interrupts = Self {
            pins: u32::MAX >> (u32::BITS as usize - pins),
            raw: Kinds::default(),
            masks: [Masks::default(); DESTINATIONS],
        };
        interrupts.follow(0);
        interrupts
    }

    /// The pins have these levels now.
    pub(super) const fn follow(&mut self, levels: u32) {
        let [low, high, edge_low, edge_high] = &mut self.raw.0;
        *edge_high |= *low & levels;
        *edge_low |= *high & !levels;
        *high = levels & self.pins;
        *low = !levels & self.pins;
    }

    /// Whether an interrupt is asserted at a destination.
    pub(super) fn is_asserted(&self, destination: usize) -> bool {
        self.status(destination).pins() != 0
    }

    /// The pins of which some interrupt is enabled anywhere.
    pub(super) fn watched(&self) -> u32 {
        self.masks.iter().fold(0, |pins, masks| pins | masks.enabled.pins())
    }

    fn status(&self, destination: usize) -> Kinds {
        let Masks { enabled, forced } = &self.masks[destination];
        Kinds(std::array::from_fn(|kind| self.raw.0[kind] & enabled.0[kind] | forced.0[kind]))
    }

    /// INTR.
    pub(super) fn raw_word(&self, word: usize) -> u32 {
        self.raw.word(word)
    }

    /// Forgets the edges whose bits are set.
    pub(super) fn clear_edges(&mut self, word: usize, value: u32) {
        let mut cleared = Kinds::default();
        cleared.set_word(word, value);
        for kind in [EDGE_LOW, EDGE_HIGH] {
            self.raw.0[kind] &= !cleared.0[kind];
        }
    }

    /// INTE.
    pub(super) fn enabled_word(&self, destination: usize, word: usize) -> u32 {
        self.masks[destination].enabled.word(word)
    }

    pub(super) fn enable_word(&mut self, destination: usize, word: usize, value: u32) {
        let enabled = &mut self.masks[destination].enabled;
        enabled.set_word(word, value);
        enabled.limit(self.pins);
    }

    /// INTF.
    pub(super) fn forced_word(&self, destination: usize, word: usize) -> u32 {
        self.masks[destination].forced.word(word)
    }

    pub(super) fn force_word(&mut self, destination: usize, word: usize, value: u32) {
        let forced = &mut self.masks[destination].forced;
        forced.set_word(word, value);
        forced.limit(self.pins);
    }

    /// INTS.
    pub(super) fn status_word(&self, destination: usize, word: usize) -> u32 {
        self.status(destination).word(word)
    }
}

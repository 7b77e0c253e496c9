//! The seam between the chip and what hangs on its pins.

use super::io_bank::Drive;

/// What hangs on the pins of bank 0. Whatever implements it sees each change of a level that the chip makes, at its
/// cycle, and can drive pins back in that same cycle.
pub trait Wires {
    /// From `cycle` on the chip drives its pins like this. Returns what drives them from outside then.
    ///
    /// This is called for the same `chip` again where only what is outside may have changed. The levels that PWM makes are
    /// told as low: see [`modulate`](Self::modulate).
    fn connect(&mut self, cycle: u64, chip: Drive) -> Drive;

    /// In `cycle` a register of PWM is written, so that the pins that it has may be modulated otherwise.
    fn modulate(&mut self, cycle: u64, address: u32, value: u32) {
        let _ = (cycle, address, value);
    }

    /// Whether the run is to end, so that whoever runs the chip can see to the wires.
    fn wants_attention(&self) -> bool;
}

/// Nothing hangs on the pins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unconnected;

impl Wires for Unconnected {
    fn connect(&mut self, _: u64, _: Drive) -> Drive {
        Drive::NONE
    }

    fn wants_attention(&self) -> bool {
        false
    }
}

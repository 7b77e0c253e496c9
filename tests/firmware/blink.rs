//! The LED on the board, as somebody sees it who counts.

use std::time::Duration;

/// How often the LED is looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(10);

/// An eye does not see a shorter gap between two flashes.
const GAP_MIN: usize = 10;
/// A longer gap is the pause between two rounds.
const PAUSE_MIN: usize = 100;

/// How many flashes each whole round has, of an LED that is lit or not at each look.
pub(crate) fn rounds(looks: &[bool]) -> Vec<usize> {
    let (mut rounds, mut flashes, mut dark, mut begun) = (Vec::new(), 0, 0, false);
    for &is_lit in looks {
        if !is_lit {
            dark += 1;
            continue;
        }
        if dark >= PAUSE_MIN {
            rounds.extend(begun.then_some(flashes));
            (begun, flashes) = (true, 0);
        }
        if dark >= GAP_MIN {
            flashes += 1;
        }
        dark = 0;
    }
    rounds
}

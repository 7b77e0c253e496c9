//! Looking for bugs: random scenarios, each from its seed, in which everything that went wrong ends, and after which every
//! board must work again.
//!
//! ```text
//!  seed ── draw ──▶ Scenario ── check ──▶ Passed, or Failure ── shrink ──▶ a smaller Scenario that fails as well
//!                    who is there, what goes wrong
//! ```
//!
//! ```
//! use rgb_sim::explore::{check, draw};
//! use rgb_sim::scenario::Simulated;
//!
//! let scenario = draw(1);
//! let passed = check(&scenario, 1, &Simulated)?;
//! assert!(passed.recovery.is_some());
//! # Ok::<(), rgb_sim::explore::Failure>(())
//! ```
//!
//! What is demanded beside what always holds ([`judge`](crate::scenario::judge)): within [`recovery_max`] of the end of all
//! faults each board that asks gets a colour, and from then on nearly all that it asks for.

mod bound;
mod check;
mod dice;
mod explorer;
mod fair;
mod faults;
mod panic;
mod relations;
mod shrink;
mod topology;

use std::time::Duration;

use crate::scenario::{Expectation, Scenario};
use dice::Dice;

pub use bound::recovery_max;
pub use check::{Failure, Passed, check};
pub use explorer::{Explorer, Finding};
pub use shrink::shrink;

/// How long all must go well at the end, and how well.
const CALM: Duration = Duration::from_secs(20);
const CALM_SUCCESS_MIN: f64 = 0.8;

/// The scenario of a seed: one to three networks, two to twelve boards, one to ten faults that end.
#[must_use]
pub fn draw(seed: u64) -> Scenario {
    let mut scenario = topology::draw(&mut Dice::new(seed, "topology"));
    faults::draw(&mut Dice::new(seed, "faults"), &mut scenario);
    let due = fair::healed_at(&scenario) + recovery_max();
    Scenario {
        seed,
        duration: due + CALM,
        expectations: vec![
            Expectation { recovery_max: Some(recovery_max()), ..Expectation::default() },
            Expectation { from: Some(due), success_min: Some(CALM_SUCCESS_MIN), ..Expectation::default() },
        ],
        ..scenario
    }
}

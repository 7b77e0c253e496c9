//! Scenarios: a world of boards and networks, what happens to it and when, and what must hold, in one TOML file.
//!
//! ```text
//!  file ── Scenario::read ──▶ Scenario ── Run::new(seed, tier) ──▶ Run ── advance ──▶ Recording ── judge ──▶ Verdict
//!         (line and column)      │ check      the world, the plan       every event        expectations, invariants
//!  file ◀────── Display ─────────┘
//! ```
//!
//! ```
//! use rgb_sim::scenario::{Run, Scenario, Simulated, judge};
//!
//! let scenario = Scenario::read(
//!     r#"
//!     duration = "40s"
//!
//!     [[network]]
//!     ssid = "Home"
//!     passphrase = "correct horse"
//!
//!     [[board]]
//!     name = "server"
//!
//!     [[board]]
//!     name = "client"
//!     role = "client"
//!
//!     [[event]]
//!     at = "20s"
//!     deauth = "client"
//!
//!     [[expect]]
//!     first_color_max = "15s"
//!     recovery_max = "10s"
//!     "#,
//! )?;
//! let mut run = Run::new(&scenario, scenario.seed, &Simulated)?;
//! run.finish()?;
//! assert!(judge(&scenario, run.recording()).holds());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! | to see | read |
//! |---|---|
//! | what a file may say | [`Scenario`], and `rgb-sim scenario new`, which writes one with comments |
//! | how it is played | [`Run`] |
//! | what is always demanded | [`judge`] |
//! | how boards of another kind take part | [`Tier`] |
//! | how two kinds of boards did | [`compare`] |

mod board;
mod check;
mod comparison;
mod event;
mod expectation;
mod judge;
mod narration;
mod network;
mod quantity;
mod read;
mod recording;
mod report;
mod run;
mod shipped;
mod tier;
mod write;

use std::time::Duration;

pub use board::{BoardPlan, BoardSpec, Spread};
pub use check::{Place, Problem, ScenarioFault, Table};
pub use comparison::{Comparison, Figures, Recovery, compare};
pub use event::{LinkSpec, ScenarioEvent, Targets, Verb};
pub use expectation::Expectation;
pub use judge::{Broken, Demand, Verdict, judge};
pub use narration::Narration;
pub use network::{Cidr, NetworkSpec};
pub use read::ScenarioError;
pub use recording::{BoardRecording, FaultSpan, Happening, HappeningKind, Recording, Sample};
pub use report::Report;
pub use run::{Run, RunError};
pub use shipped::{SHIPPED, Shipped};
pub use tier::{ScenarioBoard, Simulated, Tier};

/// What a scenario file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it shows, for people.
    pub description: String,
    /// How long it lasts, in virtual time.
    pub duration: Duration,
    /// The seed of its runs, unless another one is asked for.
    pub seed: u64,
    /// The networks, of different names. Boards may be networks themselves.
    pub networks: Vec<NetworkSpec>,
    /// The boards.
    pub boards: Vec<BoardSpec>,
    /// What happens, in any order.
    pub events: Vec<ScenarioEvent>,
    /// What links do to frames, beside what the air does.
    pub links: Vec<LinkSpec>,
    /// What must hold, beside what always must.
    pub expectations: Vec<Expectation>,
}

impl Scenario {
    /// The longest scenario, a day.
    pub const DURATION_MAX: Duration = Duration::from_secs(24 * 60 * 60);
    /// The most boards.
    pub const BOARDS_MAX: usize = 10_000;
}

impl Default for Scenario {
    /// A minute in which nothing is.
    fn default() -> Self {
        Self {
            description: String::new(),
            duration: Duration::from_secs(60),
            seed: 1,
            networks: Vec::new(),
            boards: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            expectations: Vec::new(),
        }
    }
}

//! One scenario, played and judged.

use std::time::Duration;

use super::panic::catch;
use crate::scenario::{Recording, Run, Scenario, Tier, judge};

/// A run in which all held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The longest that a board needed from the end of the last fault to its next colour; none where nobody asks.
    pub recovery: Option<Duration>,
    /// The world's fingerprint ([`World::trace_hash`](crate::world::World::trace_hash)).
    pub trace_hash: u64,
}

/// What went wrong in a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// What must hold does not.
    #[error("{board} at {:.1} s: {message} ({demand})", at.as_secs_f64())]
    Broken {
        /// What must hold, in words.
        demand: String,
        /// The board of which it does not.
        board: String,
        /// When that showed, since the start.
        at: Duration,
        /// What is wrong, in words.
        message: String,
        /// How much else does not hold.
        others: usize,
    },
    /// Something panicked.
    #[error("panic: {0}")]
    Panic(String),
    /// The scenario cannot be played.
    #[error("it cannot be played: {0}")]
    Unplayable(String),
}

/// Plays a scenario to its end, and judges it ([`judge`]).
///
/// # Errors
///
/// [`Failure`] says what did not hold, or that the run panicked.
pub fn check<T: Tier>(scenario: &Scenario, seed: u64, tier: &T) -> Result<Passed, Failure> {
    catch(|| play(scenario, seed, tier)).unwrap_or_else(|words| Err(Failure::Panic(words)))
}

fn play<T: Tier>(scenario: &Scenario, seed: u64, tier: &T) -> Result<Passed, Failure> {
    let mut run = Run::new(scenario, seed, tier).map_err(|error| Failure::Unplayable(error.to_string()))?;
    run.advance(scenario.duration);
    let recording = run.recording();
    let demands = judge(scenario, recording).demands;
    let mut broken = demands.iter().flat_map(|demand| demand.broken.iter().map(|broken| (&demand.what, broken)));
    match broken.next() {
        None => Ok(Passed { recovery: recovery(recording), trace_hash: recording.trace_hash }),
        Some((demand, first)) => Err(Failure::Broken {
            demand: demand.clone(),
            board: recording.boards[first.board].name.clone(),
            at: first.at,
            message: first.message.clone(),
            others: broken.count(),
        }),
    }
}

/// The longest from the end of the last fault to a board's next colour.
fn recovery(recording: &Recording) -> Option<Duration> {
    let healed = recording.faults.iter().filter_map(|fault| fault.until).max().unwrap_or_default();
    let boards = recording.boards.iter().filter(|board| board.role.asks());
    let needed = boards.filter_map(|board| {
        let from = healed.max(board.start);
        board.colors().find(|(at, _)| *at >= from).map(|(at, _)| at - from)
    });
    needed.max()
}

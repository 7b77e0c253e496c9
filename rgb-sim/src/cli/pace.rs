//! How fast virtual time goes, and how this computer's ports keep up with it.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use rgb_sim::forward::{Forward, Forwarder};
use rgb_sim::scenario::{Run, Tier};

use super::Error;

/// So much is played between looks at Ctrl-C and at the output.
const STRIDE: Duration = Duration::from_millis(250);
/// The same, in step with the clock on the wall.
const REAL_STRIDE: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Speed {
    Max,
    Real,
}

/// Plays on for a while. `begin` is when the run began on the clock on the wall, with which forwarded ports are in step
/// whatever the speed is.
pub(super) fn advance<T: Tier>(run: &mut Run<T>, speed: Speed, forwarder: Option<&mut Forwarder>, begin: Instant) {
    let played = run.recording().elapsed;
    match (forwarder, speed) {
        (Some(forwarder), _) => {
            forwarder.wait(Instant::now() + REAL_STRIDE);
            run.advance(begin.elapsed());
            forwarder.pump(run);
        }
        (None, Speed::Real) => {
            std::thread::sleep((played + REAL_STRIDE).saturating_sub(begin.elapsed()));
            run.advance(begin.elapsed());
        }
        (None, Speed::Max) => run.advance(played + STRIDE),
    }
}

/// The ports that lead to boards, if there are to be any.
pub(super) fn forwarder<T: Tier>(run: &Run<T>, forwards: &[Forward]) -> Result<Option<Forwarder>, Error> {
    match forwards.iter().find(|forward| !run.can_forward_to(forward.board.as_str())) {
        Some(Forward { board, .. }) => Err(Error::ForwardTo(board.to_string())),
        None if forwards.is_empty() => Ok(None),
        None => Ok(Some(Forwarder::start(forwards.iter().copied())?)),
    }
}

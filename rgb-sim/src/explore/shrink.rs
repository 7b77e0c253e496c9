//! A scenario that fails, made as small as it gets.

mod steps;

use std::time::Duration;

use super::fair::{healed_at, is_fair};
use crate::scenario::Scenario;

/// So many smaller scenarios are tried at most.
const TRIALS_MAX: usize = 400;

/// The smallest scenario that fails, as far as leaving out one thing after the other and making values simpler leads there.
///
/// `fails` says whether a scenario fails; it is asked at most 400 times, and only for scenarios in which all boards can work
/// again. Once nothing smaller fails, that is it, and so it is as soon as `fails` does not go along any more.
pub fn shrink(scenario: Scenario, mut fails: impl FnMut(&Scenario) -> bool) -> Scenario {
    let mut smallest = scenario;
    let mut candidates = steps::smaller(&smallest);
    // Each candidate stands for a kind of step; those that have just led nowhere come last.
    let (mut place, mut in_vain, mut trials) = (0, 0, 0);
    while in_vain < candidates.len() && trials < TRIALS_MAX {
        let candidate = bring_forward(&smallest, candidates[place % candidates.len()].clone());
        let is_smaller = candidate != smallest && is_fair(&candidate) && Scenario::read(&candidate.to_string()).is_ok();
        trials += usize::from(is_smaller);
        if is_smaller && fails(&candidate) {
            smallest = candidate;
            candidates = steps::smaller(&smallest);
            in_vain = 0;
        } else {
            place += 1;
            in_vain += 1;
        }
    }
    smallest
}

/// When all is well earlier than before, what is demanded is due earlier.
fn bring_forward(before: &Scenario, mut after: Scenario) -> Scenario {
    let healed = healed_at(before);
    let earlier = healed.saturating_sub(healed_at(&after));
    let shift = |time: &mut Option<Duration>| {
        if let Some(time) = time.as_mut().filter(|time| **time > healed) {
            *time -= earlier;
        }
    };
    for expectation in &mut after.expectations {
        shift(&mut expectation.from);
        shift(&mut expectation.until);
    }
    after.duration -= earlier;
    after
}

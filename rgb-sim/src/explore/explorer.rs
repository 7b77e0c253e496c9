//! Many seeds on many threads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use super::{Failure, Passed, check, draw, shrink};
use crate::scenario::{Scenario, Tier};

/// Explores seeds, one after the other, on several threads.
#[derive(Clone, Copy, Debug)]
pub struct Explorer {
    /// The first seed.
    pub first_seed: u64,
    /// How many seeds; no end unless set.
    pub seeds: Option<u64>,
    /// How long it takes up further seeds, on the clock on the wall; no end unless set.
    pub time: Option<Duration>,
    /// How many threads.
    pub threads: NonZeroUsize,
}

/// What an explorer has found out.
#[derive(Clone, Debug)]
pub enum Finding {
    /// A seed's scenario was played.
    Checked {
        /// The seed.
        seed: u64,
        /// How long its scenario lasts, in virtual time.
        duration: Duration,
        /// What came of it.
        outcome: Result<Passed, Failure>,
    },
    /// A scenario that failed was made smaller.
    Shrunk {
        /// The seed.
        seed: u64,
        /// The smaller one, which fails with this seed as well.
        scenario: Box<Scenario>,
    },
}

impl Explorer {
    /// Explores until all seeds are done, the time is up, or `is_stopped`, with boards of this kind; what was begun is
    /// finished, but for making scenarios smaller.
    ///
    /// The seeds are reported in order, each as soon as those before it are; smaller scenarios when they are there, behind
    /// their seeds.
    pub fn run<T: Tier + Sync>(&self, tier: &T, is_stopped: impl Fn() -> bool + Sync, mut report: impl FnMut(Finding)) {
        let begin = Instant::now();
        let is_time_up = || self.time.is_some_and(|time| begin.elapsed() >= time);
        let taken = AtomicU64::new(0);
        // The next seed, unless there is none or no time for it.
        let next = || {
            if is_stopped() || is_time_up() {
                return None;
            }
            let index = taken.fetch_add(1, Ordering::Relaxed);
            self.first_seed.checked_add(index).filter(|_| self.seeds.is_none_or(|seeds| index < seeds))
        };
        let (findings, found) = channel();
        std::thread::scope(|scope| {
            for _ in 0..self.threads.get() {
                let findings = findings.clone();
                let (next, is_stopped) = (&next, &is_stopped);
                scope.spawn(move || {
                    while let Some(seed) = next() {
                        explore_seed(seed, tier, is_stopped, &findings);
                    }
                });
            }
            // The channel ends with the last thread.
            drop(findings);
            let mut line = Line { next: self.first_seed, waiting: BTreeMap::new() };
            for finding in found {
                line.pass(finding, &mut report);
            }
        });
    }
}

fn explore_seed<T: Tier>(seed: u64, tier: &T, is_stopped: &impl Fn() -> bool, findings: &Sender<Finding>) {
    let scenario = draw(seed);
    let outcome = check(&scenario, seed, tier);
    let has_failed = outcome.is_err();
    // Who is told listens until the last thread has ended.
    let _ = findings.send(Finding::Checked { seed, duration: scenario.duration, outcome });
    if has_failed {
        let smaller = shrink(scenario, |smaller| !is_stopped() && check(smaller, seed, tier).is_err());
        let _ = findings.send(Finding::Shrunk { seed, scenario: Box::new(smaller) });
    }
}

/// Findings that come in any order, and leave in that of their seeds.
struct Line {
    next: u64,
    /// Those of later seeds, each behind what came of its seed.
    waiting: BTreeMap<u64, Vec<Finding>>,
}

impl Line {
    fn pass(&mut self, finding: Finding, report: &mut impl FnMut(Finding)) {
        match &finding {
            Finding::Shrunk { seed, .. } if *seed < self.next => return report(finding),
            Finding::Checked { seed, .. } | Finding::Shrunk { seed, .. } => {
                self.waiting.entry(*seed).or_default().push(finding);
            }
        }
        while let Some(findings) = self.waiting.remove(&self.next) {
            findings.into_iter().for_each(&mut *report);
            self.next = self.next.saturating_add(1);
        }
    }
}

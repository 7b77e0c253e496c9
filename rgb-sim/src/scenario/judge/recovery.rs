//! Whether boards work again after what went wrong.

use std::time::Duration;

use super::{Broken, Demand, Judged, rounded};
use crate::scenario::recording::{FaultSpan, Recording};

/// From the end of each fault each board that asks gets a colour within this time, where nothing else goes wrong.
pub(super) fn judge(what: String, judged: &Judged<'_>, max: Duration) -> Demand {
    let mut demand = Demand { what, measured: None, broken: Vec::new() };
    let mut longest = None;
    for calm in calms(judged.recording).filter(|calm| judged.has(calm.from)) {
        for (index, board) in judged.asking() {
            // Who gets power later has time from then on.
            let from = calm.from.max(board.start);
            let colors: Vec<_> = board.colors().map(|(at, _)| at).collect();
            let next = colors.get(colors.partition_point(|at| *at < from)).filter(|at| **at <= calm.until);
            match next {
                Some(at) => {
                    longest = longest.max(Some(*at - from));
                    if *at - from > max {
                        let message = format!("after \"{}\" it took {}", calm.after, rounded(*at - from));
                        demand.broken.push(Broken { board: index, at: *at, message });
                    }
                }
                None if from + max <= calm.until => {
                    let message = format!("after \"{}\" no colour came", calm.after);
                    demand.broken.push(Broken { board: index, at: from + max, message });
                }
                // The time was not up.
                None => {}
            }
        }
    }
    demand.measured = longest.map(|longest| format!("at most {}", rounded(longest)));
    demand
}

/// A part of a run in which nothing goes wrong any more.
struct Calm<'a> {
    /// What went wrong last.
    after: &'a str,
    from: Duration,
    /// When something goes wrong again, or the run ends.
    until: Duration,
}

fn calms(recording: &Recording) -> impl Iterator<Item = Calm<'_>> {
    let faults = &recording.faults;
    let ended = faults.iter().enumerate().filter_map(|(index, fault)| Some((index, fault, fault.until?)));
    ended.filter_map(move |(index, fault, end)| {
        let others = || faults.iter().enumerate().filter(move |(other, _)| *other != index).map(|(_, other)| other);
        if others().any(|other| other.from <= end && other.until.is_none_or(|until| end < until)) {
            return None;
        }
        let begins = |other: &FaultSpan| Some(other.from).filter(|from| *from > end);
        let until = others().filter_map(begins).min().unwrap_or(recording.elapsed).min(recording.elapsed);
        Some(Calm { after: &fault.what, from: end, until })
    })
}

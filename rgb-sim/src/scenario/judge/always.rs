//! What holds in every run.

use std::time::Duration;

use super::{Broken, Demand, color, rounded};
use crate::scenario::recording::{BoardRecording, Recording};
use crate::world::BoardEventKind;

/// A board that asks always has something to tell within this time: the longest wait between joins is half a minute, and a
/// join and the search for an address take a quarter each.
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// Between the end of an attempt and the board's next look at its clock.
const REACTION_MAX: Duration = Duration::from_millis(10);

pub(super) fn demands(recording: &Recording) -> [Demand; 5] {
    [
        attempts_end(recording),
        colors_are_sent(recording),
        nobody_is_stuck(recording),
        connections_end(recording),
        leases_are_single(recording),
    ]
}

/// Where an emulation could not do what the firmware asked for, no run says anything about the firmware.
pub(super) fn emulation(recording: &Recording) -> Option<Demand> {
    let demand = of_each("the emulation does what the firmware asks for", recording, |board| board.problems.clone());
    (!demand.holds()).then_some(demand)
}

/// A demand of each board.
fn of_each(what: &str, recording: &Recording, judge: impl Fn(&BoardRecording) -> Vec<(Duration, String)>) -> Demand {
    let boards = recording.boards.iter().enumerate();
    let broken = boards.flat_map(|(board, recorded)| {
        judge(recorded).into_iter().map(move |(at, message)| Broken { board, at, message })
    });
    Demand { what: what.to_owned(), measured: None, broken: broken.collect() }
}

fn attempts_end(recording: &Recording) -> Demand {
    of_each("no attempt outlasts its time-out", recording, |board| {
        let late = board.exchanges().filter(|(_, elapsed, _)| *elapsed > board.timeout + REACTION_MAX);
        late.map(|(at, elapsed, _)| {
            (at, format!("an attempt took {}, and its time-out is {}", rounded(elapsed), rounded(board.timeout)))
        })
        .collect()
    })
}

fn colors_are_sent(recording: &Recording) -> Demand {
    of_each("every colour shown is one that was sent", recording, |board| {
        let strange = board.strange_colors.iter();
        strange.map(|(at, shown)| (*at, format!("it showed {}, which nobody sent it then", color(*shown)))).collect()
    })
}

fn nobody_is_stuck(recording: &Recording) -> Demand {
    of_each("no board is stuck", recording, |board| {
        if !board.role.asks() {
            return Vec::new();
        }
        let silence_max = SILENCE_MAX.max(3 * board.interval);
        let signs = board.events.iter().map(|(at, kind)| (*at, *kind == BoardEventKind::Started));
        let (mut last, mut stuck) = (board.start, Vec::new());
        for (at, is_start) in signs.chain([(recording.elapsed, false)]) {
            let had_power = !is_start && !board.power_cuts.iter().any(|cut| (last..=at).contains(cut));
            if had_power && at.saturating_sub(last) > silence_max {
                stuck.push((last + silence_max, format!("it did nothing for {}", rounded(at - last))));
            }
            last = at.max(last);
        }
        stuck
    })
}

fn connections_end(recording: &Recording) -> Demand {
    of_each("no server keeps a connection beyond its time", recording, |board| {
        let leaked = board.leaked_connection.map(|at| (at, "one of its connections should have ended".to_owned()));
        leaked.into_iter().collect()
    })
}

fn leases_are_single(recording: &Recording) -> Demand {
    of_each("no router keeps two addresses for a board, or one for two", recording, |board| {
        let leaked = board.leaked_lease.map(|at| (at, "it had such a lease".to_owned()));
        leaked.into_iter().collect()
    })
}

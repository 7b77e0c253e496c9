//! How boards of two kinds did in the same scenario.

use std::collections::BTreeMap;
use std::time::Duration;

use rgb_proto::ErrorKind;
use serde::Serialize;

use super::recording::{Recording, tally};
use crate::event::micros;
use crate::stats::Latency;

/// How simulated boards did, and boards with firmware.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The board; none for all that ask, together.
    pub board: Option<String>,
    /// How it did when it was simulated.
    pub simulated: Figures,
    /// How it did with firmware.
    pub firmware: Figures,
}

/// How boards did in a run, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// From a board's power to its first colour: of several boards, the longest. None if one of them got no colour.
    pub first_color_us: Option<u64>,
    /// Attempts that succeeded.
    pub exchanges: u64,
    /// Attempts that failed.
    pub errors: u64,
    /// The failures by kind; kinds that did not occur are left out.
    pub errors_by_kind: BTreeMap<ErrorKind, u64>,
    /// How long successful attempts took, in virtual time; none when there were none.
    pub latency_us: Option<Latency>,
    /// What came after each fault behind which nothing goes wrong for a while, in the order of their ends.
    pub recoveries: Vec<Recovery>,
}

/// How boards came back after a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// The fault.
    pub after: String,
    /// When it was over.
    pub at_us: u64,
    /// From then, or from a board's power if that comes later, to the board's next colour: of several boards, the longest.
    /// None if one of them got no colour before something went wrong again, or the run ended.
    pub recovery_us: Option<u64>,
}

/// Compares two runs of one scenario, by simulated boards and by boards with firmware: each board that asks, in the
/// scenario's order, and at last all of them together.
#[must_use]
pub fn compare(simulated: &Recording, firmware: &Recording) -> Vec<Comparison> {
    let runs = [simulated, firmware];
    let asking = (0..simulated.boards.len()).filter(|board| simulated.boards[*board].role.asks());
    let asking: Vec<_> = asking.collect();
    let of = |board: Option<String>, places: &[usize]| {
        let [simulated, firmware] = runs.map(|run| Figures::of(run, places));
        Comparison { board, simulated, firmware }
    };
    let each = asking.iter().map(|place| of(Some(simulated.boards[*place].name.clone()), &[*place]));
    each.chain([of(None, &asking)]).collect()
}

impl Figures {
    /// The share of the attempts that succeeded; none when there were none.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        let attempts = self.exchanges + self.errors;
        (attempts > 0).then(|| self.exchanges as f64 / attempts as f64)
    }

    /// How the boards at these places did.
    fn of(recording: &Recording, places: &[usize]) -> Self {
        let boards: Vec<_> = places.iter().map(|place| &recording.boards[*place]).collect();
        let colors: Vec<(Duration, Vec<Duration>)> =
            boards.iter().map(|board| (board.start, board.colors().map(|(at, _)| at).collect())).collect();
        let tally = tally(boards.iter().copied());
        let recoveries = recording.calms().map(|calm| Recovery {
            after: calm.after.to_owned(),
            at_us: micros(calm.from),
            recovery_us: longest(colors.iter().map(|(start, colors)| {
                let (from, next) = calm.next_color(colors, *start);
                Some(next? - from)
            })),
        });
        Self {
            first_color_us: longest(colors.iter().map(|(start, colors)| Some(*colors.first()? - *start))),
            exchanges: tally.exchanges(),
            errors: tally.errors(),
            errors_by_kind: tally.errors_by_kind(),
            latency_us: tally.latency(),
            recoveries: recoveries.collect(),
        }
    }
}

/// The longest of these spans in microseconds, if all of them are there.
fn longest(spans: impl Iterator<Item = Option<Duration>>) -> Option<u64> {
    let spans: Option<Vec<_>> = spans.collect();
    spans?.into_iter().max().map(micros)
}

#[cfg(test)]
mod tests {
    use rgb_proto::settings::Role;
    use rgb_proto::{ExchangeError, Phase, Rgb};

    use super::*;
    use crate::scenario::{BoardRecording, FaultSpan};
    use crate::world::BoardEventKind;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A client that got colours at these seconds, each within as many milliseconds, and that failed once, in the end.
    fn client(name: &str, start: u64, colors: &[u64]) -> BoardRecording {
        let outcome =
            |at: u64, outcome| (s(at), BoardEventKind::Exchange { elapsed: Duration::from_millis(at), outcome });
        let colors = colors.iter().map(|at| outcome(*at, Ok(Rgb::new(1, 2, 3))));
        let failure = outcome(59, Err(ExchangeError::TimedOut(Phase::Connecting)));
        BoardRecording {
            name: name.to_owned(),
            role: Role::Client,
            start: s(start),
            timeout: s(1),
            interval: s(1),
            events: colors.chain([failure]).collect(),
            power_cuts: Vec::new(),
            samples: Vec::new(),
            strange_colors: Vec::new(),
            leaked_connection: None,
            leaked_lease: None,
            problems: Vec::new(),
        }
    }

    fn recording(boards: Vec<BoardRecording>) -> Recording {
        let fault = |what: &str, from, until| FaultSpan {
            what: what.to_owned(),
            from: s(from),
            until: Some(s(until)),
            boards: Vec::new(),
        };
        let faults = vec![fault("one", 10, 20), fault("two", 30, 30)];
        Recording { elapsed: s(60), boards, faults, ..Recording::default() }
    }

    fn recoveries(figures: &Figures) -> Vec<(&str, Option<u64>)> {
        figures.recoveries.iter().map(|recovery| (recovery.after.as_str(), recovery.recovery_us)).collect()
    }

    #[test]
    fn each_board_that_asks_is_compared_and_then_all_together() {
        let server = BoardRecording { role: Role::Server, ..client("server", 0, &[]) };
        let run = |first| recording(vec![server.clone(), client("a", 0, &[first, 22]), client("b", 2, &[3, 24, 33])]);
        let comparisons = compare(&run(4), &run(5));
        let names: Vec<_> = comparisons.iter().map(|comparison| comparison.board.as_deref()).collect();
        assert_eq!(names, [Some("a"), Some("b"), None]);
        let first = |comparison: &Comparison| {
            [&comparison.simulated, &comparison.firmware].map(|figures| figures.first_color_us)
        };
        assert_eq!(first(&comparisons[0]), [Some(4_000_000), Some(5_000_000)]);
        // Since the board has power.
        assert_eq!(first(&comparisons[1]), [Some(1_000_000); 2]);
        assert_eq!(first(&comparisons[2]), [Some(4_000_000), Some(5_000_000)], "the longest");
        let [a, b, all] = [0, 1, 2].map(|place| &comparisons[place].firmware);
        assert_eq!([a, b, all].map(|figures| (figures.exchanges, figures.errors)), [(2, 1), (3, 1), (5, 2)]);
        assert_eq!(all.errors_by_kind, BTreeMap::from([(ErrorKind::Timeout, 2)]));
        assert_eq!(all.success(), Some(5.0 / 7.0));
        let latency = all.latency_us.expect("colours came");
        assert_eq!((latency.min / 1000, latency.median / 1000, latency.max / 1000), (3, 22, 33));
    }

    #[test]
    fn a_recovery_lasts_until_the_next_colour_of_the_last_board() {
        let run = recording(vec![client("a", 0, &[22, 33]), client("b", 0, &[1, 24, 31])]);
        let [a, b, all] = &compare(&run, &run)[..] else { panic!("two boards") };
        assert_eq!(recoveries(&a.firmware), [("one", Some(2_000_000)), ("two", Some(3_000_000))]);
        assert_eq!(recoveries(&b.firmware), [("one", Some(4_000_000)), ("two", Some(1_000_000))]);
        assert_eq!(recoveries(&all.firmware), [("one", Some(4_000_000)), ("two", Some(3_000_000))]);
        assert_eq!(all.firmware.recoveries[0].at_us, 20_000_000);
    }

    #[test]
    fn where_a_board_got_no_colour_there_is_no_time_for_all() {
        let run = recording(vec![client("a", 0, &[5, 31]), client("b", 0, &[21])]);
        let [a, b, all] = &compare(&run, &run)[..] else { panic!("two boards") };
        // The next colour came when something had gone wrong again.
        assert_eq!(recoveries(&a.firmware), [("one", None), ("two", Some(1_000_000))]);
        assert_eq!(recoveries(&b.firmware), [("one", Some(1_000_000)), ("two", None)]);
        assert_eq!(recoveries(&all.firmware), [("one", None), ("two", None)]);
        let silent = recording(vec![client("a", 0, &[5]), client("b", 0, &[])]);
        let all = compare(&silent, &silent).pop().expect("all together");
        assert_eq!((all.simulated.first_color_us, all.simulated.success()), (None, Some(1.0 / 3.0)));
    }

    #[test]
    fn where_nobody_asks_there_is_nothing_to_compare() {
        let run = recording(Vec::new());
        let [all] = &compare(&run, &run)[..] else { panic!("all together") };
        let Figures { first_color_us, latency_us, .. } = all.simulated;
        assert_eq!((first_color_us, latency_us, all.simulated.success()), (None, None, None));
    }
}

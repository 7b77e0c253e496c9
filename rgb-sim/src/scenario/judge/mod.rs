//! Whether what must hold does.

mod always;
mod recovery;

use std::time::Duration;

use rgb_proto::Rgb;

use super::Scenario;
use super::expectation::{Expectation, report_name};
use super::quantity::span;
use super::recording::{BoardRecording, Recording};
use crate::world::BoardEventKind;

/// What came of everything that must hold in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The scenario's own demands in its order, and then those that always hold.
    pub demands: Vec<Demand>,
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// What, in words.
    pub what: String,
    /// What came closest to breaking it, or did, in words; nothing where there was nothing to measure.
    pub measured: Option<String>,
    /// Where it does not hold.
    pub broken: Vec<Broken>,
}

/// A board and a time at which something does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The board, by its place in [`Recording::boards`].
    pub board: usize,
    /// When it showed.
    pub at: Duration,
    /// What is wrong, in words.
    pub message: String,
}

impl Verdict {
    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.demands.iter().all(Demand::holds)
    }
}

impl Demand {
    /// Whether it holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Judges a run: by the scenario's expectations, and by what always holds, whatever a scenario says.
///
/// Always, no attempt outlasts its time-out; each colour that a board shows was sent to it, seen on the air, during that
/// attempt; no board that has power falls silent; no server keeps a connection beyond its time; and no router keeps two addresses
/// for a board, or one for two. Of emulated boards it is said where the emulation could not do what the firmware asked for.
///
/// The recording must be of a run of this scenario.
#[must_use]
pub fn judge(scenario: &Scenario, recording: &Recording) -> Verdict {
    // The run's own check has passed.
    let plans = super::check::check(scenario).unwrap_or_default();
    let mut demands = Vec::new();
    for expectation in &scenario.expectations {
        let concerned: Vec<_> =
            (0..plans.len()).filter(|index| expectation.concerns(&plans[*index], scenario)).collect();
        judge_expectation(expectation, &Judged { recording, boards: &concerned, expectation }, &mut demands);
    }
    demands.extend(always::demands(recording));
    demands.extend(always::emulation(recording));
    Verdict { demands }
}

/// What an expectation is about.
struct Judged<'a> {
    recording: &'a Recording,
    boards: &'a [usize],
    expectation: &'a Expectation,
}

impl<'a> Judged<'a> {
    /// The boards that it concerns, with their places.
    fn boards(&self) -> impl Iterator<Item = (usize, &'a BoardRecording)> {
        self.boards.iter().map(|&index| (index, &self.recording.boards[index]))
    }

    /// Those of them that ask.
    fn asking(&self) -> impl Iterator<Item = (usize, &'a BoardRecording)> {
        self.boards().filter(|(_, board)| board.role.asks())
    }

    /// The part of the run that it is about.
    fn part(&self) -> [Duration; 2] {
        let Expectation { from, until, .. } = self.expectation;
        [from.unwrap_or_default(), until.unwrap_or(self.recording.elapsed)]
    }

    fn has(&self, at: Duration) -> bool {
        let [from, until] = self.part();
        from <= at && at <= until
    }

    /// Of whom and of when, behind a demand's words.
    fn scope(&self) -> String {
        let Expectation { boards, from, until, .. } = self.expectation;
        let of = boards.as_ref().map(|boards| format!(" of {boards}")).unwrap_or_default();
        let from = from.map(|from| format!(" from {}", span(from))).unwrap_or_default();
        let until = until.map(|until| format!(" until {}", span(until))).unwrap_or_default();
        format!("{of}{from}{until}")
    }

    /// How many attempts of a board were over in its part, and how many of them succeeded.
    fn attempts(&self, board: &BoardRecording) -> (u64, u64) {
        let outcomes = board.exchanges().filter(|(at, ..)| self.has(*at));
        outcomes.fold((0, 0), |(all, good), (_, _, outcome)| (all + 1, good + u64::from(outcome.is_ok())))
    }
}

fn judge_expectation(expectation: &Expectation, judged: &Judged<'_>, demands: &mut Vec<Demand>) {
    let scope = judged.scope();
    if let Some(min) = expectation.success_min {
        let what = format!("at least {} of the attempts{scope} succeed", percent(min));
        demands.push(judge_success(what, judged, |share| share >= min));
    }
    if let Some(max) = expectation.success_max {
        let what = format!("at most {} of the attempts{scope} succeed", percent(max));
        demands.push(judge_success(what, judged, |share| share <= max));
    }
    if let Some(min) = expectation.exchanges_min {
        demands.push(judge_exchanges(format!("each client{scope} gets {min} colours or more"), judged, min));
    }
    if let Some(max) = expectation.first_color_max {
        let what = format!("the first colour{scope} is there within {}", span(max));
        demands.push(judge_first_color(what, judged, max));
    }
    if let Some(max) = expectation.recovery_max {
        let what = format!("after each fault, colours{scope} come again within {}", span(max));
        demands.push(recovery::judge(what, judged, max));
    }
    if let Some(failure) = expectation.reports {
        let what = format!("each board{scope} reports {}", report_name(failure));
        let mut demand = Demand { what, measured: None, broken: Vec::new() };
        for (index, board) in judged.boards() {
            let reported = BoardEventKind::NetworkFailed(failure);
            if !board.events.iter().any(|(at, kind)| judged.has(*at) && *kind == reported) {
                demand.broken.push(Broken {
                    board: index,
                    at: judged.part()[1],
                    message: format!("it never reported \"{failure}\""),
                });
            }
        }
        demands.push(demand);
    }
}

fn judge_success(what: String, judged: &Judged<'_>, is_good: impl Fn(f64) -> bool) -> Demand {
    let mut demand = Demand { what, measured: None, broken: Vec::new() };
    let (mut all, mut good) = (0, 0);
    for (index, board) in judged.asking() {
        let (attempts, successes) = judged.attempts(board);
        all += attempts;
        good += successes;
        let message = match attempts {
            // Without a network a board does not ask. That is no success.
            0 if is_good(0.0) => continue,
            0 => "it made no attempt".to_owned(),
            _ if is_good(successes as f64 / attempts as f64) => continue,
            _ => format!("{successes} of {attempts} attempts succeeded"),
        };
        demand.broken.push(Broken { board: index, at: judged.part()[1], message });
    }
    demand.measured = Some(match all {
        0 => "no attempts".to_owned(),
        _ => format!("{} of {all}", percent(good as f64 / all as f64)),
    });
    demand
}

fn judge_exchanges(what: String, judged: &Judged<'_>, min: u64) -> Demand {
    let mut demand = Demand { what, measured: None, broken: Vec::new() };
    let mut least = None;
    for (index, board) in judged.asking() {
        let (_, successes) = judged.attempts(board);
        least = Some(least.unwrap_or(u64::MAX).min(successes));
        if successes < min {
            let message = format!("it got {successes}");
            demand.broken.push(Broken { board: index, at: judged.part()[1], message });
        }
    }
    demand.measured = least.map(|least| format!("at least {least}"));
    demand
}

fn judge_first_color(what: String, judged: &Judged<'_>, max: Duration) -> Demand {
    let mut demand = Demand { what, measured: None, broken: Vec::new() };
    let mut longest = None;
    for (index, board) in judged.asking().filter(|(_, board)| judged.has(board.start)) {
        let due = board.start + max;
        match board.colors().next() {
            Some((at, _)) => {
                longest = longest.max(Some(at - board.start));
                if at > due {
                    let message = format!("its first colour came after {}", rounded(at - board.start));
                    demand.broken.push(Broken { board: index, at, message });
                }
            }
            None if judged.recording.elapsed >= due => {
                demand.broken.push(Broken { board: index, at: due, message: "it has got no colour".to_owned() });
            }
            None => {}
        }
    }
    demand.measured = longest.map(|longest| format!("at most {}", rounded(longest)));
    demand
}

/// A share for people.
fn percent(share: f64) -> String {
    format!("{}%", (share * 1000.0).round() / 10.0)
}

/// A measured span for people, to the millisecond.
fn rounded(measured: Duration) -> String {
    span(Duration::from_millis(measured.as_millis() as u64))
}

/// A colour for people.
fn color(color: Rgb) -> String {
    color.to_string()
}

//! What a run was like.

use std::time::Duration;

use rgb_proto::Rgb;
use rgb_proto::settings::Role;

use super::board::BoardPlan;
use crate::stats::Tally;
use crate::world::BoardEventKind;

/// What has happened in a run so far. Times are since its start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// The run's seed.
    pub seed: u64,
    /// The kind of its boards ([`Tier::NAME`](super::Tier::NAME)).
    pub tier: &'static str,
    /// How far it has come.
    pub elapsed: Duration,
    /// The boards, in the scenario's order.
    pub boards: Vec<BoardRecording>,
    /// What went wrong on purpose, in the order of its beginning.
    pub faults: Vec<FaultSpan>,
    /// The world's fingerprint ([`World::trace_hash`](crate::world::World::trace_hash)).
    pub trace_hash: u64,
}

/// What happened on a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardRecording {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// When it first gets power.
    pub start: Duration,
    /// The most that one of its attempts may take.
    pub timeout: Duration,
    /// From the start of one exchange to the start of the next.
    pub interval: Duration,
    /// What it told, in order.
    pub events: Vec<(Duration, BoardEventKind)>,
    /// When it lost its power.
    pub power_cuts: Vec<Duration>,
    /// How it was, once a second.
    pub samples: Vec<Sample>,
    /// Colours that it showed and that nobody sent it, with when.
    pub strange_colors: Vec<(Duration, Rgb)>,
    /// When a connection of its server was seen that should have ended.
    pub leaked_connection: Option<Duration>,
    /// When a router was seen to have more than one address for it, or one that was another board's too.
    pub leaked_lease: Option<Duration>,
    /// What its emulation could not do, and when, where it is an emulated one.
    pub problems: Vec<(Duration, String)>,
}

/// How a board was at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: Duration,
    /// How strong it heard its access point, in dBm; none while it was with none.
    pub rssi_dbm: Option<i32>,
}

/// Something that went wrong on purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultSpan {
    /// What, in words.
    pub what: String,
    /// When it began.
    pub from: Duration,
    /// When it was over: at once, for what happens at one time; none as long as it lasts.
    pub until: Option<Duration>,
    /// The boards that it was about.
    pub boards: Vec<usize>,
}

/// Something that happened in a run, for those who watch it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Happening {
    /// When, since the start.
    pub at: Duration,
    /// What.
    pub kind: HappeningKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HappeningKind {
    /// Something on a board, by its place in [`Recording::boards`].
    Board(usize, BoardEventKind),
    /// A fault begins, or happens, by its place in [`Recording::faults`].
    Fault(usize),
    /// A fault is over.
    FaultEnd(usize),
}

impl BoardRecording {
    pub(super) fn new(plan: &BoardPlan) -> Self {
        let client = plan.settings.client_config();
        Self {
            name: plan.name.clone(),
            role: plan.settings.role(),
            start: plan.start,
            timeout: client.timeout,
            interval: client.interval,
            events: Vec::new(),
            power_cuts: Vec::new(),
            samples: Vec::new(),
            strange_colors: Vec::new(),
            leaked_connection: None,
            leaked_lease: None,
            problems: Vec::new(),
        }
    }

    /// Its exchanges that are over: when, how long each took, and what came of it.
    pub fn exchanges(&self) -> impl Iterator<Item = (Duration, Duration, Result<Rgb, rgb_proto::ExchangeError>)> {
        self.events.iter().filter_map(|(at, kind)| match kind {
            BoardEventKind::Exchange { elapsed, outcome } => Some((*at, *elapsed, *outcome)),
            _ => None,
        })
    }

    /// The colours that it got, with when.
    pub fn colors(&self) -> impl Iterator<Item = (Duration, Rgb)> {
        self.exchanges().filter_map(|(at, _, outcome)| outcome.ok().map(|color| (at, color)))
    }
}

/// What came of all exchanges of these boards.
pub(super) fn tally<'a>(boards: impl IntoIterator<Item = &'a BoardRecording>) -> Tally {
    let mut tally = Tally::new();
    for (_, elapsed, outcome) in boards.into_iter().flat_map(BoardRecording::exchanges) {
        match outcome {
            Ok(_) => tally.record_success(elapsed),
            Err(error) => tally.record_error(error.kind()),
        }
    }
    tally
}

impl Recording {
    /// The parts of the run in which nothing goes wrong any more, by the faults after which they come.
    pub(super) fn calms(&self) -> impl Iterator<Item = Calm<'_>> {
        let ended = self.faults.iter().filter_map(|fault| Some((fault, fault.until?)));
        ended.filter(|(_, end)| !self.faults.iter().any(|fault| fault.holds_at(*end))).map(|(fault, from)| {
            let next = self.faults.iter().map(|fault| fault.from).filter(|begin| *begin > from).min();
            Calm { after: &fault.what, from, until: next.unwrap_or(self.elapsed) }
        })
    }
}

/// A part of a run in which nothing goes wrong any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Calm<'a> {
    /// What went wrong last.
    pub(super) after: &'a str,
    pub(super) from: Duration,
    /// When something goes wrong again, or the run ends.
    pub(super) until: Duration,
}

impl Calm<'_> {
    /// From when on a board can be expected to work, since one that gets power later has time from then on; and when it next
    /// gets one of its colours, if it does.
    pub(super) fn next_color(&self, colors: &[Duration], start: Duration) -> (Duration, Option<Duration>) {
        let from = self.from.max(start);
        let next = colors.get(colors.partition_point(|at| *at < from)).filter(|at| **at <= self.until);
        (from, next.copied())
    }
}

impl FaultSpan {
    /// Whether it holds at a time.
    #[must_use]
    pub fn holds_at(&self, at: Duration) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn recording(faults: &[(u64, Option<u64>)]) -> Recording {
        let faults = faults.iter().map(|(from, until)| FaultSpan {
            what: String::new(),
            from: s(*from),
            until: until.map(s),
            boards: Vec::new(),
        });
        Recording { elapsed: s(60), faults: faults.collect(), ..Recording::default() }
    }

    #[test]
    fn calm_begins_with_the_end_of_the_last_fault_that_holds() {
        let recording = recording(&[(10, Some(20)), (15, Some(15)), (18, Some(30)), (40, Some(40))]);
        assert_eq!(
            recording.calms().collect::<Vec<_>>(),
            [Calm { after: "", from: s(30), until: s(40) }, Calm { after: "", from: s(40), until: s(60) }]
        );
    }

    #[test]
    fn a_fault_without_an_end_leaves_no_calm() {
        assert_eq!(recording(&[(10, None), (15, Some(20))]).calms().next(), None);
    }
}

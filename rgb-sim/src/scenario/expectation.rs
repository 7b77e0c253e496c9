//! What must hold.

use std::time::Duration;

use rgb_proto::{JoinError, StationFailure};

use super::Scenario;
use super::board::BoardPlan;
use super::event::Targets;

/// What must hold of each of some boards, in a part of the scenario: `[[expect]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// Which boards; all that ask, unless set.
    pub boards: Option<Targets>,
    /// The part of the scenario begins then; at the start unless set.
    pub from: Option<Duration>,
    /// And ends then; at the end unless set.
    pub until: Option<Duration>,
    /// The least share of attempts that succeed, 0 to 1.
    pub success_min: Option<f64>,
    /// The largest share of attempts that succeed, 0 to 1: that something does not work can be expected too.
    pub success_max: Option<f64>,
    /// The least number of exchanges.
    pub exchanges_min: Option<u64>,
    /// The longest from getting power to the first colour.
    pub first_color_max: Option<Duration>,
    /// The longest from the end of a fault to the next colour. It is demanded where no other fault holds then, or begins
    /// before.
    pub recovery_max: Option<Duration>,
    /// A failure that each of the boards reports.
    pub reports: Option<StationFailure>,
}

impl Expectation {
    /// Whether it is about a board.
    pub(super) fn concerns(&self, board: &BoardPlan, scenario: &Scenario) -> bool {
        match &self.boards {
            Some(targets) => targets.has(board, scenario),
            None => board.settings.role().asks(),
        }
    }
}

/// The failures that boards report.
pub(super) const REPORTS: [StationFailure; 7] = [
    StationFailure::Join(JoinError::NetworkNotFound),
    StationFailure::Join(JoinError::WrongPassphrase),
    StationFailure::Join(JoinError::Other),
    StationFailure::JoinTimedOut,
    StationFailure::NoAddress,
    StationFailure::LinkLost,
    StationFailure::LinkDead,
];

/// A failure as files have it.
pub(super) const fn report_name(failure: StationFailure) -> &'static str {
    match failure {
        StationFailure::Join(JoinError::NetworkNotFound) => "network_not_found",
        StationFailure::Join(JoinError::WrongPassphrase) => "wrong_passphrase",
        StationFailure::Join(JoinError::Other) => "join_failed",
        StationFailure::JoinTimedOut => "join_timed_out",
        StationFailure::NoAddress => "no_address",
        StationFailure::LinkLost => "link_lost",
        StationFailure::LinkDead => "link_dead",
    }
}

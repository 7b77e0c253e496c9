//! A run as events, for programs and people.

use std::time::Duration;

use super::Scenario;
use super::judge::{Demand, Verdict};
use super::recording::{FaultSpan, Happening, HappeningKind, Recording, tally};
use crate::event::{BoardState, BrokenDemand, DecodeDetail, Event, FaultPhase, ScenarioSummary, micros};
use crate::world::BoardEventKind;

/// Tells a run as it goes on.
#[derive(Debug)]
pub struct Narration {
    /// The scenario's name.
    name: String,
    /// The attempts of each board so far.
    attempts: Vec<u64>,
}

impl Narration {
    /// Begins to tell a run of the scenario of this name.
    #[must_use]
    pub fn new(name: &str, recording: &Recording) -> Self {
        Self { name: name.to_owned(), attempts: vec![0; recording.boards.len()] }
    }

    /// The run begins.
    #[must_use]
    pub fn started(&self, scenario: &Scenario, recording: &Recording) -> Event {
        Event::ScenarioStarted {
            version: env!("CARGO_PKG_VERSION"),
            scenario: self.name.clone(),
            tier: recording.tier,
            seed: recording.seed,
            boards: recording.boards.len(),
            duration_us: micros(scenario.duration),
        }
    }

    /// Something has happened. What servers answered is told by their clients.
    pub fn happened(&mut self, recording: &Recording, happening: &Happening) -> Option<Event> {
        let at_us = micros(happening.at);
        match happening.kind {
            HappeningKind::Board(index, kind) => {
                let board = recording.boards[index].name.clone();
                if let BoardEventKind::Exchange { elapsed, outcome } = kind {
                    self.attempts[index] += 1;
                    let (seq, elapsed_us, at_us) = (self.attempts[index], micros(elapsed), Some(at_us));
                    return Some(match outcome {
                        Ok(color) => Event::Exchange { board, seq, color, elapsed_us, at_us },
                        Err(error) => Event::Error {
                            board,
                            seq,
                            kind: error.kind(),
                            elapsed_us,
                            decode: DecodeDetail::of(error),
                            message: error.to_string(),
                            at_us,
                        },
                    });
                }
                let (state, detail) = state(&kind)?;
                Some(Event::Board { at_us, board, state, detail })
            }
            HappeningKind::Fault(index) => {
                let fault = &recording.faults[index];
                let phase = if fault.until == Some(fault.from) { FaultPhase::Once } else { FaultPhase::Begin };
                Some(fault_event(at_us, fault, phase, recording))
            }
            HappeningKind::FaultEnd(index) => {
                Some(fault_event(at_us, &recording.faults[index], FaultPhase::End, recording))
            }
        }
    }

    /// What came of a demand.
    #[must_use]
    pub fn demand(&self, demand: &Demand, recording: &Recording) -> Event {
        let broken = demand.broken.iter().map(|broken| BrokenDemand {
            board: recording.boards[broken.board].name.clone(),
            at_us: micros(broken.at),
            message: broken.message.clone(),
        });
        Event::Demand {
            demand: demand.what.clone(),
            holds: demand.holds(),
            measured: demand.measured.clone(),
            broken: broken.collect(),
        }
    }

    /// The run is over. `replay` is the command that plays it again, and `took` is how long it was on the clock on the wall.
    #[must_use]
    pub fn summary(
        &self,
        scenario: &Scenario,
        recording: &Recording,
        verdict: &Verdict,
        replay: &str,
        took: Duration,
    ) -> Event {
        let tally = tally(&recording.boards);
        Event::ScenarioSummary(ScenarioSummary {
            scenario: self.name.clone(),
            tier: recording.tier,
            seed: recording.seed,
            played_us: micros(recording.elapsed),
            complete: recording.elapsed >= scenario.duration,
            holds: verdict.holds(),
            exchanges: tally.exchanges(),
            errors: tally.errors(),
            errors_by_kind: tally.errors_by_kind(),
            latency_us: tally.latency(),
            trace_hash: format!("{:016x}", recording.trace_hash),
            replay: replay.to_owned(),
            took,
        })
    }
}

fn fault_event(at_us: u64, fault: &FaultSpan, phase: FaultPhase, recording: &Recording) -> Event {
    let boards = fault.boards.iter().map(|board| recording.boards[*board].name.clone()).collect();
    Event::Fault { at_us, fault: fault.what.clone(), phase, boards }
}

/// How far a board has come, if it is not about exchanges.
fn state(kind: &BoardEventKind) -> Option<(BoardState, Option<String>)> {
    Some(match kind {
        BoardEventKind::Started => (BoardState::Started, None),
        BoardEventKind::Joining(ssid) => (BoardState::Joining, Some(ssid.as_str().to_owned())),
        BoardEventKind::Joined => (BoardState::Joined, None),
        BoardEventKind::NetworkFailed(failure) => (BoardState::Failed, Some(failure.to_string())),
        BoardEventKind::AccessPointOpen(ssid) => (BoardState::AccessPoint, Some(ssid.as_str().to_owned())),
        BoardEventKind::Address(address) => (BoardState::Address, Some(address.to_string())),
        BoardEventKind::AddressLost => (BoardState::AddressLost, None),
        BoardEventKind::Announced(label) => (BoardState::Announced, Some(format!("{label}.local"))),
        BoardEventKind::Renamed(label) => (BoardState::Renamed, Some(format!("{label}.local"))),
        BoardEventKind::Found(server) => (BoardState::Found, Some(server.to_string())),
        BoardEventKind::AsksItself => (BoardState::AsksItself, None),
        BoardEventKind::ServeFailed(error) => (BoardState::ServeFailed, Some(error.to_string())),
        BoardEventKind::Exchange { .. } | BoardEventKind::Served { .. } => return None,
    })
}

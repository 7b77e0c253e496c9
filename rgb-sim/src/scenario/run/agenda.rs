//! What is to happen, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::Scenario;
use super::super::board::BoardPlan;
use super::super::event::Verb;

/// What is to happen, by time, and at one time in the order in which it was planned.
pub(super) struct Agenda {
    steps: BTreeMap<(Duration, usize), Step>,
    planned: usize,
}

/// Something that is to happen. The numbers are places in the scenario.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// A board gets power.
    Start(usize),
    /// An event begins.
    Begin(usize),
    /// An event's span is over.
    End(usize),
    /// A board that is carried is there by now.
    Place { board: usize, position_m: f64 },
    /// A link rule begins to hold.
    Rule(usize),
    /// And ends.
    RuleEnd(usize),
    /// The boards are looked at.
    Sample,
}

impl Agenda {
    const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);
    /// Who is carried takes a step so often.
    const STRIDE: Duration = Duration::from_millis(500);

    pub(super) fn of(scenario: &Scenario, boards: &[BoardPlan]) -> Self {
        let mut agenda = Self { steps: BTreeMap::new(), planned: 0 };
        for (board, plan) in boards.iter().enumerate().filter(|(_, plan)| !plan.start.is_zero()) {
            agenda.plan(plan.start, Step::Start(board));
        }
        for (index, link) in scenario.links.iter().enumerate() {
            agenda.plan(link.from.unwrap_or_default(), Step::Rule(index));
            if let Some(until) = link.until {
                agenda.plan(until, Step::RuleEnd(index));
            }
        }
        for (index, event) in scenario.events.iter().enumerate() {
            agenda.plan(event.at, Step::Begin(index));
            if let Some(span) = event.span {
                // Who is carried back is away until they are there.
                let way_back = if let Verb::Move { over, .. } = event.verb { over } else { Duration::ZERO };
                agenda.plan(event.at + span + way_back, Step::End(index));
            }
        }
        agenda.plan_walks(scenario, boards);
        let mut at = Self::SAMPLE_INTERVAL;
        while at <= scenario.duration {
            agenda.plan(at, Step::Sample);
            at += Self::SAMPLE_INTERVAL;
        }
        agenda
    }

    /// Boards that are carried away, and back at the end of the span.
    fn plan_walks(&mut self, scenario: &Scenario, boards: &[BoardPlan]) {
        let mut positions_m: Vec<f64> = boards.iter().map(|plan| plan.distance_m).collect();
        let mut walks: Vec<_> =
            scenario.events.iter().filter(|event| matches!(event.verb, Verb::Move { .. })).collect();
        walks.sort_by_key(|event| event.at);
        for event in walks {
            let Verb::Move { boards: targets, to_m, over } = &event.verb else { continue };
            for (board, _) in boards.iter().enumerate().filter(|(_, plan)| targets.has(plan, scenario)) {
                let home_m = positions_m[board];
                self.plan_walk(board, event.at, *over, [home_m, *to_m]);
                match event.span {
                    Some(span) => self.plan_walk(board, event.at + span, *over, [*to_m, home_m]),
                    None => positions_m[board] = *to_m,
                }
            }
        }
    }

    fn plan_walk(&mut self, board: usize, from: Duration, over: Duration, [start_m, end_m]: [f64; 2]) {
        let mut walked = Self::STRIDE;
        while walked < over {
            let share = walked.as_micros() as f64 / over.as_micros() as f64;
            self.plan(from + walked, Step::Place { board, position_m: start_m + (end_m - start_m) * share });
            walked += Self::STRIDE;
        }
        self.plan(from + over, Step::Place { board, position_m: end_m });
    }

    fn plan(&mut self, at: Duration, step: Step) {
        self.steps.insert((at, self.planned), step);
        self.planned += 1;
    }

    /// What is to happen next, if it is by then.
    pub(super) fn next_until(&mut self, until: Duration) -> Option<(Duration, Step)> {
        let first = self.steps.first_entry().filter(|step| step.key().0 <= until)?;
        let ((at, _), step) = first.remove_entry();
        Some((at, step))
    }
}

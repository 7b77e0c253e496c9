//! One step towards a smaller scenario.

use std::time::Duration;

use crate::explore::relations::known_to;
use crate::scenario::{BoardSpec, Scenario, ScenarioEvent, Spread, Targets, Verb};
use crate::world::{AccessPointConfig, LinkRule, RouterConfig};

/// The scenarios that are one step smaller than this one, those first that are smaller by much.
pub(super) fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    without_some(&mut candidates, scenario, |scenario| &mut scenario.events);
    without_some(&mut candidates, scenario, |scenario| &mut scenario.links);
    for board in &scenario.boards {
        candidates.push(without_board(scenario, &board.name));
    }
    for network in &scenario.networks {
        candidates.push(without_network(scenario, network.ssid()));
    }
    without_some(&mut candidates, scenario, |scenario| &mut scenario.expectations);
    for index in 0..scenario.events.len() {
        simplify_event(&mut candidates, scenario, index);
    }
    for index in 0..scenario.links.len() {
        simplify_link(&mut candidates, scenario, index);
    }
    for index in 0..scenario.boards.len() {
        simplify_board(&mut candidates, scenario, index);
    }
    for index in 0..scenario.networks.len() {
        simplify_network(&mut candidates, scenario, index);
    }
    candidates
}

/// A change of a scenario, among the candidates.
fn with(candidates: &mut Vec<Scenario>, scenario: &Scenario, change: impl FnOnce(&mut Scenario)) {
    let mut candidate = scenario.clone();
    change(&mut candidate);
    candidates.push(candidate);
}

/// Without one half of a list or the other, without each quarter, and so on to each single element; the last ones first.
fn without_some<T>(candidates: &mut Vec<Scenario>, scenario: &Scenario, list: impl Fn(&mut Scenario) -> &mut Vec<T>) {
    let len = list(&mut scenario.clone()).len();
    let mut part = len.div_ceil(2);
    while part > 0 {
        for from in (0..len).step_by(part).rev() {
            with(candidates, scenario, |scenario| drop(list(scenario).drain(from..len.min(from + part))));
        }
        part = if part > 1 { part.div_ceil(2) } else { 0 };
    }
}

fn without_board(scenario: &Scenario, name: &str) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.boards.retain(|board| board.name != name);
    for network in &mut scenario.networks {
        network.reservations.remove(name);
    }
    scenario.events.retain_mut(|event| match &mut event.verb {
        Verb::Partition(one, other) | Verb::Repair(one, other) => one != name && other != name,
        verb => verb.targets_mut().is_none_or(|targets| keeps_some(targets, name)),
    });
    scenario.links.retain_mut(|link| keeps_some(&mut link.boards, name));
    scenario
}

/// Whether there are targets other than this one.
fn keeps_some(targets: &mut Targets, name: &str) -> bool {
    targets.0.retain(|target| target != name);
    !targets.0.is_empty()
}

fn without_network(scenario: &Scenario, ssid: &str) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.networks.retain(|network| network.ssid() != ssid);
    scenario.events.retain(|event| match &event.verb {
        Verb::Partition(one, other) | Verb::Repair(one, other) => one != ssid && other != ssid,
        verb => verb.network() != Some(ssid),
    });
    for board in &mut scenario.boards {
        forget_network(board, ssid);
    }
    scenario
}

/// Takes one of several networks that a board knows from it.
fn forget_network(board: &mut BoardSpec, ssid: &str) {
    let known: Vec<_> =
        known_to(board).map(|(ssid, passphrase)| (ssid.to_owned(), passphrase.map(str::to_owned))).collect();
    if known.len() < 2 {
        return;
    }
    board.settings.retain(|field, _| !field.starts_with("ssid") && !field.starts_with("passphrase"));
    for (place, (ssid, passphrase)) in (1..).zip(known.into_iter().filter(|(known, _)| known != ssid)) {
        let place = if place == 1 { String::new() } else { place.to_string() };
        board.settings.insert(format!("ssid{place}"), ssid);
        if let Some(passphrase) = passphrase {
            board.settings.insert(format!("passphrase{place}"), passphrase);
        }
    }
}

fn simplify_event(candidates: &mut Vec<Scenario>, scenario: &Scenario, index: usize) {
    let ScenarioEvent { at, verb, span } = &scenario.events[index];
    let mut change = |change: &dyn Fn(&mut ScenarioEvent)| {
        with(candidates, scenario, |scenario| change(&mut scenario.events[index]));
    };
    if verb.targets() == Some(&Targets::all()) {
        for board in &scenario.boards {
            change(&|event| {
                if let Some(targets) = event.verb.targets_mut() {
                    *targets = Targets::of(&board.name);
                }
            });
        }
    }
    if let Verb::JoinFault { times: 2.., .. } = verb {
        change(&|event| {
            if let Verb::JoinFault { times, .. } = &mut event.verb {
                *times = 1;
            }
        });
    }
    if let Some(span) = span.and_then(rounder) {
        change(&|event| event.span = Some(span));
    }
    if let Some(at) = rounder(*at) {
        change(&|event| event.at = at);
    }
}

fn simplify_link(candidates: &mut Vec<Scenario>, scenario: &Scenario, index: usize) {
    let link = &scenario.links[index];
    if link.boards == Targets::all() {
        for board in &scenario.boards {
            with(candidates, scenario, |scenario| scenario.links[index].boards = Targets::of(&board.name));
        }
    }
    let simpler: [fn(&mut LinkRule); 7] = [
        |rule| rule.loss = 0.0,
        |rule| rule.latency = Duration::ZERO,
        |rule| rule.jitter = Duration::ZERO,
        |rule| rule.duplicate = 0.0,
        |rule| rule.corrupt = 0.0,
        |rule| rule.rate_bps = 0,
        |rule| rule.direction = None,
    ];
    for simplify in simpler {
        with(candidates, scenario, |scenario| simplify(&mut scenario.links[index].rule));
    }
    if let (Some(from), Some(until)) = (link.from, link.until) {
        if let Some(span) = rounder(until - from) {
            with(candidates, scenario, |scenario| scenario.links[index].until = Some(from + span));
        }
        if let Some(earlier) = rounder(from) {
            with(candidates, scenario, |scenario| {
                scenario.links[index].from = Some(earlier);
                scenario.links[index].until = Some(earlier + (until - from));
            });
        }
    }
}

fn simplify_board(candidates: &mut Vec<Scenario>, scenario: &Scenario, index: usize) {
    let board = &scenario.boards[index];
    let default = BoardSpec::default();
    with(candidates, scenario, |scenario| scenario.boards[index].start = default.start);
    with(candidates, scenario, |scenario| scenario.boards[index].distance_m = default.distance_m);
    with(candidates, scenario, |scenario| scenario.boards[index].colors = None);
    for field in ["source", "interval"] {
        with(candidates, scenario, |scenario| drop(scenario.boards[index].settings.remove(field)));
    }
    if let Some(start) = rounder(board.start.first) {
        with(candidates, scenario, |scenario| scenario.boards[index].start = Spread::all(start));
    }
    for (ssid, _) in known_to(board) {
        with(candidates, scenario, |scenario| forget_network(&mut scenario.boards[index], ssid));
    }
}

fn simplify_network(candidates: &mut Vec<Scenario>, scenario: &Scenario, index: usize) {
    let default = AccessPointConfig::default();
    let simpler: [&dyn Fn(&mut AccessPointConfig); 3] = [
        &|access_point| access_point.channel = default.channel,
        &|access_point| access_point.position_m = default.position_m,
        &|access_point| access_point.interference = 0.0,
    ];
    for simplify in simpler {
        with(candidates, scenario, |scenario| simplify(&mut scenario.networks[index].access_point));
    }
    with(candidates, scenario, |scenario| {
        if let Some(router) = &mut scenario.networks[index].router {
            router.lease_time = RouterConfig::default().lease_time;
        }
    });
}

/// A time that is easier to read, and shorter: whole seconds, or half of them.
fn rounder(time: Duration) -> Option<Duration> {
    let seconds = time.as_secs();
    match (seconds, time.subsec_nanos()) {
        (0 | 1, _) => None,
        (_, 0) => Some(Duration::from_secs(seconds / 2)),
        _ => Some(Duration::from_secs(seconds)),
    }
}

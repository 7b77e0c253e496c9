//! What may be demanded of whom.

use std::time::Duration;

use super::relations::{asks, is_asked_by, networks_of, places_of, setting};
use crate::scenario::{BoardSpec, NetworkSpec, Scenario, ScenarioEvent, Targets, Verb};

/// Leases that end sooner need no help: a host of such a network hears in time that its address is not its own any more.
const SHORT_LEASE_MAX: Duration = Duration::from_secs(120);

/// By then a board is on its network, whatever came before, and has had the answer to a probe.
const LEARNING_MAX: Duration = Duration::from_secs(200);

/// So many joins may go wrong on purpose; each may cost a board the whole time-out and the longest wait.
const JOIN_FAULTS_MAX: u32 = 4;

/// Whether all boards can work again, by what the networks and boards around them do:
///
/// - everything that goes wrong has an end;
/// - on each network that a board can join is one that it asks, which can join no other;
/// - boards learn that their router gives other addresses: their leases are short, or the access point restarts with it;
/// - a board that was told an address is not left behind by one that the router changes;
/// - joins that go wrong on purpose do so at once and not for long;
/// - a board that asks nobody, and whose link dies without a word, has seen before that its router answers, or its lease is
///   short.
pub(super) fn is_fair(scenario: &Scenario) -> bool {
    let is_fair = |event| ends(event, scenario) && is_noticed(event, scenario) && is_found_out(event, scenario);
    scenario.events.iter().all(is_fair)
        && scenario.links.iter().all(|link| link.until.is_some())
        && scenario.boards.iter().filter(|board| asks(board)).all(|board| {
            let places = places_of(board, scenario);
            let has_server =
                |place: &&str| scenario.boards.iter().any(|server| is_asked_by(server, board, place, scenario));
            !places.is_empty() && places.iter().all(has_server)
        })
        && joins_recover(scenario)
}

/// When the last of what goes wrong is over.
pub(super) fn healed_at(scenario: &Scenario) -> Duration {
    let ends = scenario.events.iter().map(end_of);
    let starts = scenario.boards.iter().map(|board| board.start.first.max(board.start.last));
    ends.chain(scenario.links.iter().filter_map(|link| link.until)).chain(starts).max().unwrap_or_default()
}

/// When something is over that happens at one time or has a span.
fn end_of(event: &ScenarioEvent) -> Duration {
    let way_back = if let Verb::Move { over, .. } = event.verb { over } else { Duration::ZERO };
    event.at + event.span.map_or(Duration::ZERO, |span| span + way_back)
}

fn ends(event: &ScenarioEvent, scenario: &Scenario) -> bool {
    let is_ended_by = |other: &ScenarioEvent| other.at > event.at && other.verb.ends(&event.verb);
    !event.verb.lasts() || event.span.is_some() || scenario.events.iter().any(is_ended_by)
}

/// Whether those learn of it who have an address of a router that does not keep to it.
fn is_noticed(event: &ScenarioEvent, scenario: &Scenario) -> bool {
    let (Verb::Renumber { network, .. } | Verb::LeaseExpire(network)) = &event.verb else { return true };
    let Some(NetworkSpec { router: Some(router), reservations, .. }) =
        scenario.networks.iter().find(|spec| spec.ssid() == network)
    else {
        return false;
    };
    let is_restart = |other: &ScenarioEvent| {
        other.at >= event.at && matches!(&other.verb, Verb::ApDown(restarted) if restarted == network)
    };
    let mut boards =
        scenario.boards.iter().filter(|board| networks_of(board, scenario).any(|known| known.ssid() == network));
    let is_told_address = boards.any(|board| {
        setting(board, "server").is_some_and(|host| reservations.values().any(|address| address.to_string() == host))
    });
    (router.lease_time <= SHORT_LEASE_MAX || scenario.events.iter().any(is_restart))
        && !(is_told_address && matches!(event.verb, Verb::Renumber { .. }))
}

/// Whether the boards find out that their links are dead. One that only serves does so by probes of its router, which count
/// from the first one on that was answered (STA-8): where all has gone well for long, one was.
fn is_found_out(event: &ScenarioEvent, scenario: &Scenario) -> bool {
    let Verb::KillLink(targets) = &event.verb else { return true };
    let learning_from = event.at.saturating_sub(LEARNING_MAX);
    let is_meanwhile = |from: Duration, until: Duration| from <= event.at && until >= learning_from;
    // What another event ends may last until the last one.
    let until = |other: &ScenarioEvent| {
        if other.verb.lasts() && other.span.is_none() { healed_at(scenario) } else { end_of(other) }
    };
    let mut others = scenario.events.iter().filter(|other| !std::ptr::eq(*other, event));
    let has_learned = event.at > LEARNING_MAX
        && !others.any(|other| is_meanwhile(other.at, until(other)))
        && !scenario
            .links
            .iter()
            .any(|link| is_meanwhile(link.from.unwrap_or_default(), link.until.unwrap_or_default()));
    let is_concerned = |board: &&BoardSpec| targets.0.iter().any(|name| name == Targets::ALL || *name == board.name);
    let relies_on_router = |board: &BoardSpec| {
        let mut routers = networks_of(board, scenario).filter_map(|network| network.router.as_ref());
        !asks(board) && routers.any(|router| router.lease_time > SHORT_LEASE_MAX)
    };
    has_learned || !scenario.boards.iter().filter(is_concerned).any(relies_on_router)
}

fn joins_recover(scenario: &Scenario) -> bool {
    let mut count = 0;
    for event in &scenario.events {
        let Verb::JoinFault { boards, times, .. } = &event.verb else { continue };
        count += times;
        let is_rejoin = |other: &ScenarioEvent| {
            let rejoin = matches!(&other.verb, Verb::Deauth(targets) | Verb::Reboot(targets) if targets == boards);
            rejoin && other.at == event.at
        };
        if !scenario.events.iter().any(is_rejoin) {
            return false;
        }
    }
    count <= JOIN_FAULTS_MAX
}

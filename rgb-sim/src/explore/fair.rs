//! What may be demanded of whom.

use std::time::Duration;

use super::relations::{asks, is_asked_by, networks_of, places_of, setting};
use crate::scenario::{BoardSpec, NetworkSpec, Scenario, ScenarioEvent, Targets, Verb};

/// Leases that end sooner need no help: a host of such a network hears in time that its address is not its own any more.
const SHORT_LEASE_MAX: Duration = Duration::from_secs(120);

/// From when all goes well, the most until a board has had the answer to its first probe: a useless join and leaving take
/// 7 s, the longest wait 30 s, another useless join as long again, a join and an address 6 s, the probe comes 10 s later, and one
/// may be lost on its way, which costs 11 s.
const LEARNING_MAX: Duration = Duration::from_secs(71);

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
    // What another event ends may last until the last one, and so may joins that go wrong one after the other.
    let until = |other: &ScenarioEvent| match other.verb {
        Verb::JoinFault { .. } => healed_at(scenario),
        _ if other.verb.lasts() && other.span.is_none() => healed_at(scenario),
        _ => end_of(other),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A client and the server that it asks, whose lease does not end, and what happens.
    fn with_events(events: &str) -> Scenario {
        let boards = r#"
            duration = "10m"

            [[network]]
            ssid = "Home"

            [[board]]
            name = "server"
            role = "server"
            ssid = "Home"

            [[board]]
            name = "client"
            role = "client"
            ssid = "Home"
        "#;
        Scenario::read(&format!("{boards}{events}")).expect("it is a scenario")
    }

    /// That the board's link dies then.
    fn killed(board: &str, at: &str) -> String {
        format!("[[event]]\nat = \"{at}\"\nkill_link = \"{board}\"\n")
    }

    #[test]
    fn a_link_may_die_when_its_board_has_learned_that_the_router_answers_and_not_before() {
        assert!(!is_fair(&with_events(&killed("server", "71s"))));
        assert!(is_fair(&with_events(&killed("server", "71001ms"))));
        let restart = "[[event]]\nat = \"10s\"\nap_down = \"Home\"\nfor = \"20s\"\n";
        assert!(!is_fair(&with_events(&format!("{restart}{}", killed("server", "101s")))));
        assert!(is_fair(&with_events(&format!("{restart}{}", killed("server", "101001ms")))));
    }

    #[test]
    fn a_board_that_asks_finds_out_about_a_dead_link_at_any_time() {
        assert!(is_fair(&with_events(&killed("client", "1s"))));
    }

    /// Each may take its whole time-out, and the link is killed before the first probe is answered.
    #[test]
    fn a_link_that_dies_behind_joins_that_go_wrong_may_be_one_of_which_nothing_was_learned() {
        let joins = r#"
            [[event]]
            at = "70s"
            join_fault = "server"
            fault = "hang"
            times = 4

            [[event]]
            at = "70s"
            deauth = "server"
        "#;
        assert!(is_fair(&with_events(joins)));
        assert!(!is_fair(&with_events(&format!("{joins}\n{}", killed("server", "165s")))));
    }
}

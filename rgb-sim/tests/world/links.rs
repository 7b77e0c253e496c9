//! What links do to frames.

use std::time::Duration;

use rgb_proto::ErrorKind;
use rgb_sim::world::{BoardCounts, BoardEventKind, Direction, LinkRule, NodeId};

use crate::lab::{Lab, secs, sent, shown};

/// Exchanges within a minute under this rule, and failures.
fn under(rule: LinkRule, seed: u64) -> (u64, u64) {
    let mut lab = Lab::new(seed);
    let (server, client) = lab.working_pair();
    lab.events(client);
    lab.events(server);
    let before = lab.counts(client);
    let id = lab.world.air_mut().add_link_rule(client, rule);
    lab.run(60);
    let after = lab.counts(client);
    lab.world.air_mut().remove_link_rule(client, id);
    lab.works(client, secs(30));
    // A server's connection may end long after the client has its colour.
    lab.board_mut(client).power_off();
    lab.run(10);
    // Whatever arrives is what was sent, once.
    let (shown, mut sent) = (shown(&lab.events(client)), sent(&lab.events(server)));
    for color in shown {
        let place = sent.iter().position(|other| *other == color).expect("a colour that was sent");
        sent.swap_remove(place);
    }
    let failures = |counts: BoardCounts| counts.failures.iter().sum::<u64>();
    (after.exchanges - before.exchanges, failures(after) - failures(before))
}

/// The slowest of the exchanges of ten seconds.
fn slowest(rule: LinkRule) -> Duration {
    let mut lab = Lab::new(40);
    let (_, client) = lab.working_pair();
    lab.world.air_mut().add_link_rule(client, rule);
    lab.run(1);
    lab.events(client);
    lab.run(10);
    let spans = lab.events(client).into_iter().filter_map(|kind| match kind {
        BoardEventKind::Exchange { elapsed, outcome: Ok(_) } => Some(elapsed),
        _ => None,
    });
    spans.max().expect("some worked")
}

#[test]
fn a_good_link_works_all_the_time() {
    let (works, fails) = under(LinkRule::default(), 20);
    assert!(works >= 295 && fails <= 1, "{works} worked, {fails} failed");
}

#[test]
fn losses_cost_exchanges() {
    let (works, fails) = under(LinkRule { loss: 0.2, ..Default::default() }, 21);
    assert!((20..200).contains(&works) && fails > 5, "{works} worked, {fails} failed");
    let (works, fails) = under(LinkRule { loss: 1.0, direction: Some(Direction::Down), ..Default::default() }, 21);
    assert!(works == 0 && fails > 5, "{works} worked, {fails} failed");
}

#[test]
fn latency_counts_once_each_way() {
    let without = slowest(LinkRule::default());
    assert!(without < Duration::from_millis(60), "{without:?}");
    let latency = Duration::from_millis(50);
    // Two round trips: the handshake, and the question with its answer. The slowest exchange of this run need not be the
    // slowest of that one, whose frames were lost in other places.
    let without = without.max(Duration::from_millis(60));
    let with = slowest(LinkRule { latency, ..Default::default() });
    assert!((4 * latency..4 * latency + without).contains(&with), "{with:?}");
    let with = slowest(LinkRule { latency, direction: Some(Direction::Up), ..Default::default() });
    assert!((2 * latency..2 * latency + without).contains(&with), "{with:?}");
}

#[test]
fn a_slow_link_takes_its_time() {
    // Some 70 bytes each, at 1000 bytes a second.
    let span = slowest(LinkRule { rate_bps: 8_000, ..Default::default() });
    assert!((Duration::from_millis(200)..Duration::from_millis(900)).contains(&span), "{span:?}");
}

#[test]
fn duplicates_jitter_and_wrong_bits_never_make_a_wrong_colour() {
    let jitter = Duration::from_millis(20);
    for (seed, rule) in [
        (22, LinkRule { duplicate: 0.5, ..Default::default() }),
        (23, LinkRule { jitter, duplicate: 0.3, ..Default::default() }),
        (24, LinkRule { corrupt: 0.1, ..Default::default() }),
    ] {
        let (works, _) = under(rule, seed);
        assert!(works > 50, "{works} worked with {rule:?}");
    }
}

#[test]
fn isolated_stations_do_not_reach_each_other() {
    let mut lab = Lab::new(25);
    let (_, client) = lab.working_pair();
    let access_point = lab.access_point;
    lab.world.air_mut().set_isolation(access_point, true);
    lab.is_silent(client, 5);
    assert!(lab.address(client).is_some());
    lab.world.air_mut().set_isolation(access_point, false);
    lab.works(client, secs(15));
}

#[test]
fn a_partition_parts_two_and_nobody_else() {
    let mut lab = Lab::new(26);
    let (server, client) = lab.working_pair();
    let address = lab.address(server).unwrap().to_string();
    let other = lab.board(&[("role", "client"), ("server", &address)]);
    lab.works(other, secs(15));
    lab.world.air_mut().partition(client, server);
    lab.is_silent(client, 5);
    lab.works(other, secs(2));
    lab.world.air_mut().repair(server, client);
    lab.works(client, secs(15));
}

#[test]
fn what_is_held_comes_when_it_is_released() {
    let mut lab = Lab::new(27);
    let (_, client) = lab.working_pair();
    // Shorter than an exchange may take: nothing is lost.
    let before = lab.counts(client);
    lab.world.air_mut().hold(client);
    lab.world.run_for(Duration::from_millis(500));
    assert!(lab.counts(client).exchanges <= before.exchanges + 1);
    lab.world.air_mut().release(client);
    lab.works(client, secs(2));
    assert_eq!(lab.counts(client).failures, before.failures);
    // Longer: the exchange has failed, and what comes late does no harm.
    lab.world.air_mut().hold(client);
    lab.run(3);
    lab.world.air_mut().release(client);
    lab.works(client, secs(15));
    let timeouts = |lab: &Lab, node: NodeId| {
        let place = ErrorKind::ALL.iter().position(|kind| *kind == ErrorKind::Timeout).unwrap();
        lab.counts(node).failures[place]
    };
    assert!(timeouts(&lab, client) >= 1);
}

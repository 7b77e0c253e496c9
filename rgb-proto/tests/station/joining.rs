//! One network: joins, addresses and waits.

use std::time::Duration;

use rgb_proto::{ExchangeError, JoinError, Phase, Station, StationConfig, StationFailure, StationStep};

use crate::{START, at, run, running, seconds, wait};

// STA-1
#[test]
fn a_join_is_waited_for_until_just_before_its_time_out_and_given_up_at_it() {
    let mut station = Station::new(StationConfig::default(), START);
    let deadline = seconds(15);
    assert_eq!(station.poll(START, 0), StationStep::Join { network: 0, deadline });
    assert_eq!(station.poll(at(deadline.as_micros() - 1), 0), StationStep::Join { network: 0, deadline });
    assert_eq!(station.poll(deadline, 0), StationStep::Leave { deadline: seconds(17) });
    assert_eq!(station.last_failure(), Some(StationFailure::JoinTimedOut));
}

// STA-3
#[test]
fn an_address_is_waited_for_until_just_before_its_time_out_and_given_up_at_it() {
    let mut station = Station::new(StationConfig::default(), START);
    station.handle_joined(seconds(1));
    let deadline = seconds(16);
    assert_eq!(station.poll(at(deadline.as_micros() - 1), 0), StationStep::AwaitAddress { deadline });
    assert_eq!(station.poll(deadline, 0), StationStep::Leave { deadline: seconds(18) });
    assert_eq!(station.last_failure(), Some(StationFailure::NoAddress));
}

// STA-2
#[test]
fn leaving_is_waited_for_until_just_before_its_time_out_and_given_up_at_it() {
    let mut station = running();
    station.handle_link_lost(START);
    let deadline = seconds(2);
    assert_eq!(station.poll(at(deadline.as_micros() - 1), 0), StationStep::Leave { deadline });
    assert_eq!(station.poll(deadline, 0), StationStep::Wait { until: deadline + Duration::from_millis(500) });
}

// STA-4
#[test]
fn a_wait_ends_in_a_join_at_its_end_and_not_before() {
    let mut station = running();
    station.handle_link_lost(START);
    station.handle_left(START, 0);
    let until = at(500_000);
    assert_eq!(station.poll(at(499_999), 0), StationStep::Wait { until });
    assert_eq!(station.poll(until, 0), StationStep::Join { network: 0, deadline: until + Duration::from_secs(15) });
}

// STA-4
#[test]
fn the_waits_between_failed_joins_double_up_to_the_longest() {
    let mut station = Station::new(StationConfig::default(), START);
    let mut now = START;
    let waits = [0; 8].map(|random| {
        station.handle_join_failed(JoinError::NetworkNotFound, now);
        station.handle_left(now, random);
        let StationStep::Wait { until } = station.poll(now, 0) else { panic!("no wait behind a failed join") };
        let wait = until.saturating_duration_since(now);
        now = until;
        station.poll(now, 0);
        wait.as_millis()
    });
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    assert_eq!(station.failures(), 8);
}

// STA-2
#[test]
fn every_failure_leaves_before_the_next_join() {
    let failures: [fn(&mut Station); 5] = [
        |station| station.handle_join_failed(JoinError::WrongPassphrase, START),
        |station| {
            station.poll(seconds(15), 0);
        },
        |station| {
            station.handle_joined(START);
            station.poll(seconds(15), 0);
        },
        |station| {
            station.handle_joined(START);
            station.handle_link_lost(START);
        },
        |station| {
            station.handle_joined(START);
            station.handle_address(START);
            for _ in 0..10 {
                station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), START);
            }
        },
    ];
    for fail in failures {
        let mut station = Station::new(StationConfig::default(), START);
        fail(&mut station);
        assert!(matches!(station.poll(START, 0), StationStep::Leave { .. }), "{:?}", station.last_failure());
    }
}

// STA-3
#[test]
fn a_lost_address_is_waited_for_without_joining_again() {
    let mut station = running();
    station.handle_address_lost(seconds(1));
    assert_eq!(station.poll(seconds(1), 0), StationStep::AwaitAddress { deadline: seconds(16) });
    station.handle_address(seconds(2));
    assert!(station.poll(seconds(2), 0).network_works());
}

// STA-6
#[test]
fn what_a_person_reads_names_the_cause() {
    let messages = [
        (
            StationFailure::Join(JoinError::NetworkNotFound),
            "network not found: check its name, and that it has 2.4 GHz",
        ),
        (StationFailure::Join(JoinError::WrongPassphrase), "the access point refused the passphrase"),
        (StationFailure::NoAddress, "joined, but the network gave this board no address; is there a router with DHCP?"),
        (StationFailure::LinkLost, "the link to the access point was lost"),
        (StationFailure::LinkDead, "no sign of life through this link; joining again"),
    ];
    for (failure, message) in messages {
        assert_eq!(failure.to_string(), message);
    }
}

/// Loses the link of a board that got its address at the start, joins again and gets another address at once, and so on; the
/// waits in between.
fn waits_between_links_that_last(span: Duration) -> [u128; 8] {
    let mut station = running();
    let mut now = START;
    [0; 8].map(|random| {
        let lost = now + span;
        station.handle_link_lost(lost);
        station.handle_left(lost, random);
        now = wait(&mut station, lost);
        run(&mut station, now);
        now.saturating_duration_since(lost).as_millis()
    })
}

// STA-4
#[test]
fn a_link_that_held_makes_the_waits_short_again_and_one_that_just_did_not_lets_them_grow() {
    let hold_time = Duration::from_secs(30);
    let waits = waits_between_links_that_last(hold_time - Duration::from_micros(1));
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    assert_eq!(waits_between_links_that_last(hold_time), [500; 8]);
}

// STA-4
#[test]
fn a_link_holds_whatever_becomes_of_its_addresses() {
    let mut station = running();
    for round in 0..6 {
        station.handle_address_lost(seconds(5 * round));
        station.handle_address(seconds(5 * round + 3));
    }
    station.handle_address_lost(seconds(29));
    station.handle_link_lost(seconds(30));
    station.handle_left(seconds(30), 0);
    assert_eq!(station.poll(seconds(30), 0), StationStep::Wait { until: at(30_500_000) });
    // The address that the next link gives is its own first one.
    run(&mut station, at(30_500_000));
    station.handle_link_lost(seconds(60));
    station.handle_left(seconds(60), 0);
    assert_eq!(station.poll(seconds(60), 0), StationStep::Wait { until: seconds(61) });
}

//! Several networks, in order of preference.

use std::time::Duration;

use rgb_proto::{ExchangeError, Instant, JoinError, Phase, Station, StationStep};

use crate::{START, at, joins, leave, of_networks, run, seconds, ten_silent_exchanges, wait};

/// Makes a network not work for a station that joins it now; returns when that shows.
type Fail = fn(&mut Station, Instant) -> Instant;

/// Everything that makes a network not work.
const FAILURES: [(&str, Fail); 9] = [
    ("not found", |station, now| {
        station.handle_join_failed(JoinError::NetworkNotFound, now);
        now
    }),
    ("wrong passphrase", |station, now| {
        station.handle_join_failed(JoinError::WrongPassphrase, now);
        now
    }),
    ("another refusal", |station, now| {
        station.handle_join_failed(JoinError::Other, now);
        now
    }),
    ("a join that hangs", |_, now| now + Duration::from_secs(15)),
    ("no address", |station, now| {
        station.handle_joined(now);
        now + Duration::from_secs(15)
    }),
    ("a link that is lost before an address came", |station, now| {
        station.handle_joined(now);
        station.handle_link_lost(now);
        now
    }),
    ("a dead link", |station, now| {
        station.handle_joined(now);
        station.handle_address(now);
        // As many as the most patient link may have.
        for _ in 0..40 {
            station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
        }
        now
    }),
    ("a dead link, as it shows to a board that does not ask", |station, now| {
        station.handle_joined(now);
        station.handle_address(now);
        station.poll(now + Duration::from_secs(30), 0);
        station.handle_probe(true, now + Duration::from_secs(30));
        let mut now = now + Duration::from_secs(30);
        while let StationStep::Run { until } = station.poll(now, 0) {
            now = until;
            station.poll(now, 0);
            station.handle_probe(false, now);
        }
        now
    }),
    ("a link that is lost before it has held", |station, now| {
        station.handle_joined(now);
        station.handle_address(now);
        let lost = Instant::from_micros(now.as_micros() + 29_999_999);
        station.handle_link_lost(lost);
        lost
    }),
];

// STA-7, STA-2
#[test]
fn a_network_that_does_not_work_is_left_and_followed_at_once_by_the_next() {
    for (failure, fail) in FAILURES {
        for networks in 1..=4 {
            let mut station = of_networks(networks);
            let mut now = START;
            for network in 0..networks {
                assert_eq!(joins(&mut station, now), network, "{failure}");
                now = fail(&mut station, now);
                leave(&mut station, now);
            }
            assert!(wait(&mut station, now) > now, "{failure}: no wait behind the last");
        }
    }
}

// STA-7, STA-2
#[test]
fn leaving_that_hangs_is_given_up_and_followed_by_the_next_network_too() {
    let mut station = of_networks(2);
    station.handle_join_failed(JoinError::NetworkNotFound, START);
    assert_eq!(station.poll(START, 0), StationStep::Leave { deadline: seconds(2) });
    assert_eq!(station.poll(at(1_999_999), 0), StationStep::Leave { deadline: seconds(2) });
    assert_eq!(joins(&mut station, seconds(2)), 1);
}

// STA-7
#[test]
fn after_the_wait_behind_the_last_network_it_is_the_first_ones_turn() {
    for (failure, fail) in FAILURES {
        let mut station = of_networks(3);
        let mut now = START;
        for round in 0..3 {
            for network in 0..3 {
                assert_eq!(joins(&mut station, now), network, "{failure}, round {round}");
                now = fail(&mut station, now);
                leave(&mut station, now);
            }
            now = wait(&mut station, now);
        }
        assert_eq!(joins(&mut station, now), 0, "{failure}");
    }
}

// STA-7, STA-4
#[test]
fn the_wait_doubles_once_a_round() {
    for networks in 1..=4 {
        let mut station = of_networks(networks);
        let mut now = START;
        let waits = [0; 8].map(|random| {
            for _ in 0..networks {
                joins(&mut station, now);
                station.handle_join_failed(JoinError::NetworkNotFound, now);
                station.handle_left(now, random);
            }
            let until = wait(&mut station, now);
            let wait = until.saturating_duration_since(now);
            now = until;
            wait.as_millis()
        });
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000], "{networks} networks");
        assert_eq!(station.failures(), 8 * u32::from(networks));
    }
}

// STA-7, STA-4
#[test]
fn the_wait_doubles_once_a_round_after_a_round_that_began_in_its_middle_too() {
    let lose_link: fn(&mut Station, Instant) = |station, now| station.handle_link_lost(now);
    let lose_life: fn(&mut Station, Instant) = |station, now| ten_silent_exchanges(station, now);
    for (fail, now, others) in [(lose_link, seconds(30), 0), (lose_link, START, 1), (lose_life, START, 1)] {
        let mut station = of_networks(4);
        for _ in 0..2 {
            station.handle_join_failed(JoinError::NetworkNotFound, START);
            leave(&mut station, START);
        }
        run(&mut station, START);
        fail(&mut station, now);
        leave(&mut station, now);
        let mut now = now;
        let waits = [others, 4, 4, 4].map(|failures| {
            for _ in 0..failures {
                joins(&mut station, now);
                station.handle_join_failed(JoinError::NetworkNotFound, now);
                leave(&mut station, now);
            }
            let until = wait(&mut station, now);
            let wait = until.saturating_duration_since(now);
            now = until;
            wait.as_millis()
        });
        assert_eq!(waits, [500, 1_000, 2_000, 4_000]);
    }
}

// STA-7, STA-4
#[test]
fn a_link_that_held_makes_the_waits_short_again() {
    let mut station = of_networks(2);
    let mut now = START;
    for _ in 0..6 {
        for _ in 0..2 {
            joins(&mut station, now);
            station.handle_join_failed(JoinError::Other, now);
            leave(&mut station, now);
        }
        now = wait(&mut station, now);
    }
    run(&mut station, now);
    assert_eq!(station.failures(), 0);
    now = now + Duration::from_secs(30);
    station.handle_link_lost(now);
    leave(&mut station, now);
    assert_eq!(wait(&mut station, now), now + Duration::from_millis(500));
}

// STA-7
#[test]
fn after_a_link_that_held_was_lost_it_is_the_first_networks_turn_behind_a_wait() {
    for worked in 0..4 {
        let mut station = of_networks(4);
        for _ in 0..worked {
            station.handle_join_failed(JoinError::NetworkNotFound, START);
            leave(&mut station, START);
        }
        assert_eq!(joins(&mut station, START), worked);
        run(&mut station, START);
        station.handle_link_lost(seconds(30));
        leave(&mut station, seconds(30));
        let until = wait(&mut station, seconds(30));
        assert_eq!(until, at(30_500_000));
        assert_eq!(joins(&mut station, until), 0, "network {worked} had held");
        // If that one is not there, the others follow as ever.
        station.handle_join_failed(JoinError::NetworkNotFound, until);
        leave(&mut station, until);
        assert_eq!(joins(&mut station, until), 1);
    }
}

// STA-7
#[test]
fn a_network_whose_links_never_hold_does_not_keep_the_board_from_the_others() {
    let mut station = of_networks(2);
    run(&mut station, START);
    station.handle_link_lost(seconds(5));
    leave(&mut station, seconds(5));
    assert_eq!(joins(&mut station, seconds(5)), 1);
    run(&mut station, seconds(5));
    // The other one holds for an hour. It is lost once, and the first one still does not hold.
    station.handle_link_lost(seconds(3600));
    leave(&mut station, seconds(3600));
    let until = wait(&mut station, seconds(3600));
    assert_eq!(until, at(3_600_500_000));
    run(&mut station, until);
    let lost = until + Duration::from_secs(5);
    station.handle_link_lost(lost);
    leave(&mut station, lost);
    assert_eq!(joins(&mut station, lost), 1);
}

// STA-7, STA-5
#[test]
fn a_link_that_died_is_followed_by_the_next_network_at_once() {
    let mut station = of_networks(2);
    run(&mut station, START);
    ten_silent_exchanges(&mut station, START);
    leave(&mut station, START);
    assert_eq!(joins(&mut station, START), 1);
    run(&mut station, START);
    // Where the next network did not help, patience grows as with one network: it may be the server that is off.
    ten_silent_exchanges(&mut station, START);
    assert!(station.poll(START, 0).network_works());
    ten_silent_exchanges(&mut station, START);
    leave(&mut station, START);
    let until = wait(&mut station, START);
    assert_eq!(joins(&mut station, until), 0);
}

// STA-7, STA-3
#[test]
fn an_address_that_was_lost_and_does_not_come_again_makes_it_the_next_networks_turn() {
    let mut station = of_networks(2);
    run(&mut station, START);
    station.handle_address_lost(seconds(1));
    let deadline = seconds(16);
    assert_eq!(station.poll(at(deadline.as_micros() - 1), 0), StationStep::AwaitAddress { deadline });
    leave(&mut station, deadline);
    assert_eq!(joins(&mut station, deadline), 1);
}

// STA-7
#[test]
fn the_highest_number_of_networks_is_walked_to_its_end() {
    let mut station = of_networks(u8::MAX);
    for network in 0..u8::MAX {
        assert_eq!(joins(&mut station, START), network);
        station.handle_join_failed(JoinError::NetworkNotFound, START);
        leave(&mut station, START);
    }
    let until = wait(&mut station, START);
    assert_eq!(joins(&mut station, until), 0);
}

// STA-7
#[test]
fn no_networks_count_as_one() {
    let mut station = of_networks(0);
    assert_eq!(joins(&mut station, START), 0);
    station.handle_join_failed(JoinError::NetworkNotFound, START);
    leave(&mut station, START);
    let until = wait(&mut station, START);
    assert_eq!(joins(&mut station, until), 0);
}

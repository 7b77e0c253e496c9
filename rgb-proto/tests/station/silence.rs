//! Links that claim to be up when nothing comes through any more.

use std::time::Duration;

use rgb_proto::{
    DecodeError, ExchangeError, Instant, Mode, Phase, ReplyDecoder, Station, StationConfig, StationFailure, StationStep,
};

use crate::{START, at, leave, run, running, seconds, wait};

fn decode_error() -> DecodeError {
    ReplyDecoder::new(Mode::Strict).push(b"x").expect_err("a letter is no colour")
}

// STA-5
#[test]
fn ten_silent_exchanges_in_a_row_end_a_link_and_nine_do_not() {
    let mut station = running();
    let silence = Err(ExchangeError::TimedOut(Phase::Connecting));
    for _ in 0..9 {
        station.handle_exchange(silence, START);
    }
    assert!(station.poll(START, 0).network_works());
    station.handle_exchange(silence, START);
    assert!(matches!(station.poll(START, 0), StationStep::Leave { .. }));
    assert_eq!(station.last_failure(), Some(StationFailure::LinkDead));
}

// STA-5
#[test]
fn an_answer_of_any_kind_is_a_sign_of_life() {
    let signs = [
        Ok(()),
        Err(ExchangeError::Refused),
        Err(ExchangeError::Reset),
        Err(ExchangeError::Closed),
        Err(ExchangeError::Decode(decode_error())),
        Err(ExchangeError::TimedOut(Phase::AwaitingReply)),
        Err(ExchangeError::TimedOut(Phase::Receiving)),
    ];
    for sign in signs {
        let mut station = running();
        for _ in 0..100 {
            for _ in 0..9 {
                station.handle_exchange(Err(ExchangeError::Unreachable), START);
            }
            station.handle_exchange(sign, START);
        }
        assert!(station.poll(START, 0).network_works(), "{sign:?}");
    }
}

// STA-5
#[test]
fn a_server_that_is_off_makes_the_board_join_again_ever_more_rarely() {
    let mut station = running();
    let rejoins = [0; 4].map(|random| {
        let mut exchanges = 0;
        while station.poll(START, 0).network_works() {
            station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), START);
            exchanges += 1;
        }
        station.handle_left(START, random);
        station.poll(seconds(60), 0);
        station.handle_joined(START);
        station.handle_address(START);
        exchanges
    });
    assert_eq!(rejoins, [10, 20, 40, 40]);
    station.handle_exchange(Ok(()), START);
    for _ in 0..10 {
        station.handle_exchange(Err(ExchangeError::Connect), START);
    }
    assert!(matches!(station.poll(START, 0), StationStep::Leave { .. }), "a success makes it quick again");
}

/// A moment before another one.
fn before(then: Instant) -> Instant {
    at(then.as_micros() - 1)
}

/// When the station, which runs now, wants to probe.
fn next_probe(station: &mut Station, now: Instant) -> Instant {
    match station.poll(now, 0) {
        StationStep::Run { until } => until,
        step => panic!("not running, but {step:?}"),
    }
}

/// Lets the station probe as soon as it wants to, and answers or not; when that is over.
fn probe(station: &mut Station, now: Instant, is_answered: bool) -> Instant {
    let then = next_probe(station, now);
    let StationStep::Probe { deadline } = station.poll(then, 0) else { panic!("no probe: {station:?}") };
    if is_answered {
        station.handle_probe(true, then);
        return then;
    }
    station.poll(deadline, 0);
    deadline
}

/// A station whose gateway has answered the first probe, and when it did.
fn answered() -> (Station, Instant) {
    let mut station = running();
    let now = probe(&mut station, START, true);
    (station, now)
}

// STA-8
#[test]
fn a_link_is_probed_10_s_behind_each_address_and_not_before() {
    let mut station = running();
    let then = seconds(10);
    assert_eq!(station.poll(before(then), 0), StationStep::Run { until: then });
    assert_eq!(station.poll(then, 0), StationStep::Probe { deadline: seconds(11) });
    station.handle_probe(true, then);
    // The same for longer, or another one.
    station.handle_address(seconds(12));
    assert_eq!(next_probe(&mut station, seconds(12)), seconds(22));
    station.handle_address_lost(seconds(13));
    station.handle_address(seconds(14));
    assert_eq!(next_probe(&mut station, seconds(14)), seconds(24));
}

// STA-8
#[test]
fn a_link_that_was_seen_to_work_is_probed_after_30_s_of_silence_and_not_before() {
    let (mut station, now) = answered();
    let then = now + Duration::from_secs(30);
    assert_eq!(station.poll(before(then), 0), StationStep::Run { until: then });
    assert_eq!(station.poll(then, 0), StationStep::Probe { deadline: then + Duration::from_secs(1) });
}

// STA-8
#[test]
fn a_probe_is_waited_for_until_just_before_its_time_out_and_given_up_at_it() {
    // The first one, and one behind an answer.
    for (mut station, now) in [(running(), START), answered()] {
        let then = next_probe(&mut station, now);
        let deadline = then + Duration::from_secs(1);
        station.poll(then, 0);
        assert_eq!(station.poll(before(deadline), 0), StationStep::Probe { deadline });
        assert!(matches!(station.poll(deadline, 0), StationStep::Run { .. }));
    }
}

// STA-8
#[test]
fn a_probe_that_was_not_answered_is_followed_by_the_next_after_10_s() {
    // Whether one was answered before or not.
    for (mut station, now) in [(running(), START), answered()] {
        let given_up = probe(&mut station, now, false);
        let then = given_up + Duration::from_secs(10);
        assert_eq!(station.poll(before(then), 0), StationStep::Run { until: then });
        assert_eq!(station.poll(then, 0), StationStep::Probe { deadline: then + Duration::from_secs(1) });
    }
}

// STA-8
#[test]
fn three_silent_probes_in_a_row_end_a_link_and_two_do_not() {
    let (mut station, mut now) = answered();
    for _ in 0..2 {
        now = probe(&mut station, now, false);
    }
    now = probe(&mut station, now, true);
    assert_eq!(next_probe(&mut station, now), now + Duration::from_secs(30), "in a row");
    for _ in 0..2 {
        now = probe(&mut station, now, false);
    }
    assert!(station.poll(now, 0).network_works());
    now = probe(&mut station, now, false);
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }));
    assert_eq!(station.last_failure(), Some(StationFailure::LinkDead));
}

// STA-8
#[test]
fn a_gateway_that_answers_nothing_is_no_reason_to_leave() {
    let (mut station, mut now) = (running(), START);
    for _ in 0..1000 {
        now = probe(&mut station, now, false);
    }
    assert_eq!(next_probe(&mut station, now), now + Duration::from_secs(10));
    // Nor is another one, which came with another address, if the one before did answer.
    now = probe(&mut station, now, true);
    station.handle_address_lost(now);
    station.handle_address(now);
    for _ in 0..1000 {
        now = probe(&mut station, now, false);
    }
    assert!(station.poll(now, 0).network_works());
}

// STA-8
#[test]
fn every_sign_of_life_puts_the_probe_off() {
    let signs: [fn(&mut Station, Instant); 3] = [
        |station, now| station.handle_sign_of_life(now),
        |station, now| station.handle_exchange(Ok(()), now),
        |station, now| station.handle_exchange(Err(ExchangeError::Refused), now),
    ];
    for sign in signs {
        let (mut station, _) = answered();
        sign(&mut station, seconds(20));
        assert_eq!(next_probe(&mut station, seconds(20)), seconds(50));
        // One that comes while a probe is under way ends it.
        let (mut station, _) = answered();
        station.poll(seconds(40), 0);
        sign(&mut station, seconds(40));
        assert_eq!(next_probe(&mut station, seconds(40)), seconds(70));
        station.handle_probe(false, seconds(41));
        assert_eq!(next_probe(&mut station, seconds(41)), seconds(70));
    }
    let (mut station, _) = answered();
    station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), seconds(20));
    assert_eq!(next_probe(&mut station, seconds(20)), seconds(40), "silence is no sign of life");
}

// STA-8
#[test]
fn requests_put_no_probe_off_until_one_was_answered() {
    let mut station = running();
    station.handle_sign_of_life(seconds(9));
    assert_eq!(next_probe(&mut station, seconds(9)), seconds(10));
    let deadline = seconds(11);
    assert_eq!(station.poll(seconds(10), 0), StationStep::Probe { deadline });
    station.handle_sign_of_life(seconds(10));
    assert_eq!(station.poll(seconds(10), 0), StationStep::Probe { deadline });
    station.handle_probe(true, seconds(10));
    // Now the silence after the last request tells that the link is dead.
    station.handle_sign_of_life(seconds(30));
    let mut now = seconds(30);
    for _ in 0..3 {
        now = probe(&mut station, now, false);
    }
    assert_eq!(now, seconds(30 + 30 + 1 + 10 + 1 + 10 + 1));
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }));
}

// STA-8
#[test]
fn signs_of_life_in_between_keep_silent_probes_from_adding_up() {
    let (mut station, mut now) = answered();
    for _ in 0..100 {
        for _ in 0..2 {
            now = probe(&mut station, now, false);
        }
        station.handle_sign_of_life(now);
    }
    assert!(station.poll(now, 0).network_works());
}

// STA-8
#[test]
fn probes_that_the_gateway_of_an_earlier_address_did_not_answer_do_not_count() {
    let (mut station, mut now) = answered();
    for _ in 0..100 {
        for _ in 0..2 {
            now = probe(&mut station, now, false);
        }
        station.handle_address_lost(now);
        station.handle_address(now);
        now = probe(&mut station, now, true);
    }
    assert!(station.poll(now, 0).network_works());
}

/// Lets the gateway answer so many probes and no more, until the station leaves, and joins again; how many were not answered.
fn probes_until_it_leaves(station: &mut Station, now: &mut Instant, answered: u32) -> u32 {
    for _ in 0..answered {
        *now = probe(station, *now, true);
    }
    let mut silent = 0;
    while station.poll(*now, 0).network_works() {
        *now = probe(station, *now, false);
        silent += 1;
    }
    leave(station, *now);
    *now = wait(station, *now);
    run(station, *now);
    silent
}

// STA-8
#[test]
fn where_joining_again_does_not_help_silent_probes_make_the_board_do_so_ever_more_rarely() {
    let (mut station, mut now) = (running(), START);
    let silent = [1; 4].map(|answered| probes_until_it_leaves(&mut station, &mut now, answered));
    assert_eq!(silent, [3, 6, 12, 12]);
    // The first answer shows that this gateway answers, the second one that the link goes on to work.
    assert_eq!(probes_until_it_leaves(&mut station, &mut now, 2), 3);
    assert_eq!(probes_until_it_leaves(&mut station, &mut now, 1), 6);
    // So does a request.
    now = probe(&mut station, now, true);
    station.handle_sign_of_life(now);
    assert_eq!(probes_until_it_leaves(&mut station, &mut now, 0), 3);
}

// STA-5, STA-8
#[test]
fn a_gateway_that_answers_does_not_hide_a_server_that_does_not() {
    let (mut station, mut now) = (running(), START);
    for _ in 0..9 {
        station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
        now = probe(&mut station, now, true);
    }
    station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }), "it may be on the next network");
}

// STA-5, STA-8
#[test]
fn limits_of_none_count_as_one() {
    let config = StationConfig { silent_exchanges_max: 0, silent_probes_max: 0, ..StationConfig::default() };
    let running = || {
        let mut station = Station::new(config, START);
        run(&mut station, START);
        station
    };
    let mut station = running();
    station.handle_exchange(Err(ExchangeError::Unreachable), START);
    assert!(matches!(station.poll(START, 0), StationStep::Leave { .. }));
    let mut station = running();
    let now = probe(&mut station, START, true);
    let now = probe(&mut station, now, false);
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }));
}

//! A station gets onto the network, and back onto it after everything that a network does to it.

mod property;

use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::{
    DecodeError, ExchangeError, Instant, JoinError, Mode, Phase, ReplyDecoder, Station, StationConfig, StationFailure,
    StationStep,
};

const START: Instant = Instant::ORIGIN;

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

fn seconds(count: u64) -> Instant {
    Instant::from_millis(count * 1000)
}

fn running() -> Station {
    let mut station = Station::new(StationConfig::default(), START);
    station.handle_joined(START);
    station.handle_address();
    assert_eq!(station.poll(START, 0), StationStep::Run);
    station
}

/// A station that knows so many networks and joins the first one now.
fn of_networks(networks: u8) -> Station {
    Station::new(StationConfig { networks, ..StationConfig::default() }, START)
}

/// The network that the station joins now.
fn joins(station: &mut Station, now: Instant) -> u8 {
    match station.poll(now, 0) {
        StationStep::Join { network, deadline } => {
            assert_eq!(deadline, now + Duration::from_secs(15), "a whole time-out for each network");
            network
        }
        step => panic!("no join, but {step:?}"),
    }
}

/// Leaves the network, which the station must want now.
fn leave(station: &mut Station, now: Instant) {
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }), "{station:?}");
    station.handle_left(now, 0);
}

/// The end of the wait, which the station must want now.
fn wait(station: &mut Station, now: Instant) -> Instant {
    match station.poll(now, 0) {
        StationStep::Wait { until } => until,
        step => panic!("no wait, but {step:?}"),
    }
}

/// Brings the station onto the network that it joins now.
fn run(station: &mut Station, now: Instant) {
    joins(station, now);
    station.handle_joined(now);
    station.handle_address();
    assert_eq!(station.poll(now, 0), StationStep::Run);
}

/// Ten exchanges, as a dead link takes them.
fn ten_silent_exchanges(station: &mut Station, now: Instant) {
    for _ in 0..10 {
        station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
    }
}

fn decode_error() -> DecodeError {
    ReplyDecoder::new(Mode::Strict).push(b"x").expect_err("a letter is no colour")
}

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
            station.handle_address();
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

// STA-5
#[test]
fn ten_silent_exchanges_in_a_row_end_a_link_and_nine_do_not() {
    let mut station = running();
    let silence = Err(ExchangeError::TimedOut(Phase::Connecting));
    for _ in 0..9 {
        station.handle_exchange(silence, START);
    }
    assert_eq!(station.poll(START, 0), StationStep::Run);
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
        assert_eq!(station.poll(START, 0), StationStep::Run, "{sign:?}");
    }
}

// STA-5
#[test]
fn a_server_that_is_off_makes_the_board_join_again_ever_more_rarely() {
    let mut station = running();
    let rejoins = [0; 4].map(|random| {
        let mut exchanges = 0;
        while station.poll(START, 0) == StationStep::Run {
            station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), START);
            exchanges += 1;
        }
        station.handle_left(START, random);
        station.poll(seconds(60), 0);
        station.handle_joined(START);
        station.handle_address();
        exchanges
    });
    assert_eq!(rejoins, [10, 20, 40, 40]);
    station.handle_exchange(Ok(()), START);
    for _ in 0..10 {
        station.handle_exchange(Err(ExchangeError::Connect), START);
    }
    assert!(matches!(station.poll(START, 0), StationStep::Leave { .. }), "a success makes it quick again");
}

// STA-3
#[test]
fn a_lost_address_is_waited_for_without_joining_again() {
    let mut station = running();
    station.handle_address_lost(seconds(1));
    assert_eq!(station.poll(seconds(1), 0), StationStep::AwaitAddress { deadline: seconds(16) });
    station.handle_address();
    assert_eq!(station.poll(seconds(2), 0), StationStep::Run);
}

/// Makes a network not work for a station that joins it now; returns when that shows.
type Fail = fn(&mut Station, Instant) -> Instant;

/// Everything that makes a network not work.
const FAILURES: [(&str, Fail); 7] = [
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
        station.handle_address();
        // As many as the most patient link may have.
        for _ in 0..40 {
            station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
        }
        now
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
    let lose_link: fn(&mut Station) = |station| station.handle_link_lost(START);
    let lose_life: fn(&mut Station) = |station| ten_silent_exchanges(station, START);
    for (fail, others) in [(lose_link, 0), (lose_life, 1)] {
        let mut station = of_networks(4);
        for _ in 0..2 {
            station.handle_join_failed(JoinError::NetworkNotFound, START);
            leave(&mut station, START);
        }
        run(&mut station, START);
        fail(&mut station);
        leave(&mut station, START);
        let mut now = START;
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
fn a_network_that_works_makes_the_waits_short_again() {
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
    station.handle_link_lost(now);
    leave(&mut station, now);
    assert_eq!(wait(&mut station, now), now + Duration::from_millis(500));
}

// STA-7
#[test]
fn after_a_link_that_worked_was_lost_it_is_the_first_networks_turn_behind_a_wait() {
    for worked in 0..4 {
        let mut station = of_networks(4);
        for _ in 0..worked {
            station.handle_join_failed(JoinError::NetworkNotFound, START);
            leave(&mut station, START);
        }
        assert_eq!(joins(&mut station, START), worked);
        run(&mut station, START);
        station.handle_link_lost(seconds(60));
        leave(&mut station, seconds(60));
        let until = wait(&mut station, seconds(60));
        assert_eq!(until, at(60_500_000));
        assert_eq!(joins(&mut station, until), 0, "network {worked} had worked");
        // If that one is not there, the others follow as ever.
        station.handle_join_failed(JoinError::NetworkNotFound, until);
        leave(&mut station, until);
        assert_eq!(joins(&mut station, until), 1);
    }
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
    assert_eq!(station.poll(START, 0), StationStep::Run);
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
    ];
    for (failure, message) in messages {
        assert_eq!(failure.to_string(), message);
    }
}

/// What drives a board onto its network: the station, or one that is broken on purpose.
trait Policy {
    fn poll(&mut self, now: Instant, random: u32) -> StationStep;
    fn station(&mut self) -> &mut Station;
}

impl Policy for Station {
    fn poll(&mut self, now: Instant, random: u32) -> StationStep {
        Self::poll(self, now, random)
    }

    fn station(&mut self) -> &mut Station {
        self
    }
}

/// What a network does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fine,
    NotFound,
    WrongPassphrase,
    /// The driver's join never returns.
    JoinHangs,
    NoAddress,
    /// The link claims to be up, and nothing comes through.
    Dead,
    /// The link is lost again and again.
    LinkFlaps,
    /// Addresses are taken away again and again.
    AddressFlaps,
    ServerOff,
}

impl Weather {
    const FOUL: [Self; 8] = [
        Self::NotFound,
        Self::WrongPassphrase,
        Self::JoinHangs,
        Self::NoAddress,
        Self::Dead,
        Self::LinkFlaps,
        Self::AddressFlaps,
        Self::ServerOff,
    ];
}

/// A small generator, so that a history is its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit
    }
}

/// How patient the station of a history is, and how many networks it knows.
fn history_config(seed: u64) -> StationConfig {
    StationConfig { networks: 1 + Random(!seed).below(4) as u8, ..StationConfig::default() }
}

/// One network of a history, with its own weather.
struct Air {
    weather: Weather,
    changes: Instant,
}

/// Whose turn it is (STA-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Of this network, at once.
    Network(u8),
    /// Of the first one, behind a wait.
    FirstBehindWait,
}

/// Takes a policy through foul weather of up to ten minutes, lets it clear up on one of its networks, and demands that the
/// board gets a colour within the bound, without ever having done what harms a radio, keeps a processor busy or is not a
/// network's turn.
///
/// The other networks stay as foul as they are. Only the links of those that the board prefers stop being lost: a network
/// that gives an address works, and the first one's turn is next whenever its link is lost (STA-7).
fn survive(seed: u64, policy: &mut dyn Policy) -> Result<(), String> {
    const EXCHANGE: u64 = 200_000;
    // The longest try: a join and an address in 1.5 s, the 40 silent exchanges of the most patient link with an address
    // lost behind each, 1.4 s together, and a leave of 2 s. A join or an address that does not come takes 15 s.
    const TRY_MAX: Duration = Duration::from_secs(60);
    let networks = history_config(seed).networks;
    let mut random = Random(seed);
    let mut now = START;
    let mut air: Vec<Air> =
        (0..networks).map(|_| Air { weather: Weather::FOUL[random.below(8) as usize], changes: START }).collect();
    let clears_up = START + Duration::from_millis(u64::from(random.below(600_000)));
    let mut has_cleared_up = false;
    let fine = random.below(networks.into()) as u8;
    // The rest of a round, in which the fine network may have had its turn too early, with the longest wait; then those
    // before it, and its own join.
    let recovery_max = TRY_MAX * u32::from(networks + fine) + Duration::from_secs(30 + 15);
    let mut network = 0;
    let mut turn = Turn::Network(0);
    let mut has_left = true;
    let mut lost_while_running = false;
    let mut link_is_dead = false;
    let mut joins = 0u32;
    let mut steps = 0u32;
    let mut join_began = None;
    loop {
        if now >= clears_up {
            if !has_cleared_up {
                has_cleared_up = true;
                for preferred in air.iter_mut().take(fine.into()).filter(|air| air.weather == Weather::LinkFlaps) {
                    preferred.weather = Weather::Dead;
                }
                air[usize::from(fine)].weather = Weather::Fine;
            }
        } else {
            for air in air.iter_mut().filter(|air| now >= air.changes) {
                air.weather = Weather::FOUL[random.below(8) as usize];
                air.changes = now + Duration::from_millis(u64::from(random.below(60_000)));
            }
        }
        if now > clears_up + recovery_max {
            return Err(format!("no colour {recovery_max:?} after the weather cleared up"));
        }
        steps += 1;
        if steps > 1_000_000 {
            return Err("a busy loop".into());
        }
        let coin = random.next();
        let step = policy.poll(now, coin);
        let station = policy.station();
        let pause = match step {
            StationStep::Join { network: joined, deadline } => {
                if deadline <= now {
                    return Err(format!("a join at {now:?} without time to join"));
                }
                if join_began.is_none() {
                    if !has_left {
                        return Err(format!("joined at {now:?} without leaving first"));
                    }
                    if turn != Turn::Network(joined) {
                        return Err(format!("joined network {joined} at {now:?}, and it was the turn of {turn:?}"));
                    }
                    joins += 1;
                    join_began = Some(now);
                    network = joined;
                    has_left = false;
                    lost_while_running = false;
                }
                if join_began
                    .is_some_and(|began: Instant| now.saturating_duration_since(began) > Duration::from_secs(60))
                {
                    return Err("a join that hangs is never given up".into());
                }
                match air[usize::from(network)].weather {
                    // What hangs is looked at again at the deadline; in the meantime the weather may change in vain.
                    Weather::JoinHangs => deadline.as_micros() - now.as_micros(),
                    Weather::NotFound => {
                        station.handle_join_failed(JoinError::NetworkNotFound, now);
                        100_000
                    }
                    Weather::WrongPassphrase => {
                        station.handle_join_failed(JoinError::WrongPassphrase, now);
                        100_000
                    }
                    _ => {
                        link_is_dead = false;
                        station.handle_joined(now);
                        1_000_000
                    }
                }
            }
            StationStep::AwaitAddress { deadline } => {
                let weather = air[usize::from(network)].weather;
                link_is_dead |= weather == Weather::Dead;
                if link_is_dead || weather == Weather::NoAddress {
                    deadline.as_micros().saturating_sub(now.as_micros()).clamp(1, 1_000_000)
                } else if weather == Weather::LinkFlaps && coin & 1 == 1 {
                    station.handle_link_lost(now);
                    EXCHANGE
                } else {
                    station.handle_address();
                    500_000
                }
            }
            StationStep::Run => match air[usize::from(network)].weather {
                Weather::Fine if !link_is_dead => {
                    return Ok(());
                }
                Weather::LinkFlaps => {
                    lost_while_running = true;
                    station.handle_link_lost(now);
                    EXCHANGE
                }
                foul => {
                    // A link that has died stays dead until the board joins again, whatever the weather.
                    link_is_dead |= foul == Weather::Dead;
                    station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
                    if foul == Weather::AddressFlaps {
                        station.handle_address_lost(now);
                    }
                    900_000
                }
            },
            StationStep::Leave { deadline } => {
                let moves_on = !lost_while_running && network + 1 < networks;
                turn = if moves_on { Turn::Network(network + 1) } else { Turn::FirstBehindWait };
                has_left = true;
                if coin.is_multiple_of(8) {
                    // This leave hangs.
                    deadline.as_micros().saturating_sub(now.as_micros()).max(1)
                } else {
                    station.handle_left(now, random.next());
                    10_000
                }
            }
            StationStep::Wait { until } => {
                if until <= now {
                    return Err(format!("a wait at {now:?} that does not wait"));
                }
                if turn != Turn::FirstBehindWait {
                    return Err(format!("a wait at {now:?}, and it was the turn of {turn:?}"));
                }
                turn = Turn::Network(0);
                until.as_micros() - now.as_micros()
            }
        };
        if !matches!(step, StationStep::Join { .. }) {
            join_began = None;
        }
        // A board must not keep the air busy with joins either: each network once before the shortest wait.
        if joins > u32::from(networks) * (8 + (now.as_micros() / 500_000) as u32) {
            return Err(format!("{joins} joins by {now:?}"));
        }
        now = now + Duration::from_micros(pause);
    }
}

// STA-1, STA-2, STA-3, STA-4, STA-5, STA-6, STA-7
#[test]
fn every_seed_of_20_000_failure_histories_ends_with_a_working_board() {
    for seed in 0..20_000 {
        let mut station = Station::new(history_config(seed), START);
        if let Err(problem) = survive(seed, &mut station) {
            panic!("seed {seed}: {problem}\n{station:?}");
        }
    }
}

/// Ways to be wrong that a board's author could fall into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Waits for a join for ever.
    EndlessJoin,
    /// Joins again while still associated.
    JoinWhileAssociated,
    /// Believes in a link as long as the radio does.
    BelievesTheRadio,
    /// Does not wait behind a failure.
    Impatience,
    /// Waits for an address for ever.
    EndlessDhcp,
    /// Knows the first network only.
    FirstNetworkOnly,
    /// Does not come back to a network that it has moved on from.
    NoWayBack,
    /// Takes the link that was lost for the one to come back to.
    LoyalToTheLastLink,
    /// Waits behind each network, as behind the last.
    WaitsBehindEach,
}

struct Broken {
    station: Station,
    fault: Fault,
    /// The last network that was joined, or the farthest.
    network: u8,
    /// The wait that a network must not be followed by.
    wait: Option<Instant>,
    /// A station that is thrown away when the faulty one swallows what it is told.
    decoy: Station,
}

impl Broken {
    fn new(fault: Fault, config: StationConfig) -> Self {
        let station = Station::new(config, START);
        Self { decoy: station.clone(), station, fault, network: 0, wait: None }
    }
}

impl Policy for Broken {
    fn poll(&mut self, now: Instant, random: u32) -> StationStep {
        let frozen = self.station.clone();
        let step = self.station.poll(now, random);
        match (self.fault, step) {
            (Fault::EndlessJoin, StationStep::Leave { .. })
                if self.station.last_failure() == Some(StationFailure::JoinTimedOut) =>
            {
                self.station = frozen;
                StationStep::Join { network: self.network, deadline: now + Duration::from_secs(15) }
            }
            (Fault::EndlessDhcp, StationStep::Leave { .. })
                if self.station.last_failure() == Some(StationFailure::NoAddress) =>
            {
                self.station = frozen;
                StationStep::AwaitAddress { deadline: now + Duration::from_secs(15) }
            }
            (Fault::JoinWhileAssociated, StationStep::Leave { .. }) => {
                self.station.handle_left(now, random);
                self.station.poll(now, random)
            }
            (Fault::Impatience, StationStep::Wait { until }) => self.station.poll(until, random),
            (Fault::FirstNetworkOnly, StationStep::Join { deadline, .. }) => StationStep::Join { network: 0, deadline },
            (Fault::NoWayBack, StationStep::Join { network, deadline }) => {
                self.network = self.network.max(network);
                StationStep::Join { network: self.network, deadline }
            }
            (Fault::LoyalToTheLastLink, StationStep::Join { network, deadline })
                if self.station.last_failure() == Some(StationFailure::LinkLost) && network == 0 =>
            {
                StationStep::Join { network: self.network, deadline }
            }
            (Fault::WaitsBehindEach, StationStep::Join { network, .. }) if network != self.network => {
                let until = *self.wait.get_or_insert(now + Duration::from_millis(500));
                if now < until {
                    self.station = frozen;
                    return StationStep::Wait { until };
                }
                self.wait = None;
                self.network = network;
                step
            }
            (_, StationStep::Join { network, .. }) => {
                self.network = network;
                step
            }
            _ => step,
        }
    }

    fn station(&mut self) -> &mut Station {
        if self.fault == Fault::BelievesTheRadio && self.station.clone().poll(START, 0) == StationStep::Run {
            self.decoy = self.station.clone();
            return &mut self.decoy;
        }
        &mut self.station
    }
}

#[test]
fn the_histories_catch_every_fault_that_was_put_in_on_purpose() {
    let faults = [
        Fault::EndlessJoin,
        Fault::JoinWhileAssociated,
        Fault::BelievesTheRadio,
        Fault::Impatience,
        Fault::EndlessDhcp,
        Fault::FirstNetworkOnly,
        Fault::NoWayBack,
        Fault::LoyalToTheLastLink,
        Fault::WaitsBehindEach,
    ];
    for fault in faults {
        let caught =
            (0..2_000).filter(|&seed| survive(seed, &mut Broken::new(fault, history_config(seed))).is_err()).count();
        assert!(caught > 0, "{fault:?} survived 2,000 histories");
    }
}

proptest! {
    #![proptest_config(property::config())]

    // STA-6, STA-7
    #[test]
    fn no_sequence_of_inputs_stops_a_station(
        networks: u8,
        inputs in proptest::collection::vec((0u8..9, 0u64..20_000_000, any::<u32>()), 0..200),
    ) {
        let mut station = of_networks(networks);
        let mut now = START;
        for (input, pause, random) in inputs {
            match input {
                0 => station.handle_joined(now),
                1 => station.handle_join_failed(JoinError::Other, now),
                2 => station.handle_address(),
                3 => station.handle_address_lost(now),
                4 => station.handle_link_lost(now),
                5 => station.handle_left(now, random),
                6 => station.handle_exchange(Ok(()), now),
                7 => station.handle_exchange(Err(ExchangeError::Unreachable), now),
                _ => {
                    station.poll(now, random);
                }
            }
            now = now + Duration::from_micros(pause);
        }
        // However it stands, doing what it says gets it running.
        for _ in 0..8 {
            match station.poll(now, 0) {
                StationStep::Run => return Ok(()),
                StationStep::Join { .. } => station.handle_joined(now),
                StationStep::AwaitAddress { .. } => station.handle_address(),
                StationStep::Leave { .. } => station.handle_left(now, 0),
                StationStep::Wait { until } => now = until,
            }
        }
        prop_assert!(false, "still not running: {station:?}");
    }
}

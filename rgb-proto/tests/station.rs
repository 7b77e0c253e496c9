//! A station gets onto the network, and back onto it after everything that a network does to it.

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

/// Takes a policy through foul weather of up to ten minutes, lets it clear up, and demands that the board gets a colour
/// within the bound, without ever having done what harms a radio or keeps a processor busy.
fn survive(seed: u64, policy: &mut dyn Policy) -> Result<(), String> {
    const EXCHANGE: u64 = 200_000;
    // A dead link may just have begun, in the most patient state; or a hanging join with its leave and the longest wait.
    let silence_max = Duration::from_millis(40 * 900);
    let recovery_max = silence_max + Duration::from_secs(15 + 2 + 30 + 15);
    let mut random = Random(seed);
    let mut now = START;
    let mut weather = Weather::FOUL[random.below(8) as usize];
    let clears_up = START + Duration::from_millis(u64::from(random.below(600_000)));
    let mut changes = START;
    let mut associated = false;
    let mut link_is_dead = false;
    let mut joins = 0u32;
    let mut steps = 0u32;
    let mut join_began = None;
    loop {
        if now >= clears_up {
            weather = Weather::Fine;
        } else if now >= changes {
            weather = Weather::FOUL[random.below(8) as usize];
            changes = now + Duration::from_millis(u64::from(random.below(60_000)));
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
            StationStep::Join { deadline, .. } => {
                if associated {
                    return Err(format!("joined at {now:?} without leaving first"));
                }
                if deadline <= now {
                    return Err(format!("a join at {now:?} without time to join"));
                }
                if join_began.is_none() {
                    joins += 1;
                    join_began = Some(now);
                }
                if join_began
                    .is_some_and(|began: Instant| now.saturating_duration_since(began) > Duration::from_secs(60))
                {
                    return Err("a join that hangs is never given up".into());
                }
                match weather {
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
                        associated = true;
                        link_is_dead = false;
                        station.handle_joined(now);
                        1_000_000
                    }
                }
            }
            StationStep::AwaitAddress { deadline } => {
                link_is_dead |= weather == Weather::Dead;
                if link_is_dead || weather == Weather::NoAddress {
                    deadline.as_micros().saturating_sub(now.as_micros()).clamp(1, 1_000_000)
                } else {
                    station.handle_address();
                    500_000
                }
            }
            StationStep::Run => match weather {
                Weather::Fine if !link_is_dead => {
                    return Ok(());
                }
                Weather::LinkFlaps => {
                    station.handle_link_lost(now);
                    EXCHANGE
                }
                Weather::AddressFlaps => {
                    station.handle_address_lost(now);
                    EXCHANGE
                }
                foul => {
                    // A link that has died stays dead until the board joins again, whatever the weather.
                    link_is_dead |= foul == Weather::Dead;
                    station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
                    900_000
                }
            },
            StationStep::Leave { .. } => {
                associated = false;
                station.handle_left(now, random.next());
                10_000
            }
            StationStep::Wait { until } => {
                if until <= now {
                    return Err(format!("a wait at {now:?} that does not wait"));
                }
                until.as_micros() - now.as_micros()
            }
        };
        if !matches!(step, StationStep::Join { .. }) {
            join_began = None;
        }
        // A board must not keep the air busy with joins either.
        if joins > 8 + (now.as_micros() / 500_000) as u32 {
            return Err(format!("{joins} joins by {now:?}"));
        }
        now = now + Duration::from_micros(pause);
    }
}

// STA-1, STA-2, STA-3, STA-4, STA-5, STA-6
#[test]
fn every_seed_of_20_000_failure_histories_ends_with_a_working_board() {
    for seed in 0..20_000 {
        let mut station = Station::new(StationConfig::default(), START);
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
}

struct Broken {
    station: Station,
    fault: Fault,
    /// A station that is thrown away when the faulty one swallows what it is told.
    decoy: Station,
}

impl Broken {
    fn new(fault: Fault) -> Self {
        let station = Station::new(StationConfig::default(), START);
        Self { decoy: station.clone(), station, fault }
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
                StationStep::Join { network: 0, deadline: now + Duration::from_secs(15) }
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
    ];
    for fault in faults {
        let caught = (0..2_000).filter(|&seed| survive(seed, &mut Broken::new(fault)).is_err()).count();
        assert!(caught > 0, "{fault:?} survived 2,000 histories");
    }
}

proptest! {
    // STA-6
    #[test]
    fn no_sequence_of_inputs_stops_a_station(inputs in proptest::collection::vec((0u8..9, 0u64..20_000_000, any::<u32>()), 0..200)) {
        let mut station = Station::new(StationConfig::default(), START);
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

//! Histories of foul weather, each from a seed.

use std::time::Duration;

use rgb_proto::{ExchangeError, Instant, JoinError, Phase, Station, StationConfig, StationFailure, StationStep};

use crate::START;
use crate::broken::{Broken, Fault};
use crate::weather::{Air, Random, Weather};

/// What drives a board onto its network: the station, or one that is broken on purpose.
pub(crate) trait Policy {
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

/// How patient the station of a history is, and how many networks it knows.
fn history_config(seed: u64) -> StationConfig {
    StationConfig { networks: 1 + Random(!seed).below(4) as u8, ..StationConfig::default() }
}

/// Takes a policy through foul weather of up to ten minutes, lets it clear up on one of its networks while the others stay as
/// foul as they are, and demands that the board works within the bound, without ever having done what harms a radio, keeps a
/// processor or the air busy, or is not a network's turn.
fn survive(seed: u64, policy: &mut dyn Policy) -> Result<(), String> {
    let mut history = History::new(seed, policy);
    for _ in 0..1_000_000 {
        if history.step()? {
            return Ok(());
        }
    }
    Err("a busy loop".into())
}

/// A board in its weather.
struct History<'a> {
    policy: &'a mut dyn Policy,
    random: Random,
    now: Instant,
    air: Vec<Air>,
    /// Whether the board asks a server, all the time. Otherwise it serves.
    asks: bool,
    /// One look in so many finds that it has served a request.
    looks_per_request: u32,
    clears_up: Instant,
    has_cleared_up: bool,
    /// Where it clears up.
    fine: usize,
    turn: Turn,
    /// The network that was joined last.
    network: usize,
    link: Link,
    /// The join that goes on.
    join_began: Option<Instant>,
    /// When the board left a network, after which it may join.
    left: Option<Instant>,
    /// The waits since a link last held (STA-4).
    waits: u32,
}

/// Whose turn it is (STA-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Of this network, at once.
    Network(usize),
    /// Of the first one, behind a wait.
    FirstBehindWait,
}

/// What is true of one association.
#[derive(Default)]
struct Link {
    is_dead: bool,
    is_lost: bool,
    /// When it first gave an address.
    worked_since: Option<Instant>,
    /// When it gave the address that the board has.
    address_since: Option<Instant>,
    /// Probes in a row that were lost on the way.
    lost_probes: u32,
}

impl<'a> History<'a> {
    const HOLD_TIME: Duration = Duration::from_secs(30);
    const EXCHANGE_TIMEOUT: Duration = Duration::from_millis(900);

    fn new(seed: u64, policy: &'a mut dyn Policy) -> Self {
        let mut random = Random(seed);
        let networks = history_config(seed).networks;
        let air = (0..networks).map(|_| Air {
            weather: Weather::FOUL[random.below(8) as usize],
            changes: START,
            gateway_answers: random.below(4) > 0,
        });
        Self {
            policy,
            air: air.collect(),
            asks: random.below(2) == 0,
            looks_per_request: 1 << random.below(5),
            clears_up: START + Duration::from_millis(u64::from(random.below(600_000))),
            has_cleared_up: false,
            fine: random.below(networks.into()) as usize,
            random,
            now: START,
            turn: Turn::Network(0),
            network: 0,
            link: Link::default(),
            join_began: None,
            left: Some(START),
            waits: 0,
        }
    }

    /// Does one step of the policy. Whether the board works in the weather that has cleared up.
    fn step(&mut self) -> Result<bool, String> {
        self.change_weather();
        let recovery_max = self.recovery_max();
        if self.now > self.clears_up + recovery_max {
            return Err(format!("does not work {recovery_max:?} after the weather cleared up"));
        }
        let random = self.random.next();
        let step = self.policy.poll(self.now, random);
        if !matches!(step, StationStep::Join { .. }) {
            self.join_began = None;
        }
        let pause = match step {
            StationStep::Join { network, deadline } => self.join(network.into(), deadline)?,
            StationStep::AwaitAddress { deadline } => self.await_address(deadline),
            StationStep::Run { .. } if self.has_cleared_up && self.works() => return Ok(true),
            StationStep::Run { until } => self.run(until),
            StationStep::Probe { deadline } => self.probe(deadline)?,
            StationStep::Leave { deadline } => self.leave(deadline)?,
            StationStep::Wait { until } => self.wait(until)?,
        };
        self.now = self.now + pause;
        Ok(false)
    }

    fn change_weather(&mut self) {
        if self.now < self.clears_up {
            for air in self.air.iter_mut().filter(|air| self.now >= air.changes) {
                air.weather = Weather::FOUL[self.random.below(8) as usize];
                air.changes = self.now + Duration::from_millis(u64::from(self.random.below(60_000)));
            }
        } else if !self.has_cleared_up {
            self.has_cleared_up = true;
            self.air[self.fine].weather = Weather::Fine;
        }
    }

    /// The rest of a round, in which the fine network may have had its turn too early, with the longest wait; then those
    /// before it, and its own join.
    fn recovery_max(&self) -> Duration {
        // The longest try: a join and an address in 1.5 s; the 40 silent exchanges of the most patient link with an address
        // lost behind each, 1.4 s together, or its 12 probes, 11 s each, behind 30 s of silence; and a leave of 2 s. A join or
        // an address that does not come takes 15 s.
        let try_max = Duration::from_secs(if self.asks { 60 } else { 166 });
        try_max * (self.air.len() + self.fine) as u32 + Duration::from_secs(30 + 15)
    }

    fn weather(&self) -> Weather {
        self.air[self.network].weather
    }

    /// Whether the board that runs does its work. One that serves needs nobody but the access point.
    fn works(&self) -> bool {
        let works = if self.asks { self.weather() == Weather::Fine } else { self.weather() != Weather::LinkFlaps };
        works && !self.link.is_dead
    }

    fn until(&self, then: Instant) -> Duration {
        then.saturating_duration_since(self.now)
    }

    fn join(&mut self, network: usize, deadline: Instant) -> Result<Duration, String> {
        let now = self.now;
        if deadline <= now {
            return Err(format!("a join at {now:?} without time to join"));
        }
        if self.join_began.is_none() {
            if self.left.take().is_none() {
                return Err(format!("joined at {now:?} without leaving first"));
            }
            if self.turn != Turn::Network(network) {
                return Err(format!("joined network {network} at {now:?}, and it was the turn of {:?}", self.turn));
            }
            self.network = network;
            self.link = Link::default();
        }
        let began = *self.join_began.get_or_insert(now);
        if now.saturating_duration_since(began) > Duration::from_secs(60) {
            return Err("a join that hangs is never given up".into());
        }
        let weather = self.weather();
        let station = self.policy.station();
        match weather {
            // What hangs is looked at again at the deadline; in the meantime the weather may change in vain.
            Weather::JoinHangs => return Ok(self.until(deadline)),
            Weather::NotFound => station.handle_join_failed(JoinError::NetworkNotFound, now),
            Weather::WrongPassphrase => station.handle_join_failed(JoinError::WrongPassphrase, now),
            _ => {
                station.handle_joined(now);
                return Ok(Duration::from_secs(1));
            }
        }
        Ok(Duration::from_millis(100))
    }

    fn await_address(&mut self, deadline: Instant) -> Duration {
        let weather = self.weather();
        self.link.is_dead |= weather == Weather::Dead;
        if self.link.is_dead || weather == Weather::NoAddress {
            return self.until(deadline).min(Duration::from_secs(1));
        }
        if weather == Weather::LinkFlaps && self.random.below(2) == 0 {
            return self.lose_link();
        }
        self.policy.station().handle_address(self.now);
        self.link.worked_since.get_or_insert(self.now);
        self.link.address_since = Some(self.now);
        Duration::from_millis(500)
    }

    fn lose_link(&mut self) -> Duration {
        self.link.is_lost = true;
        self.policy.station().handle_link_lost(self.now);
        Duration::ZERO
    }

    fn run(&mut self, until: Instant) -> Duration {
        let weather = self.weather();
        if weather == Weather::LinkFlaps {
            return self.lose_link();
        }
        // A link that has died stays dead until the board joins again, whatever the weather.
        self.link.is_dead |= weather == Weather::Dead && (self.asks || self.is_death_seen());
        let pause = if self.asks { Self::EXCHANGE_TIMEOUT } else { self.until(until).min(Duration::from_secs(5)) };
        let end = self.now + pause;
        let is_reached = !self.asks && !self.link.is_dead && self.random.below(self.looks_per_request) == 0;
        let station = self.policy.station();
        if self.asks {
            station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), end);
        }
        if is_reached {
            station.handle_sign_of_life(end);
        }
        if weather == Weather::AddressFlaps {
            station.handle_address_lost(end);
        }
        pause
    }

    /// Whether a board that does not ask would find out that the link is dead now. Where no probe has been answered by then, the
    /// end of the lease alone would tell.
    fn is_death_seen(&self) -> bool {
        // One of the first three probes is answered, if any.
        const LEARNING_MAX: Duration = Duration::from_secs(3 * (10 + 1));
        let has_learned = self.link.address_since.is_some_and(|since| self.now > since + LEARNING_MAX);
        has_learned && self.air[self.network].gateway_answers
    }

    fn probe(&mut self, deadline: Instant) -> Result<Duration, String> {
        /// Fewer than make a link count as dead.
        const LOST_PROBES_MAX: u32 = 2;
        if deadline <= self.now {
            return Err(format!("a probe at {:?} without time to answer", self.now));
        }
        let answers = self.air[self.network].gateway_answers && !self.link.is_dead;
        if answers && (self.link.lost_probes == LOST_PROBES_MAX || self.random.below(4) > 0) {
            self.link.lost_probes = 0;
            let pause = Duration::from_millis(5);
            self.policy.station().handle_probe(true, self.now + pause);
            return Ok(pause);
        }
        self.link.lost_probes += u32::from(answers);
        Ok(self.until(deadline))
    }

    fn leave(&mut self, deadline: Instant) -> Result<Duration, String> {
        let now = self.now;
        let is_dead = self.policy.station().last_failure() == Some(StationFailure::LinkDead);
        if is_dead && !self.asks && !self.link.is_dead {
            return Err(format!("left a link at {now:?} that works"));
        }
        let has_held = self.link.worked_since.is_some_and(|since| now >= since + Self::HOLD_TIME);
        if has_held {
            self.waits = 0;
        }
        let goes_back = self.link.is_lost && has_held;
        let moves_on = !goes_back && self.network + 1 < self.air.len();
        self.turn = if moves_on { Turn::Network(self.network + 1) } else { Turn::FirstBehindWait };
        if self.random.below(8) == 0 {
            // This leave hangs.
            self.left = Some(deadline);
            return Ok(self.until(deadline));
        }
        self.left = Some(now);
        self.policy.station().handle_left(now, self.random.next());
        Ok(Duration::from_millis(10))
    }

    fn wait(&mut self, until: Instant) -> Result<Duration, String> {
        let now = self.now;
        if self.turn != Turn::FirstBehindWait {
            return Err(format!("a wait at {now:?}, and it was the turn of {:?}", self.turn));
        }
        let wait = self.left.map(|left| until.saturating_duration_since(left));
        let longest = Duration::from_secs(1 << self.waits.min(5)).min(Duration::from_secs(30));
        if wait.is_none_or(|wait| wait < longest / 2 || wait > longest) {
            return Err(format!("a wait of {wait:?} at {now:?}, behind {} since a link held", self.waits));
        }
        self.waits += 1;
        self.turn = Turn::Network(0);
        Ok(self.until(until))
    }
}

// STA-1, STA-2, STA-3, STA-4, STA-5, STA-6, STA-7, STA-8
#[test]
fn every_seed_of_20_000_failure_histories_ends_with_a_working_board() {
    for seed in 0..20_000 {
        let mut station = Station::new(history_config(seed), START);
        if let Err(problem) = survive(seed, &mut station) {
            panic!("seed {seed}: {problem}\n{station:?}");
        }
    }
}

#[test]
fn the_histories_catch_every_fault_that_was_put_in_on_purpose() {
    for fault in Fault::ALL {
        let caught = (0..2_000).any(|seed| survive(seed, &mut Broken::new(fault, history_config(seed))).is_err());
        assert!(caught, "{fault:?} survived 2,000 histories");
    }
}

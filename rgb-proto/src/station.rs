//! A board's way onto the WiFi network and back onto it (PROTOCOL.md, STA clauses).

use core::fmt;
use core::time::Duration;

use crate::client::{Backoff, ExchangeError, Phase};
use crate::time::Instant;

/// How patient a station is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StationConfig {
    /// The most that one join may take; some drivers never return from a failed handshake (STA-1). 15 s unless set.
    pub join_timeout: Duration,
    /// The most that leaving may take (STA-2). 2 s unless set.
    pub leave_timeout: Duration,
    /// How long the network is given to assign an address (STA-3). 15 s unless set.
    pub address_timeout: Duration,
    /// The waits between joins (STA-4): 1 s to 30 s unless set.
    pub backoff: Backoff,
    /// A link that lasts for so long from its first address on has held; that makes the waits short again (STA-4), and the
    /// first network the next after it (STA-7). 30 s unless set.
    pub hold_time: Duration,
    /// After so many exchanges in a row without a sign of life the link counts as dead (STA-5). 10 unless set; 0 counts
    /// as 1.
    pub silent_exchanges_max: u16,
    /// From a sign of life to the next probe of the gateway (STA-8). 30 s unless set.
    pub probe_after: Duration,
    /// The most that the gateway's answer may take (STA-8). 1 s unless set.
    pub probe_timeout: Duration,
    /// From an address to the first probe, and from a probe without an answer to the next one (STA-8). 10 s unless set.
    pub probe_interval: Duration,
    /// After so many probes in a row without an answer the link counts as dead, where the gateway has answered before
    /// (STA-8). 3 unless set; 0 counts as 1.
    pub silent_probes_max: u16,
    /// How many networks the board knows, in order of preference (STA-7). 1 unless set; 0 counts as 1.
    pub networks: u8,
}

impl Default for StationConfig {
    fn default() -> Self {
        Self {
            join_timeout: Duration::from_secs(15),
            leave_timeout: Duration::from_secs(2),
            address_timeout: Duration::from_secs(15),
            backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(30) },
            hold_time: Duration::from_secs(30),
            silent_exchanges_max: 10,
            probe_after: Duration::from_secs(30),
            probe_timeout: Duration::from_secs(1),
            probe_interval: Duration::from_secs(10),
            silent_probes_max: 3,
            networks: 1,
        }
    }
}

/// Brings a board onto its network, and back onto it after every failure, for ever (STA clauses).
///
/// Drive it in a loop: [`poll`](Self::poll) says what to do next; do it until it is done or its deadline passes, tell what
/// came of it with one `handle_*` call, and poll again. Each call gets the present time.
///
/// ```
/// use rgb_proto::{Instant, Station, StationConfig, StationStep};
///
/// let now = Instant::ORIGIN;
/// let mut station = Station::new(StationConfig::default(), now);
/// assert!(matches!(station.poll(now, 0), StationStep::Join { .. }));
/// station.handle_joined(now);
/// assert!(matches!(station.poll(now, 0), StationStep::AwaitAddress { .. }));
/// station.handle_address(now);
/// assert!(matches!(station.poll(now, 0), StationStep::Run { .. }));
/// ```
#[derive(Clone, Debug)]
pub struct Station {
    config: StationConfig,
    state: State,
    /// The network that is joined, or is to be joined next: its place in the order of preference, from 0.
    network: u8,
    /// Since a network last gave an address.
    failures: u32,
    /// How often the station has waited since a link last held.
    waits: u32,
    last_failure: Option<StationFailure>,
    /// When this link first had an address.
    worked_since: Option<Instant>,
    /// Of the board's own exchanges.
    silent_exchanges: Silence,
    /// Of probes.
    silent_probes: Silence,
    /// Whether a probe has been answered since the board got its address.
    gateway_answers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Joining { deadline: Instant },
    AwaitingAddress { deadline: Instant },
    Running { probe_at: Instant },
    Probing { deadline: Instant },
    Leaving { deadline: Instant },
    Waiting { until: Instant },
}

/// What the driver of a [`Station`] does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StationStep {
    /// Join this network; then [`Station::handle_joined`] or [`Station::handle_join_failed`]. At the deadline give the
    /// join up and poll.
    Join {
        /// Its place in the order of preference, from 0.
        network: u8,
        /// When the join has failed.
        deadline: Instant,
    },
    /// Wait for an address; then [`Station::handle_address`]. At the deadline poll.
    AwaitAddress {
        /// When the network counts as giving none.
        deadline: Instant,
    },
    /// The network works: let the board's roles run, and tell of each exchange and other [sign of
    /// life](Station::handle_sign_of_life), of a lost address and of a lost link. Then poll.
    Run {
        /// When the gateway is to be probed.
        until: Instant,
    },
    /// The same, and see meanwhile whether the gateway takes or refuses a TCP connection; then [`Station::handle_probe`]. At
    /// the deadline give the connection up and poll.
    Probe {
        /// When the gateway counts as silent.
        deadline: Instant,
    },
    /// Close all sockets and leave the network; then [`Station::handle_left`]. At the deadline poll.
    Leave {
        /// When to stop trying.
        deadline: Instant,
    },
    /// Do nothing until then, and poll.
    Wait {
        /// When the next join starts.
        until: Instant,
    },
}

impl StationStep {
    /// Whether the network works, so that the board's roles run.
    #[must_use]
    pub const fn network_works(&self) -> bool {
        matches!(self, Self::Run { .. } | Self::Probe { .. })
    }
}

/// Why a join failed, as a radio reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JoinError {
    /// No access point of this name in reach.
    NetworkNotFound,
    /// The access point and the board do not agree on the passphrase.
    WrongPassphrase,
    /// Anything else.
    Other,
}

/// Why a board is not on the network, or had to join again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StationFailure {
    /// A join failed.
    #[error("{0}")]
    Join(JoinError),
    /// A join did not end in time.
    #[error("joining took too long; the access point is far away, or busy")]
    JoinTimedOut,
    /// The network gave no address in time.
    #[error("joined, but the network gave this board no address; is there a router with DHCP?")]
    NoAddress,
    /// The access point or the radio ended the link.
    #[error("the link to the access point was lost")]
    LinkLost,
    /// The link claims to be up and nothing comes through.
    #[error("no sign of life through this link; joining again")]
    LinkDead,
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NetworkNotFound => "network not found: check its name, and that it has 2.4 GHz",
            Self::WrongPassphrase => "the access point refused the passphrase",
            Self::Other => "the access point did not take this board",
        })
    }
}

impl Station {
    /// A station that is not on the network and joins it now.
    #[must_use]
    pub fn new(config: StationConfig, now: Instant) -> Self {
        Self {
            config,
            state: State::Joining { deadline: now + config.join_timeout },
            network: 0,
            failures: 0,
            waits: 0,
            last_failure: None,
            worked_since: None,
            silent_exchanges: Silence::new(config.silent_exchanges_max),
            silent_probes: Silence::new(config.silent_probes_max),
            gateway_answers: false,
        }
    }

    /// What to do next. `random` is a fresh, uniformly drawn number; it spreads the waits (STA-4).
    pub fn poll(&mut self, now: Instant, random: u32) -> StationStep {
        match self.state {
            State::Joining { deadline } if now >= deadline => self.fail(StationFailure::JoinTimedOut, now),
            State::AwaitingAddress { deadline } if now >= deadline => self.fail(StationFailure::NoAddress, now),
            State::Running { probe_at } if now >= probe_at => {
                self.state = State::Probing { deadline: now + self.config.probe_timeout };
            }
            State::Probing { deadline } if now >= deadline => self.handle_probe(false, now),
            State::Leaving { deadline } if now >= deadline => self.end_leaving(now, random),
            State::Waiting { until } if now >= until => self.join(now),
            _ => {}
        }
        match self.state {
            State::Joining { deadline } => StationStep::Join { network: self.network, deadline },
            State::AwaitingAddress { deadline } => StationStep::AwaitAddress { deadline },
            State::Running { probe_at } => StationStep::Run { until: probe_at },
            State::Probing { deadline } => StationStep::Probe { deadline },
            State::Leaving { deadline } => StationStep::Leave { deadline },
            State::Waiting { until } => StationStep::Wait { until },
        }
    }

    /// The join succeeded.
    pub fn handle_joined(&mut self, now: Instant) {
        if let State::Joining { .. } = self.state {
            self.state = State::AwaitingAddress { deadline: now + self.config.address_timeout };
        }
    }

    /// The join failed.
    pub fn handle_join_failed(&mut self, error: JoinError, now: Instant) {
        if let State::Joining { .. } = self.state {
            self.fail(StationFailure::Join(error), now);
        }
    }

    /// The board has an address, a first one, another one, or the same for longer.
    pub fn handle_address(&mut self, now: Instant) {
        if let State::AwaitingAddress { .. } = self.state {
            self.failures = 0;
            self.worked_since.get_or_insert(now);
        } else if !self.is_running() {
            return;
        }
        // It may have come with another gateway. Only one that has answered can show later that the link has died.
        self.gateway_answers = false;
        self.silent_probes.end();
        // Not at once: a stack that asks for the gateway's hardware address may ask for no other one meanwhile, as smoltcp
        // does for a second, and that would hold up the board's first exchange.
        self.state = State::Running { probe_at: now + self.config.probe_interval };
    }

    /// The board's address is no longer valid; the link is still there.
    pub fn handle_address_lost(&mut self, now: Instant) {
        if self.is_running() {
            self.state = State::AwaitingAddress { deadline: now + self.config.address_timeout };
        }
    }

    /// The radio reports that the link is gone.
    pub fn handle_link_lost(&mut self, now: Instant) {
        if matches!(self.state, State::AwaitingAddress { .. }) || self.is_running() {
            self.fail(StationFailure::LinkLost, now);
        }
    }

    /// The board has left the network.
    pub fn handle_left(&mut self, now: Instant, random: u32) {
        if let State::Leaving { .. } = self.state {
            self.end_leaving(now, random);
        }
    }

    /// One of the board's own exchanges is over. Whatever shows that the server's host answers is a sign of life, success or
    /// not (STA-5).
    pub fn handle_exchange(&mut self, outcome: Result<(), ExchangeError>, now: Instant) {
        if !self.is_running() {
            return;
        }
        match outcome {
            Ok(()) => {
                self.silent_exchanges.forget();
                self.trust(now);
            }
            Err(
                ExchangeError::Refused
                | ExchangeError::Reset
                | ExchangeError::Closed
                | ExchangeError::Decode(_)
                | ExchangeError::TimedOut(Phase::AwaitingReply | Phase::Receiving),
            ) => {
                self.silent_exchanges.end();
                self.trust(now);
            }
            Err(
                ExchangeError::Resolve
                | ExchangeError::Unreachable
                | ExchangeError::Connect
                | ExchangeError::TimedOut(Phase::Connecting | Phase::Sending),
            ) => {
                if self.silent_exchanges.lasts() {
                    self.fail(StationFailure::LinkDead, now);
                }
            }
        }
    }

    /// Somebody else has reached the board through the link, such as a client with a request (STA-8). Exchanges of the
    /// board's own are told by [`handle_exchange`](Self::handle_exchange).
    pub fn handle_sign_of_life(&mut self, now: Instant) {
        // Whether the gateway answers has to be known before requests fail to come.
        if self.is_running() && self.gateway_answers {
            self.trust(now);
        }
    }

    /// The probe is over: the gateway took the connection or refused it, or it did not answer, or there is none (STA-8).
    pub fn handle_probe(&mut self, is_answered: bool, now: Instant) {
        let State::Probing { .. } = self.state else { return };
        let pause = match (self.gateway_answers, is_answered) {
            // The first answer shows that this gateway answers at all, a further one that the link goes on to work.
            (true, true) => return self.trust(now),
            (true, false) if self.silent_probes.lasts() => return self.fail(StationFailure::LinkDead, now),
            (_, false) => self.config.probe_interval,
            (false, true) => self.config.probe_after,
        };
        self.gateway_answers |= is_answered;
        self.state = State::Running { probe_at: now + pause };
    }

    /// How often the network has failed since it last gave an address.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// What failed last; it stays when the network works again.
    #[must_use]
    pub const fn last_failure(&self) -> Option<StationFailure> {
        self.last_failure
    }

    const fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. } | State::Probing { .. })
    }

    /// The link works, and need not be probed for a while.
    fn trust(&mut self, now: Instant) {
        self.silent_probes.forget();
        self.state = State::Running { probe_at: now + self.config.probe_after };
    }

    fn fail(&mut self, failure: StationFailure, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(failure);
        self.silent_exchanges.end();
        let has_held = self.worked_since.take().is_some_and(|since| now >= since + self.config.hold_time);
        if has_held {
            self.waits = 0;
        }
        // A network whose link held may be back, and so may one that the board prefers to it; one that did not work is
        // followed by the next, and the last one by a wait.
        self.network = match failure {
            StationFailure::LinkLost if has_held => 0,
            _ if self.network + 1 < self.config.networks => self.network + 1,
            _ => 0,
        };
        // A radio that joins while it is associated is not safe to use, and one whose join failed may be (STA-2).
        self.state = State::Leaving { deadline: now + self.config.leave_timeout };
    }

    fn end_leaving(&mut self, now: Instant, random: u32) {
        // The first network's turn comes behind a wait, each other one's at once (STA-7).
        if self.network > 0 {
            self.join(now);
        } else {
            let wait = self.config.backoff.wait(self.waits, random);
            self.waits = self.waits.saturating_add(1);
            self.state = State::Waiting { until: now + wait };
        }
    }

    fn join(&mut self, now: Instant) {
        self.state = State::Joining { deadline: now + self.config.join_timeout };
    }
}

/// How long nothing has answered, and may not.
#[derive(Clone, Copy, Debug)]
struct Silence {
    /// Questions in a row without an answer.
    questions: u16,
    /// After so many the link is dead. It grows with each time that joining again has not helped.
    limit: u16,
    /// What it is at first.
    first_limit: u16,
}

impl Silence {
    /// How many times the first limit the limit may become.
    const GROWTH_MAX: u16 = 4;

    fn new(limit: u16) -> Self {
        let limit = limit.max(1);
        Self { questions: 0, limit, first_limit: limit }
    }

    /// Another question has found no answer. Whether the link is dead.
    fn lasts(&mut self) -> bool {
        self.questions = self.questions.saturating_add(1);
        let is_dead = self.questions >= self.limit;
        if is_dead {
            // It may be the one who is asked that is off. Then joining again does not help, and is done ever more rarely.
            self.limit = self.limit.saturating_mul(2).min(self.first_limit.saturating_mul(Self::GROWTH_MAX));
        }
        is_dead
    }

    /// Something has answered, or it is another one that is asked.
    const fn end(&mut self) {
        self.questions = 0;
    }

    /// All is as it should be.
    const fn forget(&mut self) {
        self.questions = 0;
        self.limit = self.first_limit;
    }
}

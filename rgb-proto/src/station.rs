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
    /// After so many exchanges in a row without a sign of life the link counts as dead (STA-5). 10 unless set; 0 counts
    /// as 1.
    pub silent_exchanges_max: u16,
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
            silent_exchanges_max: 10,
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
/// station.handle_address();
/// assert_eq!(station.poll(now, 0), StationStep::Run);
/// ```
#[derive(Clone, Debug)]
pub struct Station {
    config: StationConfig,
    state: State,
    /// The network that is joined, or is to be joined next: its place in the order of preference, from 0.
    network: u8,
    /// Since a network last worked.
    failures: u32,
    /// How often the station has waited since a network last worked.
    waits: u32,
    last_failure: Option<StationFailure>,
    /// Exchanges in a row without a sign of life.
    silent_exchanges: u16,
    /// How many of these the present link may have; it grows with each rejoin that did not help.
    silent_exchanges_max: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Joining { deadline: Instant },
    AwaitingAddress { deadline: Instant },
    Running,
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
    /// The network works: let the board's roles run, and tell of each exchange, of a lost address and of a lost link.
    Run,
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
    #[error("no sign of life through this link for many exchanges; joining again")]
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
    /// How many times more silent exchanges a link may have where joining again has not helped.
    const PATIENCE_MAX: u16 = 4;

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
            silent_exchanges: 0,
            silent_exchanges_max: config.silent_exchanges_max.max(1),
        }
    }

    /// What to do next. `random` is a fresh, uniformly drawn number; it spreads the waits (STA-4).
    pub fn poll(&mut self, now: Instant, random: u32) -> StationStep {
        match self.state {
            State::Joining { deadline } if now >= deadline => self.fail(StationFailure::JoinTimedOut, now),
            State::AwaitingAddress { deadline } if now >= deadline => self.fail(StationFailure::NoAddress, now),
            State::Leaving { deadline } if now >= deadline => self.end_leaving(now, random),
            State::Waiting { until } if now >= until => self.join(now),
            _ => {}
        }
        match self.state {
            State::Joining { deadline } => StationStep::Join { network: self.network, deadline },
            State::AwaitingAddress { deadline } => StationStep::AwaitAddress { deadline },
            State::Running => StationStep::Run,
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

    /// The board has an address, a first one or another one.
    pub fn handle_address(&mut self) {
        if let State::AwaitingAddress { .. } = self.state {
            self.failures = 0;
            self.waits = 0;
            self.state = State::Running;
        }
    }

    /// The board's address is no longer valid; the link is still there.
    pub fn handle_address_lost(&mut self, now: Instant) {
        if self.state == State::Running {
            self.state = State::AwaitingAddress { deadline: now + self.config.address_timeout };
        }
    }

    /// The radio reports that the link is gone.
    pub fn handle_link_lost(&mut self, now: Instant) {
        if let State::AwaitingAddress { .. } | State::Running = self.state {
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
        if self.state != State::Running {
            return;
        }
        match outcome {
            Ok(()) => {
                self.silent_exchanges = 0;
                self.silent_exchanges_max = self.config.silent_exchanges_max.max(1);
            }
            Err(
                ExchangeError::Refused
                | ExchangeError::Reset
                | ExchangeError::Closed
                | ExchangeError::Decode(_)
                | ExchangeError::TimedOut(Phase::AwaitingReply | Phase::Receiving),
            ) => self.silent_exchanges = 0,
            Err(
                ExchangeError::Resolve
                | ExchangeError::Unreachable
                | ExchangeError::Connect
                | ExchangeError::TimedOut(Phase::Connecting | Phase::Sending),
            ) => {
                self.silent_exchanges = self.silent_exchanges.saturating_add(1);
                if self.silent_exchanges >= self.silent_exchanges_max {
                    // It may be the server that is off. Then joining again does not help, and is done ever more rarely.
                    let bound = self.config.silent_exchanges_max.max(1).saturating_mul(Self::PATIENCE_MAX);
                    self.silent_exchanges_max = self.silent_exchanges_max.saturating_mul(2).min(bound);
                    self.fail(StationFailure::LinkDead, now);
                }
            }
        }
    }

    /// How often the network has failed since it last worked.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// What failed last; it stays when the network works again.
    #[must_use]
    pub const fn last_failure(&self) -> Option<StationFailure> {
        self.last_failure
    }

    fn fail(&mut self, failure: StationFailure, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(failure);
        self.silent_exchanges = 0;
        // A network that was lost may be back, and so may one that the board prefers to it; one that did not work is
        // followed by the next, and the last one by a wait.
        self.network = match failure {
            StationFailure::LinkLost if self.state == State::Running => 0,
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

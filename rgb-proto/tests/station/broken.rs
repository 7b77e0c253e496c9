//! Stations that are broken on purpose.

use std::time::Duration;

use rgb_proto::{Instant, Station, StationConfig, StationFailure, StationStep};

use crate::START;
use crate::histories::Policy;

/// Ways to be wrong that a board's author could fall into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
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
    /// Takes any link that gave an address for one that held.
    TrustsEachLink,
    /// Takes no link for one that held.
    TrustsNoLink,
    /// Probes each link once, and believes in it from then on.
    ProbesOnce,
    /// Takes one lost probe for a dead link.
    Nervous,
    /// Takes a gateway that answers nothing for a dead link.
    DistrustsSilentGateways,
}

impl Fault {
    pub(crate) const ALL: [Self; 14] = [
        Self::EndlessJoin,
        Self::JoinWhileAssociated,
        Self::BelievesTheRadio,
        Self::Impatience,
        Self::EndlessDhcp,
        Self::FirstNetworkOnly,
        Self::NoWayBack,
        Self::LoyalToTheLastLink,
        Self::WaitsBehindEach,
        Self::TrustsEachLink,
        Self::TrustsNoLink,
        Self::ProbesOnce,
        Self::Nervous,
        Self::DistrustsSilentGateways,
    ];
}

pub(crate) struct Broken {
    station: Station,
    fault: Fault,
    /// The last network that was joined, or the farthest.
    network: u8,
    /// The wait that a network must not be followed by.
    wait: Option<Instant>,
    /// Whether there has been a probe on this link.
    has_probed: bool,
    /// A station that is thrown away when the faulty one swallows what it is told.
    decoy: Station,
}

impl Broken {
    pub(crate) fn new(fault: Fault, config: StationConfig) -> Self {
        let config = match fault {
            Fault::TrustsEachLink => StationConfig { hold_time: Duration::ZERO, ..config },
            Fault::TrustsNoLink => StationConfig { hold_time: Duration::MAX, ..config },
            Fault::Nervous => StationConfig { silent_probes_max: 1, ..config },
            _ => config,
        };
        let station = Station::new(config, START);
        Self { decoy: station.clone(), station, fault, network: 0, wait: None, has_probed: false }
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
            (Fault::ProbesOnce, StationStep::Probe { .. }) if !self.has_probed => {
                self.has_probed = true;
                step
            }
            (Fault::ProbesOnce, StationStep::Probe { .. }) => {
                self.station.handle_sign_of_life(now);
                self.station.poll(now, random)
            }
            (Fault::DistrustsSilentGateways, StationStep::Probe { .. }) if !self.has_probed => {
                self.has_probed = true;
                self.station.handle_probe(true, now);
                self.station.poll(now, random)
            }
            (_, StationStep::Join { network, .. }) => {
                self.has_probed = false;
                self.network = network;
                step
            }
            _ => step,
        }
    }

    fn station(&mut self) -> &mut Station {
        if self.fault == Fault::BelievesTheRadio && self.station.clone().poll(START, 0).network_works() {
            self.decoy = self.station.clone();
            return &mut self.decoy;
        }
        &mut self.station
    }
}

//! Onto the network, and back onto it after every failure (STA clauses); or being the network.

use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::http::{self, AccessPointStatus};
use rgb_proto::settings::{Network as NetworkSettings, Passphrase, Wifi};
use rgb_proto::{Instant, JoinError, Station, StationConfig, StationStep};
use smoltcp::wire::Ipv4Cidr;

use super::client::Outcome;
use super::event::BoardEventKind;
use super::probe::Probe;
use super::record::Record;
use crate::world::dhcp::{DhcpConfig, DhcpServer};
use crate::world::stack::{Stack, receive, udp_socket};
use crate::world::udp::UdpPort;
use crate::world::{AccessPointConfig, Nic, NicEvent, Refusal};

/// How often the strength of the signal is read, as in the firmware.
const RSSI_INTERVAL: Duration = Duration::from_secs(5);

/// The board's part in a network.
pub(super) enum Network {
    Joined(Membership),
    Own(AccessPoint),
}

/// A board that joins a network.
pub(super) struct Membership {
    station: Station,
    /// The join that goes on, by its deadline.
    joining: Option<Instant>,
    is_running: bool,
    probe: Probe,
    /// The requests that were served by the last look.
    served: u64,
    /// When there is something to do, should nothing happen before.
    due: Option<Instant>,
}

/// A board that is one.
pub(super) struct AccessPoint {
    port: UdpPort,
    dhcp: DhcpServer,
    answer: Vec<u8>,
}

impl Network {
    /// The network and the stack of a board that starts now.
    pub(super) fn start(nic: &mut Nic<'_>, record: &mut Record) -> (Self, Stack) {
        let seed = record.random.next_u64();
        match record.settings.wifi() {
            Wifi::Station => {
                let networks = record.settings.networks().len() as u8;
                let station = Station::new(StationConfig { networks, ..record.station }, record.now);
                let membership = Membership {
                    station,
                    joining: None,
                    is_running: false,
                    probe: Probe::new(),
                    served: record.counts.served,
                    due: Some(record.now),
                };
                (Self::Joined(membership), Stack::new(nic, None, seed))
            }
            Wifi::AccessPoint => {
                let mut stack = Stack::new(nic, Some(Ipv4Cidr::new(AccessPoint::ADDRESS, 24)), seed);
                let access_point = AccessPoint::open(nic, &mut stack, record);
                (Self::Own(access_point), stack)
            }
        }
    }

    /// Does what is to be done now.
    pub(super) fn poll(&mut self, nic: &mut Nic<'_>, stack: &mut Stack, record: &mut Record) {
        match self {
            Self::Joined(membership) => membership.poll(nic, stack, record),
            Self::Own(access_point) => {
                while nic.take_event().is_some() {
                    access_point.update_status(nic, record);
                }
                access_point.port.drop_undeliverable(stack, record.now);
            }
        }
    }

    /// When there is something to do, should nothing happen before.
    pub(super) const fn poll_at(&self) -> Option<Instant> {
        match self {
            Self::Joined(membership) => membership.due,
            Self::Own(access_point) => access_point.port.poll_at(),
        }
    }

    /// The board's address, while the network works.
    pub(super) const fn address(&self, stack: &Stack) -> Option<Ipv4Addr> {
        match self {
            Self::Joined(Membership { is_running: false, .. }) => None,
            Self::Joined(_) | Self::Own(_) => stack.address(),
        }
    }

    /// Takes what has come for the network's part of the board. Whether it acted.
    pub(super) fn handle_received(&mut self, nic: &Nic<'_>, stack: &mut Stack, record: &mut Record) -> bool {
        match self {
            Self::Joined(membership) => membership.handle_address_change(stack, record),
            Self::Own(access_point) => access_point.give_addresses(nic, stack, record),
        }
    }

    /// A TCP socket may have received something. Whether it was the answer of a probe.
    pub(super) fn handle_probe(&mut self, stack: &mut Stack, record: &Record) -> bool {
        match self {
            Self::Joined(membership) => membership.handle_probe(stack, record),
            Self::Own(_) => false,
        }
    }

    /// One of the board's own exchanges is over.
    pub(super) fn handle_exchange(&mut self, outcome: Outcome, now: Instant) {
        if let Self::Joined(Membership { station, due, .. }) = self {
            station.handle_exchange(outcome.map(drop), now);
            if outcome.is_err() {
                // It may have been the one that makes the station join again.
                *due = Some(now);
            }
        }
    }
}

impl Membership {
    fn poll(&mut self, nic: &mut Nic<'_>, stack: &mut Stack, record: &mut Record) {
        let now = record.now;
        while let Some(event) = nic.take_event() {
            self.handle_event(event, record);
            self.due = Some(now);
        }
        if record.counts.served != self.served {
            self.served = record.counts.served;
            self.station.handle_sign_of_life(now);
        }
        while self.due.is_some_and(|due| due <= now) {
            let step = self.station.poll(now, record.random.next_u32());
            self.is_running = step.network_works();
            if !matches!(step, StationStep::Probe { .. }) {
                self.probe.end(stack);
            }
            self.due = match step {
                StationStep::Run { until } => {
                    record.rssi_dbm = nic.rssi_dbm();
                    Some(until.min(now + RSSI_INTERVAL))
                }
                StationStep::Probe { deadline } if self.probe.start(deadline, stack, record) => Some(deadline),
                StationStep::Probe { .. } => {
                    self.station.handle_probe(false, now);
                    Some(now)
                }
                StationStep::Join { network, deadline } => {
                    if self.joining != Some(deadline) {
                        self.joining = Some(deadline);
                        join(nic, usize::from(network), record);
                    }
                    Some(deadline)
                }
                StationStep::AwaitAddress { deadline } => Some(deadline),
                StationStep::Leave { .. } => {
                    if let Some(failure) = self.station.last_failure() {
                        record.tell(BoardEventKind::NetworkFailed(failure));
                    }
                    record.rssi_dbm = None;
                    nic.leave();
                    stack.reset();
                    self.joining = None;
                    self.station.handle_left(now, record.random.next_u32());
                    Some(now)
                }
                StationStep::Wait { until } => Some(until),
            };
        }
    }

    fn handle_event(&mut self, event: NicEvent, record: &mut Record) {
        let now = record.now;
        match event {
            NicEvent::Joined { .. } => {
                record.tell(BoardEventKind::Joined);
                self.station.handle_joined(now);
            }
            NicEvent::JoinFailed(refusal) => {
                let error = match refusal {
                    Refusal::NetworkNotFound => JoinError::NetworkNotFound,
                    Refusal::WrongPassphrase => JoinError::WrongPassphrase,
                    Refusal::Full | Refusal::Failed => JoinError::Other,
                };
                self.station.handle_join_failed(error, now);
            }
            NicEvent::LinkLost | NicEvent::SentAway => self.station.handle_link_lost(now),
            NicEvent::StationJoined(_) | NicEvent::StationLeft(..) => {}
        }
    }

    fn handle_address_change(&mut self, stack: &mut Stack, record: &Record) -> bool {
        let has_changed = stack.take_address_change();
        if has_changed {
            self.due = Some(record.now);
            match stack.address() {
                Some(_) => self.station.handle_address(record.now),
                None => self.station.handle_address_lost(record.now),
            }
        }
        has_changed
    }

    fn handle_probe(&mut self, stack: &mut Stack, record: &Record) -> bool {
        let is_answered = self.probe.is_answered(stack);
        if is_answered {
            self.probe.end(stack);
            self.due = Some(record.now);
            self.station.handle_probe(true, record.now);
        }
        is_answered
    }
}

/// Joins the network of this place in the order of preference.
fn join(nic: &mut Nic<'_>, place: usize, record: &mut Record) {
    let networks = record.settings.networks();
    let Some(network) = networks.get(place).or(networks.first()) else { return };
    let ssid = *network.ssid();
    nic.join(ssid.as_str(), passphrase(network));
    record.tell(BoardEventKind::Joining(ssid));
}

fn passphrase(network: &NetworkSettings) -> Option<&str> {
    network.passphrase().map(Passphrase::reveal)
}

impl AccessPoint {
    /// The board's own address on the network that it is, as in the firmware.
    const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 4, 1);
    /// Those that it gives.
    const POOL: [Ipv4Addr; 2] = [
        Ipv4Addr::from_bits(Self::ADDRESS.to_bits() + 1),
        Ipv4Addr::from_bits(Self::ADDRESS.to_bits() + AccessPointStatus::LEASES_MAX as u32),
    ];
    const LEASE_TIME: Duration = Duration::from_secs(2 * 60 * 60);
    const MESSAGES: usize = 4;
    const MESSAGE_LEN: usize = 576;

    fn open(nic: &mut Nic<'_>, stack: &mut Stack, record: &mut Record) -> Self {
        if let Some(network) = record.settings.networks().first() {
            let ssid = *network.ssid();
            nic.start_access_point(AccessPointConfig {
                ssid: ssid.as_str().to_owned(),
                passphrase: passphrase(network).map(str::to_owned),
                channel: record.settings.channel(),
                stations_max: AccessPointStatus::LEASES_MAX,
                ..AccessPointConfig::default()
            });
            record.tell(BoardEventKind::AccessPointOpen(ssid));
        }
        let len = Self::MESSAGES * Self::MESSAGE_LEN;
        let port = UdpPort::new(stack, udp_socket(Self::MESSAGES, len, len), DhcpServer::PORT);
        port.open(stack);
        let dhcp = DhcpServer::new(DhcpConfig {
            address: Self::ADDRESS,
            prefix_len: 24,
            pool: Self::POOL,
            lease_time: Self::LEASE_TIME,
            // There is none here, and a phone that was told of one would send everything there.
            router: None,
            name_server: None,
            reservations: Default::default(),
        });
        let access_point = Self { port, dhcp, answer: Vec::new() };
        access_point.update_status(nic, record);
        access_point
    }

    fn give_addresses(&mut self, nic: &Nic<'_>, stack: &mut Stack, record: &mut Record) -> bool {
        let socket = self.port.socket(stack);
        let mut has_answered = false;
        while let Some((message, _)) = receive(socket) {
            if let Some(to) = self.dhcp.handle(message, record.now, &mut self.answer) {
                // Whoever gets no answer asks again.
                has_answered |= socket.send_slice(&self.answer, to).is_ok();
            }
        }
        if has_answered {
            stack.touch_others();
            self.update_status(nic, record);
        }
        self.port.drop_undeliverable(stack, record.now);
        has_answered
    }

    /// For `/status`.
    fn update_status(&self, nic: &Nic<'_>, record: &mut Record) {
        let Some(network) = record.settings.networks().first() else { return };
        let mut leases = [None; AccessPointStatus::LEASES_MAX];
        for lease in self.dhcp.leases(record.now) {
            let place = lease.address.to_bits().wrapping_sub(Self::POOL[0].to_bits()) as usize;
            if let Some(place) = leases.get_mut(place) {
                *place = Some(http::Lease { address: lease.address, hardware_address: lease.hardware_address });
            }
        }
        record.access_point = Some(AccessPointStatus {
            ssid: *network.ssid(),
            channel: record.settings.channel(),
            stations: nic.stations() as u8,
            leases,
        });
    }
}

//! The addresses that an access point gives (RFC 2131).
//!
//! The first board to ask gets the first address. A lease outlasts a station's absence, so who comes again in time gets the
//! same address. An offer is kept for its station, so boards that get power together do not get the same one.
//!
//! Neither a router nor a name server is offered: there is none here, and a phone that was told of one would send everything
//! there instead of over its mobile network.

use core::net::{Ipv4Addr, SocketAddrV4};
use core::time::Duration;

use leasehund::{AdmissionEvent, DhcpConfigBuilder, DhcpServer, Outcome, TransactionEvent};
use rgb_proto::Instant;
use rgb_proto::http::{AccessPointStatus, Lease};

use crate::access_point::{ADDRESS, NETWORK};

/// The port that servers listen on.
pub(crate) const SERVER_PORT: u16 = 67;

/// How long a station keeps its address unless it asks again, which it does after half of it.
const LEASE_TIME: Duration = Duration::from_secs(2 * 60 * 60);

const LEASES_MAX: usize = AccessPointStatus::LEASES_MAX;
/// The address behind the access point's own.
const FIRST: Ipv4Addr = Ipv4Addr::from_bits(ADDRESS.to_bits() + 1);
const LAST: Ipv4Addr = Ipv4Addr::from_bits(ADDRESS.to_bits() + LEASES_MAX as u32);

/// Places for leases: a power of two.
const PLACES: usize = LEASES_MAX.next_power_of_two();

/// The addresses, and whose they are.
pub(crate) struct AddressPool {
    server: DhcpServer<PLACES, 0, 0, 0>,
}

/// What a message led to.
pub(crate) struct Answer {
    outcome: Outcome,
    /// A station asked for an address, and there is none left.
    pub(crate) is_exhausted: bool,
}

/// Who got which address.
pub(crate) struct Given<'a> {
    pub(crate) lease: Lease,
    /// The name that the station gave itself.
    pub(crate) name: Option<&'a str>,
}

impl AddressPool {
    /// All addresses are free.
    pub(crate) fn new() -> Self {
        let config = DhcpConfigBuilder::new()
            .server_ip(ADDRESS)
            .subnet_mask(NETWORK.netmask())
            .no_router()
            .ip_pool(FIRST, LAST)
            .lease_time(LEASE_TIME.as_secs() as u32)
            .build();
        Self { server: DhcpServer::with_config(config) }
    }

    /// Answers one message that came to [`SERVER_PORT`].
    pub(crate) fn handle(&mut self, message: &[u8], now: Instant) -> Answer {
        let mut asks = false;
        let outcome = self.server.handle_packet(message, millis(now), |_, event| {
            asks = event == AdmissionEvent::Discover;
            true
        });
        let is_exhausted = asks && outcome.reply.is_none();
        Answer { outcome, is_exhausted }
    }

    /// The addresses that are given.
    pub(crate) fn leases(&mut self, now: Instant) -> [Option<Lease>; LEASES_MAX] {
        self.server.purge_expired_leases_at(millis(now));
        let mut leases = [None; LEASES_MAX];
        for lease in self.server.leases().filter(|lease| lease.bound) {
            let place = lease.ip.to_bits().wrapping_sub(FIRST.to_bits()) as usize;
            if let Some(place) = leases.get_mut(place) {
                *place = Some(Lease { address: lease.ip, hardware_address: lease.mac });
            }
        }
        leases
    }
}

impl Answer {
    /// What to send, and where to.
    pub(crate) fn message(&self) -> Option<(&[u8], SocketAddrV4)> {
        self.outcome.reply.as_ref().map(|reply| (reply.bytes(), reply.destination()))
    }

    /// Who got an address, or keeps it.
    pub(crate) fn given(&self) -> Option<Given<'_>> {
        match &self.outcome.event {
            Some((TransactionEvent::Leased(address, hardware_address), lease)) => Some(Given {
                lease: Lease { address: *address, hardware_address: *hardware_address },
                name: lease.hostname.as_ref().map(leasehund::Hostname::as_str),
            }),
            _ => None,
        }
    }
}

const fn millis(now: Instant) -> u64 {
    now.as_micros() / 1000
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use proptest::prelude::*;
    use proptest::test_runner::Config;
    use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress};

    use super::*;

    const PORT: u16 = 68;

    fn at(seconds: u64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn nth(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(192, 168, 4, last)
    }

    /// A message of this station.
    fn message(station: u8, message_type: DhcpMessageType) -> DhcpRepr<'static> {
        DhcpRepr {
            message_type,
            transaction_id: 0x1234_5600 + u32::from(station),
            secs: 0,
            client_hardware_address: EthernetAddress([2, 0, 0, 0, 0, station]),
            client_ip: Ipv4Addr::UNSPECIFIED,
            your_ip: Ipv4Addr::UNSPECIFIED,
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: None,
            subnet_mask: None,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: true,
            requested_ip: None,
            client_identifier: None,
            server_identifier: None,
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: None,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        }
    }

    fn bytes(message: &DhcpRepr<'_>) -> Vec<u8> {
        let mut bytes = vec![0; message.buffer_len()];
        message.emit(&mut DhcpPacket::new_unchecked(&mut bytes)).expect("it fits");
        bytes
    }

    /// What the pool answers, and to whom.
    fn ask(
        pool: &mut AddressPool,
        message: &DhcpRepr<'_>,
        now: Instant,
    ) -> Option<(DhcpMessageType, Ipv4Addr, SocketAddrV4)> {
        let answer = pool.handle(&bytes(message), now);
        let (bytes, to) = answer.message()?;
        let packet = DhcpPacket::new_checked(bytes).expect("a whole packet");
        let answer = DhcpRepr::parse(&packet).expect("a DHCP message");
        assert_eq!(answer.transaction_id, message.transaction_id);
        assert_eq!(answer.server_identifier, Some(ADDRESS));
        if matches!(answer.message_type, DhcpMessageType::Offer | DhcpMessageType::Ack) {
            assert_eq!(answer.subnet_mask, Some(Ipv4Addr::new(255, 255, 255, 0)));
            assert_eq!((answer.router, answer.dns_servers), (None, None));
            assert_eq!((answer.lease_duration, answer.renew_duration), (Some(7200), Some(3600)));
        }
        Some((answer.message_type, answer.your_ip, to))
    }

    fn discover(pool: &mut AddressPool, station: u8, now: Instant) -> Option<Ipv4Addr> {
        let (kind, address, to) = ask(pool, &message(station, DhcpMessageType::Discover), now)?;
        assert_eq!((kind, to), (DhcpMessageType::Offer, SocketAddrV4::new(Ipv4Addr::BROADCAST, PORT)));
        Some(address)
    }

    fn request(pool: &mut AddressPool, station: u8, address: Ipv4Addr, now: Instant) -> DhcpMessageType {
        let (server_identifier, requested_ip) = (Some(ADDRESS), Some(address));
        let request = DhcpRepr { server_identifier, requested_ip, ..message(station, DhcpMessageType::Request) };
        ask(pool, &request, now).expect("each request is answered").0
    }

    fn join(pool: &mut AddressPool, station: u8, now: Instant) -> Option<Ipv4Addr> {
        let address = discover(pool, station, now)?;
        assert_eq!(request(pool, station, address, now), DhcpMessageType::Ack);
        Some(address)
    }

    fn leased(pool: &mut AddressPool, now: Instant) -> usize {
        pool.leases(now).iter().flatten().count()
    }

    #[test]
    fn offers_made_together_differ() {
        let mut pool = AddressPool::new();
        let offered: Vec<_> = (0..4).map(|station| discover(&mut pool, station, at(0))).collect();
        assert_eq!(offered, [2, 3, 4, 5].map(|last| Some(nth(last))));
        assert_eq!(leased(&mut pool, at(0)), 0);
        for station in 0..4 {
            assert_eq!(join(&mut pool, station, at(1)), offered[usize::from(station)]);
        }
        assert_eq!(leased(&mut pool, at(1)), 4);
    }

    #[test]
    fn a_full_pool_offers_nothing_until_a_lease_has_ended() {
        let mut pool = AddressPool::new();
        for station in 0..10 {
            assert_eq!(join(&mut pool, station, at(u64::from(station))), Some(nth(2 + station)));
        }
        let late = bytes(&message(10, DhcpMessageType::Discover));
        let answer = pool.handle(&late, at(20));
        assert!(answer.is_exhausted && answer.message().is_none());
        assert_eq!(request(&mut pool, 10, nth(5), at(20)), DhcpMessageType::Nak);
        // Who has an address keeps it.
        assert_eq!(join(&mut pool, 3, at(7000)), Some(nth(5)));
        assert_eq!(discover(&mut pool, 10, at(7199)), None);
        assert_eq!(leased(&mut pool, at(7199)), 10);
        assert_eq!(join(&mut pool, 10, at(7200)), Some(nth(2)));
        assert_eq!(leased(&mut pool, at(7210)), 2);
    }

    #[test]
    fn a_lease_is_renewed_where_the_station_is() {
        let mut pool = AddressPool::new();
        assert_eq!(join(&mut pool, 1, at(0)), Some(nth(2)));
        let renewal = DhcpRepr { client_ip: nth(2), ..message(1, DhcpMessageType::Request) };
        let answer = ask(&mut pool, &renewal, at(3600));
        assert_eq!(answer, Some((DhcpMessageType::Ack, nth(2), SocketAddrV4::new(nth(2), PORT))));
        assert_eq!(leased(&mut pool, at(7300)), 1);
    }

    /// The pool does not outlive a new start of the access point, and stations remember their addresses.
    #[test]
    fn a_station_may_keep_an_address_that_the_pool_has_forgotten() {
        let mut pool = AddressPool::new();
        let again = DhcpRepr { requested_ip: Some(nth(7)), ..message(1, DhcpMessageType::Request) };
        assert_eq!(ask(&mut pool, &again, at(0)).map(|answer| answer.0), Some(DhcpMessageType::Ack));
        for wrong in [nth(1), nth(12), nth(255), Ipv4Addr::new(192, 168, 1, 7)] {
            let again = DhcpRepr { requested_ip: Some(wrong), ..message(2, DhcpMessageType::Request) };
            assert_eq!(ask(&mut pool, &again, at(0)).map(|answer| answer.0), Some(DhcpMessageType::Nak), "{wrong}");
        }
    }

    #[test]
    fn a_released_address_is_free_and_a_declined_one_rests() {
        let mut pool = AddressPool::new();
        assert_eq!(join(&mut pool, 1, at(0)), Some(nth(2)));
        let release =
            DhcpRepr { client_ip: nth(2), server_identifier: Some(ADDRESS), ..message(1, DhcpMessageType::Release) };
        assert_eq!(ask(&mut pool, &release, at(1)), None);
        assert_eq!(leased(&mut pool, at(1)), 0);
        assert_eq!(join(&mut pool, 2, at(2)), Some(nth(2)));
        let (server_identifier, requested_ip) = (Some(ADDRESS), Some(nth(2)));
        let decline = DhcpRepr { server_identifier, requested_ip, ..message(2, DhcpMessageType::Decline) };
        assert_eq!(ask(&mut pool, &decline, at(3)), None);
        assert_eq!(join(&mut pool, 2, at(3)), Some(nth(3)));
    }

    proptest! {
        #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

        #[test]
        fn no_bytes_do_harm(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..8)) {
            let mut pool = AddressPool::new();
            for bytes in messages {
                pool.handle(&bytes, at(0));
            }
            prop_assert_eq!(leased(&mut pool, at(0)), 0);
        }

        #[test]
        fn no_message_does_harm(
            changes in prop::collection::vec((0usize..4, 0u8..20, 0usize..400, any::<u8>(), 0usize..400, 0u64..20_000), 1..60),
        ) {
            let mut pool = AddressPool::new();
            let mut now = 0;
            for (kind, station, place, byte, len, wait) in changes {
                let kinds = [
                    DhcpMessageType::Discover, DhcpMessageType::Request, DhcpMessageType::Release, DhcpMessageType::Decline,
                ];
                let (server_identifier, requested_ip) = (Some(ADDRESS), Some(nth(byte)));
                let mut bytes = bytes(&DhcpRepr { server_identifier, requested_ip, ..message(station, kinds[kind]) });
                if let Some(changed) = bytes.get_mut(place) {
                    *changed = byte;
                }
                bytes.truncate(200 + len);
                now += wait / 10;
                pool.handle(&bytes, at(now));
                let leases: Vec<_> = pool.leases(at(now)).into_iter().flatten().collect();
                for (index, lease) in leases.iter().enumerate() {
                    prop_assert!((FIRST..=LAST).contains(&lease.address));
                    prop_assert!(leases[..index].iter().all(|other| other.address != lease.address));
                    prop_assert!(leases[..index].iter().all(|other| other.hardware_address != lease.hardware_address));
                }
            }
        }
    }
}

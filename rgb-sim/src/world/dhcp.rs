//! Handing out addresses (RFC 2131).

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use rgb_proto::Instant;
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress};

/// What a DHCP server is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhcpConfig {
    /// The server's own address.
    pub address: Ipv4Addr,
    /// How many bits of it all hosts of the network share.
    pub prefix_len: u8,
    /// The first and the last address that are given.
    pub pool: [Ipv4Addr; 2],
    /// How long a lease holds.
    pub lease_time: Duration,
    /// Who leads to other networks.
    pub router: Option<Ipv4Addr>,
    /// Who knows names.
    pub name_server: Option<Ipv4Addr>,
    /// Hosts that always get the same address, by their hardware address.
    pub reservations: BTreeMap<[u8; 6], Ipv4Addr>,
}

/// An address that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// To whom.
    pub hardware_address: [u8; 6],
    /// The address.
    pub address: Ipv4Addr,
    /// When it ends, unless it is renewed.
    pub until: Instant,
}

/// A DHCP server without sockets and clock: it takes messages and answers them.
///
/// A lease outlasts the host's absence, so who comes again in time gets the same address. An offer is kept for its host, so
/// hosts that ask together are not offered the same one.
#[derive(Clone, Debug)]
pub struct DhcpServer {
    config: DhcpConfig,
    leases: BTreeMap<[u8; 6], Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: Ipv4Addr,
    until: Instant,
    /// Offered only.
    is_offer: bool,
}

impl DhcpServer {
    /// The port that servers listen on.
    pub const PORT: u16 = 67;
    /// The port that clients listen on.
    pub const CLIENT_PORT: u16 = 68;
    /// How long an offer is kept.
    const OFFER_TIME: Duration = Duration::from_secs(10);

    /// A server that has given nothing yet.
    #[must_use]
    pub const fn new(config: DhcpConfig) -> Self {
        Self { config, leases: BTreeMap::new() }
    }

    /// What it is set to.
    #[must_use]
    pub const fn config(&self) -> &DhcpConfig {
        &self.config
    }

    /// Changes what it is set to. Leases are kept as far as the new pool has their addresses.
    pub fn configure(&mut self, config: DhcpConfig) {
        self.config = config;
        let [first, last] = self.config.pool;
        self.leases.retain(|_, entry| (first..=last).contains(&entry.address));
    }

    /// Forgets all leases, as a router without a memory does when its power goes.
    pub fn forget(&mut self) {
        self.leases.clear();
    }

    /// The leases that hold.
    pub fn leases(&self, now: Instant) -> impl Iterator<Item = Lease> {
        self.leases
            .iter()
            .filter(move |(_, entry)| !entry.is_offer && now < entry.until)
            .map(|(&hardware_address, &Entry { address, until, .. })| Lease { hardware_address, address, until })
    }

    /// Takes a message; writes the answer, if there is one, and says where it goes.
    pub fn handle(&mut self, message: &[u8], now: Instant, answer: &mut Vec<u8>) -> Option<SocketAddrV4> {
        let packet = DhcpPacket::new_checked(message).ok()?;
        let message = DhcpRepr::parse(&packet).ok()?;
        let client = message.client_hardware_address.0;
        let (message_type, address) = match message.message_type {
            DhcpMessageType::Discover => {
                let address = self.choose(client, message.requested_ip, now)?;
                // A lease that still holds is not shortened by an offer.
                if self.leases.get(&client).is_none_or(|entry| entry.address != address || now >= entry.until) {
                    let until = now + Self::OFFER_TIME;
                    self.leases.insert(client, Entry { address, until, is_offer: true });
                }
                (DhcpMessageType::Offer, address)
            }
            DhcpMessageType::Request if message.server_identifier.is_some_and(|other| other != self.config.address) => {
                // The host has chosen another server.
                if self.leases.get(&client).is_some_and(|entry| entry.is_offer) {
                    self.leases.remove(&client);
                }
                return None;
            }
            DhcpMessageType::Request => {
                let address = message.requested_ip.unwrap_or(message.client_ip);
                if self.is_free_for(client, address, now) {
                    let until = now + self.config.lease_time;
                    self.leases.insert(client, Entry { address, until, is_offer: false });
                    (DhcpMessageType::Ack, address)
                } else {
                    (DhcpMessageType::Nak, Ipv4Addr::UNSPECIFIED)
                }
            }
            DhcpMessageType::Release => {
                self.leases.remove(&client);
                return None;
            }
            _ => return None,
        };
        self.write(&message, message_type, address, answer)
    }

    /// The host's own address, the one that it wants, or the first one that is free.
    fn choose(&self, client: [u8; 6], wanted: Option<Ipv4Addr>, now: Instant) -> Option<Ipv4Addr> {
        let [first, last] = self.config.pool.map(u32::from);
        let reserved = self.config.reservations.get(&client).copied();
        let own = self.leases.get(&client).map(|entry| entry.address);
        let asked_for = [reserved, own, wanted].into_iter().flatten();
        if let Some(address) = asked_for.into_iter().find(|address| self.is_free_for(client, *address, now)) {
            return Some(address);
        }
        let mut taken: Vec<_> =
            self.leases.values().filter(|entry| now < entry.until).map(|entry| entry.address).collect();
        taken.sort_unstable();
        (first..=last)
            .map(Ipv4Addr::from)
            .find(|address| taken.binary_search(address).is_err() && self.is_free_for(client, *address, now))
    }

    /// Whether this host may have this address.
    fn is_free_for(&self, client: [u8; 6], address: Ipv4Addr, now: Instant) -> bool {
        let reserved = &self.config.reservations;
        if let Some(reserved) = reserved.get(&client) {
            return *reserved == address;
        }
        let [first, last] = self.config.pool;
        let is_taken =
            |(other, entry): (&[u8; 6], &Entry)| *other != client && entry.address == address && now < entry.until;
        (first..=last).contains(&address)
            && address != self.config.address
            && !reserved.values().any(|other| *other == address)
            && !self.leases.iter().any(is_taken)
    }

    fn write(
        &self,
        request: &DhcpRepr<'_>,
        message_type: DhcpMessageType,
        your_ip: Ipv4Addr,
        answer: &mut Vec<u8>,
    ) -> Option<SocketAddrV4> {
        let config = &self.config;
        let gives = message_type != DhcpMessageType::Nak;
        let lease_time = u32::try_from(config.lease_time.as_secs()).unwrap_or(u32::MAX);
        let name_server = config.name_server.and_then(|address| [address].as_slice().try_into().ok());
        let reply = DhcpRepr {
            message_type,
            transaction_id: request.transaction_id,
            secs: 0,
            client_hardware_address: EthernetAddress(request.client_hardware_address.0),
            client_ip: if gives { request.client_ip } else { Ipv4Addr::UNSPECIFIED },
            your_ip,
            server_ip: config.address,
            router: config.router.filter(|_| gives),
            subnet_mask: gives.then(|| mask(config.prefix_len)),
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: request.broadcast,
            requested_ip: None,
            client_identifier: None,
            server_identifier: Some(config.address),
            parameter_request_list: None,
            dns_servers: name_server.filter(|_| gives),
            max_size: None,
            lease_duration: gives.then_some(lease_time),
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        };
        answer.clear();
        answer.resize(reply.buffer_len(), 0);
        reply.emit(&mut DhcpPacket::new_unchecked(&mut answer[..])).ok()?;
        // Who has an address is there to be asked for; who has none hears only what goes to all (RFC 2131, 4.1).
        let to = if gives && !request.client_ip.is_unspecified() { request.client_ip } else { Ipv4Addr::BROADCAST };
        Some(SocketAddrV4::new(to, Self::CLIENT_PORT))
    }
}

/// The netmask of so many bits.
const fn mask(prefix_len: u8) -> Ipv4Addr {
    Ipv4Addr::from_bits(match prefix_len {
        0 => 0,
        1..=31 => !(u32::MAX >> prefix_len),
        _ => u32::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

    fn at(seconds: u64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn nth(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 0, last)
    }

    fn server() -> DhcpServer {
        DhcpServer::new(DhcpConfig {
            address: SERVER,
            prefix_len: 24,
            pool: [nth(10), nth(12)],
            lease_time: Duration::from_secs(100),
            router: Some(SERVER),
            name_server: Some(SERVER),
            reservations: BTreeMap::new(),
        })
    }

    fn message(host: u8, message_type: DhcpMessageType) -> DhcpRepr<'static> {
        DhcpRepr {
            message_type,
            transaction_id: 7,
            secs: 0,
            client_hardware_address: EthernetAddress([2, 0, 0, 0, 0, host]),
            client_ip: Ipv4Addr::UNSPECIFIED,
            your_ip: Ipv4Addr::UNSPECIFIED,
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: None,
            subnet_mask: None,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: false,
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

    fn ask(
        server: &mut DhcpServer,
        message: &DhcpRepr<'_>,
        now: Instant,
    ) -> Option<(DhcpMessageType, Ipv4Addr, SocketAddrV4)> {
        let mut bytes = vec![0; message.buffer_len()];
        message.emit(&mut DhcpPacket::new_unchecked(&mut bytes)).expect("it fits");
        let mut answer = Vec::new();
        let to = server.handle(&bytes, now, &mut answer)?;
        let packet = DhcpPacket::new_checked(&answer[..]).expect("a whole packet");
        let answer = DhcpRepr::parse(&packet).expect("a DHCP message");
        assert_eq!((answer.transaction_id, answer.server_identifier), (7, Some(SERVER)));
        if answer.message_type != DhcpMessageType::Nak {
            assert_eq!(answer.subnet_mask, Some(Ipv4Addr::new(255, 255, 255, 0)));
            assert_eq!((answer.router, answer.lease_duration), (Some(SERVER), Some(100)));
            assert_eq!(answer.dns_servers.expect("a name server")[..], [SERVER]);
        }
        Some((answer.message_type, answer.your_ip, to))
    }

    fn discover(server: &mut DhcpServer, host: u8, now: Instant) -> Option<Ipv4Addr> {
        let (kind, address, to) = ask(server, &message(host, DhcpMessageType::Discover), now)?;
        assert_eq!((kind, to), (DhcpMessageType::Offer, SocketAddrV4::new(Ipv4Addr::BROADCAST, 68)));
        Some(address)
    }

    fn join(server: &mut DhcpServer, host: u8, now: Instant) -> Option<Ipv4Addr> {
        let address = discover(server, host, now)?;
        let request = DhcpRepr {
            server_identifier: Some(SERVER),
            requested_ip: Some(address),
            ..message(host, DhcpMessageType::Request)
        };
        let (kind, given, _) = ask(server, &request, now).expect("each request is answered");
        assert_eq!((kind, given), (DhcpMessageType::Ack, address));
        Some(address)
    }

    #[test]
    fn each_host_has_its_address_and_an_empty_pool_has_none() {
        let mut server = server();
        assert_eq!(discover(&mut server, 1, at(0)), Some(nth(10)));
        assert_eq!(discover(&mut server, 2, at(0)), Some(nth(11)));
        assert_eq!(server.leases(at(0)).count(), 0);
        for host in [2, 1, 3] {
            let expected = [0, 10, 11, 12][usize::from(host)];
            assert_eq!(join(&mut server, host, at(1)), Some(nth(expected)));
        }
        assert_eq!(discover(&mut server, 4, at(100)), None);
        assert_eq!(server.leases(at(100)).count(), 3);
        assert_eq!(join(&mut server, 4, at(101)), Some(nth(10)));
        assert_eq!(server.leases(at(101)).count(), 1);
    }

    #[test]
    fn an_offer_that_nobody_takes_ends() {
        let mut server = server();
        for host in 1..=3 {
            discover(&mut server, host, at(0));
        }
        assert_eq!(discover(&mut server, 4, at(9)), None);
        assert_eq!(discover(&mut server, 4, at(10)), Some(nth(10)));
    }

    #[test]
    fn a_lease_is_renewed_and_an_address_of_another_network_is_refused() {
        let mut server = server();
        join(&mut server, 1, at(0));
        let renewal = DhcpRepr { client_ip: nth(10), ..message(1, DhcpMessageType::Request) };
        let to = SocketAddrV4::new(nth(10), 68);
        assert_eq!(ask(&mut server, &renewal, at(50)), Some((DhcpMessageType::Ack, nth(10), to)));
        assert_eq!(server.leases(at(149)).count(), 1);
        let stranger = DhcpRepr { client_ip: Ipv4Addr::new(10, 0, 1, 10), ..renewal.clone() };
        let nak = (DhcpMessageType::Nak, Ipv4Addr::UNSPECIFIED, SocketAddrV4::new(Ipv4Addr::BROADCAST, 68));
        assert_eq!(ask(&mut server, &stranger, at(51)), Some(nak));
        // A server that has forgotten a lease lets the host keep it, unless another one has the address by now.
        server.forget();
        assert_eq!(ask(&mut server, &renewal, at(52)).map(|answer| answer.0), Some(DhcpMessageType::Ack));
        server.forget();
        join(&mut server, 2, at(53));
        assert_eq!(ask(&mut server, &renewal, at(54)), Some(nak));
    }

    #[test]
    fn a_reserved_address_is_one_hosts_alone() {
        let mut server = server();
        let mut config = server.config().clone();
        config.reservations.insert([2, 0, 0, 0, 0, 9], nth(10));
        config.reservations.insert([2, 0, 0, 0, 0, 8], nth(77));
        server.configure(config);
        assert_eq!(join(&mut server, 1, at(0)), Some(nth(11)));
        assert_eq!(join(&mut server, 9, at(0)), Some(nth(10)));
        assert_eq!(join(&mut server, 8, at(0)), Some(nth(77)));
    }

    #[test]
    fn who_chooses_another_server_frees_the_offer_and_who_leaves_the_lease() {
        let mut server = server();
        discover(&mut server, 1, at(0));
        let request = DhcpRepr {
            server_identifier: Some(nth(200)),
            requested_ip: Some(nth(10)),
            ..message(1, DhcpMessageType::Request)
        };
        assert_eq!(ask(&mut server, &request, at(0)), None);
        assert_eq!(join(&mut server, 2, at(0)), Some(nth(10)));
        let release = DhcpRepr { client_ip: nth(10), ..message(2, DhcpMessageType::Release) };
        assert_eq!(ask(&mut server, &release, at(1)), None);
        assert_eq!(server.leases(at(1)).count(), 0);
    }

    #[test]
    fn netmasks_have_their_bits() {
        let [none, half, all] = [0, 20, 32].map(mask);
        assert_eq!([none, half, all], [[0; 4], [255, 255, 240, 0], [255; 4]].map(Ipv4Addr::from));
    }
}

//! A router: it gives addresses, knows names, answers pings, and opens connections for what stands outside of the world.

mod connections;
mod names;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::Instant;
use smoltcp::wire::Ipv4Cidr;

use super::dhcp::{DhcpConfig, DhcpServer};
use super::stack::{Stack, receive, udp_socket};
use super::udp::UdpPort;
use super::{Host, Nic, earlier};
use connections::Connections;
pub use connections::{ConnectionId, ConnectionState};
use names::answer_name;

/// What a router is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouterConfig {
    /// Its own address.
    pub address: Ipv4Addr,
    /// How many bits of it all hosts of the network share.
    pub prefix_len: u8,
    /// The first and the last address that it gives.
    pub pool: [Ipv4Addr; 2],
    /// How long a host keeps an address, unless it asks again.
    pub lease_time: Duration,
    /// Hosts that always get the same address, by their hardware address.
    pub reservations: BTreeMap<[u8; 6], Ipv4Addr>,
    /// The names that it knows, in lower case.
    pub names: BTreeMap<String, Ipv4Addr>,
}

impl Default for RouterConfig {
    /// A router as one buys it: 192.168.1.1, with 200 addresses for a day.
    fn default() -> Self {
        Self {
            address: Ipv4Addr::new(192, 168, 1, 1),
            prefix_len: 24,
            pool: [Ipv4Addr::new(192, 168, 1, 50), Ipv4Addr::new(192, 168, 1, 249)],
            lease_time: Duration::from_secs(24 * 60 * 60),
            reservations: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }
}

impl RouterConfig {
    fn dhcp(&self) -> DhcpConfig {
        DhcpConfig {
            address: self.address,
            prefix_len: self.prefix_len,
            pool: self.pool,
            lease_time: self.lease_time,
            router: Some(self.address),
            name_server: Some(self.address),
            reservations: self.reservations.clone(),
        }
    }

    const fn cidr(&self) -> Ipv4Cidr {
        Ipv4Cidr::new(self.address, self.prefix_len)
    }
}

/// A router on the wire of an access point. It has DHCP (RFC 2131) and DNS. Nothing of the network gets out through it, but
/// what stands outside can reach its hosts: [`connect`](Self::connect).
pub struct Router {
    config: RouterConfig,
    dhcp: DhcpServer,
    connections: Connections,
    running: Option<Running>,
    /// Room for one answer.
    answer: Vec<u8>,
}

struct Running {
    stack: Stack,
    dhcp: UdpPort,
    dns: UdpPort,
}

impl Router {
    const DNS_PORT: u16 = 53;
    /// So many datagrams wait for their turn: as many as come when all boards get power together.
    const DATAGRAMS: usize = 64;
    const DATAGRAM_LEN: usize = 576;

    /// A router that has given no address yet.
    #[must_use]
    pub fn new(config: RouterConfig) -> Self {
        Self {
            dhcp: DhcpServer::new(config.dhcp()),
            config,
            connections: Connections::default(),
            running: None,
            answer: Vec::new(),
        }
    }

    /// What it is set to.
    #[must_use]
    pub const fn config(&self) -> &RouterConfig {
        &self.config
    }

    /// The addresses that it has given.
    #[must_use]
    pub const fn dhcp(&self) -> &DhcpServer {
        &self.dhcp
    }

    /// Forgets all leases, as when its power goes. Hosts do not know that.
    pub fn forget_leases(&mut self) {
        self.dhcp.forget();
    }

    /// Sets it anew. With another network, hosts learn of their new addresses when they renew their leases.
    pub fn configure(&mut self, config: RouterConfig) {
        self.dhcp.configure(config.dhcp());
        if let Some(Running { stack, .. }) = &mut self.running {
            stack.set_address(Some(config.cidr()));
        }
        self.config = config;
    }

    /// Answers what has come. Whether anything has.
    fn answer(&mut self, now: Instant) -> bool {
        let Some(Running { stack, dhcp, dns }) = &mut self.running else { return false };
        let (mut has_answered, answer) = (false, &mut self.answer);
        // Whoever gets no answer asks again.
        let socket = dhcp.socket(stack);
        while let Some((message, _)) = receive(socket) {
            if let Some(to) = self.dhcp.handle(message, now, answer) {
                has_answered |= socket.send_slice(answer, to).is_ok();
            }
        }
        let socket = dns.socket(stack);
        while let Some((message, from)) = receive(socket) {
            if answer_name(&self.config.names, message, answer).is_some() {
                has_answered |= socket.send_slice(answer, from).is_ok();
            }
        }
        if has_answered {
            stack.touch_others();
        }
        has_answered
    }
}

impl Host for Router {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let now = nic.now();
        if self.running.is_none() {
            let seed = u64::from(nic.random());
            let mut stack = Stack::new(nic, Some(self.config.cidr()), seed);
            let mut listen = |port| {
                let len = Self::DATAGRAMS * Self::DATAGRAM_LEN;
                let port = UdpPort::new(&mut stack, udp_socket(Self::DATAGRAMS, len, len), port);
                port.open(&mut stack);
                port
            };
            let (dhcp, dns) = (listen(DhcpServer::PORT), listen(Self::DNS_PORT));
            self.running = Some(Running { stack, dhcp, dns });
        }
        loop {
            let stack = &mut self.running.as_mut()?.stack;
            stack.poll(nic);
            let has_acted = self.connections.poll(stack, now);
            if !self.answer(now) && !has_acted {
                let Running { stack, dhcp, dns } = self.running.as_mut()?;
                dhcp.drop_undeliverable(stack, now);
                dns.drop_undeliverable(stack, now);
                let waiting = earlier(dhcp.poll_at(), dns.poll_at());
                return earlier(earlier(stack.poll_at(now), waiting), self.connections.poll_at());
            }
        }
    }
}

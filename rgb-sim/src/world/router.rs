//! A router: it gives addresses, knows names, and answers pings.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::Instant;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::udp;
use smoltcp::wire::Ipv4Cidr;

use super::dhcp::{DhcpConfig, DhcpServer};
use super::stack::{Stack, receive, udp_socket};
use super::{Host, Nic};

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

/// A router on the wire of an access point. It has DHCP (RFC 2131) and DNS, and leads nowhere else.
pub struct Router {
    config: RouterConfig,
    dhcp: DhcpServer,
    running: Option<Running>,
    /// Room for one answer.
    answer: Vec<u8>,
}

struct Running {
    stack: Stack,
    dhcp: SocketHandle,
    dns: SocketHandle,
}

impl Router {
    const DNS_PORT: u16 = 53;
    /// So many datagrams wait for their turn: as many as come when all boards get power together.
    const DATAGRAMS: usize = 64;
    const DATAGRAM_LEN: usize = 576;

    /// A router that has given no address yet.
    #[must_use]
    pub fn new(config: RouterConfig) -> Self {
        Self { dhcp: DhcpServer::new(config.dhcp()), config, running: None, answer: Vec::new() }
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
        let socket = stack.socket::<udp::Socket<'_>>(*dhcp);
        while let Some((message, _)) = receive(socket) {
            if let Some(to) = self.dhcp.handle(message, now, answer) {
                has_answered |= socket.send_slice(answer, to).is_ok();
            }
        }
        let socket = stack.socket::<udp::Socket<'_>>(*dns);
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
                let mut socket = udp_socket(Self::DATAGRAMS, len, len);
                socket.bind(port).expect("a new socket takes any port but 0");
                stack.add(socket)
            };
            let (dhcp, dns) = (listen(DhcpServer::PORT), listen(Self::DNS_PORT));
            self.running = Some(Running { stack, dhcp, dns });
        }
        loop {
            self.running.as_mut()?.stack.poll(nic);
            if !self.answer(now) {
                return self.running.as_mut()?.stack.poll_at(now);
            }
        }
    }
}

/// Answers a question for a name's address (RFC 1035), if the message is one.
fn answer_name(names: &BTreeMap<String, Ipv4Addr>, message: &[u8], answer: &mut Vec<u8>) -> Option<()> {
    const HEADER_LEN: usize = 12;
    /// A response, with recursion available as the asker desires.
    const RESPONSE: u8 = 0x80;
    const RECURSION_AVAILABLE: u8 = 0x80;
    const NO_SUCH_NAME: u8 = 3;
    const A: [u8; 2] = [0, 1];
    const IN: [u8; 2] = [0, 1];
    const TTL_SECONDS: u32 = 60;

    let [id, id_low, flags, _, 0, 1, ..] = message else { return None };
    if flags & !1 != 0 {
        return None;
    }
    let mut name = String::new();
    let mut end = HEADER_LEN;
    loop {
        let len = usize::from(*message.get(end)?);
        let label = message.get(end + 1..end + 1 + len)?;
        end += 1 + len;
        // A pointer has no business in the only question.
        match len {
            0 => break,
            1..=63 => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(&str::from_utf8(label).ok()?.to_ascii_lowercase());
            }
            _ => return None,
        }
    }
    let question = message.get(HEADER_LEN..end + 4)?;
    let found = names.get(&name).filter(|_| question.ends_with(&[A, IN].concat()));
    let code = if names.contains_key(&name) { 0 } else { NO_SUCH_NAME };
    answer.clear();
    answer.extend([*id, *id_low, RESPONSE | flags & 1, RECURSION_AVAILABLE | code]);
    answer.extend([0, 1, 0, u8::from(found.is_some()), 0, 0, 0, 0]);
    answer.extend(question);
    if let Some(address) = found {
        // The name stands behind the header.
        answer.extend([0xc0, HEADER_LEN as u8]);
        answer.extend([A, IN].concat());
        answer.extend(TTL_SECONDS.to_be_bytes());
        answer.extend([0, 4]);
        answer.extend(address.octets());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0\x03rgb\x03LAN\0\0\x01\0\x01";

    #[test]
    fn a_name_has_its_address_in_either_case() {
        let names = BTreeMap::from([("rgb.lan".to_owned(), Ipv4Addr::new(10, 1, 2, 3))]);
        let mut answer = Vec::new();
        answer_name(&names, QUESTION, &mut answer).expect("a question");
        let record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\x01\x02\x03";
        let header = b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0";
        assert_eq!(answer, [header, &QUESTION[12..], record].concat());
    }

    #[test]
    fn a_strange_name_does_not_exist_and_no_question_has_no_answer() {
        let mut answer = Vec::new();
        answer_name(&BTreeMap::new(), QUESTION, &mut answer).expect("a question");
        assert_eq!(answer, [b"\x12\x34\x81\x83\0\x01\0\0\0\0\0\0", &QUESTION[12..]].concat());
        for len in 0..QUESTION.len() {
            assert_eq!(answer_name(&BTreeMap::new(), &QUESTION[..len], &mut answer), None, "{len} bytes");
        }
        let mut response = QUESTION.to_vec();
        response[2] |= 0x80;
        assert_eq!(answer_name(&BTreeMap::new(), &response, &mut answer), None);
    }
}

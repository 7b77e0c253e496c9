//! The router: it hands out addresses and answers name look-ups.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{IpEndpoint, Ipv4Address};
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress};

use super::time::World;
use super::{Computer, Lab, leak};

/// The router's service to the other stations.
pub(crate) struct Router {
    pub(crate) config: Rc<RefCell<RouterConfig>>,
    /// For programs of its own.
    pub(crate) computer: Computer,
}

/// What the router does; tests change it.
pub(crate) struct RouterConfig {
    /// Whether it hands out addresses.
    pub(crate) gives_addresses: bool,
    /// The host number of the first address; further ones count up. A lease of another address is refused.
    pub(crate) first_host: u8,
    pub(crate) lease_s: u32,
    /// The names that it knows.
    pub(crate) names: BTreeMap<&'static str, Ipv4Address>,
    /// Who asked for an address, in order.
    pub(crate) clients: Vec<EthernetAddress>,
    /// The look-ups so far.
    pub(crate) lookups: u32,
}

impl Router {
    pub(crate) fn start(world: &World, computer: Computer) -> Self {
        let config = RouterConfig::new([]);
        let config = Rc::new(RefCell::new(config));
        world.spawn(serve(computer, DHCP_PORT, Rc::clone(&config), answer_dhcp));
        world.spawn(serve(computer, DNS_PORT, Rc::clone(&config), answer_dns));
        Self { config, computer }
    }
}

impl RouterConfig {
    fn new<const N: usize>(names: [(&'static str, Ipv4Address); N]) -> Self {
        Self {
            gives_addresses: true,
            first_host: 100,
            lease_s: 3600,
            names: names.into(),
            clients: Vec::new(),
            lookups: 0,
        }
    }
}

const DHCP_PORT: u16 = 67;
const DHCP_CLIENT_PORT: u16 = 68;
const DNS_PORT: u16 = 53;

/// Bytes, and where they go.
type Datagram = (Vec<u8>, IpEndpoint);

async fn serve(
    computer: Computer,
    port: u16,
    config: Rc<RefCell<RouterConfig>>,
    answer: fn(&mut RouterConfig, &[u8], IpEndpoint) -> Option<Datagram>,
) {
    let (metas, metas_out) = (leak([PacketMetadata::EMPTY; 8]), leak([PacketMetadata::EMPTY; 8]));
    let (bytes, bytes_out) = (leak([0; 8192]), leak([0; 8192]));
    let mut socket = UdpSocket::new(computer.stack, metas, bytes, metas_out, bytes_out);
    socket.bind(port).expect("nothing else listens there");
    let mut packet = [0; 1500];
    loop {
        let (len, from) = socket.recv_from(&mut packet).await.expect("the packet fits");
        let answer = answer(&mut config.borrow_mut(), &packet[..len], from.endpoint);
        if let Some((bytes, to)) = answer {
            socket.send_to(&bytes, to).await.expect("there is a way");
        }
    }
}

/// Answers look-ups of `name` itself (RFC 6762), as a computer does for its own name.
pub(crate) async fn answer_to(computer: Computer, name: &'static str, address: Ipv4Address) {
    const MDNS_PORT: u16 = 5353;
    computer.stack.join_multicast_group(Ipv4Address::new(224, 0, 0, 251)).expect("there is room for the group");
    let config = RouterConfig::new([(name, address)]);
    serve(computer, MDNS_PORT, Rc::new(RefCell::new(config)), answer_dns).await;
}

/// RFC 2131, as much of it as stations ask.
fn answer_dhcp(config: &mut RouterConfig, packet: &[u8], _from: IpEndpoint) -> Option<Datagram> {
    if !config.gives_addresses {
        return None;
    }
    let packet = DhcpPacket::new_checked(packet).ok()?;
    let request = DhcpRepr::parse(&packet).ok()?;
    let mac = request.client_hardware_address;
    if !config.clients.contains(&mac) {
        config.clients.push(mac);
    }
    let index = config.clients.iter().position(|client| *client == mac)?;
    let address = Ipv4Address::new(192, 168, 1, config.first_host + index as u8);
    let wanted = request.requested_ip.unwrap_or(request.client_ip);
    let message_type = match request.message_type {
        DhcpMessageType::Discover => DhcpMessageType::Offer,
        DhcpMessageType::Request if wanted == address => DhcpMessageType::Ack,
        DhcpMessageType::Request => DhcpMessageType::Nak,
        _ => return None,
    };
    let answer = DhcpRepr {
        message_type,
        transaction_id: request.transaction_id,
        secs: 0,
        client_hardware_address: mac,
        client_ip: Ipv4Address::UNSPECIFIED,
        your_ip: address,
        server_ip: Lab::ROUTER,
        router: Some(Lab::ROUTER),
        subnet_mask: Some(Ipv4Address::new(255, 255, 255, 0)),
        relay_agent_ip: Ipv4Address::UNSPECIFIED,
        broadcast: true,
        requested_ip: None,
        client_identifier: None,
        server_identifier: Some(Lab::ROUTER),
        parameter_request_list: None,
        dns_servers: Some([Lab::ROUTER].into_iter().collect()),
        max_size: None,
        lease_duration: Some(config.lease_s),
        renew_duration: None,
        rebind_duration: None,
        additional_options: &[],
    };
    let mut bytes = vec![0; answer.buffer_len()];
    answer.emit(&mut DhcpPacket::new_unchecked(&mut bytes)).ok()?;
    Some((bytes, (Ipv4Address::BROADCAST, DHCP_CLIENT_PORT).into()))
}

/// RFC 1035: one question for an address, one answer.
fn answer_dns(config: &mut RouterConfig, query: &[u8], from: IpEndpoint) -> Option<Datagram> {
    const HEADER_LEN: usize = 12;
    config.lookups += 1;
    let mut labels = Vec::new();
    let mut rest = query.get(HEADER_LEN..)?;
    while let Some((&len, behind)) = rest.split_first()
        && len > 0
    {
        labels.push(String::from_utf8_lossy(behind.get(..usize::from(len))?).into_owned());
        rest = behind.get(usize::from(len)..)?;
    }
    let found = config.names.get(labels.join(".").as_str());
    let mut answer = query.to_vec();
    // A response without recursion to it; code 3 is that there is no such name.
    answer[2] = 0x81;
    answer[3] = if found.is_some() { 0x80 } else { 0x83 };
    if let Some(address) = found {
        answer[7] = 1;
        // The name of the question, type A, class IN, a minute to live, 4 bytes.
        answer.extend([0xc0, HEADER_LEN as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some((answer, from))
}

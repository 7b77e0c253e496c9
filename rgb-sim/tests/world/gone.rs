//! Hosts that say something and are gone before they can be answered.

use std::net::Ipv4Addr;

use rgb_proto::Instant;
use rgb_sim::world::{
    AccessPointConfig, Board, BoardEventKind, Host, Machine, Nic, NicEvent, NodeId, Placement, Router, RouterConfig,
    World,
};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IpAddress,
    IpProtocol, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr,
};

use crate::lab::{hardware_address, secs, settings};

/// A board, or somebody else with a radio.
enum Neighbour {
    Board(Box<Board>),
    Passer { ssid: &'static str, datagram: Option<Datagram> },
}

/// What a [`Neighbour::Passer`] has to say once it has joined. It never answers anything, not even who it is.
struct Datagram {
    from: (Ipv4Addr, u16),
    to: (Ipv4Addr, u16),
    payload: Vec<u8>,
}

impl Datagram {
    /// The frame for everybody that it is in.
    fn frame(&self, sender: [u8; 6]) -> Vec<u8> {
        let checksums = ChecksumCapabilities::default();
        let ethernet = EthernetRepr {
            src_addr: EthernetAddress(sender),
            dst_addr: EthernetAddress::BROADCAST,
            ethertype: EthernetProtocol::Ipv4,
        };
        let udp = UdpRepr { src_port: self.from.1, dst_port: self.to.1 };
        let ip = Ipv4Repr {
            src_addr: self.from.0,
            dst_addr: self.to.0,
            next_header: IpProtocol::Udp,
            payload_len: udp.header_len() + self.payload.len(),
            hop_limit: 255,
        };
        let mut bytes = vec![0; ethernet.buffer_len() + ip.buffer_len() + ip.payload_len];
        let mut frame = EthernetFrame::new_unchecked(&mut bytes);
        ethernet.emit(&mut frame);
        let mut packet = Ipv4Packet::new_unchecked(frame.payload_mut());
        ip.emit(&mut packet, &checksums);
        let (from, to) = (IpAddress::Ipv4(self.from.0), IpAddress::Ipv4(self.to.0));
        let write = |payload: &mut [u8]| payload.copy_from_slice(&self.payload);
        udp.emit(
            &mut UdpPacket::new_unchecked(packet.payload_mut()),
            &from,
            &to,
            self.payload.len(),
            write,
            &checksums,
        );
        bytes
    }
}

impl Host for Neighbour {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let (ssid, datagram) = match self {
            Self::Board(board) => return board.poll(nic),
            Self::Passer { ssid, datagram } => (ssid, datagram),
        };
        match nic.take_event() {
            Some(NicEvent::Joined { .. }) => {
                if let Some(datagram) = datagram.take() {
                    nic.send(datagram.frame(nic.hardware_address()));
                }
            }
            _ if datagram.is_some() => nic.join(ssid, Some("correct horse")),
            _ => {}
        }
        nic.discard();
        None
    }
}

/// A world of neighbours.
struct Town {
    world: World<Machine<Neighbour>>,
    hosts: u16,
}

impl Town {
    fn new(seed: u64) -> Self {
        Self { world: World::new(seed), hosts: 1 }
    }

    fn station(&mut self, neighbour: Neighbour) -> NodeId {
        self.hosts += 1;
        let machine = Machine::Board(Box::new(neighbour));
        self.world.add_station(hardware_address(self.hosts), Placement { position_m: 3.0 }, machine)
    }

    fn board(&mut self, fields: &[(&str, &str)]) -> NodeId {
        let mut board = Board::new(settings(fields), self.hosts.into());
        board.record_events();
        self.station(Neighbour::Board(Box::new(board)))
    }

    /// Somebody joins this network, says this, and answers nothing.
    fn passer(&mut self, ssid: &'static str, datagram: Datagram) {
        self.station(Neighbour::Passer { ssid, datagram: Some(datagram) });
        self.world.run_for(secs(10));
    }

    fn peek(&mut self, node: NodeId) -> &mut Board {
        match self.world.host_mut(node).as_board_mut() {
            Some(Neighbour::Board(board)) => board,
            _ => panic!("a board"),
        }
    }
}

/// A station that keeps its address for longer is answered there (RFC 2131, section 4.1).
#[test]
fn a_station_that_is_gone_keeps_nobody_else_from_an_address() {
    let mut town = Town::new(70);
    let lamps = [("ssid", "Lamps"), ("wifi", "access_point"), ("role", "server")];
    let lamp = town.board(&lamps);
    town.world.run_for(secs(5));
    let address = Ipv4Addr::new(192, 168, 4, 9);
    // It has had no answer to its renewals, and asks all servers.
    let rebinding = DhcpRepr {
        message_type: DhcpMessageType::Request,
        transaction_id: 1,
        secs: 0,
        client_hardware_address: EthernetAddress(hardware_address(99)),
        client_ip: address,
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
    };
    let mut payload = vec![0; rebinding.buffer_len()];
    rebinding.emit(&mut DhcpPacket::new_unchecked(&mut payload)).expect("it fits");
    town.passer("Lamps", Datagram { from: (address, 68), to: (Ipv4Addr::BROADCAST, 67), payload });
    let leases = |town: &mut Town| town.peek(lamp).status().access_point.expect("it is one").leases().count();
    assert_eq!(leases(&mut town), 1, "there is an answer for it");
    let kitchen = town.board(&[("ssid", "Lamps"), ("role", "server"), ("name", "kitchen")]);
    town.world.run_for(secs(20));
    assert!(town.peek(kitchen).address().is_some());
    assert_eq!(leases(&mut town), 2);
}

/// Whoever asks from a port of its own is answered there (RFC 6762, section 6.7).
#[test]
fn an_asker_that_is_gone_keeps_nobody_else_from_an_answer() {
    let mut town = Town::new(71);
    let access_point = town.world.air_mut().add_access_point(AccessPointConfig::default());
    town.world.add_wired(hardware_address(1), access_point, Router::new(RouterConfig::default()).into());
    let lamp = town.board(&[("role", "server"), ("name", "lamp")]);
    town.world.run_for(secs(20));
    assert!(town.peek(lamp).take_events().iter().any(|event| matches!(event.kind, BoardEventKind::Announced(_))));
    // One question: type A, class IN.
    let payload = b"\x00\x07\0\0\0\x01\0\0\0\0\0\0\x04lamp\x05local\0\0\x01\0\x01".to_vec();
    let group = Ipv4Addr::new(224, 0, 0, 251);
    town.passer("Home", Datagram { from: (Ipv4Addr::new(192, 168, 1, 9), 5000), to: (group, 5353), payload });
    let client = town.board(&[("role", "client")]);
    town.world.run_for(secs(20));
    assert!(town.peek(client).color().is_some());
}

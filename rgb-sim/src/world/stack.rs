//! A TCP/IP stack: smoltcp, set up as the firmware sets it up.
//!
//! smoltcp looks at every socket of a set for each frame, for each thing to send and for the next time-out. Nearly all
//! frames are for one TCP socket, so each of these is a set of its own, and all others are left alone meanwhile.

mod sockets;

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;
use smoltcp::iface::{Config, Context, Interface, SocketHandle};
use smoltcp::socket::{AnySocket, dhcpv4, tcp, udp};
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr, IpEndpoint, Ipv4Cidr};

use super::Nic;
use sockets::{NEVER, Segment, Sockets, Tcp};

/// The stack and its sockets.
pub(super) struct Stack {
    interface: Interface,
    /// By [`TcpHandle`]; places are used again.
    tcp: Vec<Option<Tcp>>,
    /// UDP, DHCP and DNS.
    others: Sockets,
    /// How often it was polled.
    polls: u64,
    /// None where the address is fixed.
    dhcp: Option<SocketHandle>,
    address: Option<Ipv4Addr>,
    gateway: Option<Ipv4Addr>,
    name_servers: Vec<IpAddress>,
}

/// A TCP socket of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpHandle(usize);

/// Of which sockets a poll of the stack may have changed one.
#[derive(Clone, Copy)]
pub(super) struct Changes {
    pub(super) tcp: bool,
    pub(super) others: bool,
}

/// How long an answer to the search for an address may take until it is asked for again, as in the firmware.
const DISCOVER_TIMEOUT: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(3);

impl Stack {
    /// A stack that asks for an address, or has this one.
    pub(super) fn new(nic: &mut Nic<'_>, address: Option<Ipv4Cidr>, seed: u64) -> Self {
        let hardware_address = HardwareAddress::Ethernet(EthernetAddress(nic.hardware_address()));
        let mut config = Config::new(hardware_address);
        config.random_seed = seed;
        let now = smoltcp_instant(nic.now());
        let mut stack = Self {
            interface: Interface::new(config, nic, now),
            tcp: Vec::new(),
            others: Sockets::new(),
            polls: 0,
            dhcp: None,
            address: None,
            gateway: None,
            name_servers: Vec::new(),
        };
        if address.is_none() {
            let mut dhcp = dhcpv4::Socket::new();
            let mut retry = dhcp.get_retry_config();
            retry.discover_timeout = DISCOVER_TIMEOUT;
            retry.initial_request_timeout = DISCOVER_TIMEOUT;
            dhcp.set_retry_config(retry);
            stack.dhcp = Some(stack.add(dhcp));
        }
        stack.set_address(address);
        stack
    }

    pub(super) const fn address(&self) -> Option<Ipv4Addr> {
        self.address
    }

    /// Who leads out of here.
    pub(super) const fn gateway(&self) -> Option<Ipv4Addr> {
        self.gateway
    }

    /// Who knows names here.
    pub(super) fn name_servers(&self) -> &[IpAddress] {
        &self.name_servers
    }

    pub(super) fn add_tcp(&mut self, socket: tcp::Socket<'static>) -> TcpHandle {
        let place = self.tcp.iter().position(Option::is_none).unwrap_or_else(|| {
            self.tcp.push(None);
            self.tcp.len() - 1
        });
        self.tcp[place] = Some(Tcp::new(socket));
        TcpHandle(place)
    }

    pub(super) fn remove_tcp(&mut self, handle: TcpHandle) {
        self.tcp[handle.0] = None;
    }

    /// Adds a socket of any other kind.
    pub(super) fn add(&mut self, socket: impl AnySocket<'static>) -> SocketHandle {
        self.others.is_touched = true;
        self.others.set.add(socket)
    }

    pub(super) fn tcp(&mut self, handle: TcpHandle) -> &mut tcp::Socket<'static> {
        self.tcp[handle.0].as_mut().expect(Tcp::IN_USE).socket_mut()
    }

    pub(super) fn socket<T: AnySocket<'static>>(&mut self, handle: SocketHandle) -> &mut T {
        self.others.set.get_mut(handle)
    }

    /// A socket, and what it needs to connect.
    pub(super) fn tcp_with_context(&mut self, handle: TcpHandle) -> (&mut tcp::Socket<'static>, &mut Context) {
        (self.tcp[handle.0].as_mut().expect(Tcp::IN_USE).socket_mut(), self.interface.context())
    }

    /// A socket, and what it needs to ask.
    pub(super) fn socket_with_context<T: AnySocket<'static>>(
        &mut self,
        handle: SocketHandle,
    ) -> (&mut T, &mut Context) {
        (self.others.set.get_mut(handle), self.interface.context())
    }

    /// This TCP socket may have something to send.
    pub(super) fn touch_tcp(&mut self, handle: TcpHandle) {
        self.tcp[handle.0].as_mut().expect(Tcp::IN_USE).sockets.is_touched = true;
    }

    /// Whether the last poll let something into a TCP socket, or its connection has ended.
    pub(super) fn has_tcp_changed(&self, handle: TcpHandle) -> bool {
        self.tcp[handle.0].as_ref().expect(Tcp::IN_USE).changed_in == self.polls
    }

    /// A socket of another kind may have something to send.
    pub(super) const fn touch_others(&mut self) {
        self.others.is_touched = true;
    }

    /// Lets frames in and out.
    pub(super) fn poll(&mut self, nic: &mut Nic<'_>) -> Changes {
        let now = nic.now();
        self.polls += 1;
        let Self { interface, tcp, others, polls, .. } = self;
        let mut changes = Changes { tcp: false, others: false };
        while let Some(frame) = nic.arrived() {
            let sockets = match Segment::parse(frame) {
                Some(segment) => match tcp.iter_mut().flatten().find(|tcp| tcp.accepts(&segment)) {
                    Some(tcp) => {
                        tcp.changed_in = *polls;
                        changes.tcp = true;
                        &mut tcp.sockets
                    }
                    // Nobody has asked for it, and the stack says so.
                    None => &mut *others,
                },
                None => {
                    // It may be the answer that any socket has waited for to learn a hardware address.
                    tcp.iter_mut().flatten().for_each(|tcp| tcp.sockets.is_touched = true);
                    &mut *others
                }
            };
            sockets.is_touched = true;
            interface.poll_ingress_single(smoltcp_instant(now), nic, &mut sockets.set);
        }
        for tcp in tcp.iter_mut().flatten() {
            if tcp.sockets.is_due(now) {
                tcp.sockets.send(interface, nic, now);
                // What leaves changes nothing for the socket's owner, unless it was the end.
                if tcp.socket().state() == tcp::State::Closed {
                    tcp.changed_in = *polls;
                    changes.tcp = true;
                }
            }
        }
        if others.is_due(now) {
            others.send(interface, nic, now);
            changes.others = true;
        }
        changes
    }

    /// Does without a link: nothing comes, and what would leave is lost. Any socket may have changed in other ways.
    pub(super) fn poll_unlinked(&mut self) -> Changes {
        self.polls += 1;
        self.tcp.iter_mut().flatten().for_each(|tcp| tcp.changed_in = self.polls);
        Changes { tcp: true, others: true }
    }

    /// When the stack has something to do by itself.
    pub(super) fn poll_at(&mut self, now: Instant) -> Option<Instant> {
        let Self { interface, tcp, others, .. } = self;
        let due = others.poll_at(interface, now);
        let due = tcp.iter_mut().flatten().fold(due, |due, tcp| due.min(tcp.sockets.poll_at(interface, now)));
        (due != NEVER).then_some(due)
    }

    /// There is no link: an address is asked for anew on the next one.
    pub(super) fn reset(&mut self) {
        if let Some(dhcp) = self.dhcp {
            self.socket::<dhcpv4::Socket<'_>>(dhcp).reset();
            // What it would tell of that is done here.
            self.socket::<dhcpv4::Socket<'_>>(dhcp).poll();
            self.touch_others();
            self.set_address(None);
        }
    }

    /// Takes what the network said of the address. Whether there is another one now, or none any more.
    pub(super) fn take_address_change(&mut self) -> bool {
        let Some(dhcp) = self.dhcp else { return false };
        let (address, router) = match self.others.set.get_mut::<dhcpv4::Socket<'_>>(dhcp).poll() {
            None => return false,
            Some(dhcpv4::Event::Configured(config)) => {
                self.name_servers.clear();
                self.name_servers.extend(config.dns_servers.iter().copied().map(IpAddress::Ipv4));
                (Some(config.address), config.router)
            }
            Some(dhcpv4::Event::Deconfigured) => (None, None),
        };
        self.set_address(address);
        self.gateway = router;
        if let Some(router) = router {
            // The table is empty.
            let _ = self.interface.routes_mut().add_default_ipv4_route(router);
        }
        true
    }

    /// Has this address from now on, or none.
    pub(super) fn set_address(&mut self, address: Option<Ipv4Cidr>) {
        self.address = address.map(|cidr| cidr.address());
        self.gateway = None;
        self.interface.routes_mut().remove_default_ipv4_route();
        self.interface.update_ip_addrs(|addresses| {
            addresses.clear();
            // There is room for at least one.
            let _ = address.is_none_or(|address| addresses.push(IpCidr::Ipv4(address)).is_ok());
        });
    }

    /// Hears what is sent to this group.
    pub(super) fn join_group(&mut self, group: Ipv4Addr) {
        // It is the only group.
        let _ = self.interface.join_multicast_group(group);
        self.touch_others();
    }
}

/// A UDP socket with room for so many datagrams each way, and so many bytes.
pub(super) fn udp_socket(packets: usize, receive_len: usize, transmit_len: usize) -> udp::Socket<'static> {
    let buffer = |len| udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; packets], vec![0; len]);
    udp::Socket::new(buffer(receive_len), buffer(transmit_len))
}

/// Takes the next datagram, and whose it is.
pub(super) fn receive<'a>(socket: &'a mut udp::Socket<'static>) -> Option<(&'a [u8], SocketAddrV4)> {
    let (bytes, metadata) = socket.recv().ok()?;
    let IpEndpoint { addr: IpAddress::Ipv4(ip), port } = metadata.endpoint;
    Some((bytes, SocketAddrV4::new(ip, port)))
}

pub(super) fn smoltcp_instant(at: Instant) -> smoltcp::time::Instant {
    smoltcp::time::Instant::from_micros(at.as_micros().cast_signed())
}

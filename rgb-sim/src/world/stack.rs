//! A TCP/IP stack: smoltcp, set up as the firmware sets it up.
//!
//! smoltcp looks at every socket of a set for each frame, for each thing to send and for the next time-out. Nearly all
//! frames are TCP's, so its sockets are a set of their own, and the others are left alone meanwhile.

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;
use smoltcp::iface::{Config, Context, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::socket::{AnySocket, dhcpv4, tcp, udp};
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr, IpEndpoint, Ipv4Cidr};

use super::{Nic, earlier};

/// The stack and its sockets.
pub(super) struct Stack {
    interface: Interface,
    tcp: Sockets,
    /// UDP, DHCP and DNS.
    others: Sockets,
    /// None where the address is fixed.
    dhcp: Option<SocketHandle>,
    address: Option<Ipv4Addr>,
    gateway: Option<Ipv4Addr>,
    name_servers: Vec<IpAddress>,
}

/// Sockets of one kind.
struct Sockets {
    set: SocketSet<'static>,
    /// When one of them has something to send by itself.
    due: Option<Instant>,
    /// One of them may have something to send now.
    is_touched: bool,
    /// Since `due` was found out, something was let in or out; and whether something was sent.
    is_stale: bool,
    has_sent: bool,
}

/// What a poll of the stack may have changed.
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
            tcp: Sockets::new(),
            others: Sockets::new(),
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

    pub(super) fn add_tcp(&mut self, socket: tcp::Socket<'static>) -> SocketHandle {
        self.tcp.set.add(socket)
    }

    pub(super) fn remove_tcp(&mut self, handle: SocketHandle) {
        self.tcp.set.remove(handle);
        self.tcp.is_stale = true;
    }

    /// Adds a socket of any other kind.
    pub(super) fn add(&mut self, socket: impl AnySocket<'static>) -> SocketHandle {
        self.others.is_touched = true;
        self.others.set.add(socket)
    }

    pub(super) fn tcp(&mut self, handle: SocketHandle) -> &mut tcp::Socket<'static> {
        self.tcp.set.get_mut(handle)
    }

    pub(super) fn socket<T: AnySocket<'static>>(&mut self, handle: SocketHandle) -> &mut T {
        self.others.set.get_mut(handle)
    }

    /// A socket, and what it needs to connect.
    pub(super) fn tcp_with_context(&mut self, handle: SocketHandle) -> (&mut tcp::Socket<'static>, &mut Context) {
        (self.tcp.set.get_mut(handle), self.interface.context())
    }

    /// A socket, and what it needs to ask.
    pub(super) fn socket_with_context<T: AnySocket<'static>>(
        &mut self,
        handle: SocketHandle,
    ) -> (&mut T, &mut Context) {
        (self.others.set.get_mut(handle), self.interface.context())
    }

    /// A TCP socket may have something to send.
    pub(super) const fn touch_tcp(&mut self) {
        self.tcp.is_touched = true;
    }

    /// A socket of another kind may have something to send.
    pub(super) const fn touch_others(&mut self) {
        self.others.is_touched = true;
    }

    /// Lets frames in and out.
    pub(super) fn poll(&mut self, nic: &mut Nic<'_>) -> Changes {
        let now = nic.now();
        while let Some(is_tcp) = nic.arrived().map(is_tcp) {
            self.tcp.is_touched = true;
            // What is no TCP may be the answer that any socket has waited for to learn a hardware address.
            self.others.is_touched |= !is_tcp;
            let sockets = if is_tcp { &mut self.tcp } else { &mut self.others };
            self.interface.poll_ingress_single(smoltcp_instant(now), nic, &mut sockets.set);
        }
        Changes {
            tcp: self.tcp.send(&mut self.interface, nic, now),
            others: self.others.send(&mut self.interface, nic, now),
        }
    }

    /// When the stack has something to do by itself.
    pub(super) fn poll_at(&mut self, now: Instant) -> Option<Instant> {
        let Self { interface, tcp, others, .. } = self;
        earlier(tcp.poll_at(interface, now), others.poll_at(interface, now))
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

impl Sockets {
    fn new() -> Self {
        Self { set: SocketSet::new(Vec::new()), due: None, is_touched: false, is_stale: false, has_sent: false }
    }

    /// Sends what there is to send, at most once for each socket. Whether there may have been anything.
    fn send(&mut self, interface: &mut Interface, nic: &mut Nic<'_>, now: Instant) -> bool {
        let is_due = self.is_touched || self.due.is_some_and(|due| due <= now);
        if is_due {
            let result = interface.poll_egress(smoltcp_instant(now), nic, &mut self.set);
            self.has_sent = result == PollResult::SocketStateChanged;
            self.is_touched = false;
            self.is_stale = true;
        }
        is_due
    }

    fn poll_at(&mut self, interface: &mut Interface, now: Instant) -> Option<Instant> {
        /// What is due and could not leave is tried again after so long.
        const RETRY_MICROS: u64 = 100;
        if self.is_stale {
            self.is_stale = false;
            let due = interface.poll_at(smoltcp_instant(now), &self.set);
            let due = due.map(|due| Instant::from_micros(due.total_micros().max(0).cast_unsigned()));
            self.due = due.map(|due| match due > now {
                true => due,
                false if self.has_sent => now,
                false => Instant::from_micros(now.as_micros() + RETRY_MICROS),
            });
        }
        self.due
    }
}

/// Whether a frame is for a TCP socket: an IPv4 packet (at 12 of the Ethernet header) of protocol 6 (at 9 of its own).
fn is_tcp(frame: &[u8]) -> bool {
    const IPV4: [u8; 2] = [0x08, 0x00];
    const TCP: u8 = 6;
    frame.get(12..14) == Some(&IPV4) && frame.get(14 + 9) == Some(&TCP)
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

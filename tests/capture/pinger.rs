//! A host on a wire that pings others.

use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::Instant;
use rgb_sim::world::{Host, Nic};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::socket::icmp;
use smoltcp::wire::{EthernetAddress, Icmpv4Packet, Icmpv4Repr, IpCidr, Ipv4Cidr};

/// Pings each of some hosts once a second, with payloads of even and odd length.
pub(super) struct Pinger {
    address: Ipv4Addr,
    targets: Vec<Ipv4Addr>,
    running: Option<Running>,
}

struct Running {
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    next: Instant,
    number: u16,
}

impl Pinger {
    const IDENT: u16 = 7;

    pub(super) fn new(address: Ipv4Addr, targets: impl IntoIterator<Item = Ipv4Addr>) -> Self {
        Self { address, targets: targets.into_iter().collect(), running: None }
    }
}

impl Host for Pinger {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let Self { address, targets, running } = self;
        let running = running.get_or_insert_with(|| Running::start(nic, *address));
        if nic.now() >= running.next {
            running.next = nic.now() + Duration::from_secs(1);
            for target in targets {
                running.ping(*target);
            }
        }
        let now = smoltcp_instant(nic);
        let Running { interface, sockets, .. } = running;
        interface.poll(now, nic, sockets);
        // What waits for a hardware address is sent when that has come.
        Some(running.next)
    }
}

impl Running {
    fn start(nic: &mut Nic<'_>, address: Ipv4Addr) -> Self {
        let config = Config::new(EthernetAddress(nic.hardware_address()).into());
        let now = smoltcp_instant(nic);
        let mut interface = Interface::new(config, nic, now);
        let cidr = IpCidr::Ipv4(Ipv4Cidr::new(address, 24));
        interface.update_ip_addrs(|addresses| addresses.push(cidr).expect("there is room for one"));
        let buffer = || icmp::PacketBuffer::new(vec![icmp::PacketMetadata::EMPTY; 8], vec![0; 4096]);
        let mut socket = icmp::Socket::new(buffer(), buffer());
        socket.bind(icmp::Endpoint::Ident(Pinger::IDENT)).expect("a new socket can be bound");
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(socket);
        Self { interface, sockets, socket, next: nic.now(), number: 0 }
    }

    fn ping(&mut self, target: Ipv4Addr) {
        let socket = self.sockets.get_mut::<icmp::Socket<'_>>(self.socket);
        // Nobody reads the answers here: they are in the file.
        while socket.recv().is_ok() {}
        let data = vec![0xa5; 56 + usize::from(self.number % 2)];
        let request = Icmpv4Repr::EchoRequest { ident: Pinger::IDENT, seq_no: self.number, data: &data };
        self.number += 1;
        if let Ok(room) = socket.send(request.buffer_len(), target.into()) {
            request.emit(&mut Icmpv4Packet::new_unchecked(room), &ChecksumCapabilities::default());
        }
    }
}

fn smoltcp_instant(nic: &Nic<'_>) -> smoltcp::time::Instant {
    smoltcp::time::Instant::from_micros(nic.now().as_micros() as i64)
}

//! Long streams through a router's connections, to a host that sends everything back.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::Instant;
use rgb_sim::world::{
    AccessPointConfig, ConnectionId, ConnectionState, Host, LinkRule, Machine, Nic, NodeId, Placement, Router,
    RouterConfig, World,
};
use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::socket::tcp;
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Cidr};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 9);
const PORT: u16 = 7;

/// A host by radio that takes one connection and sends back what comes, and ends its stream behind that.
struct Echo {
    /// Takes nothing until this is gone.
    is_asleep: bool,
    stack: Option<(Interface, SocketSet<'static>)>,
}

impl Host for Echo {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let now = smoltcp::time::Instant::from_micros(nic.now().as_micros() as i64);
        let (interface, sockets) = self.stack.get_or_insert_with(|| listening(nic, now));
        loop {
            interface.poll(now, nic, sockets);
            let (_, socket) = sockets.iter_mut().next().expect("one was added");
            let smoltcp::socket::Socket::Tcp(socket) = socket else { unreachable!("it is TCP") };
            if self.is_asleep || !send_back(socket) {
                break;
            }
        }
        let due = interface.poll_at(now, sockets)?;
        Some(Instant::from_micros(due.total_micros() as u64).max(nic.now() + Duration::from_micros(100)))
    }
}

fn listening(nic: &mut Nic<'_>, now: smoltcp::time::Instant) -> (Interface, SocketSet<'static>) {
    nic.join("Home", Some("correct horse"));
    let config = Config::new(EthernetAddress(nic.hardware_address()).into());
    let mut interface = Interface::new(config, nic, now);
    interface
        .update_ip_addrs(|addresses| addresses.push(IpCidr::Ipv4(Ipv4Cidr::new(ADDRESS, 24))).expect("room for one"));
    let buffer = || tcp::SocketBuffer::new(vec![0; 3000]);
    let mut socket = tcp::Socket::new(buffer(), buffer());
    socket.listen(PORT).expect("a new socket listens");
    let mut sockets = SocketSet::new(Vec::new());
    sockets.add(socket);
    (interface, sockets)
}

/// Whether there was anything to do.
fn send_back(socket: &mut tcp::Socket<'_>) -> bool {
    if socket.state() == tcp::State::CloseWait && socket.recv_queue() == 0 {
        socket.close();
        return true;
    }
    let mut bytes = vec![0; socket.recv_queue().min(socket.send_capacity() - socket.send_queue())];
    let len = socket.recv_slice(&mut bytes).unwrap_or_default();
    len > 0 && socket.send_slice(&bytes[..len]) == Ok(len)
}

/// A world of a router and an echo, and a connection between them.
struct Line {
    world: World<Machine<Echo>>,
    router: NodeId,
    echo: NodeId,
    id: ConnectionId,
}

impl Line {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
        let router = Machine::Router(Box::new(Router::new(RouterConfig::default())));
        let router = world.add_wired([2, 0, 0, 0, 0, 1], access_point, router);
        let echo = Machine::Board(Box::new(Echo { is_asleep: false, stack: None }));
        let echo = world.add_station([2, 0, 0, 0, 0, 2], Placement { position_m: 3.0 }, echo);
        world.run_for(Duration::from_secs(5));
        let to = SocketAddrV4::new(ADDRESS, PORT);
        let id = world.host_mut(router).as_router_mut().expect("a router").connect(to);
        Self { world, router, echo, id }
    }

    fn router(&mut self) -> &mut Router {
        self.world.host_mut(self.router).as_router_mut().expect("a router")
    }

    fn state(&mut self) -> ConnectionState {
        let id = self.id;
        self.router().connection_state(id)
    }

    /// Sends what there is room for, in pieces of at most this size; how many bytes.
    fn send(&mut self, bytes: &[u8], piece: usize) -> usize {
        let (mut sent, id) = (0, self.id);
        loop {
            let rest = &bytes[sent..];
            let len = self.router().send(id, |room| {
                let len = rest.len().min(piece).min(room.len());
                room[..len].copy_from_slice(&rest[..len]);
                len
            });
            if len == 0 {
                return sent;
            }
            sent += len;
        }
    }

    /// Takes all that has come, in pieces of at most this size.
    fn receive(&mut self, piece: usize) -> Vec<u8> {
        let (mut received, id) = (Vec::new(), self.id);
        let take = |received: &mut Vec<u8>, bytes: &[u8]| {
            let len = bytes.len().min(piece);
            received.extend(&bytes[..len]);
            len
        };
        while self.router().receive(id, |bytes| take(&mut received, bytes)) > 0 {}
        received
    }
}

fn stream(len: usize) -> Vec<u8> {
    (0..len as u32).flat_map(|number| (number / 4).to_le_bytes()[number as usize % 4..][..1].to_vec()).collect()
}

#[test]
fn nothing_more_is_taken_than_the_buffers_hold() {
    let mut line = Line::new(1);
    let echo = line.echo;
    line.world.host_mut(echo).as_board_mut().expect("the echo").is_asleep = true;
    let bytes = stream(100_000);
    let mut sent = 0;
    for _ in 0..20_000 {
        sent += line.send(&bytes[sent..], usize::MAX);
        line.world.run_for(Duration::from_millis(1));
    }
    assert_eq!(sent, 16 * 1024 + 3000);
    // What was taken is not lost: silence is no failure as long as the host answers.
    line.world.host_mut(echo).as_board_mut().expect("the echo").is_asleep = false;
    let mut received = Vec::new();
    while received.len() < sent {
        line.world.run_for(Duration::from_millis(1));
        received.extend(line.receive(usize::MAX));
    }
    assert_eq!(received, bytes[..sent]);
    assert_eq!(line.state(), ConnectionState::Open);
}

#[test]
fn what_came_before_the_end_is_there_long_after_it() {
    let mut line = Line::new(2);
    let bytes = stream(10_000);
    line.world.run_for(Duration::from_millis(10));
    assert_eq!(line.send(&bytes, usize::MAX), bytes.len());
    let id = line.id;
    line.router().finish(id);
    assert_eq!(line.send(&bytes, usize::MAX), 0, "the stream has ended");
    line.world.run_for(Duration::from_secs(600));
    assert_eq!(line.state(), ConnectionState::Open);
    assert_eq!(line.receive(999), bytes);
    assert_eq!(line.state(), ConnectionState::Closed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// All of it, unless so much was lost that the connection was.
    #[test]
    fn a_stream_comes_back_in_order_over_any_link(
        seed: u64,
        len in 0_usize..40_000,
        piece in 1_usize..5000,
        loss in prop_oneof![Just(0.0), 0.0..0.1],
        jitter_ms in 0_u64..20,
        duplicate in 0.0..0.2,
    ) {
        let mut line = Line::new(seed);
        let jitter = Duration::from_millis(jitter_ms);
        line.world.air_mut().add_link_rule(line.echo, LinkRule { loss, jitter, duplicate, ..Default::default() });
        let (bytes, id) = (stream(len), line.id);
        let (mut sent, mut received) = (0, Vec::new());
        while matches!(line.state(), ConnectionState::Connecting | ConnectionState::Open) {
            sent += line.send(&bytes[sent..], piece);
            if sent == len {
                line.router().finish(id);
            }
            line.world.run_for(Duration::from_millis(5));
            received.extend(line.receive(piece));
        }
        if matches!(line.state(), ConnectionState::PeerFinished | ConnectionState::Closed) {
            prop_assert_eq!(received, bytes);
        } else {
            prop_assert!(loss > 0.0 && bytes.starts_with(&received), "{:?}", line.state());
        }
    }
}

//! Connections that a router opens to hosts of its network, for what stands outside of the world.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::time::Duration;

use rgb_proto::Instant;
use smoltcp::socket::tcp;

use super::{Router, Running};
use crate::world::earlier;
use crate::world::stack::{Stack, TcpHandle};

/// A connection's number at its router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(u64);

/// How a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// The host has not answered yet.
    Connecting,
    /// Bytes come and go.
    Open,
    /// The host has ended its stream, and all of it was received. The host still takes what is sent.
    PeerFinished,
    /// Both streams have ended, or the connection was closed.
    Closed,
    /// Nobody listens there.
    Refused,
    /// The host did not answer within [`Router::CONNECT_TIMEOUT`].
    TimedOut,
    /// The host broke off, or was silent for [`Router::SILENCE_TIMEOUT`]. All that came before was received.
    Reset,
}

impl Router {
    /// How long a host may take to answer.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// How long a host may be silent once it has answered. Within it, it is asked twice for a sign of life.
    pub const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);

    /// Opens a connection from the router's own address. It is kept until [`close`](Self::close), whatever becomes of it.
    pub fn connect(&mut self, to: SocketAddrV4) -> ConnectionId {
        self.connections.connect(to)
    }

    /// How a connection is doing.
    pub fn connection_state(&mut self, id: ConnectionId) -> ConnectionState {
        if let Some((stack, socket)) = self.connected(id) {
            return match has_peer_finished(stack.tcp(socket)) {
                true => ConnectionState::PeerFinished,
                false => ConnectionState::Open,
            };
        }
        match self.connections.open.get(&id).map(|connection| &connection.stage) {
            Some(Stage::Asked | Stage::Connecting { .. }) => ConnectionState::Connecting,
            Some(Stage::Over { rest, .. }) if !rest.is_empty() => ConnectionState::Open,
            Some(Stage::Over { state, .. }) => *state,
            Some(Stage::Connected { .. }) | None => ConnectionState::Closed,
        }
    }

    /// Sends what `write` puts into the room that there is; it returns how many bytes it has put there, and so does this.
    /// Where there is no room, it is not called.
    ///
    /// # Panics
    ///
    /// When `write` returns more than there is room for.
    pub fn send(&mut self, id: ConnectionId, write: impl FnOnce(&mut [u8]) -> usize) -> usize {
        let Some((stack, socket)) = self.connected(id) else { return 0 };
        let tcp = stack.tcp(socket);
        if !tcp.can_send() {
            return 0;
        }
        let sent = tcp.send(|room| {
            let len = write(room);
            (len, len)
        });
        stack.touch_tcp(socket);
        sent.expect("a socket that can send takes bytes")
    }

    /// Hands over what has come, or its first part; `take` returns how many bytes of it are done with, and so does this.
    /// Where nothing has come, it is not called.
    ///
    /// # Panics
    ///
    /// When `take` returns more than it was given.
    pub fn receive(&mut self, id: ConnectionId, take: impl FnOnce(&[u8]) -> usize) -> usize {
        if let Some(Stage::Over { rest, .. }) =
            self.connections.open.get_mut(&id).map(|connection| &mut connection.stage)
        {
            return if rest.is_empty() { 0 } else { rest.drain(..take(rest)).len() };
        }
        let Some((stack, socket)) = self.connected(id) else { return 0 };
        let tcp = stack.tcp(socket);
        if !tcp.can_recv() {
            return 0;
        }
        let received = tcp.recv(|bytes| {
            let len = take(bytes);
            (len, len)
        });
        // There may be room to announce.
        stack.touch_tcp(socket);
        received.expect("a socket that can receive has bytes")
    }

    /// Ends the stream to the host, behind all that was sent. What it sends is still received.
    pub fn finish(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.open.get_mut(&id) {
            connection.is_finished = true;
        }
        if let Some((stack, socket)) = self.connected(id) {
            stack.tcp(socket).close();
            stack.touch_tcp(socket);
        }
    }

    /// Gives a connection up. If both streams have ended, what was sent still arrives; if not, the host is told by a reset.
    pub fn close(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.open.remove(&id) else { return };
        let Some(Running { stack, .. }) = &mut self.running else { return };
        match connection.stage {
            Stage::Asked | Stage::Over { .. } => {}
            // An answer that still comes finds no socket, which resets it.
            Stage::Connecting { socket, .. } => stack.remove_tcp(socket),
            Stage::Connected { socket } => {
                let tcp = stack.tcp(socket);
                if !(connection.is_finished && has_peer_finished(tcp)) {
                    tcp.abort();
                    stack.touch_tcp(socket);
                }
                self.connections.closing.push(socket);
            }
        }
    }

    /// The stack, and the socket of a connection that is neither to come nor over.
    fn connected(&mut self, id: ConnectionId) -> Option<(&mut Stack, TcpHandle)> {
        let Stage::Connected { socket } = self.connections.open.get(&id)?.stage else { return None };
        Some((&mut self.running.as_mut()?.stack, socket))
    }
}

/// Whether nothing can come any more. TIME-WAIT is not waited for: it keeps what is late from the next connection on the same
/// port, and here that comes much later still.
fn is_over(socket: &tcp::Socket<'_>) -> bool {
    matches!(socket.state(), tcp::State::Closed | tcp::State::TimeWait)
}

/// Takes all that has come.
fn drain(socket: &mut tcp::Socket<'_>) -> Vec<u8> {
    let mut bytes = vec![0; socket.recv_queue()];
    let len = socket.recv_slice(&mut bytes).unwrap_or_default();
    bytes.truncate(len);
    bytes
}

/// Whether the peer's stream has ended and all of it was received.
fn has_peer_finished(socket: &mut tcp::Socket<'_>) -> bool {
    socket.recv(|_| (0, ())) == Err(tcp::RecvError::Finished)
}

/// A router's connections.
#[derive(Default)]
pub(super) struct Connections {
    open: BTreeMap<ConnectionId, Connection>,
    /// Nobody asks for these any more.
    closing: Vec<TcpHandle>,
    opened: u64,
}

struct Connection {
    to: SocketAddrV4,
    stage: Stage,
    /// The stream to the host ends, or has ended.
    is_finished: bool,
}

enum Stage {
    /// The router was not polled since.
    Asked,
    Connecting {
        socket: TcpHandle,
        deadline: Instant,
    },
    Connected {
        socket: TcpHandle,
    },
    /// There is no socket any more, but there may be bytes that were not received yet.
    Over {
        state: ConnectionState,
        rest: Vec<u8>,
    },
}

impl Stage {
    /// There never was a connection.
    const fn failed(state: ConnectionState) -> Self {
        Self::Over { state, rest: Vec::new() }
    }
}

impl ConnectionId {
    /// The first of the ports that are nobody's (RFC 6335, section 6).
    const PORT_FIRST: u16 = 49152;

    const fn local_port(self) -> u16 {
        Self::PORT_FIRST | self.0 as u16
    }
}

impl Connections {
    /// Each way; a board's own buffers are smaller.
    const BUFFER_LEN: usize = 16 * 1024;

    fn connect(&mut self, to: SocketAddrV4) -> ConnectionId {
        let id = loop {
            let id = ConnectionId(self.opened);
            self.opened += 1;
            // After some thousand others a port comes again, and what had it may still be there.
            if self.open.keys().all(|other| other.local_port() != id.local_port()) {
                break id;
            }
        };
        self.open.insert(id, Connection { to, stage: Stage::Asked, is_finished: false });
        id
    }

    /// Does what is to be done now. Whether the stack may have something to send because of it.
    pub(super) fn poll(&mut self, stack: &mut Stack, now: Instant) -> bool {
        let mut has_acted = false;
        for (id, connection) in &mut self.open {
            if let Some(stage) = connection.next(*id, stack, now) {
                connection.stage = stage;
                has_acted = true;
            }
        }
        // The stack was polled since these were closed, so a reset has left.
        self.closing.retain(|socket| {
            let is_over = is_over(stack.tcp(*socket));
            if is_over {
                stack.remove_tcp(*socket);
            }
            !is_over
        });
        has_acted
    }

    /// When a host has had its time to answer.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        self.open.values().fold(None, |due, connection| match connection.stage {
            Stage::Connecting { deadline, .. } => earlier(due, Some(deadline)),
            _ => due,
        })
    }
}

impl Connection {
    /// The stage that comes now, if there is another one.
    fn next(&self, id: ConnectionId, stack: &mut Stack, now: Instant) -> Option<Stage> {
        match self.stage {
            Stage::Asked => Some(self.open(id, stack, now)),
            Stage::Connecting { socket, deadline } => match stack.tcp(socket).state() {
                tcp::State::SynSent | tcp::State::SynReceived if now < deadline => None,
                tcp::State::SynSent | tcp::State::SynReceived => {
                    stack.remove_tcp(socket);
                    Some(Stage::failed(ConnectionState::TimedOut))
                }
                tcp::State::Closed => {
                    stack.remove_tcp(socket);
                    Some(Stage::failed(ConnectionState::Refused))
                }
                _ => {
                    if self.is_finished {
                        stack.tcp(socket).close();
                        stack.touch_tcp(socket);
                    }
                    Some(Stage::Connected { socket })
                }
            },
            Stage::Connected { socket } if is_over(stack.tcp(socket)) => {
                let tcp = stack.tcp(socket);
                let rest = drain(tcp);
                let have_both_finished = self.is_finished && has_peer_finished(tcp);
                stack.remove_tcp(socket);
                let state = if have_both_finished { ConnectionState::Closed } else { ConnectionState::Reset };
                Some(Stage::Over { state, rest })
            }
            Stage::Connected { .. } | Stage::Over { .. } => None,
        }
    }

    fn open(&self, id: ConnectionId, stack: &mut Stack, now: Instant) -> Stage {
        let buffer = || tcp::SocketBuffer::new(vec![0; Connections::BUFFER_LEN]);
        let socket = stack.add_tcp(tcp::Socket::new(buffer(), buffer()));
        let (tcp, context) = stack.tcp_with_context(socket);
        tcp.set_nagle_enabled(false);
        // The last acknowledgement must have left when the connection is over.
        tcp.set_ack_delay(None);
        let span = |span: Duration| Some(smoltcp::time::Duration::from_micros(span.as_micros() as u64));
        tcp.set_timeout(span(Router::SILENCE_TIMEOUT));
        tcp.set_keep_alive(span(Router::SILENCE_TIMEOUT / 3));
        match tcp.connect(context, self.to, id.local_port()) {
            Ok(()) => {
                stack.touch_tcp(socket);
                Stage::Connecting { socket, deadline: now + Router::CONNECT_TIMEOUT }
            }
            // Nobody has such an address or port.
            Err(_) => {
                stack.remove_tcp(socket);
                Stage::failed(ConnectionState::Refused)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rgb_proto::settings::SettingsDraft;

    use super::*;
    use crate::world::{AccessPointConfig, Board, Machine, NodeId, Placement, RouterConfig, World};

    /// A network with a server board, and the router.
    fn served() -> (World<Machine>, NodeId, Ipv4Addr) {
        let mut world = World::<Machine>::new(1);
        let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
        let router = world.add_wired([2, 0, 0, 0, 0, 1], access_point, Router::new(RouterConfig::default()).into());
        let mut settings = SettingsDraft::new();
        for (field, value) in [("role", "server"), ("ssid", "Home"), ("passphrase", "correct horse")] {
            settings.set(field, value).expect("a good setting");
        }
        let server = Board::new(settings.finish().expect("good settings"), 1);
        let server = world.add_station([2, 0, 0, 0, 0, 2], Placement { position_m: 3.0 }, server.into());
        world.run_for(Duration::from_secs(10));
        let address = world.host(server).as_board().and_then(Board::address).expect("the board has an address");
        (world, router, address)
    }

    #[test]
    fn no_connection_leaves_a_socket_behind_however_it_ends() {
        let (mut world, router, address) = served();
        let nobody = Ipv4Addr::new(192, 168, 1, 200);
        let mut sockets = Vec::new();
        // What is asked of whom, whether the stream ends with it, and how long until the connection is closed.
        for (ip, port, request, is_finished, millis) in [
            (address, 80, &b"GET Data"[..], true, 500),
            (address, 80, b"GET Data", false, 500),
            (address, 80, b"GET Data", true, 11),
            (address, 80, b"GET", false, 20),
            (address, 80, b"", true, 0),
            (address, 81, b"", false, 500),
            (nobody, 80, b"", false, 100),
            (nobody, 80, b"", false, 10_000),
            (address, 80, b"", false, 20_000),
        ] {
            let connect = |router: &mut Router| router.connect(SocketAddrV4::new(ip, port));
            let id = connect(world.host_mut(router).as_router_mut().expect("a router"));
            world.run_for(Duration::from_millis(10));
            let host = world.host_mut(router).as_router_mut().expect("a router");
            if let Stage::Connecting { socket, .. } | Stage::Connected { socket } = host.connections.open[&id].stage {
                sockets.push(socket);
            }
            host.send(id, |room| {
                room[..request.len()].copy_from_slice(request);
                request.len()
            });
            if is_finished {
                host.finish(id);
            }
            world.run_for(Duration::from_millis(millis));
            world.host_mut(router).as_router_mut().expect("a router").close(id);
            world.run_for(Duration::from_secs(1));
            let connections = &world.host(router).as_router().expect("a router").connections;
            assert!(connections.open.is_empty() && connections.closing.is_empty(), "{request:?} to {ip}:{port}");
        }
        // The first place in the set was free each time.
        assert!(sockets.len() > 5 && sockets.iter().all(|socket| *socket == sockets[0]), "{sockets:?}");
    }

    #[test]
    fn a_port_that_is_in_use_is_passed_over() {
        let mut connections = Connections::default();
        let to = SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 2), 80);
        let first = connections.connect(to);
        let mut last = first;
        for _ in 0..100_000 {
            last = connections.connect(to);
            assert_ne!(last.local_port(), first.local_port());
            connections.open.remove(&last);
        }
        assert!(last.local_port() >= ConnectionId::PORT_FIRST);
    }
}

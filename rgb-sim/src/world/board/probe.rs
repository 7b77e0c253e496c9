//! Asking the gateway for a sign of life (STA-8).

use std::net::SocketAddrV4;

use rgb_proto::Instant;
use smoltcp::socket::tcp;

use super::record::Record;
use crate::world::stack::{Stack, TcpHandle};

/// A board's probes, one after the other: connections that are ended as soon as they are there.
pub(super) struct Probe {
    /// There is none before the first probe: a board that asks never needs one, and a socket takes time with each frame.
    socket: Option<TcpHandle>,
    /// The probe that goes on, by its deadline.
    deadline: Option<Instant>,
}

impl Probe {
    /// A name server's: no service is more usual on a gateway. One without it refuses.
    const PORT: u16 = 53;
    /// Nobody sends anything.
    const BUFFER_LEN: usize = 64;
    /// The ports that are nobody's (RFC 6335, section 6).
    const LOCAL_PORT_FIRST: u16 = 49152;

    pub(super) const fn new() -> Self {
        Self { socket: None, deadline: None }
    }

    /// Begins the probe with this deadline, unless it goes on. Whether there is a gateway.
    pub(super) fn start(&mut self, deadline: Instant, stack: &mut Stack, record: &mut Record) -> bool {
        if self.deadline == Some(deadline) {
            return true;
        }
        let Some(gateway) = stack.gateway() else { return false };
        self.deadline = Some(deadline);
        let buffer = || tcp::SocketBuffer::new(vec![0; Self::BUFFER_LEN]);
        let handle = *self.socket.get_or_insert_with(|| stack.add_tcp(tcp::Socket::new(buffer(), buffer())));
        let local_port = Self::LOCAL_PORT_FIRST | record.random.next_u32() as u16;
        let (socket, context) = stack.tcp_with_context(handle);
        let is_started = socket.connect(context, SocketAddrV4::new(gateway, Self::PORT), local_port).is_ok();
        stack.touch_tcp(handle);
        is_started
    }

    /// Whether the gateway has taken or refused the connection of the probe that goes on.
    pub(super) fn is_answered(&self, stack: &mut Stack) -> bool {
        self.deadline.is_some()
            && self.socket.is_some_and(|socket| {
                !matches!(stack.tcp(socket).state(), tcp::State::SynSent | tcp::State::SynReceived)
            })
    }

    /// Ends what goes on.
    pub(super) fn end(&mut self, stack: &mut Stack) {
        if self.deadline.take().is_some()
            && let Some(socket) = self.socket
        {
            stack.tcp(socket).abort();
            stack.touch_tcp(socket);
        }
    }
}

//! UDP sockets whose answers wait for no host that is gone.

use std::time::Duration;

use rgb_proto::Instant;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::udp;

use super::stack::Stack;

/// A socket on a port of a stack.
pub(super) struct UdpPort {
    socket: SocketHandle,
    port: u16,
    /// When what waits is dropped, if something waited at the last look.
    drop_at: Option<Instant>,
}

impl UdpPort {
    /// What has waited for so long is dropped: no host is without an answer to three requests of ARP, a second apart, and all
    /// that is behind waits with it.
    const WAIT_MAX: Duration = Duration::from_secs(3);

    /// Adds a socket to the stack. It is closed yet.
    pub(super) fn new(stack: &mut Stack, socket: udp::Socket<'static>, port: u16) -> Self {
        Self { socket: stack.add(socket), port, drop_at: None }
    }

    /// The socket itself.
    pub(super) fn socket<'a>(&self, stack: &'a mut Stack) -> &'a mut udp::Socket<'static> {
        stack.socket(self.socket)
    }

    /// Takes what comes to the port, and sends from it. It is closed before.
    pub(super) fn open(&self, stack: &mut Stack) {
        self.socket(stack).bind(self.port).expect("a closed socket takes any port but 0");
    }

    /// Drops what has waited for too long. To be called whenever the stack has sent something, and when it is due.
    pub(super) fn drop_undeliverable(&mut self, stack: &mut Stack, now: Instant) {
        let socket = self.socket(stack);
        if socket.send_queue() == 0 {
            self.drop_at = None;
        } else if now >= *self.drop_at.get_or_insert(now + Self::WAIT_MAX) {
            // The only way to empty the queue.
            socket.close();
            self.open(stack);
            self.drop_at = None;
        }
    }

    /// When something is to be dropped, should it not leave before.
    pub(super) const fn poll_at(&self) -> Option<Instant> {
        self.drop_at
    }
}

//! A port of one's own.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A port of this machine that nobody else gets: connections are refused until somebody listens on it.
pub struct ReservedPort {
    socket: Socket,
}

impl ReservedPort {
    /// Takes a free port.
    ///
    /// # Panics
    ///
    /// When the system has none.
    #[must_use]
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("the system gives a socket");
        // So that a server that sets the same may listen on the port.
        socket.set_reuse_address(true).expect("the option is known");
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("there is a free port");
        Self { socket }
    }

    /// The address to connect to.
    ///
    /// # Panics
    ///
    /// Never: a bound socket has an address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        let addr = self.socket.local_addr().expect("a bound socket has an address");
        addr.as_socket().expect("the address is one of IPv4")
    }

    /// Listens but never accepts, and fills the queue: from now on the system answers no further connection, while the
    /// streams that are returned stay open.
    ///
    /// # Panics
    ///
    /// When the system does not let the port listen.
    #[must_use]
    pub fn listen_and_fill(&self) -> Vec<TcpStream> {
        self.socket.listen(0).expect("the port is ours");
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&self.addr(), Duration::from_millis(200)) {
            waiting.push(stream);
        }
        waiting
    }
}

impl Default for ReservedPort {
    fn default() -> Self {
        Self::new()
    }
}

//! Announces a board, or finds the boards that serve: drives a `Responder` and a `Browser` over the standard library's UDP.
//!
//! ```text
//! cargo run -p rgb-proto --example mdns_std -- announce attic 192.168.1.20 8080
//! cargo run -p rgb-proto --example mdns_std -- browse 192.168.1.20
//! ```
//!
//! The address is this computer's on the network that is meant. An announcement is taken back when the standard input ends:
//! press Ctrl-D. A search goes on until it is killed.

use std::collections::hash_map::RandomState;
use std::error::Error;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as StdInstant};

use rgb_proto::Instant;
use rgb_proto::discovery::{Browser, BrowserStep, GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
use rgb_proto::settings::Role;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["announce", name, address, port] => announce(name, address, port),
        ["browse", address] => browse(address),
        _ => Err("usage: mdns_std announce <name> <address> <port>, or mdns_std browse <address>".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Announces a server until the standard input ends.
fn announce(name: &str, address: &str, port: &str) -> Result<(), Box<dyn Error>> {
    let (name, address, port) = (name.parse()?, address.parse()?, port.parse()?);
    let link = Link::join(address)?;
    let is_over = when_the_input_ends();
    let mut responder = Responder::new(Service { name, role: Role::Server, port, software: env!("CARGO_PKG_VERSION") });
    // A board whose address changes says so here again, and with None when it has none any more.
    responder.handle_address(Some(address), link.now());
    let mut buffer = [0; MESSAGE_LEN_MAX];
    loop {
        if is_over.load(Ordering::Relaxed) {
            responder.stop();
        }
        match responder.poll(link.now(), random(), &mut buffer) {
            ResponderStep::Transmit { len, to } => link.send(&buffer[..len], to),
            ResponderStep::Renamed => println!("taken, trying {}.local", responder.host_label()),
            ResponderStep::Announced => println!("announced {}.local {address}:{port}", responder.host_label()),
            ResponderStep::Wait { until } => {
                let mut received = [0; Link::DATAGRAM_LEN_MAX];
                if let Some((bytes, from)) = link.receive(&mut received, until)? {
                    responder.handle_message(bytes, from, link.now(), random());
                }
            }
            ResponderStep::Stopped => {
                println!("taken back");
                return Ok(());
            }
        }
    }
}

/// Prints the servers that are found, for ever.
fn browse(address: &str) -> Result<(), Box<dyn Error>> {
    let link = Link::join(address.parse()?)?;
    // A board that serves itself gives its own address here, so that it does not find itself.
    let mut browser = Browser::new(None, link.now());
    let mut buffer = [0; MESSAGE_LEN_MAX];
    loop {
        match browser.poll(link.now(), random(), &mut buffer) {
            BrowserStep::Transmit { len } => link.send(&buffer[..len], GROUP),
            BrowserStep::Found(server) => {
                println!("found {} {} {server}", server.address, server.role.as_str());
            }
            BrowserStep::Wait { until } => {
                let mut received = [0; Link::DATAGRAM_LEN_MAX];
                if let Some((bytes, from)) = link.receive(&mut received, Some(until))? {
                    browser.handle_message(bytes, from, link.now());
                }
            }
        }
    }
}

/// A network with multicast DNS, and the clock that its machines are told.
struct Link {
    socket: UdpSocket,
    started: StdInstant,
}

impl Link {
    /// The largest message of multicast DNS (RFC 6762, section 17).
    const DATAGRAM_LEN_MAX: usize = 9000;
    /// So often it shows whether the input has ended.
    const WAIT_MAX: Duration = Duration::from_millis(100);

    /// Joins on the interface with this address. Others on this computer may have the port too.
    fn join(address: Ipv4Addr) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_reuse_address(true)?;
        #[cfg(unix)]
        socket.set_reuse_port(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, GROUP.port())).into())?;
        socket.join_multicast_v4(GROUP.ip(), &address)?;
        socket.set_multicast_if_v4(&address)?;
        // Others may check it (RFC 6762, section 11).
        socket.set_multicast_ttl_v4(255)?;
        socket.set_ttl_v4(255)?;
        Ok(Self { socket: socket.into(), started: StdInstant::now() })
    }

    fn now(&self) -> Instant {
        Instant::ORIGIN + self.started.elapsed()
    }

    /// What cannot be sent counts as lost on the way.
    fn send(&self, bytes: &[u8], to: SocketAddrV4) {
        if let Err(error) = self.socket.send_to(bytes, to) {
            eprintln!("to {to}: {error}");
        }
    }

    /// Waits for a datagram, until then at the latest. To come back too early does no harm: the machines are polled, and
    /// say to wait again.
    fn receive<'b>(
        &self,
        buffer: &'b mut [u8],
        until: Option<Instant>,
    ) -> io::Result<Option<(&'b [u8], SocketAddrV4)>> {
        let left = until.map_or(Self::WAIT_MAX, |until| until.saturating_duration_since(self.now()));
        // A time-out of zero would be none at all.
        self.socket.set_read_timeout(Some(left.clamp(Duration::from_micros(1), Self::WAIT_MAX)))?;
        match self.socket.recv_from(buffer) {
            Ok((len, SocketAddr::V4(from))) => Ok(Some((&buffer[..len], from))),
            Ok((_, SocketAddr::V6(_))) => Ok(None),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether no datagram came in time, or one that was sent was refused.
fn is_nothing(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, TimedOut, WouldBlock};

    matches!(error.kind(), WouldBlock | TimedOut | Interrupted | ConnectionRefused | ConnectionReset)
}

/// A number that nobody can foresee; the standard library seeds its hash tables with such.
fn random() -> u32 {
    RandomState::new().build_hasher().finish() as u32
}

/// What is set once the standard input has ended.
fn when_the_input_ends() -> Arc<AtomicBool> {
    let is_over = Arc::new(AtomicBool::new(false));
    let sets = Arc::clone(&is_over);
    std::thread::spawn(move || {
        // An input that cannot be read has ended.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        sets.store(true, Ordering::Relaxed);
    });
    is_over
}

//! Handing out colours (SRV clauses).
//!
//! A smoltcp socket takes one connection at a time and has no backlog: while it is busy, the next client is refused. So a
//! board runs several [`serve`], each with a socket of its own on the same port (SRV-5).

use core::fmt::{self, Write};
use core::net::{Ipv4Addr, SocketAddrV4};
use core::pin::pin;
use core::time::Duration;

use embassy_net::tcp::{State, TcpSocket};
use embassy_net::{IpAddress, IpEndpoint, Stack};
use embassy_time::Timer;
use rgb_proto::http::{BoardStatus, ContentType, Document, PAGE};
use rgb_proto::{
    Instant, Request, Resource, ServeError, Served, ServerConfig, ServerExchange, ServerStep, TransportError,
};

use crate::board::{Board, Part};
use crate::clock;
use crate::log::{Event, Log};
use crate::source::SharedSource;

/// How many [`serve`] a board runs at least, so that as many clients are answered at one time.
pub const SERVERS: usize = 4;

/// The buffers of one [`serve`].
pub struct ServerBuffers {
    receive: [u8; Self::RECEIVE_LEN],
    transmit: [u8; Self::TRANSMIT_LEN],
    status: StatusText,
}

impl ServerBuffers {
    /// A request as long as one is read.
    const RECEIVE_LEN: usize = rgb_proto::MAX_REQUEST_LEN;
    /// One full segment of Ethernet: the page goes out in few of them.
    const TRANSMIT_LEN: usize = 1460;

    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; Self::RECEIVE_LEN], transmit: [0; Self::TRANSMIT_LEN], status: StatusText::EMPTY }
    }
}

impl Default for ServerBuffers {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes one connection after the other on the settings' port and answers it, for ever.
///
/// It needs a place for one socket in the stack's resources. Run at least [`SERVERS`] of it, each with buffers of its own.
pub async fn serve(
    stack: Stack<'_>,
    board: &Board,
    source: &SharedSource<'_>,
    log: &dyn Log,
    buffers: &mut ServerBuffers,
) -> ! {
    let config = ServerConfig::default();
    let ServerBuffers { receive, transmit, status } = buffers;
    let mut socket = TcpSocket::new(stack, receive, transmit);
    // A reply never waits for the acknowledgement of an earlier segment (SRV-2).
    socket.set_nagle_enabled(false);
    // Frees a socket whose client vanished in the middle of the handshake, which no exchange bounds yet.
    socket.set_timeout((config.timeout + config.linger).try_into().ok());
    loop {
        let accepted = board.await_alive(Part::Server, socket.accept(board.settings().port())).await;
        let started = clock::now();
        let peer = socket.remote_endpoint().and_then(v4);
        if let (Ok(()), Some(peer)) = (accepted, peer) {
            Event::ClientConnected(peer).tell(log);
            let mut connection = Connection { socket: &mut socket, board, source, status, is_ack_due: false };
            let outcome = connection.drive(&config, started).await;
            connection.end(outcome, started + config.timeout).await;
            account(outcome, board, log);
        } else {
            // The handshake failed.
            reset(&mut socket).await;
        }
    }
}

fn v4(endpoint: IpEndpoint) -> Option<SocketAddrV4> {
    let IpAddress::Ipv4(address) = endpoint.addr;
    Some(SocketAddrV4::new(address, endpoint.port))
}

fn account(outcome: Result<Served, ServeError>, board: &Board, log: &dyn Log) {
    match outcome {
        Ok(served) => {
            board.handle_served(served.color);
            match served {
                Served { color: Some(color), .. } => Event::Sent(color),
                Served { request: Request::Http { resource: Resource::Status, .. }, .. } => Event::SentStatus,
                Served { .. } => Event::SentPage,
            }
            .tell(log);
            if served.abandoned {
                Event::Abandoned.tell(log);
            }
        }
        Err(error) => Event::ServeFailed(error).tell(log),
    }
}

/// Breaks off what is left of a connection, so that the socket can take the next one. Only a reset frees a socket in
/// FIN-WAIT-2 or CLOSE-WAIT.
async fn reset(socket: &mut TcpSocket<'_>) {
    /// A reset needs no answer, but it cannot leave while the peer's hardware address is unknown.
    const RESET_TIMEOUT: Duration = Duration::from_millis(100);
    socket.abort();
    let _ = clock::before(clock::now() + RESET_TIMEOUT, socket.flush()).await;
}

const fn broken(_: embassy_net::tcp::Error) -> TransportError {
    TransportError::Reset
}

/// `end` is how many bytes end the response. Nothing pends between their write and the close, so they leave with the FIN in
/// one segment (SRV-2).
fn handle_written(
    socket: &mut TcpSocket<'_>,
    exchange: &mut ServerExchange,
    written: Option<Result<usize, TransportError>>,
    end: Option<usize>,
) {
    match written {
        Some(Ok(len)) => {
            if end == Some(len) {
                socket.close();
            }
            exchange.handle_sent(len, clock::now());
        }
        Some(Err(error)) => exchange.handle_error(error),
        None => {}
    }
}

struct Connection<'c, 'socket, 'source> {
    socket: &'c mut TcpSocket<'socket>,
    board: &'c Board,
    source: &'c SharedSource<'source>,
    status: &'c mut StatusText,
    /// The last that came were bytes, whose acknowledgement smoltcp delays.
    is_ack_due: bool,
}

impl Connection<'_, '_, '_> {
    /// Does what the exchange's state machine says.
    async fn drive(&mut self, config: &ServerConfig, started: Instant) -> Result<Served, ServeError> {
        let mut exchange = ServerExchange::new(config, started);
        let board = self.board;
        let mut network_lost = pin!(board.address_changed(board.address()));
        let mut body: &[u8] = &[];
        loop {
            board.moved(Part::Server);
            match exchange.poll(clock::now()) {
                ServerStep::Receive { deadline } => {
                    let mut buffer = [0; 128];
                    let read = self.socket.read(&mut buffer);
                    match clock::attempt(deadline, network_lost.as_mut(), read, broken).await {
                        Some(Ok(0)) => exchange.handle_eof(),
                        Some(Ok(len)) => {
                            self.is_ack_due = true;
                            exchange.handle_received(buffer.get(..len).unwrap_or_default(), clock::now());
                        }
                        Some(Err(error)) => exchange.handle_error(error),
                        None => {}
                    }
                }
                ServerStep::Reply(request) => match request {
                    Request::Http { resource: Resource::Page, .. } => {
                        body = PAGE.as_bytes();
                        exchange.reply_document(Document { content_type: ContentType::Html, len: body.len() });
                    }
                    Request::Http { resource: Resource::Status, .. } => {
                        body = self.status.write(&board.status(clock::now()));
                        exchange.reply_document(Document { content_type: ContentType::Json, len: body.len() });
                    }
                    Request::Data { .. } | Request::Other | Request::Http { resource: Resource::Color, .. } => {
                        exchange.reply(self.source.next_color(request.name()));
                    }
                },
                ServerStep::Transmit { bytes, last, deadline } => {
                    // It goes with these.
                    self.is_ack_due = false;
                    let end = last.then_some(bytes.len());
                    let write = self.socket.write(bytes);
                    let written = clock::attempt(deadline, network_lost.as_mut(), write, broken).await;
                    handle_written(self.socket, &mut exchange, written, end);
                }
                ServerStep::TransmitBody { offset, deadline } => {
                    let rest = body.get(offset..).unwrap_or_default();
                    let write = self.socket.write(rest);
                    let written = clock::attempt(deadline, network_lost.as_mut(), write, broken).await;
                    handle_written(self.socket, &mut exchange, written, Some(rest.len()));
                }
                ServerStep::Done(outcome) => return outcome,
            }
        }
    }

    /// Ends the connection, and leaves the socket ready for the next one.
    async fn end(&mut self, outcome: Result<Served, ServeError>, deadline: Instant) {
        /// smoltcp's delay of acknowledgements, and a little more.
        const ACK_DELAY: embassy_time::Duration = embassy_time::Duration::from_millis(15);
        if matches!(outcome, Ok(Served { abandoned: false, .. })) {
            // A client that ended its side early has yet to get the reply.
            let _ = clock::before(deadline, self.socket.flush()).await;
            // One that ended it behind bytes that nobody wanted has yet to learn that they arrived.
            if self.is_ack_due && self.socket.state() == State::TimeWait {
                Timer::after(ACK_DELAY).await;
            }
        }
        // A socket in TIME-WAIT can listen again, and a reset would follow a reply that the client may not have read.
        if !matches!(self.socket.state(), State::Closed | State::TimeWait) {
            reset(self.socket).await;
        }
    }
}

/// The status as text.
struct StatusText {
    bytes: [u8; Self::LEN_MAX],
    len: usize,
}

impl StatusText {
    /// The longest status, that of an access point with a strange name and all its leases, has 1311 bytes.
    const LEN_MAX: usize = 1344;

    const EMPTY: Self = Self { bytes: [0; Self::LEN_MAX], len: 0 };

    fn write(&mut self, status: &BoardStatus<Ipv4Addr>) -> &[u8] {
        self.len = 0;
        // The longest status fits, as a test shows.
        let _ = write!(self, "{status}");
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Write for StatusText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use rgb_proto::http::{AccessPointStatus, Lease};
    use rgb_proto::settings::{Role, SettingsDraft};
    use rgb_proto::{ErrorKind, Rgb};

    use super::*;
    use crate::board::ResetReason;

    #[test]
    fn the_longest_status_fits() {
        let mut draft = SettingsDraft::new();
        draft.set("ssid", &"\u{1}".repeat(32)).unwrap();
        let lease = Lease { address: Ipv4Addr::new(255, 255, 255, 255), hardware_address: [0xff; 6] };
        let longest = BoardStatus {
            name: "n".repeat(rgb_proto::Name::MAX_LEN).parse().unwrap(),
            role: Role::Server,
            address: Some(Ipv4Addr::new(255, 255, 255, 255)),
            rssi_dbm: Some(i8::MIN),
            access_point: Some(AccessPointStatus {
                // Six bytes of JSON for each of the network's name.
                ssid: *draft.finish().unwrap().networks()[0].ssid(),
                channel: u8::MAX,
                stations: u8::MAX,
                leases: [Some(lease); AccessPointStatus::LEASES_MAX],
            }),
            uptime: Duration::MAX,
            color: Some(Rgb::WHITE),
            served: u32::MAX,
            exchanges: u32::MAX,
            failures: [u32::MAX; ErrorKind::ALL.len()],
            reset_reason: ResetReason::ResetPin.as_str(),
        };
        let mut text = StatusText::EMPTY;
        assert_eq!(text.write(&longest), longest.to_string().as_bytes());
        assert!(text.write(&longest).ends_with(b"}"));
    }
}
